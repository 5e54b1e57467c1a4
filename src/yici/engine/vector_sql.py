"""The load statement of a frame: the one place where the vector evaluator speaks SQL."""

from __future__ import annotations

from collections.abc import Sequence

from yici.core.expressions.compiling import Sql, joined
from yici.core.expressions.compiling.sql import EXACT
from yici.core.expressions.derived import AGE, BIRTH, alias_of
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr, Ref
from yici.engine.rows import Rows
from yici.engine.vector_compile import NotNative


class LoadSql:
    """Compiles the columns of a load."""

    def __init__(self, subject: str, moment: Moment) -> None:
        self.subject = subject
        self._rows = Rows(subject, moment)

    def truth(self, condition: Expr) -> Sql:
        """A condition, wholly by DuckDB."""
        return self._rows.truth(condition)

    def shown(self, expr: Expr) -> Sql:
        """A value as it is shown; NULL where it is not known exactly."""
        return self._rows.shown(expr)

    def number(self, expr: Expr) -> Sql:
        """A number that is known exactly or not at all, as floating point. Raises NotNative for others."""
        value = self.shown(expr)
        bounds = self._rows.compiler.range(expr)
        if bounds.low != bounds.high:
            raise NotNative
        stored = isinstance(expr, Ref) and not expr.element.derived
        return joined("CAST({} AS DOUBLE)", value if stored else joined(f"TRY_CAST({{}} AS {EXACT})", value))

    def days(self, ref: Ref) -> tuple[Sql, Sql]:
        """First and last day of a date, or of the birth date behind an age."""
        self.shown(ref)
        bounds = self._rows.compiler.scope.bounds(ref.role, BIRTH if ref.element.id == AGE else ref.element.id)
        return joined("TRY_CAST({} AS DATE)", bounds.low), joined("TRY_CAST({} AS DATE)", bounds.high)

    def statement(self, columns: Sequence[Sql], keys: Sequence[str] | None, units: Sequence[str] | None) -> Sql:
        """The statement that yields key, household, unit and the columns, c0, c1 … Subjects kept apart are left out."""
        alias = alias_of(self.subject)
        home = {"person": "p.household", "household": "h.key"}.get(self.subject, "NULL")
        shown = [Sql(f"{alias}.key AS key"), Sql(f"{home} AS household"), Sql(f"{alias}.unit AS unit")]
        shown += [joined(f"{{}} AS c{number}", column) for number, column in enumerate(columns)]
        return self._rows.select(shown, within=_where(alias, keys, units))


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
