"""Matching again after 1,000 edits: only whom they touched is judged, with the state and the changes recorded.

    python bench/match_incremental.py [PEOPLE…]

People and policies are those of bench/rules.py. An edit changes a value of a person; its household and all its people
count as touched, as the projection logs it. Bringing the projection itself up to date is measured by bench/resolve.py.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb

from rules import make_pool, make_rules, typed
from yici import storage
from yici.core.policies.compiling import rules_on
from yici.core.policies.reading import read_policies
from yici.engine.projection import Projection
from yici.services.match_record import Recorded, record_matches
from yici.storage.packs import load_registry

DAY = date(2026, 6, 30)
EDITS, POLICIES = 1_000, 50


def main() -> None:
    """Prints the table."""
    sizes = [int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    headings = ("people", "first run s", "after edits s", "best s", "cpu s", "judged", "changes")
    print(*(f"{heading:>13}" for heading in headings), flush=True)
    for people in sizes:
        with tempfile.TemporaryDirectory() as folder:
            first, times, work, recorded = measure(people, Path(folder))
        times.sort()
        seconds = (first, times[len(times) // 2], times[0], work)
        shown = (f"{people:,}", *(f"{each:.2f}" for each in seconds), f"{recorded.judged:,}", len(recorded.changes))
        print(*(f"{each:>13}" for each in shown), flush=True)


def measure(people: int, folder: Path) -> tuple[float, list[float], float, Recorded]:
    """Seconds of the first run, of five runs after EDITS edits, processor seconds of one of them, what the last did."""
    storage.setup(folder)
    registry = load_registry()
    documents = [
        {
            "id": f"p{number}", "title": f"政策{number}", "issuer": "某县", "subject": "person", "mode": "申报",
            "source": {"title": "示例", "date": DAY}, "valid": {"from": date(2025, 1, 1)},
            "clauses": [{"id": f"c{i}", "words": typed(c), "when": typed(c)} for i, c in enumerate(clauses)],
            "benefit": {"amount": 100, "unit": "元/月"},
        }
        for number, clauses in enumerate(make_rules(POLICIES))
    ]  # fmt: skip
    rules = rules_on(read_policies([("bench", one) for one in documents], registry), registry, day=DAY)
    path = folder / "pool.duckdb"
    make_pool(path, registry, people)
    con = duckdb.connect(str(path))
    con.execute("INSERT INTO touch_log(sequence) VALUES (1)")

    def record(sequence: int) -> tuple[float, Recorded]:
        projection = Projection(con, sequence, DAY, path)
        start = time.perf_counter()
        done = record_matches(
            home=folder, registry=registry, projection=projection, rules=rules, day=DAY, actor="bench"
        )
        return time.perf_counter() - start, done

    first, _ = record(1)
    times = []
    work = float("inf")
    for sequence in range(2, 7):
        edit(con, people, sequence)
        spent = time.process_time()
        seconds, recorded = record(sequence)
        work = min(work, time.process_time() - spent)
        times.append(seconds)
    return first, times, work, recorded


def edit(con: duckdb.DuckDBPyConnection, people: int, sequence: int) -> None:
    """Give EDITS people another kind, and log them with their households and all its people."""
    step = max(1, people // EDITS)
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE edited AS SELECT 'P' || lpad((i * {step} + {sequence})::VARCHAR, 17, '0') AS key"
        f" FROM range({EDITS}) t(i)"
    )
    con.execute(
        'UPDATE person SET "person.residence_type" = CASE WHEN "person.residence_type" = \'户籍人口\''
        " THEN '流动人口' ELSE '户籍人口' END WHERE key IN (SELECT key FROM edited)"
    )
    homes = "SELECT household FROM person WHERE key IN (SELECT key FROM edited)"
    con.execute(f"INSERT INTO touch_log SELECT {sequence}, 'household', household FROM ({homes})")
    con.execute(f"INSERT INTO touch_log SELECT {sequence}, 'person', key FROM person WHERE household IN ({homes})")


if __name__ == "__main__":
    main()
