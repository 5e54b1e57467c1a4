"""Every text of the pages has an English one, and the compiled catalogue is that of the word files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import polib
import pytest
from django.utils.translation import override

from yici.core.elements import SubjectType
from yici.core.expressions import in_words, parse_figure, parse_filter
from yici.core.expressions.functions import CLOCKS, first_word
from yici.core.periods import parse_period
from yici.storage.packs import load_registry
from yici.web.templatetags.yici import kind, words

SCRIPT = Path(__file__).parents[2] / "scripts" / "messages.py"
spec = importlib.util.spec_from_file_location("messages", SCRIPT)
assert spec and spec.loader
messages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(messages)


def test_every_text_has_an_english_one() -> None:
    assert sorted(messages.used() - messages.words().keys()) == []


def test_the_catalogue_is_up_to_date() -> None:
    compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(messages.CATALOGUE))}
    assert compiled == messages.words(), "run python scripts/messages.py"


@pytest.mark.parametrize(
    "name", ["2025", "2025年11月", "2025Q3", "2025年第8周", "2025上半年", "2025-01-01..2025-03-15"]
)
def test_a_period_reads_and_can_be_typed_in_english(name: str) -> None:
    period = parse_period(name)
    with override("en"):
        shown = words(period)
    assert shown.isascii() and parse_period(shown) == period


@pytest.mark.parametrize("subject", load_registry().subjects.values(), ids=lambda one: str(one.id))
def test_every_shipped_subject_type_has_an_english_name(subject: SubjectType) -> None:
    assert kind(subject.name) == subject.name
    with override("en"):
        assert kind(subject.name).isascii()


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("照片.xlsx：这是一个空文件。", "照片.xlsx: The file is empty."),
        (
            "已收下 3 张。\n没有收下的：\n照片.xlsx：这是一个空文件。",
            "Taken in: 3.\nNot taken in:\n照片.xlsx: The file is empty.",
        ),
    ],
)
def test_what_a_job_tells_of_files_is_told_in_english(chinese: str, english: str) -> None:
    assert words(chinese) == chinese
    with override("en"):
        assert words(chinese) == english


def test_what_an_expression_says_is_said_again_in_english() -> None:
    registry = load_registry()
    text = "年龄 >= 60 and (残疾等级 in ('一级','二级') or 是否低保户 = '是')"
    said = in_words(parse_filter(text, registry, subject="person").expr, registry)
    figure = in_words(parse_figure("count(人 where 年龄 >= 60)", registry).expr, registry)
    assert words(said) == "年龄不小于60，并且（残疾等级为一级、二级之一，或者是低保户）"
    with override("en"):
        assert words(said) == "年龄 is at least 60, and (残疾等级 is one of 一级, 二级, or is 低保户)"
        assert words(figure) == "number: Person (年龄 is at least 60)"
    assert all(clock in messages.words() for clock in CLOCKS if not clock.isascii() and clock == _first(clock))


def _first(clock: str) -> str:
    """The word in which a clock is said."""
    return first_word(CLOCKS, CLOCKS[clock], chinese=True)
