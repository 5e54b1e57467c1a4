"""Figures on screen: asked within one's units and grants, wrong words marked, who is behind a number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from pool_ledgers import fill_pool

from conftest import Office

ALL = {"text": "count(人)", "by": "村"}


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


@pytest.mark.parametrize(("login", "number"), [("clerk", "2"), ("clerk-west", "1"), ("steward", "3")])
def test_everybody_counts_only_their_own(pool: Office, login: str, number: str) -> None:
    text = pool.as_(login).post("/figures", ALL).content.decode()
    assert f'<strong class="count">{number}</strong>' in text
    assert ("单桂兰" in text) is (login != "clerk-west")
    assert ("赵四海" in text) is (login != "clerk")


def test_another_unit_gives_nothing(pool: Office) -> None:
    text = pool.as_("clerk").post("/figures", {"text": "count(人)", "unit": "柳西村"}).content.decode()
    assert '<strong class="count">0</strong>' in text
    assert "赵四海" not in text


def test_what_is_not_granted_is_not_counted_either(pool: Office) -> None:
    answer = pool.as_("leader").post("/figures", {"text": "count(人 where 残疾等级 = '二级')"})
    assert answer.status_code == 403
    assert "残疾等级" in answer.content.decode()
    assert pool.as_("officer").post("/figures", {"text": "count(人)", "by": "残疾等级"}).status_code == 403
    assert pool.as_("auditor").get("/figures").status_code == 403


def test_wrong_words_are_marked_where_they_stand(pool: Office) -> None:
    answer = pool.as_("clerk").post("/figures", {"text": "count(人 where 年令 >= 60)"})
    assert answer.status_code == 422
    assert "<mark>年令</mark>" in answer.content.decode()


def test_the_picture_is_of_this_session(pool: Office) -> None:
    client = pool.as_("clerk")
    assert client.get("/figures/picture/1").status_code == 404
    assert 'src="/figures/picture/1"' in client.post("/figures", ALL).content.decode()
    assert b"<svg" in client.get("/figures/picture/1").content
    assert pool.as_("clerk-west").get("/figures/picture/1").status_code == 404


def test_figures_are_accessible(pool: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/figures", width=390)
    for words in ("count(人 where 年令 >= 60)", "count(人)"):
        page.fill("#text", words)
        page.fill("#by", "村")
        page.click("main form button.button")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
