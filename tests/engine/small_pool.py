"""A small pool made of ledgers written as lists of rows, for tests that need no spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from yici import storage
from yici.core.elements import Element, Kind, Registry, SubjectType
from yici.core.manifest import BatchFacts
from yici.engine.projection import Projection, open_projection
from yici.engine.schema import source_table_of, subjects_of, table_of
from yici.storage.batches import BatchOutcome, write_batch
from yici.storage.manifest import read_manifest
from yici.storage.packs import load_registry

# A copy: what is added below is for these tests only.
_SHIPPED = load_registry()
REGISTRY: Registry = replace(_SHIPPED, subjects=dict(_SHIPPED.subjects), elements=dict(_SHIPPED.elements))
# Two subject types as a pack adds them: apiaries, which have a village of their own, and boats, which have none.
for _type in (SubjectType("apiary", "蜂场", "apiary.number"), SubjectType("boat", "渔船", "boat.number")):
    REGISTRY.subjects[_type.id] = _type
for _id, _name, _kind in (
    ("apiary.number", "蜂场编号", Kind.TEXT),
    ("apiary.name", "蜂场名称", Kind.TEXT),
    ("apiary.village", "蜂场所在村", Kind.REGION),
    ("apiary.hives", "蜂箱数", Kind.INTEGER),
    ("apiary.checked", "检疫日期", Kind.DATE),
    ("boat.number", "渔船编号", Kind.TEXT),
    ("boat.power", "主机功率", Kind.DECIMAL),
):
    REGISTRY.elements[_id] = Element(_id, _id.partition(".")[0], _name, _kind, authority=("畜牧部门",))
_TYPES = {Kind.INTEGER: pa.int64(), Kind.DECIMAL: pa.decimal128(24, 6), Kind.BOOL: pa.bool_()}

Row = Mapping[str, Any]


def id_number(region: str, birth: str, order: int) -> str:
    """A valid ID number (GB 11643) of nobody: region, birth date as eight digits, order code."""
    digits = f"{region}{birth}{order:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


def record_batch(rows: Sequence[Row], columns: Sequence[str] = ()) -> pa.RecordBatch:
    """The rows in the batch format. Element columns are typed by the registry; `columns` adds empty ones."""
    names = list(dict.fromkeys([*columns, *(name for row in rows for name in row)]))
    arrays = {"_row": pa.array(range(1, len(rows) + 1), pa.int64()), "_sheet": pa.array(["Sheet1"] * len(rows))}
    arrays["_line"] = pa.array(range(3, len(rows) + 3), pa.int32())
    for name in names:
        element = REGISTRY.elements.get(name)
        kind = _TYPES.get(element.kind, pa.string()) if element else pa.string()
        arrays[name] = pa.array([_value(row.get(name), kind) for row in rows], kind)
    return pa.record_batch(arrays)


def _value(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return Decimal(str(value)) if value is not None and pa.types.is_decimal(kind) else value


def add(home: Path, department: str, as_of: str, rows: Sequence[Row], *authority: str) -> BatchOutcome:
    """Import rows as a ledger of that department."""
    facts = BatchFacts(department, date.fromisoformat(as_of), authority)
    source = home / "incoming.csv"
    source.write_text(repr((department, list(rows))), encoding="utf-8")
    return write_batch(home, facts, iter([record_batch(rows)]), source, "测试员")


def project(home: Path, as_of: str | None = None) -> Projection:
    """The projection of what is in the pool now."""
    manifest = read_manifest(REGISTRY)
    return open_projection(home, REGISTRY, manifest, date.fromisoformat(as_of) if as_of else None)


def golden(home: Path, subject: str, as_of: str | None = None) -> dict[str, dict[str, Any]]:
    """The golden records of a subject by key, empty values left out."""
    with project(home, as_of) as projection:
        cursor = projection.con.execute(f"SELECT * FROM {table_of(subject)}")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["key"]: {name: value for name, value in row.items() if value is not None} for row in rows}


def dump(projection: Projection) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is read from a projection, in a fixed order, records by what they are instead of by number."""
    tables = {}
    for subject in subjects_of(REGISTRY):
        for name, table in ((subject, table_of(subject)), (f"{subject}_source", source_table_of(subject))):
            tables[name] = projection.con.execute(f"SELECT * FROM {table} ORDER BY key").fetchall()
    for table in ("conflict", "refused", "record", "register_unit"):
        tables[table] = projection.con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
    return tables


def homes(root: Path) -> Iterator[Path]:
    """Fresh data folders, each opened when it is taken."""
    number = 0
    while True:
        number += 1
        home = root / f"home{number}"
        storage.setup(home)
        yield home
