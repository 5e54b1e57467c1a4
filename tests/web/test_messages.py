"""Every text of the pages has an English one, and the compiled catalogue is that of the word files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import polib

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
