"""A form that takes long to recognise is proposed by a job: found again, cancelled, never twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_client import System
from collecting_office import LEGAL, TITLE, blank_form, old_form, stock
from django.test import Client
from held_work import cancel, held_at

from conftest import Office
from yici.core.access.actors import Post, Role
from yici.services.jobs.running import run_one
from yici.services.jobs.worker import work_off
from yici.storage import accounts
from yici.storage.host import models


@pytest.fixture
def stocked(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    stock(office, tmp_path)
    return office


def sent(client: Client, file: Any, **more: str) -> Any:
    file.seek(0)
    return client.post("/collections/propose", {**LEGAL, "valid_until": "2099-01-01", "file": file, **more})


def proposed() -> list[tuple[str, str, str]]:
    rows = models.Collection.objects.order_by("pk")
    return [(row.name, row.organisation, row.form.file_name) for row in rows]


def test_it_is_proposed_once_by_a_job_that_is_found_again(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer, file = stocked.as_("officer"), old_form(tmp_path, monkeypatch)
    # What is plainly missing is told before anything waits.
    assert sent(officer, file, purpose="").status_code == 409
    job = sent(officer, file)["Location"]
    assert job.startswith("/jobs/") and sent(officer, file)["Location"] == job and not proposed()
    page = officer.get("/collections/propose").content.decode()
    assert f'hx-get="{job}"' in page and f'action="{job}/cancel"' in page
    row = models.Job.objects.get(pk=job.rpartition("/")[2])
    work_off(stocked.home)
    assert proposed() == [("老年人走访", "民政局", "走访.xls")]
    where = f"/collections/{models.Collection.objects.get().pk}"
    assert f'href="{where}"' in officer.get(job).content.decode()
    assert TITLE in officer.get(where).content.decode()
    # A run that was cut off after it had proposed has proposed it all the same.
    models.Job.objects.filter(pk=row.pk).update(state="waiting", attempts=1, argument="", arguments=row.arguments)
    run_one(row.pk, stocked.home)
    assert len(proposed()) == 1 and f'href="{where}"' in officer.get(job).content.decode()
    # Once it was converted, nobody waits for it: the second proposal is at once.
    assert sent(officer, file, name="又一次")["Location"].startswith("/collections/")


def test_a_large_form_is_proposed_by_a_job_too(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yici.services.forms.LARGE_RECEIVED_BYTES", 100)
    officer = stocked.as_("officer")
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        assert sent(officer, file)["Location"].startswith("/jobs/") and not proposed()
        work_off(stocked.home)
        assert proposed() == [("老年人走访", "民政局", "走访.xlsx")]
        assert sent(officer, file)["Location"].startswith("/collections/")


def test_a_program_is_told_where_to_ask(stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    api = System(stocked, "officer")
    fields = {**LEGAL, "valid_until": "2099-01-01", "file": old_form(tmp_path, monkeypatch)}
    told = api.send("collections", fields, 202)
    work_off(stocked.home)
    assert api.get(f"jobs/{told['job']}")["state"] == "done" and len(proposed()) == 1


def test_cancelled_while_it_is_converted_nothing_is_proposed(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = stocked.as_("officer")
    job = sent(officer, old_form(tmp_path, monkeypatch))["Location"]
    with monkeypatch.context() as holding:
        holding.setattr("yici.office.convert._LOOK_S", 0.001)
        held_at(holding, 0, cancel, words="正在识别")
        work_off(stocked.home)
    assert "已取消，没有留下任何改动。" in officer.get(job).content.decode() and not proposed()


def test_who_has_left_the_department_proposes_nothing(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = stocked.as_("officer")
    job = sent(officer, old_form(tmp_path, monkeypatch))["Location"]
    account = accounts.find_account("officer")
    assert account is not None
    day = account.posts.first().since
    accounts.end_posts(account.pk, [Role.OFFICER], on=day)
    accounts.add_post(account.pk, Post(Role.OFFICER, organisation="卫健局"), by="甲", since=day)
    work_off(stocked.home)
    assert "只能替自己的部门报备。" in officer.get(job).content.decode() and not proposed()
