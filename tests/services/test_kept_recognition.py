"""What a process has recognised is kept in the data folder: another process, or the same after a restart, opens it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_collecting import form, home, published

from yici.services import forms
from yici.services.collecting.trial import recognise_kept
from yici.services.form_doubts import asked_scope
from yici.services.form_memory import FormMemory
from yici.services.forms import Recognised, recognise_form
from yici.services.pool import open_pool
from yici.storage import collections, kept_forms
from yici.storage.confirmations import Alias, save_alias
from yici.storage.confirmed_words import confirm_word

__all__ = ["home"]


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Forget what the process remembers; how often a form was read since then, by the list that comes back."""

    def restarted() -> list[Path]:
        read, reading = list[Path](), forms.read_form_source

        def noted(path: Path, *more: Any) -> Any:
            read.append(path)
            return reading(path, *more)

        monkeypatch.setattr(forms, "_MEMORY", FormMemory())
        monkeypatch.setattr(forms, "read_form_source", noted)
        return read

    return restarted


def same(one: Recognised, other: Recognised) -> bool:
    return (one.grid, one.template, one.source) == (other.grid, other.template, other.source)


def test_it_is_read_once_until_a_word_means_something_else(home: Path, restart: Any) -> None:
    file = form(home.parent, "甲表", "联系电话", "血型")
    first = recognise_form(home=home, form=file)
    read = restart()
    assert same(recognise_form(home=home, form=file), first) and not read
    save_alias(Alias("血型", "person", "person.education"), actor="陈")
    after = recognise_form(home=home, form=file)
    assert len(read) == 1 and not same(after, first)
    read = restart()
    assert same(recognise_form(home=home, form=file), after) and not read


def test_what_was_confirmed_for_one_use_is_laid_over_what_is_kept(home: Path, restart: Any) -> None:
    number = published(home, "甲表", "血型")
    row = collections.collection_row(number)
    assert row is not None
    confirm_word(
        form=row.form.fingerprint, scope=asked_scope(row.form.id), title="", word="血型", alias="", subject="person",
        meaning="person.education", cells={"Sheet!D3": "person.education"}, by="周",
    )  # fmt: skip
    read, pool = restart(), open_pool(home)
    bound = [s.binding.element for s in recognise_kept(home=home, form=row.form, pool=pool).template.areas[0].slots]
    assert "person.education" in bound and not read
    plain = recognise_form(home=home, form=home.parent / "甲表.xlsx").template.areas[0].slots
    assert "person.education" not in [slot.binding.element for slot in plain] and not read


def test_what_is_damaged_of_another_program_or_old_is_made_again(
    home: Path, restart: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = form(home.parent, "甲表", "联系电话")
    first, folder = recognise_form(home=home, form=file), home / kept_forms.FOLDER
    assert folder.stat().st_mode & 0o077 == 0
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    read = restart()
    assert same(recognise_form(home=home, form=file), first) and len(read) == 1
    kept_forms.keep_form(home, kept.name.removesuffix(".json.gz"), {"grid": 1, "template": [], "package": ""})
    read = restart()
    assert same(recognise_form(home=home, form=file), first) and len(read) == 1
    with monkeypatch.context() as patch:
        patch.setattr(kept_forms, "_program", lambda: "another")
        read = restart()
        assert same(recognise_form(home=home, form=file), first) and len(read) == 1
    now = datetime.now(UTC)
    old = (now - timedelta(days=kept_forms.DAYS + 1)).timestamp()
    os.utime(kept, (old, old))
    assert kept_forms.remove_old_forms(home, now) == 1 and len(list(folder.iterdir())) == 1
