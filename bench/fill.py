"""Filling the sender's layout, 20 columns: the patching writer beside openpyxl (and xltpl) in one run.

    python bench/fill.py [--rows 1000,10000,100000] [--peers openpyxl,xltpl] [--cards 1000]

Prints seconds, growth, peak memory of the process, and how many times the peer's time ours goes into.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from copy import copy
from itertools import cycle, islice
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Border, Font, Side

from yici.core.fillplan import RowsFill, SheetFill, WorkbookFill
from yici.office.xlsx_patch import PreparedForm, patch_xlsx

COLUMNS = 20
BLANK = 10


def blank_form(path: Path) -> None:
    """A roster with a title, a header, ten framed blank rows, a total with formulas and a footer."""
    book = Workbook()
    sheet = book.active
    side = Side(style="thin")
    sheet.append(["花名册"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=COLUMNS)
    sheet.append([f"栏目{i}" for i in range(COLUMNS)])
    for row in range(3, 3 + BLANK):
        for col in range(1, COLUMNS + 1):
            cell = sheet.cell(row, col)
            cell.border, cell.font = Border(side, side, side, side), Font(name="仿宋", size=11)
    sheet.append(["合计", "=SUM(B3:B12)"])
    sheet.append(["填表人："])
    book.save(path)


def values(count: int) -> Iterator[tuple[object, ...]]:
    """Rows one after the other, made beforehand, so that writing is measured and not the making of rows."""
    made = [(i, i * 1.5, *(f"值{i}-{c}" for c in range(COLUMNS - 2))) for i in range(1000)]
    return islice(cycle(made), count)


def ours(form: Path, out: Path, count: int) -> None:
    rows = RowsFill(3, BLANK, tuple(range(1, COLUMNS + 1)), values(count), count)  # type: ignore[arg-type]
    patch_xlsx(form, WorkbookFill([SheetFill("Sheet", {}, [rows])]), out)


def with_openpyxl(form: Path, out: Path, count: int) -> None:
    """What a careful program does with openpyxl: move the rows below by hand, copy styles, write values."""
    book = load_workbook(form)
    sheet = book.active
    extra = max(0, count - BLANK)
    sheet.move_range("A13:T14", rows=extra, translate=True)
    styles = [copy(sheet.cell(12, col)._style) for col in range(1, COLUMNS + 1)]
    for number, row in enumerate(values(count)):
        for col, value in enumerate(row, 1):
            cell = sheet.cell(3 + number, col, value)
            cell._style = styles[col - 1]
    sheet["B" + str(13 + extra)] = f"=SUM(B3:B{12 + extra})"
    book.save(out)


def with_xltpl(form: Path, out: Path, count: int) -> None:
    from xltpl.writerx import BookWriter

    template = form.with_name("template.xlsx")
    book = load_workbook(form)
    sheet = book.active
    for col in range(1, COLUMNS + 1):
        sheet.cell(3, col, f"{{{{row[{col - 1}]}}}}")
    # xltpl takes its loops from cell comments: rows from A3 are repeated until the row of A4.
    sheet["A3"].comment = Comment("beforerow{% for row in rows %}", "bench")
    sheet["A4"].comment = Comment("beforerow{% endfor %}", "bench")
    book.save(template)
    writer = BookWriter(str(template))
    writer.render_book([{"sheet_name": "Sheet", "tpl_name": "Sheet", "rows": list(values(count))}])
    writer.save(str(out))


def measured(task: Callable[..., None], *arguments: object) -> tuple[float, float]:
    """Seconds and peak MB of a task in a process of its own."""
    queue: multiprocessing.Queue[tuple[float, float]] = multiprocessing.Queue()

    def child() -> None:
        start = time.perf_counter()
        task(*arguments)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        queue.put((time.perf_counter() - start, peak))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    found = queue.get()
    process.join()
    return found


def card_form(path: Path) -> list[tuple[int, int]]:
    """A registration card: 24 framed rows, labels beside blanks, opinion cells over the width. Returns the blanks."""
    book = Workbook()
    sheet = book.active
    side = Side(style="thin")
    sheet["A1"] = "登记表"
    sheet.merge_cells("A1:H1")
    blanks = []
    for row in range(2, 26):
        for col in range(1, 9):
            cell = sheet.cell(row, col)
            cell.border, cell.font = Border(side, side, side, side), Font(name="仿宋", size=12)
        if row % 4 == 1:
            sheet.cell(row, 1, f"意见{row}")
            sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=8)
            blanks.append((row, 2))
            continue
        for col in (1, 3, 5, 7):
            sheet.cell(row, col, f"项目{row}-{col}")
        blanks += [(row, 2), (row, 4), (row, 6)]
    book.save(path)
    return blanks


def cards(folder: Path, count: int) -> None:
    """Ours and openpyxl writing one card after the other, each with values of its own."""
    form = folder / "card.xlsx"
    blanks = card_form(form)
    prepared = PreparedForm(form)
    start = time.perf_counter()
    for number in range(count):
        cells = {at: f"值{number}-{index}" for index, at in enumerate(blanks) if (number + index) % 9}
        prepared.write(WorkbookFill([SheetFill("Sheet", cells)]), folder / f"ours{number}.xlsx")
    own = time.perf_counter() - start
    few = max(20, count // 10)
    start = time.perf_counter()
    for number in range(few):
        book = load_workbook(form)
        for index, (row, col) in enumerate(blanks):
            if (number + index) % 9:
                book.active.cell(row, col, f"值{number}-{index}")
        book.save(folder / f"peer{number}.xlsx")
    peer = (time.perf_counter() - start) / few * count
    print(f"{count} cards: ours {own:.2f} s ({count / own:.0f}/s), openpyxl {peer:.1f} s: {peer / own:.1f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", default="1000,10000,100000")
    parser.add_argument("--peers", default="openpyxl")
    parser.add_argument("--cards", type=int, default=1000)
    arguments = parser.parse_args()
    peers = {"openpyxl": with_openpyxl, "xltpl": with_xltpl}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        form = folder / "form.xlsx"
        blank_form(form)
        for count in map(int, arguments.rows.split(",")):
            own, peak = measured(ours, form, folder / "out.xlsx", count)
            line = f"{count:>7} rows: ours {own:.3f} s, {peak:.0f} MB"
            for peer in filter(None, arguments.peers.split(",")):
                seconds, memory = measured(peers[peer], form, folder / "peer.xlsx", count)
                line += f"; {peer} {seconds:.2f} s, {memory:.0f} MB: {seconds / own:.1f} times"
            print(line, flush=True)
        cards(folder, arguments.cards)


if __name__ == "__main__":
    main()
