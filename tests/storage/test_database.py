"""Which database a data folder uses, and that reads of several tables see one moment."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from yici.core.errors import NotFound
from yici.storage.database import is_server, open_database, snapshot
from yici.storage.engines import database_settings
from yici.storage.entries import NewEntry, add_entries
from yici.storage.host import models
from yici.storage.manifest import read_manifest
from yici.storage.packs import load_registry


def test_the_tests_really_run_on_both(database: str, tmp_path: Path) -> None:
    open_database(tmp_path)
    assert connection.vendor == database
    assert is_server() == (database == "postgresql")
    assert (tmp_path / "db.sqlite3").exists() == (database == "sqlite")


def test_a_snapshot_does_not_see_what_others_commit_meanwhile(tmp_path: Path) -> None:
    open_database(tmp_path)
    with transaction.atomic():
        snapshot()
        before = models.Entry.objects.count()
        if is_server():
            _in_thread(_add_one)
        assert models.Entry.objects.count() == before
    if is_server():
        assert models.Entry.objects.count() == before + 1


def test_a_manifest_is_of_one_moment_inside_a_transaction_under_way_too(tmp_path: Path) -> None:
    open_database(tmp_path)
    with transaction.atomic():
        assert models.Entry.objects.count() == 0
        if is_server():
            _in_thread(_add_one)
        manifest = read_manifest(load_registry())
    assert (manifest.sequence, len(manifest.edits)) == ((1, 1) if is_server() else (0, 0))


def test_what_a_transaction_reads_of_its_own_is_forgotten_when_it_is_taken_back(tmp_path: Path) -> None:
    open_database(tmp_path)
    registry = load_registry()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _add_one()
        assert len(read_manifest(registry).edits) == 1
        raise ZeroDivisionError
    assert read_manifest(registry).edits == ()


def test_numbers_given_out_at_once_are_all_different(tmp_path: Path) -> None:
    open_database(tmp_path)
    _add_one()
    threads = [threading.Thread(target=_closing(_add_one)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = list(models.Entry.objects.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, 10))


@pytest.mark.parametrize("url", ["mysql://u:secret@h/db", "postgresql://h", "not an address"])
def test_another_kind_of_address_is_refused_without_showing_the_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound) as caught:
        database_settings(tmp_path, url)
    assert caught.value.problems[0].code == "database-url"
    assert "secret" not in str(caught.value)


def test_an_address_is_read_with_its_escapes_and_options(tmp_path: Path) -> None:
    settings = database_settings(tmp_path, "postgresql://a%40b:p%2Fw@db.local:5433/yici?sslmode=verify-full")
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"]) == (
        "a@b",
        "p/w",
        "db.local",
        "5433",
    )
    assert settings["OPTIONS"]["sslmode"] == "verify-full"


def test_a_server_that_is_away_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yici.storage.engines.database_url", lambda _home: "postgresql://u@127.0.0.1:1/none")
    with pytest.raises(NotFound) as caught:
        open_database(tmp_path)
    assert caught.value.problems[0].code == "database-unreachable"


def _add_one() -> None:
    add_entries([NewEntry("person", "k", "person.phone", "1")], actor="甲", as_of=date(2026, 1, 1))


def _closing(act):  # type: ignore[no-untyped-def]
    def run() -> None:
        try:
            act()
        finally:
            connections["default"].close()

    return run


def _in_thread(act) -> None:  # type: ignore[no-untyped-def]
    thread = threading.Thread(target=_closing(act))
    thread.start()
    thread.join()
