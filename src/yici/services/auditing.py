"""The audit as people see it: whether the chain holds, and its last lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError

from yici.core.jobs import LARGE_AUDIT_LINES
from yici.storage import audit
from yici.storage.audit import EVERY, Line, Progress, Wanted
from yici.storage.database import open_database

# Lines whose thing is the number a subject is known by, and those of their details that tell of somebody.
_ABOUT_SUBJECTS: Mapping[str, tuple[str, ...]] = {"entry.add": ("value",), "judgement.add": ("other", "reason")}
_SHOWN_OF_A_KEY = 4
_TOLD = 10
_HIDDEN = "＊＊＊"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many lines there are, the hash of the last, and the numbers of those that do not follow. `recorded`: the
    outcome stands in the audit itself."""

    lines: int
    head: str
    broken: tuple[int, ...]
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """The last recorded check of the chain: when and by whom, over how many lines, the hash of the last of them, and
    the number of the first line that did not follow (0: the chain held)."""

    at: datetime
    by: str
    lines: int
    head: str
    broken: int


def verify_audit(*, home: Path, progress: Progress | None = None) -> AuditReport:
    """Check the whole chain."""
    open_database(home)
    last = audit.lines(1)
    head = last[0].hash() if last else audit.GENESIS
    return AuditReport(audit.current_number("audit"), head, tuple(audit.broken_links(progress)))


def check_audit(*, actor: str, home: Path, progress: Progress | None = None) -> AuditReport:
    """Check the whole chain, and record in the audit what came of it. A broken one may take no more lines: the outcome
    is told all the same."""
    report = verify_audit(home=home, progress=progress)
    detail = {"lines": report.lines, "head": report.head, "broken": list(report.broken[:_TOLD])}
    try:
        audit.append_alone(actor=actor, action="audit.verify", thing="audit", detail=detail)
    except DatabaseError:
        return report
    return replace(report, recorded=True)


def last_check() -> Checked | None:
    """The last check that was recorded; None when none was."""
    line = audit.last_line("audit.verify")
    if line is None:
        return None
    detail: Mapping[str, Any] = line.detail
    first = next(iter(detail["broken"]), 0)
    return Checked(datetime.fromisoformat(line.at), line.actor, int(detail["lines"]), str(detail["head"]), int(first))


def is_long(*, home: Path) -> bool:
    """Whether checking the chain may take over a second: work for the background."""
    open_database(home)
    return audit.current_number("audit") > LARGE_AUDIT_LINES


def audit_lines(*, home: Path, limit: int, before: int = 0) -> list[Line]:
    """The last lines, oldest first; with `before`, the last of those with a smaller number."""
    open_database(home)
    return audit.lines(limit, before)


def masked_lines(*, home: Path, limit: int, before: int = 0, wanted: Wanted = EVERY) -> list[Line]:
    """As `audit_lines`, of those looked for, for pages and other systems: who watches over the audit has no part in
    what is known of people, so numbers and values of theirs are covered. What is hashed stays as it was written."""
    open_database(home)
    return [_masked(line) for line in audit.lines(limit, before, wanted)]


def _masked(line: Line) -> Line:
    if line.action not in _ABOUT_SUBJECTS:
        return line
    covered = {name: _HIDDEN for name in _ABOUT_SUBJECTS[line.action] if line.detail.get(name)}
    rest = max(0, len(line.thing) - _SHOWN_OF_A_KEY)
    return replace(line, thing="*" * rest + line.thing[rest:], detail={**line.detail, **covered})
