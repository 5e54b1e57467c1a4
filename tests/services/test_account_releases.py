"""Who makes an account or a password does not let it in: waiting, releasing, refusing, and who is told what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from yici.core.access.actors import Actor, Post, Role
from yici.core.errors import Conflict, NotFound, Refused
from yici.services import accounts
from yici.services.account_releases import (
    refuse_account,
    release_account,
    reset_told,
    waiting_accounts,
)
from yici.services.agenda import agenda_of
from yici.services.auditing import audit_lines
from yici.storage.accounts import find_account, list_accounts

NOW, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
SECURITY = Actor(0, "security", "安", posts=(Post(Role.SECURITY_ADMIN),))


def add(home: Path, *, waits: bool) -> str:
    made = accounts.add_account(
        actor="system",
        home=home,
        login="lidong",
        full_name="李冬",
        posts=[Post(Role.STEWARD)],
        today=TODAY,
        waits=waits,
    )
    return made.secret


def reset(home: Path) -> str:
    return accounts.reset_password(actor="system", home=home, login="lidong", waits=True)


def seen(home: Path) -> str:
    (held,) = waiting_accounts(home=home)
    return held.since.isoformat()


def code(home: Path, password: str, login: str = "lidong") -> str:
    """How a sign-in is answered: the problem's code, empty when it is let in."""
    try:
        accounts.sign_in(home=home, login=login, password=password, at=NOW)
    except Refused as refused:
        return refused.problems[0].code
    return ""


def test_a_new_account_waits_until_a_security_administrator_releases_it(tmp_path: Path) -> None:
    secret = add(tmp_path, waits=True)
    assert code(tmp_path, secret) == "signin-waits"
    assert code(tmp_path, "wrong") == code(tmp_path, "wrong", "nobody") == "signin-wrong"
    assert accounts.sign_in_without_password(home=tmp_path, login="lidong", at=NOW) is None
    assert [item.count for item in agenda_of(actor=SECURITY, home=tmp_path, today=TODAY)] == [1]
    release_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path))
    assert code(tmp_path, secret) == ""
    assert not waiting_accounts(home=tmp_path)
    assert not agenda_of(actor=SECURITY, home=tmp_path, today=TODAY)
    line = next(line for line in audit_lines(home=tmp_path, limit=9) if line.action == "account.release")
    assert (line.actor, line.thing, line.detail["what"], line.detail["by"]) == ("security", "lidong", "add", "system")


def test_no_session_of_an_account_that_waits_is_anybodys(tmp_path: Path) -> None:
    add(tmp_path, waits=True)
    row = find_account("lidong")
    assert row is not None
    epoch, at = row.session_epoch, {"home": tmp_path, "today": TODAY}
    assert accounts.actor_for(account=row.pk, epoch=epoch, **at) is None  # type: ignore[arg-type]
    release_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path))
    assert accounts.actor_for(account=row.pk, epoch=epoch, **at) is not None  # type: ignore[arg-type]


def test_a_reset_waits_and_its_owner_is_told_until_he_chose_a_password(tmp_path: Path) -> None:
    add(tmp_path, waits=False)
    secret = reset(tmp_path)
    assert code(tmp_path, secret) == "signin-waits"
    release_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path))
    owner = accounts.sign_in(home=tmp_path, login="lidong", password=secret, at=NOW).actor
    told = reset_told(actor=owner, home=tmp_path)
    assert told is not None and (told.by, told.released_by) == ("system", "security")
    accounts.change_password(actor=owner, home=tmp_path, old=secret, new="四只白鹭 飞过 水田 与青山")
    assert reset_told(actor=owner, home=tmp_path) is None


def test_a_new_account_that_is_refused_is_closed(tmp_path: Path) -> None:
    add(tmp_path, waits=True)
    # A second password for somebody who never was let in does not make an old account of it.
    secret = reset(tmp_path)
    with pytest.raises(Conflict):
        refuse_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path), reason=" ", today=TODAY)
    refuse_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path), reason="查无此人", today=TODAY)
    assert code(tmp_path, secret) == "signin-wrong"
    (row,) = list_accounts()
    assert not row.is_active and not row.posts
    assert audit_lines(home=tmp_path, limit=2)[0].detail["why"] == "查无此人"


def test_a_reset_that_is_refused_leaves_no_password_until_the_next(tmp_path: Path) -> None:
    old = add(tmp_path, waits=False)
    secret = reset(tmp_path)
    refuse_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path), reason="没有申请", today=TODAY)
    assert {code(tmp_path, typed) for typed in (old, secret, "")} == {"signin-wrong"}
    (row,) = list_accounts()
    assert row.is_active and row.barred and not row.waits
    again = accounts.reset_password(actor="root", home=tmp_path, login="lidong")
    assert code(tmp_path, again) == ""


def test_nobody_releases_his_own_doing_nor_what_he_has_not_seen(tmp_path: Path) -> None:
    add(tmp_path, waits=True)
    before = seen(tmp_path)
    with pytest.raises(Refused):
        release_account(
            actor=Actor(0, "system", "系", posts=SECURITY.posts), home=tmp_path, login="lidong", seen=before
        )
    reset(tmp_path)
    with pytest.raises(Conflict):
        release_account(actor=SECURITY, home=tmp_path, login="lidong", seen=before)
    release_account(actor=SECURITY, home=tmp_path, login="lidong", seen=seen(tmp_path))
    with pytest.raises(NotFound):
        release_account(actor=SECURITY, home=tmp_path, login="lidong", seen=before)
