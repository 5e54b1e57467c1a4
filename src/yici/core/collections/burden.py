"""The burden of forms (填表负担): what every demand asks of people, in forms, cells and minutes. The one place of the
formula and of its constants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yici.core.periods import around


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds one filled form costs a clerk, by what must be done. Sources: see MINUTES_SOURCE."""

    open_form: int = 60
    copy_known: int = 4
    find_unknown: int = 45
    open_gaps: int = 20


COST = Cost()
MINUTES_SOURCE = (
    f"估算（没有实测）：人工逐格填，每张表开表和报送 {COST.open_form} 秒、抄一格 {COST.copy_known} 秒、"
    f"问一项 {COST.find_unknown} 秒；只问缺的，每项 {COST.find_unknown} 秒、有缺项的表每张 {COST.open_gaps} 秒"
)


def minutes(*, known: int, unknown: int, forms: int = 1, cost: Cost = COST) -> float:
    """Minutes of filling by hand: every known cell copied, every unknown one asked for, every form opened and sent."""
    return (forms * cost.open_form + known * cost.copy_known + unknown * cost.find_unknown) / 60


def minutes_left(*, unknown: int, forms: int = 1, cost: Cost = COST) -> float:
    """Minutes that remain when the pool fills what it knows: only what nobody knows is asked for."""
    return (unknown * cost.find_unknown + (forms * cost.open_gaps if unknown else 0)) / 60


@dataclass(frozen=True, slots=True)
class Demand:
    """One form asked of one unit, once. `outside` the platform (平台外要数) or by a collection.

    `known` are the cells the pool knew when the form was asked, `unknown` those it did not: at that moment, whatever
    was answered since. `known` is None where that was not noted; `unknown` is then the number of all cells.
    `person` is who sent it, empty while nobody has. `forms` are the copies to be filled by hand: several where a card
    is asked for every subject, none where nobody of the unit was meant. What is left is asked at once for all.
    """

    number: int
    outside: bool
    form: str
    day: date
    organisation: str
    unit: str
    person: str
    known: int | None
    unknown: int
    forms: int = 1

    @property
    def cells(self) -> int:
        """How many cells the form asks for."""
        return (self.known or 0) + self.unknown

    @property
    def minutes_asked(self) -> float:
        """Minutes of filling it by hand; 0 where its cells were not noted."""
        return 0.0 if self.known is None else minutes(known=self.known, unknown=self.unknown, forms=self.forms)

    @property
    def minutes_left(self) -> float:
        """Minutes of telling only what the pool did not know; 0 where its cells were not noted."""
        return 0.0 if self.known is None else minutes_left(unknown=self.unknown)

    @property
    def minutes_saved(self) -> float:
        """Minutes of filling by hand that the pool took over."""
        return self.minutes_asked - self.minutes_left


@dataclass(frozen=True, slots=True)
class Burden:
    """What some demands come to. Minutes are those of demands whose cells were noted; `unnoted` are the others."""

    forms: int = 0
    outside: int = 0
    cells: int = 0
    known: int = 0
    unnoted: int = 0
    minutes_asked: float = 0.0
    minutes_left: float = 0.0

    @property
    def minutes_saved(self) -> float:
        """Minutes of filling by hand that the pool took over."""
        return self.minutes_asked - self.minutes_left


def burden_of(demands: Iterable[Demand]) -> Burden:
    """What the demands come to, by the formula of MINUTES_SOURCE."""
    every = list(demands)
    return Burden(
        forms=sum(one.forms for one in every),
        outside=sum(one.forms for one in every if one.outside),
        cells=sum(one.cells for one in every),
        known=sum(one.known or 0 for one in every),
        unnoted=sum(one.known is None for one in every),
        minutes_asked=sum(one.minutes_asked for one in every),
        minutes_left=sum(one.minutes_left for one in every),
    )


KEYS: Mapping[str, tuple[str, Callable[[Demand], str]]] = {
    "unit": ("单位", lambda one: one.unit),
    "organisation": ("部门", lambda one: one.organisation),
    "person": ("填报人", lambda one: one.person),
    "form": ("表", lambda one: one.form),
    "week": ("周", lambda one: around(one.day, "week").name),
    "month": ("月", lambda one: around(one.day, "month").name),
    "quarter": ("季度", lambda one: around(one.day, "quarter").name),
    "year": ("年", lambda one: around(one.day, "year").name),
}
"""What burden is counted by: the heading, and the key of a demand. Never by how much somebody has done."""

SPANS = ("week", "month", "quarter", "year")


def burden_by(demands: Sequence[Demand], by: str) -> list[tuple[str, Burden]]:
    """The burden by unit, organisation, person, form or span. Names in their order, spans from the first to the last:
    never by size, as nobody is ranked."""
    key = KEYS[by][1]
    found: dict[str, list[Demand]] = {}
    for one in sorted(demands, key=lambda one: one.day) if by in SPANS else sorted(demands, key=key):
        found.setdefault(key(one), []).append(one)
    return [(name, burden_of(group)) for name, group in found.items()]


@dataclass(frozen=True, slots=True)
class Before:
    """A figure from before, for comparison: forms and hours one clerk spent on forms in a working day, and where it
    comes from. It is a reference somebody set down, not a measurement of this office."""

    forms: float
    hours: float
    source: str

    def over(self, clerks: int, days: int) -> tuple[float, float]:
        """Forms and minutes of so many clerks in so many working days."""
        return self.forms * clerks * days, self.hours * 60 * clerks * days
