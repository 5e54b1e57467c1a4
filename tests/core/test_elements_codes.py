"""Code lists: narrower codes roll up; industries resolve to their code."""

from __future__ import annotations

from yici.core.code_rolls import industry_codes, roll_up
from yici.core.elements import Code, CodeList


def test_narrower_codes_lead_to_the_label_above_however_deep() -> None:
    entries = [Code("20", "子", ("儿子",)), Code("22", "长子", ("大儿子",), "20"), Code("221", "长子（养）", (), "22")]
    rolled = roll_up(CodeList("relation", "关系", ()), entries)
    assert [(code.label, code.aliases) for code in rolled.codes] == [("子", ("儿子", "长子", "大儿子", "长子（养）"))]
    assert [code.code for code in rolled.details] == ["22", "221"]


def test_codes_in_a_circle_or_without_an_end_lead_nowhere() -> None:
    entries = [Code("1", "甲", (), "2"), Code("2", "乙", (), "1"), Code("3", "丙", (), "9"), Code("4", "丁")]
    rolled = roll_up(CodeList("x", "x", ()), entries)
    assert [(code.label, code.aliases) for code in rolled.codes] == [("丁", ())]


def test_industries_are_their_codes_with_letter_and_unambiguous_name() -> None:
    rows = [("C", "制造业"), ("13", "加工业"), ("131", "谷物磨制"), ("T", "国际组织"), ("97", "国际组织")]
    codes = {code.code: code for code in industry_codes(rows)}
    assert codes["131"].label == "131"
    assert codes["131"].aliases == ("C131", "谷物磨制")
    assert codes["C"].aliases == ("制造业",)
    assert codes["97"].aliases == ("T97",)
