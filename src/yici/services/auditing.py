"""The audit as people see it: whether the chain holds, and its last lines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yici.storage import audit
from yici.storage.audit import Line
from yici.storage.database import open_database


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
