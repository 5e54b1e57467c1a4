"""A form with one copy a subject, asked as a collection: for whom, what is asked, each copy in the sender's layout."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from sending import publish
from test_collecting import EAST, LI, LISTED, NOW, OFFICER, STEWARD, TODAY, WANG, ZHANG, home, published

from yici.core.collections.burden import burden_of
from yici.core.collections.states import State
from yici.core.errors import Conflict
from yici.core.periods import around
from yici.services.burden import Scope, demands_in
from yici.services.collecting import publishing, reviewing
from yici.services.collecting.admission import Report
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.proposals import (
    Proposal,
    admission,
    decide,
    get_collection,
    propose,
    propose_again,
)
from yici.services.collecting.questions import questions_for, told_for
from yici.services.collecting.rollup import is_large, roll_up
from yici.storage import collections

__all__ = ["home"]
WHOM = replace(LISTED, name="登记卡", where="")


def card(folder: Path, title: str = "居民登记卡", *, household: bool = False) -> Path:
    """A card with what the pool knows, what it knows of some, and what nobody knows."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    first = ["户主姓名", None, "户编号", None] if household else ["姓名", None, "身份证号码", None]
    for row in (
        [title],
        first,
        *([] if household else [["联系电话", None, "血型", None]]),
        ["家庭住址", None, "养什么", None],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.column_dimensions["B"].width = 29
    file = folder / f"{title}.xlsx"
    book.save(file)
    return file


def proposed(home: Path, proposal: Proposal = WHOM, **form: object) -> int:
    file = card(home.parent, **form)  # type: ignore[arg-type]
    return propose(actor=OFFICER, home=home, file=file, proposal=proposal)


def report(home: Path, number: int) -> Report:
    return admission(home=home, number=number, today=TODAY).report


def send(home: Path, number: int) -> None:
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    publish(actor=OFFICER, home=home, number=number, units=["柳河镇"], as_of=TODAY, days=5, now=NOW)


def test_a_card_must_say_of_whom_it_is(home: Path) -> None:
    with pytest.raises(Conflict, match="还没有说填谁"):
        proposed(home)
    with pytest.raises(Conflict, match="第 2 行"):
        proposed(home, replace(WHOM, named=(LI, "110101199001011237")))
    with pytest.raises(Conflict, match="只能用一个"):
        proposed(home, replace(WHOM, where="年龄 >= 80", named=(LI,)))
    by_filter = proposed(home, replace(WHOM, where="年龄 >= 80"))
    by_list = proposed(home, replace(WHOM, named=(LI.lower(), "", ZHANG, LI)))
    everybody = proposed(home, replace(WHOM, everybody=True))
    assert [report(home, n).cards for n in (by_filter, by_list, everybody)] == [1, 2, 3]
    titled = proposed(home, WHOM, title="80周岁以上老年人登记卡")
    assert get_collection(home=home, number=titled).where == "年龄 >= 80"
    # A household's card for people listed by their own numbers is their household's, once.
    homes = proposed(home, replace(WHOM, named=(LI, WANG)), household=True)
    assert get_collection(home=home, number=homes).named == ("H1",)


@pytest.mark.parametrize(
    "where", [f"身份证号 = '{LI}'", "联系电话 = '13800001111'", "姓名 like '李%'", "银行账号 like '%66'"]
)
def test_whoever_may_not_see_a_value_does_not_ask_how_many_have_it(home: Path, where: str) -> None:
    with pytest.raises(Conflict, match="不能作筛选条件"):
        proposed(home, replace(WHOM, where=where))
    number = proposed(home, replace(WHOM, where="年龄 >= 60"))
    decide(actor=STEWARD, home=home, number=number, step="return", remark="用途？", now=NOW)
    with pytest.raises(Conflict, match="不能作筛选条件"):
        propose_again(actor=OFFICER, home=home, number=number, proposal=replace(WHOM, where=where))


def test_a_list_stays_when_a_returned_card_is_sent_again_even_if_the_title_names_others(home: Path) -> None:
    number = proposed(home, replace(WHOM, named=(ZHANG,)), title="60周岁以上老年人登记卡")
    assert report(home, number).cards == 1
    decide(actor=STEWARD, home=home, number=number, step="return", remark="用途？", now=NOW)
    propose_again(actor=OFFICER, home=home, number=number, proposal=replace(WHOM, purpose="发慰问品"))
    row = get_collection(home=home, number=number)
    assert (row.named, row.where, report(home, number).cards) == ((ZHANG,), "", 1)
    decide(actor=STEWARD, home=home, number=number, step="return", remark="人不对", now=NOW)
    propose_again(actor=OFFICER, home=home, number=number, proposal=replace(WHOM, where="年龄 >= 60"))
    assert (row := get_collection(home=home, number=number)).where == "年龄 >= 60" and row.named == ()


def test_what_was_told_later_is_asked_for_in_the_review(home: Path) -> None:
    file = card(home.parent)
    number = propose(actor=OFFICER, home=home, file=file, proposal=WHOM, whom_later=True)
    found = report(home, number)
    assert (found.verdict, found.cards) == ("return", 0) and "填谁" in found.because
    decide(actor=STEWARD, home=home, number=number, step="return", remark="填谁？", now=NOW)
    with pytest.raises(Conflict, match="还没有说填谁"):
        propose_again(actor=OFFICER, home=home, number=number, proposal=WHOM)
    propose_again(actor=OFFICER, home=home, number=number, proposal=replace(WHOM, named=(WANG,)))
    assert report(home, number).cards == 1
    decide(actor=STEWARD, home=home, number=number, step="return", remark="用途？", now=NOW)
    # The list stays when nothing else is told: its numbers are not shown to be sent again.
    propose_again(actor=OFFICER, home=home, number=number, proposal=WHOM)
    assert get_collection(home=home, number=number).named == (WANG,)


def test_a_card_for_nobody_is_not_approved_and_an_approved_form_can_still_be_put_right(home: Path) -> None:
    number = propose(actor=OFFICER, home=home, file=card(home.parent), proposal=WHOM, whom_later=True)
    with pytest.raises(Conflict, match="还没有说填谁"):
        decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    # One that was approved before this was looked at.
    collections.change_collection(number, state=str(State.APPROVED))
    with pytest.raises(Conflict, match="还没有说填谁"):
        publish(actor=OFFICER, home=home, number=number, units=["柳河镇"], as_of=TODAY, days=5, now=NOW)
    propose_again(actor=OFFICER, home=home, number=number, proposal=replace(WHOM, named=(WANG,)))
    assert get_collection(home=home, number=number).state is State.PROPOSED
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    decide(actor=STEWARD, home=home, number=number, step="return", remark="人不对", now=NOW)
    propose_again(actor=OFFICER, home=home, number=number, proposal=replace(WHOM, named=(LI,)))
    send(home, number)
    with pytest.raises(Conflict, match="填报中"):
        decide(actor=STEWARD, home=home, number=number, step="return", remark="晚了", now=NOW)


def test_each_is_asked_once_across_all_forms_and_gets_a_copy(home: Path, tmp_path: Path) -> None:
    number = proposed(home, replace(WHOM, everybody=True))
    found = report(home, number)
    # Known: three names and numbers, one phone. The address of H1 is missing on two cards and asked once.
    assert (found.known, found.unknown, found.verdict) == (7, 2 + 2 + 3 + 3, "collect")
    send(home, number)
    roster = published(home, "走访", "联系电话")
    assert Report.from_json(get_collection(home=home, number=number).admission).cards == 3
    (group,) = questions_for(actor=EAST, home=home)
    asked = {(q.who, q.words): q for q in group.questions}
    assert [(who, words) for who, words in asked if words in ("联系电话", "居住地址", "家庭住址")] == [
        ("", group.questions[0].words),
        ("王二", "联系电话"),
    ]
    phone = asked["王二", "联系电话"]
    assert [asker.collection for asker in phone.askers] == [roster, number]
    blood = [q for q in group.questions if q.words.endswith("血型")]
    assert {(q.who, q.subject, q.key) for q in blood} == {("李一", "person", LI), ("王二", "person", WANG)}
    filling = collections.fillings_in(collection=number, units=["柳东村"])[0]
    assert filling.cards == 2
    sent = [Answer("13900002222", phone.element, WANG, phone.askers[0].filling)]
    sent += [Answer(f"{q.who}的", "", q.key, filling.id, q.askers[0].sheet, q.askers[0].label) for q in blood]
    outcome = answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    assert (outcome.accepted, outcome.problems) == (3, {})
    (left,) = questions_for(actor=EAST, home=home)
    assert not [q for q in left.questions if q.words.endswith("血型") or q.words == "联系电话"]
    assert {q.who for group in told_for(actor=EAST, home=home) for q in group.questions} == {"李一", "王二"}
    reviewing.step_filling(actor=EAST, home=home, number=filling.id, step="submit")
    assert collections.filling_row(filling.id).unknown == len(left.questions)  # type: ignore[union-attr]
    assert not is_large(home=home, number=number, each_unit=False)
    made = roll_up(actor=OFFICER, home=home, number=number, folder=tmp_path)
    assert made.name == "登记卡.zip"
    with zipfile.ZipFile(made.file) as package:
        assert package.namelist() == [
            "01-柳东村/0001-李一.xlsx", "01-柳东村/0002-王二.xlsx", "02-柳西村/0001-张三.xlsx",
        ]  # fmt: skip
        package.extractall(tmp_path)
    sheet = openpyxl.load_workbook(tmp_path / "01-柳东村" / "0002-王二.xlsx").worksheets[0]
    assert [[cell.value for cell in row] for row in sheet["A2:D3"]] == [
        ["姓名", "王二", "身份证号码", WANG], ["联系电话", "13900002222", "血型", "王二的"],
    ]  # fmt: skip
    assert sheet.column_dimensions["B"].width == 29


def test_a_village_without_anybody_is_not_asked_and_the_next_period_is_for_the_same(home: Path, tmp_path: Path) -> None:
    number = proposed(home, replace(WHOM, named=(ZHANG,)))
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    about = {"units": ["柳河镇"], "as_of": TODAY, "days": 5, "recurring": "month", "now": NOW}
    publish(actor=OFFICER, home=home, number=number, **about)  # type: ignore[arg-type]
    east, west = collections.fillings_in(collection=number)
    assert (east.cards, str(east.state), west.cards, str(west.state)) == (0, "submitted", 1, "open")
    assert collections.events_of(east.id)[-1].remark == "没有要填的对象，自动报送"
    assert not questions_for(actor=EAST, home=home)
    following = publishing.close_collection(actor=OFFICER, home=home, number=number, now=NOW, confirmed=True)
    assert following is not None and get_collection(home=home, number=following).named == (ZHANG,)


def test_the_burden_of_a_card_is_that_of_the_copies_there_were_when_it_was_sent(home: Path) -> None:
    number = proposed(home, replace(WHOM, named=(LI,)))
    promised = report(home, number)
    send(home, number)
    period = around(timezone.localdate(NOW), "month")
    found = demands_in(home=home, period=period, scope=Scope())
    whole = burden_of(found)
    assert (whole.forms, len(found), whole.known) == (
        promised.cards,
        len(collections.fillings_in(collection=number)),
        promised.known,
    )
    assert (whole.minutes_asked, whole.minutes_left) == (promised.minutes_by_hand, promised.minutes_left)
    assert {one.unit: one.forms for one in found} == {"柳东村": 1, "柳西村": 0}
