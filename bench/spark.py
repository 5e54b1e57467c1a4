"""The form of bench/figures.py on the same Parquet files, by DuckDB and by Apache Spark, and where they meet.

python bench/spark.py [PEOPLE…]   prints seconds of both (best of three, after a warm-up), and from the two largest
sizes the number of people from which on Spark would be the faster on this machine, if there is one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from figures import MOMENT, form, projection
from yici.core.elements import Registry
from yici.engine.figures import Answer, Ask, answer
from yici.engine.projection import Projection
from yici.engine.schema import literal, quoted
from yici.engine.source import Source
from yici.engine.spark import export_tables, open_tables, spark_missing, start_session
from yici.storage.packs import load_registry

SETTINGS = {"spark.driver.memory": "6g", "spark.sql.shuffle.partitions": "4", "spark.ui.showConsoleProgress": "false"}


@contextmanager
def on_files(folder: Path) -> Iterator[Projection]:
    """DuckDB over the Parquet files Spark reads, so that neither has the data in a form of its own."""
    with duckdb.connect() as con:
        for path in sorted(folder.glob("*.parquet")):
            con.execute(f"CREATE VIEW {quoted(path.stem)} AS FROM read_parquet({literal(str(path))})")
        yield Projection(con, 0)


def timed(pool: Projection | Source, registry: Registry, asks: list[Ask]) -> tuple[float, list[Answer]]:
    """The best of three runs after one that warms up."""
    best, found = float("inf"), answer(pool, registry, asks, moment=MOMENT)
    for _ in range(3):
        start = time.perf_counter()
        found = answer(pool, registry, asks, moment=MOMENT)
        best = min(best, time.perf_counter() - start)
    return best, found


def crossing(sizes: list[int], ours: list[float], theirs: list[float]) -> str:
    """From how many people on the second is the faster, by the line through the two largest sizes."""
    (n0, n1), (a0, a1), (b0, b1) = sizes[-2:], ours[-2:], theirs[-2:]
    slope_a, slope_b = (a1 - a0) / (n1 - n0), (b1 - b0) / (n1 - n0)
    per = f"DuckDB {slope_a * 1e6:.2f} s, Spark {slope_b * 1e6:.2f} s a million more people"
    if slope_b >= slope_a:
        return f"{per}: no break-even on this machine; Spark needs more machines, about {slope_b / slope_a:.0f} like it"
    return f"{per}: break-even at about {n1 + (b1 - a1) / (slope_a - slope_b):,.0f} people"


def main() -> None:
    if missing := spark_missing():
        raise SystemExit(f"{missing}: nothing to compare.")
    registry = load_registry()
    asks = form(registry)
    sizes = [int(size) for size in sys.argv[1:]] or [100_000, 300_000, 1_000_000]
    session = start_session(f"local[{os.cpu_count()}]", SETTINGS)
    print(f"{len(asks)} cells, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'people':>10} {'DuckDB':>9} {'Spark':>9} {'times':>6}")
    duck, spark = [], []
    for people in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with projection(registry, people) as pool:
                export_tables(pool, folder)
            with on_files(folder) as pool:
                ours, found = timed(pool, registry, asks)
            theirs, same = timed(open_tables(session, folder), registry, asks)
            if found != same:
                raise SystemExit("the answers differ")
        duck, spark = [*duck, ours], [*spark, theirs]
        print(f"{people:>10,} {ours:>7.2f} s {theirs:>7.2f} s {theirs / ours:>6.1f}", flush=True)
    session.stop()
    print(crossing(sizes, duck, spark) if len(sizes) > 1 else "one size: no break-even can be told")


if __name__ == "__main__":
    main()
