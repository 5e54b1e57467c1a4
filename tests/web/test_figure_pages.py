"""Figures on screen: asked within one's units and grants, wrong words marked, who is behind a number."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pool_ledgers import fill_pool

from conftest import Office
from yici.core.charts.colours import NIGHT, PAPER
from yici.storage import audit

CORNER = "[...document.querySelector('.live-chart canvas').getContext('2d').getImageData(2, 2, 1, 1).data].slice(0, 3)"
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


def test_what_is_not_granted_is_told_coarsely_or_not_at_all(pool: Office) -> None:
    disabled = {"text": "count(人 where 残疾等级 = '二级')"}
    for login in ("leader", "officer"):
        text = pool.as_(login).post("/figures", disabled | {"by": "村"}).content.decode()
        assert '<strong class="count">少于5</strong>' in text
        assert "这个数里有谁" not in text
        assert "单桂兰" not in text
        none = pool.as_(login).post("/figures", {"text": "count(人 where 残疾等级 = '一级')"}).content.decode()
        assert '<strong class="count">少于5</strong>' in none
        grouped = pool.as_(login).post("/figures", {"text": "count(人)", "by": "残疾等级"}).content.decode()
        assert "<td>二级</td>" not in grouped
        for refused in ("avg(人.年龄)", "count(人 where 姓名 = '单桂兰')"):
            answer = pool.as_(login).post("/figures", {"text": refused})
            assert answer.status_code == 403, refused
    assert any(line.action == "figure.coarse" for line in audit.lines())
    assert pool.as_("auditor").get("/figures").status_code == 403


def test_figures_are_saved_shared_and_taken_away(pool: Office) -> None:
    clerk, other = pool.as_("clerk"), pool.as_("clerk-west")
    assert clerk.post("/figures", ALL | {"step": "save"}).status_code == 409
    for name, shared in (("我的", ""), ("人口", "1")):
        assert clerk.post("/figures", ALL | {"step": "save", "name": name, "shared": shared}).status_code == 302
    mine, theirs = clerk.get("/figures").content.decode(), other.get("/figures").content.decode()
    assert "我的" in mine.split('id="saved"')[1]
    assert "人口" in theirs
    assert 'plain">我的' not in theirs
    number = mine.split("/forget")[0].rsplit("/", 1)[1]
    assert other.post(f"/figures/{number}/forget").status_code == 404
    assert clerk.get("/figures").content.decode().count("/forget") == 2
    assert clerk.post(f"/figures/{number}/forget").status_code == 302
    assert clerk.get("/figures").content.decode().count("/forget") == 1
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.post("/figures", ALL | {"step": "xlsx"}).content)).worksheets[0]
    assert [cell.value for cell in sheet[3]][:2] == ["柳东村", 2]
    text = pool.as_("leader").post("/figures", ALL | {"step": "csv"}).content.decode("utf-8-sig")
    assert "合计" in text
    assert any(line.action == "figure.export" for line in audit.lines())
    clerk.post("/figures", ALL)
    for kind in ("bar", "line", "map", "odd"):
        assert b"<svg" in clerk.get(f"/figures/picture/1?kind={kind}").content


def test_wrong_words_are_marked_where_they_stand(pool: Office) -> None:
    answer = pool.as_("clerk").post("/figures", {"text": "count(人 where 年令 >= 60)"})
    assert answer.status_code == 422
    assert "<mark>年令</mark>" in answer.content.decode()


def test_the_picture_is_of_this_session(pool: Office) -> None:
    client = pool.as_("clerk")
    assert client.get("/figures/picture/1").status_code == 404
    assert 'src="/figures/picture/1?theme=auto"' in client.post("/figures", ALL).content.decode()
    for theme, ground in (("light", PAPER.ground), ("dark", NIGHT.ground)):
        drawn = client.get(f"/figures/picture/1?theme={theme}").content
        assert b"<svg" in drawn and f"fill: {ground.lower()}".encode() in drawn
    assert pool.as_("clerk-west").get("/figures/picture/1").status_code == 404


def test_figures_are_accessible(pool: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/figures", width=390)
    for words in ("count(人 where 年令 >= 60)", "count(人)"):
        page.fill("#text", words)
        page.fill("#by", "村")
        with page.expect_navigation():
            page.click("main form button.button")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_chart_is_drawn_in_the_browser_and_the_still_picture_stands_without_it(
    pool: Office, browse: Callable[..., Any]
) -> None:
    page = browse("clerk", "/figures", color_scheme="dark")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    page.fill("#text", ALL["text"])
    page.fill("#by", "村")
    page.click("main form.card button.button")
    page.wait_for_selector(".live-chart canvas")
    expect(page.locator("figure img")).to_be_hidden()
    assert page.evaluate(CORNER) == [int(NIGHT.ground[at : at + 2], 16) for at in (1, 3, 5)]
    page.hover(".live-chart")
    assert told == []
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    still = browse("clerk-west", "/figures", java_script_enabled=False, color_scheme="dark")
    still.fill("#text", ALL["text"])
    still.fill("#by", "村")
    with still.expect_request("**/figures/picture/1?theme=dark"):
        still.click("main form.card button.button")
    # The picture is a request of its own: it comes when it comes.
    expect(still.locator("figure img")).to_be_visible()


def test_the_chart_program_is_the_one_of_the_record() -> None:
    folder = Path(__file__).parents[2] / "src/yici/web/static/web/echarts"
    digest = hashlib.sha256((folder / "echarts.common.min.js").read_bytes()).hexdigest()
    record = (Path(__file__).parents[2] / "docs/decisions/0002-dependencies.md").read_text("utf-8")
    assert f"{digest[:8]}…{digest[-5:]}" in record
    assert (folder / "LICENSE").is_file()
