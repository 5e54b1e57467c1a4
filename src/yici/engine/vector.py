"""Many conditions over many subjects at once: polars expressions over columns that DuckDB hands over by Arrow.

Beside one SQL statement it is worth its place where hundreds of conditions are asked of the same columns, as policies
do. What it cannot do itself DuckDB computes as a column of the load, so that both always say the same.
See docs/decisions/0006-vector-evaluator.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from yici.core.elements import Registry
from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Base, Expr
from yici.engine.projection import Projection
from yici.engine.vector_compile import NotNative, VectorCompiler, atoms_of, junctions_of
from yici.engine.vector_frame import Frame, load
from yici.engine.vector_masks import RuleVerdicts, Verdicts, check_clauses, clause_of
from yici.engine.workdays import at_work

__all__ = ["Frame", "RuleVerdicts", "Verdicts", "load_frame", "truths", "values", "verdicts"]


def load_frame(
    projection: Projection,
    registry: Registry,
    subject: str,
    exprs: Sequence[Expr],
    *,
    moment: Moment,
    keys: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
) -> Frame:
    """The columns the expressions need, of all subjects of a type, or of those named by key or in these units.

    Subjects that are kept apart are left out. The order of rows is not fixed: `keys` of the frame names them.
    """
    return load(projection, subject, exprs, moment=at_work(moment, exprs), keys=keys, units=units)


def truths(frame: Frame, conditions: Sequence[Expr]) -> list[pl.Series]:
    """A Boolean series for each condition, null where it is unknown. A condition that occurs twice is computed once.

    Raises ExpressionError for a condition the frame was not loaded for.
    """
    return _Evaluation(frame, conditions).series(conditions)


def values(frame: Frame, exprs: Sequence[Expr]) -> list[pl.Series]:
    """The values of expressions the frame was loaded for; null where they are not known exactly."""
    conditions = [expr for expr in exprs if expr.type.base is Base.BOOL]
    held = dict(zip(conditions, truths(frame, conditions), strict=True))
    return [held[expr] if expr in held else frame.data[_value_name(frame, expr)] for expr in exprs]


def verdicts(frame: Frame, rules: Sequence[Sequence[Expr]]) -> Verdicts:
    """Every rule over every subject; a rule is a list of clauses that must all hold.

    Raises ExpressionError for a rule of more than 64 clauses, or a clause the frame was not loaded for.
    """
    check_clauses(rules)
    clauses = list(dict.fromkeys(clause for rule in rules for clause in rule))
    evaluation = _Evaluation(frame, clauses)
    found = {clause: clause_of(evaluation.one(clause)) for clause in clauses}
    return Verdicts(frame, rules, found)


class _Evaluation:
    """The single conditions of some conditions, each computed once, all in one pass over the frame."""

    def __init__(self, frame: Frame, conditions: Sequence[Expr]) -> None:
        self._height = frame.height
        atoms = list(dict.fromkeys(atom for condition in conditions for atom in atoms_of(condition)))
        self._names = {atom: f"a{number}" for number, atom in enumerate(atoms)}
        compiler = VectorCompiler(frame, frame.moment)
        try:
            columns = [compiler.atom(atom).alias(name) for atom, name in self._names.items()]
        except NotNative as error:
            raise ExpressionError(Problem("expression.not-loaded", "这个条件没有随数据一起读入。")) from error
        # A condition without any column (true) is one value; beside a column it is one for every subject.
        self._data = frame.data.select(pl.col("key"), *columns) if columns else frame.data.select("key")

    def series(self, conditions: Sequence[Expr]) -> list[pl.Series]:
        """All conditions, in parallel."""
        distinct = {condition: f"r{number}" for number, condition in enumerate(dict.fromkeys(conditions))}
        columns = [junctions_of(condition, self._column).alias(name) for condition, name in distinct.items()]
        found = self._data.select(columns)
        return [found[distinct[condition]] for condition in conditions]

    def one(self, condition: Expr) -> pl.Series:
        """One condition."""
        if condition in self._names:
            return self._data[self._names[condition]]
        return self._data.select(junctions_of(condition, self._column).alias("r")).to_series()

    def _column(self, atom: Expr) -> pl.Expr:
        return pl.col(self._names[atom])


def _value_name(frame: Frame, expr: Expr) -> str:
    try:
        return frame.name(("value", expr))
    except NotNative as error:
        raise ExpressionError(Problem("expression.not-loaded", "这个值没有随数据一起读入。")) from error
