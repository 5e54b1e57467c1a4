"""Masked values of a filling shown whole: to whom, for what, and what a look leaves behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_collecting import EAST, LEADER, LI, OFFICER, STEWARD, TODAY, WANG, WEST, ZHANG, home, published

from yici.core.access.actors import Actor, Grant, Post, Role
from yici.core.errors import Conflict, NotFound, Refused
from yici.services.auditing import audit_lines
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.differences import differences_of
from yici.services.collecting.revealing import BEFORE, reveal_told, revealable
from yici.storage import audit, collections
from yici.storage.collections import FillingRow
from yici.storage.references import references_of

__all__ = ["home"]

PHONE, PURPOSE = "person.phone", "核对信息"
TOWN = Actor(6, "sun", posts=(Post(Role.CLERK, unit="柳河镇"),), units=frozenset({"柳河镇", "柳东村", "柳西村"}))
HEALTH = replace(OFFICER, name="wu", posts=(Post(Role.OFFICER, organisation="卫健局"),))


@pytest.fixture
def told(home: Path) -> tuple[FillingRow, FillingRow]:
    """The fillings of both villages; in the first a phone was corrected and a new one told, and a slot of the form."""
    number = published(home, "甲表", "联系电话", "血型")
    east, west = collections.fillings_in(collection=number)
    sent = [
        Answer("13900002222", PHONE, LI, east.id),
        Answer("13900003333", PHONE, WANG, east.id),
        Answer("A型", key=LI, filling=east.id, sheet="Sheet", label="血型"),
    ]
    answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    answer(actor=WEST, home=home, submission="device-0002", today=TODAY,
           answers=[Answer("13900004444", PHONE, ZHANG, west.id)])  # fmt: skip
    return east, west


def code_of(key: str) -> str:
    return references_of([("person", key)])["person", key]


def look(actor: Actor, home: Path, row: FillingRow, key: str = LI, purpose: str = PURPOSE, **more: str) -> str:
    element = more.pop("element", PHONE)
    return reveal_told(
        actor=actor, home=home, number=row.id, code=code_of(key), element=element, purpose=purpose, **more
    )


def test_who_reviews_sees_one_value_for_a_purpose_and_it_is_written_down(
    home: Path, told: tuple[FillingRow, FillingRow]
) -> None:
    east, _ = told
    before = len(audit_lines(home=home, limit=1000))
    assert look(OFFICER, home, east) == "13900002222"
    assert look(OFFICER, home, east, which=BEFORE) == "13800001111"
    lines = audit_lines(home=home, limit=1000)[before:]
    assert [(one.actor, one.action, one.thing) for one in lines] == [("zhou", "value.reveal", code_of(LI))] * 2
    assert [one.detail for one in lines] == [
        {"element": PHONE, "subject": "person", "for": PURPOSE, "filling": east.id, "of": of}
        for of in ("told", "before")
    ]
    # The page goes on showing it masked.
    shown = {one.who: one.told for one in differences_of(actor=OFFICER, home=home, row=east) if one.address[1]}
    assert shown == {"李一": "139****2222", "王二": "139****3333"}


def test_nothing_is_shown_without_a_purpose_or_a_line(
    home: Path, told: tuple[FillingRow, FillingRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    east, _ = told
    before = len(audit_lines(home=home, limit=1000))
    for purpose in ("", "好奇"):
        with pytest.raises(Conflict, match="没有选择用途"):
            look(OFFICER, home, east, purpose=purpose)
    # Nothing counted of her phone before: there is nothing to look at.
    with pytest.raises(NotFound):
        look(OFFICER, home, east, key=WANG, which=BEFORE)
    assert len(audit_lines(home=home, limit=1000)) == before

    def full(**_given: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "append_alone", full)
    with pytest.raises(OSError, match="full"):
        look(OFFICER, home, east)


def test_only_who_may_both_review_and_look_at_masked_values(home: Path, told: tuple[FillingRow, FillingRow]) -> None:
    east, west = told
    # Who answers does not review; a leader checks and has no right to masked values; another department does neither.
    for actor in (EAST, WEST, LEADER, HEALTH):
        with pytest.raises(Refused):
            look(actor, home, east)
        assert revealable(actor=actor, home=home, row=east, cells=[(LI, PHONE)]) == {}
    assert revealable(actor=OFFICER, home=home, row=east, cells=[(LI, PHONE), (LI, ""), (LI, "person.name")]) == {
        (LI, PHONE): code_of(LI)
    }
    # A keeper of the pool sees phones whole anyhow: nothing is masked, so nothing is written down.
    before = len(audit_lines(home=home, limit=1000))
    for actor in (TOWN, STEWARD):
        assert look(actor, home, east) == "13900002222"
        assert revealable(actor=actor, home=home, row=east, cells=[(LI, PHONE)]) == {}
    assert len(audit_lines(home=home, limit=1000)) == before
    assert look(OFFICER, home, west, key=ZHANG) == "13900004444"


def test_what_is_hidden_or_not_told_there_stays_hidden(home: Path, told: tuple[FillingRow, FillingRow]) -> None:
    east, _ = told
    granted = replace(OFFICER, grants=(Grant(frozenset({"person.education"}), "慰问"),))
    for key, element in ((ZHANG, PHONE), (LI, "person.religion"), (LI, "person.education"), (LI, "no.such"), (LI, "")):
        for actor in (OFFICER, granted):
            with pytest.raises(NotFound):
                look(actor, home, east, key=key, element=element)
    with pytest.raises(NotFound):
        reveal_told(actor=OFFICER, home=home, number=east.id, code=LI, element=PHONE, purpose=PURPOSE)
    with pytest.raises(NotFound):
        reveal_told(actor=OFFICER, home=home, number=999, code=code_of(LI), element=PHONE, purpose=PURPOSE)
