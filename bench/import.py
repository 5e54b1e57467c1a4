"""Importing a ledger, `yici import` as a whole process, against python-calamine that only reads the file.

    python bench/import.py [--rows 10000,100000] [--stages]

The ledger has 20 columns with valid ID numbers. Seconds are of the whole process; MB is the peak of any
process started. Growth is seconds per row against the size before: 1.0 is linear. `--stages` tells where the time goes.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import psutil

from read import make_ledger, measure
from yici.core.values.id_numbers import check_character

FIRST_DAY, DAYS = date(1930, 1, 1), 34_000
SERIAL_OF_FIRST_DAY = 10_959
IMPORT = "from yici.cli import main; main()"


def person(number: int, draw: random.Random) -> list[str | int | float]:
    """A row about a person whose ID number, sex and birth date agree."""
    one_of = draw.choice
    day = draw.randrange(DAYS)
    born, digit = FIRST_DAY + timedelta(days=day), draw.randrange(10)
    first17 = f"{one_of(('990101', '990102', '990103'))}{born:%Y%m%d}{draw.randrange(100):02d}{digit}"
    return [
        number, one_of("赵钱孙李周吴郑王") + one_of("明华丽芳伟强敏静") + one_of("磊军洋勇艳杰娟涛"), "女男"[digit % 2],
        first17 + check_character(first17), SERIAL_OF_FIRST_DAY + day, f"第{draw.randrange(30)}村",
        f"{draw.randrange(9)}组", f"{990_000_000_000 + number // 3}", one_of(("户主", "配偶", "子", "女")), "汉族",
        one_of(("小学", "初中", "高中", "本科")), "群众", 13_000_000_000 + draw.randrange(10**9),
        f"东街{number // 3}号",
        round(draw.random() * 100, 2), round(draw.random() * 1000, 2), one_of("是否"), "", "",
        draw.randrange(45_000, 46_000),
    ]  # fmt: skip


def whole_import(path: Path) -> tuple[float, float]:
    """Seconds and peak MB of one import into an empty folder, its child processes included."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-c", IMPORT, "import", str(path), "--department", "公安局", "--as-of", "2026-01-01"]
        start = time.perf_counter()
        process = psutil.Popen(command, env=os.environ | {"YICI_HOME": home}, stdout=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, _memory(process))
            time.sleep(0.02)
        if process.returncode:
            raise SystemExit(f"the import of {path.name} failed")
        return time.perf_counter() - start, peak / 2**20


def _memory(process: psutil.Process) -> int:
    """The largest resident size among a process and its children, mapped files not counted."""
    sizes = [0]
    for one in (process, *process.children(recursive=True)):
        try:
            info = one.memory_info()
        except psutil.Error:
            continue
        sizes.append(info.rss - info.shared)
    return max(sizes)


def print_stages(path: Path) -> None:
    """Where the time of an import goes: reading, planning, making rows."""
    from yici.core.manifest import BatchFacts
    from yici.office.ledgers import read_ledger
    from yici.services.ledgers import make_tools
    from yici.services.ledgers_plan import plan_ledger
    from yici.services.ledgers_rows import TableReader, schema_of
    from yici.storage.database import open_database
    from yici.storage.packs import load_registry

    registry = load_registry()
    facts = BatchFacts("公安局", date(2026, 1, 1))
    with tempfile.TemporaryDirectory() as home:
        open_database(Path(home))
        marks = [("", time.perf_counter())]
        with read_ledger(path) as ledger:
            marks.append(("read", time.perf_counter()))
            tools = make_tools(Path(home), registry)
            plans, _ = plan_ledger(ledger, tools)
            marks.append(("plan", time.perf_counter()))
            for plan in plans:
                reader = TableReader(plan, registry, facts.as_of, schema_of(plans, registry), tools.units)
                sum(batch.num_rows for batch in reader.read(0, lambda _: None))
            marks.append(("rows", time.perf_counter()))
    for (_, before), (stage, after) in itertools.pairwise(marks):
        print(f"{'':>10}  {stage:<12} {after - before:>7.2f}")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", default="10000,100000")
    parser.add_argument("--stages", action="store_true")
    options = parser.parse_args()
    before = 0.0
    print(f"{'rows × 20':>10}  {'program':<12} {'s':>7} {'MB':>6} {'× calamine':>11} {'growth':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for rows in map(int, options.rows.split(",")):
            path = Path(folder) / f"{rows}.xlsx"
            make_ledger(path, rows, person)
            floor, floor_mb = measure("calamine", path, 1)
            seconds, mb = whole_import(path)
            growth = f"{seconds / rows / before:.2f}" if before else "–"
            print(f"{rows:>10,}  {'calamine':<12} {floor:>7.2f} {floor_mb:>6.0f} {1:>11.2f}")
            print(
                f"{rows:>10,}  {'yici import':<12} {seconds:>7.2f} {mb:>6.0f} {seconds / floor:>11.2f} {growth:>7}",
                flush=True,
            )
            if options.stages:
                print_stages(path)
            before = seconds / rows
            path.unlink()


if __name__ == "__main__":
    main()
