"""A received form is filled with the data of the period its title names, or of the day its clerk chooses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from test_outside import EAST, LI, TODAY, WANG, home, names, roster, took

from yici.core.errors import Conflict
from yici.core.manifest import BatchFacts
from yici.core.periods import around
from yici.services import quick_fill
from yici.services.burden import Scope, demands_in
from yici.services.ledgers import import_ledger
from yici.services.received_pages import Result, result_of
from yici.services.subject_edits import edit_value
from yici.storage import outside
from yici.storage.packs import load_registry

__all__ = ["home"]
FEBRUARY = date(2026, 2, 28)


def later(home: Path, *rows: str) -> None:
    """What the pool learns in March only."""
    ledger = home.parent / "三月.csv"
    ledger.write_text("\n".join(["村,户编号,姓名,身份证号,与户主关系,联系电话", *rows]), "utf-8")
    import_ledger(
        path=ledger, facts=BatchFacts("公安局", TODAY), home=home, registry=load_registry(), actor="甲"
    )  # fmt: skip


def result(home: Path, number: int) -> Result:
    opened = quick_fill.open_received(actor=EAST, home=home, number=number)
    return result_of(actor=EAST, opened=opened, today=TODAY)


def choose(home: Path, number: int, day: date) -> None:
    use = outside.use_row(number)
    assert use is not None
    quick_fill.choose(actor=EAST, home=home, number=number, unit=use.unit, where=use.where, as_of=day, today=TODAY)


def test_a_list_of_the_month_just_over_has_those_of_its_last_day(home: Path, tmp_path: Path) -> None:
    later(home, "柳东村,H1,新来的,110105194001010018,子女,13700001111", f"柳东村,H1,王二,{WANG},配偶,13700002222")
    number = took(home, roster(tmp_path, "联系电话", title="2026年2月老年人花名册"))
    assert result(home, number).tried.day == FEBRUARY
    assert names(home, number, tmp_path) == [("李一", LI, "13800001111"), ("王二", WANG, None)]
    # The day chosen by itself is not kept: a form of this month moves on with the calendar.
    choose(home, number, FEBRUARY)
    assert (use := outside.use_row(number)) is not None and use.as_of is None
    choose(home, number, date(2026, 1, 31))
    assert (use := outside.use_row(number)) is not None and use.as_of == date(2026, 1, 31)
    assert result(home, number).tried.day == date(2026, 1, 31)


@pytest.mark.parametrize(("day", "code"), [(date(2026, 3, 1), "day-past-title"), (date(2026, 3, 3), "day-ahead")])
def test_a_day_after_the_title_or_to_come_is_refused(home: Path, tmp_path: Path, day: date, code: str) -> None:
    number = took(home, roster(tmp_path, title="2026年2月老年人花名册"))
    with pytest.raises(Conflict) as refused:
        choose(home, number, day)
    assert refused.value.problems[0].code == code and refused.value.problems[0].hint
    assert result(home, number).tried.day == FEBRUARY


def test_a_value_told_now_for_the_forms_day_fills_it(home: Path, tmp_path: Path) -> None:
    later(home, f"柳东村,H1,王二,{WANG},配偶,13700002222")
    number = took(home, roster(tmp_path, "联系电话", title="2026年2月老年人花名册"))
    (missing,) = result(home, number).gaps
    assert [one.name for one in missing.whom] == ["王二"]
    given = {"actor": EAST, "home": home, "code": missing.whom[0].code, "element": "person.phone", "today": TODAY}
    # The pool holds this very value, but learnt it after the form's day.
    assert edit_value(**given, typed="13700002222", on=FEBRUARY)  # type: ignore[arg-type]
    assert names(home, number, tmp_path)[1] == ("王二", WANG, "13700002222")
    # Said for February it changes nothing of today's when March says otherwise.
    assert edit_value(**given, typed="13700009999", on=FEBRUARY)  # type: ignore[arg-type]
    assert names(home, number, tmp_path)[1] == ("王二", WANG, "13700009999")
    now = took(home, roster(tmp_path, "联系电话", title="老年人花名册"))
    assert names(home, now, tmp_path)[1] == ("王二", WANG, "13700002222")


def test_a_day_before_the_pool_knew_anybody_does_not_say_that_there_is_nobody(home: Path, tmp_path: Path) -> None:
    number = took(home, roster(tmp_path, title="2025年老年人花名册"))
    tried = result(home, number).tried
    assert (tried.day, tried.rows) == (date(2025, 12, 31), 0)
    assert "不是没有" in tried.notes[0] and "--" not in tried.notes[0]


def test_a_filter_nobody_was_ever_told_of_does_not_say_that_there_is_nobody(home: Path, tmp_path: Path) -> None:
    number = took(home, roster(tmp_path, title="花名册"))
    quick_fill.choose(actor=EAST, home=home, number=number, unit="柳东村", where="是否低保户 = '是'", today=TODAY)
    assert "不是没有" in result(home, number).tried.notes[0]
    quick_fill.choose(actor=EAST, home=home, number=number, unit="柳东村", where="年龄 >= 120", today=TODAY)
    assert result(home, number).tried.notes == ()


def test_another_day_is_no_second_ask(home: Path, tmp_path: Path) -> None:
    file = roster(tmp_path, "联系电话", title="2026年2月老年人花名册")
    took(home, file)
    choose(home, took(home, file), date(2026, 1, 31))
    month = around(datetime.now(UTC).date(), "year")
    assert len(demands_in(home=home, period=month, scope=Scope(units=frozenset({"柳东村"})))) == 1
