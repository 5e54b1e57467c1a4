"""Composing aliases: what a pattern stands for, and what it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yici.core.aliases import PatternError, compose, expand

WORDS = {"老人": ("老人", "老年人"), "日期": ("日期", "时间")}


@pytest.mark.parametrize(
    ("pattern", "spellings"),
    [
        ("政治面目", ["政治面目"]),
        ("身份证[号|号码|]", ["身份证号", "身份证号码", "身份证"]),
        ("{老人}姓名", ["老人姓名", "老年人姓名"]),
        ("[入伍|参军]{日期}", ["入伍日期", "入伍时间", "参军日期", "参军时间"]),
        ("入党[{日期}|年月日]", ["入党日期", "入党时间", "入党年月日"]),
    ],
)
def test_a_pattern_stands_for_its_spellings(pattern: str, spellings: list[str]) -> None:
    assert expand(pattern, WORDS) == spellings


@pytest.mark.parametrize("pattern", ["身份证[号", "身份证号]", "{老人姓名", "老人}姓名", "[[号]]", "{孩子}姓名"])
def test_a_broken_pattern_is_refused_with_a_reason(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"括号不成对|没有词类"):
        expand(pattern, WORDS)


@given(st.lists(st.text("姓名电话号码", max_size=4), min_size=1, max_size=4))
def test_alternatives_are_exactly_their_parts(parts: list[str]) -> None:
    assert expand(f"户[{'|'.join(parts)}]", {}) == [f"户{part}" for part in parts]


@given(st.lists(st.text("甲乙丙", min_size=1, max_size=3)))
def test_plain_words_are_kept_once_in_their_order(words: list[str]) -> None:
    assert compose(words, {}) == tuple(dict.fromkeys(words))
