"""What importing a ledger would do, as pages and programs show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ColumnShown:
    """A column of a ledger: its letter and heading, the element it was understood as, what else it might be."""

    letter: str
    heading: str
    word: str
    element: str
    why_not: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TableShown:
    """A table found in a ledger: where, what its rows are about, its columns, and what is wrong in its cells."""

    sheet: str
    rows: int
    first: int
    last: int
    subject: str
    kind: str
    columns: tuple[ColumnShown, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be imported, before it is."""

    code: str
    file_name: str
    department: str
    as_of: date
    authority: tuple[str, ...]
    covers: tuple[str, ...]
    rows: int
    tables: tuple[TableShown, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...]
    marked: bool

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Preview:
        """A preview as it was kept."""
        tables = tuple(_table(table) for table in kept["tables"])
        lists = {name: tuple(kept[name]) for name in ("authority", "covers", "skipped", "notes")}
        return cls(**{**kept, **lists, "as_of": date.fromisoformat(kept["as_of"]), "tables": tables})


def _table(kept: Mapping[str, Any]) -> TableShown:
    columns = tuple(
        ColumnShown(**{**column, "choices": tuple((id_, name) for id_, name in column["choices"])})
        for column in kept["columns"]
    )
    return TableShown(**{**kept, "columns": columns, "problems": tuple(kept["problems"])})
