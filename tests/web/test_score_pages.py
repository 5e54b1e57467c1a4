"""Assessment on screen: schemes, scores within one's units, rows behind, objections, correction with both versions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from conftest import Office
from score_pool import make_score_pool


@pytest.fixture
def scored(office: Office, tmp_path: Path) -> Office:
    """Villages scored for 2025."""
    make_score_pool(office.home, tmp_path)
    answer = office.as_("steward").post("/schemes/township-results/score", {"period": "2025"})
    assert answer.status_code == 302, answer.content.decode()
    return office


def test_a_period_is_scored_once_and_then_corrected(scored: Office) -> None:
    steward = scored.as_("steward")
    twice = steward.post("/schemes/township-results/score", {"period": "2025"})
    assert twice.status_code == 409 and "是第 1 批" in twice.content.decode()
    assert steward.post("/scores/1/again", {"reason": "数据更正"})["Location"].endswith("/scores/2")
    thrice = steward.post("/schemes/township-results/score", {"period": "2025"})
    assert thrice.status_code == 409 and "是第 2 批" in thrice.content.decode()
    assert steward.post("/schemes/township-results/score", {"period": "2024"}).status_code == 302


def place_of(page: str, name: str) -> str:
    """The address of a thing in a list of results."""
    return page.split(f">{name}</a>")[0].rsplit('href="', 1)[1].split('"')[0]


def test_schemes_are_listed_with_tree_and_findings(office: Office) -> None:
    page = office.as_("clerk").get("/schemes").content.decode()
    assert "条意见" in page or "没有问题" in page
    tree = office.as_("clerk").get("/schemes/township-results").content.decode()
    assert "矛盾" in tree
    assert "谁可提异议" in tree
    assert office.as_("clerk").post("/schemes/township-results/score", {"period": "2025"}).status_code == 403
    assert office.as_("steward").post("/schemes/township-results/score", {"period": "2999"}).status_code == 409
    assert office.as_("steward").get("/schemes/none").status_code == 404
    assert office.as_("system").get("/schemes").status_code == 403


def test_scores_are_seen_explained_objected_to_and_corrected(scored: Office) -> None:
    steward = scored.as_("steward").get("/scores/1").content.decode()
    assert "柳东村" in steward
    assert "柳西村" in steward
    clerk = scored.as_("clerk").get("/scores/1").content.decode()
    assert "柳东村" in clerk
    assert "柳西村" not in clerk
    assert "不在您的范围内" in clerk
    assert scored.as_("clerk").get("/scores/1/of?at=1").status_code == 404
    assert "这一批里没有您范围内的" in scored.as_("officer").get("/scores/1").content.decode()
    assert scored.as_("leader").get("/scores/1/picture").content.startswith(b"<?xml")

    points_go_back_to_rows(scored)
    objections_are_answered(scored)
    firms_are_seen_by_those_who_may(scored)


def points_go_back_to_rows(scored: Office) -> None:
    clerk = scored.as_("clerk")
    told = clerk.get("/scores/1/of?at=0").content.decode()
    assert "11.11" in told
    assert 'href="/pool/' in told
    leader = scored.as_("leader")
    where = place_of(leader.get("/scores/1").content.decode(), "柳东村")
    told = leader.get(where).content.decode()
    assert "11.11" in told
    assert "的授权，只看得到数" in told


def objections_are_answered(scored: Office) -> None:
    clerk, leader = scored.as_("clerk"), scored.as_("leader")
    assert clerk.post("/scores/1/of?at=0", {"item": "satisfaction", "reason": ""}).status_code == 409
    assert clerk.post("/scores/1/of?at=0", {"item": "satisfaction", "reason": "S003 已解决"}).status_code == 302
    page = clerk.get("/scores/1").content.decode()
    assert "S003 已解决" in page
    assert "待答复" in page
    assert "S003 已解决" not in scored.as_("clerk-west").get("/scores/1").content.decode()
    assert clerk.post("/scores/1/answer", {"objection": "1", "answer": "x"}).status_code == 403
    assert leader.post("/scores/1/answer", {"objection": "1", "upheld": "yes"}).status_code == 409
    answer = {"objection": "1", "upheld": "yes", "answer": "已更正"}
    assert leader.post("/scores/1/answer", answer).status_code == 302
    assert leader.post("/scores/1/answer", answer).status_code == 404
    steward = scored.as_("steward")
    assert steward.post("/scores/1/again", {"reason": ""}).status_code == 409
    assert steward.post("/scores/1/again", {"reason": "异议 1 采纳"}).status_code == 302
    assert "更正了" in clerk.get("/scores/2").content.decode()
    assert "这一批已经更正" in clerk.get("/scores/1").content.decode()


def firms_are_seen_by_those_who_may(scored: Office) -> None:
    steward = scored.as_("steward")
    assert steward.post("/schemes/mu-yield-large/score", {"period": "2025"}).status_code == 302
    page = steward.get("/scores/3").content.decode()
    assert "甲制造" in page
    assert "9133" not in page.split("<main")[1]
    assert "甲制造" not in scored.as_("clerk").get("/scores/3").content.decode()


def test_the_pages_of_scores_are_accessible(scored: Office, browse: Callable[..., Any]) -> None:
    page = browse("steward", "/schemes", width=360)
    for path in ("/schemes", "/schemes/township-results", "/scores/1", "/scores/1/of?at=0"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
