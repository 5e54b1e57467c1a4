"""The cluster size: golden records as Parquet files, asked through Apache Spark (`pip install yici[spark]`, Java 17).

The same typed trees are compiled, in Spark's dialect; parameters are bound, never pasted. Figures take the same way as
with DuckDB: one scan of each subject type, grouped by patterns of truth.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from yici.core.errors import NotFound, Problem
from yici.core.expressions.compiling import DIALECTS, Dialect, Sql
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Filter
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.schema import literal, quoted
from yici.engine.source import Source, source_of
from yici.engine.workdays import at_work

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    # Names of the registry hold dots; they are quoted alike in both dialects.
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


def spark_missing() -> str | None:
    """What keeps Spark from starting here, None when nothing does."""
    if shutil.which("java") is None:
        return "没有找到 Java"
    return None if find_spec("pyspark") else "没有安装 pyspark"


def start_session(master: str = "local[*]", settings: dict[str, str] | None = None) -> SparkSession:
    """A Spark session set up for compiled expressions. Raises NotFound without Java or without the extra."""
    if missing := spark_missing():
        hint = "请安装 Java 17 或更新的运行环境，并运行 pip install 'yici[spark]'。"
        raise NotFound(Problem("spark.missing", f"{missing}，不能启动 Spark。", hint))
    from pyspark.sql import SparkSession  # It is an extra: nobody else needs its 490 MB.

    builder = SparkSession.builder.master(master).appName("yici")
    for name, value in (_SETTINGS | (settings or {})).items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def export_tables(projection: Projection, folder: Path) -> list[Path]:
    """The golden records as Parquet, one file for every subject type, and which registers are kept where, in the folder
    (made if needed)."""
    folder.mkdir(parents=True, exist_ok=True)
    found = projection.con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE NOT temporary AND table_name NOT LIKE '%\\_source' ESCAPE '\\'"
        " AND (table_name IN ('person', 'household', 'enterprise', 'register_unit')"
        " OR starts_with(table_name, 'subject_'))"
        " ORDER BY table_name"
    ).fetchall()
    paths = []
    for (name,) in found:
        path = folder / f"{name}.parquet"
        projection.con.execute(f"COPY {quoted(name)} TO {literal(str(path))} (FORMAT parquet)")
        paths.append(path)
    return paths


_names = itertools.count()


@dataclass(frozen=True, slots=True)
class SparkSource:
    """Golden records in a Spark session, as views named like the projection's tables."""

    session: SparkSession
    dialect: Dialect = DIALECTS["spark"]

    def table(self, sql: Sql) -> pa.Table:
        """The result as columns."""
        return self.session.sql(sql.text, args=list(sql.params)).toArrow()

    def rows(self, sql: Sql) -> Sequence[tuple[Any, ...]]:
        """The result as rows."""
        return [tuple(row) for row in self.session.sql(sql.text, args=list(sql.params)).collect()]

    @contextmanager
    def kept(self, sql: Sql) -> Iterator[str]:
        """The result as a view."""
        name = f"kept_{next(_names)}"
        self.session.sql(sql.text, args=list(sql.params)).createTempView(name)
        try:
            yield name
        finally:
            self.session.catalog.dropTempView(name)


def open_tables(session: SparkSession, folder: Path) -> SparkSource:
    """The exported tables of a folder, ready to be asked."""
    for path in sorted(folder.glob("*.parquet")):
        session.read.parquet(str(path)).createOrReplaceTempView(path.stem)
    return SparkSource(session)


def keys_of(pool: Projection | Source, condition: Filter, *, moment: Moment) -> list[str]:
    """The keys of the subjects that meet a filter, in order."""
    source = source_of(pool)
    rows = Rows(condition.subject, at_work(moment, [condition.expr]), source.dialect)
    truth = rows.truth(condition.expr)
    found = source.rows(rows.select([Sql(f"{rows.alias}.key AS key")], [truth], " ORDER BY 1"))
    return [str(key) for (key,) in found]
