"""The demo's people: one account for each role, made only for a demo."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from yici.core.access.actors import Post, Role
from yici.core.errors import Conflict
from yici.services.accounts import add_account, grant_elements
from yici.services.units import units_of

# login → full name, role, whether the post is in the first village (1), at the top (0) or in an organisation (text).
_PEOPLE: dict[str, tuple[str, Role, int | str | None]] = {
    "demo-clerk": ("王小莲", Role.CLERK, 1),
    "demo-clerk2": ("赵大河", Role.CLERK, 2),
    "demo-officer": ("周敏", Role.OFFICER, "民政局"),
    "demo-officer2": ("何川", Role.OFFICER, "医保局"),
    "demo-steward": ("陈数", Role.STEWARD, None),
    "demo-leader": ("林镇长", Role.LEADER, 0),
    "demo-auditor": ("孙明", Role.AUDITOR, None),
    "demo-system": ("系统管理员", Role.SYSTEM_ADMIN, None),
    "demo-security": ("安全管理员", Role.SECURITY_ADMIN, None),
    "demo-audit": ("审计管理员", Role.AUDIT_ADMIN, None),
}
DEMO_LOGINS = frozenset({*_PEOPLE, "demo-resident", "demo-firm"})
_GRANTS = {
    "民政局": [
        "姓名",
        "性别",
        "公民身份号码",
        "出生日期",
        "家庭住址",
        "联系电话",
        "是否低保户",
        "残疾等级",
        "户主姓名",
    ],
    "医保局": ["姓名", "公民身份号码", "医保参保类型", "联系电话"],
}


def make_accounts(*, home: Path, today: date, resident: str | None = None, firm: str | None = None) -> list[str]:
    """Add the demo's accounts and grants to a pool; the logins added now. What is there already stays."""
    areas = units_of(home=home)
    tops = [area.name for area in areas if area.parent is None]
    villages = [area.name for area in areas if area.parent is not None]
    made = []
    for login, (name, role, place) in _PEOPLE.items():
        unit = (tops + villages)[0] if place == 0 else villages[place - 1] if isinstance(place, int) else None
        post = Post(role, unit, place if isinstance(place, str) else None)
        made += _add(home, login, name, post, None, today)
    if resident:
        made += _add(home, "demo-resident", "居民", Post(Role.RESIDENT), ("person", resident), today)
    if firm:
        made += _add(home, "demo-firm", "企业", Post(Role.ENTERPRISE), ("enterprise", firm), today)
    if made:
        for organisation, elements in _GRANTS.items():
            grant_elements(
                actor="demo", home=home, organisation=organisation, elements=elements, purpose="演示", today=today
            )
    return made


def _add(home: Path, login: str, name: str, post: Post, subject: tuple[str, str] | None, today: date) -> list[str]:
    try:
        add_account(actor="demo", home=home, login=login, full_name=name, posts=[post], subject=subject, today=today)
    except Conflict as conflict:
        if any(problem.code != "login-taken" for problem in conflict.problems):
            raise
        return []
    return [login]
