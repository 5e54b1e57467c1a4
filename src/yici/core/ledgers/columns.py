"""One column of a ledger and what it means; what the columns of one table mean together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from yici.core.elements import Registry
from yici.core.values.kinds import kind_of
from yici.core.values.model import ValueKind

_KEYS = {"household": "household.head_id_number"}
_IDENTITIES = {
    "person": ("person.id_number", "person.name"),
    "household": ("household.number", "household.head_id_number", "household.head_name"),
    "enterprise": ("enterprise.uscc", "enterprise.name"),
}


def key_of(subject: str, registry: Registry) -> str:
    """The element by which a ledger's rows are looked up: a household's by its head's ID number."""
    return _KEYS.get(subject) or registry.subjects[subject].key


def identities_of(subject: str, registry: Registry) -> tuple[str, ...]:
    """The elements of which one must stand in a row for it to say who or what it is about."""
    return _IDENTITIES.get(subject) or (registry.subjects[subject].key,)


class How(StrEnum):
    """What made a column certain."""

    LABEL = "label"
    VALUES = "values"
    UNMAPPED = ""


class Unmapped(StrEnum):
    """Why a column is not mapped."""

    UNKNOWN = "unknown label"
    UNSURE = "unsure label"
    DERIVED = "derived"
    OTHERS = "somebody else's"
    VIOLATIONS = "values do not fit"
    TWICE = "mapped twice"
    HUMAN = "office use"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its headings, its element or why it has none, the unit and the marks its headings prescribe.

    `candidates` are the elements its label suggests, likeliest first.
    """

    col: int
    heading: str
    path: tuple[str, ...]
    element: str | None = None
    how: How = How.UNMAPPED
    why_not: Unmapped = Unmapped.UNKNOWN
    exact: bool = False
    unit: str = ""
    legend: Mapping[str, str] = field(default_factory=dict)
    candidates: tuple[str, ...] = ()

    def kind(self, registry: Registry, element: str | None = None) -> ValueKind:
        """The kind its values are cleaned as: that of its element, or of one it might be."""
        chosen = registry.elements[element or self.element or ""]
        return kind_of(chosen, registry, unit=self.unit, legend=self.legend or None)


@dataclass(frozen=True, slots=True)
class TableMap:
    """What the columns of a table mean. `subject` is "" when its rows are about nothing the pool keeps; `identities`
    are the elements that say who or what a row is about."""

    subject: str
    columns: tuple[Column, ...]
    identities: tuple[str, ...] = ()

    def of(self, element: str) -> Column | None:
        """The column mapped to an element."""
        return next((column for column in self.columns if column.element == element), None)

    @property
    def mapped(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.element)

    @property
    def identified(self) -> bool:
        """Whether some column says who or what a row is about."""
        return any(self.of(element) for element in self.identities)
