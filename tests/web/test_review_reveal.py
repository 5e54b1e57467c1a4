"""Masked values on the page of a filling: asked for with a purpose, with and without a script, and over the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from axe_playwright_python.sync_playwright import Axe
from collecting_office import PEOPLE, id_number
from django.test import Client
from playwright.sync_api import expect
from test_collecting_journey import published

from conftest import Office
from yici.services.auditing import audit_lines
from yici.storage import models
from yici.storage.entries import NewEntry, add_entries
from yici.storage.references import references_of

LI = id_number(PEOPLE[0][3])
WHOLE, BEFORE = "13900002222", "13800001111"
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def number(office: Office, tmp_path: Path) -> int:
    """A filling that was sent, with a phone corrected in it."""
    published(office, tmp_path)
    filling = models.Filling.objects.get(unit="柳东村")
    entry = NewEntry("person", LI, "person.phone", WHOLE)
    add_entries([entry], actor="clerk", as_of=date(2026, 3, 1), source=f"collection:{filling.collection_id}")
    assert office.as_("clerk").post(f"/fillings/{filling.pk}/submit").status_code == 302
    return int(filling.pk)


def address(number: int) -> str:
    return f"/reviews/{number}/{references_of([('person', LI)])['person', LI]}/person.phone/reveal"


def text_of(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def test_it_works_without_a_script(office: Office, number: int) -> None:
    officer, before = office.as_("officer"), len(audit_lines(home=office.home, limit=1000))
    page = text_of(officer, f"/reviews/{number}")
    assert WHOLE not in page and LI not in page
    links = re.findall(r'formaction="(/reviews/[^"]*/reveal\?of=(?:told|before))&amp;step=ask"', page)
    assert links == [f"{address(number)}?of=before", f"{address(number)}?of=told"]
    asked = text_of(officer, links[1])
    assert "<h1>" in asked and "用途（会记入审计）" in asked and WHOLE not in asked
    assert len(audit_lines(home=office.home, limit=1000)) == before
    wrong = officer.post(links[1], {"for": "好奇"})
    assert wrong.status_code == 409 and "没有选择用途" in wrong.content.decode() and WHOLE not in wrong.content.decode()
    assert len(audit_lines(home=office.home, limit=1000)) == before
    whole = officer.post(links[1], {"for": "核对信息"}).content.decode()
    assert "<h1>" in whole and WHOLE in whole and BEFORE not in whole
    last = audit_lines(home=office.home, limit=1)[0]
    assert (last.actor, last.action, last.detail["for"], last.detail["filling"]) == (
        "officer", "value.reveal", "核对信息", number
    )  # fmt: skip
    assert BEFORE in officer.post(links[0], {"for": "核对信息"}).content.decode()
    assert WHOLE not in text_of(officer, f"/reviews/{number}")


def test_what_is_typed_stays_without_a_script(office: Office, number: int, browse: Callable[..., Any]) -> None:
    leader = office.as_("leader")
    assert leader.post(f"/reviews/{number}/step", {"step": "check"}).status_code == 302
    page = browse("officer", f"/reviews/{number}", java_script_enabled=False)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("input[name^=cell-]").fill("号码是谁的？")
    page.locator("input[name^=cell-]").press("Enter")
    page.fill("#remark", "请再看一遍")
    assert sent == [], "Enter in a remark sends nothing"
    expect(page.get_by_text("按回车不会提交")).to_be_visible()
    told = page.locator("[id^=told-]")
    for button in ("显示", "取消", "显示"):
        told.get_by_text(button).click()
    told.locator("select").select_option("核对信息")
    told.get_by_role("button", name="显示").click()
    expect(told).to_have_text(WHOLE)
    expect(page.locator("input[name^=cell-]")).to_have_value("号码是谁的？")
    expect(page.locator("#remark")).to_have_value("请再看一遍")


def test_a_fragment_is_that_value_alone(office: Office, number: int) -> None:
    officer, path = office.as_("officer"), f"{address(number)}?of=told"
    for text in (
        text_of(officer, path, **FRAGMENT),
        officer.post(path, {"for": ""}, headers=FRAGMENT).content.decode(),
    ):
        assert "<h1>" not in text and "<select" in text and WHOLE not in text
    whole = officer.post(path, {"for": "核对信息"}, headers=FRAGMENT).content.decode()
    assert "<h1>" not in whole and "<select" not in whole and whole.count(WHOLE) == 1


def test_who_may_not_is_refused(office: Office, number: int) -> None:
    path, purpose = address(number), {"for": "核对信息"}
    before = len(audit_lines(home=office.home, limit=1000))
    # The village's own clerk does not review, a leader may not look at masked values, the rest have nothing to do here.
    for login, status in (
        ("clerk", 403), ("leader", 403), ("clerk-west", 404), ("officer-health", 404), ("auditor", 404),
        ("system", 404),
    ):  # fmt: skip
        client = office.as_(login)
        assert (client.get(path).status_code, client.post(path, purpose).status_code) == (status, status), login
        assert path not in client.get(f"/reviews/{number}").content.decode(), login
    west = models.Filling.objects.get(unit="柳西村").pk
    assert office.as_("officer").post(path.replace(f"/{number}/", f"/{west}/"), purpose).status_code == 404
    assert office.as_("officer").post(path.replace("phone", "religion"), purpose).status_code == 404
    # A look counts beside the others of an hour; none of those refused was written down as one.
    assert not [one for one in audit_lines(home=office.home, limit=1000)[before:] if one.action == "value.reveal"]


def test_the_api_has_the_same(office: Office, number: int) -> None:
    officer = System(office, "officer")
    (told,) = officer.get(f"fillings/{number}")["told"]
    assert told["value"] == "139****2222" and told["subject"]
    path = f"fillings/{number}/values/{told['subject']}/{told['element']}/reveal"
    officer.post(path, {"purpose": "好奇"}, 409)
    officer.post(path, {"purpose": "核对信息", "of": "else"}, 422)
    assert officer.post(path, {"purpose": "核对信息"}) == {"value": WHOLE}
    assert officer.post(path, {"purpose": "核对信息", "of": "before"}) == {"value": BEFORE}
    assert audit_lines(home=office.home, limit=1)[0].detail["of"] == "before"
    leader = System(office, "leader")
    assert leader.get(f"fillings/{number}")["told"][0]["subject"] is None
    leader.post(path, {"purpose": "核对信息"}, 403)


def test_words_of_ours_are_english_on_english_pages(office: Office, number: int) -> None:
    officer = office.as_("officer")
    officer.cookies["yici-language"] = "en"
    page = text_of(officer, f"/reviews/{number}")
    assert "The latest date" in page and "数据日期最新" not in page
    # What a department is called is data.
    assert "公安局 2026-01-01" in page


@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser(office: Office, number: int, browse: Callable[..., Any], width: int) -> None:
    leader = office.as_("leader")
    assert leader.post(f"/reviews/{number}/step", {"step": "check"}).status_code == 302
    page = browse("officer", f"/reviews/{number}", width=width)
    remark = page.locator("input[name^=cell-]")
    remark.fill("号码是谁的？")
    remark.press("Enter")
    told, before = page.locator("[id^=told-]"), page.locator("[id^=before-]")
    told.get_by_role("button").click()
    page.wait_for_selector("[id^=told-] select:focus")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    told.get_by_text("取消").click()
    expect(told).to_contain_text("139****2222")
    told.get_by_role("button").click()
    show = told.get_by_role("button", name="显示", exact=True)
    show.click()
    expect(told.locator("[role=alert]")).to_contain_text("没有选择用途")
    told.locator("select").select_option("核对信息")
    show.click()
    expect(told).to_have_text(WHOLE)
    expect(before).to_contain_text("138****1111")
    # What was being written beside it stays.
    expect(remark).to_have_value("号码是谁的？")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
