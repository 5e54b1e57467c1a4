"""Small ledgers drawn as text: which tables are found, which rows are no records, what the columns mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ledger_text import sheet_of

from yici.core.binding.binder import Binder
from yici.core.binding.lexicon import make_lexicon
from yici.core.elements import Registry
from yici.core.grid import column_name
from yici.core.ledgers.lexicon import Lexicon, lexicon_of
from yici.core.ledgers.mapping import map_table
from yici.core.ledgers.sheet import ListSheet
from yici.core.ledgers.tables import Table, find_tables
from yici.storage.packs import load_registry

LEDGERS = yaml.safe_load((Path(__file__).parent / "ledgers.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.fixture(scope="module")
def binder(registry: Registry) -> Binder:
    return Binder(make_lexicon(registry))


@pytest.fixture(scope="module")
def lexicon(registry: Registry) -> Lexicon:
    return lexicon_of(registry)


@pytest.mark.parametrize("ledger", LEDGERS, ids=[ledger["name"] for ledger in LEDGERS])
def test_ledger(ledger: dict[str, Any], binder: Binder, lexicon: Lexicon) -> None:
    sheet = sheet_of(ledger["table"])
    found = find_tables(sheet, lexicon)
    assert found.reason == ledger.get("none", "")
    assert len(found.tables) == len(ledger.get("tables", []))
    for table, expected in zip(found.tables, ledger.get("tables", []), strict=True):
        check_structure(table, expected)
        check_mapping(sheet, table, expected, binder)


def check_structure(table: Table, expected: dict[str, Any]) -> None:
    if "headings" in expected:
        assert [table.heading(col) for col in sorted(table.paths)] == expected["headings"]
    if "rows" in expected:
        assert [table.first_row, table.last_row] == expected["rows"]
        assert table.skipped == expected.get("skipped", {})
    if "groups" in expected:
        assert [list(group) for group in table.groups] == expected["groups"]
    if "above" in expected:
        assert list(table.above) == expected["above"]


def check_mapping(sheet: ListSheet, table: Table, expected: dict[str, Any], binder: Binder) -> None:
    rows = [row for row in range(table.first_row, table.last_row + 1) if row not in table.skipped]
    mapped = map_table(table, {col: sheet.column(col, rows) for col in table.paths}, binder)
    assert mapped.subject == expected["subject"]
    if "elements" in expected:
        assert [column.element or "?" for column in mapped.columns] == expected["elements"]
    by_letter = {column_name(column.col): column for column in mapped.columns}
    for letter, unit in expected.get("units", {}).items():
        assert by_letter[letter].unit == unit
    for letter, legend in expected.get("legends", {}).items():
        assert dict(by_letter[letter].legend) == legend
