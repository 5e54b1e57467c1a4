"""What a reviewer sees of a filling: what was known before, what was told, what counts; returned cell by cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction
from test_collecting import EAST, LEADER, LI, OFFICER, REGISTRY, TODAY, WANG, WEST, home, published

from yici.core.access.actors import Post, Role
from yici.core.errors import Conflict
from yici.core.manifest import BatchFacts
from yici.services.collecting import reviewing
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.differences import differences_of, same_as_known
from yici.services.collecting.questions import Question, asked_by, told_for
from yici.services.collecting.returning import return_cells
from yici.services.collecting.review_sight import as_reviewer
from yici.services.collecting.reviewing import step_filling
from yici.services.ledgers import import_ledger
from yici.services.pool import Pool, open_pool
from yici.storage import collections
from yici.storage.collections import FillingRow
from yici.storage.reviews import remarks_of

__all__ = ["home"]


def test_differences_come_first_and_cells_are_returned_one_by_one(home: Path) -> None:
    ledger = home.parent / "电话.csv"
    ledger.write_text(f"姓名,身份证号,联系电话\n王二,{WANG},13811110000\n", "utf-8")
    facts = BatchFacts("通信局", date(2026, 1, 5), authority=("person.phone",))
    import_ledger(path=ledger, facts=facts, home=home, registry=REGISTRY, actor="甲")
    collection = published(home, "甲表", "联系电话", "文化程度", "血型")
    east, west = collections.fillings_in(collection=collection)
    sent = [
        Answer("13900002222", "person.phone", LI, east.id),
        Answer("13900003333", "person.phone", WANG, east.id),
        Answer("高中", "person.education", LI, east.id),
        Answer("A型", key=LI, filling=east.id, sheet="Sheet", label="血型"),
    ]
    answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    sent = [Answer("小学", "person.education", LI, east.id)]
    answer(actor=EAST, home=home, submission="device-0002", answers=sent, today=TODAY)
    for actor, row in ((EAST, east), (WEST, west)):
        step_filling(actor=actor, home=home, number=row.id, step="submit")
    told = differences_of(actor=EAST, home=home, row=east)
    assert [(one.who, one.label, one.differs) for one in told][2:] == [
        ("李一", "文化程度", False),
        ("李一", "血型", False),
    ]
    phones = {one.who: one for one in told[:2]}
    li, wang = phones["李一"], phones["王二"]
    assert (li.before, li.before_source, li.before_as_of) == ("13800001111", "公安局", "2026-01-01")
    assert (li.told, li.taken, li.overruled, li.size > 0) == ("13900002222", "13900002222", False, True)
    assert (wang.before, wang.taken, wang.rule, wang.overruled) == ("13811110000", "13811110000", "数源部门优先", True)
    assert (told[2].before, told[2].told, told[2].earlier) == ("", "小学", ("高中",))
    # The approved collection is the department's grant for what its form asks, masked as everywhere.
    for reviewer in (OFFICER, LEADER):
        seen = {(one.who, one.label): one for one in differences_of(actor=reviewer, home=home, row=east)}
        phone, school = seen["李一", "联系电话"], seen["李一", "文化程度"]
        assert (phone.before, phone.told) == ("138****1111", "139****2222")
        assert (school.told, school.earlier) == ("＊＊＊", ("＊＊＊",))
        pool = open_pool(home)
        assert not {"person.disability", "person.religion"} & as_reviewer(reviewer, east, pool).granted
    # Who has nothing to do with the filling sees nothing of it, and nothing differs in the other village.
    other = replace(OFFICER, posts=(Post(Role.OFFICER, organisation="卫健局"),))
    assert {one.told for one in differences_of(actor=other, home=home, row=east) if one.address[1]} == {"（未授权）"}
    assert same_as_known(actor=LEADER, home=home) == [west.id]
    assert not same_as_known(actor=LEADER, home=home, whole=True)
    collections.count_cells(west.id, known=west.known + west.unknown, unknown=0)
    assert same_as_known(actor=LEADER, home=home, whole=True) == [west.id]
    with pytest.raises(Conflict, match="理由"):
        return_cells(actor=LEADER, home=home, number=east.id, remark="", cells={})
    with pytest.raises(Conflict, match="不在了"):
        return_cells(actor=LEADER, home=home, number=east.id, remark="", cells={"0": "x"})
    return_cells(actor=LEADER, home=home, number=east.id, remark="", cells={li.code: "号码是谁的？"})
    (group,) = told_for(actor=EAST, home=home)
    assert [q.remark for q in group.questions if q.remark] == ["号码是谁的？"]
    again = [Answer("13900004444", "person.phone", LI, east.id)]
    answer(actor=EAST, home=home, submission="device-0003", answers=again, today=TODAY)
    (group,) = told_for(actor=EAST, home=home)
    assert not [q.remark for q in group.questions if q.remark]
    step_filling(actor=EAST, home=home, number=east.id, step="submit")
    assert [(one.remark, one.open) for one in remarks_of(east.id)] == [("号码是谁的？", False)]


def test_what_is_left_open_is_counted_before_the_lock_and_again_when_somebody_was_faster(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = published(home, "走访", "联系电话", "血型")
    east, west = collections.fillings_in(collection=collection)
    counted: list[tuple[int, bool]] = []
    sent = [
        Answer("A型", key=LI, filling=east.id, sheet="Sheet", label="血型"),
        Answer("13900002222", "person.phone", WANG, east.id),
    ]

    def counting(*, home: Path, row: FillingRow, pool: Pool) -> list[Question]:
        locked = transaction.get_connection().in_atomic_block
        found = asked_by(home=home, row=row, pool=pool)
        if row.id == east.id and not locked and sent:
            # An answer comes in after the counting, before the filling is locked.
            answer(actor=EAST, home=home, submission=f"device-{len(sent):04}", answers=[sent.pop()], today=TODAY)
        counted.append((row.id, locked))
        return found

    monkeypatch.setattr(reviewing, "asked_by", counting)
    step_filling(actor=WEST, home=home, number=west.id, step="submit")
    assert counted == [(west.id, False)]
    for left in (2, 1):
        counted.clear()
        step_filling(actor=EAST, home=home, number=east.id, step="submit")
        assert counted == [(east.id, False), (east.id, True)]
        row = collections.filling_row(east.id)
        assert row is not None and row.unknown == left
        step_filling(actor=LEADER, home=home, number=east.id, step="return", remark="再核对")
    counted.clear()
    step_filling(actor=EAST, home=home, number=east.id, step="submit")
    assert counted == [(east.id, False)]
    with pytest.raises(Conflict):
        step_filling(actor=EAST, home=home, number=west.id, step="submit")
    assert counted == [(east.id, False)]
