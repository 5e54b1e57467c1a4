"""The engines that answer the conformance suite. A new one is a function in ROWS (and FIGURES, if it counts)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from conformance_world import REGISTRY, World
from expression_sample import SQL_TYPES
from facts_sample import values_of

from yici.core.expressions.compiling import APART, Sql
from yici.core.expressions.evaluating import evaluate
from yici.core.expressions.facts import Facts
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Expr, Figure, Shifted
from yici.engine.figures import Answer, Ask, answer
from yici.engine.rows import Rows
from yici.engine.source import DuckSource, Source
from yici.engine.spark import SparkSource
from yici.engine.vector import load_frame, values
from yici.engine.workdays import at_work

Column = list[Any]
AskRows = Callable[[World, str, Sequence[Expr]], list[Column]]
AskFigures = Callable[[World, Sequence[Figure]], list[Answer]]


def moment_of(world: World, exprs: Sequence[Expr]) -> Moment:
    """The world's moment, with the calendar where one is needed."""
    return at_work(world.moment, exprs)


def from_source(source: Source, world: World, subject: str, exprs: Sequence[Expr]) -> list[Column]:
    """All expressions in one statement."""
    rows = Rows(subject, moment_of(world, exprs), source.dialect)
    shown = [rows.shown(expr) for expr in exprs]
    columns = [
        Sql(f"{rows.alias}.key AS key"),
        *(Sql(f"{sql.text} AS c{n}", sql.params) for n, sql in enumerate(shown)),
    ]
    by_key = {row[0]: row[1:] for row in source.rows(rows.select(columns))}
    kept = [row["key"] for row in world.rows[subject] if row["key"] in by_key]
    return [[by_key[key][n] for key in kept] for n in range(len(exprs))]


def duckdb_rows(world: World, subject: str, exprs: Sequence[Expr]) -> list[Column]:
    """DuckDB, with what is dear worked out once."""
    with world.projection() as projection:
        return from_source(DuckSource(projection), world, subject, exprs)


def duckdb_figures(world: World, figures: Sequence[Figure]) -> list[Answer]:
    """DuckDB, all figures together."""
    with world.projection() as projection:
        return answer(projection, REGISTRY, [Ask(figure) for figure in figures], moment=world.moment)


def python_rows(world: World, subject: str, exprs: Sequence[Expr]) -> list[Column]:
    """The evaluator behind explanations, one subject at a time."""
    moment = moment_of(world, exprs)
    kept = [row for row in world.rows[subject] if not row["key"].startswith("?")]
    return [[_day(expr, evaluate(expr, _facts(world, subject, row), moment=moment)) for row in kept] for expr in exprs]


def _day(expr: Expr, value: Any) -> Any:
    """The evaluator shows the month of a moved date that is known to the month; SQL shows days only."""
    return None if isinstance(expr, Shifted) and value is not None and len(value) < 10 else value


def _facts(world: World, subject: str, row: dict[str, Any]) -> Facts:
    households = {home["key"]: home for home in world.rows["household"]}
    people = {person["key"]: person for person in world.rows["person"]}
    home = row if subject == "household" else households.get(row.get("household") or "")
    head = people.get((home or {}).get("household.head_id_number") or "")
    values = {subject: values_of(row), "household": values_of(home), "head": values_of(head)}
    members = None
    if home is not None:
        own = [p for p in people.values() if p.get("household") == home["key"] and not p["key"].startswith("?")]
        members = tuple(
            Facts("person", {"person": values_of(p)}, keys={"person": p["key"]}, units={"person": _unit(p)})
            for p in own
        )
    units = {subject: _unit(row), "household": _unit(home), "head": _unit(head)}
    return Facts(subject, values, members, {subject: row["key"]}, kept=world.registers, units=units)


def _unit(row: dict[str, Any] | None) -> str:
    return (row or {}).get("unit") or ""


def spark_view(source: SparkSource, world: World) -> None:
    """The world as views of the session."""
    people = Counter(p.get("household") for p in world.rows.get("person", ()) if not p["key"].startswith(APART))
    for subject, given in world.rows.items():
        counted = subject == "household"
        rows = [row | {"members": people[row["key"]] or None} for row in given] if counted else given
        own = ["key", "household", "unit"] if subject == "person" else ["key", "unit"]
        stored = [e for e in REGISTRY.of_subject(subject) if not e.derived]
        types = dict.fromkeys(own, "STRING") | {
            e.id: SQL_TYPES.get(e.kind, "STRING").replace("VARCHAR", "STRING") for e in stored
        }
        types |= {"members": "BIGINT"} if counted else {}
        schema = ", ".join(f"`{name}` {kind}" for name, kind in types.items())
        table = [tuple(row.get(name) for name in types) for row in rows]
        source.session.createDataFrame(table, schema).createOrReplaceTempView(subject)
    registers = source.session.createDataFrame(sorted(world.registers), "element STRING, unit STRING")
    registers.createOrReplaceTempView("register_unit")


def vector_rows(world: World, subject: str, exprs: Sequence[Expr]) -> list[Column]:
    """The vector evaluator, all subjects at once."""
    with world.projection() as projection:
        frame = load_frame(projection, REGISTRY, subject, exprs, moment=world.moment)
        columns = values(frame, exprs)
    places = {key: place for place, key in enumerate(frame.keys)}
    kept = [places[row["key"]] for row in world.rows[subject] if row["key"] in places]
    return [column.gather(kept).to_list() for column in columns]


ROWS: dict[str, AskRows] = {"duckdb": duckdb_rows, "python": python_rows, "vector": vector_rows}
FIGURES: dict[str, AskFigures] = {"duckdb": duckdb_figures}
