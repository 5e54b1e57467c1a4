"""A subject's page: a first value is undone to nothing, others are merged and parted by hand, what goes on about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from collecting_office import LEGAL, blank_form
from pool_ledgers import EAST, SON, WEST, fill_pool, ledger

from conftest import Office
from yici.core.manifest import BatchFacts
from yici.services.auditing import audit_lines
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.storage import models
from yici.storage.packs import load_registry
from yici.storage.references import references_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def code_of(key: str) -> str:
    return references_of([("person", key)])["person", key]


def test_a_first_value_is_undone_to_nothing(pool: Office) -> None:
    client = pool.as_("clerk")
    address = f"/pool/{code_of(SON)}/person.education"
    # Looked at before and after, so that the projection is brought up to date rather than made anew.
    assert "高中" not in client.get(f"{address}/line", headers=HTMX).content.decode()
    saved = client.post(f"{address}/edit", {"value": "高中"}, headers=HTMX).content.decode()
    entry = re.search(r'name="entry" value="(\d+)"', saved)
    assert entry
    undone = client.post(f"{address}/undo", {"entry": entry[1]}, headers=HTMX).content.decode()
    assert "高中" not in undone
    assert 'name="entry"' not in undone
    assert client.post(f"{address}/undo", {"entry": entry[1]}, headers=HTMX).status_code in (404, 409)
    assert models.Entry.objects.filter(element="person.education").count() == 2
    again = client.post(f"{address}/edit", {"value": "初中"}, headers=HTMX).content.decode()
    assert "初中" in again
    with open_pool(pool.home).projection() as projection:
        rows = projection.con.execute('SELECT "person.education" FROM person WHERE key = ?', [SON]).fetchall()
    assert rows == [("初中",)]


def test_two_are_merged_and_parted_with_reasons(pool: Office, tmp_path: Path) -> None:
    path = ledger(tmp_path / "走访二.xlsx", [["单桂芳", "1968-07-17", "柳东村"]], ["姓名", "出生日期", "村（社区）"])
    import_ledger(path=path, facts=BatchFacts("卫健局", date(2026, 4, 1)), home=pool.home, registry=load_registry(),
                  actor="甲")  # fmt: skip
    client, code = pool.as_("clerk"), code_of(SON)
    page = f"/pool/{code}/merge"
    assert client.get(f"/pool/{code_of(WEST)}/merge").status_code == 404
    assert pool.as_("officer").get(page).status_code in (403, 404)
    found = client.post(page, {"words": "单桂"}).content.decode()
    others = re.findall(r'name="other" value="(\w+)"', found)
    # 单桂兰 and 单桂芳; never the subject itself.
    assert len(others) == 2
    assert code not in others
    apart = next(other for other in others if other != code_of(EAST))
    given = {"other": apart, "words": "单桂"}
    # Who has another number is hardly the same; whom one chose is chosen still when the reason lacks.
    assert found.count("证件号码或编号不同") == 1 and "<dt>公民身份号码</dt>" in found
    refused = client.post(f"/pool/{code}/merged", given).content.decode()
    assert "没有写理由" in refused and f'value="{apart}" checked' in refused
    assert client.post(f"/pool/{code}/merged", given | {"reason": "改过名"}).status_code == 302
    assert client.get(f"/pool/{apart}").status_code == 404
    joined = client.get(page).content.decode()
    number = re.search(rf"/pool/{code}/part/(\d+)", joined)
    assert number
    assert "改过名" in joined
    assert client.post(f"/pool/{code}/part/{number[1]}", {"reason": " "}).status_code == 409
    assert client.post(f"/pool/{code}/part/{number[1]}", {"reason": "不是一人"}).status_code == 302
    assert client.get(f"/pool/{apart}").status_code == 200
    lines = [line for line in audit_lines(home=pool.home, limit=1000) if line.action == "judgement.add"]
    assert [line.detail["reason"] for line in lines] == ["改过名", "不是一人"]


def test_what_goes_on_about_a_subject(pool: Office, tmp_path: Path, browse: Callable[..., Any]) -> None:
    with blank_form(tmp_path, "血型", "文化程度").open("rb") as file:
        where = pool.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"]
    pool.as_("steward").post(f"{where}/decide", {"step": "approve"})
    pool.as_("officer").post(f"{where}/publish", {"units": ["柳河镇"], "as_of": "2026-03-31", "days": "5"})
    filling = models.Filling.objects.get(unit="柳东村").pk
    client, code = pool.as_("clerk"), code_of(EAST)
    sent = {"submission": "device-0001", "answers": [
        {"value": "高中", "element": "person.education", "key": code, "filling": filling}]}  # fmt: skip
    answered = client.post("/fillings/answers", sent, content_type="application/json").json()
    assert answered["accepted"] == 1, answered
    records = client.get(f"/pool/{code}").content.decode()
    assert "填报“老年人走访" in records and "collection:" not in records
    client.post(f"/pool/{code}/person.phone/doubt", {"doubt": "号码换了"})
    page = browse("clerk", f"/pool/{code}", width=390)
    page.wait_for_selector("#matters + div:has-text('血型')")
    text = page.inner_text("#matters + div")
    assert "老年人走访" in text
    assert "号码换了" in text
    assert "文化程度" not in text
    for address in (f"/pool/{code}", f"/pool/{code}/matters", f"/pool/{code}/merge"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
