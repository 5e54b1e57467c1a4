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
from yici.services.jobs.running import run_one
from yici.services.jobs.worker import work_off
from yici.services.policies import policies_of
from yici.storage.host import models
from yici.web.middleware.language import COOKIE


@pytest.fixture(autouse=True)
def working_here(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(office.home))


def content_of(client: Client, where: str) -> bytes:
    answer = client.get(where)
    assert isinstance(answer, FileResponse)
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def imported_in_background(office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, str]:
    """The clerk, and the page of the job."""
    client = office.as_("clerk")
    place = upload(client, ledger(folder / "a.xlsx", OWN, HEAD))["Location"]
    monkeypatch.setattr("yici.services.importing.LARGE_LEDGER_BYTES", 100)
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


def test_a_job_speaks_english_on_english_pages(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client, job = imported_in_background(office, tmp_path, monkeypatch)
    client.cookies[COOKIE] = "en"
    models.Job.objects.update(step="后台进程中断过，已重新排队")
    assert "The worker was interrupted; this waits again" in client.get(job).content.decode()
    work_off(office.home)
    page = client.get(job).content.decode()
    assert "Imported, 2 rows." in page and "导入完成" not in page
    models.Job.objects.update(state="failed", problems=[{"code": "x", "message": "没有这项后台任务。", "hint": ""}])
    assert "There is no such job." in client.get(job).content.decode()


def read_in_background(office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, str, str]:
    """The clerk, the page of the job that reads the ledger, and that of the preview."""
    monkeypatch.setattr("yici.services.importing.LARGE_LEDGER_BYTES", 100)
    monkeypatch.setattr("yici.services.importing.LARGE_MARKED_BYTES", 100)
    client = office.as_("clerk")
    job = upload(client, ledger(folder / "a.xlsx", OWN, HEAD))["Location"]
    (place,) = (office.home / "uploads").iterdir()
    return client, job, f"/imports/{place.name}"


def test_a_large_ledger_is_read_for_its_preview_in_the_background(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, job, place = read_in_background(office, tmp_path, monkeypatch)
    assert job.startswith("/jobs/")
    assert client.get(place)["Location"] == job  # Also after the page was left: one reading, and it goes on.
    assert client.post(place)["Location"] == job
    work_off(office.home)
    assert f'href="{place}"' in client.get(job, headers={"HX-Request": "true"}).content.decode()
    page = client.get(place).content.decode()
    assert "生成标注好的台账" in page
    said = {"word": "姓名", "subject": "person", "element": "person.name"}
    again = client.post(f"{place}/heading", said)["Location"]
    assert again.startswith("/jobs/") and again != job
    work_off(office.home)
    assert client.get(f"{place}/marked")["Location"] == place
    marked = client.post(f"{place}/marked")["Location"]
    work_off(office.home)
    assert content_of(client, f"{marked}/file").startswith(b"PK")
    assert not batches_of(home=office.home)


def test_a_reading_that_was_cancelled_is_begun_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, job, place = read_in_background(office, tmp_path, monkeypatch)
    client.post(f"{job}/cancel")
    work_off(office.home)
    page = client.get(place).content.decode()
    assert "开始读取" in page
    again = client.post(place)["Location"]
    assert again != job
    work_off(office.home)
    assert "走访台账" in client.get(place).content.decode()
    assert client.post(f"{place}/run")["Location"].startswith("/jobs/")


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
    gaps = load_workbook(BytesIO(content_of(officer, f"{where}/download?gaps=1"))).worksheets[0]
    assert gaps["A1"].value == f"{LEGAL['name']}（汇总缺项）"
    assert "汇总缺项" in officer.get(where).content.decode()
    monkeypatch.setattr("yici.services.collecting.rollup.LARGE_FORM_CELLS", 0)
    assert officer.get(f"{where}/download?each=1").status_code == 409
    job = officer.post(f"{where}/download?each=1")["Location"]
    work_off(office.home)
    assert content_of(officer, f"{job}/file").startswith(b"PK")
    assert EAST not in officer.get(job).content.decode()
    job = officer.post(f"{where}/download?gaps=1")["Location"]
    work_off(office.home)
    assert load_workbook(BytesIO(content_of(officer, f"{job}/file"))).worksheets[0].title == "汇总缺项"


def test_a_report_over_many_is_made_in_the_background_and_stands_for_the_decision(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(office, tmp_path)
    monkeypatch.setattr("yici.services.collecting.kept_reports.LARGE_TRIAL_CELLS", 0)
    officer, steward = office.as_("officer"), office.as_("steward")
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        where = officer.post("/collections/propose", {**LEGAL, "file": file})["Location"]
    page = officer.get(where).content.decode()
    assert "正在算准入评审报告" in page and "排队中" in page and f"{where}/report" in page and "/cancel" in page
    # Whoever else reads it sees how far it is, starts nothing twice, and approves nothing before it is there.
    assert steward.post(f"{where}/report").status_code == 302
    seen = steward.get(where).content.decode()
    assert "正在算准入评审报告" in seen and "/cancel" not in seen
    part = steward.get(f"{where}/report", headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode() and "HX-Refresh" not in part
    refused = steward.post(f"{where}/decide", {"step": "approve"})
    assert refused.status_code == 409 and "还没有按今天的情况算好" in refused.content.decode()
    work_off(office.home)
    assert steward.get(f"{where}/report", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert steward.get(f"{where}/report")["Location"].startswith(where)
    page = steward.get(where).content.decode()
    assert "格能填" in page and "正在算准入评审报告" not in page
    assert "评审报告已算好：能填 7 格，还缺 2 格。" in officer.get("/jobs").content.decode()
    assert steward.post(f"{where}/decide", {"step": "approve"}).status_code == 302


def report_under_way(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the page of a collection is whose report is made in the background."""
    stock(office, tmp_path)
    monkeypatch.setattr("yici.services.collecting.kept_reports.LARGE_TRIAL_CELLS", 0)
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        return str(office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"])


def test_a_report_that_was_cancelled_is_begun_again(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browse: Callable[..., Any]
) -> None:
    where = report_under_way(office, tmp_path, monkeypatch)
    page = browse("officer", where)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.locator("#making button").click()
    page.wait_for_selector("#job .tag:has-text('已取消')")
    page.goto(page.url.split("/jobs")[0] + where)
    page.get_by_role("button", name="开始算").click()
    page.wait_for_selector("#making")
    page.reload()
    page.wait_for_selector("#making")
    work_off(office.home)
    # The part that asks how far it is loads the page again when the report is there.
    page.wait_for_selector("#report-title")
    assert page.locator("#making").count() == 0


def test_a_button_is_not_replaced_while_it_is_pressed_and_keeps_the_focus(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browse: Callable[..., Any]
) -> None:
    page = browse("officer", report_under_way(office, tmp_path, monkeypatch))
    page.evaluate("document.querySelector('#making').dataset.old = 'yes'")
    page.locator("#making button").focus()
    page.wait_for_selector("#making:not([data-old])")  # It has asked how far it is, and was replaced.
    assert page.evaluate("document.activeElement.id").startswith("cancel-"), "who goes by keys stays where they were"
    page.evaluate("document.querySelector('#making').dataset.old = 'yes'")
    page.hover("#making button")
    page.mouse.down()
    with page.expect_response("**/report"):
        pass
    page.evaluate("new Promise(requestAnimationFrame)")
    assert page.locator("#making[data-old]").count() == 1
    page.mouse.up()
    page.wait_for_selector("#job .tag:has-text('已取消')")


def test_a_collection_is_sent_to_many_in_the_background_once_and_whole(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(office, tmp_path)
    officer, steward = office.as_("officer"), office.as_("steward")
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        where = officer.post("/collections/propose", {**LEGAL, "file": file})["Location"]
    steward.post(f"{where}/decide", {"step": "approve"})
    monkeypatch.setattr("yici.services.collecting.publishing.LARGE_TRIAL_CELLS", 0)
    wanted = {"units": ["柳河镇"], "as_of": date(2026, 2, 28).isoformat(), "days": "5"}
    assert officer.post(f"{where}/publish", wanted | {"days": "0"}).status_code == 409  # Told before anything waits.
    cancelled = officer.post(f"{where}/publish", wanted)["Location"]
    assert "正在派发" in steward.get(where).content.decode()
    officer.post(f"{cancelled}/cancel")
    work_off(office.home)
    assert not models.Filling.objects.count()
    job = officer.post(f"{where}/publish", wanted)["Location"]
    assert job != cancelled and officer.post(f"{where}/publish", wanted)["Location"] == where
    asked = models.Job.objects.get(pk=job.rpartition("/")[2]).arguments
    work_off(office.home)
    assert "已派发给 2 个单位" in officer.get(job).content.decode()
    assert models.Filling.objects.count() == 2
    # A run that was cut off after it had written everything is taken up again, and finds its work done.
    models.Job.objects.filter(kind="publish", state="done").update(
        state="waiting", attempts=1, told="", arguments=asked
    )
    run_one(int(job.rpartition("/")[2]), office.home)
    assert "已派发给 2 个单位" in officer.get(job).content.decode()
    assert models.Filling.objects.count() == 2
    assert officer.post(f"{where}/publish", wanted).status_code == 409
