"""The guarded child: its limits hold, its death is a refusal, a spare one serves as well as a new one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_files import string_bomb, workbook

from yici.core.errors import UploadRefused
from yici.office import guard
from yici.office.guard import Limits, limits_for, run_in_child

MB = 1 << 20
AMPLE = Limits(memory=512 * MB, cpu=20, wall=60, written=64 * MB)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    path.write_bytes(workbook())
    return path


@pytest.fixture
def warmed() -> Iterator[None]:
    guard.warm()
    yield
    guard.cool()


def refused_code(path: Path, limits: Limits) -> str:
    with pytest.raises(UploadRefused) as caught:
        run_in_child("form", path, limits=limits, kind="xlsx")
    (problem,) = caught.value.problems
    assert problem.where.file == path.name
    return problem.code


def test_the_answer_comes_back(form: Path) -> None:
    answer = run_in_child("form", form, limits=AMPLE, kind="xlsx")
    assert answer["kind"] == "xlsx"


def test_a_child_over_its_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(string_bomb())
    with pytest.raises(UploadRefused) as caught:
        run_in_child("ledger", path, limits=AMPLE, kind="xlsx", out=str(tmp_path))
    assert caught.value.problems[0].code == "too-big"


def test_a_child_that_writes_too_much_is_refused(form: Path) -> None:
    assert refused_code(form, Limits(memory=512 * MB, cpu=20, wall=60, written=100)) == "too-big"


def test_a_child_over_its_processor_time_is_refused(form: Path) -> None:
    assert refused_code(form, Limits(memory=512 * MB, cpu=0, wall=60, written=MB)) == "too-slow"


def test_a_child_over_the_clock_is_refused(form: Path) -> None:
    assert refused_code(form, Limits(memory=512 * MB, cpu=20, wall=0.001, written=MB)) == "too-slow"


def test_limits_grow_with_what_was_sent_and_never_below_the_floor() -> None:
    small, large = limits_for(10_000), limits_for(100 * MB)
    assert small.memory == 512 * MB and small.cpu == 5
    assert 1536 * MB <= large.memory <= 2560 * MB and large.cpu > 60


def test_a_spare_child_serves_and_is_replaced(form: Path, warmed: None) -> None:
    first = guard._spare
    assert first is not None
    assert run_in_child("form", form, limits=AMPLE, kind="xlsx")
    second = guard._spare
    assert second is not None and second.process.pid != first.process.pid
    assert first.process.returncode is not None


def test_a_spare_child_that_died_meanwhile_is_replaced(form: Path, warmed: None) -> None:
    assert guard._spare is not None
    guard._spare.process.kill()
    guard._spare.process.wait()
    assert run_in_child("form", form, limits=AMPLE, kind="xlsx")


def test_nothing_of_the_environment_reaches_the_child(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_SECRET", "1")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    environment = guard._scrubbed_environment()
    assert "YICI_SECRET" not in environment and "PYTHONPATH" not in environment


def test_files_and_processes_do_not_pile_up(form: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        run_in_child("form", form, limits=AMPLE, kind="xlsx")
    assert len(os.listdir("/proc/self/fd")) == before
