"""Background work: whole or not at all, cancelled, given back, recovered, and never twice."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from yici.core.access.actors import Actor, Post, Role
from yici.core.errors import Refused
from yici.core.jobs import MOST_ATTEMPTS, JobState
from yici.services import importing
from yici.services.accounts import add_account
from yici.services.batches import batches_of
from yici.services.jobs import running
from yici.services.jobs.kinds import Kind, Result, Work
from yici.services.jobs.starting import cancel_job, get_job, job_file, jobs_for, jobs_watched, start_job
from yici.services.jobs.sweeping import sweep_old
from yici.services.jobs.worker import recover_dead, work_off
from yici.services.units import add_units
from yici.storage import accounts, jobs
from yici.storage.database import open_database
from yici.storage.host import models

DAY = date(2026, 6, 1)


@pytest.fixture
def home(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YICI_HOME", str(tmp_path))
    open_database(tmp_path)
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳东村"])
    monkeypatch.setattr("yici.services.accounts.new_secret", lambda: "unused")
    return tmp_path


def actor_of(home: Path, login: str, role: Role) -> Actor:
    add_account(actor="甲", home=home, login=login, full_name=login, posts=[Post(role)], today=DAY)
    return accounts.actor_of(accounts.find_account(login), today=DAY)  # type: ignore[arg-type]


def a_ledger(home: Path, actor: Actor, rows: int = 50) -> str:
    """A kept upload; its code."""
    lines = ["姓名,联系电话,村（社区）,户编号", *(f"赵{chr(0x4E00 + n)},138{n:08d},柳东村,H{n}" for n in range(rows))]
    return importing.keep_upload(
        actor=actor, home=home, name="台账.csv", content=["\n".join(lines).encode()], department="民政局", as_of=DAY,
        authority="", today=DAY, now=timezone.now(),
    )  # fmt: skip


def started(home: Path, actor: Actor, code: str) -> int:
    return start_job(actor=actor, home=home, kind="import", words="台账.csv", arguments={"code": code})


def replace_kind(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    monkeypatch.setitem(running.KINDS, "import", Kind("导入台账", "pool.import", run))  # type: ignore[arg-type]


def test_an_import_runs_in_the_background_and_says_what_came_of_it(home: Path) -> None:
    steward, other = actor_of(home, "steward", Role.STEWARD), actor_of(home, "system", Role.SYSTEM_ADMIN)
    code = a_ledger(home, steward)
    number = started(home, steward, code)
    assert started(home, steward, code) == number
    assert get_job(home=home, number=number).state is JobState.WAITING
    assert not batches_of(home=home)
    work_off(home)
    row = get_job(home=home, number=number)
    assert (row.state, row.told, row.route) == (JobState.DONE, "导入完成，50 行。", "imports")
    assert row.arguments == {}
    assert len(batches_of(home=home)) == 1
    assert not (home / "uploads" / code).exists()
    assert [one.id for one in jobs_for(actor=steward, home=home)] == [number]
    assert jobs_for(actor=other, home=home) == []
    assert [one.kind for one in jobs_watched(actor=other, home=home)] == ["import"]
    assert jobs_watched(actor=steward, home=home) == []


def test_what_is_wrong_is_told_and_a_closed_account_does_nothing(home: Path) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    number = started(home, steward, "0" * 32)
    work_off(home)
    assert [one["code"] for one in get_job(home=home, number=number).problems] == ["upload-gone"]
    number = started(home, steward, a_ledger(home, steward))
    accounts.close_account(steward.account)
    work_off(home)
    assert [one["code"] for one in get_job(home=home, number=number).problems] == ["job-account"]
    assert not batches_of(home=home)


def test_a_cancelled_import_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    waiting = started(home, steward, a_ledger(home, steward))
    assert cancel_job(actor=steward, home=home, number=waiting, at=timezone.now()) is JobState.CANCELLED
    number = started(home, steward, a_ledger(home, steward))
    monkeypatch.setattr("yici.services.jobs.kinds._EVERY", 0)
    inner = running.KINDS["import"].run

    def cancelled_meanwhile(work: Work) -> Result:
        work.step("x")
        cancel_job(actor=steward, home=home, number=number, at=timezone.now())
        work.note = running._note(get_job(home=home, number=number))
        return inner(work)

    replace_kind(monkeypatch, cancelled_meanwhile)
    work_off(home)
    assert get_job(home=home, number=number).state is JobState.CANCELLED
    assert get_job(home=home, number=waiting).state is JobState.CANCELLED
    assert not batches_of(home=home)
    assert not list((home / "batches").glob("*"))


def test_a_stopping_worker_gives_its_job_back(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    number = started(home, steward, a_ledger(home, steward))
    inner = running.KINDS["import"].run

    def stopped(work: Work) -> Result:
        running.STOPPING.set()
        return inner(work)

    replace_kind(monkeypatch, stopped)
    running.run_one(number, home)
    row = get_job(home=home, number=number)
    assert (row.state, row.attempts) == (JobState.WAITING, 0)
    replace_kind(monkeypatch, inner)
    work_off(home)
    assert get_job(home=home, number=number).state is JobState.DONE
    assert len(batches_of(home=home)) == 1


def test_the_jobs_of_dead_workers_begin_again_a_few_times(home: Path) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    number = started(home, steward, a_ledger(home, steward))
    now = timezone.now()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        row = jobs.claim(number, worker="dead", at=now - timedelta(minutes=5))
        assert row is not None
        assert row.attempts == attempt
        assert jobs.claim(number, worker="second", at=now) is None
        assert recover_dead(home) == [number]
        assert recover_dead(home) == []
    assert [one["code"] for one in get_job(home=home, number=number).problems] == ["job-worker-died"]


def test_a_worker_believed_dead_can_no_longer_end_the_job(home: Path) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    number = started(home, steward, a_ledger(home, steward))
    long_ago = timezone.now() - timedelta(minutes=5)
    assert jobs.claim(number, worker="slow", at=long_ago) is not None
    recover_dead(home)
    assert jobs.note_progress(number, 1, done=1, total=2, step="", at=long_ago) is None
    assert not jobs.finish(number, 1, jobs.Ending(JobState.DONE), at=long_ago)
    work_off(home)
    assert get_job(home=home, number=number).told == "导入完成，50 行。"


def test_a_job_lost_between_queue_and_beginning_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    number = started(home, steward, a_ledger(home, steward))
    with monkeypatch.context() as patch:
        patch.setattr(running, "run_one", lambda *_: None)
        work_off(home)
    assert get_job(home=home, number=number).state is JobState.WAITING
    assert recover_dead(home) == []
    assert recover_dead(home, lease_seconds=-1) == [number]
    work_off(home)
    assert get_job(home=home, number=number).state is JobState.DONE


def test_old_jobs_are_forgotten_with_their_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)

    def makes_a_file(work: Work) -> Result:
        file = work.folder / "x.xlsx"
        file.write_bytes(b"1")
        return Result("已生成。", file=file, file_name="名单.xlsx")

    replace_kind(monkeypatch, makes_a_file)
    number = started(home, steward, "")
    work_off(home)
    assert (home / "jobs" / get_job(home=home, number=number).file).read_bytes() == b"1"
    sweep_old(home)
    assert jobs_for(actor=steward, home=home)
    sweep_old(home, kept=timedelta(seconds=-1))
    assert not jobs_for(actor=steward, home=home)
    assert not list((home / "jobs").iterdir())


def test_a_second_click_is_found_alike_and_files_of_dead_attempts_go(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    asked = {"code": "x", "columns": ("person.name",)}
    first, again = (
        start_job(actor=steward, home=home, kind="import", words="台账.csv", arguments=asked) for _ in range(2)
    )
    assert first == again
    replace_kind(monkeypatch, lambda work: Result("好。"))
    left = home / "jobs" / f"{first}-0"
    left.mkdir(parents=True)
    work_off(home)
    assert get_job(home=home, number=first).state is JobState.DONE
    assert not left.exists()


def test_what_is_over_goes_though_nobody_uses_it(home: Path) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)
    a_ledger(home, steward)
    (upload,) = (home / "uploads").iterdir()
    assert (home / "uploads").stat().st_mode & 0o777 == upload.stat().st_mode & 0o777 == 0o700
    half, fresh, received = home / "jobs/991-1", home / "jobs/992-1", home / "received/ab.xlsx"
    for path in (half, fresh, received.parent):
        path.mkdir(parents=True)
    received.write_bytes(b"1")
    for path in (upload, half, received):
        os.utime(path, (0, 0))
    yesterday = timezone.localdate() - timedelta(days=1)
    models.AskedAgainMark.objects.create(day=yesterday, mark="", salt="ab")
    sweep_old(home)
    assert not upload.exists()
    assert not half.exists()
    assert not received.exists()
    assert fresh.exists()
    assert not models.AskedAgainMark.objects.exists()


def test_a_file_is_given_only_with_the_rights_it_was_made_with(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steward = actor_of(home, "steward", Role.STEWARD)

    def make(work: Work) -> Result:
        (work.folder / "a.txt").write_bytes(b"1")
        return Result("好。", file=work.folder / "a.txt", file_name="a.txt")

    replace_kind(monkeypatch, make)
    number = started(home, steward, "")
    work_off(home)
    assert job_file(actor=steward, home=home, number=number)[0] == "a.txt"
    for moved in (replace(steward, units=frozenset({"柳东村"})), replace(steward, posts=(Post(Role.OFFICER),))):
        with pytest.raises(Refused):
            job_file(actor=moved, home=home, number=number)
