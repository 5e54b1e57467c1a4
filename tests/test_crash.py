"""kill -9 during an import, at random points: every batch is whole or absent, and the import can be repeated.

YICI_KILLS sets how many kills (the suite does a few; fifty are asked for before a release).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq

from yici.services.batches import batches_of

KILLS = int(os.environ.get("YICI_KILLS", "6"))
ROWS = 3_000
START = "import sys; from yici.cli import main; sys.argv = ['yici', *sys.argv[1:]]; main()"


def number(body: str) -> str:
    """An ID number with its check digit (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def write_ledger(path: Path, which: int) -> None:
    lines = ["姓名,身份证号,联系电话"]
    for row in range(ROWS):
        day = f"{1950 + row % 60}{1 + row % 12:02d}{1 + which % 28:02d}"
        lines.append(f"赵{chr(0x4E00 + row)},{number(f'370982{day}{row // 60:03d}')},138{which:04d}{row:04d}")
    path.write_text("\n".join(lines), "utf-8")


def importing(home: Path, ledger: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", START, "import", str(ledger), "--department", "民政局", "--as-of", "2026-05-01"]
    environment = {**os.environ, "YICI_HOME": str(home)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def check(home: Path) -> set[str]:
    """Every batch of the manifest is a readable file with all its rows; the names of the imported files."""
    rows = [row for row in batches_of(home=home) if row.withdrawn_at is None]
    for row in rows:
        file = pq.ParquetFile(home / "batches" / f"{row.batch}.parquet")
        assert file.metadata.num_rows == row.rows == ROWS
    return {row.file_name for row in rows}


def test_killed_imports_leave_whole_batches_or_none(tmp_path: Path) -> None:
    chance = random.Random(20261124)
    home = tmp_path / "data"
    killed = 0
    for number in range(KILLS):
        ledger = tmp_path / f"ledger{number}.csv"
        write_ledger(ledger, number)
        process = importing(home, ledger)
        try:
            process.wait(timeout=chance.uniform(0.2, 1.4))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
        if (home / "db.sqlite3").exists():
            check(home)
    last = tmp_path / f"ledger{KILLS - 1}.csv"
    assert importing(home, last).wait() == 0
    assert last.name in check(home)
    assert killed
