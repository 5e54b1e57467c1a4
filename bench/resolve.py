"""Resolve people out of three ledgers that overlap: the whole projection, one edit, one small ledger more.

python bench/resolve.py [PEOPLE…]   prints a table with seconds, the peak of memory, and growth over sizes.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from yici import storage
from yici.core.elements import Kind, Registry
from yici.core.manifest import BatchFacts
from yici.engine.projection import open_projection
from yici.storage.batches import write_batch
from yici.storage.entries import NewEntry, add_entries
from yici.storage.manifest import read_manifest
from yici.storage.packs import load_registry

PART = 50_000
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])


def id_numbers(first: int, count: int) -> list[str]:
    """Valid ID numbers of nobody, one for each running number."""
    n = np.arange(first, first + count)
    body = 371502_0000_0000_000 + (1940 + n // 336_000 % 70) * 10**7 + (n // 28_000 % 12 + 1) * 10**5
    body += (n // 1000 % 28 + 1) * 1000 + n % 1000 + n // 23_520_000 * 10**11
    digits = (body[:, None] // 10 ** np.arange(16, -1, -1)) % 10
    checks: NDArray[np.str_] = np.array(list("10X98765432"))[(digits * WEIGHTS).sum(axis=1) % 11]
    return [f"{number}{check}" for number, check in zip(body.tolist(), checks.tolist(), strict=True)]


def ledger(registry: Registry, people: int, seed: int) -> Iterator[pa.RecordBatch]:
    """A ledger of those people with 20 elements; values differ a little from ledger to ledger, and some are missing."""
    texts = [e.id for e in registry.of_subject("person") if e.kind in (Kind.TEXT, Kind.CODE) and not e.derived][:16]
    random = np.random.default_rng(seed)
    for first in range(0, people, PART):
        count = min(PART, people - first)
        numbers = np.arange(first, first + count)
        columns = {"_row": pa.array(numbers + 1), "_village": pa.array([f"村{n // 2000}" for n in numbers.tolist()])}
        columns["person.id_number"] = pa.array(id_numbers(first, count))
        columns["person.name"] = pa.array([f"张{n}" for n in numbers.tolist()])
        columns["household.number"] = pa.array([f"H{n // 3:08d}" for n in numbers.tolist()])
        for place, name in enumerate(texts):
            said = numbers % (7 + place) + (random.random(count) < 0.03)
            columns[name] = pa.array([f"值{value}" for value in said.tolist()], mask=random.random(count) < 0.3)
        yield pa.record_batch(columns)


def measure(people: int, answers: multiprocessing.Queue[tuple[float, float, float, float]]) -> None:
    """Import three ledgers, resolve all, then one edit, then a ledger of 1,000 rows; in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        storage.setup(home)
        registry = load_registry()
        for seed, department in enumerate(("公安局", "民政局", "人社局")):
            bring(home, registry, people, seed, department)
        whole = seconds(home, registry)
        add_entries(
            [NewEntry("person", id_numbers(5, 1)[0], "person.phone", "13800000000")],
            actor="王",
            as_of=date(2025, 6, 1),
        )
        edited = seconds(home, registry)
        bring(home, registry, min(1000, people // 10), 7, "残联")
        added = seconds(home, registry)
    answers.put((whole, edited, added, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def bring(home: Path, registry: Registry, people: int, seed: int, department: str) -> None:
    """Write one ledger as a batch."""
    source = home / f"{department}.csv"
    source.write_text(f"{department} {people}", encoding="utf-8")
    write_batch(home, BatchFacts(department, date(2025, 1, 1 + seed)), ledger(registry, people, seed), source, "bench")


def seconds(home: Path, registry: Registry) -> float:
    """How long it takes until the projection is up to date and open."""
    start = time.perf_counter()
    open_projection(home, registry, read_manifest(registry)).close()
    return time.perf_counter() - start


def main() -> None:
    """Print one line a size."""
    print(f"{'people':>10} {'whole s':>9} {'µs/row':>7} {'one edit s':>11} {'1,000 rows more s':>18} {'peak MB':>8}")
    for people in [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]:
        context = multiprocessing.get_context("spawn")
        answers = context.Queue()
        process = context.Process(target=measure, args=(people, answers))
        process.start()
        whole, edited, added, peak = answers.get()
        process.join()
        print(
            f"{people:>10,} {whole:>9.2f} {whole / people / 3 * 1e6:>7.1f} {edited:>11.2f} {added:>18.2f} {peak:>8.0f}"
        )


if __name__ == "__main__":
    main()
