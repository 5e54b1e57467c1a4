"""Two small ledgers of invented people for the pages about the pool."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import Workbook

from kept_homes import prepared
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.storage.packs import load_registry


def check_digit(body: str) -> str:
    """The number with its check digit."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


EAST, SON, WEST = (check_digit(body) for body in ("37098219400312123", "37098219680715451", "37098219501123002"))
_HEAD = ["户编号", "与户主关系", "姓名", "公民身份号码", "联系电话", "现住址", "残疾等级", "村（社区）"]
_ROWS = [
    ["H001", "户主", "单桂兰", EAST, "13853811001", "柳东村1组3号", "二级", "柳东村"],
    ["H001", "子", "单建国", SON, "13853811002", "柳东村1组3号", "", "柳东村"],
    ["H002", "户主", "赵四海", WEST, "13853811003", "柳西村2组5号", "", "柳西村"],
]


def ledger(path: Path, rows: list[list[str]], head: list[str] = _HEAD) -> Path:
    """Write a ledger; its path."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in [head, *rows]:
        sheet.append(row)
    workbook.save(path)
    return path


def fill_pool(home: Path, folder: Path) -> None:
    """Import two ledgers that disagree on one phone."""
    prepared(home, "two ledgers", lambda: _bring(home, folder))


def _bring(home: Path, folder: Path) -> None:
    police = ledger(folder / "户籍台账.xlsx", _ROWS)
    other = [[*row[:4], "13900000009" if row[2] == "单桂兰" else row[4], *row[5:]] for row in _ROWS]
    village = ledger(folder / "走访台账.xlsx", other)
    for path, department, day in ((police, "公安机关", date(2025, 12, 31)), (village, "卫健局", date(2026, 3, 31))):
        facts = BatchFacts(department, day)
        import_ledger(path=path, facts=facts, home=home, registry=load_registry(), actor="甲")
    open_pool(home).projection().close()
