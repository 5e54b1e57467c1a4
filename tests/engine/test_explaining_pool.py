"""Explanations read from the pool: verdicts, the values seen with their records, what would decide."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small_pool import add, id_number

from yici import storage
from yici.cli import cli
from yici.core.errors import NotFound
from yici.services.explaining import explain_key

TODAY = date(2025, 6, 1)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    storage.setup(tmp_path)
    ids = [id_number("371502", birth, 1) for birth in ("19400301", "20150708", "19881111")]
    people = [
        {"person.id_number": number, "person.name": name, "household.number": "H0001", "_village": "甲村",
         "person.birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}", "person.sex": sex}
        for number, name, sex in zip(ids, ("赵一", "钱二", "孙三"), ("男", "女", None), strict=True)
    ]  # fmt: skip
    add(tmp_path, "公安局", "2025-01-01", people)
    return tmp_path


def explained(home: Path, key: str, text: str) -> Any:
    return explain_key(home=home, key=key, text=text, as_of=None, today=TODAY)


def test_a_verdict_names_the_value_its_record_and_date(home: Path) -> None:
    found = explained(home, "赵一", "年龄 >= 80 and 性别 = '男'")
    assert found.explained.verdict is True
    assert found.deciders is None
    seen = {each.element: each for part in found.explained.parts for each in part.seen}
    assert seen["person.age"].value == 85
    assert seen["person.birth_date"].fact.department == "公安局"
    assert seen["person.sex"].fact.as_of == "2025-01-01"
    assert seen["person.sex"].fact.record


def test_unknown_says_what_would_decide(home: Path) -> None:
    found = explained(home, "孙三", "民族 = '汉族' and 残疾等级 = '一级'")
    assert found.explained.verdict is None
    assert found.deciders.to_hold == (frozenset({"person.disability_grade", "person.ethnicity"}),)
    assert found.deciders.to_fail == (frozenset({"person.disability_grade"}), frozenset({"person.ethnicity"}))


def test_members_are_named(home: Path) -> None:
    found = explained(home, "H0001", "count(户.人 where 年龄 < 18) >= 1")
    assert found.explained.verdict is True
    members = list(found.explained.parts[0].parts)
    assert {(part.who, part.verdict) for part in members} == {("赵一", False), ("钱二", True), ("孙三", False)}


def test_nobody_of_that_key(home: Path) -> None:
    with pytest.raises(NotFound):
        explained(home, "李四", "年龄 >= 80")


def test_the_command_prints_a_tree_and_json(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(home))
    text = "年龄 >= 80 and 残疾等级 = '一级'"
    shown = CliRunner().invoke(cli, ["explain", "赵一", text, "--as-of", "2025-06-01"], catch_exceptions=False).output
    for words in ("缺数据", "符合", "公安局 2025-01-01", "残疾等级：没有记录", "查明以下各项，就可能符合：残疾等级"):
        assert words in shown
    told = json.loads(CliRunner().invoke(cli, ["explain", "赵一", text, "--as-of", "2025-06-01", "--json"]).output)
    assert told["verdict"] == "缺数据"
    assert [need["element"] for need in told["to_hold"][0]] == ["person.disability_grade"]
