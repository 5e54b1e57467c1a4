"""Files that take long to make are made in the background: found again, cancelled, fetched where their job says."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from collecting_office import LEGAL, blank_form, stock
from django.http import FileResponse
from django.test import Client
from openpyxl import load_workbook

from conftest import Office
from yici.services.jobs import running
from yici.services.jobs.worker import work_off
from yici.storage import audit
from yici.storage.host import models


@pytest.fixture
def stocked(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    stock(office, tmp_path)
    return office


def content_of(client: Client, where: str) -> bytes:
    answer = client.get(where)
    assert isinstance(answer, FileResponse)
    return b"".join(answer.streaming_content)  # type: ignore[arg-type]


def names_in(content: bytes) -> list[Any]:
    """The names a filled roster lists."""
    rows = load_workbook(BytesIO(content)).worksheets[0].iter_rows(min_row=3, values_only=True)
    return [row[1] for row in rows if row[1]]


def approved(office: Office, folder: Path) -> str:
    """The page of a proposal of which the pool has all, approved."""
    with blank_form(folder, "性别").open("rb") as file:
        where = str(office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"])
    assert office.as_("steward").post(f"{where}/decide", {"step": "approve"}).status_code == 302
    return where


def actions() -> list[str]:
    return [line.action for line in audit.lines()]


def test_a_large_form_is_taken_in_the_background_and_found_again(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = approved(stocked, tmp_path)
    officer, steward = stocked.as_("officer"), stocked.as_("steward")
    monkeypatch.setattr("yici.services.collecting.taking.LARGE_FORM_CELLS", 3)
    job = officer.post(f"{where}/take")["Location"]
    assert job.startswith("/jobs/") and officer.post(f"{where}/take")["Location"] == job
    page = officer.get(where).content.decode()
    assert "排队中" in page and f'hx-get="{job}"' in page and f'action="{job}/cancel"' in page
    assert f'hx-get="{job}"' not in steward.get(where).content.decode()
    work_off(stocked.home)
    assert f"{job}/file" in officer.get(job, headers={"HX-Request": "true"}).content.decode()
    assert names_in(content_of(officer, f"{job}/file")) == ["李一", "王二", "张三"]
    assert f'hx-get="{job}"' not in officer.get(where).content.decode()
    assert actions().count("collection.take") == 1
    monkeypatch.setattr("yici.services.collecting.taking.LARGE_FORM_FILES", 1)
    monkeypatch.setattr("yici.services.collecting.taking.LARGE_FORM_CELLS", 1000)
    assert b"".join(officer.post(f"{where}/take")).startswith(b"PK")  # type: ignore[arg-type]
    each = officer.post(f"{where}/take", {"each": "1"})["Location"]
    work_off(stocked.home)
    assert len(zipfile.ZipFile(BytesIO(content_of(officer, f"{each}/file"))).namelist()) == 2


def test_a_form_whose_taking_was_cancelled_leaves_nothing(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = approved(stocked, tmp_path)
    officer = stocked.as_("officer")
    monkeypatch.setattr("yici.services.collecting.taking.LARGE_FORM_CELLS", 3)
    monkeypatch.setattr("yici.core.fillplan._TOLD_EVERY", 1)
    monkeypatch.setattr("yici.services.jobs.kinds._EVERY", 0.0)
    job = officer.post(f"{where}/take")["Location"]
    # It is cancelled while it runs: as soon as its first row is written.
    monkeypatch.setattr(running, "_note", _cancelling_at(1))
    work_off(stocked.home)
    assert "已取消" in officer.get(job).content.decode()
    assert officer.get(f"{job}/file").status_code == 404
    assert not list((stocked.home / "jobs").iterdir()) and "collection.take" not in actions()
    assert officer.post(f"{where}/take")["Location"] != job


def test_a_system_takes_a_form_or_is_told_where_it_will_be(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = approved(stocked, tmp_path).rpartition("/")[2]
    officer = System(stocked, "officer")
    assert names_in(officer.file(f"collections/{number}/take", {})) == ["李一", "王二", "张三"]
    monkeypatch.setattr("yici.services.collecting.taking.LARGE_FORM_CELLS", 3)
    told = officer.post(f"collections/{number}/take", status=202)
    work_off(stocked.home)
    done = officer.get(told["address"].removeprefix("/api/"))
    assert (done["state"], done["kind"], done["file"]) == ("done", "take", f"{told['address']}/file")
    assert names_in(officer.file(done["file"].removeprefix("/api/"))) == ["李一", "王二", "张三"]
    System(stocked, "officer-health").post(f"collections/{number}/take", status=404)


def _cancelling_at(steps: int) -> Any:
    """As the owner's click does while the work is under way: the wish is there when it has told so many steps."""
    whole = running._note

    def noting(row: Any) -> Any:
        note = whole(row)

        def told(done: int, total: int, step: str) -> None:
            if done >= steps:
                models.Job.objects.filter(pk=row.id).update(cancel_asked=True)
            note(done, total, step)

        return told

    return noting
