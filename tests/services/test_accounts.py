"""Accounts: adding, signing in, being locked out, changing a password, and what each leaves in the audit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from yici.core.access.actors import Post, Role
from yici.core.access.rules import can
from yici.core.errors import Conflict, NotFound, Refused
from yici.services import accounts, factors
from yici.services.auditing import audit_lines, verify_audit
from yici.services.proofs import Proof
from yici.services.tokens import actor_by_token, make_token
from yici.services.units import add_units
from yici.storage.accounts import find_account
from yici.storage.factors import begin_factor, confirm_factor

NOW, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    add_units(home=tmp_path, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    return tmp_path


def add(home: Path, *posts: Post, login: str = "lidong", **more: object) -> accounts.NewAccount:
    return accounts.add_account(
        actor="甲", home=home, login=login, full_name="李冬", posts=posts, today=TODAY, **more  # type: ignore[arg-type]
    )  # fmt: skip


def codes(error: pytest.ExceptionInfo[Conflict] | pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_clerk_signs_in_and_reaches_the_village_and_below(home: Path) -> None:
    made = add(home, Post(Role.LEADER, unit="柳河镇"))
    signed = accounts.sign_in(home=home, login=" LiDong ", password=made.secret, at=NOW)
    assert signed.must_change
    assert signed.actor.units == {"柳河镇", "柳东村", "柳西村"}
    assert can(signed.actor, "pool.search")
    assert [line.action for line in audit_lines(home=home, limit=2)] == ["account.add", "signin"]
    assert made.secret not in repr(audit_lines(home=home, limit=9))


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(home: Path) -> None:
    add(home, Post(Role.CLERK, unit="柳东村"))
    answers = []
    for login in ("lidong", "nobody"):
        with pytest.raises(Refused) as refused:
            accounts.sign_in(home=home, login=login, password="wrong", at=NOW)
        answers.append(str(refused.value))
    assert answers[0] == answers[1]
    assert "nobody" not in repr(audit_lines(home=home, limit=9))


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(home: Path) -> None:
    made = add(home, Post(Role.CLERK, unit="柳东村"))
    for _ in range(5):
        with pytest.raises(Refused):
            accounts.sign_in(home=home, login="lidong", password="wrong", at=NOW)
    with pytest.raises(Refused) as refused:
        accounts.sign_in(home=home, login="lidong", password=made.secret, at=NOW + timedelta(minutes=14))
    with pytest.raises(Refused) as nobody:
        accounts.sign_in(home=home, login="nobody", password="wrong", at=NOW)
    # Nobody learns from a lock that there is such an account, nor that the password was right.
    assert str(refused.value) == str(nobody.value)
    assert accounts.sign_in(home=home, login="lidong", password=made.secret, at=NOW + timedelta(minutes=15))


def test_a_post_begins_on_the_offices_day(home: Path) -> None:
    made = add(home, Post(Role.CLERK, unit="柳东村"))
    early = datetime.combine(TODAY, time(1), ZoneInfo("Asia/Shanghai"))
    signed = accounts.sign_in(home=home, login="lidong", password=made.secret, at=early.astimezone(UTC))
    assert signed.actor.posts


def test_a_changed_password_ends_the_other_sessions(home: Path) -> None:
    made = add(home, Post(Role.CLERK, unit="柳东村"))
    signed = accounts.sign_in(home=home, login="lidong", password=made.secret, at=NOW)
    with pytest.raises(Refused) as refused:
        accounts.change_password(actor=signed.actor, home=home, old="wrong", new="short")
    assert codes(refused) == ["password-wrong", "password-short"]
    epoch = accounts.change_password(actor=signed.actor, home=home, old=made.secret, new="四只白鹭 飞过 水田 与青山")
    number = signed.actor.account
    assert accounts.actor_for(home=home, account=number, epoch=signed.epoch, today=TODAY) is None
    assert accounts.actor_for(home=home, account=number, epoch=epoch, today=TODAY) == signed.actor


def test_a_closed_account_is_out_at_once(home: Path) -> None:
    made = add(home, Post(Role.CLERK, unit="柳东村"))
    signed = accounts.sign_in(home=home, login="lidong", password=made.secret, at=NOW)
    accounts.close_account(actor="甲", home=home, login="lidong", today=TODAY)
    assert accounts.actor_for(home=home, account=signed.actor.account, epoch=signed.epoch, today=TODAY) is None
    with pytest.raises(Refused):
        accounts.sign_in(home=home, login="lidong", password=made.secret, at=NOW)


def test_a_reset_password_is_for_once(home: Path) -> None:
    add(home, Post(Role.CLERK, unit="柳东村"))
    secret = accounts.reset_password(actor="系统", home=home, login="lidong")
    assert accounts.sign_in(home=home, login="lidong", password=secret, at=NOW).must_change
    with pytest.raises(NotFound):
        accounts.reset_password(actor="系统", home=home, login="nobody")


def test_everything_wrong_with_a_new_account_is_said_at_once(home: Path) -> None:
    posts = [Post(Role.SYSTEM_ADMIN), Post(Role.AUDIT_ADMIN), Post(Role.CLERK, unit="不存在村"), Post(Role.OFFICER)]
    with pytest.raises(Conflict) as refused:
        add(home, *posts, Post(Role.RESIDENT), login="a b", password="12345")
    assert codes(refused) == [
        "login-odd", "post-separation", "post-subject", "unknown_unit", "post-organisation", "password-short",
        "password-common",
    ]  # fmt: skip
    add(home, Post(Role.CLERK, unit="柳东村"))
    with pytest.raises(Conflict) as refused:
        add(home, Post(Role.CLERK, unit="柳东村"), login="LIDONG")
    assert codes(refused) == ["login-taken"]


def test_a_grant_lets_a_department_read_elements_until_its_day(home: Path) -> None:
    made = add(home, Post(Role.OFFICER, organisation="民政局"))
    accounts.grant_elements(
        actor="安全", home=home, organisation="民政局", elements=["联系电话"], purpose="慰问", today=TODAY,
        until=date(2026, 4, 1),
    )  # fmt: skip
    signed = accounts.sign_in(home=home, login="lidong", password=made.secret, at=NOW)
    assert signed.actor.granted == {"person.phone"}
    later = accounts.actor_for(home=home, account=made.id, epoch=signed.epoch, today=date(2026, 4, 1))
    assert later is not None and not later.granted
    assert not verify_audit(home=home).broken


@pytest.mark.parametrize("what", ["password", "factor"])
def test_a_reset_ends_the_tokens_of_the_account(home: Path, what: str) -> None:
    first = add(home, Post(Role.CLERK, unit="柳东村")).secret
    signed, secret = accounts.sign_in(home=home, login="lidong", password=first, at=NOW), "四只白鹭 飞过 水田 与青山"
    accounts.change_password(actor=signed.actor, home=home, old=first, new=secret)
    row = find_account("lidong")
    assert row is not None
    now = timezone.now()
    made = make_token(home=home, login="lidong", proof=Proof(secret, "", "", now), words="低保系统", days=30)
    if what == "password":
        accounts.reset_password(actor="系统", home=home, login="lidong")
    else:
        begin_factor(row.pk, "ab")
        confirm_factor(row.pk, at=now)
        factors.reset(actor="系统", home=home, login="lidong")
    assert actor_by_token(home=home, secret=made.secret, now=now, today=now.date()) is None
    (line,) = [line for line in audit_lines(home=home, limit=9) if line.action == "token.revoke"]
    assert line.thing == "lidong"
