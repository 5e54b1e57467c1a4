"""The API answers 202 with a job for what takes long, as pages start one; asked again it gives what came of it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from collecting_office import LEGAL, blank_form, stock
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook
from pool_ledgers import ledger
from test_imports import HEAD, OWN

from conftest import Office
from yici.services.jobs.worker import work_off
from yici.storage.host import models

SENT = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": 5}


@pytest.fixture
def stocked(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    stock(office, tmp_path)
    return office


def proposed(officer: System, folder: Path) -> str:
    """The address of a proposal."""
    file = SimpleUploadedFile("走访.xlsx", blank_form(folder, "联系电话").read_bytes())
    return f"collections/{officer.send('collections', {**LEGAL, 'file': file})['id']}"


def file_of(system: System, told: dict[str, Any]) -> bytes:
    """What the job made that an answer told of."""
    done = system.get(told["address"].removeprefix("/api/"))
    assert done["state"] == "done", done
    return system.file(done["file"].removeprefix("/api/"))


def test_a_report_over_many_is_asked_for_again_once_it_is_made(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, steward = System(stocked, "officer"), System(stocked, "steward")
    where = proposed(officer, tmp_path)
    small = officer.get(f"{where}/admission")
    assert (small["verdict"], small["moved"]) == ("collect", False) and small["made"]
    monkeypatch.setattr("yici.services.collecting.kept_reports.LARGE_TRIAL_CELLS", 0)
    told = officer.get(f"{where}/admission", 202)
    assert told["address"] == f"/api/jobs/{told['job']}" and officer.get(f"{where}/admission", 202) == told
    # A job is its owner's alone: whoever else reads the proposal starts no other, and is told to ask here again.
    waiting = steward.get(f"{where}/admission", 202)
    assert waiting == {"job": told["job"], "address": f"/api/{where}/admission"}
    work_off(stocked.home)
    whole = officer.get(f"{where}/admission")
    assert steward.get(f"{where}/admission") == whole and whole["made"] > small["made"]
    assert (whole["known"], whole["unknown"]) == (small["known"], small["unknown"])
    assert models.Job.objects.count() == 1
    # What was decided is told from the decision: no later report is kept with it.
    steward.post(f"{where}/decide", {"step": "refuse", "remark": "重复"})
    assert officer.get(f"{where}/admission") == whole | {"made": None}
    models.Collection.objects.update(admission={})
    assert officer.get(f"{where}/admission", 409)["problems"][0]["code"] == "report-none"


def test_nobody_sends_what_is_being_sent(stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    officer, steward = System(stocked, "officer"), System(stocked, "steward")
    where = proposed(officer, tmp_path)
    steward.post(f"{where}/decide", {"step": "approve"})
    monkeypatch.setattr("yici.services.collecting.publishing.LARGE_TRIAL_CELLS", 0)
    told = officer.post(f"{where}/publish", SENT, 202)
    assert officer.post(f"{where}/publish", SENT, 202) == told
    for system, sent in ((steward, SENT), (officer, SENT | {"days": 6})):
        assert system.post(f"{where}/publish", sent, 409)["problems"][0]["code"] == "publishing"
    work_off(stocked.home)
    assert officer.get(told["address"].removeprefix("/api/"))["state"] == "done"
    assert officer.get(where)["all"] == 2
    monkeypatch.setattr("yici.services.collecting.rollup.LARGE_FORM_CELLS", 0)
    rolled = officer.client.get(f"/api/{where}/download")
    assert rolled.status_code == 202
    work_off(stocked.home)
    assert file_of(officer, rolled.json()).startswith(b"PK")


def test_a_large_ledger_is_looked_at_and_marked_by_jobs(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    monkeypatch.setattr("yici.services.importing.LARGE_LEDGER_BYTES", 100)
    monkeypatch.setattr("yici.services.importing.LARGE_MARKED_BYTES", 100)
    clerk = System(office, "clerk")
    file = SimpleUploadedFile("走访台账.xlsx", ledger(tmp_path / "a.xlsx", OWN, HEAD).read_bytes())
    said = {"department": "柳东村", "as_of": "2026-06-30", "file": file}
    where = f"imports/{clerk.send('imports', said)['code']}"
    told = clerk.get(where, 202)
    assert clerk.get(where, 202) == told
    System(office, "steward").get(where, 404)
    work_off(office.home)
    assert clerk.get(where)["rows"] == 2
    marked = clerk.get(f"{where}/marked", 202)
    work_off(office.home)
    assert load_workbook(BytesIO(file_of(clerk, marked))).worksheets
