"""Scoring from the pool: villages by their matters and projects, firms by their yield, cadres by tests; corrections."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from score_pool import credit_code, make_score_pool
from yici.core.charts.model import shown
from yici.core.errors import Conflict, NotFound, PackError
from yici.core.indicators.runs import Change
from yici.core.manifest import Area
from yici.core.periods import parse_period
from yici.services.measuring import units_to_score
from yici.services.records import edit_subject
from yici.services.score_details import explain_thing
from yici.services.scoring import (
    Scored,
    adjust,
    answer_to,
    get_run,
    object_to,
    objections_of,
    rescore,
    runs_of,
    score,
)
from yici.storage import audit

TODAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, database: str) -> Path:
    home = tmp_path_factory.mktemp("pool")
    make_score_pool(home, tmp_path_factory.mktemp("ledgers"))
    return home


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    make_score_pool(tmp_path / "home", tmp_path)
    yield tmp_path / "home"


def run(home: Path, scheme: str, period: str = "2025", **more: object) -> Scored:
    return score(home=home, actor="王", scheme=scheme, period=parse_period(period), today=TODAY, **more)  # type: ignore[arg-type]


def points(scored: Scored, thing: str) -> dict[str, str]:
    return {item.item: shown(item.points) for item in scored.run.scores.of(thing).items}


def test_villages_are_scored_from_matters_and_projects_without_any_upload(filled: Path) -> None:
    """East: 3 of 4 satisfied (75 − 50) / 45 × 20 and so on; the long-term work of year one costs nobody a point."""
    scored = run(filled, "township-results")
    assert points(scored, "柳东村") == {
        "satisfaction": "11.11", "solved": "10.5", "repeated": "5", "resolved": "20", "delivered": "4.62",
        "project-rating": "10", "in-time": "8.33", "long-term": "缺数据",
    }  # fmt: skip
    assert points(scored, "柳西村") == {
        "satisfaction": "0", "solved": "3", "repeated": "0", "resolved": "0", "delivered": "15",
        "project-rating": "5", "in-time": "7.5", "long-term": "缺数据",
    }  # fmt: skip
    east = scored.run.scores.of("柳东村")
    parts = Fraction(25, 45) * 20 + Fraction(35, 50) * 15 + 5 + 20 + Fraction(20, 65) * 15 + 10 + Fraction(5, 6) * 10
    assert east.total is not None and abs(Fraction(east.total) - parts / 95 * 100) < Fraction(1, 10**6)
    assert (east.rank, east.item("long-term").weight) == (1, 0)
    south = scored.run.scores.of("柳南村")
    assert (south.total, south.rank, south.grade, south.open) == (None, None, None, 100)
    assert scored.run.scores.notes == ("1个缺数据，没有排名；补齐后其他名次可能变化",)


def test_figures_are_of_the_period_asked_for(filled: Path) -> None:
    first = run(filled, "township-results", "2025Q1")
    assert first.run.scores.of("柳东村").item("satisfaction").measured.value == 100
    year_before = run(filled, "township-results", "2024")
    assert year_before.run.scores.of("柳西村").item("satisfaction").measured.value == 100
    assert year_before.run.scores.of("柳东村").item("satisfaction").measured.value is None


def test_latent_work_is_judged_by_its_stages_once_they_are_due(home: Path) -> None:
    scored = score(
        home=home, actor="王", scheme="township-results", period=parse_period("2026"), today=date(2027, 2, 1)
    )
    assert "1/1" in scored.run.scores.of("柳东村").item("long-term").how
    scored = score(
        home=home, actor="王", scheme="township-results", period=parse_period("2027"), today=date(2028, 2, 1)
    )
    east, south = (scored.run.scores.of(name).item("long-term") for name in ("柳东村", "柳南村"))
    assert (shown(east.points), shown(south.points)) == ("5", "0")


def test_firms_by_yield_per_mu(filled: Path) -> None:
    scored = run(filled, "mu-yield-large")
    first = scored.run.scores.of("甲制造")
    tax, land, added, energy, emitted, staff, rd, revenue = map(
        Fraction, ("4819.4", "100", "6808", "2021.68", "2.76197", "375", "302", "10000")
    )
    by_hand = {
        "tax-per-mu": tax / land / Fraction("24.097") * 30,
        "added-per-mu": added / land / Fraction("136.16") * 20,
        "added-per-energy": added / energy / Fraction("2.694") * 20,
        "added-per-emission": added / emitted / Fraction("4929.81") * 10,
        "productivity": added / staff / Fraction("18.14") * 10,
        "rd-share": rd / revenue / Fraction("0.0302") * 10,
    }
    for item, wanted in by_hand.items():
        got = first.item(item).points
        assert got is not None and abs(Fraction(got) - wanted) < Fraction(1, 10**4), item
    assert (first.rank, first.grade) == (1, "B")
    clean = scored.run.scores.of("乙制造").item("added-per-emission")
    assert clean.how.startswith("不适用，按方案取其余各家本项平均分")
    assert shown(clean.points) == "5", "the mean of the two firms that emit"
    third = scored.run.scores.of("丙制造")
    assert (third.total, third.grade, third.item("rd-share").measured.missing) == (None, None, ("研发投入",))
    young = scored.run.scores.of("丁制造")
    assert (young.grade, young.thing.excluded, young.rank) == ("T", "投产不满2年", None)
    assert any("缺数据，没有列入" in note for note in scored.run.scores.notes)


def test_bases_are_those_of_the_year(filled: Path) -> None:
    scored = run(filled, "mu-yield-small", "2021")
    tax = scored.run.scores.of("戊加工").item("tax-per-mu")
    assert tax.points is not None and abs(
        Fraction(tax.points) - Fraction("11.5932") / Fraction("16.601058") * 50
    ) < Fraction(1, 1000)
    assert "庚加工" not in {each.thing.name for each in scored.run.scores.scores}, "less than 3 mu"


def test_cadres_by_tests_and_practice(filled: Path) -> None:
    scored = run(filled, "digital-literacy")
    got = [(s.thing.name, shown(s.total), s.grade) for s in scored.run.scores.scores]
    assert got == [("张建国", "90", "优秀"), ("李秀英", "69", "合格"), ("王强", "缺数据", None)]
    below = run(filled, "digital-literacy", unit="柳西村")
    assert {s.thing.name for s in below.run.scores.scores} == {"李秀英", "王强"}


def test_statistics_have_values_no_points_and_a_total(filled: Path) -> None:
    """Firms of no village are in the total and in no unit; an industry not in the table is unknown, not outside."""
    scored = run(filled, "digital-economy")
    east, west, whole = (scored.run.scores.of(name) for name in ("柳东村", "柳西村", "合计"))
    assert [s.item("core-firms").measured.value for s in (east, west, whole)] == [1, 1, 3]
    assert (east.total, east.rank, east.item("core-firms").points) == (None, None, None)
    assert east.item("core-firms").measured.unknown == 2
    assert "库里有没有写明归谁或所属单位的对象，没有算到任何一家" in scored.run.scores.notes
    text = explain_thing(home=filled, scored=scored, thing="合计")
    assert "甲制造、乙制造、戊加工，共 3 项" in text


BY_OFFICE = """
id: offices
title: 承办单位评价
purpose: 评价
source: 测试
valid: {from: 2024-01-01}
scored: {by: {事项: 承办单位}}
publicity: {days: 3}
indicators:
  - {id: in-time, name: 按期办结率, unit: "%", weight: 100, evidence: 实绩, objectors: [部门],
     expression: count(事项 where 受理日期 between 期初 and 期末 and 办结日期 <= 办结期限)
       / count(事项 where 受理日期 between 期初 and 期末)}
"""


def test_organisations_named_in_the_pool(filled: Path, tmp_path: Path) -> None:
    """The judicial office closed three of four disputes in time, the service centre five of six matters."""
    file = tmp_path / "offices.yaml"
    file.write_text(BY_OFFICE, "utf-8")
    scored = run(filled, str(file))
    assert [(s.thing.name, shown(s.total)) for s in scored.run.scores.scores] == [
        ("便民中心", "83.33"),
        ("司法所", "75"),
    ]
    text = explain_thing(home=filled, scored=scored, thing="司法所")
    assert "J001、J002、J003，共 3 项" in text and "J001、J002、J003、J004，共 4 项" in text
    below = run(filled, str(file), unit="柳西村")
    assert [(s.thing.name, shown(s.total)) for s in below.run.scores.scores] == [("便民中心", "100"), ("司法所", "50")]
    file.write_text(BY_OFFICE.replace("count(事项 where 受理日期 between 期初 and 期末)}", "count(人)}"), "utf-8")
    with pytest.raises(PackError, match="没有写人归谁"):
        run(filled, str(file))


def test_every_number_goes_back_to_its_rows(filled: Path) -> None:
    scored = run(filled, "township-results")
    text = explain_thing(home=filled, scored=scored, thing="柳东村")
    assert "(75% − 50) ÷ (目标 95 − 50) × 20 = 11.11分" in text
    assert "S001、S002、S004，共 3 项" in text
    firm = explain_thing(home=filled, scored=run(filled, "mu-yield-large"), thing=credit_code(1))
    assert "评价税收 4819.4万元（工业和信息化局 2025-12-31 企业第2行）" in firm
    with pytest.raises(NotFound, match="没有“别村”"):
        explain_thing(home=filled, scored=scored, thing="别村")


def test_an_objection_leads_to_a_correction_that_keeps_both(home: Path) -> None:
    first = run(home, "township-results")
    number = object_to(home=home, actor="柳西村", run=1, item="resolved", thing="柳西村", reason="J004 已于十月化解")
    edit_subject(home=home, key="J004", values={"是否化解": "是"}, by="司法所", as_of=date(2026, 2, 1))
    answer_to(home=home, actor="考核办", objection=number, upheld=True, answer="核实无误")
    second, found = rescore(home=home, actor="考核办", run=1, reason=f"异议{number}", today=TODAY)
    totals = {(c.thing, c.item): (shown(c.before), shown(c.after)) for c in found}
    assert totals[("柳西村", "resolved")] == ("0", "20")
    assert {c.thing for c in found} == {"柳西村"}
    assert (second.run.previous, second.run.number) == (1, 2)
    kept = get_run(home=home, run=1)
    assert kept.scores.of("柳西村").items == first.run.scores.of("柳西村").items, "the first run stands as it was"
    assert [(each.number, each.previous) for each in runs_of(home=home)] == [(1, None), (2, 1)]
    assert [(o.upheld, o.answer) for o in objections_of(home=home, run=1)] == [(True, "核实无误")]
    actions = [line.action for line in audit.lines() if line.action.startswith("score.")]
    assert actions == ["score.run", "score.object", "score.answer", "score.run"]
    assert not list(audit.broken_links())


def test_tolerance_gives_back_what_was_lost_and_no_more(home: Path) -> None:
    run(home, "township-results")
    for kind, count, item in (("容错", "50", "satisfaction"), ("加分", "9", ""), ("减分", "1", "")):
        adjust(home=home, actor="考核办", run=1, thing="柳东村", kind=kind, points=Decimal(count), item=item,
               reason="先行先试", document="县委考核办〔2026〕1号")  # fmt: skip
    _, found = rescore(home=home, actor="考核办", run=1, reason="容错", today=TODAY)
    (total,) = [c for c in found if isinstance(c, Change)]
    assert total.item == "" and total.before is not None and total.after is not None
    lost = Fraction(20) - Fraction(25, 45) * 20
    assert abs(Fraction(total.after - total.before) - (lost + 3 - 1)) < Fraction(1, 10**6)


def test_what_is_refused(home: Path) -> None:
    bad = Path(__file__).parents[1] / "cli" / "data" / "bad_scheme.yaml"
    with pytest.raises(PackError, match="scheme-trace-weight"):
        run(home, str(bad))
    with pytest.raises(NotFound, match="没有考核方案"):
        run(home, "nothing")
    with pytest.raises(NotFound, match="没有有效的版本"):
        run(home, "township-results", "2019")
    with pytest.raises(NotFound, match="没有名为"):
        run(home, "township-results", unit="别处")
    with pytest.raises(NotFound, match="没有第 7 批"):
        get_run(home=home, run=7)
    run(home, "township-results")
    with pytest.raises(Conflict, match="企业不能对这个指标提异议"):
        object_to(home=home, actor="x", run=1, item="resolved", thing="柳西村", reason="理由", who="企业")
    with pytest.raises(Conflict, match="objection-reason"):
        object_to(home=home, actor="x", run=1, item="resolved", thing="柳西村", reason=" ")
    with pytest.raises(NotFound, match="没有指标"):
        object_to(home=home, actor="x", run=1, item="none", thing="柳西村", reason="理由")
    with pytest.raises(NotFound, match="待答复的异议"):
        answer_to(home=home, actor="x", objection=3, upheld=False, answer="")
    with pytest.raises(Conflict) as caught:
        adjust(home=home, actor="x", run=1, thing="柳东村", kind="容错", points=Decimal(0), reason="", document="")
    assert {p.code for p in caught.value.problems} == {"adjust-reason", "adjust-points", "adjust-item"}


def test_units_of_a_level_are_found_by_their_names_without_registered_kinds() -> None:
    areas = (Area("张青社区", None), Area("张青村", "张青社区"), Area("魏庄村", "张青社区"))
    assert [area.name for area in units_to_score(areas, "村", None)] == ["张青村", "魏庄村"]
