"""An office with people in its pool and a form to ask for: what pages of collections are tested with."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import Office
from hostile_files import ole
from kept_homes import prepared
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.storage.packs import load_registry

TITLE = "老年人走访慰问花名册"
PEOPLE = [
    ("柳东村", "H1", "李一", "11010519491231002X", "户主", "13800001111"),
    ("柳东村", "H1", "王二", "110105195001010014", "配偶", ""),
    ("柳西村", "H2", "张三", "110105194501010010", "户主", ""),
]
LEGAL = {
    "name": "老年人走访", "organisation": "民政局", "purpose": "发放慰问品", "where": "年龄 >= 60", "number": "民统1表",
    "maker": "市统计局", "approval": "市统字〔2026〕1号", "valid_until": "2099-01-01",
}  # fmt: skip


def id_number(body: str) -> str:
    """The number with its right check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body[:17] + "10X98765432"[sum(int(d) * w for d, w in zip(body[:17], weights, strict=True)) % 11]


def stock(office: Office, folder: Path) -> None:
    """Import three people of two villages."""
    lines = ["村,户编号,姓名,身份证号,与户主关系,联系电话"]
    lines += [",".join((*person[:3], id_number(person[3]), *person[4:])) for person in PEOPLE]
    ledger = folder / "人口.csv"
    ledger.write_text("\n".join(lines), "utf-8")
    prepared(office.home, "three people", lambda: _bring(office.home, ledger))


def _bring(home: Path, ledger: Path) -> None:
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=home, registry=load_registry(), actor="甲")
    open_pool(home).projection().close()


def blank_form(folder: Path, *columns: str) -> Path:
    """A roster with these columns after name and ID number."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=3 + len(columns))
    sheet.append(["序号", "姓名", "身份证号码", *columns])
    sheet.column_dimensions["B"].width = 23
    file = folder / "走访.xlsx"
    book.save(file)
    return file


def old_form(folder: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleUploadedFile:
    """A form of the old Excel, and a script in LibreOffice's place that makes a form of it, once."""
    made, program = blank_form(folder, "联系电话"), folder / "soffice"
    program.write_text(f'#!/bin/sh\nwhile [ "$1" != "--outdir" ]; do shift; done\nmv {made} "$2"/upload.xlsx\n')
    program.chmod(0o755)
    for place in ("convert", "forms"):
        monkeypatch.setattr(f"yici.office.{place}.find_libreoffice", lambda: str(program))
    return SimpleUploadedFile("走访.xls", ole("Workbook") + folder.name.encode())
