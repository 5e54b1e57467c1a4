"""Background work on screen: what is large goes there, its owner follows and cancels it, nobody else sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from collecting_office import LEGAL, blank_form, stock
from django.http import FileResponse
from django.test import Client
from openpyxl import load_workbook
from pool_ledgers import EAST, ledger
from test_imports import HEAD, OWN, upload

from conftest import Office
from yici.services.batches import batches_of
from yici.services.jobs.worker import work_off
from yici.services.policies import policies_of


@pytest.fixture(autouse=True)
def working_here(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(office.home))


def content_of(client: Client, where: str) -> bytes:
    answer = client.get(where)
    assert isinstance(answer, FileResponse)
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def imported_in_background(office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, str]:
    """The clerk, and the page of the job."""
    monkeypatch.setattr("yici.web.pages.imports.LARGE_LEDGER_BYTES", 100)
    client = office.as_("clerk")
    place = upload(client, ledger(folder / "a.xlsx", OWN, HEAD))["Location"]
    job = client.post(f"{place}/run")["Location"]
    assert job.startswith("/jobs/")
    return client, job


def test_a_large_ledger_is_imported_in_the_background(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, job = imported_in_background(office, tmp_path, monkeypatch)
    assert not batches_of(home=office.home)
    page = client.get(job).content.decode()
    assert "排队中" in page
    assert "1 项后台任务" in page
    for other in ("clerk-west", "steward", "system"):
        assert office.as_(other).get(job).status_code == 404
        assert office.as_(other).post(f"{job}/cancel").status_code == 404
    work_off(office.home)
    part = client.get(job, headers={"HX-Request": "true"}).content.decode()
    assert "导入完成，2 行。" in part
    assert 'href="/imports"' in part
    assert "hx-trigger" not in part
    assert "<html" not in part
    assert len(batches_of(home=office.home)) == 1
    assert "后台任务</a>" in client.get("/jobs").content.decode()
    assert client.post(f"{job}/cancel").status_code == 409
    assert client.get(f"{job}/file").status_code == 404
    seen = office.as_("system").get("/jobs").content.decode()
    assert "导入台账" in seen
    assert "走访台账" not in seen


def test_a_waiting_import_is_cancelled_on_its_page(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browse: Callable[..., Any]
) -> None:
    _, job = imported_in_background(office, tmp_path, monkeypatch)
    page = browse("clerk", job)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.reload()
    page.locator("#job button").click()
    page.wait_for_selector("#job .tag:has-text('已取消')")
    page.goto("/jobs")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    work_off(office.home)
    assert not batches_of(home=office.home)


def test_a_large_roster_and_a_policy_list_are_files_of_jobs(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(office, tmp_path)
    monkeypatch.setattr("yici.services.rosters.LARGE_ROSTER_ROWS", 1)
    client = office.as_("clerk")
    wanted = {"of": "person", "element": "person.name", "operator": "known", "value": "", "step": "download",
              "column": ["person.name", "person.phone"], "name": "在册人员"}  # fmt: skip
    job = client.post("/rosters", wanted)["Location"]
    monkeypatch.setattr("yici.services.policy_pages.LARGE_MATCH_PEOPLE", 1)
    address = f"/policies/{next(policy.id for policy in policies_of() if policy.subject == 'person')}"
    assert "在后台匹配" in client.get(f"{address}?match=1").content.decode()
    listed = client.post(f"{address}/list")["Location"]
    work_off(office.home)
    page = client.get(job).content.decode()
    assert "在册人员.xlsx" in page
    sheet = load_workbook(BytesIO(content_of(client, f"{job}/file"))).worksheets[0]
    assert [row[1].value for row in list(sheet.rows)[2:]] == ["李一", "王二"]
    assert office.as_("steward").get(f"{job}/file").status_code == 404
    assert "已完成" in client.get(listed).content.decode()


def test_a_large_roll_up_is_made_in_the_background(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(office, tmp_path)
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        where = office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"]
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    officer = office.as_("officer")
    published = {"units": ["柳河镇"], "as_of": date(2026, 2, 28).isoformat(), "days": "5"}
    assert officer.post(f"{where}/publish", published).status_code == 302
    assert content_of(officer, f"{where}/download").startswith(b"PK")
    monkeypatch.setattr("yici.services.collecting.rollup.LARGE_FORM_CELLS", 0)
    assert officer.get(f"{where}/download?each=1").status_code == 409
    job = officer.post(f"{where}/download?each=1")["Location"]
    work_off(office.home)
    assert content_of(officer, f"{job}/file").startswith(b"PK")
    assert EAST not in officer.get(job).content.decode()
