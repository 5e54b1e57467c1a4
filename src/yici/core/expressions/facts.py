"""What is known about one subject, with the record behind every value: what expressions are evaluated from."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from yici.core.elements import Element
from yici.core.expressions.nodes import Role, Scalar

REGISTER: Role = "register"
"""The role of a need that no single subject can answer: a register (名册) that a department has yet to supply."""

# What a computed element follows from, element by element of the same subject.
DERIVED_FROM: dict[str, tuple[str, ...]] = {
    "person.age": ("person.birth_date",),
    "household.income_per_head": ("household.annual_income", "household.size"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and where it is from: the record's id, its as-of date (ISO text), department and place in the ledger."""

    value: Scalar
    record: int | None = None
    as_of: str = ""
    department: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """One subject: its own values, those of the household and of the household's head, by role and element id.

    `keys` names the subject behind each role. `members` are the people of the household, the subject among them, each
    with its own "person" values; None when the household is not known. A value given for a computed element
    (年龄) stands for itself. `units` is where each of them is. `kept` holds the (element, unit) of every register
    (名册) that was imported for that unit: only there does it say anything about whom it does not name.
    """

    subject: str
    values: Mapping[Role, Mapping[str, Fact]] = field(default_factory=dict)
    members: tuple[Facts, ...] | None = None
    keys: Mapping[Role, str] = field(default_factory=dict)
    name: str = ""
    kept: Container[tuple[str, str]] = frozenset()
    units: Mapping[Role, str] = field(default_factory=dict)

    def fact(self, element_id: str, role: Role) -> Fact | None:
        """The fact about an element of that role, or None when nothing is known."""
        found = self.values.get(role, {}).get(element_id)
        return None if found is None or found.value is None else found

    def unit_of(self, role: Role) -> str:
        """The unit of that role; the subject's own where there is no such household or head; "" when nobody knows."""
        return self.units.get(role) or self.units.get(self.subject) or ""

    def keeps(self, element_id: str, role: Role) -> bool:
        """Whether the register kept as that element was imported for the unit of that role."""
        return (element_id, self.unit_of(role)) in self.kept

    def items(self, subject: str) -> Iterator[Facts] | None:
        """The household's members as subjects of their own, household and head in reach; None when not known."""
        if self.members is None or subject != "person":
            return None
        shared = {role: values for role, values in self.values.items() if role in ("household", "head")}
        keys, units = (
            {role: text for role, text in own.items() if role in ("household", "head")}
            for own in (self.keys, self.units)
        )
        return (
            Facts("person", {**shared, "person": member.values.get("person", {})}, self.members,
                  {**keys, "person": member.keys.get("person", "")}, member.name,
                  self.kept, {**units, "person": member.units.get("person", "")})
            for member in self.members
        )  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """Something somebody could tell: an element of one subject. `key` is "" where the subject is not known."""

    element: str
    role: Role
    key: str


def needs_of(element: Element, role: Role, facts: Facts) -> tuple[Need, ...]:
    """What would have to be told so that the element's value is known; () when it is known to the day."""
    if not element.derived or facts.fact(element.id, role) is not None:
        known = facts.fact(element.id, role)
        exact = known is not None and not is_partial_date(element, known.value)
        return () if exact else (Need(element.id, role, facts.keys.get(role, "")),)
    parts = DERIVED_FROM.get(element.id)
    if parts is None:
        known_size = element.id == "household.size" and facts.members
        return () if known_size else (Need(element.id, role, facts.keys.get(role, "")),)
    found: list[Need] = []
    for part in parts:
        known = facts.fact(part, role)
        if part == "household.size" and known is None and facts.members:
            continue
        if known is None or (part.endswith("_date") and len(str(known.value)) < 10):
            found.append(Need(part, role, facts.keys.get(role, "")))
    return tuple(found)


def is_partial_date(element: Element, value: Scalar) -> bool:
    """Whether a value is a date known only to the month or the year."""
    return element.kind == "date" and len(str(value)) < 10
