"""The same suite on Apache Spark, in one session and so in one test: a session takes seconds to start.

Where there is no Java runtime, or no pyspark, there is no such test; tests/conftest.py says so at the end of a run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conformance_engines import from_source, spark_view
from conformance_world import REGISTRY, World, worlds, written

from yici.core.expressions import parse_filter
from yici.engine import cube
from yici.engine.figures import Ask, answer, items_of
from yici.engine.spark import SparkSource, export_tables, keys_of, open_tables, spark_missing, start_session

# Tiny tables, and one minute of a Java process: neither parallel work nor compiled plans nor the second compiler are
# worth their time.
SETTINGS = {
    "spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1", "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.memory": "1g", "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.ui.showConsoleProgress": "false",
}  # fmt: skip

if spark_missing() is None:

    @pytest.fixture(scope="module")
    def source() -> Iterator[SparkSource]:
        session = start_session("local[2]", SETTINGS)
        yield SparkSource(session)
        session.stop()

    def test_spark_says_the_same(source: SparkSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cube, "_LOOK_UP_FROM", 1)  # Else these tables are too small for dates to be looked up.
        wrong = [found for world in worlds() for found in differences(source, world)]
        assert not wrong
        exported(source, next(world for world in worlds() if world.name == "16-populations"), tmp_path)


def differences(source: SparkSource, world: World) -> Iterator[tuple[str, object, object]]:
    """Where Spark says something else than the suite."""
    spark_view(source, world)
    for subject in world.rows:
        cases = [(typed, expected) for of, typed, expected in world.cases if of == subject]
        exprs = [world.expression(subject, typed) for typed, _ in cases]
        columns = from_source(source, world, subject, exprs) if cases else []
        for (typed, expected), expr, column in zip(cases, exprs, columns, strict=True):
            found = tuple(written(value, expr) for value in column)
            if found != expected:
                yield typed, found, expected
    asks = [Ask(world.figure(typed)) for typed, _ in world.figures]
    for (typed, expected), got in zip(world.figures, answer(source, REGISTRY, asks, moment=world.moment), strict=True):
        if (written(got.value), got.unknown) != expected:
            yield typed, got, expected


def exported(source: SparkSource, world: World, folder: Path) -> None:
    """The golden tables as Parquet files: figures, filters and the items behind a number are DuckDB's."""
    asks = [Ask(world.figure(typed)) for typed, _ in world.figures]
    condition = parse_filter("年龄 >= 60 or 户主.是否独居", REGISTRY, subject="person")
    with world.projection() as projection:
        export_tables(projection, folder)
        tables = open_tables(source.session, folder)
        assert answer(tables, REGISTRY, asks, moment=world.moment) == answer(
            projection, REGISTRY, asks, moment=world.moment
        )
        assert keys_of(tables, condition, moment=world.moment) == keys_of(projection, condition, moment=world.moment)
        ask = Ask(world.figure("sum(人.个人年收入 where 年龄 >= 60)"))
        (aggregate,) = ask.figure.aggregates
        ours, theirs = (items_of(pool, REGISTRY, ask, aggregate, moment=world.moment) for pool in (projection, tables))
        assert ours == theirs
