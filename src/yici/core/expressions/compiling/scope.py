"""Where values come from in SQL: the tables' aliases, and what may be worked out beforehand for every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yici.core.expressions.compiling.dialect import DIALECTS, Dialect
from yici.core.expressions.compiling.sql import Range, Sql
from yici.core.expressions.derived import MEMBERS, Bounds, alias_of, date_bounds
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate, Role

REGISTER_UNITS = "register_unit"
"""The table (element, unit) of the registers (名册) that were imported, and for which units."""

APART = "?"
"""Keys of people who are kept apart begin so; they count nowhere."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The rows an expression is about, as tables joined under aliases.

    `own` is the subject type of the rows, as far as it is known: whose unit counts where there is no household.
    An engine that computes many expressions at once may give `bounds_of`, `members_of` and `kept_of`: they take what is
    dear (first and last day of a date, aggregates over the household's members, whether a register is kept where the
    row is) and return columns that hold it.
    """

    moment: Moment
    dialect: Dialect = DIALECTS["duckdb"]
    prefix: str = ""
    bounds_of: Callable[[Role, str], Range] | None = None
    members_of: Callable[[Aggregate], Range] | None = None
    own: str = ""
    kept_of: Callable[[Role, str], Sql] | None = None

    def alias(self, role: Role) -> str:
        """The alias of the table that holds a role's elements."""
        return f"{self.prefix}{alias_of(role)}"

    def column(self, role: Role, element: str) -> str:
        """A stored element's column."""
        return f"{self.alias(role)}.{self.dialect.quoted(element)}"

    def kept(self, role: Role, element: str) -> Sql:
        """Whether the register of a stored element was imported for the unit of that role."""
        if self.kept_of is not None:
            return self.kept_of(role, element)
        name = element.replace("'", "''")
        rows = f"{REGISTER_UNITS} WHERE element = '{name}'"
        return Sql(self.dialect.among(self.unit(role), "unit", rows))

    def unit(self, role: Role) -> str:
        """The unit of a role; the row's own where there is no such household or head; '' when it is not known."""
        parts = dict.fromkeys([self.alias(role), *([self.alias(self.own)] if self.own else [])])
        return f"coalesce({', '.join(f'{alias}.unit' for alias in parts)}, '')"

    def bounds(self, role: Role, element: str) -> Range:
        """First and last day of a stored date."""
        if self.bounds_of is not None:
            return self.bounds_of(role, element)
        bounds = self.column_bounds(role, element)
        return Range(Sql(bounds.low), Sql(bounds.high))

    def column_bounds(self, role: Role, element: str) -> Bounds:
        """The same, always worked out from the column."""
        return date_bounds(self.column(role, element), self.dialect)

    def size(self, role: Role) -> str:
        """How many members the household has in the pool."""
        return f"{self.alias(role)}.{MEMBERS}"

    def inner(self) -> Scope:
        """The scope of the members of the row's household."""
        return Scope(self.moment, self.dialect, f"m{self.prefix}", own="person")
