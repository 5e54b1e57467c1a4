"""Many conditions answered by one scan: how many subjects there are of every pattern of truth.

The conditions asked of one subject type fall into atoms (年龄 >= 60, 性别 = '女'). Every row gets two bits an atom:
false, true or unknown. Grouping by them (and by the unit) leaves a small table, the cube; every figure is a sum over
some of its rows, since its condition is decided by the atoms alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from yici.core.expressions.compiling import Sql, joined
from yici.core.expressions.nodes import AggregateOp, Expr, Junction, Not
from yici.engine.dated import dated
from yici.engine.measures import exact_sum, limbs
from yici.engine.rows import Rows
from yici.engine.schema import table_of
from yici.engine.source import Source

FALSE, UNKNOWN, TRUE = 0, 1, 2
"""Three truths as numbers: "and" is the least, "or" the greatest, "not" two minus."""

Truths = npt.NDArray[np.int8]
_ATOMS_A_WORD = 30
_LOOK_UP_FROM = 50_000
"""Subjects from which on a look-up by date is worth its own statement."""
_DECODED = np.array([FALSE, TRUE, UNKNOWN, UNKNOWN], dtype=np.int8)


@dataclass(slots=True)
class CubePlan:
    """What is wanted of the subjects of one type. Add everything, then make the cube."""

    rows: Rows
    atoms: dict[Expr, int] = field(default_factory=dict)
    values: dict[Expr, int] = field(default_factory=dict)
    wanted: set[tuple[Expr, AggregateOp]] = field(default_factory=set)
    groups: dict[Expr, int] = field(default_factory=dict)
    units: bool = False

    def condition(self, expr: Expr | None) -> None:
        """A condition some figure depends on."""
        for atom in _atoms(expr):
            self.atoms.setdefault(atom, len(self.atoms))

    def value(self, expr: Expr | None, op: AggregateOp) -> None:
        """A value that is summed, averaged or compared."""
        if expr is not None:
            self.values.setdefault(expr, len(self.values))
            self.wanted.add((expr, "sum" if op == "avg" else op))

    def group(self, expr: Expr) -> None:
        """A value figures are grouped by."""
        self.groups.setdefault(expr, len(self.groups))

    def make(self, source: Source) -> Cube:
        """Scan the subjects once."""
        with ExitStack() as tables:
            words = _Words(self, source, tables)
            table = source.table(self._statement(words)).combine_chunks()
        return Cube(self, table, words.places)

    def _statement(self, words: _Words) -> Sql:
        inner = [_named(self.rows.truth(atom), name) for atom, name in words.decided.items()]
        inner += [Sql(f"{column} AS {name}") for name, column in words.looked_up.items()]
        inner += [_named(self.rows.value(value), f"v{n}") for value, n in self.values.items()]
        inner += [_named(self.rows.shown(group), f"g{n}") for group, n in self.groups.items()]
        if self.units:
            inner.append(Sql(f"{self.rows.alias}.unit AS unit"))
        outer = ["count(*) AS n", *words.packed, *words.looked_up, *(f"g{n}" for n in self.groups.values())]
        outer += ["unit"] if self.units else []
        for value, n in self.values.items():
            outer.append(f"count(v{n}) AS known{n}")
            outer += [f"{op}(v{n}) AS {op}{n}" for op in ("sum", "min", "max") if (value, op) in self.wanted]
        scan = self.rows.select(inner or [Sql("1 AS one")])
        return Sql(f"SELECT {', '.join(outer)} FROM ({scan.text}) GROUP BY ALL", scan.params)  # noqa: S608 (own names)


class _Words:
    """Numbers that hold the atoms' truths, two bits each: some packed for every row, others looked up by a date.

    `places` tells for every atom the number's name and its place in it.
    """

    def __init__(self, plan: CubePlan, source: Source, tables: ExitStack) -> None:
        self.places: dict[Expr, tuple[str, int]] = {}
        self.looked_up: dict[str, str] = {}
        worthwhile = dated(plan.rows.subject, plan.atoms)
        for element, atoms in worthwhile.items() if worthwhile and self._many(plan, source) else ():
            rows = Rows(plan.rows.subject, plan.rows.moment, source.dialect)
            truths = [rows.truth(atom) for atom in atoms]
            names = self._named(atoms, f"d{len(self.looked_up)}_")
            packed = [_named(_packed(part), name) for part, name in zip(_parted(truths), names, strict=True)]
            table = tables.enter_context(source.kept(rows.of_values(element, packed)))
            self.looked_up |= {name: f"{table}.{name}" for name in names}
            plan.rows.look_up(table, element)
        rest = [atom for atom in plan.atoms if atom not in self.places]
        self.decided = {atom: f"a{n}" for n, atom in enumerate(rest)}
        parts = _parted([Sql(name) for name in self.decided.values()])
        self.packed = [
            f"{_packed(part).text} AS {name}" for part, name in zip(parts, self._named(rest, "w"), strict=True)
        ]

    def _many(self, plan: CubePlan, source: Source) -> bool:
        (count,) = source.rows(Sql(f"SELECT count(*) FROM {table_of(plan.rows.subject)}"))[0]  # noqa: S608 (own names)
        return int(count) >= _LOOK_UP_FROM

    def _named(self, atoms: Sequence[Expr], prefix: str) -> list[str]:
        """Names of the numbers that hold these atoms."""
        names = [f"{prefix}{n}" for n in range(-(-len(atoms) // _ATOMS_A_WORD))]
        for n, atom in enumerate(atoms):
            self.places[atom] = (names[n // _ATOMS_A_WORD], n % _ATOMS_A_WORD)
        return names


def _parted(truths: Sequence[Sql]) -> list[Sequence[Sql]]:
    return [truths[first : first + _ATOMS_A_WORD] for first in range(0, len(truths), _ATOMS_A_WORD)]


def _packed(truths: Sequence[Sql]) -> Sql:
    """Truths as one number. A condition is written twice, which engines notice and decide once."""
    bits = [
        joined(
            f"CASE WHEN {{}} IS NULL THEN {_big(2 * 4**n)} WHEN {{}} THEN {_big(4**n)} ELSE {_big(0)} END", truth, truth
        )
        for n, truth in enumerate(truths)
    ]
    return joined(" + ".join("{}" for _ in bits), *bits)


def _big(number: int) -> str:
    return f"CAST({number} AS BIGINT)"


def _named(sql: Sql, name: str) -> Sql:
    return Sql(f"{sql.text} AS {name}", sql.params)


def _atoms(expr: Expr | None) -> list[Expr]:
    match expr:
        case None:
            return []
        case Junction():
            return [atom for part in expr.parts for atom in _atoms(part)]
        case Not():
            return _atoms(expr.operand)
        case _:
            return [expr]


class Cube:
    """The small table, and what can be read from it."""

    def __init__(self, plan: CubePlan, table: pa.Table, places: Mapping[Expr, tuple[str, int]]) -> None:
        self.plan = plan
        self.counts: npt.NDArray[np.int64] = _integers(table, "n")
        words = {name: _integers(table, name) for name, _ in places.values()}
        self._truths: dict[Expr | None, Truths] = {None: np.full(len(self.counts), TRUE, dtype=np.int8)}
        for atom, (word, place) in places.items():
            self._truths[atom] = _DECODED[(words[word] >> (2 * place)) & 3]
        self.units = _Coded.of(table, "unit") if plan.units else None
        self.groups = {expr: _Coded.of(table, f"g{number}") for expr, number in plan.groups.items()}
        self._known = {expr: _integers(table, f"known{number}") for expr, number in plan.values.items()}
        self._within: dict[tuple[str, ...], npt.NDArray[np.bool_]] = {}
        self._columns: dict[str, Any] = {}
        self._table = table

    def truth(self, expr: Expr | None) -> Truths:
        """The truth of a condition made of atoms, for every row of the cube."""
        found = self._truths.get(expr)
        if found is None:
            found = self._truths[expr] = self._decided(expr)
        return found

    def _decided(self, expr: Expr | None) -> Truths:
        match expr:
            case Junction():
                parts = [self.truth(part) for part in expr.parts]
                return reduce(np.minimum if expr.op == "and" else np.maximum, parts)
            case Not():
                return (2 - self.truth(expr.operand)).astype(np.int8)
        raise KeyError(expr)

    def within(self, units: tuple[str, ...] | None) -> npt.NDArray[np.bool_] | None:
        """Which rows are of these units; None for all."""
        if units is None or self.units is None:
            return None
        if units not in self._within:
            self._within[units] = self.units.among(units, unknown=self.plan.rows.subject == "enterprise")
        return self._within[units]

    def count(self, rows: npt.NDArray[np.bool_]) -> int:
        """How many subjects these rows stand for."""
        return int(self.counts[np.flatnonzero(rows)].sum())

    def known(self, expr: Expr, rows: npt.NDArray[np.bool_]) -> int:
        """For how many of them the value is known."""
        return int(self._known[expr][np.flatnonzero(rows)].sum())

    def total(self, expr: Expr, rows: npt.NDArray[np.bool_]) -> Fraction:
        """The exact sum of their known values."""
        number = self.plan.values[expr]
        return exact_sum(self._kept(f"sum{number}", limbs), rows & (self._known[expr] > 0))

    def extreme(self, expr: Expr, rows: npt.NDArray[np.bool_], op: str) -> Decimal | str | None:
        """The least ("min") or greatest ("max") of their known values."""
        column = self._kept(f"{op}{self.plan.values[expr]}", lambda found: found.to_pylist())
        values = [column[place] for place in np.flatnonzero(rows & (self._known[expr] > 0))]
        return (min if op == "min" else max)(values, default=None)

    def _kept(self, name: str, read: Callable[[Any], Any]) -> Any:
        """A column read once."""
        if name not in self._columns:
            self._columns[name] = read(self._table.column(name).combine_chunks())
        return self._columns[name]


@dataclass(frozen=True, slots=True)
class _Coded:
    """A column as places in the list of its values; -1 where it is null."""

    codes: npt.NDArray[np.int64]
    values: tuple[Any, ...]

    @classmethod
    def of(cls, table: pa.Table, name: str) -> _Coded:
        encoded = table.column(name).combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return cls(codes, tuple(encoded.dictionary.to_pylist()))

    def among(self, values: Sequence[Any], *, unknown: bool = False) -> npt.NDArray[np.bool_]:
        """Which rows have one of the values."""
        wanted = frozenset(values)
        chosen = [place for place, value in enumerate(self.values) if value in wanted]
        return np.isin(self.codes, [*chosen, -1] if unknown else chosen)


def _integers(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    column = table.column(name).to_numpy()
    return np.asarray(column, dtype=np.int64)
