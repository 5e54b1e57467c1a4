"""Matching policies over a small pool: verdicts, exclusions, changes by edits, imports, withdrawal and time."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))
from small_pool import add, id_number

from kept_homes import prepared
from yici import storage
from yici.engine import match_state
from yici.services.batches import withdraw
from yici.services.match_explaining import explain_matches
from yici.services.match_lists import list_matches
from yici.services.match_questions import open_questions
from yici.services.match_workbook import write_lists
from yici.services.matching import match_policies, open_matching, record_open
from yici.storage import audit
from yici.storage.batches import list_batches
from yici.storage.entries import NewEntry, add_entries
from yici.storage.matches import changes_since, last_run

OLD, YOUNG, NEAR, BLANK = (
    id_number("370181", born, n) for n, born in enumerate(("19400101", "19900101", "19470601", "19400202"), 1)
)
DAY = date(2026, 1, 31)

POLICIES = """
id: old-age
title: 高龄津贴
issuer: 某县
source: {title: 示例, date: 2025-01-01}
valid: {from: 2025-01-01, to: null}
subject: person
mode: 免申即享
clauses:
  - {id: age, words: 年满80周岁, when: "年龄 >= 80"}
  - {id: local, words: 本地户籍, when: "人员类别 = '户籍人口'"}
benefit: {amount: 100, unit: 元/月}
---
id: care
title: 失能补贴
issuer: 某县
source: {title: 示例, date: 2025-01-01}
valid: {from: 2025-01-01, to: null}
subject: person
mode: 申报
clauses:
  - {id: age, words: 年满60周岁, when: "年龄 >= 60"}
  - {id: alone, words: 独居, when: "是否独居 = '是'"}
benefit: {amount: "case when 年龄 >= 85 then 150 else 120 end", unit: 元/月}
excludes: [old-age]
---
id: big-family
title: 多老人家庭慰问
issuer: 某县
source: {title: 示例, date: 2025-01-01}
valid: {from: 2025-01-01, to: null}
subject: household
mode: 申报
clauses:
  - {id: two, words: 家中有两位80岁以上老人, when: "count(户.人 where 年龄 >= 80) >= 2"}
benefit: {amount: 500, unit: 元}
"""


def person(number: str, **values: Any) -> dict[str, Any]:
    return {"person.id_number": number, "person.name": "某某", "household.number": "H1", **values}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "pack/policies").mkdir(parents=True)
    (tmp_path / "pack/policies/all.yaml").write_text(POLICIES, "utf-8")
    home = tmp_path / "data"
    prepared(home, "four people", lambda: bring(home))
    return home


def bring(home: Path) -> None:
    storage.setup(home)
    rows = [
        person(OLD, **{"person.residence_type": "户籍人口", "person.lives_alone": True}),
        person(YOUNG, **{"person.residence_type": "户籍人口"}),
        person(NEAR, **{"person.residence_type": "户籍人口", "household.number": "H2"}),
        person(BLANK, **{"household.number": "H3"}),
    ]
    add(home, "公安局", "2026-01-01", rows)


def match(home: Path, day: date = DAY, *, record: bool = True) -> Any:
    return match_policies(home=home, actor="测试员", day=day, record=record, folders=[home.parent / "pack"])


def edit(home: Path, key: str, element: str, value: str, *, subject: str = "person") -> None:
    add_entries([NewEntry(subject, key, element, value)], actor="李四", as_of=date(2026, 1, 10))


def outcomes(report: Any, policy: str) -> dict[str, int]:
    (found,) = [one for one in report.policies if one.rule.id == policy]
    return dict(found.matches.table.select("key", f"o{found.place}").iter_rows())


def test_verdicts_amounts_and_exclusions(home: Path) -> None:
    report = match(home)
    assert outcomes(report, "old-age") == {OLD: 2, YOUNG: 0, NEAR: 0, BLANK: -1}
    assert outcomes(report, "care") == {OLD: 1, YOUNG: 0, NEAR: -1, BLANK: -1}
    by_id = {one.rule.id: one for one in report.policies}
    assert by_id["care"].total == 150 and by_id["old-age"].total == 0 and by_id["old-age"].near == 2


def test_reasons_in_words_and_near_misses(home: Path) -> None:
    with open_matching(home=home, day=DAY, folders=[home.parent / "pack"]).projection:
        pass
    matching = open_matching(home=home, wanted=["old-age"], day=DAY, folders=[home.parent / "pack"])
    with matching.projection:
        (one,) = matching.report().policies
        lines = {line.key: line for line in list_matches(matching, one)}
        assert lines[OLD].outcome == "符合但让位" and "失能补贴" in lines[OLD].reasons
        assert lines[NEAR].reasons == "不符合“年满80周岁”：年龄差 2岁"
        assert "人员类别" in lines[BLANK].reasons and YOUNG in lines
        told = {one.policy: one for one in explain_matches(matching, NEAR)}
        assert told["old-age"].outcome == "不符合" and "78" in told["old-age"].clauses[0].seen
        blank = {one.policy: one for one in explain_matches(matching, BLANK)}
        assert any("人员类别 没有记录" in clause.seen for clause in blank["old-age"].clauses)
        counts = write_lists(matching, matching.report(), home / "lists.xlsx")
        assert counts == {"old-age": 4}


def test_the_first_run_is_a_baseline_and_a_second_one_changes_nothing(home: Path) -> None:
    first = match(home).recorded
    assert (first.cause, first.changes) == ("first", ())
    assert match(home).recorded.run == 0
    assert audit.lines()[-1].action == "match.run"


def test_an_edit_is_matched_again_for_the_touched_only(home: Path) -> None:
    match(home)
    edit(home, BLANK, "person.residence_type", "户籍人口")
    recorded = match(home).recorded
    assert recorded.cause == "data" and recorded.judged <= 2
    (change,) = recorded.changes
    assert (change.policy, change.key, change.kind) == ("old-age", BLANK, "eligible")
    assert change.cause == "人员类别由李四修改" and change.amount_after == 100
    assert [one.key for one in changes_since(None)] == [BLANK]


def test_a_members_edit_touches_the_household(home: Path) -> None:
    match(home)
    edit(home, YOUNG, "person.birth_date", "1940-05-05")
    kinds = {(change.policy, change.key, change.kind) for change in match(home).recorded.changes}
    assert ("big-family", "H1", "eligible") in kinds and ("old-age", YOUNG, "eligible") in kinds


def test_time_alone_changes_matches(home: Path) -> None:
    match(home)
    recorded = match(home, date(2027, 6, 1)).recorded
    assert recorded.cause == "day"
    (change,) = [one for one in recorded.changes if one.key == NEAR]
    assert (change.policy, change.kind) == ("old-age", "eligible") and "2027-06-01" in change.cause


def test_an_earlier_day_is_answered_but_not_recorded(home: Path) -> None:
    match(home, date(2027, 6, 1))
    before = last_run()
    assert match(home).recorded.run == 0 and last_run() == before
    assert outcomes(match(home, record=False), "old-age") == {OLD: 2, YOUNG: 0, NEAR: 0, BLANK: -1}


def test_the_same_day_gives_the_same_answer_after_later_records(home: Path) -> None:
    table = match(home, date(2026, 1, 5), record=False).policies[0].matches.table
    edit(home, BLANK, "person.residence_type", "户籍人口")
    assert match(home, date(2026, 1, 5), record=False).policies[0].matches.table.equals(table)


def test_a_changed_policy_is_a_cause_of_its_own(home: Path) -> None:
    match(home)
    (home.parent / "pack/policies/all.yaml").write_text(POLICIES.replace('年龄 >= 80"}', '年龄 >= 75"}'), "utf-8")
    recorded = match(home).recorded
    assert recorded.cause == "policy"
    assert {(c.policy, c.key, c.cause) for c in recorded.changes} == {("old-age", NEAR, "政策或参数变动")}


def test_what_leaves_the_pool_is_lost(home: Path) -> None:
    match(home)
    withdraw(home=home, actor="测试员", batch=list_batches()[0].batch)
    kinds = {(change.policy, change.key, change.kind) for change in match(home).recorded.changes}
    assert ("care", OLD, "lost") in kinds and ("old-age", OLD, "lost") in kinds


def test_incremental_and_whole_states_agree(home: Path) -> None:
    match(home)
    for number in range(4):
        edit(home, NEAR, "person.lives_alone", "true" if number % 2 == 0 else "false")
        match(home)
    run = last_run()
    assert run is not None and len(run.files["person"]) > 1
    kept = match_state.read_state(home, run.files["person"]).sort("key")
    whole = match_state.state_table(match(home).policies[0].matches).sort("key")
    assert kept.select(whole.columns).equals(whole)


def test_a_lost_state_begins_anew(home: Path) -> None:
    match(home)
    for path in (home / match_state.FOLDER).glob("*.arrow"):
        path.unlink()
    assert match(home).recorded.cause == "first"


def test_files_that_no_run_names_are_swept(home: Path) -> None:
    match(home)
    (home / match_state.FOLDER / "left-by-a-killed-process.arrow").write_bytes(b"")
    edit(home, BLANK, "person.residence_type", "户籍人口")
    match(home)
    assert not (home / match_state.FOLDER / "left-by-a-killed-process.arrow").exists()


def test_unknown_becomes_questions_most_decisive_first(home: Path) -> None:
    matching = open_matching(home=home, day=DAY, folders=[home.parent / "pack"])
    with matching.projection:
        record_open(matching, actor="测试员")
        questions = open_questions(matching, matching.report().policies)
    asked = {(question.key, question.element): question for question in questions}
    assert asked[BLANK, "person.residence_type"].alone == ["old-age"]
    assert asked[BLANK, "person.lives_alone"].alone == ["care"]
    assert (NEAR, "person.lives_alone") in asked and len(asked) == 3


REGISTER = """
---
id: not-tekun
title: 护理补贴
issuer: 某县
source: {title: 示例, date: 2025-01-01}
valid: {from: 2025-01-01, to: null}
subject: person
mode: 申报
clauses:
  - {id: local, words: 本地户籍, when: "人员类别 = '户籍人口'"}
  - {id: not-tekun, words: 未纳入特困供养, when: "listed(是否特困供养, '否') = '否'"}
benefit: {amount: 80, unit: 元/月}
"""


def test_a_register_nobody_imported_leaves_everybody_unknown_until_it_comes(home: Path) -> None:
    (home.parent / "pack/policies/all.yaml").write_text(POLICIES + REGISTER, "utf-8")
    report = match(home)
    assert outcomes(report, "not-tekun") == {OLD: -1, YOUNG: -1, NEAR: -1, BLANK: -1}
    (missing,) = report.missing_registers
    assert (missing.name, missing.policies) == ("是否特困供养", ("护理补贴",)) and missing.authority
    matching = open_matching(home=home, wanted=["not-tekun"], day=DAY, folders=[home.parent / "pack"])
    with matching.projection:
        (one,) = matching.report().policies
        assert {q.element for q in open_questions(matching, [one])} == {"person.residence_type"}
        assert "是否特困供养（名册未导入）" in {line.key: line.reasons for line in list_matches(matching, one)}[OLD]
        (told,) = explain_matches(matching, OLD)
        assert told.outcome == "缺数据" and "库里还没有导入这个名册" in told.clauses[1].seen
        assert told.asked == ("是否特困供养",)
    add(home, "民政局", "2026-01-05", [{"person.id_number": NEAR, "person.name": "某某", "person.tekun": True}])
    report = match(home)
    assert outcomes(report, "not-tekun") == {OLD: 1, YOUNG: 1, NEAR: 0, BLANK: -1} and not report.missing_registers
    assert report.recorded.cause == "register" and report.recorded.judged >= 4
    causes = {c.key: (c.kind, c.cause[:6]) for c in report.recorded.changes if c.policy == "not-tekun"}
    assert causes[OLD] == causes[YOUNG] == ("eligible", "首次导入名册") and causes[NEAR][0] == "ruled_out"
    assert match(home).recorded.run == 0
    assert outcomes(match(home, date(2026, 1, 3), record=False), "not-tekun")[OLD] == -1
    withdraw(home=home, actor="测试员", batch=list_batches()[-1].batch)
    report = match(home)
    assert report.recorded.cause == "register" and outcomes(report, "not-tekun")[OLD] == -1


def test_policies_are_compiled_once_until_a_file_or_the_day_changes(home: Path) -> None:
    folder = home.parent / "pack"

    def rules(day: date) -> tuple[Any, ...]:
        matching = open_matching(home=home, day=day, folders=[folder])
        matching.projection.close()
        return matching.rules

    first = rules(DAY)
    assert all(one is other for one, other in zip(first, rules(date.fromisoformat(DAY.isoformat())), strict=True))
    assert not any(one is other for one, other in zip(first, rules(DAY.replace(day=DAY.day % 28 + 1)), strict=True))
    file = folder / "policies/all.yaml"
    file.write_text(file.read_text("utf-8").replace("年龄 >= 60", "年龄 >= 61"), "utf-8")
    assert not all(one is other for one, other in zip(first, rules(DAY), strict=True))
