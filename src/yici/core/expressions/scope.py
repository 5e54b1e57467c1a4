"""Where in an expression a name stands, and so whose it is and what may be counted there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from yici.core.expressions.names import Items

Countable = Literal["population", "members", "nothing"]
HOMES = ("person", "household")
"""The subjects that belong to a household, whose members can be counted."""


@dataclass(frozen=True, slots=True)
class Scope:
    """`subject`: whose row names are read for; None outside all aggregates of a figure.

    `countable`: what aggregates may be over here. `inside`: whether this is inside an aggregate. `items` and `outer`,
    in the value of an aggregate: what it is over, and where it stands; there a path may start with the items' name.
    """

    subject: str | None
    countable: Countable
    inside: bool = False
    items: Items | None = None
    outer: Scope | None = None

    @classmethod
    def figure(cls) -> Scope:
        """The whole of a figure."""
        return cls(None, "population")

    @classmethod
    def row(cls, subject: str) -> Scope:
        """The whole of an expression about one subject."""
        return cls(subject, "members" if subject in HOMES else "nothing")

    def condition_of(self, items: Items) -> Scope:
        """The `where` of an aggregate that stands here."""
        nested = items.members or items.subject not in HOMES
        return Scope(items.subject, "nothing" if nested else "members", inside=True)

    def value_of(self, items: Items) -> Scope:
        """The value of an aggregate that stands here."""
        inner = self.condition_of(items)
        return Scope(items.subject, inner.countable, inside=True, items=items, outer=self)
