"""What a policy is made of. All of it is data from a pack; expressions stand as text until they are compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | bool | None
"""A plain value of a definition. Dates are ISO text."""

Figure = str | int | Decimal | bool | tuple[str | int | Decimal | bool, ...]
"""What a parameter stands for: one value, or several for `in`."""

HIGHER = "higher"
"""The word of `prefer` that lets the greater amount win."""


class Mode(StrEnum):
    """How a benefit reaches people: paid without being asked for, paid fast on confirmation, applied for."""

    AUTOMATIC = "免申即享"
    FAST = "快申快享"
    APPLIED = "申报"


class Outcome(StrEnum):
    """What a policy comes to for one subject. Unknown: the pool lacks something that would decide."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not eligible"
    UNKNOWN = "unknown"


OUTCOME_WORDS = {Outcome.ELIGIBLE: "符合", Outcome.NOT_ELIGIBLE: "不符合", Outcome.UNKNOWN: "缺数据"}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a policy's words and figures come from."""

    title: str
    date: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force from a day on, until the next one."""

    since: date
    value: Figure


@dataclass(frozen=True, slots=True)
class Parameter:
    """A threshold referred to as 参数.名称; its values in order of their days."""

    name: str
    values: tuple[Dated, ...]

    def at(self, day: date) -> Figure | None:
        """The value in force on that day; None before the first."""
        return next((dated.value for dated in reversed(self.values) if dated.since <= day), None)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: an id of its own, the policy's own words, and the expression `when`."""

    id: str
    words: str
    when: str


@dataclass(frozen=True, slots=True)
class Grade:
    """One step of a graded benefit: the amount is an expression, too."""

    name: str
    when: str
    amount: str


@dataclass(frozen=True, slots=True)
class Benefit:
    """What one gets: an amount (a number or a formula as text), or grades, or a note only; `unit` of the amount."""

    amount: str = ""
    unit: str = ""
    grades: tuple[Grade, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case that shows how a policy is meant: what is given, and what it must come to.

    `given` are values of the subject, `household` of its household, `members` of further people of that household.
    `registers` False: none was ever imported but what is given; `without`: these were not. All others are kept.
    `failed` are the clauses that must be false, `missing` the elements of which each must be asked; None: not told.
    """

    name: str
    expect: Outcome
    given: Mapping[str, Value] = field(default_factory=dict)
    as_of: date | None = None
    household: Mapping[str, Value] | None = None
    members: tuple[Mapping[str, Value], ...] = ()
    amount: Decimal | None = None
    grade: str | None = None
    failed: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    registers: bool = True
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One document of a policy. Several of the same id, valid one after the other, are its versions."""

    id: str
    title: str
    issuer: str
    subject: str
    mode: Mode
    clauses: tuple[Clause, ...]
    since: date
    until: date | None = None
    document: str = ""
    basis: tuple[str, ...] = ()
    source: Provenance | None = None
    parameters: tuple[Parameter, ...] = ()
    benefit: Benefit = field(default_factory=Benefit)
    excludes: tuple[str, ...] = ()
    stacks: bool = True
    prefer: str = HIGHER
    cases: tuple[Case, ...] = ()
    example: bool = False
    file: str = ""

    def in_force(self, day: date) -> bool:
        """Whether it is valid on that day; the last day included."""
        return self.since <= day and (self.until is None or day <= self.until)

    def eras(self) -> tuple[date, ...]:
        """The first days of the spans in which nothing of it changes: its begin, and each new parameter value."""
        changes = {dated.since for parameter in self.parameters for dated in parameter.values}
        return tuple(sorted({self.since, *(day for day in changes if day > self.since and self.in_force(day))}))
