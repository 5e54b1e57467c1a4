"""Scoring over many is a job: found again, cancelled, kept once."""

from __future__ import annotations

from pathlib import Path

import pytest
from held_work import cancel, held_at

from conftest import Office
from score_pool import make_score_pool
from yici.services.jobs.running import run_one
from yici.services.jobs.worker import work_off
from yici.services.scoring import runs_of
from yici.storage.host import models

SCHEME, FIRMS = "/schemes/township-results", "/schemes/mu-yield-large"


@pytest.fixture
def large(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    make_score_pool(office.home, tmp_path)
    monkeypatch.setenv("YICI_HOME", str(office.home))
    monkeypatch.setattr("yici.services.scoring_work.LARGE_SCORED_VALUES", 0)
    monkeypatch.setattr("yici.services.scoring_work.LOOKS_A_VALUE", 1)
    return office


def runs(office: Office) -> list[tuple[str, int | None]]:
    return [(run.scheme, run.previous) for run in runs_of(home=office.home)]


def test_over_many_it_is_scored_and_corrected_by_jobs_found_again(large: Office) -> None:
    steward = large.as_("steward")
    job = steward.post(f"{SCHEME}/score", {"period": "2025"})["Location"]
    assert job.startswith("/jobs/") and steward.post(f"{SCHEME}/score", {"period": "2025"})["Location"] == job
    assert not runs(large)
    page = steward.get(SCHEME).content.decode()
    assert f'hx-get="{job}"' in page and f'action="{job}/cancel"' in page
    assert "正在计分" not in large.as_("clerk").get(SCHEME).content.decode()
    work_off(large.home)
    told = steward.get(job).content.decode()
    assert "已计分，结果和依据都已保存。" in told and 'href="/scores/1"' in told
    # What is plainly wrong is told before anything waits.
    assert steward.post(f"{SCHEME}/score", {"period": "2025"}).status_code == 409
    assert steward.post(f"{SCHEME}/score", {"period": "2999"}).status_code == 409
    assert steward.post("/scores/1/again", {"reason": ""}).status_code == 409
    job = steward.post("/scores/1/again", {"reason": "数据更正"})["Location"]
    assert f'hx-get="{job}"' in steward.get("/scores/1").content.decode()
    work_off(large.home)
    assert 'href="/scores/2"' in steward.get(job).content.decode()
    assert runs(large) == [("township-results", None), ("township-results", 1)]


def test_cancelled_while_it_measures_nothing_is_kept(large: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    steward = large.as_("steward")
    for scheme in (SCHEME, FIRMS):
        job = steward.post(f"{scheme}/score", {"period": "2025"})["Location"]
        with monkeypatch.context() as holding:
            held_at(holding, 0, cancel, words="正在计量指标")
            work_off(large.home)
        assert "已取消，没有留下任何改动。" in steward.get(job).content.decode()
    assert not runs(large)


@pytest.mark.parametrize("again", [False, True])
def test_a_run_that_was_cut_off_after_it_was_kept_is_not_made_twice(large: Office, again: bool) -> None:
    steward = large.as_("steward")
    address, sent = f"{SCHEME}/score", {"period": "2025"}
    if again:
        steward.post(address, sent)
        work_off(large.home)
        address, sent = "/scores/1/again", {"reason": "数据更正"}
    job = steward.post(address, sent)["Location"]
    row = models.Job.objects.get(pk=job.rpartition("/")[2])
    work_off(large.home)
    before = runs(large)
    models.Job.objects.filter(pk=row.pk).update(state="waiting", attempts=1, argument="", arguments=row.arguments)
    run_one(row.pk, large.home)
    assert runs(large) == before
    assert f'href="/scores/{len(before)}"' in steward.get(job).content.decode()
