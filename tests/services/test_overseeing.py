"""What waits for administrators, auditors and leaders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from yici.core.access.actors import Actor, Post, Role
from yici.core.errors import Refused
from yici.services import overseeing as _overseeing  # noqa: F401 (it adds what is tested)
from yici.services.accounts import add_account, grant_elements, sign_in
from yici.services.agenda import agenda_of
from yici.storage.audit import append_alone, count_since

TODAY = datetime.now(UTC).date()


def words_for(role: Role, home: Path) -> dict[str, int]:
    actor = Actor(1, "x", posts=(Post(role),))
    return {item.words: item.count for item in agenda_of(actor=actor, home=home, today=TODAY)}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    add_account(actor="甲", home=tmp_path, login="wang", full_name="王", posts=[Post(Role.STEWARD)], today=TODAY)
    return tmp_path


def test_wrong_passwords_come_up_for_system_and_audit(home: Path) -> None:
    now = datetime.now(UTC)
    assert words_for(Role.SYSTEM_ADMIN, home) == {"个账号还没有登录过": 1}
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in(home=home, login="wang", password="wrong", at=now)
    assert words_for(Role.SYSTEM_ADMIN, home)["个账号密码错了太多次，被锁定"] == 1
    for role in (Role.AUDITOR, Role.AUDIT_ADMIN):
        assert words_for(role, home) == {"次登录被拒绝": 5}
    append_alone(actor="wang", action="value.reveal", thing="x", detail={})
    assert words_for(Role.AUDITOR, home)["次查看完整的敏感信息"] == 1
    assert count_since(["value.reveal"], now + timedelta(days=1)) == 0


def test_grants_that_end_come_up_for_security(home: Path) -> None:
    assert words_for(Role.SECURITY_ADMIN, home) == {}
    for days in (10, 40, -1):
        until: date = TODAY + timedelta(days=days)
        grant_elements(actor="甲", home=home, organisation="民政局", elements=["联系电话"], purpose="救助", today=TODAY,
                       until=until)  # fmt: skip
    assert words_for(Role.SECURITY_ADMIN, home) == {"项授权 30 天内到期": 1}
