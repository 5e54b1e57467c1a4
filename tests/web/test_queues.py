"""What waits in the pool: conflicts are settled, who is who is judged and taken back, doubts are answered in time."""

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
from yici.services.jobs.worker import work_off
from yici.services.ledgers import import_ledger
from yici.storage.packs import load_registry
from yici.storage.references import references_of

PHONE = "person.phone"


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def code_of(key: str) -> str:
    return references_of([("person", key)])["person", key]


@pytest.mark.parametrize("rival", [True, False])
def test_a_conflict_is_settled_by_choosing_or_keeping(pool: Office, rival: bool) -> None:
    client, code = pool.as_("clerk"), code_of(EAST)
    text = client.get("/conflicts").content.decode()
    assert "13900000009" in text
    assert "13853811001" in text
    assert "个值来源不一致" in client.get("/").content.decode()
    assert "13900000009" not in pool.as_("clerk-west").get("/conflicts").content.decode()
    drawer = client.get(f"/pool/{code}/{PHONE}?back=conflicts", headers={"HX-Request": "true"}).content.decode()
    found = re.search(r'name="rival" value="(\d+)"', drawer)
    assert found
    given = {"back": "conflicts"} | ({"rival": found[1]} if rival else {})
    assert client.post(f"/pool/{code}/{PHONE}/choose", given)["Location"] == "/conflicts"
    assert "13900000009" not in client.get("/conflicts").content.decode()


def test_cells_not_taken_are_listed_until_something_is_known(pool: Office, tmp_path: Path) -> None:
    path = ledger(tmp_path / "更正.xlsx", [["单建国", SON, "高中一", "柳东村"], ["赵四海", WEST, "??", "柳西村"]],
                  ["姓名", "公民身份号码", "文化程度", "村（社区）"])  # fmt: skip
    import_ledger(path=path, facts=BatchFacts("教育局", date(2026, 4, 1)), home=pool.home, registry=load_registry(),
                  actor="甲")  # fmt: skip
    text = pool.as_("clerk").get("/refused").content.decode()
    assert "高中一" in text
    assert "??" not in text
    assert pool.as_("officer").get("/refused").status_code == 403


def test_a_doubt_is_answered_by_somebody_else_with_a_reason(pool: Office) -> None:
    clerk, steward, code = pool.as_("clerk"), pool.as_("steward"), code_of(SON)
    address = f"/pool/{code}/{PHONE}/doubt"
    assert clerk.post(address, {"doubt": " "}).status_code == 409
    assert clerk.post(f"/pool/{code_of(WEST)}/{PHONE}/doubt", {"doubt": "不对"}).status_code == 404
    assert clerk.post(address, {"doubt": "号码换了"}).status_code == 302
    assert clerk.post(address, {"doubt": "号码换了"}).status_code == 409
    assert "号码换了" in clerk.get("/disputes").content.decode()
    assert "号码换了" not in pool.as_("clerk-west").get("/disputes").content.decode()
    assert "条疑义待校核" in steward.get("/").content.decode()
    number = re.search(r"/disputes/(\d+)/answer", steward.get("/disputes").content.decode())
    assert number
    answer = f"/disputes/{number[1]}/answer"
    assert pool.as_("clerk-west").post(answer, {"reason": "x"}).status_code == 404
    assert clerk.post(answer, {"reason": "自己"}).status_code == 409
    assert steward.post(answer, {"reason": "", "value": ""}).status_code == 409
    assert "error-text" in steward.post(answer, {"reason": "核过", "value": "12"}).content.decode()
    assert steward.post(answer, {"reason": "电话核过", "value": "13811113333"}).status_code == 302
    text = clerk.get("/disputes").content.decode()
    assert "已更正" in text
    assert "13811113333" in text
    assert steward.post(answer, {"reason": "再答", "value": ""}).status_code == 409


def test_who_is_who_is_judged_and_taken_back(pool: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ledger(tmp_path / "走访二.xlsx", [["单建国", "1968-07-16", "柳东村"]], ["姓名", "出生日期", "村（社区）"])
    import_ledger(path=path, facts=BatchFacts("卫健局", date(2026, 4, 1)), home=pool.home, registry=load_registry(),
                  actor="甲")  # fmt: skip
    client = pool.as_("clerk")
    text = client.get("/judgements").content.decode()
    sides = re.search(r'name="left" value="(\w+)"><input type="hidden" name="right" value="(\w+)"', text)
    assert sides
    pair = {"left": sides[1], "right": sides[2]}
    assert pool.as_("clerk-west").post("/judgements/judge", pair | {"verdict": "same"}).status_code == 404
    assert client.post("/judgements/judge", pair | {"verdict": "odd"}).status_code == 404
    assert client.post("/judgements/judge", pair | {"verdict": "same", "reason": "同村同名"}).status_code == 302
    text = client.get("/judgements").content.decode()
    assert 'name="left"' not in text and "：同村同名</td>" in text
    number = re.search(r"/judgements/(\d+)/back", text)
    assert number
    assert pool.as_("clerk-west").post(f"/judgements/{number[1]}/back").status_code == 404
    assert client.post(f"/judgements/{number[1]}/back").status_code == 302
    assert 'name="left"' in client.get("/judgements").content.decode()
    # In a large pool no page waits until all is reckoned anew: a job does it, and leads back.
    monkeypatch.setattr("yici.services.batches.LARGE_POOL_ROWS", 1)
    monkeypatch.setenv("YICI_HOME", str(pool.home))
    told = client.post("/judgements/judge", pair | {"verdict": "same", "reason": "同村同名"}, follow=True)
    job, _ = told.redirect_chain[-1]
    assert job.startswith("/jobs/") and "已记下判定" in told.content.decode()
    work_off(pool.home)
    assert client.get(job, headers={"HX-Request": "true"})["HX-Redirect"] == "/judgements"
    done = client.get(job).content.decode()
    assert "全库已更新。" in done and 'href="/judgements"' in done


def test_the_queues_are_accessible(pool: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/conflicts")
    for path in ("/conflicts", "/refused", "/judgements", "/disputes"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def asked_for(pool: Office, folder: Path, *columns: str) -> None:
    """A form with these columns, sent to both villages."""
    with blank_form(folder, *columns).open("rb") as file:
        where = pool.as_("officer").post("/collections/propose", {**LEGAL, "where": "", "everybody": "1", "file": file})
    pool.as_("steward").post(f"{where['Location']}/decide", {"step": "approve"})
    sent = {"units": ["柳河镇"], "as_of": "2026-11-01", "days": "5"}
    assert pool.as_("officer").post(f"{where['Location']}/publish", sent).status_code == 302


def test_a_clerk_checks_doubtful_values_of_what_is_asked(pool: Office, tmp_path: Path) -> None:
    client, code = pool.as_("clerk"), code_of(EAST)
    asked_for(pool, tmp_path, "血型")
    # Nothing that this form asks for is in doubt.
    assert "先核对" not in client.get("/fillings").content.decode()
    asked_for(pool, tmp_path, "血型", "联系电话")
    page = client.get("/fillings").content.decode()
    assert "有 1 个来源不一致" in page and "13900000009" in page and "13853811001" in page
    assert "先核对" not in pool.as_("clerk-west").get("/fillings").content.decode()
    drawer = client.get(f"/pool/{code}/{PHONE}?back=my-fillings", headers={"HX-Request": "true"}).content.decode()
    assert 'name="back" value="my-fillings"' in drawer
    found = re.search(r'name="rival" value="(\d+)"', drawer)
    assert found
    given = {"back": "my-fillings", "rival": found[1]}
    assert client.post(f"/pool/{code}/{PHONE}/choose", given)["Location"] == "/fillings"
    assert "先核对" not in client.get("/fillings").content.decode()
    assert 'value="elsewhere"' not in client.get(f"/pool/{code}/{PHONE}?back=elsewhere").content.decode()
