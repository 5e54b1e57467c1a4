"""A form on trial for many villages at once comes to what it comes to for each by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from test_card_collections import card
from test_collecting import LI, REGISTRY, TODAY, ZHANG, form, home

from yici.core.errors import NotFound
from yici.core.manifest import BatchFacts
from yici.services.cards import card_kind
from yici.services.collecting.trial import Trial, try_form
from yici.services.collecting.trying import try_units
from yici.services.collecting.whom import Whom
from yici.services.forms import recognise_form
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool

__all__ = ["home"]
UNITS = ["柳西村", "柳河镇", "柳东村"]
FIRMS = [
    ("柳东村", "东方粮油有限公司", "91110105MA01A1B2C8"),
    ("", "无村可查有限公司", "91110105MA01A1B3X4"),
]


def whole(trial: Trial) -> Trial:
    """The gaps in an order of their own: a township's rows do not lie by village."""
    return replace(trial, gaps=sorted(trial.gaps, key=repr))


def same(home: Path, file: Path, whom: Whom, as_of: date = TODAY) -> list[Trial]:
    """The trials of all units, after a look that each is what it is by itself."""
    pool = open_pool(home)
    template = recognise_form(home=home, form=file, pool=pool).template
    whom = replace(whom, each=card_kind(template))
    told: list[tuple[int, int]] = []
    found = try_units(
        template, UNITS, whom=whom, as_of=as_of, pool=pool, progress=lambda done, total: told.append((done, total))
    )
    each = [try_form(template, unit=unit, whom=whom, as_of=as_of, pool=pool) for unit in UNITS]
    assert list(map(whole, found)) == list(map(whole, each))
    assert told == [(2, 3)]
    return found


def test_a_roster_and_cards_are_the_same_for_many_villages(home: Path) -> None:
    rosters = same(home, form(home.parent, "表", "联系电话", "血型"), Whom("年龄 >= 60"))
    assert [(trial.known, len(trial.gaps)) for trial in rosters] == [(2, 2), (7, 5), (5, 3)]
    cards = same(home, card(home.parent), Whom())
    assert [trial.cards for trial in cards] == [1, 3, 2]
    named = same(home, card(home.parent, "名单卡"), Whom(named=(LI, ZHANG)))
    assert [trial.cards for trial in named] == [1, 2, 1]
    assert [trial.cards for trial in same(home, card(home.parent, "户卡", household=True), Whom())] == [1, 2, 1]
    past = same(home, form(home.parent, "旧", "联系电话"), Whom(), date(2025, 1, 1))
    assert not any(trial.known for trial in past)


def test_numbers_are_those_of_each_village(home: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["人口统计表"], ["类别", "人数", "参保人数"], ["男", None, None], ["女", None, None]):
        sheet.append(row)
    file = home.parent / "统计.xlsx"
    book.save(file)
    assert [trial.known for trial in same(home, file, Whom())] == [2, 2, 2]


def test_firms_of_no_known_village_are_on_every_villages_list(home: Path) -> None:
    ledger = home.parent / "企业.csv"
    ledger.write_text("\n".join(["村,企业名称,统一社会信用代码", *map(",".join, FIRMS)]), "utf-8")
    import_ledger(
        path=ledger, facts=BatchFacts("市场监管局", date(2026, 1, 1)), home=home, registry=REGISTRY, actor="甲"
    )
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["企业花名册"], ["序号", "企业名称", "统一社会信用代码", "注册资本"]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    file = home.parent / "企业.xlsx"
    book.save(file)
    assert [len(trial.gaps) for trial in same(home, file, Whom())] == [1, 2, 2]


def test_a_unit_that_does_not_exist_is_told(home: Path) -> None:
    pool = open_pool(home)
    template = recognise_form(home=home, form=form(home.parent, "表"), pool=pool).template
    with pytest.raises(NotFound, match="没有名为"):
        try_units(template, ["柳南村"], whom=Whom(), as_of=TODAY, pool=pool)
