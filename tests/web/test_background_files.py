"""Files that take long to make are made in the background: found again, cancelled, fetched where their job says."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from collecting_office import LEGAL, blank_form, stock
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import FileResponse
from django.test import Client
from held_work import cancel, held_at
from openpyxl import load_workbook
from pool_ledgers import ledger
from test_imports import HEAD, OWN, upload

from conftest import Office
from yici.services.batches import batches_of, withdraw
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
    job = officer.post(f"{where}/take")["Location"]
    # It is cancelled while it runs: as soon as its first row is written.
    held_at(monkeypatch, 1, cancel)
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


def taken_in(office: Office, folder: Path, count: int) -> list[str]:
    """So many forms the clerk received, each of its own columns; the numbers of their uses."""
    files = []
    for place in range(count):
        own = folder / str(place)
        own.mkdir()
        file = blank_form(own, *("联系电话", "血型", "性别", "文化程度")[: place + 1])
        files.append(SimpleUploadedFile(f"表{place + 1}.xlsx", file.read_bytes()))
    page = office.as_("clerk").post("/received", {"files": files, "unit": "柳东村"}).content.decode()
    return re.findall(r'name="use" value="(\d+)"', page)


def test_a_package_of_received_forms_names_those_that_cannot_be_filled(stocked: Office, tmp_path: Path) -> None:
    numbers, clerk = taken_in(stocked, tmp_path, 3), stocked.as_("clerk")
    models.OutsideUse.objects.filter(pk=numbers[1]).update(where="不认识的词 > 1")
    package = zipfile.ZipFile(BytesIO(b"".join(clerk.post("/received/package", {"use": numbers}))))  # type: ignore[arg-type]
    assert package.namelist() == ["01-表1.xlsx", "03-表3.xlsx", "没有填成的表.txt"]
    assert names_in(package.read("01-表1.xlsx")) == ["李一", "王二"]
    assert package.read("没有填成的表.txt").decode("utf-8-sig").startswith("表2.xlsx：")
    assert actions().count("outside.fill") == 2
    answer = clerk.post("/received/package", {"use": numbers[1]})
    assert answer.status_code == 409 and "表2.xlsx：" in answer.content.decode()


def test_a_large_package_of_received_forms_is_filled_in_the_background(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, clerk = taken_in(stocked, tmp_path, 3), stocked.as_("clerk")
    models.OutsideUse.objects.filter(pk=numbers[2]).update(where="不认识的词 > 1")
    monkeypatch.setattr("yici.services.received_downloads.LARGE_FORM_FILES", 2)
    job = clerk.post("/received/package", {"use": numbers})["Location"]
    assert job.startswith("/jobs/") and clerk.post("/received/package", {"use": numbers})["Location"] == job
    assert stocked.as_("clerk-west").get(job).status_code == 404
    work_off(stocked.home)
    page = clerk.get(job).content.decode()
    assert "已填好 2 份。没有填成的：表3.xlsx：" in page
    package = zipfile.ZipFile(BytesIO(content_of(clerk, f"{job}/file")))
    assert package.namelist() == ["01-表1.xlsx", "02-表2.xlsx", "没有填成的表.txt"]
    assert actions().count("outside.fill") == 2
    # Cancelled while the second is filled: no file stays, and nothing is noted as taken away.
    held_at(monkeypatch, 1, cancel)
    cancelled = clerk.post("/received/package", {"use": numbers})["Location"]
    work_off(stocked.home)
    assert "已取消" in clerk.get(cancelled).content.decode()
    assert clerk.get(f"{cancelled}/file").status_code == 404 and actions().count("outside.fill") == 2


def test_one_large_received_form_is_a_file_of_a_job(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number, _), clerk = taken_in(stocked, tmp_path, 2), stocked.as_("clerk")
    monkeypatch.setattr("yici.services.received_downloads.LARGE_FORM_CELLS", 1)
    job = clerk.post(f"/received/{number}/download")["Location"]
    work_off(stocked.home)
    assert "表1.xlsx" in clerk.get(job).content.decode()
    assert names_in(content_of(clerk, f"{job}/file")) == ["李一", "王二"]
    assert clerk.post(f"/received/{number}/download", {"each": "nobody"}).status_code == 404


def test_a_small_ledger_for_a_large_pool_is_imported_in_the_background(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = stocked.as_("clerk")
    small, other = (upload(clerk, ledger(tmp_path / f"{name}.xlsx", OWN, HEAD))["Location"] for name in "ab")
    monkeypatch.setattr("yici.services.batches.LARGE_POOL_ROWS", 3)
    assert clerk.post(f"{small}/run")["Location"] == "/imports"  # Three people are in the pool, no more.
    job = clerk.post(f"{other}/run")["Location"]
    assert job.startswith("/jobs/")
    work_off(stocked.home)
    assert "已完成" in clerk.get(job).content.decode()
    # What was withdrawn is no longer in the pool, and does not make it large.
    for row in batches_of(home=stocked.home)[1:]:
        withdraw(home=stocked.home, actor="甲", batch=row.batch)
    third = upload(clerk, ledger(tmp_path / "c.xlsx", OWN, HEAD))["Location"]
    assert clerk.post(f"{third}/run")["Location"] == "/imports"


def test_marking_a_ledger_tells_how_far_it_is_and_is_cancelled_on_the_way(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = stocked.as_("clerk")
    preview = upload(clerk, ledger(tmp_path / "a.xlsx", OWN, HEAD))["Location"]
    monkeypatch.setattr("yici.services.importing.LARGE_MARKED_BYTES", 100)
    assert "生成标注好的台账" in clerk.get(preview).content.decode()
    assert clerk.get(f"{preview}/marked")["Location"] == preview
    with monkeypatch.context() as holding:
        held_at(holding, 50, cancel, words="正在写标注")
        job = clerk.post(f"{preview}/marked")["Location"]
        work_off(stocked.home)
    row = models.Job.objects.get(pk=job.rpartition("/")[2])
    assert (row.state, row.total) == ("cancelled", 100) and 50 <= row.done < 100
    assert not list((stocked.home / "jobs").iterdir())
    job = clerk.post(f"{preview}/marked")["Location"]
    work_off(stocked.home)
    assert load_workbook(BytesIO(content_of(clerk, f"{job}/file"))).worksheets
