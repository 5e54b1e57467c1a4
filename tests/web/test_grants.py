"""Grants: given by the security administrator, seen at once by the department, ended at once, all of it audited."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pool_ledgers import EAST, fill_pool

from conftest import Office
from yici.services.auditing import audit_lines
from yici.storage import models
from yici.storage.references import references_of

GIVEN = {
    "organisation": "民政局",
    "purpose": "低保核查",
    "until": "2099-01-01",
    "elements": ["person.name", "person.phone"],
}


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def test_a_grant_opens_and_its_end_closes_at_once(pool: Office) -> None:
    security, officer = pool.as_("security"), pool.as_("officer")
    code = references_of([("person", EAST)])["person", EAST]
    assert officer.get(f"/pool/{code}").status_code == 404
    assert security.post("/grants/give", GIVEN | {"units": ["柳东村"]}).status_code == 302
    assert "单桂兰" in officer.get(f"/pool/{code}").content.decode()
    page = security.get("/grants").content.decode()
    assert "低保核查" in page and "柳东村" in page and "在期" in page
    number = models.ElementGrant.objects.get().pk
    assert security.post(f"/grants/{number}/end").status_code == 302
    assert officer.get(f"/pool/{code}").status_code == 404
    assert security.post(f"/grants/{number}/end").status_code == 404
    assert "已结束" in security.get("/grants").content.decode()
    told = [(line.actor, line.action, line.thing) for line in audit_lines(home=pool.home, limit=99)]
    assert ("security", "grant.add", "民政局") in told and ("security", "grant.end", "民政局") in told


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"organisation": "没有的局"}, "这个部门"),
    ({"elements": []}, "没有选择数据元"),
    ({"purpose": ""}, "没有写用途"),
    ({"until": "2000-01-01"}, "截止日"),
    ({"until": "明天"}, "截止日"),
    ({"elements": ["person.nothing"]}, "person.nothing"),
    ({"units": ["没有的村"]}, "没有的村"),
]


def test_what_is_wrong_is_told_and_only_the_security_administrator_gives(office: Office) -> None:
    security = office.as_("security")
    for change, words in WRONG:
        answer = security.post("/grants/give", GIVEN | change)
        assert answer.status_code in (404, 409) and words in answer.content.decode(), words
    for login in ("system", "audit", "steward", "auditor", "officer", "clerk"):
        client = office.as_(login)
        page = client.get("/grants")
        assert page.status_code == (403 if login in ("officer", "clerk") else 200), login
        assert "grants/give" not in page.content.decode()
        assert client.post("/grants/give", GIVEN).status_code == 403
        assert client.post("/grants/1/end").status_code == 403
    assert not models.ElementGrant.objects.exists()


def test_giving_in_a_browser(office: Office, browse: Callable[..., Any]) -> None:
    page = browse("security", "/grants")
    page.click("summary:has-text('新增授权')")
    page.select_option("#organisation", "民政局")
    page.fill("#purpose", "低保核查")
    page.fill("#until", "2099-01-01")
    page.fill("#find-element", "联系电话")
    expect(page.locator(".elements li:visible").nth(19)).to_have_count(0)
    page.check("input[value='person.phone']")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.click("button:has-text('授权')")
    page.wait_for_selector("td:has-text('联系电话')")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
