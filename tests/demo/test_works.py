"""What the offices of the demo community deal with is plausible, and differs between its villages."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from yici.demo.population.community import Community, make_community

COMMUNITY = make_community(7)
MATTERS, PROJECTS, CADRES = COMMUNITY.matters, COMMUNITY.projects, COMMUNITY.cadres
AS_OF = COMMUNITY.as_of.isoformat()


def test_a_matter_is_received_closed_and_called_back_in_this_order() -> None:
    closed = MATTERS.filter(pl.col("matter.closed").is_not_null())
    assert 0.8 < closed.height / MATTERS.height < 1
    assert (closed["matter.received"] <= closed["matter.closed"]).all()
    assert closed["matter.closed"].max() <= AS_OF
    assert set(closed["matter.state"]) == {"已办结"}
    visited = MATTERS.filter(pl.col("matter.visited").is_not_null())
    assert (visited["matter.closed"] < visited["matter.visited"]).all()
    assert visited["matter.satisfaction"].null_count() == 0
    assert MATTERS.filter(pl.col("matter.closed").is_null())["matter.solved"].null_count() == (
        MATTERS.height - closed.height
    )


def test_only_disputes_are_resolved_and_a_year_is_covered() -> None:
    disputes = MATTERS.filter(pl.col("matter.category") == "矛盾纠纷")
    others = MATTERS.filter(pl.col("matter.category") != "矛盾纠纷")
    assert disputes["matter.dispute"].null_count() == 0
    assert others["matter.resolved"].null_count() == others.height
    assert disputes.filter(pl.col("matter.closed").is_null())["matter.resolved"].drop_nulls().is_empty()
    assert MATTERS["matter.received"].min() > (date(2026, 6, 30) - timedelta(days=365)).isoformat()


def test_the_villages_do_differently_well() -> None:
    def rate(table: pl.DataFrame, village: str, value: str, of: str) -> dict[str, float]:
        return dict(table.group_by(village).agg(pl.col(value).mean()).sort(of).rows())

    orders = MATTERS.filter(pl.col("matter.category") != "矛盾纠纷")
    solved = rate(orders, "matter.village", "matter.solved", "matter.village")
    assert solved["张青村"] > solved["苗庄村"] > 0.6
    assert solved["张青村"] - solved["魏庄村"] > 0.05
    delivered = rate(PROJECTS, "project.village", "project.delivered", "project.village")
    assert set(delivered) == {"张青村", "魏庄村", "苗庄村"}


def test_projects_that_are_not_delivered_have_no_end() -> None:
    open_ones = PROJECTS.filter(~pl.col("project.delivered"))
    assert open_ones["project.finished"].null_count() == open_ones["project.rating"].null_count() == open_ones.height


def test_scores_are_out_of_a_hundred_and_some_cadres_were_not_tested() -> None:
    for dimension in ("thinking", "innovation", "service", "safety"):
        scores = CADRES[f"cadre.{dimension}"].drop_nulls()
        assert 30 <= scores.min() < scores.max() <= 100
    assert 0 < CADRES["cadre.exam_date"].null_count() < 8


def test_they_follow_the_seed_and_leave_the_population_alone() -> None:
    again: Community = make_community(7)
    assert again.matters.equals(MATTERS)
    assert again.people.equals(COMMUNITY.people)
    assert not make_community(8).matters.equals(MATTERS)
