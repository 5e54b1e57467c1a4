"""Many or large received forms are tried by a job and then taken in together: found again, cancelled, never twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from axe_playwright_python.sync_playwright import Axe
from collecting_office import TITLE, blank_form, old_form, stock
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from held_work import cancel, held_at
from openpyxl import load_workbook

from conftest import Office
from yici.core.access.actors import Post, Role
from yici.services.form_memory import FormMemory
from yici.services.jobs.running import run_one
from yici.services.jobs.worker import work_off
from yici.services.received_files import FOLDER, remove_old
from yici.storage import accounts, audit, outside
from yici.storage.host import models
from yici.storage.outside import UseRow

COLUMNS = ("联系电话", "血型", "性别")


@pytest.fixture
def stocked(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    monkeypatch.setattr("yici.services.receiving.LARGE_FORM_FILES", 2)
    stock(office, tmp_path)
    return office


def dropped(client: Client, folder: Path, **more: str) -> Any:
    """Three forms and a photograph, dropped at once: the answer."""
    files = [SimpleUploadedFile("照片.xlsx", b"no form")]
    for place, _ in enumerate(COLUMNS, 1):
        own = folder / str(place)
        # A workbook tells when it was made: dropped again, it must be the very same.
        if not own.is_dir():
            own.mkdir(parents=True)
            blank_form(own, *COLUMNS[:place])
        files.append(SimpleUploadedFile(f"表{place}.xlsx", next(own.iterdir()).read_bytes()))
    return client.post("/received", {"files": files, "unit": "柳东村", **more})


def uses() -> list[UseRow]:
    return outside.uses()[::-1]


def job_row(job: str) -> models.Job:
    return models.Job.objects.get(pk=job.rpartition("/")[2])


def taken_in() -> int:
    """How many lines of the audit say that a form was received."""
    return sum(line.action == "outside.receive" for line in audit.lines())


def test_many_forms_are_taken_in_by_a_job_that_is_found_again(stocked: Office, tmp_path: Path) -> None:
    clerk = stocked.as_("clerk")
    answer = dropped(clerk, tmp_path / "a", department="民政局")
    job = answer["Location"]
    assert job.startswith("/jobs/")
    assert not uses()
    page = clerk.get("/received").content.decode()
    assert "排队中" in page and f'hx-get="{job}"' in page and f'action="{job}/cancel"' in page
    assert f'hx-get="{job}"' not in stocked.as_("clerk-west").get("/received").content.decode()
    work_off(stocked.home)
    told = clerk.get(job).content.decode()
    assert "已收下 3 张。\n没有收下的：\n照片.xlsx：" in told and 'href="/received"' in told
    assert [(use.file_name, use.unit, use.department, use.by) for use in uses()] == [
        (f"表{place}.xlsx", "柳东村", "民政局", "clerk") for place in (1, 2, 3)
    ]
    assert [(use.asked, use.filled) for use in uses()] == [counts(stocked, tmp_path, n) for n in (1, 2, 3)]
    assert taken_in() == 6


def counts(office: Office, folder: Path, columns: int) -> tuple[int, int]:
    """(asked, filled) of the same form, received by itself."""
    content = blank_form(folder, *COLUMNS[:columns]).read_bytes()
    office.as_("clerk").post("/received", {"files": SimpleUploadedFile("一.xlsx", content), "unit": "柳东村"})
    last = outside.uses()[0]
    models.OutsideUse.objects.filter(pk=last.id).delete()
    return last.asked, last.filled


def test_what_a_job_took_in_is_downloaded_together_until_another_comes(stocked: Office, tmp_path: Path) -> None:
    clerk = stocked.as_("clerk")
    dropped(clerk, tmp_path / "a")
    assert "全部下载" not in clerk.get("/received").content.decode()
    work_off(stocked.home)
    page = clerk.get("/received").content.decode()
    assert "填好 3 张。" in page and page.count("刚收到") == 3
    numbers = [use.id for use in uses()]
    assert all(f'name="use" value="{number}"' in page for number in numbers)
    package = ZipFile(BytesIO(b"".join(clerk.post("/received/package", {"use": numbers[:2]}))))
    assert package.namelist() == ["01-表1.xlsx", "02-表2.xlsx"]
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        assert clerk.post("/received", {"files": file, "unit": "柳东村"}).status_code == 302
    assert "全部下载" not in clerk.get("/received").content.decode()


def test_cancelled_between_two_forms_none_is_taken_in(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = stocked.as_("clerk")
    job = dropped(clerk, tmp_path / "a")["Location"]
    with monkeypatch.context() as holding:
        held_at(holding, 2, cancel, words="试填")
        work_off(stocked.home)
    assert job_row(job).state == "cancelled" and not uses() and not taken_in()
    assert not list((stocked.home / "jobs").iterdir())
    again = dropped(clerk, tmp_path / "a")["Location"]
    assert again != job
    work_off(stocked.home)
    assert len(uses()) == 3


def test_a_second_click_takes_nothing_in_twice_but_another_unit_is_another_thing(
    stocked: Office, tmp_path: Path
) -> None:
    account = accounts.find_account("clerk")
    assert account is not None
    accounts.add_post(account.pk, Post(Role.CLERK, unit="柳西村"), by="甲", since=date(2026, 1, 1))
    clerk = stocked.as_("clerk")
    job = dropped(clerk, tmp_path / "a")["Location"]
    assert dropped(clerk, tmp_path / "a")["Location"] == job
    other = dropped(clerk, tmp_path / "a", unit="柳西村")["Location"]
    assert other != job
    work_off(stocked.home)
    assert [use.unit for use in uses()] == ["柳东村"] * 3 + ["柳西村"] * 3


def test_a_run_that_was_cut_off_after_it_had_written_is_not_done_twice(stocked: Office, tmp_path: Path) -> None:
    clerk = stocked.as_("clerk")
    job = dropped(clerk, tmp_path / "a")["Location"]
    asked = job_row(job).arguments
    # The clerk drops one of them by itself before the job has begun: that is a form of its own.
    content = blank_form(tmp_path, *COLUMNS[:1]).read_bytes()
    clerk.post("/received", {"files": SimpleUploadedFile("表1.xlsx", content), "unit": "柳东村"})
    work_off(stocked.home)
    before = uses()
    assert len(before) == 4
    models.Job.objects.filter(pk=job_row(job).pk).update(state="waiting", attempts=1, told="", arguments=asked)
    run_one(job_row(job).pk, stocked.home)
    assert "已收下 3 张。\n没有收下的：\n照片.xlsx：" in clerk.get(job).content.decode()
    assert uses() == before and taken_in() == 4


def test_who_has_no_longer_the_unit_takes_nothing_in(stocked: Office, tmp_path: Path) -> None:
    clerk = stocked.as_("clerk")
    job = dropped(clerk, tmp_path / "a")["Location"]
    account = accounts.find_account("clerk")
    assert account is not None
    accounts.end_posts(account.pk, [Role.CLERK], on=date(2026, 1, 2))
    accounts.add_post(account.pk, Post(Role.CLERK, unit="柳西村"), by="甲", since=date(2026, 1, 2))
    work_off(stocked.home)
    assert job_row(job).problems[0]["code"] == "job-denied" and not uses()


def test_when_none_can_be_read_the_job_says_of_each_why(stocked: Office) -> None:
    clerk = stocked.as_("clerk")
    files = [SimpleUploadedFile(f"照片{place}.xlsx", b"no form %d" % place) for place in (1, 2, 3)]
    job = clerk.post("/received", {"files": files, "unit": "柳东村"})["Location"]
    work_off(stocked.home)
    page = clerk.get(job).content.decode()
    assert "没有完成" in page and all(f"照片{place}.xlsx：" in page for place in (1, 2, 3))
    # What is plainly wrong is told before anything waits.
    assert clerk.post("/received", {"files": files, "unit": "柳西村"}).status_code == 403
    many = [SimpleUploadedFile(f"{n}.xlsx", b"x%d" % n) for n in range(21)]
    assert clerk.post("/received", {"files": many, "unit": "柳东村"}).status_code == 409


def test_one_large_form_is_taken_in_by_a_job_under_its_own_name(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yici.services.receiving.LARGE_RECEIVED_BYTES", 100)
    clerk = stocked.as_("clerk")
    named = SimpleUploadedFile("走访 2026.xlsx", blank_form(tmp_path, "联系电话").read_bytes())
    job = clerk.post("/received", {"files": named, "unit": "柳东村"})["Location"]
    assert "走访 2026.xlsx" in clerk.get(job).content.decode()
    work_off(stocked.home)
    (use,) = uses()
    assert use.file_name == "走访 2026.xlsx" and clerk.get(f"/received/{use.id}").status_code == 200


def test_a_small_form_of_an_old_format_is_converted_by_a_job_and_then_opens_everywhere(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = stocked.as_("clerk")
    job = clerk.post("/received", {"files": old_form(tmp_path, monkeypatch), "unit": "柳东村"})["Location"]
    assert job.startswith("/jobs/") and not uses()
    work_off(stocked.home)
    (use,) = uses()
    # Another process neither converts nor recognises it again; the script could not.
    monkeypatch.setattr("yici.services.forms._MEMORY", FormMemory())
    monkeypatch.setattr("yici.services.forms.read_form_source", lambda *_: pytest.fail("read again"))
    assert TITLE in clerk.get(f"/received/{use.id}").content.decode()
    filled = clerk.post(f"/received/{use.id}/download")
    assert ".xlsx" in filled["Content-Disposition"]
    assert load_workbook(BytesIO(b"".join(filled))).active is not None


def test_what_waits_is_not_swept_away_what_was_cancelled_is(stocked: Office, tmp_path: Path) -> None:
    clerk = stocked.as_("clerk")
    job, folder, now = dropped(clerk, tmp_path / "a")["Location"], stocked.home / FOLDER, datetime.now(UTC)
    old = (now - timedelta(days=2)).timestamp()
    for file in folder.iterdir():
        os.utime(file, (old, old))
    assert remove_old(stocked.home, now) == 0
    clerk.post(f"{job}/cancel")
    assert remove_old(stocked.home, now) == 4 and not list(folder.iterdir())
    # Files gone for any other reason are told by their names.
    job = dropped(clerk, tmp_path / "a")["Location"]
    for file in folder.iterdir():
        file.unlink()
    work_off(stocked.home)
    assert "照片.xlsx：已过保存期。" in clerk.get(job).content.decode()


def test_the_page_shows_how_far_it_is_after_a_reload(
    stocked: Office, tmp_path: Path, browse: Callable[..., Any]
) -> None:
    page = browse("clerk", "/received", width=390)
    for place in (1, 2, 3):
        folder = tmp_path / str(place)
        folder.mkdir()
        blank_form(folder, *COLUMNS[:place])
    page.set_input_files("#files", [str(next((tmp_path / str(n)).iterdir())) for n in (1, 2, 3)])
    page.click("main form button.button")
    page.wait_for_url("**/jobs/*")
    page.goto(page.url.split("/jobs")[0] + "/received")
    page.reload()
    page.wait_for_selector("#job .tag:has-text('排队中')")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    work_off(stocked.home)
    page.wait_for_selector("#job .tag:has-text('已完成')")
    page.click("#job a:has-text('查看')")
    page.wait_for_selector("text=填好 3 张。")
