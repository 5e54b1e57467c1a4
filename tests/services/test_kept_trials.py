"""What a form lacks is kept while all it follows from is the same, and never a moment longer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from test_card_collections import WHOM, proposed, send
from test_collecting import EAST, LI, TODAY, WANG, form, home, published

from yici.services.collecting import kept_trials
from yici.services.collecting.kept_trials import CardMemory, Lacking, TrialMemory
from yici.services.collecting.questions import questions_for
from yici.services.forms import recognise_form
from yici.storage import collections
from yici.storage.batches import list_batches, withdraw_batch
from yici.storage.confirmations import Binding, save_binding
from yici.storage.entries import NewEntry, add_entries
from yici.storage.packs import load_registry

__all__ = ["home"]
LEARNT = NewEntry("person", WANG, "person.phone", "13900002222", "13900002222")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The forms that were tried, by title."""
    found: list[str] = []
    try_in = kept_trials.try_in

    def noted(projection: Any, template: Any, **about: Any) -> Any:
        found.append(template.title)
        return try_in(projection, template, **about)

    monkeypatch.setattr(kept_trials, "try_in", noted)
    return found


def asked(home: Path) -> set[tuple[str, str]]:
    groups = questions_for(actor=EAST, home=home)
    return {(question.who, question.words) for group in groups for question in group.questions}


def test_a_form_is_tried_again_only_when_the_pool_has_changed(home: Path, tried: list[str]) -> None:
    published(home, "甲表", "联系电话", "血型")
    published(home, "乙表", "联系电话")
    tried.clear()
    before = {("王二", "联系电话"), ("王二", "血型"), ("李一", "血型")}
    assert asked(home) == asked(home) == before
    assert len(tried) == 2
    # As another process would: nothing here knows of it but the database.
    add_entries([LEARNT], actor="zhao", as_of=TODAY.replace(month=2))
    assert asked(home) == before - {("王二", "联系电话")}
    withdraw_batch(list_batches()[-1].seq, actor="甲")
    assert asked(home) == set()
    assert len(tried) == 6


def test_another_meaning_or_condition_is_another_question(home: Path, tried: list[str]) -> None:
    collection = published(home, "甲表", "血型")
    assert asked(home) == {("王二", "血型"), ("李一", "血型")}
    collections.change_collection(collection, where="姓名 = '李一'")
    assert asked(home) == {("李一", "血型")}
    template = recognise_form(home=home, form=form(home.parent, "甲表", "血型")).template
    save_binding(Binding(template.fingerprint, "Sheet", "D3", "血型", "person.education"), actor="陈")
    assert asked(home) == {("李一", "文化程度")}
    add_entries([NewEntry("person", LI, "person.education", "小学")], actor="陈", as_of=TODAY.replace(month=1))
    assert asked(home) == set()


def test_only_cards_on_which_a_change_shows_are_tried_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = proposed(home, replace(WHOM, everybody=True))
    send(home, number)
    told, tell = list[str](), kept_trials.tell

    def noted(card: Any) -> Any:
        told.append(card.key)
        return tell(card)

    monkeypatch.setattr(kept_trials, "tell", noted)
    before = asked(home)
    assert {("王二", "联系电话"), ("李一", "血型"), ("王二", "血型")} <= before
    told.clear()
    add_entries([LEARNT], actor="zhao", as_of=TODAY)
    after = asked(home)
    assert after == before - {("王二", "联系电话")} and told == [WANG]
    monkeypatch.setattr(kept_trials, "_CARDS", CardMemory())
    monkeypatch.setattr(kept_trials, "_MEMORY", TrialMemory())
    assert asked(home) == after and sorted(told) == sorted([WANG, WANG, LI])
    # The address of a household stands on the cards of all its people.
    told.clear()
    add_entries([NewEntry("household", "H1", "household.address", "柳东村1组3号")], actor="zhao", as_of=TODAY)
    assert asked(home) != after and sorted(told) == sorted([LI, WANG])


def test_what_is_read_inside_a_transaction_is_not_kept(home: Path) -> None:
    published(home, "甲表", "联系电话")
    with transaction.atomic():
        add_entries([LEARNT], actor="zhao", as_of=TODAY.replace(month=2))
        transaction.set_rollback(True)
    with transaction.atomic():
        assert asked(home) == {("王二", "联系电话")}
    assert asked(home) == {("王二", "联系电话")}


def test_what_was_not_asked_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_trials, "MOST_GAPS", 5)
    memory, registry = TrialMemory(), load_registry()
    gaps: tuple[Any, ...] = (object(), object())
    for key in ("a", "b", "c"):
        memory.keep(key, registry, Lacking(gaps, {}))
        assert memory.recall("a", registry) if key != "c" else True
    assert [bool(memory.recall(key, registry)) for key in ("a", "b", "c")] == [True, False, True]
    memory.keep("c", registry, Lacking(gaps * 3, {}))
    assert not any(memory.recall(key, registry) for key in ("a", "b", "c"))
