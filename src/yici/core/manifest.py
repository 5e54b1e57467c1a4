"""The manifest: what the pool is made of. Plain values that storage reads from the database and the engine resolves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What the person who imports a ledger says about it.

    `department` keeps the ledger, `as_of` is the day it is true for, `authority` the ids of the elements this
    department is the source of (数源部门). `file_name` is the name shown; the source's own name when empty. `covers`
    are the units it is a complete list for: who of them is not in it is not on the register (名册).
    """

    department: str
    as_of: date
    authority: tuple[str, ...] = ()
    file_name: str = ""
    covers: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        said: dict[str, object] = {
            "department": self.department,
            "as_of": self.as_of.isoformat(),
            "authority": sorted(self.authority),
            "file_name": self.file_name,
        }
        return said | ({"covers": sorted(self.covers)} if self.covers else {})


@dataclass(frozen=True, slots=True)
class Source:
    """One batch in force: its arrival number, content hash, facts, and the columns of its file."""

    seq: int
    batch: str
    department: str
    as_of: date
    authority: frozenset[str] = frozenset()
    columns: tuple[str, ...] = ()
    rows: int = 0
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry by hand (条目): a value of one element of one subject.

    `value` is the canonical text of the value (ISO date, label, digits, "true" or "false"). `authoritative` means the
    editor spoke for the element's authority.
    """

    seq: int
    subject: str
    key: str
    element: str
    value: str
    by: str
    as_of: date
    department: str = ""
    authoritative: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement in force about two subjects: the same (True) or different (False)."""

    seq: int
    subject: str
    left: str
    right: str
    same: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A unit of the area tree: its name and the name of the unit it lies in (None at the top)."""

    name: str
    parent: str | None = None
    kind: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything the golden records follow from, at one pool sequence.

    `authority` is each element's authority departments by the registry, which imports override.
    """

    sequence: int
    sources: tuple[Source, ...] = ()
    edits: tuple[Edit, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    areas: tuple[Area, ...] = ()
    authority: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def newest(self) -> date | None:
        """The latest as-of date of any record; None when there are no records."""
        dates = [source.as_of for source in self.sources] + [edit.as_of for edit in self.edits]
        return max(dates, default=None)

    def at(self, as_of: date) -> Manifest:
        """The manifest as known for that day: records after it do not count."""
        return replace(
            self,
            sources=tuple(source for source in self.sources if source.as_of <= as_of),
            edits=tuple(edit for edit in self.edits if edit.as_of <= as_of),
        )
