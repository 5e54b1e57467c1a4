"""Importing ledgers: what lies in the batch afterwards, what is said about it, and what happens when it fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

from yici.cli import cli
from yici.core.elements import Registry
from yici.core.errors import NotFound, UploadRefused
from yici.core.manifest import Area, BatchFacts
from yici.core.values.id_numbers import check_character
from yici.services.ledgers import ImportOptions, ImportOutcome, authority_ids, import_ledger
from yici.storage.batch_files import batch_path
from yici.storage.batches import list_batches
from yici.storage.database import open_database
from yici.storage.packs import load_registry
from yici.storage.units import save_areas

FACTS = BatchFacts("某局", date(2025, 6, 30))
Sheets = Mapping[str, Sequence[Any]]


def id_number(born: str, number: int) -> str:
    """A valid ID number of nobody: its district code is not in use."""
    first17 = f"990101{born.replace('-', '')}{number:03d}"
    return first17 + check_character(first17)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    open_database(tmp_path / "home")
    save_areas([Area("白石镇"), Area("青石村", "白石镇"), Area("白河村", "白石镇")], actor="test")
    return tmp_path / "home"


def workbook(path: Path, sheets: Sheets, merges: dict[str, list[str]] | None = None) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for span in (merges or {}).get(name, []):
            sheet.merge_cells(span)
    book.save(path)
    return path


def rows_of(home: Path, outcome: ImportOutcome) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(batch_path(home, outcome.batch)).to_pylist()
    return rows


def imported(home: Path, registry: Registry, path: Path, facts: BatchFacts = FACTS) -> list[dict[str, Any]]:
    return rows_of(home, import_ledger(path=path, facts=facts, home=home, registry=registry, actor="test"))


def test_a_roster_becomes_typed_rows(tmp_path: Path, home: Path, registry: Registry) -> None:
    one, two = id_number("1960-01-02", 1), id_number("1962-03-04", 2)
    sheet = [
        ["某镇人员台账", None, None, None, None, None],
        ["单位：元", None, None, None, None, None],
        ["序号", "村", "姓名", "公民身份号码", "出生日期", "个人年收入（万元）", "爱好"],
        [1, "白石镇青石村", "白 一甲", one[:6] + " " + one[6:], "1960.1", 1.5, "下棋"],
        [2, "白河", "白二乙", two, date(1962, 3, 4), "2万元", None],
        ["合计", None, "2人", None, None, 3.5, None],
    ]
    first, second = imported(home, registry, workbook(tmp_path / "a.xlsx", {"Sheet1": sheet}))
    assert (first["person.name"], first["person.id_number"], first["_village"]) == ("白一甲", one, "青石村")
    assert first["person.birth_date"] == "1960-01-02", "a month is completed from an ID number that says the same"
    assert (float(first["person.annual_income"]), float(second["person.annual_income"])) == (15000, 20000)
    assert (second["_village"], second["person.birth_date"], second["_line"]) == ("白河村", "1962-03-04", 5)
    assert json.loads(first["_extra"]) == {"爱好": "下棋"} and second["_extra"] is None
    assert json.loads(first["_original"])["person.birth_date"] == "1960.1"
    assert [first["_row"], second["_row"]] == [0, 1]


def test_what_cannot_be_read_is_marked_not_guessed(tmp_path: Path, home: Path, registry: Registry) -> None:
    good = id_number("1960-01-02", 1)
    bad = good[:-1] + ("1" if good[-1] != "1" else "2")
    lost = float(id_number("1970-05-06", 1))
    sheet = [
        ["姓名", "性别", "身份证号", "出生日期", "年龄"],
        ["白一甲", "男", bad, "1960-01-02", 65],
        ["白二乙", "女", good, "1961-01-02", 20],
        ["白三丙", "男", lost, "1970-05-06", 55],
    ]
    path = workbook(tmp_path / "a.xlsx", {"Sheet1": sheet})
    refused, doubted, without = imported(home, registry, path)
    assert refused["person.id_number"] is None and json.loads(refused["_original"])["person.id_number"] == bad
    assert json.loads(refused["_problems"])[0] == {
        "element": "person.id_number", "status": "refused", "reason": "id_check_digit", "cell": "C2",
    }  # fmt: skip
    assert doubted["person.sex"] is None and doubted["person.birth_date"] is None, "they contradict the ID number"
    reasons = {problem["reason"]: problem["cell"] for problem in json.loads(doubted["_problems"])}
    assert reasons == {"birth_differs_from_id": "D3", "sex_differs_from_id": "B3", "age_differs_from_birth": "E3"}
    assert without["person.id_number"] is None and without["_id_prefix"] == id_number("1970-05-06", 1)[:15]


def test_merged_household_blocks_and_ditto(tmp_path: Path, home: Path, registry: Registry) -> None:
    ids = [id_number(f"19{60 + n}-01-02", n) for n in range(4)]
    sheet = [
        ["户编号", "户主姓名", "家庭住址", "姓名", "与户主关系", "身份证号", "民族"],
        ["H1", "白一", "青石村1号", "白一", "户主", ids[1], "汉"],
        [None, None, None, "白二", "妻", ids[2], "同上"],
        ["H2", "白三", "青石村2号", "白三", "户主", ids[3], "〃"],
    ]
    path = workbook(tmp_path / "a.xlsx", {"青石村": sheet}, {"青石村": ["A2:A3", "B2:B3", "C2:C3"]})
    rows = imported(home, registry, path)
    assert [row["household.number"] for row in rows] == ["H1", "H1", "H2"]
    assert [row["household.head_name"] for row in rows] == ["白一", "白一", "白三"]
    assert [row["person.ethnicity"] for row in rows] == ["汉族"] * 3
    assert [row["_village"] for row in rows] == ["青石村"] * 3, "the sheet's name"


def test_ditto_never_makes_one_person_of_two(tmp_path: Path, home: Path, registry: Registry) -> None:
    sheet = [
        ["姓名", "身份证号", "联系电话"],
        ["白一", id_number("1960-01-02", 1), "13900000001"],
        ["白二", "同上", "同上"],
    ]
    first, second = imported(home, registry, workbook(tmp_path / "a.xlsx", {"表": sheet}))
    assert first["person.phone"] == second["person.phone"] == "13900000001"
    assert second["person.id_number"] is None and json.loads(second["_problems"])[0]["reason"] == "ditto"


def block_sheet(relations: list[str]) -> list[list[Any]]:
    rows: list[list[Any]] = [["户编号", "户主姓名", "姓名", "与户主关系", "身份证号"]]
    for number, relation in enumerate(relations):
        first = number % 2 == 0
        household = [f"H{number // 2}", f"白{number}"] if first else [None, None]
        rows.append([*household, f"白{number}", relation, id_number("1960-01-02", number + 1)])
    return rows


def test_blanks_below_a_household_continue_it_only_where_that_is_the_pattern(
    tmp_path: Path, home: Path, registry: Registry
) -> None:
    blocks = imported(home, registry, workbook(tmp_path / "a.xlsx", {"表": block_sheet(["户主", "妻"] * 4)}))
    assert [row["household.number"] for row in blocks] == ["H0", "H0", "H1", "H1", "H2", "H2", "H3", "H3"]
    loose = imported(home, registry, workbook(tmp_path / "b.xlsx", {"表": block_sheet(["户主", "户主"] * 4)}))
    assert [row["household.number"] for row in loose] == ["H0", None, "H1", None, "H2", None, "H3", None]


def test_a_person_s_facts_in_a_household_ledger_are_the_head_s(tmp_path: Path, home: Path, registry: Registry) -> None:
    head = id_number("1960-01-02", 1)
    sheet = [["户主姓名", "户主身份证号", "开户银行", "银行账号"], ["白一甲", head, "某银行", "6200001"]]
    (row,) = imported(home, registry, workbook(tmp_path / "a.xlsx", {"白河村": sheet}))
    assert (row["household.head_id_number"], row["person.id_number"], row["person.name"]) == (head, head, "白一甲")
    assert (row["person.bank_account"], row["_village"]) == ("6200001", "白河村")


def test_villages_from_dividers_lines_and_addresses(tmp_path: Path, home: Path, registry: Registry) -> None:
    people = [["白一甲", id_number("1960-01-02", 1)], ["白二乙", id_number("1961-01-02", 1)]]
    divided = [["姓名", "身份证号"], ["青石村"], people[0], ["白河村"], people[1]]
    stated = [["村（社区）：白河村    填报日期：2025年"], ["姓名", "身份证号"], *people]
    addressed = [["姓名", "身份证号", "户籍地址"], [*people[0], "某县白石镇青石村1号"], [*people[1], "外省某地"]]
    path = workbook(tmp_path / "a.xlsx", {"甲": divided, "乙": stated, "丙": addressed})
    rows = imported(home, registry, path)
    assert [row["_village"] for row in rows] == ["青石村", "白河村", "白河村", "白河村", "青石村", None]


def test_sheets_that_are_no_ledgers_are_left_out_with_the_reason(
    tmp_path: Path, home: Path, registry: Registry
) -> None:
    good = [["姓名", "身份证号"], ["白一甲", id_number("1960-01-02", 1)], [None, None], ["合计", None]]
    summary = [["村名", "户数"], ["青石村", 3]]
    path = workbook(
        tmp_path / "a.xlsx", {"名册": good, "汇总": summary, "说明": [["填表说明"], ["如实填写"]], "隐": good}
    )
    book = load_workbook(path)
    book["隐"].sheet_state = "hidden"
    book.save(path)
    outcome = import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="test")
    assert outcome.rows == 1
    assert {one.sheet: one.reason for one in outcome.skipped} == {
        "汇总": "no identifying column", "说明": "no heading row", "隐": "hidden sheet",
    }  # fmt: skip
    assert dict(outcome.tables[0].skipped) == {"blank row": 1, "total": 1}


def test_a_card_is_not_taken_for_a_ledger(tmp_path: Path, home: Path, registry: Registry) -> None:
    card = [["姓名", "性别", "民族"], ["帮扶措施", None, None], ["白一甲", None, None], ["特长爱好", None, None]]
    path = workbook(tmp_path / "a.xlsx", {"卡": card})
    with pytest.raises(UploadRefused, match="像是空白表或登记卡"):
        import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="test")


def test_a_doubtful_column_is_supported_by_the_pool(tmp_path: Path, home: Path, registry: Registry) -> None:
    nations = ["汉族", "回族", "满族", "苗族"]
    people = [[f"白{n}", id_number("1960-01-02", n + 1), nations[n % 4]] for n in range(40)]
    imported(home, registry, workbook(tmp_path / "a.xlsx", {"甲": [["姓名", "身份证号", "民族"], *people]}))
    path = workbook(tmp_path / "b.xlsx", {"甲": [["姓名", "身份证号", "本人民族属性"], *people]})
    rows = imported(home, registry, path)
    assert [row["person.ethnicity"] for row in rows[:4]] == nations


def test_the_same_file_twice_changes_nothing(tmp_path: Path, home: Path, registry: Registry) -> None:
    path = workbook(tmp_path / "a.xlsx", {"甲": [["姓名", "身份证号"], ["白一甲", id_number("1960-01-02", 1)]]})
    first = import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="test")
    second = import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="test")
    assert first.new and not second.new and first.batch == second.batch
    assert len(list_batches()) == 1


def test_nothing_is_stored_when_there_is_nothing_to_import(tmp_path: Path, home: Path, registry: Registry) -> None:
    path = workbook(tmp_path / "a.xlsx", {"说明": [["填表说明"], ["如实填写"]]})
    with pytest.raises(UploadRefused, match="没有可以导入的表"):
        import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="test")
    assert not list_batches()


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path, home: Path, registry: Registry) -> None:
    path = workbook(tmp_path / "a.xlsx", {"甲": [["姓名", "身份证号"], ["白一甲", id_number("1960-01-02", 1)]]})
    options = ImportOptions(dry_run=True)
    outcome = import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="test", options=options)
    assert outcome.rows == 1 and not outcome.batch and not list_batches()


def test_authority_is_named_by_name_or_id(registry: Registry) -> None:
    assert authority_ids(["民族", "person.name"], registry) == ("person.ethnicity", "person.name")
    with pytest.raises(NotFound) as caught:
        authority_ids(["民簇", "姓铭"], registry)
    assert len(caught.value.problems) == 2 and "民族" in caught.value.problems[0].hint


def test_the_report_is_the_sender_s_workbook_with_marks(tmp_path: Path, home: Path, registry: Registry) -> None:
    sheet = [
        ["姓名", "身份证号", "民族"],
        ["白一甲", "990101196001020", "汉"],
        ["白二乙", id_number("1961-01-02", 1), "不详族"],
    ]
    path, out = workbook(tmp_path / "a.xlsx", {"甲": sheet}), tmp_path / "out.xlsx"
    import_ledger(path=path, facts=FACTS, home=home, registry=registry, actor="t", options=ImportOptions(report=out))
    marked = load_workbook(out)["甲"]
    assert marked["A2"].comment is None and marked["C3"].comment is not None
    assert [[cell.value for cell in row] for row in marked.iter_rows()] == sheet


def test_the_command_prints_a_summary_and_ends_with_one_on_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICI_HOME", str(tmp_path / "home"))
    good = workbook(tmp_path / "a.xlsx", {"甲": [["姓名", "身份证号"], ["白一甲", id_number("1960-01-02", 1)]]})
    arguments = ["import", str(good), "--department", "某局", "--as-of", "2025-06-30"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 0 and "导入完成" in done.output and "公民身份号码" in done.output
    assert "以前导入过" in CliRunner().invoke(cli, arguments).output
    broken = tmp_path / "b.xlsx"
    broken.write_bytes(b"not a workbook")
    failed = CliRunner().invoke(cli, ["import", str(broken), *arguments[2:]])
    assert failed.exit_code != 0
