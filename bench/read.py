"""Reading a ledger: `read_ledger` (child, gate, Arrow and all) against python-calamine alone and openpyxl.

    python bench/read.py [--rows 10000,100000] [--repeat 3] [--no-openpyxl]

Every reader runs in a process of its own; seconds are those of reading only (imports done), the median of the repeats;
MB is the peak of that process or of the child it started, whichever is more. Growth is seconds per row against the
size before: 1.0 is linear.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

READERS = ("read_ledger", "calamine", "openpyxl")
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADINGS = [
    "序号", "姓名", "性别", "身份证号", "出生日期", "村", "组", "户号", "与户主关系", "民族",
    "学历", "政治面貌", "电话", "住址", "面积", "金额", "低保", "残疾", "备注", "登记日期",
]  # fmt: skip
LETTERS = "ABCDEFGHIJKLMNOPQRST"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{SPREADSHEET}.sharedStrings+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{SPREADSHEET}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="rId3" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0"/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0" fontId="0"/>'
    '<xf numFmtId="14" fontId="0" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


Values = Callable[[int, random.Random], list[str | int | float]]


def make_ledger(path: Path, rows: int, values: Values | None = None) -> None:
    """Writes an .xlsx ledger of `rows` rows × 20 columns as Excel does: shared texts, numbers, dates, blanks.

    `values` makes the values of a row from its number, in the order of `HEADINGS`.
    """
    texts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in PARTS.items():
            package.writestr(name, content)
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'<worksheet xmlns="{MAIN}"><dimension ref="A1:T{rows + 1}"/><sheetData>'.encode())
            part.writelines(_rows_xml(rows, texts, values or _values))
            part.write(b"</sheetData></worksheet>")
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        package.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}" uniqueCount="{len(texts)}">{items}</sst>')


def _rows_xml(rows: int, texts: dict[str, int], values_of: Values) -> Iterator[bytes]:
    draw = random.Random(2026)
    for row in range(1, rows + 2):
        values = HEADINGS if row == 1 else values_of(row - 1, draw)
        cells = []
        for letter, value in zip(LETTERS, values, strict=True):
            if value == "":
                cells.append(f'<c r="{letter}{row}" s="0"/>')
            elif isinstance(value, str):
                cells.append(f'<c r="{letter}{row}" t="s"><v>{texts.setdefault(value, len(texts))}</v></c>')
            else:
                style = ' s="1"' if letter in "ET" else ""
                cells.append(f'<c r="{letter}{row}"{style}><v>{value}</v></c>')
        yield f'<row r="{row}">{"".join(cells)}</row>'.encode()


def _values(number: int, draw: random.Random) -> list[str | int | float]:
    one_of = draw.choice
    return [
        number, one_of("赵钱孙李周吴郑王") + one_of("明华丽芳伟强敏静") + one_of("磊军洋勇艳杰娟涛"), one_of("男女"),
        f"{draw.randrange(10**17):017d}X", draw.randrange(10_000, 45_000), f"第{draw.randrange(30)}村",
        f"{draw.randrange(9)}组", f"{370_000_000_000 + number // 3}", one_of(("户主", "配偶", "子", "女")), "汉族",
        one_of(("小学", "初中", "高中", "本科")), "群众",
        13_000_000_000 + draw.randrange(10**9), f"东街{number // 3}号",
        round(draw.random() * 100, 2), round(draw.random() * 1000, 2), one_of("是否"), "", "",
        draw.randrange(45_000, 46_000),
    ]  # fmt: skip


def _reader(name: str) -> Callable[[Path], int]:
    # Each process imports only what it measures, before its clock starts.
    if name == "read_ledger":
        from yici.office.ledgers import read_ledger

        def by_ledger(path: Path) -> int:
            with read_ledger(path) as ledger:
                return ledger.sheets[0].n_rows

        return by_ledger
    if name == "calamine":
        from python_calamine import CalamineWorkbook

        return lambda path: sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())
    import openpyxl

    return lambda path: sum(1 for _ in openpyxl.load_workbook(path, read_only=True)["台账"].iter_rows(values_only=True))


def measure_here(name: str, path: Path) -> None:
    """Prints seconds, peak MB and rows of one reading in this process, as JSON."""
    read = _reader(name)
    start = time.perf_counter()
    rows = read(path)
    seconds = time.perf_counter() - start
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"seconds": seconds, "mb": max(peaks) / 1024, "rows": rows}))


def measure(name: str, path: Path, repeat: int) -> tuple[float, float]:
    """Median seconds and peak MB of `repeat` readings, each in a process of its own."""
    runs = []
    for _ in range(repeat):
        command = [sys.executable, __file__, "--one", name, str(path)]
        runs.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    return statistics.median(run["seconds"] for run in runs), max(run["mb"] for run in runs)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="10000,100000")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--no-openpyxl", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("READER", "PATH"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure_here(options.one[0], Path(options.one[1]))
        return
    readers = [name for name in READERS if name != "openpyxl" or not options.no_openpyxl]
    before: dict[str, float] = {}
    print(f"{'rows × 20':>10}  {'reader':<12} {'s':>7} {'MB':>6} {'× calamine':>11} {'growth':>7}")
    with tempfile.TemporaryDirectory() as folder:
        for rows in map(int, options.rows.split(",")):
            path = Path(folder) / f"{rows}.xlsx"
            make_ledger(path, rows)
            results = {name: measure(name, path, options.repeat) for name in readers}
            for name, (seconds, mb) in results.items():
                ratio = seconds / results["calamine"][0]
                growth = f"{seconds / rows / before[name]:.2f}" if name in before else "–"
                print(f"{rows:>10,}  {name:<12} {seconds:>7.2f} {mb:>6.0f} {ratio:>11.2f} {growth:>7}", flush=True)
                before[name] = seconds / rows
            path.unlink()


if __name__ == "__main__":
    main()
