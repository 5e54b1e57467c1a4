"""Finding subjects and their pages: whose are shown, what is masked, what a look at a masked value leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect
from pool_ledgers import EAST, SON, WEST, fill_pool

from conftest import Office
from yici.services.accounts import grant_elements
from yici.services.auditing import audit_lines
from yici.storage import models
from yici.storage.references import references_of

PHONE = "person.phone"


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def page_of(client: Client, words: str) -> str:
    return client.post("/pool", {"words": words}).content.decode()


def code_of(key: str, subject: str = "person") -> str:
    return references_of([(subject, key)])[subject, key]


@pytest.mark.parametrize(
    "words",
    ["单桂兰", "桂兰", "sgl", "dgl", EAST, EAST[-4:], "13900000009", "1390000 柳东", "h001 桂兰", "柳东村1组 单桂"],
)
def test_somebody_is_found_by_what_is_known(pool: Office, words: str) -> None:
    text = page_of(pool.as_("clerk"), words)
    assert "单桂兰" in text
    assert EAST not in text.replace(f'value="{words}"', "")
    assert code_of(EAST) in text


def test_only_ones_own_village_is_searched(pool: Office) -> None:
    assert "没有找到" in page_of(pool.as_("clerk"), "赵四海")
    assert code_of(WEST) in page_of(pool.as_("clerk-west"), "zsh")
    assert code_of(WEST) in page_of(pool.as_("steward"), "赵四海")
    assert "没有可以查找" not in page_of(pool.as_("clerk"), "")


def test_another_villages_subject_is_not_there_by_any_method(pool: Office) -> None:
    client, code = pool.as_("clerk"), code_of(WEST)
    for path in ("", f"/{PHONE}", f"/{PHONE}/line", f"/{PHONE}/edit", f"/{PHONE}/reveal"):
        assert client.get(f"/pool/{code}{path}").status_code == 404, path
    for path in ("edit", "undo", "choose", "reveal"):
        assert client.post(f"/pool/{code}/{PHONE}/{path}", {"value": "13800000000"}).status_code == 404
    assert client.get("/pool/0123abcd").status_code == 404
    assert client.get(f"/pool/{EAST}").status_code == 404


def test_masked_values_are_nowhere_until_somebody_needs_them(pool: Office) -> None:
    client, code = pool.as_("clerk"), code_of(EAST)
    text = client.get(f"/pool/{code}").content.decode()
    assert "单桂兰" in text
    assert "二级" not in text
    assert EAST not in text
    assert EAST[:6] + "********" + EAST[-4:] in text
    line = f"/pool/{code}/person.disability_grade"
    for more in ("", "/line", "/edit", "/reveal"):
        shown = client.get(line + more, headers={"HX-Request": "true"}).content.decode()
        assert "二级" not in re.sub(r"<option>.*?</option>", "", shown), more
    before = len(audit_lines(home=pool.home, limit=1000))
    assert client.post(f"{line}/reveal", {"for": "好奇"}).status_code == 409
    assert len(audit_lines(home=pool.home, limit=1000)) == before
    whole = client.post(f"{line}/reveal", {"for": "核对信息"}, headers={"HX-Request": "true"}).content.decode()
    assert "二级" in whole
    last = audit_lines(home=pool.home, limit=1000)[-1]
    assert (last.actor, last.action, last.thing) == ("clerk", "value.reveal", code)
    assert last.detail == {"element": "person.disability_grade", "subject": "person", "for": "核对信息"}


def test_a_department_sees_only_what_is_granted(pool: Office) -> None:
    client, code = pool.as_("officer"), code_of(EAST)
    assert "部门要先取得数据元的授权" in page_of(client, "单桂兰")
    assert client.get(f"/pool/{code}").status_code == 404
    grant_elements(actor="甲", home=pool.home, organisation="民政局", elements=["姓名", "联系电话"], purpose="低保",
                   units=["柳东村"], today=date(2026, 1, 1))  # fmt: skip
    client = pool.as_("officer")
    assert code in page_of(client, "单桂兰")
    assert code not in page_of(client, EAST)
    assert code not in page_of(client, "0009")
    assert code in page_of(client, "13900000009")
    text = client.get(f"/pool/{code}").content.decode()
    assert "139****0009" in text
    assert "现住址" not in text
    assert client.get(f"/pool/{code_of(WEST)}").status_code == 404
    assert client.get(f"/pool/{code}/person.residence_address").status_code == 404
    assert client.post(f"/pool/{code}/{PHONE}/edit", {"value": "1"}).status_code in (403, 404)


def test_an_edit_is_checked_recorded_and_undone(pool: Office) -> None:
    client, code = pool.as_("clerk"), code_of(SON)
    address = f"/pool/{code}/{PHONE}"
    htmx = {"HX-Request": "true"}
    wrong = client.post(f"{address}/edit", {"value": "123"}, headers=htmx)
    assert wrong.status_code == 422
    assert "error-text" in wrong.content.decode()
    assert 'value="123"' in wrong.content.decode()
    same = len(audit_lines(home=pool.home, limit=1000))
    client.post(f"{address}/edit", {"value": "13853811002"}, headers=htmx)
    assert len(audit_lines(home=pool.home, limit=1000)) == same
    saved = client.post(f"{address}/edit", {"value": "13811112222"}, headers=htmx).content.decode()
    assert "13811112222" in saved
    entry = re.search(r'name="entry" value="(\d+)"', saved)
    assert entry
    assert pool.as_("steward").post(f"{address}/undo", {"entry": entry[1]}, headers=htmx).status_code == 409
    undone = client.post(f"{address}/undo", {"entry": entry[1]}, headers=htmx).content.decode()
    assert "13853811002" in undone
    assert 'name="entry"' not in undone
    assert client.post(f"{address}/undo", {"entry": entry[1]}, headers=htmx).status_code == 409


def test_the_number_that_says_who_somebody_is_is_not_typed_over(pool: Office) -> None:
    code, other = code_of(EAST), SON
    before = models.Entry.objects.count()
    for login in ("clerk", "steward"):
        answer = pool.as_(login).post(
            f"/pool/{code}/person.id_number/edit", {"value": other}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "不能直接修改" in text and "合并、拆分" in text
        put = System(pool, login).put(f"subjects/{code}/values/person.id_number", {"value": other}, 409)
        assert put["problems"][0]["code"] == "key-not-edited"
    assert models.Entry.objects.count() == before


def test_another_sources_value_is_chosen(pool: Office) -> None:
    client, code = pool.as_("clerk"), code_of(EAST)
    drawer = client.get(f"/pool/{code}/{PHONE}", headers={"HX-Request": "true"}).content.decode()
    assert "13853811001" in drawer
    assert client.post(f"/pool/{code}/{PHONE}/choose", {"rival": "7"}).status_code == 404
    rival = re.search(r'name="rival" value="(\d+)"', drawer)
    assert rival
    assert client.post(f"/pool/{code}/{PHONE}/choose", {"rival": rival[1]}).status_code == 302
    line = client.get(f"/pool/{code}/{PHONE}/line", headers={"HX-Request": "true"}).content.decode()
    assert "13853811001" in line


@pytest.mark.parametrize("width", [1280, 390])
def test_search_subject_edit_undo_in_a_browser(pool: Office, browse: Callable[..., Any], width: int) -> None:
    page = browse("clerk", "/pool", width=width)
    page.fill("#words", "sjg")
    page.press("#words", "Enter")
    page.wait_for_selector("#found table")
    assert Axe().run(page).violations_count == 0
    assert EAST not in page.url
    page.click("#found a")
    page.wait_for_selector(".facts-table")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.click("#line-person-phone a[aria-label^=修改]")
    page.fill("#value-person-phone", "12")
    page.press("#value-person-phone", "Enter")
    page.wait_for_selector("#line-person-phone .error-text")
    expect(page.locator("#value-person-phone")).to_have_attribute("aria-invalid", "true")
    page.fill("#value-person-phone", "13811112222")
    page.press("#value-person-phone", "Enter")
    page.click("#line-person-phone button[aria-label^=撤销]")
    page.wait_for_selector("#line-person-phone:has-text('13853811002')")
    page.click("#line-person-phone a[aria-label$=来源]")
    page.wait_for_selector("[data-drawer]:focus")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    expect(page.locator("[data-drawer]")).to_have_count(0)
