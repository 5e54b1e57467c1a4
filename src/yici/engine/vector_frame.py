"""The columns a set of conditions needs, taken from the projection by Arrow without copying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal as Choice

import polars as pl

from yici.core.expressions.compiling import Sql
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Base, Expr, Ref
from yici.engine.projection import Projection
from yici.engine.vector_compile import Days, NotNative, VectorCompiler, atoms_of
from yici.engine.vector_sql import LoadSql

MOST_EXACT = 9_000_000_000
"""Numbers are held as 64-bit floating point, which tells six decimals apart below this. DuckDB compares larger ones."""
MOST_CODES = 255
"""Texts with more different values than this are not held as numbers of one byte."""

Wanted = tuple[str, Expr]
_Plain = Choice["number", "bool", "text"]


@dataclass(slots=True)
class Frame:
    """Columns of one subject type, one row a subject. Conditions are answered by vector.truths and vector.verdicts."""

    subject: str
    moment: Moment
    data: pl.DataFrame
    named: Mapping[Wanted, str]
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)
    exact_days: dict[str, date | None] = field(default_factory=dict)

    @property
    def height(self) -> int:
        """How many subjects."""
        return self.data.height

    @property
    def keys(self) -> pl.Series:
        """The subjects' keys, in the order of all answers."""
        return self.data["key"]

    @property
    def households(self) -> pl.Series:
        """The household of each person, a household's own key; null for others."""
        return self.data["household"]

    @property
    def units(self) -> pl.Series:
        """The smallest known unit of each subject."""
        return self.data["unit"]

    def plain(self, expr: Expr, kind: _Plain) -> pl.Expr:
        """The column of a value."""
        return pl.col(self.name((kind, expr)))

    def coded(self, ref: Ref) -> tuple[pl.Expr, Mapping[str, int]]:
        """The column of a text as numbers, and the number of each text."""
        name = self.name(("coded", ref))
        return pl.col(name), self.numbers[name]

    def days(self, ref: Ref) -> Days:
        """The columns of a date."""
        low, high = self.name(("low", ref)), self.name(("high", ref))
        exact = low in self.exact_days
        return Days(pl.col(low), pl.col(low if exact else high), exact, self.exact_days.get(low))

    def given(self, condition: Expr) -> pl.Expr:
        """The column of a condition that DuckDB computed."""
        return pl.col(self.name(("condition", condition)))

    def name(self, wanted: Wanted) -> str:
        """The name of a column. Raises NotNative when it was not loaded."""
        if wanted not in self.named:
            raise NotNative(wanted)
        return self.named[wanted]


def load(
    projection: Projection,
    subject: str,
    exprs: Sequence[Expr],
    *,
    moment: Moment,
    keys: Sequence[str] | None,
    units: Sequence[str] | None,
) -> Frame:
    """Load what the expressions need; once more when a number turns out too large to be held exactly."""
    too_large: frozenset[Expr] = frozenset()
    while True:
        recorder = _Recorder(LoadSql(subject, moment), too_large)
        compiler = VectorCompiler(recorder, moment)
        for expr in exprs:
            if expr.type.base is Base.BOOL:
                for atom in atoms_of(expr):
                    compiler.atom(atom)
            else:
                recorder.value(expr)
        sql = recorder.sql.statement(list(recorder.wanted.values()), keys, units)
        table = projection.con.sql(sql.text, params=list(sql.params)).to_arrow_table()
        data = pl.from_arrow(table, rechunk=True)
        assert isinstance(data, pl.DataFrame)
        named = {wanted: f"c{number}" for number, wanted in enumerate(recorder.wanted)}
        larger = _too_large(data, named)
        if not larger:
            return _dressed(Frame(subject, moment, data, named))
        too_large |= larger


class _Recorder:
    """Stands for the columns before they are loaded, and writes down which ones are asked for."""

    def __init__(self, sql: LoadSql, too_large: frozenset[Expr]) -> None:
        self.sql = sql
        self.too_large = too_large
        self.wanted: dict[Wanted, Sql] = {}

    def plain(self, expr: Expr, kind: _Plain) -> pl.Expr:
        """The column of a stored or computed value."""
        if expr in self.too_large:
            raise NotNative
        return self.want(kind, expr, lambda: self.sql.number(expr) if kind == "number" else self.sql.shown(expr))

    def coded(self, ref: Ref) -> tuple[pl.Expr, Mapping[str, int]]:
        """The column of a text with few different values."""
        return self.want("coded", ref, lambda: self.sql.shown(ref)), {}

    def days(self, ref: Ref) -> Days:
        """The columns of a date: first and last day."""
        if ("low", ref) not in self.wanted:
            self.wanted["low", ref], self.wanted["high", ref] = self.sql.days(ref)
        return Days(pl.lit(None), pl.lit(None), False, None)

    def given(self, condition: Expr) -> pl.Expr:
        """A condition for DuckDB."""
        return self.want("condition", condition, lambda: self.sql.truth(condition))

    def value(self, expr: Expr) -> None:
        """A value that will be asked for as it is."""
        self.want("value", expr, lambda: self.sql.shown(expr))

    def want(self, kind: str, expr: Expr, sql: Callable[[], Sql]) -> pl.Expr:
        """Ask for a column."""
        if (kind, expr) not in self.wanted:
            self.wanted[kind, expr] = sql()
        return pl.lit(None)


def _too_large(data: pl.DataFrame, named: Mapping[Wanted, str]) -> frozenset[Expr]:
    names = {name: expr for (kind, expr), name in named.items() if kind == "number"}
    if not names:
        return frozenset()
    largest = data.select(pl.col(name).abs().max() for name in names).row(0)
    found = zip(names.values(), largest, strict=True)
    return frozenset(expr for expr, most in found if most is not None and most > MOST_EXACT)


def _dressed(frame: Frame) -> Frame:
    """Texts as numbers of one byte; dates that are all known to the day in one column."""
    coded = [name for (kind, _), name in frame.named.items() if kind == "coded"]
    for name in coded:
        frame.numbers[name], column = _numbered(frame.data[name])
        frame.data = frame.data.with_columns(column)
    unused = []
    for (kind, expr), low in frame.named.items():
        high = frame.named.get(("high", expr), "")
        if kind == "low" and not (frame.data[low] != frame.data[high]).any():
            latest = frame.data[low].max()
            frame.exact_days[low] = latest if isinstance(latest, date) else date.min
            unused.append(high)
    frame.data = frame.data.drop(unused)
    return frame


def _numbered(texts: pl.Series) -> tuple[dict[str, int], pl.Series]:
    different = texts.drop_nulls().unique().sort()
    kinds = {text: number for number, text in enumerate(different)}
    if len(kinds) > MOST_CODES:
        return kinds, texts.replace_strict(different, pl.Series(range(len(different)), dtype=pl.UInt32)).alias(
            texts.name
        )
    return kinds, texts.cast(pl.Enum(different)).to_physical().alias(texts.name)
