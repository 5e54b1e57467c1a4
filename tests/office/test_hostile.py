"""Hostile and broken uploads: refused with a reason, or read; never a dead parent, never anything left behind."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile_files import HEAVY, HOSTILE, pack, workbook, workbook_parts
from yici.core.errors import UploadRefused
from yici.office.forms import read_form
from yici.office.guard import limits_for
from yici.office.ledgers import read_ledger

SMALL = 512 << 20
READERS: dict[str, Callable[[Path], object]] = {
    "form": read_form,
    "ledger": lambda path: read_ledger(path).close(),
}


def refusal(read: Callable[[Path], object], path: Path) -> UploadRefused | None:
    """How a file was refused, None when it was read. Any other error fails the test."""
    try:
        read(path)
    except UploadRefused as refused:
        for problem in refused.problems:
            assert problem.message and problem.hint and problem.where.file == path.name
        return refused
    return None


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of this test's own, to see that nothing is left in it."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(work))
    return work


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_their_reason(tmp_path: Path, work: Path, name: str, reader: str) -> None:
    make, codes = HOSTILE[name]
    path = tmp_path / "上报表.xlsx"
    path.write_bytes(make())
    assert limits_for(path.stat().st_size).memory <= SMALL
    refused = refusal(READERS[reader], path)
    assert refused is not None
    assert {problem.code for problem in refused.problems} & codes, str(refused)
    assert not list(work.iterdir())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", HEAVY)
def test_heavy_files_are_read_or_refused(tmp_path: Path, work: Path, name: str, reader: str) -> None:
    path = tmp_path / "上报表.xlsx"
    path.write_bytes(HEAVY[name]())
    refusal(READERS[reader], path)
    assert not list(work.iterdir())


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_truncated_files_are_refused(tmp_path: Path, share: float, reader: str) -> None:
    path = tmp_path / "a.xlsx"
    data = workbook()
    path.write_bytes(data[: int(len(data) * share)])
    assert refusal(READERS[reader], path) is not None


@pytest.mark.parametrize("reader", READERS)
def test_flipped_bytes_of_the_package_never_harm(tmp_path: Path, work: Path, reader: str) -> None:
    data = workbook()
    draw = random.Random(20261124)
    path = tmp_path / "a.xlsx"
    for _ in range(60):
        path.write_bytes(flipped(data, draw))
        refusal(READERS[reader], path)
    assert not list(work.iterdir())


@pytest.mark.parametrize("reader", READERS)
def test_flipped_bytes_of_the_parts_never_harm(tmp_path: Path, work: Path, reader: str) -> None:
    draw = random.Random(4117)
    path = tmp_path / "a.xlsx"
    for _ in range(40):
        parts = workbook_parts()
        name = draw.choice(list(parts))
        path.write_bytes(pack({**parts, name: flipped(str(parts[name]).encode(), draw)}))
        refusal(READERS[reader], path)
    assert not list(work.iterdir())


def flipped(data: bytes, draw: random.Random) -> bytes:
    """The data with a few bytes replaced by any others."""
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 3, 20))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)
