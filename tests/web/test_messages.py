"""Every text of the pages has an English one, and the compiled catalogue is that of the word files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import polib
import pytest
from django.utils.translation import override

from yici.core.elements import SubjectType
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
