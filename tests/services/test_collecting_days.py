"""A form that is asked for after the period its title names is filled as of that period's last day, and asks nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from sending import publish
from test_collecting import EAST, LISTED, NOW, OFFICER, STEWARD, TODAY, home

from yici.core.errors import Conflict
from yici.services.collecting import publishing
from yici.services.collecting.days import check_recurring, titled_until
from yici.services.collecting.proposals import admission, decide, get_collection, propose
from yici.services.collecting.questions import questions_for
from yici.services.collecting.trial import recognise_kept, try_form
from yici.services.collecting.whom import whom_of
from yici.services.pool import open_pool
from yici.storage import collections

__all__ = ["home"]


def february(home: Path) -> int:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["2026年2月老年人走访慰问花名册"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "姓名", "身份证号码", "性别"])
    file = home.parent / "二月.xlsx"
    book.save(file)
    return propose(actor=OFFICER, home=home, file=file, proposal=replace(LISTED, name="二月走访"))


def test_the_month_just_over_is_prefilled_as_of_its_last_day(home: Path) -> None:
    number = february(home)
    report = admission(home=home, number=number, today=TODAY).report
    assert (report.known, report.unknown, report.verdict) == (9, 0, "take")
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    row = get_collection(home=home, number=number)
    assert publishing.next_time(home=home, row=row, today=TODAY).as_of == date(2026, 2, 28)
    with pytest.raises(Conflict, match="2026-02-28"):
        publish(actor=OFFICER, home=home, number=number, units=["柳河镇"], as_of=TODAY, days=5, now=NOW)
    publish(actor=OFFICER, home=home, number=number, units=["柳河镇"], as_of=None, days=5, now=NOW)
    assert get_collection(home=home, number=number).as_of == date(2026, 2, 28)
    assert questions_for(actor=EAST, home=home) == []
    assert {filling.unknown for filling in collections.fillings_in(collection=number)} == {0}


def test_a_form_left_empty_for_its_title_asks_nobody(home: Path) -> None:
    row, pool = get_collection(home=home, number=february(home)), open_pool(home)
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    trial = try_form(template, unit="柳东村", whom=whom_of(row, template), as_of=TODAY, pool=pool)
    assert (trial.known, trial.gaps) == (0, [])


def test_a_title_of_one_period_is_not_sent_again_and_again(home: Path) -> None:
    number = february(home)
    decide(actor=STEWARD, home=home, number=number, step="approve", now=NOW)
    row = get_collection(home=home, number=number)
    assert publishing.next_time(home=home, row=row, today=TODAY).until == date(2026, 2, 28)
    given = {
        "actor": OFFICER,
        "home": home,
        "number": number,
        "units": ["柳河镇"],
        "as_of": None,
        "days": 5,
        "now": NOW,
    }
    with pytest.raises(Conflict, match="2026年3月") as refused:
        publish(**given, recurring="month")  # type: ignore[arg-type]
    assert "另外报备" in refused.value.problems[0].hint
    publish(**given)  # type: ignore[arg-type]


def test_a_title_of_a_whole_year_is_sent_every_month_of_it(home: Path) -> None:
    pool, row = open_pool(home), get_collection(home=home, number=february(home))
    template = replace(recognise_kept(home=home, form=row.form, pool=pool).template, title="2026年老年人花名册")
    for area in template.areas:
        area.above = area.context = ()
    check_recurring(template, date(2026, 10, 31), "month")
    with pytest.raises(Conflict, match="2027年1月"):
        check_recurring(template, date(2026, 12, 5), "month")
    template = replace(template, title="老年人花名册")
    check_recurring(template, date(2026, 12, 5), "month")
    assert titled_until(template) is None
