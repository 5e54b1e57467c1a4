"""The guarded child: its limits hold, its death is a refusal, each is forked from one template."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hostile_files import string_bomb, workbook
from yici.core.errors import UploadRefused
from yici.office import template_process
from yici.office.guard import Limits, limits_for, run_in_child

MB = 1 << 20
AMPLE = Limits(memory=512 * MB, cpu=20, wall=60, written=64 * MB)


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "表.xlsx"
    path.write_bytes(workbook())
    return path


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


def test_a_template_that_died_meanwhile_is_replaced(form: Path) -> None:
    assert run_in_child("form", form, limits=AMPLE, kind="xlsx")
    first = template_process._template
    assert first is not None
    first.process.kill()
    first.process.wait()
    assert run_in_child("form", form, limits=AMPLE, kind="xlsx")
    second = template_process._template
    assert second is not None and second.process.pid != first.process.pid


def test_one_template_serves_many_threads(form: Path, tmp_path: Path) -> None:
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(form.read_bytes()[:-40])
    with ThreadPoolExecutor(4) as threads:
        read = [threads.submit(run_in_child, "form", form, limits=AMPLE, kind="xlsx") for _ in range(8)]
        refused = [threads.submit(refused_code, broken, AMPLE) for _ in range(4)]
        assert {done.result()["kind"] for done in read} == {"xlsx"}
        assert {done.result() for done in refused} == {"broken"}


def test_a_forked_process_has_a_template_of_its_own(form: Path) -> None:
    run_in_child("form", form, limits=AMPLE, kind="xlsx")
    ours = template_process._template
    told, tells = os.pipe()
    number = os.fork()
    if number == 0:
        kind = run_in_child("form", form, limits=AMPLE, kind="xlsx")["kind"]
        os.write(tells, f"{kind} {template_process._template is not ours}".encode())
        template_process.end_template()
        os._exit(0)
    os.close(tells)
    os.waitpid(number, 0)
    assert os.read(told, 100) == b"xlsx True"
    os.close(told)
    assert run_in_child("form", form, limits=AMPLE, kind="xlsx") and template_process._template is ours


def test_children_know_nothing_of_one_another(form: Path, tmp_path: Path) -> None:
    """The template never sees an upload, and no child outlives its own."""
    for task, kind, more in (("form", "xlsx", {}), ("ledger", "xlsx", {"out": str(tmp_path)})):
        run_in_child(task, form, limits=AMPLE, kind=kind, **more)
    template = template_process._template
    assert template is not None
    open_files = [os.readlink(link) for link in Path(f"/proc/{template.process.pid}/fd").iterdir()]
    assert not [name for name in open_files if name.startswith("/") and name != os.devnull]
    assert Path(f"/proc/{template.process.pid}/task/{template.process.pid}/children").read_text() == ""
    assert len(list(Path(f"/proc/{template.process.pid}/task").iterdir())) == 1, "a process with threads is forked"


def test_nothing_of_the_environment_reaches_the_child(form: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_SECRET", "1")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    environment = template_process._scrubbed_environment()
    assert "YICI_SECRET" not in environment and "PYTHONPATH" not in environment


def test_files_and_processes_do_not_pile_up(form: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        run_in_child("form", form, limits=AMPLE, kind="xlsx")
    assert len(os.listdir("/proc/self/fd")) == before
