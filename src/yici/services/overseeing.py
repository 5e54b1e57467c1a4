"""What waits for those who oversee: locked accounts, grants that end, refused sign-ins, looks at sensitive values,
forms of one's units that are late."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.utils import timezone

from yici.core.access.actors import Actor, Role
from yici.core.collections.states import ANSWERABLE
from yici.services.agenda import SOURCES, Item
from yici.storage import accounts, audit, collections

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
_WATCHERS = frozenset({Role.AUDITOR, Role.AUDIT_ADMIN})


def _accounts(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.SYSTEM_ADMIN not in actor.roles:
        return []
    rows = [row for row in accounts.list_accounts() if row.is_active]
    locked = [row for row in rows if row.locked_until and row.locked_until > timezone.now()]
    unused = [row for row in rows if row.last_login is None]
    return [
        Item("个账号密码错了太多次，被锁定", len(locked), "accounts"),
        Item("个账号还没有登录过", len(unused), "accounts", detail="确认密码已交到本人，或停用"),
    ]


def _grants(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.SECURITY_ADMIN not in actor.roles:
        return []
    ends = accounts.grant_ends(after=today, until=today + MONTH)
    return [Item("项授权 30 天内到期", len(ends), "grants", due=min(ends, default=None))]


def _audit(actor: Actor, home: Path, today: date) -> list[Item]:
    if not actor.roles & _WATCHERS:
        return []
    since = timezone.make_aware(datetime.combine(today - WEEK, time()))
    refused = audit.count_since(["signin.refused"], since)
    turned_away = audit.count_since(["access.refused"], since)
    looked = audit.count_since(["value.reveal"], since)
    return [
        Item("次登录被拒绝", refused, "audit", detail="近 7 天，看看有没有人在试密码"),
        Item("条访问被拒绝的记录", turned_away, "audit", detail="近 7 天，看看有没有人在试不该进的页面"),
        Item("次查看完整的敏感信息", looked, "audit", detail="近 7 天，看看用途对不对"),
    ]


def _late(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.LEADER not in actor.roles:
        return []
    rows = collections.fillings_in(units=actor.units, states=ANSWERABLE)
    late = [row for row in rows if row.due and row.due < today]
    units = len({row.unit for row in late})
    return [Item("张表超过期限还没有报", len(late), "collections", detail=f"涉及 {units} 个单位")]


SOURCES.extend([_accounts, _grants, _audit, _late])
