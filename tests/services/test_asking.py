"""Questions to a small pool: figures, conditions, groups, what is behind a number."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from yici.cli import cli
from yici.core.errors import ExpressionError, NotFound
from yici.core.expressions.explaining import walk_explained
from yici.core.manifest import BatchFacts
from yici.services.asking import Asked, Question, ask
from yici.services.explaining import explain_key
from yici.services.ledgers import import_ledger
from yici.services.units import add_units
from yici.storage.packs import load_registry

DAY = date(2026, 6, 30)
LEDGER = """柳河镇常住人口台账
村,户号,姓名,公民身份号码,与户主关系,性别,文化程度,是否低保户,家庭年收入
{}"""


def id_number(born: str, order: int) -> str:
    """An invented number with its check digit."""
    body = f"370982{born}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


ROWS = [
    ("柳东村", "100001", "赵大山", id_number("19400312", 123), "户主", "男", "小学", "是", "8000"),
    ("柳东村", "100001", "赵小山", id_number("19680715", 451), "子", "男", "初中", "是", "8000"),
    ("柳西村", "100002", "钱春", id_number("19501123", 102), "户主", "女", "小学", "否", "30000"),
    ("柳西村", "100003", "孙秋", id_number("20100101", 104), "户主", "女", "", "否", ""),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, database: str) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    add_units(home=folder, actor="test", parent="柳河镇", children=["柳东村", "柳西村", "柳南村"])
    ledger = folder / "people.csv"
    ledger.write_text(LEDGER.format("\n".join(",".join(row) for row in ROWS)), "utf-8")
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=folder, registry=load_registry(), actor="test")
    return folder


def asked(home: Path, text: str, *by: str, explain: bool = False, **more: str | None) -> Asked:
    return ask(home=home, question=Question(text, by, **more), today=DAY, explain=explain)  # type: ignore[arg-type]


def table(found: Asked) -> dict[tuple[str, ...], object]:
    return {row.keys: row.answer.value for row in found.rows}


def test_a_figure(home: Path) -> None:
    found = asked(home, "count(人 where 年龄 >= 60) / count(人)")
    assert (found.total.value, found.rows, found.words) == (Decimal("0.5"), (), "人数（年龄不小于60）÷人数")


@pytest.mark.parametrize(
    ("text", "of", "value", "words"),
    [
        ("年龄 >= 60", None, 2, "人数（年龄不小于60）"),
        ("是否低保户 = '是'", None, 1, "户数（是低保户）"),
        ("是否低保户 = '是'", "人", 2, "人数（是低保户）"),
        ("count(户.人) >= 2", None, 1, "户数（本户成员数不小于2）"),
        ("年龄 < 18 and 户.是否低保户 = '否'", None, 1, "人数（年龄小于18，并且不是低保户）"),
    ],
)
def test_a_condition_asks_how_many(home: Path, text: str, of: str | None, value: int, words: str) -> None:
    found = asked(home, text, of=of)
    assert (found.total.value, found.words) == (value, words)


def test_groups_come_in_the_order_of_the_code_list_and_unknown_last(home: Path) -> None:
    found = asked(home, "count(人)", "文化程度")
    assert list(table(found).items()) == [(("初中",), 1), (("小学",), 2), (("（不明）",), 1)]
    assert list(table(asked(home, "count(人)", "户.是否低保户"))) == [("是",), ("否",)]
    assert list(table(asked(home, "count(人)", "年龄"))) == [("16",), ("57",), ("75",), ("86",)]


def test_groups_by_area_show_villages_without_anybody_and_not_what_is_above(home: Path) -> None:
    assert table(asked(home, "count(人)", "村")) == {("柳东村",): 2, ("柳西村",): 2, ("柳南村",): 0}
    assert table(asked(home, "count(人)", "镇")) == {("柳河镇",): 4}
    assert table(asked(home, "count(人)", "下级", unit="柳河镇")) == {("柳东村",): 2, ("柳西村",): 2, ("柳南村",): 0}
    assert table(asked(home, "avg(人.年龄)", "村", unit="柳南村")) == {("柳南村",): None}


def test_two_groupings_a_unit_and_a_further_condition(home: Path) -> None:
    found = asked(home, "count(人)", "村", "性别", where="年龄 >= 18", unit="柳河镇")
    assert table(found) == {("柳东村", "男"): 2, ("柳西村", "女"): 1}
    assert found.where == "年龄不小于18"


def test_who_cannot_be_decided_is_told_beside_the_number(home: Path) -> None:
    found = asked(home, "count(户 where 家庭年收入 >= 10000)", "村")
    assert {row.keys: (row.answer.value, row.answer.unknown) for row in found.rows}[("柳西村",)] == (1, 1)
    assert (found.total.value, found.total.unknown) == (1, 1)
    assert asked(home, "sum(户.家庭年收入)").total.valueless == 1


def test_what_each_part_contributes(home: Path) -> None:
    found = asked(home, "count(人 where 年龄 >= 60 and 性别 = '女') / count(户)", explain=True)
    assert [(part.words, part.answer.value, part.within) for part in found.parts] == [
        ("人数（年龄不小于60，并且性别为女）", 1, False),
        ("年龄不小于60", 2, True),
        ("性别为女", 2, True),
        ("户数", 3, False),
    ]


def test_the_day_is_the_end_of_the_period(home: Path) -> None:
    assert asked(home, "count(人)", period="2025").total.value == 0
    assert asked(home, "count(人)", period="2026Q1").moment.as_of == date(2026, 3, 31)
    assert asked(home, "count(人 where 年龄 >= 86)", period="2026-02").total.value == 0
    assert asked(home, "count(人 where 年龄 >= 86)").total.value == 1


@pytest.mark.parametrize(
    ("text", "by", "more", "message"),
    [
        ("年令 >= 80", (), {}, "年龄"),
        ("count(人 where 年令 >= 80)", (), {}, "年龄"),
        ("年龄", (), {}, "不是条件"),
        ("count(户)", ("性别",), {}, "人的数据元"),
        ("count(人)", (), {"where": "企业名称 = '甲'"}, "企业的数据元"),
        ("count(人)", (), {"period": "上个月"}, "不是一个时期"),
    ],
)
def test_what_is_not_understood(home: Path, text: str, by: tuple[str, ...], more: dict[str, str], message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        asked(home, text, *by, **more)


def test_what_does_not_exist(home: Path) -> None:
    for by, more in (((), {"unit": "柳北村"}), (("县",), {}), ((), {"of": "猫"})):
        with pytest.raises(NotFound):
            asked(home, "count(人)", *by, **more)


def run(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.setenv("YICI_HOME", str(home))
    done = CliRunner().invoke(cli, ["ask", *arguments, "--as-of", "2026-06-30"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_prints_a_table_json_csv_and_a_picture(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = run(home, monkeypatch, "家庭年收入 >= 10000", "--by", "村", "--explain")
    assert "户数（家庭年收入不小于10000）" in shown and "无法判断" in shown and "全部" in shown
    assert "2.5" not in shown and "33.33%" in run(home, monkeypatch, "share(户 where 是否低保户 = '是')")
    told = json.loads(run(home, monkeypatch, "count(人)", "--by", "村", "--json"))
    assert told["rows"][0] == {"keys": ["柳东村"], "value": 2, "unknown": 0, "valueless": 0}
    assert told["total"]["value"] == 4 and told["expression"] == "count(人)"
    rows = list(csv.reader(io.StringIO(run(home, monkeypatch, "avg(人.年龄)", "--by", "性别", "--csv"))))
    assert rows[0] == ["性别", "人的年龄平均值", "无法判断", "缺数值"] and rows[-1][:2] == ["全部", "58.5"]
    run(home, monkeypatch, "share(户 where 是否低保户)", "--by", "村", "--chart", str(tmp_path / "s.json"))
    assert json.loads((tmp_path / "s.json").read_text("utf-8"))["series"][0]["data"] == [100, 0, None]
    for name, kind in (("x.svg", "柱"), ("m.json", "图")):
        run(home, monkeypatch, "count(人)", "--by", "村", "--chart", str(tmp_path / name), "--kind", kind)
        assert (tmp_path / name).stat().st_size > 1000


def test_the_year_the_work_calendar_lacks_is_named(home: Path) -> None:
    # 2099 is announced in no autumn before; the last announced year is the first one named.
    found = asked(home, "count(人 where workdays_between('2026-06-30', '2099-02-01') > 3)")
    assert found.total.unknown == 4 and "年的放假安排" in found.note and "改用 天" in found.note
    assert asked(home, "count(人 where workdays_between('2026-06-01', '2026-06-30') > 3)").note == ""
    assert asked(home, "count(人 where 文化程度 = '小学')").note == ""


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("workdays_between('2026-06-30', '2099-02-01') > 3", "2099"),
        ("'1999-02-01' + 3工作日 < 今天", "1999"),
        ("workdays_between(出生日期, 今天) > 3", "1940"),
    ],
)
def test_an_explanation_names_the_year_without_working_days(home: Path, text: str, year: str) -> None:
    key = ROWS[0][3]
    told = explain_key(home=home, key=key, text=text, as_of=None, today=DAY)
    notes = [part.note for part in walk_explained(told.explained) if part.note]
    assert told.explained.verdict is None and len(notes) == 1 and f"没有 {year} 年" in notes[0]
    shown = CliRunner().invoke(cli, ["explain", key, text, "--as-of", "2026-06-30"], env={"YICI_HOME": str(home)})
    assert f"没有{year}年" in "".join(shown.output.split())
