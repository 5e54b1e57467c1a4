"""The whole life of a collection: proposed, reviewed, sent, answered once for all forms, checked, rolled up."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import Any

import openpyxl
import pytest
from django.db import connections
from sending import publish

from kept_homes import prepared
from yici.core.access.actors import Actor, Post, Role
from yici.core.collections.states import FillingState, State
from yici.core.errors import Conflict, NotFound
from yici.core.manifest import BatchFacts
from yici.services import office_days
from yici.services.auditing import verify_audit
from yici.services.collecting import publishing, reviewing
from yici.services.collecting.answering import Answer, answer
from yici.services.collecting.proposals import Proposal, admission, decide, get_collection, kept_report, propose
from yici.services.collecting.questions import Question, questions_for, told_for
from yici.services.collecting.rollup import roll_up
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.records import show_subject
from yici.services.units import add_units
from yici.storage import audit, collections
from yici.storage.entries import NewEntry, add_entries, entries_from
from yici.storage.packs import load_registry
from yici.storage.references import references_of

NOW, TODAY = datetime(2026, 3, 2, 9, tzinfo=UTC), date(2026, 3, 2)
REGISTRY = load_registry()
PEOPLE = [
    ("柳东村", "H1", "李一", "11010519491231002X", "户主", "13800001111"),
    ("柳东村", "H1", "王二", "110105195001010014", "配偶", ""),
    ("柳西村", "H2", "张三", "110105194501010010", "户主", ""),
]


def number(body: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body[:17] + "10X98765432"[sum(int(d) * w for d, w in zip(body[:17], weights, strict=True)) % 11]


LI, WANG, ZHANG = (number(person[3]) for person in PEOPLE)

OFFICER = Actor(1, "zhou", posts=(Post(Role.OFFICER, organisation="民政局"),))
STEWARD = Actor(2, "chen", posts=(Post(Role.STEWARD),))
EAST = Actor(3, "wang", posts=(Post(Role.CLERK, unit="柳东村"),), units=frozenset({"柳东村"}))
WEST = Actor(4, "zhao", posts=(Post(Role.CLERK, unit="柳西村"),), units=frozenset({"柳西村"}))
LEADER = Actor(5, "lin", posts=(Post(Role.LEADER, unit="柳河镇"),), units=frozenset({"柳河镇", "柳东村", "柳西村"}))
LISTED = Proposal(
    "老年人走访", "民政局", "发放慰问品", "年龄 >= 60", "民统1表", "市统计局", "市统字〔2026〕1号", date(2027, 1, 1)
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    prepared(home, "two villages with three people", lambda: bring(home, tmp_path / "人口.csv"))
    return home


def bring(home: Path, ledger: Path) -> None:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    lines = ["村,户编号,姓名,身份证号,与户主关系,联系电话"]
    lines += [",".join((*person[:3], number(person[3]), *person[4:])) for person in PEOPLE]
    ledger.write_text("\n".join(lines), "utf-8")
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=home, registry=REGISTRY, actor="甲")
    open_pool(home).projection().close()  # What follows reads golden records that are there already.


def form(folder: Path, name: str, *columns: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([f"老年人走访慰问花名册（{name}）"])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=3 + len(columns))
    sheet.append(["序号", "姓名", "身份证号码", *columns])
    file = folder / f"{name}.xlsx"
    book.save(file)
    return file


def published(home: Path, name: str, *columns: str, proposal: Proposal = LISTED) -> int:
    file = form(home.parent, name, *columns)
    collection = propose(actor=OFFICER, home=home, file=file, proposal=replace(proposal, name=name))
    decide(actor=STEWARD, home=home, number=collection, step="approve", now=NOW)
    publish(actor=OFFICER, home=home, number=collection, units=["柳河镇"], as_of=date(2026, 2, 28), days=5, now=NOW)
    return collection


def test_the_admission_report_says_what_it_costs_and_who_asks_the_same(home: Path) -> None:
    collection = propose(actor=OFFICER, home=home, file=form(home.parent, "一", "联系电话", "血型"), proposal=LISTED)
    report = admission(home=home, number=collection, today=TODAY).report
    # Three names and numbers, one phone; two phones and three 血型 nobody knows.
    assert (report.known, report.unknown) == (7, 5)
    assert {missing.label: missing.cells for missing in report.missing} == {"血型": 3, "联系电话": 2}
    assert report.verdict == "collect" and not report.legal and not report.alike
    assert report.minutes_left < report.minutes_by_hand
    decide(actor=STEWARD, home=home, number=collection, step="approve", now=NOW)
    kept = get_collection(home=home, number=collection)
    assert kept_report(kept) == report
    again = propose(actor=OFFICER, home=home, file=form(home.parent, "二", "血型", "星座", "性别"), proposal=LISTED)
    report = admission(home=home, number=again, today=TODAY).report
    # One field of three is asked again; whose row it is asks nothing.
    assert [(one.collection, one.fields) for one in report.alike] == [(collection, ("血型",))]
    assert (report.alike_all, report.alike_more) == (1, 0)


def test_what_the_pool_learned_after_the_forms_day_can_be_told_for_that_day(home: Path) -> None:
    published(home, "走访", "联系电话")
    told = NewEntry("person", WANG, "person.phone", "13900002222", "13900002222")
    add_entries([told], actor="wang", as_of=TODAY, source="")
    (phone,) = asked_phones(home)
    sent = Answer("13900002222", phone.element, WANG, phone.askers[0].filling)

    def send(submission: str) -> tuple[int, int]:
        outcome = answer(actor=EAST, home=home, submission=submission, answers=[sent], today=TODAY)
        return outcome.accepted, outcome.unchanged

    # The entry is of 2 March, the form of 28 February.
    assert send("device-0001") == (1, 0) and not asked_phones(home)
    assert send("device-0002") == (0, 1)


def asked_phones(home: Path) -> list[Question]:
    asked = [question for group in questions_for(actor=EAST, home=home) for question in group.questions]
    return [question for question in asked if (question.who, question.words) == ("王二", "联系电话")]


def test_closing_a_collection_while_it_is_answered_waits_for_neither_for_ever(
    database: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = published(home, "走访", "联系电话", "血型")
    (group,) = questions_for(actor=EAST, home=home)
    asked = {(question.who, question.words): question for question in group.questions}
    phone, blood = asked["王二", "联系电话"], asked["王二", "血型"]
    asker = blood.askers[0]
    answers = [
        Answer("13900002222", phone.element, WANG, asker.filling),
        Answer("B", "", blood.key, asker.filling, asker.sheet, asker.label),
    ]
    locked, counted = Event(), Event()
    change, append = collections.change_collection, audit.append_many

    def changed(number: int, **values: object) -> None:
        change(number, **values)
        locked.set()
        if database == "postgresql":  # SQLite lets one write at a time: nobody else gets this far.
            assert counted.wait(20)

    def appended(**values: Any) -> None:
        append(**values)
        if any(action == "answer.add" for action, _, _ in values["about"]):
            counted.set()

    monkeypatch.setattr(collections, "change_collection", changed)
    monkeypatch.setattr(audit, "append_many", appended)

    def close() -> None:
        publishing.close_collection(actor=OFFICER, home=home, number=collection, now=NOW, confirmed=True)
        connections.close_all()

    def tell() -> int:
        assert locked.wait(20)
        outcome = answer(actor=EAST, home=home, submission="device-0003", answers=answers, today=TODAY)
        connections.close_all()
        return outcome.accepted

    with ThreadPoolExecutor(2) as both:
        closing, telling = both.submit(close), both.submit(tell)
        # On SQLite the answers come after the end: what is told of the pool stays, the form takes no more.
        accepted = telling.result(60)
        assert accepted == (2 if database == "postgresql" else 1)
        closing.result(60)
    told = [*entries_from(f"collection:{collection}"), *entries_from("")]
    assert len(told) + len(collections.answers_of(collection)) == accepted
    assert get_collection(home=home, number=collection).state is State.CLOSED


def test_a_form_handed_in_between_reading_and_writing_takes_nothing_more(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection = published(home, "走访", "联系电话", "血型")
    east = next(row.id for row in collections.fillings_in(units=["柳东村"]))
    own = Answer("B", key=LI, filling=east, sheet="Sheet", label="血型")
    phone = Answer("13900002222", "person.phone", WANG, east)
    states_of = collections.states_of

    def handed_in(numbers: Iterable[int]) -> dict[int, FillingState]:
        monkeypatch.setattr(collections, "states_of", states_of)
        collections.move_filling(east, FillingState.SUBMITTED, "submit", by="王")
        return states_of(numbers)

    monkeypatch.setattr(collections, "states_of", handed_in)
    outcome = answer(actor=EAST, home=home, submission="device-0004", answers=[own, phone], today=TODAY)
    assert outcome.accepted == 1 and outcome.problems[0]["code"] == "filling-closed"
    # What is told of the pool stays, as of today and not for that form.
    assert not collections.answers_of(collection) and not entries_from(f"collection:{collection}")
    assert [entry.value for entry in entries_from("")] == ["13900002222"]


def test_what_the_pool_has_is_taken_and_what_lacks_its_marks_is_returned(home: Path) -> None:
    file = form(home.parent, "三", "性别")
    whole = propose(actor=OFFICER, home=home, file=file, proposal=LISTED)
    assert admission(home=home, number=whole, today=TODAY).report.verdict == "take"
    bare = Proposal("三", "民政局", "看看")
    unmarked = propose(actor=OFFICER, home=home, file=file, proposal=bare)
    report = admission(home=home, number=unmarked, today=TODAY).report
    assert report.verdict == "return" and len(report.legal) == 4
    urgent = propose(actor=OFFICER, home=home, file=file, proposal=replace(bare, urgent=True))
    assert admission(home=home, number=urgent, today=TODAY).report.verdict == "take"


def test_steps_are_taken_in_order_and_with_reasons(home: Path) -> None:
    collection = propose(actor=OFFICER, home=home, file=form(home.parent, "四", "血型"), proposal=LISTED)
    with pytest.raises(Conflict, match="现在是"):
        publish(actor=OFFICER, home=home, number=collection, units=["柳河镇"], as_of=TODAY, days=5, now=NOW)
    with pytest.raises(Conflict, match="理由"):
        decide(actor=STEWARD, home=home, number=collection, step="return", now=NOW)
    with pytest.raises(NotFound):
        decide(actor=STEWARD, home=home, number=99, step="approve", now=NOW)
    assert (
        decide(actor=STEWARD, home=home, number=collection, step="refuse", remark="没有用途", now=NOW) is State.REFUSED
    )
    with pytest.raises(Conflict):
        decide(actor=STEWARD, home=home, number=collection, step="approve", now=NOW)
    with pytest.raises(Conflict) as missing:
        propose(actor=OFFICER, home=home, file=form(home.parent, "五", "血型"), proposal=Proposal("", ""))
    assert [p.code for p in missing.value.problems] == ["organisation-missing", "purpose-missing"]


def test_one_question_answers_every_open_form(home: Path) -> None:
    first, second = published(home, "甲表", "联系电话"), published(home, "乙表", "联系电话", "性别")
    (group,) = questions_for(actor=EAST, home=home)
    (question,) = group.questions
    assert (group.words, question.key, question.words) == ("李一 户", WANG, "联系电话")
    assert {asker.collection for asker in question.askers} == {first, second}
    sent = [Answer("13900002222", question.element, question.key, question.askers[0].filling)]
    outcome = answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    assert outcome.accepted == 1
    assert not questions_for(actor=EAST, home=home)
    assert "13900002222" in repr(show_subject(home=home, key=WANG))
    assert questions_for(actor=WEST, home=home)


def test_the_same_submission_counts_once_and_another_under_its_name_is_refused(home: Path) -> None:
    published(home, "甲表", "联系电话")
    sent = [Answer("13900002222", "person.phone", WANG)]
    first = answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    again = answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    assert again.repeated and (again.accepted, again.problems) == (first.accepted, first.problems)
    with pytest.raises(Conflict, match="没有保存"):
        other = [Answer("13900003333", "person.phone", WANG)]
        answer(actor=EAST, home=home, submission="device-0001", answers=other, today=TODAY)
    assert collections.find_submission("device-0001") is not None
    assert not verify_audit(home=home).broken


def test_answers_are_checked_by_their_elements_rules_and_nothing_is_lost(home: Path) -> None:
    filling = published(home, "甲表", "联系电话", "血型") and collections.fillings_in(units=["柳东村"])[0]
    sent = [
        Answer("123", "person.phone", WANG),
        Answer("13800001111", "person.phone", LI),
        Answer("13900004444", "person.phone", ZHANG),
        Answer("A型", key=LI, filling=filling.id, sheet="Sheet", label="血型"),
        Answer("1", "person.age", LI),
    ]
    outcome = answer(actor=EAST, home=home, submission="device-0002", answers=sent, today=TODAY)
    assert {place: problem["code"] for place, problem in outcome.problems.items()} == {
        0: "phone_wrong_length" if "phone_wrong_length" in repr(outcome.problems) else outcome.problems[0]["code"],
        2: "not-yours",
        4: "unknown-element",
    }
    # A value equal to what the pool holds is no new source.
    assert (outcome.accepted, outcome.unchanged) == (1, 1)
    assert collections.answers_of(filling.collection)["柳东村", LI, "Sheet", "血型"] == "A型"


def test_from_village_to_department_and_back(home: Path) -> None:
    collection = published(home, "甲表", "血型")
    east, west = (row.id for row in collections.fillings_in(collection=collection))
    assert reviewing.step_filling(actor=EAST, home=home, number=east, step="submit") is FillingState.SUBMITTED
    with pytest.raises(Conflict, match="柳西村"):
        reviewing.step_filling(actor=EAST, home=home, number=west, step="submit")
    with pytest.raises(Conflict):
        reviewing.step_filling(actor=EAST, home=home, number=east, step="accept")
    assert [row.unit for row in reviewing.fillings_to_review(actor=LEADER, home=home)] == ["柳东村"]
    assert reviewing.step_filling(actor=LEADER, home=home, number=east, step="check") is FillingState.CHECKED
    with pytest.raises(Conflict, match="理由"):
        reviewing.step_filling(actor=OFFICER, home=home, number=east, step="return")
    reviewing.step_filling(actor=OFFICER, home=home, number=east, step="return", remark="血型请核对")
    assert collections.events_of(east)[-1].remark == "血型请核对"
    reviewing.step_filling(actor=EAST, home=home, number=east, step="submit")
    reviewing.step_filling(actor=WEST, home=home, number=west, step="submit")
    done = reviewing.step_fillings(actor=OFFICER, home=home, numbers=[east, west], step="accept")
    assert set(done.values()) == {FillingState.ACCEPTED}
    with pytest.raises(Conflict, match="不能这样做"):
        reviewing.step_filling(actor=EAST, home=home, number=east, step="withdraw", remark="李一的写错了")
    with pytest.raises(Conflict, match="退回填报"):
        reviewing.step_filling(actor=EAST, home=home, number=east, step="reopen", remark="李一的写错了")
    reviewing.step_filling(actor=OFFICER, home=home, number=east, step="reopen", remark="李一的写错了")
    assert collections.filling_row(east).state is FillingState.OPEN  # type: ignore[union-attr]


def test_a_clerk_takes_back_what_nobody_has_looked_at_and_corrects_it(home: Path) -> None:
    collection = published(home, "甲表", "联系电话", "血型")
    east = collections.fillings_in(collection=collection)[0].id
    sent = [
        Answer("13900002222", "person.phone", WANG, east),
        Answer("A型", key=LI, filling=east, sheet="Sheet", label="血型"),
    ]
    answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    reviewing.step_filling(actor=EAST, home=home, number=east, step="submit")
    assert not told_for(actor=EAST, home=home)
    with pytest.raises(Conflict, match="退回填报"):
        reviewing.step_filling(actor=EAST, home=home, number=east, step="return", remark="自己退回")
    reviewing.step_filling(actor=EAST, home=home, number=east, step="withdraw", remark="写错了")
    (group,) = told_for(actor=EAST, home=home)
    assert {(q.who, q.words, q.value) for q in group.questions} == {
        ("李一", "血型", "A型"),
        ("王二", "联系电话", "13900002222"),
    }
    sent = [Answer("B型", key=LI, filling=east, sheet="Sheet", label="血型")]
    assert answer(actor=EAST, home=home, submission="device-0002", answers=sent, today=TODAY).accepted == 1
    (group,) = told_for(actor=EAST, home=home)
    assert "B型" in {q.value for q in group.questions}


def test_an_answer_counts_for_a_form_only_while_it_is_open_and_ones_own(home: Path) -> None:
    collection = published(home, "甲表", "联系电话")
    east, west = (row.id for row in collections.fillings_in(collection=collection))
    reviewing.step_filling(actor=EAST, home=home, number=east, step="submit")
    for place, filling in enumerate((east, west)):
        sent = [Answer(f"1390000222{place}", "person.phone", WANG, filling)]
        assert answer(actor=EAST, home=home, submission=f"device-000{place}", answers=sent, today=TODAY).accepted == 1
    assert not entries_from(f"collection:{collection}")


def test_what_cannot_be_right_is_not_taken(home: Path) -> None:
    wrong = {"person.birth_date": ("1950-01-02", "birth_not_of_id"), "person.sex": ("女", "sex_not_of_id"),
             "person.party_join_date": ("2026-03-03", "date_ahead")}  # fmt: skip
    sent = [Answer(value, element, WANG) for element, (value, _) in wrong.items()]
    outcome = answer(actor=EAST, home=home, submission="device-0001", answers=sent, today=TODAY)
    assert [problem["code"] for problem in outcome.problems.values()] == [code for _, code in wrong.values()]
    # A year or month that agrees so far is no contradiction; pages name people by codes.
    code = references_of([("person", WANG)])["person", WANG]
    sent = [Answer("2026-03", "person.party_join_date", code)]
    assert answer(actor=EAST, home=home, submission="device-0002", answers=sent, today=TODAY).accepted == 1


def test_the_roll_up_is_the_senders_form_with_all_that_was_told(home: Path, tmp_path: Path) -> None:
    collection = published(home, "甲表", "联系电话", "血型")
    for actor, key in ((EAST, LI), (EAST, WANG), (WEST, ZHANG)):
        filling = collections.fillings_in(units=actor.units, collection=collection)[0]
        sent = [
            Answer("13900009999", "person.phone", key, filling.id),
            Answer("A型", key=key, filling=filling.id, sheet="Sheet", label="血型"),
        ]
        answer(actor=actor, home=home, submission=f"device-{key}", answers=sent, today=TODAY)
    made = roll_up(actor=OFFICER, home=home, number=collection, folder=tmp_path)
    rows = list(openpyxl.load_workbook(made.file).worksheets[0].iter_rows(min_row=3, values_only=True))
    assert made.left == 0
    assert [row[1:] for row in rows if row[1]] == [
        ("李一", LI, "13900009999", "A型"),
        ("王二", WANG, "13900009999", "A型"),
        ("张三", ZHANG, "13900009999", "A型"),
    ]
    package = roll_up(actor=OFFICER, home=home, number=collection, folder=tmp_path, each_unit=True)
    assert package.file.suffix == ".zip"


def test_a_unit_of_which_all_is_known_is_not_asked(home: Path) -> None:
    collection = published(home, "甲表", "性别")
    assert {row.state for row in collections.fillings_in(collection=collection)} == {FillingState.SUBMITTED}
    assert not questions_for(actor=EAST, home=home)


def test_a_recurring_collection_opens_its_next_one(home: Path) -> None:
    file = form(home.parent, "月报", "血型")
    collection = propose(actor=OFFICER, home=home, file=file, proposal=LISTED)
    decide(actor=STEWARD, home=home, number=collection, step="approve", now=NOW)
    due = publish(
        actor=OFFICER, home=home, number=collection, units=["柳东村"], as_of=TODAY, days=5, recurring="month", now=NOW
    )
    assert due == date(2026, 3, 9)
    following = publishing.close_collection(actor=OFFICER, home=home, number=collection, now=NOW, confirmed=True)
    assert following is not None
    assert get_collection(home=home, number=following).state is State.APPROVED
    assert office_days.due_after(date(2026, 9, 30), 1) == date(2026, 10, 8)


def test_two_connections_with_one_submission_take_it_once(home: Path) -> None:
    published(home, "甲表", "联系电话")
    sent = [Answer("13900002222", "person.phone", WANG)]
    import threading

    outcomes: list[bool] = []

    def send() -> None:
        try:
            outcomes.append(answer(actor=EAST, home=home, submission="device-0009", answers=sent, today=TODAY).repeated)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True, True, True]


def test_a_forms_own_slots_are_answered_only_by_whose_they_are(home: Path) -> None:
    published(home, "血型", "血型")
    east, west = (next(row.id for row in collections.fillings_in(units=[unit])) for unit in ("柳东村", "柳西村"))
    sent = [
        Answer("A型", key=LI, filling=east, sheet="Sheet", label="血型"),
        # Somebody of the other village, somebody nobody knows, and slots the form has not.
        Answer("坏数据", key=ZHANG, filling=east, sheet="Sheet", label="血型"),
        Answer("坏数据", key="nobody", filling=east, sheet="Sheet", label="血型"),
        Answer("坏数据", key=LI, filling=east, sheet="Sheet", label="星座"),
        Answer("坏数据", key=LI, filling=east, sheet="另一张", label="血型"),
        Answer("坏数据", key=ZHANG, filling=west, sheet="Sheet", label="血型"),
    ]
    outcome = answer(actor=EAST, home=home, submission="slots-of-others", answers=sent, today=TODAY)
    codes = {place: problem["code"] for place, problem in outcome.problems.items()}
    assert codes == {1: "not-yours", 2: "not-yours", 3: "no-such-slot", 4: "no-such-slot", 5: "not-yours"}
    assert outcome.accepted == 1


def test_the_audit_tells_of_an_answer_to_the_pool_and_of_one_to_the_form_in_order(home: Path) -> None:
    published(home, "走访", "联系电话", "血型")
    (group,) = questions_for(actor=EAST, home=home)
    asked = {(question.who, question.words): question for question in group.questions}
    blood = asked["王二", "血型"]
    asker = blood.askers[0]
    own = Answer("B", "", blood.key, asker.filling, asker.sheet, asker.label)
    phone = Answer("13900002222", "person.phone", WANG, asker.filling)
    for number, answers in enumerate(([own, phone], [own])):
        answer(actor=EAST, home=home, submission=f"device-000{number}", answers=answers, today=TODAY)
    told = [(line.action, line.detail.get("slots")) for line in audit.lines(3)]
    assert told == [("entry.add", None), ("answer.add", 1), ("answer.add", 1)]
    assert not list(audit.broken_links())


def test_where_a_number_is_asked_words_are_told_so_at_once(home: Path) -> None:
    published(home, "住房面积（平方米）", "住房面积（平方米）")
    east = next(row.id for row in collections.fillings_in(units=["柳东村"]))
    asker = questions_for(actor=EAST, home=home)[0].questions[0].askers[0]
    texts = ["约50", "80平", "无", "80.5"]
    sent = [Answer(text, key=LI, filling=east, sheet=asker.sheet, label=asker.label) for text in texts]
    outcome = answer(actor=EAST, home=home, submission="numbers-only", answers=sent, today=TODAY)
    assert {place: problem["code"] for place, problem in outcome.problems.items()} == dict.fromkeys(
        (0, 1, 2), "number-odd"
    )
    assert outcome.accepted == 1


def test_a_collection_is_called_by_the_title_of_its_form_unless_somebody_names_it(home: Path) -> None:
    file = form(home.parent, "五", "血型")
    number = propose(actor=OFFICER, home=home, file=file, proposal=replace(LISTED, name=" "))
    assert get_collection(home=home, number=number).name == "老年人走访慰问花名册(五)"
