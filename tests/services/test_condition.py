"""How the system stands, as it has recorded itself: what failed, the last backup, the last check of the audit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError

from yici.core.access.actors import Actor, Post, Role
from yici.services.accounts import add_account
from yici.services.auditing import check_audit, last_check, verify_audit
from yici.services.backups import make_backup
from yici.services.condition import Fact, condition_of
from yici.storage import audit
from yici.storage.host import models

FAILED, BACKUP, CHAIN = "近 7 天没有完成的后台任务", "上次备份", "上次核验审计链"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    today = datetime.now(UTC).date()
    add_account(actor="甲", home=home, login="wang", full_name="王", posts=[Post(Role.STEWARD)], today=today)
    return home


def told_to(role: Role, home: Path, later: timedelta = timedelta()) -> dict[str, Fact]:
    actor = Actor(1, "x", posts=(Post(role),))
    return {fact.words: fact for fact in condition_of(actor=actor, home=home, now=datetime.now(UTC) + later)}


def test_what_was_never_recorded_is_told_as_never(home: Path) -> None:
    system = told_to(Role.SYSTEM_ADMIN, home)
    assert (system[FAILED].told, system[FAILED].tone) == ("没有", "good")
    assert (system[BACKUP].told, system[BACKUP].tone, system[BACKUP].at) == ("从未", "warn", None)
    for role in (Role.AUDITOR, Role.AUDIT_ADMIN):
        (chain,) = told_to(role, home).values()
        assert (chain.words, chain.told, chain.tone) == (CHAIN, "从未", "warn")
    for role in (Role.CLERK, Role.STEWARD, Role.SECURITY_ADMIN, Role.LEADER, Role.OFFICER):
        assert told_to(role, home) == {}


def test_jobs_that_failed_this_week_are_counted(home: Path) -> None:
    now = datetime.now(UTC)
    for state, days in (("failed", 1), ("failed", 6), ("failed", 8), ("done", 1), ("cancelled", 1)):
        models.Job.objects.create(kind="import", words="台账", owner="wang", account=1, state=state,
                                  finished_at=now - timedelta(days=days))  # fmt: skip
    failed = told_to(Role.SYSTEM_ADMIN, home)[FAILED]
    assert (failed.told, failed.tone, failed.route) == ("2 项", "bad", "jobs")


def test_a_backup_is_dated_by_what_it_recorded_when_it_was_whole(home: Path, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    with pytest.raises(OSError):
        make_backup(actor="甲", home=home, out=tmp_path / "no such folder" / "备份.zip")
    assert told_to(Role.SYSTEM_ADMIN, home)[BACKUP].told == "从未"
    make_backup(actor="甲", home=home, out=tmp_path / "备份.zip")
    made = told_to(Role.SYSTEM_ADMIN, home)[BACKUP]
    assert made.at is not None and before <= made.at <= datetime.now(UTC)
    assert (made.told, made.tone) == ("", "good")
    assert told_to(Role.SYSTEM_ADMIN, home, timedelta(days=8))[BACKUP].tone == "warn"


def test_a_check_is_recorded_in_the_chain_it_checked(home: Path) -> None:
    for _ in range(2):
        report = check_audit(actor="sun", home=home)
        assert report.recorded and not report.broken
        assert verify_audit(home=home).lines == report.lines + 1
    checked = last_check()
    assert checked is not None
    assert (checked.by, checked.lines, checked.head, checked.broken) == ("sun", report.lines, report.head, 0)
    chain = told_to(Role.AUDITOR, home)[CHAIN]
    assert (chain.told, chain.tone, chain.at) == (f"完整，共 {report.lines} 条", "good", checked.at)
    assert told_to(Role.AUDITOR, home, timedelta(days=40))[CHAIN].tone == "warn"
    models.AuditLine.objects.filter(seq=1).update(actor="somebody else")
    assert check_audit(actor="sun", home=home).broken == (1,)
    chain = told_to(Role.AUDIT_ADMIN, home)[CHAIN]
    assert (chain.told, chain.tone) == ("从第 1 条起对不上", "bad")


def test_a_chain_that_takes_no_more_lines_is_told_all_the_same(home: Path) -> None:
    audit.append_alone(actor="wang", action="value.reveal", thing="x", detail={})
    # Whoever sets the running number back keeps every later line from being written.
    models.Counter.objects.filter(name="audit").update(value=0)
    report = check_audit(actor="sun", home=home)
    assert not report.recorded and last_check() is None
    with pytest.raises(DatabaseError):
        audit.append_alone(actor="wang", action="value.reveal", thing="x", detail={})


def test_lines_added_while_the_chain_is_read_are_no_gap(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_TOLD_EVERY", 1)

    def busy(_done: int, _total: int) -> None:
        if len(added) < 3:
            added.append(1)
            audit.append_alone(actor="wang", action="value.reveal", thing="x", detail={})

    added: list[int] = []
    assert verify_audit(home=home, progress=busy).broken == ()
    assert len(added) >= 1
    assert verify_audit(home=home).broken == ()
