"""The rows of one subject type with what expressions need of them, the dear parts worked out once for every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yici.core.elements import Element
from yici.core.expressions.compiling import (
    APART,
    DIALECTS,
    REGISTER_UNITS,
    Compiler,
    Dialect,
    Range,
    Scope,
    Sql,
    joined,
)
from yici.core.expressions.compiling.members import bounds_over, over_nothing
from yici.core.expressions.compiling.sql import EXACT, exactly
from yici.core.expressions.derived import alias_of, date_bounds
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate, Base, Expr, Ref, Role, children
from yici.engine.schema import table_of


class Rows:
    """Compiles expressions about the subjects of one type, and remembers what they need.

    First and last days of dates become columns of the tables they belong to; aggregates over the members of a household
    are computed once for every household that is asked about and joined: a query inside a condition for every mention
    takes seconds to plan when they are many.
    """

    def __init__(self, subject: str, moment: Moment, dialect: Dialect = DIALECTS["duckdb"]) -> None:
        self.subject, self.moment = subject, moment
        self.alias = alias_of(subject)
        self._dates: dict[tuple[Role, str], str] = {}
        self._members: dict[Aggregate, int] = {}
        self._registers: dict[Role, dict[str, str]] = {}
        self._needs: set[str] = set()
        self._lookups: list[tuple[str, str]] = []
        self._plain = Scope(moment, dialect, own=subject)
        scope = replace(self._plain, bounds_of=self._bounds, members_of=self._aggregate, kept_of=self._kept)
        self.compiler = Compiler(scope)

    def truth(self, condition: Expr) -> Sql:
        """A condition."""
        self._note(condition)
        return self.compiler.truth(condition)

    def value(self, expr: Expr) -> Sql:
        """A value that is summed or compared: numbers to six decimals, of everything else only what is exact."""
        self._note(expr)
        value = exactly(self.compiler.range(expr))
        return joined(f"TRY_CAST({{}} AS {EXACT})", value) if expr.type.base is Base.NUMBER else value

    def shown(self, expr: Expr) -> Sql:
        """A value as a group or a list shows it; a date in the precision it is known in."""
        self._note(expr)
        return self.compiler.truth(expr) if expr.type.base is Base.BOOL else self.compiler.value(expr)

    def element(self, element: Element, role: Role) -> str:
        """An element, stored or computed; NULL where it is unknown or cannot be decided."""
        self._note_element(element, role)
        return self.compiler.element(element, role)

    def _note(self, expr: Expr) -> None:
        """Which tables the expression needs."""
        if isinstance(expr, Aggregate):
            self._needs |= {"household", "members"}
            return
        if isinstance(expr, Ref):
            self._note_element(expr.element, expr.role)
        for child in children(expr):
            self._note(child)

    def _note_element(self, element: Element, role: Role) -> None:
        self._needs |= {role} | ({"household"} if role == "head" else set())

    def select(
        self, columns: Sequence[Sql], where: Sequence[Sql] = (), order: str = "", *, within: Sequence[Sql] = ()
    ) -> Sql:
        """The statement that yields the columns of every subject that is not kept apart. Call it last. `within` are
        further conditions, on nothing but columns of the subject's own table."""
        conditions = [Sql(f"NOT {self._plain.dialect.begins(f'{self.alias}.key', APART)}"), *within, *where]
        tables, more = self.tables(within)
        text = ", ".join(column.text for column in columns)
        filters = " AND ".join(condition.text for condition in conditions)
        params = [p for part in (*columns, more, *conditions) for p in part.params]
        return Sql(f"SELECT {text} FROM {tables} WHERE {filters}{order}", tuple(params))  # noqa: S608 (own names)

    def of_values(self, element: str, columns: Sequence[Sql]) -> Sql:
        """The statement that yields every value of an element as `value`, with columns that read nothing else."""
        table = table_of(self.subject)
        distinct = f"(SELECT DISTINCT {self._plain.dialect.quoted(element)} FROM {table})"  # noqa: S608 (own names)
        text = ", ".join(
            [f"{self._plain.column(self.subject, element)} AS value", *(column.text for column in columns)]
        )
        params = tuple(p for column in columns for p in column.params)
        return Sql(f"SELECT {text} FROM {self._table(self.subject, distinct)} {self.alias}", params)  # noqa: S608

    def look_up(self, table: str, element: str) -> None:
        """Join a table made of `of_values`; its columns are named by it."""
        self._lookups.append((table, self._plain.column(self.subject, element)))

    def _bounds(self, role: Role, element: str) -> Range:
        name = self._dates.setdefault((role, element), f"d{len(self._dates)}")
        alias = alias_of(role)
        return Range(Sql(f"{alias}.{name}_low"), Sql(f"{alias}.{name}_high"))

    def _aggregate(self, expr: Aggregate) -> Range:
        number = self._members.setdefault(expr, len(self._members))
        nothing = over_nothing(expr.op)
        low, high = (f"CASE WHEN h.key IS NULL THEN NULL WHEN hm.key IS NULL THEN {nothing} ELSE hm.{end}{number} END"
                     for end in ("low", "high"))  # fmt: skip
        return Range(Sql(f"({low})"), Sql(f"({high})"))

    def _kept(self, role: Role, element: str) -> Sql:
        registers = self._registers.setdefault(role, {})
        name = registers.setdefault(element, f"k{len(registers)}")
        return Sql(f"k{alias_of(role)}.{name}")

    def tables(self, within: Sequence[Sql] = ()) -> tuple[str, Sql]:
        """The tables, joined, and the parameters of what is computed within them. Call it last.

        What is about households is computed for those alone whose rows meet `within`, conditions on columns of the
        subject's own table; the statement must ask for them, too.
        """
        tables, members = self._subjects(within)
        return tables + "".join(self._register_join(role) for role in self._registers), members

    def _register_join(self, role: Role) -> str:
        """What is kept where the row is: one short table of units for each role, however many registers."""
        alias, texts = f"k{alias_of(role)}", {e: e.replace("'", "''") for e in self._registers[role]}
        columns = ", ".join(
            f"max(CASE WHEN element = '{texts[element]}' THEN 1 ELSE 0 END) = 1 AS {name}"
            for element, name in self._registers[role].items()
        )
        units = f"SELECT unit, {columns} FROM {REGISTER_UNITS} GROUP BY unit"  # noqa: S608 (own names)
        return f" LEFT JOIN ({units}) {alias} ON {alias}.unit = {self._plain.unit(role)}"

    def _subjects(self, within: Sequence[Sql]) -> tuple[str, Sql]:
        tables, members = f"{self._table(self.subject)} {self.alias}", Sql("")
        for table, column in self._lookups:
            tables += f" LEFT JOIN {table} ON {table}.value IS NOT DISTINCT FROM {column}"
        if self.subject == "household" and "head" in self._needs:
            tables += self._head()
        elif self.subject == "person" and "household" in self._needs:
            household = f"{self._table('household')} h"
            # The head joins the household first: there are fewer households than people to find one for.
            household = f"({household}{self._head()})" if "head" in self._needs else household
            tables += f" LEFT JOIN {household} ON h.key = p.household"
        if "members" in self._needs:
            members = self._household_members(within)
            tables += f" LEFT JOIN ({members.text}) hm ON hm.key = h.key"
        return tables, members

    def _head(self) -> str:
        head = self._plain.column("household", "household.head_id_number")
        return f" LEFT JOIN {self._table('head')} hd ON hd.key = {head}"

    def _table(self, role: Role, table: str = "") -> str:
        """A table (the role's own, if none is given) with the first and last days of the dates that were asked for."""
        table = table or table_of("person" if role == "head" else role)
        alias = f"{alias_of(role)}_t"
        dates = [(name, element) for (of, element), name in self._dates.items() if of == role]
        if not dates:
            return table
        dialect = self._plain.dialect
        bounds = [(name, date_bounds(f"{alias}.{dialect.quoted(element)}", dialect)) for name, element in dates]
        columns = ", ".join(f"{b.low} AS {name}_low, {b.high} AS {name}_high" for name, b in bounds)
        return f"(SELECT {alias}.*, {columns} FROM {table} {alias})"  # noqa: S608 (own names)

    def _household_members(self, within: Sequence[Sql]) -> Sql:
        inner = Compiler(self._plain.inner())
        person = inner.scope.alias("person")
        items = [inner.items(expr, str(number)) for expr, number in self._members.items()]
        aggregates = []
        for expr, number in self._members.items():
            low, high = bounds_over(expr.op, f"c{number}", f"v{number}")
            aggregates += [f"{low} AS low{number}", f"{high} AS high{number}"]
        columns = ", ".join([f"{person}.household AS key", *(item.text for item in items)])
        shown = ", ".join(["key", *aggregates])
        tables = inner.members_from() if items else f"person AS {person}"
        kept = f"{person}.household IS NOT NULL AND NOT {self._plain.dialect.begins(f'{person}.key', APART)}"
        if within:
            home = {"person": "p.household", "household": "h.key"}[self.subject]
            asked = f"SELECT {home} FROM {table_of(self.subject)} {self.alias}"  # noqa: S608 (own names)
            kept += f" AND {person}.household IN ({asked} WHERE {' AND '.join(part.text for part in within)})"
        text = f"SELECT {shown} FROM (SELECT {columns} FROM {tables} WHERE {kept}) GROUP BY key"  # noqa: S608
        return Sql(text, tuple(p for part in (*items, *within) for p in part.params))
