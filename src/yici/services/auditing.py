"""The audit as people see it: whether the chain holds, and its last lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from yici.storage import audit
from yici.storage.audit import Line
from yici.storage.database import open_database

# Lines whose thing is the number a subject is known by, and those of their details that tell of somebody.
_ABOUT_SUBJECTS: Mapping[str, tuple[str, ...]] = {"entry.add": ("value",), "judgement.add": ("other", "reason")}
_SHOWN_OF_A_KEY = 4
_HIDDEN = "＊＊＊"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many lines there are, the hash of the last, and the numbers of those that do not follow."""

    lines: int
    head: str
    broken: tuple[int, ...]


def verify_audit(*, home: Path) -> AuditReport:
    """Check the whole chain."""
    open_database(home)
    last = audit.lines(1)
    head = last[0].hash() if last else audit.GENESIS
    return AuditReport(audit.current_number("audit"), head, tuple(audit.broken_links()))


def audit_lines(*, home: Path, limit: int, before: int = 0) -> list[Line]:
    """The last lines, oldest first; with `before`, the last of those with a smaller number."""
    open_database(home)
    return audit.lines(limit, before)


def masked_lines(*, home: Path, limit: int, before: int = 0) -> list[Line]:
    """As `audit_lines`, for pages and other systems: who watches over the audit has no part in what is known of people,
    so numbers and values of theirs are covered. What is hashed stays as it was written."""
    return [_masked(line) for line in audit_lines(home=home, limit=limit, before=before)]


def _masked(line: Line) -> Line:
    if line.action not in _ABOUT_SUBJECTS:
        return line
    covered = {name: _HIDDEN for name in _ABOUT_SUBJECTS[line.action] if line.detail.get(name)}
    rest = max(0, len(line.thing) - _SHOWN_OF_A_KEY)
    return replace(line, thing="*" * rest + line.thing[rest:], detail={**line.detail, **covered})
