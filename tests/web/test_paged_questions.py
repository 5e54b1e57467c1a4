"""A village of 2,000 people with 6,000 open questions: pages stay light, and what is typed outlives their turning."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from collecting_office import LEGAL, blank_form, id_number
from django.contrib.staticfiles import finders

from conftest import Office
from kept_homes import prepared
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.storage import models
from yici.storage.packs import load_registry

HEAVIEST = 150_000
ASSET = re.compile(r'(?:src|href)="/static/([^"]+)"')


@pytest.fixture
def village(office: Office, tmp_path: Path) -> Office:
    prepared(office.home, "a village of 2,000 asked for three things", lambda: _ask(office, tmp_path))
    return office


def _ask(office: Office, folder: Path) -> None:
    lines = ["村,户编号,姓名,身份证号,与户主关系"]
    for n in range(2000):
        born = (date(1930, 1, 1) + timedelta(days=n * 7)).strftime("%Y%m%d")
        person = id_number(f"110105{born}{n % 900:03}0")
        lines.append(f"柳东村,H{n // 3:04},李{chr(0x4E00 + n)},{person},{'子女' if n % 3 else '户主'}")
    ledger = folder / "人口.csv"
    ledger.write_text("\n".join(lines), "utf-8")
    facts = BatchFacts("公安局", date(2026, 1, 1))
    import_ledger(path=ledger, facts=facts, home=office.home, registry=load_registry(), actor="甲")
    with blank_form(folder, "联系电话", "文化程度", "血型").open("rb") as file:
        sent = {**LEGAL, "where": "", "everybody": "1", "file": file}
        where = office.as_("officer").post("/collections/propose", sent)["Location"]
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    office.as_("officer").post(f"{where}/publish", {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"})


def test_a_page_is_light_says_what_is_missing_and_works_without_a_script(village: Office) -> None:
    clerk = village.as_("clerk")
    text = clerk.get("/fillings").content.decode()
    files = [Path(str(finders.find(name))).read_bytes() for name in set(ASSET.findall(text))]
    assert len(gzip.compress(text.encode())) + sum(len(gzip.compress(file)) for file in files) <= HEAVIEST
    assert "还差 6000 项" in text and "还有 6000 项未填" in text
    (pages,) = {int(found) for found in re.findall(r"共 (\d+) 页", text)}
    first = re.findall(r'data-question="([^"]+)"', text)
    last = clerk.get(f"/fillings?page={pages + 9}").content.decode()
    assert f"第 {pages} 页" in last and not set(first) & set(re.findall(r'data-question="([^"]+)"', last))
    found = clerk.get("/fillings", {"name": f"李{chr(0x4E00 + 1000)}"}).content.decode()
    assert f"李{chr(0x4E00 + 1000)}" in found and found.count("<fieldset") == 1
    second = clerk.get("/fillings?page=2").content.decode()
    phone = re.findall(r'data-question="([^"]+)" data-element="person.phone"', second)[0]
    typed = {f"q-{phone}": "13900002222", "submission": "paged-0001", "page": "2"}
    after = clerk.post("/fillings/answers", typed).content.decode()
    assert "第 2 页" in after and "还差 5999 项" in after
    assert [row.value for row in models.Entry.objects.all()] == ["13900002222"]


def test_what_is_typed_outlives_the_turning_of_pages_and_is_sent(village: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/fillings", width=390)
    page.wait_for_selector("#answers[data-ready]")
    phone = '[data-element="person.phone"] input >> nth=0'
    page.fill(phone, "13900002222")
    page.click("nav[data-turning] a[rel=next] >> nth=0")
    page.wait_for_url("**/fillings?page=2")
    page.wait_for_selector("#elsewhere:has-text('还有 1 项')")
    page.click("nav[data-turning] a[rel=prev] >> nth=0")
    page.wait_for_url("**/fillings?page=1")
    page.wait_for_selector("#answers[data-ready]")
    assert page.input_value(phone) == "13900002222"
    page.click("#answers button.button")
    page.wait_for_selector("#sending:has-text('已保存入库')")
    assert [row.value for row in models.Entry.objects.all()] == ["13900002222"]


def test_sending_a_page_says_what_waits_on_which_other_and_leads_on(
    village: Office, browse: Callable[..., Any]
) -> None:
    page = browse("clerk", "/fillings?page=2", width=390)
    page.wait_for_selector("#answers[data-ready]")
    phone = '[data-element="person.phone"] input >> nth=0'
    page.fill(phone, "13900002222")
    here = page.get_attribute("[data-question] >> nth=0", "data-question")
    page.click("nav[data-turning] a[rel=prev] >> nth=0")
    page.wait_for_url("**/fillings?page=1")
    page.wait_for_selector("#answers[data-ready]")
    page.fill(phone, "13900003333")
    page.click("#answers button.button")
    page.wait_for_selector("#elsewhere a:has-text('下一页还有要填的')")
    page.click("#elsewhere a:has-text('第 2 页 1 项')")
    page.wait_for_url("**/fillings?at=*")
    page.wait_for_selector("#answers[data-ready]")
    assert page.input_value(phone) == "13900002222"
    assert page.get_attribute("[data-question] >> nth=0", "data-question") == here


def test_an_expired_sign_in_leads_back_to_the_page_one_was_on(village: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/fillings?page=3", width=390)
    page.wait_for_selector("#answers[data-ready]")
    page.fill('[data-element="person.phone"] input >> nth=0', "13900002222")
    page.context.clear_cookies()
    page.click("#answers button.button")
    page.wait_for_selector("#sending a")
    assert "next=%2Ffillings%3Fpage%3D3" in str(page.get_attribute("#sending a", "href"))
