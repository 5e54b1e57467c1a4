"""Batches and the audit: importing twice, failing half way, withdrawing, and lines that were tampered with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from yici import storage
from yici.core.manifest import BatchFacts
from yici.storage import audit
from yici.storage.batch_files import BATCHES, TEMPORARY
from yici.storage.batches import find_batch, hash_file, list_batches, match_batches, withdraw_batch, write_batch
from yici.storage.host import models

FACTS = BatchFacts("民政局", date(2026, 1, 1), ("household.dibao",))
ROWS = pa.record_batch({"_row": [1, 2], "person.name": ["李一", None], "_problems": [None, '[{"status": "REFUSED"}]']})


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """An uploaded file in a fresh data folder."""
    storage.setup(tmp_path)
    path = tmp_path / "台账.csv"
    path.write_text("姓名\n李一\n", encoding="utf-8")
    return path


def test_the_same_file_with_the_same_facts_is_one_batch(tmp_path: Path, source: Path) -> None:
    first = write_batch(tmp_path, FACTS, iter([ROWS]), source, "王")
    again = write_batch(tmp_path, FACTS, iter([ROWS]), source, "王")
    assert (first.new, first.rows, first.problems, again.new) == (True, 2, 1, False)
    assert len(list_batches()) == 1
    assert find_batch(hash_file(source), BatchFacts("残联", FACTS.as_of)) is None
    assert (tmp_path / "originals" / f"{hash_file(source)}.csv").read_bytes() == source.read_bytes()


def test_a_withdrawn_batch_can_come_again(tmp_path: Path, source: Path) -> None:
    first = write_batch(tmp_path, FACTS, iter([ROWS]), source, "王")
    withdraw_batch(list_batches()[0].seq, actor="王")
    assert match_batches(first.batch[:8]) == []
    again = write_batch(tmp_path, FACTS, iter([ROWS]), source, "王")
    assert again.new and again.batch == first.batch
    assert [row.withdrawn_at is None for row in list_batches()] == [False, True]


def test_what_fails_half_way_leaves_nothing_and_leftovers_are_swept(tmp_path: Path, source: Path) -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield ROWS
        raise OSError("the reader died")

    with pytest.raises(OSError, match="reader died"):
        write_batch(tmp_path, FACTS, broken(), source, "王")
    assert list_batches() == [] and list((tmp_path / BATCHES).iterdir()) == []
    leftover = tmp_path / BATCHES / f"{TEMPORARY}killed"
    leftover.write_bytes(b"half")
    write_batch(tmp_path, FACTS, iter([ROWS]), source, "王")
    assert not leftover.exists()


def test_the_audit_is_linked_and_shows_tampering(tmp_path: Path, source: Path) -> None:
    write_batch(tmp_path, FACTS, iter([ROWS]), source, "王")
    withdraw_batch(list_batches()[0].seq, actor="赵")
    assert [(line.actor, line.action) for line in audit.lines()] == [("王", "batch.import"), ("赵", "batch.withdraw")]
    assert list(audit.broken_links()) == []
    models.AuditLine.objects.filter(seq=1).update(actor="别人")
    assert list(audit.broken_links()) == [1]


def test_an_audit_line_needs_the_transaction_of_its_change(source: Path) -> None:
    with pytest.raises(RuntimeError):
        audit.append(actor="王", action="x", thing="y", detail={})
