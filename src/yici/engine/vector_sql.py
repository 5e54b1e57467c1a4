"""The load statement of a frame: the one place where the vector evaluator speaks SQL."""

from __future__ import annotations

from collections.abc import Sequence

from yici.core.expressions.compiling import APART, Compiler, Scope, Sql, joined
from yici.core.expressions.compiling.sql import EXACT
from yici.core.expressions.derived import AGE, BIRTH, alias_of
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate, Base, Expr, Ref, Role, walk
from yici.engine.rows import Rows
from yici.engine.select import from_sql
from yici.engine.vector_compile import NotNative


class LoadSql:
    """Compiles the columns of a load. For a few subjects what is about their households is looked up for them alone;
    for all of them it is computed once for every household."""

    def __init__(self, subject: str, moment: Moment, *, few: bool) -> None:
        self.subject = subject
        self._rows = None if few else Rows(subject, moment)
        self._compiler = Compiler(Scope(moment, own=subject)) if self._rows is None else self._rows.compiler
        self._roles: set[Role] = set()

    def truth(self, condition: Expr) -> Sql:
        """A condition, wholly by DuckDB."""
        self._note(condition)
        return self._compiler.truth(condition) if self._rows is None else self._rows.truth(condition)

    def shown(self, expr: Expr) -> Sql:
        """A value as it is shown; NULL where it is not known exactly."""
        self._note(expr)
        if self._rows is not None:
            return self._rows.shown(expr)
        return self._compiler.truth(expr) if expr.type.base is Base.BOOL else self._compiler.value(expr)

    def number(self, expr: Expr) -> Sql:
        """A number that is known exactly or not at all, as floating point. Raises NotNative for others."""
        value = self.shown(expr)
        bounds = self._compiler.range(expr)
        if bounds.low != bounds.high:
            raise NotNative
        stored = isinstance(expr, Ref) and not expr.element.derived
        return joined("CAST({} AS DOUBLE)", value if stored else joined(f"TRY_CAST({{}} AS {EXACT})", value))

    def days(self, ref: Ref) -> tuple[Sql, Sql]:
        """First and last day of a date, or of the birth date behind an age."""
        self.shown(ref)
        bounds = self._compiler.scope.bounds(ref.role, BIRTH if ref.element.id == AGE else ref.element.id)
        return joined("TRY_CAST({} AS DATE)", bounds.low), joined("TRY_CAST({} AS DATE)", bounds.high)

    def statement(self, columns: Sequence[Sql], keys: Sequence[str] | None, units: Sequence[str] | None) -> Sql:
        """The statement that yields key, household, unit and the columns, c0, c1 … Subjects kept apart are left out."""
        alias = alias_of(self.subject)
        home = {"person": "p.household", "household": "h.key"}.get(self.subject, "NULL")
        shown = [Sql(f"{alias}.key AS key"), Sql(f"{home} AS household"), Sql(f"{alias}.unit AS unit")]
        shown += [joined(f"{{}} AS c{number}", column) for number, column in enumerate(columns)]
        where = _where(alias, keys, units)
        if self._rows is not None:
            return self._rows.select(shown, where)
        conditions = [Sql(f"NOT starts_with({alias}.key, '{APART}')"), *where]
        text = f"SELECT {', '.join(c.text for c in shown)} FROM {self._from()}"  # noqa: S608 (own names)
        params = tuple(p for part in (*shown, *conditions) for p in part.params)
        return Sql(f"{text} WHERE {' AND '.join(c.text for c in conditions)}", params)

    def _note(self, expr: Expr) -> None:
        """Whose tables an expression reads; members of a household are read through it."""
        for node in walk(expr):
            if isinstance(node, Ref):
                self._roles.add(node.role)
            elif isinstance(node, Aggregate):
                self._roles.add("household")

    def _from(self) -> str:
        """The subject's table, joined to no other than the columns need: a join nobody needs reads all its table."""
        if self.subject != "person" or "head" in self._roles:
            return from_sql(self.subject)
        return "person p LEFT JOIN household h ON h.key = p.household" if "household" in self._roles else "person p"


def _where(alias: str, keys: Sequence[str] | None, units: Sequence[str] | None) -> list[Sql]:
    """Conditions on keys and units. A firm whose unit is unknown belongs to whoever asks, as in select_rows."""
    found = []
    if keys is not None:
        found.append(Sql(f"{alias}.key IN (SELECT unnest(?))", (list(keys),)))  # type: ignore[arg-type]
    if units is not None:
        own = f"{alias}.unit IN (SELECT unnest(?))"
        unknown = f"({alias}.unit IS NULL OR {own})" if alias == "e" else own
        found.append(Sql(unknown, (list(units),)))  # type: ignore[arg-type]
    return found
