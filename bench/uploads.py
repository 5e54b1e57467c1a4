"""Reading a small upload in a child: `python bench/uploads.py [--rounds 20]`.

A child forked from the template that is there already, beside one for which a new interpreter is started and its
parsers imported, as every child was before decision 0019; turn by turn in one run. Prints the load, the medians and
their ratio. The file is a blank form of three columns, and a ledger of one row as text.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl

from yici.office.guard import run_in_child
from yici.office.template_process import end_template


def milliseconds(read: Callable[[], object]) -> float:
    """How long one reading takes by the clock."""
    start = time.perf_counter()
    read()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Read either file by either way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        form, ledger = Path(folder) / "表.xlsx", Path(folder) / "台账.csv"
        book = openpyxl.Workbook()
        book.worksheets[0].append(["姓名", "身份证号码", "联系电话"])
        book.save(form)
        ledger.write_text("姓名,联系电话\n李一,13800001111\n", "utf-8")
        reads: dict[str, Callable[[], object]] = {
            "form": lambda: run_in_child("form", form, kind="xlsx"),
            "ledger": lambda: run_in_child("ledger", ledger, kind="csv", out=folder),
        }
        print(f"{rounds} rounds, load {os.getloadavg()[0]:.1f}")
        for name, read in reads.items():
            anew, forked = [], []
            for _ in range(rounds):
                end_template()
                anew.append(milliseconds(read))
                forked.append(milliseconds(read))
            started, taken = statistics.median(anew), statistics.median(forked)
            print(
                f"{name:7} started anew {started:4.0f} ms, forked {taken:4.0f} ms, {started / taken:.1f} times as quick"
            )


if __name__ == "__main__":
    main()
