"""No command fills, counts or lists people of another day than the one a form's title is about."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from yici.cli import cli
from yici.core.errors import YiciError
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.services.units import add_units
from yici.storage.packs import load_registry

LI = "11010519491231002X"
LIST = [["2025年老年人花名册"], ["序号", "姓名", "身份证号码"], [1], [2]]
NUMBERS = [["2025年人口情况统计表"], ["村名", "总人数", "户数"], ["柳东村"]]
CARD = [["2025年老年人登记卡"], ["姓名", None, "身份证号", None], ["联系电话", None, "性别", None]]
NEXT_YEAR = ["--as-of", "2026-03-01"]
THEN = ["--as-of", "2025-12-31"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村"])
    for day, rows in (
        (date(2025, 6, 1), [f"柳东村,H1,李一,{LI},户主,13800001111"]),
        (date(2026, 2, 1), ["柳东村,H1,王二,110105195001010012,配偶,13800002222"]),
    ):
        ledger = tmp_path / f"{day}.csv"
        ledger.write_text("\n".join(["村,户编号,姓名,身份证号,与户主关系,联系电话", *rows]), "utf-8")
        import_ledger(
            path=ledger, facts=BatchFacts("公安局", day), home=home, registry=load_registry(), actor="甲"
        )  # fmt: skip
    return home


def book(folder: Path, rows: list[list[object]]) -> str:
    made = openpyxl.Workbook()
    for row in rows:
        made.worksheets[0].append(row)
    made.worksheets[0].merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(rows[1]))
    file = folder / "表.xlsx"
    made.save(file)
    return str(file)


def run(home: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, [*arguments], env={"YICI_HOME": str(home), "COLUMNS": "200"})
    problems = done.exception.problems if isinstance(done.exception, YiciError) else ()
    return done.exit_code, done.output + "".join(f"{one.message}{one.hint}" for one in problems)


def cells(file: Path) -> list[object]:
    rows = openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=3, min_col=2, values_only=True)
    return [value for row in rows for value in row if value is not None]


@pytest.mark.parametrize(("form", "then"), [(LIST, ["李一", LI]), (NUMBERS, [1, 1])])
def test_lists_and_numbers_are_of_their_own_day_or_empty(
    home: Path, tmp_path: Path, form: list[list[object]], then: list[object]
) -> None:
    blank, out = book(tmp_path, form), tmp_path / "out.xlsx"
    given = ["fill", blank, "-o", str(out), "--unit", "柳东村"]
    _, told = run(home, *given, *NEXT_YEAR, "--gaps", str(tmp_path / "gaps.json"))
    assert cells(out) == [] and "（--as-of 2025-12-31）" in told
    assert {gap["day"] for gap in json.loads((tmp_path / "gaps.json").read_text("utf-8"))} == {"2025-12-31"}
    assert run(home, *given, *THEN)[0] == 0 and cells(out) == then


def test_one_card_each_is_of_those_of_its_own_day(home: Path, tmp_path: Path) -> None:
    given = ["fill", book(tmp_path, CARD), "--each", "person", "--out-dir", str(tmp_path / "cards")]
    code, told = run(home, *given, *NEXT_YEAR)
    assert code == 2 and "--as-of 2025-12-31" in told and not (tmp_path / "cards").exists()
    assert run(home, *given, *THEN)[0] == 0 and len(list((tmp_path / "cards").iterdir())) == 1


def test_a_card_of_one_chosen_says_of_which_day_it_is(home: Path, tmp_path: Path) -> None:
    given = ["fill", book(tmp_path, CARD), "-o", str(tmp_path / "out.xlsx"), "--subject", LI]
    assert "请加 --as-of 2025-12-31" in run(home, *given, *NEXT_YEAR)[1]
    assert "注意" not in run(home, *given, *THEN)[1]


def test_recounting_and_who_look_at_their_own_day_only(home: Path, tmp_path: Path) -> None:
    blank, out = book(tmp_path, NUMBERS), tmp_path / "out.xlsx"
    run(home, "fill", blank, "-o", str(out), "--unit", "柳东村", *THEN)
    code, told = run(home, "recount", blank, str(out), "--unit", "柳东村", *NEXT_YEAR)
    assert code == 1 and "2 格没有核对" in told and "--as-of 2025-12-31" in told
    assert run(home, "recount", blank, str(out), "--unit", "柳东村", *THEN)[0] == 0
    code, told = run(home, "who", blank, "B3", "--unit", "柳东村", *NEXT_YEAR)
    assert code == 1 and "--as-of 2025-12-31" in told and "王二" not in told
    assert "李一" in (shown := run(home, "who", blank, "B3", "--unit", "柳东村", *THEN)[1]) and "王二" not in shown
