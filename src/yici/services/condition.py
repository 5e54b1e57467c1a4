"""How the system stands, as it has itself recorded: for the first pages of those who look after it. What was never
recorded is told as never, not as well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from yici.core.access.actors import Actor, Role
from yici.core.access.rules import can
from yici.core.jobs import KEPT
from yici.services.auditing import last_check
from yici.services.backups import last_backup
from yici.storage import jobs
from yici.storage.database import open_database

Tone = Literal["good", "warn", "bad"]
NEVER = "从未"
# A backup, or a check of the audit, that is older than this is one to make again.
_BACKUP_OLD, _CHECK_OLD = timedelta(days=7), timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about the system: what, how it stands, when that was, where more is told, and the next step."""

    words: str
    told: str
    tone: Tone
    at: datetime | None = None
    route: str = ""
    hint: str = ""


def condition_of(*, actor: Actor, home: Path, now: datetime) -> list[Fact]:
    """What the actor should know of the system's condition; nothing for those who do not look after it."""
    open_database(home)
    found = []
    if Role.SYSTEM_ADMIN in actor.roles:
        found += [_failed(now), _backup(now)]
    if can(actor, "audit.view"):
        found.append(_audit(now))
    return found


def _failed(now: datetime) -> Fact:
    failed = jobs.count_failed(now - KEPT)
    words = f"近 {KEPT.days} 天没有完成的后台任务"
    return Fact(words, f"{failed} 项" if failed else "没有", "bad" if failed else "good", route="jobs")


def _backup(now: datetime) -> Fact:
    made = last_backup()
    hint = "请用 yici backup 备份；用别的办法做的备份，这里看不到。"
    if made is None:
        return Fact("上次备份", NEVER, "warn", hint=hint)
    old = now - made > _BACKUP_OLD
    return Fact("上次备份", "", "warn" if old else "good", made, hint=hint if old else "")


def _audit(now: datetime) -> Fact:
    checked, words = last_check(), "上次核验审计链"
    if checked is None:
        return Fact(words, NEVER, "warn", route="audit", hint="请到审计记录页面核验。")
    if checked.broken:
        told = f"从第 {checked.broken} 条起对不上"
        return Fact(words, told, "bad", checked.at, "audit", "请保留现场。")
    old = now - checked.at > _CHECK_OLD
    hint = "请到审计记录页面核验。" if old else ""
    return Fact(words, f"完整，共 {checked.lines} 条", "warn" if old else "good", checked.at, "audit", hint)
