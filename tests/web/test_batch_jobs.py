"""In a large pool a batch is withdrawn, and said to be a complete list, by a job: once, and seen by all meanwhile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from api_client import System
from collecting_office import stock
from django.test import Client
from pool_ledgers import ledger
from test_imports import HEAD, OWN, upload

from conftest import Office
from yici.core.access.actors import Role
from yici.services.batches import batches_of, withdraw
from yici.services.jobs.running import run_one
from yici.services.jobs.worker import work_off
from yici.storage import accounts, audit
from yici.storage.host import models


@pytest.fixture
def stocked(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    stock(office, tmp_path)
    return office


def actions() -> list[str]:
    return [line.action for line in audit.lines()]


def in_a_large_pool(office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Client, str]:
    """The steward, and the page of a batch in a pool that counts as large."""
    clerk = office.as_("clerk")
    clerk.post(f"{upload(clerk, ledger(folder / 'a.xlsx', OWN, HEAD))['Location']}/run")
    monkeypatch.setattr("yici.services.batches.LARGE_POOL_ROWS", 1)
    return office.as_("steward"), f"/imports/{batches_of(home=office.home)[-1].batch}"


def in_force(office: Office) -> list[bool]:
    return [row.withdrawn_at is None for row in batches_of(home=office.home)]


def arguments(job: str) -> object:
    return models.Job.objects.get(pk=job.rpartition("/")[2]).arguments


def test_a_batch_of_a_large_pool_is_withdrawn_in_the_background_once(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward, where = in_a_large_pool(stocked, tmp_path, monkeypatch)
    job = steward.post(f"{where}/withdraw")["Location"]
    assert job.startswith("/jobs/") and steward.post(f"{where}/withdraw")["Location"] == job
    assert in_force(stocked) == [True, True]
    page, seen = steward.get("/imports").content.decode(), stocked.as_("clerk").get("/imports").content.decode()
    assert page.count("排队中") == seen.count("排队中") == 1 and f'href="{job}"' in page
    assert f'action="{where}/withdraw"' not in page and f'href="{job}"' not in seen
    steward.post(f"{job}/cancel")
    work_off(stocked.home)
    assert (
        in_force(stocked) == [True, True] and f'action="{where}/withdraw"' in steward.get("/imports").content.decode()
    )
    job = steward.post(f"{where}/withdraw")["Location"]
    asked = arguments(job)
    work_off(stocked.home)
    assert in_force(stocked) == [True, False] and "已撤回；再次导入" in steward.get(job).content.decode()
    # A run that was cut off after it had withdrawn the batch is taken up again, and finds its work done.
    models.Job.objects.filter(kind="withdraw", state="done").update(
        state="waiting", attempts=1, told="", arguments=asked
    )
    run_one(int(job.rpartition("/")[2]), stocked.home)
    assert "已撤回；再次导入" in steward.get(job).content.decode()
    assert actions().count("batch.withdraw") == 1
    assert steward.post(f"{where}/withdraw").status_code == 404


def test_who_may_no_longer_withdraw_withdraws_nothing(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward, where = in_a_large_pool(stocked, tmp_path, monkeypatch)
    job = steward.post(f"{where}/withdraw")["Location"]
    account = accounts.find_account("steward")
    assert account is not None
    accounts.end_posts(account.pk, [Role.STEWARD], on=date(2026, 1, 2))
    work_off(stocked.home)
    assert models.Job.objects.get(pk=job.rpartition("/")[2]).problems[0]["code"] == "job-denied"
    assert in_force(stocked) == [True, True]


def test_what_a_batch_of_a_large_pool_covers_is_said_in_the_background(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steward, where = in_a_large_pool(stocked, tmp_path, monkeypatch)
    wrong = steward.post(f"{where}/covers", {"covers": "柳南村"})  # Told before anything waits.
    assert wrong.status_code == 404 and "柳南村" in wrong.content.decode()
    job = steward.post(f"{where}/covers", {"covers": "柳东村"})["Location"]
    assert not batches_of(home=stocked.home)[-1].covers
    work_off(stocked.home)
    assert "已写明名册范围。" in steward.get(job).content.decode()
    assert batches_of(home=stocked.home)[-1].covers == ("柳东村",)
    # Withdrawn before its turn came, nothing is said of it.
    job = steward.post(f"{where}/covers", {"covers": "柳西村"})["Location"]
    withdraw(home=stocked.home, actor="甲", batch=where.rpartition("/")[2])
    work_off(stocked.home)
    assert "这个批次已经撤回" in steward.get(job).content.decode()


def test_a_system_withdraws_from_a_large_pool_by_a_job(
    stocked: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, where = in_a_large_pool(stocked, tmp_path, monkeypatch)
    steward, path = System(stocked, "steward"), where.removeprefix("/")
    told = steward.post(f"{path}/covers", {"units": ["柳东村"]}, status=202)
    work_off(stocked.home)
    done = steward.get(told["address"].removeprefix("/api/"))
    assert (done["state"], done["kind"], done["told"]) == ("done", "covers", "已写明名册范围。")
    told = steward.post(f"{path}/withdraw", status=202)
    assert steward.post(f"{path}/withdraw", status=202) == told
    # Whoever else wants the same is told that it is being done.
    models.Job.objects.filter(pk=told["job"]).update(owner="another")
    assert steward.post(f"{path}/withdraw", status=409)["problems"][0]["code"] == "job-others"
    models.Job.objects.filter(pk=told["job"]).update(owner="steward")
    work_off(stocked.home)
    assert in_force(stocked) == [True, False]
