"""The matches as last recorded: immutable Arrow files, a whole one and what changed after it, read without loading.

A file has the columns key, unit, and for each policy `o:<id>` (the outcome) and `a:<id>` (the amount, where the policy
has one). In a file of changes a row stands for its subject from then on; a null outcome means the subject is gone.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from yici.engine.policy_matching import Matches
from yici.engine.policy_settling import GONE

FOLDER = "matches"
# So many files of changes, or so large a share of changed subjects, are put together with the whole one.
_MOST_FILES, _LARGEST_SHARE, _SMALL = 40, 0.2, 1_000_000


def state_table(matches: Matches) -> pl.DataFrame:
    """What is kept of matches."""
    columns = [pl.col("key"), pl.col("unit").cast(pl.String)]
    for place, rule in enumerate(matches.rules):
        columns.append(pl.col(f"o{place}").cast(pl.Int8).alias(f"o:{rule.id}"))
        if f"a{place}" in matches.table.columns:
            columns.append(pl.col(f"a{place}").alias(f"a:{rule.id}"))
    return matches.table.select(columns)


def with_gone(table: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The table with a row for each of the keys that it lacks: those subjects are there no more."""
    there = set(table["key"].to_list())
    gone = [key for key in keys if key not in there]
    return pl.concat([table, pl.DataFrame({"key": gone}, schema={"key": pl.String})], how="diagonal")


def write_state(home: Path, table: pl.DataFrame) -> str:
    """Write a file of the state; its name. It counts from the moment a run in the database names it."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{uuid.uuid4().hex}.arrow"
    temporary = folder / f".{name}"
    arrow = table.to_arrow(compat_level=pl.CompatLevel.oldest())
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, arrow.schema) as writer:
        writer.write_table(arrow)
    temporary.replace(folder / name)
    return name


def is_there(home: Path, files: Sequence[str]) -> bool:
    """Whether all files of a state are there."""
    return all((home / FOLDER / name).exists() for name in files)


def read_state(home: Path, files: Sequence[str], keys: Sequence[str] | None = None) -> pl.DataFrame:
    """The state that the files make, of everybody or of some keys; gone subjects are left out."""
    found: list[pl.DataFrame] = []
    for name in reversed(files):
        table = _read(home / FOLDER / name, keys)
        for newer in found:
            table = table.join(newer.select("key"), on="key", how="anti")
        found.append(table)
    whole = pl.concat(reversed(found), how="diagonal") if found else pl.DataFrame(schema={"key": pl.String})
    outcomes = [name for name in whole.columns if name.startswith("o:")]
    return whole.filter(pl.any_horizontal(pl.col(outcomes).is_not_null())) if outcomes else whole


def _read(path: Path, keys: Sequence[str] | None) -> pl.DataFrame:
    """A file's rows, of some keys only when given: the others are not even read from the disk."""
    with pa.memory_map(str(path)) as source:
        arrow = pa.ipc.open_file(source).read_all()
        if keys is not None:
            chosen = pc.is_in(arrow["key"], pa.array(keys, arrow.schema.field("key").type))
            arrow = arrow.take(pc.indices_nonzero(chosen))
        table = pl.from_arrow(arrow)
    assert isinstance(table, pl.DataFrame)
    return table


def is_long(home: Path, files: Sequence[str]) -> bool:
    """Whether the files of changes should be put together with the whole one."""
    sizes = [(home / FOLDER / name).stat().st_size for name in files]
    return len(files) > _MOST_FILES or sum(sizes[1:]) > _LARGEST_SHARE * max(_SMALL, sizes[0])


def sweep(home: Path, keep: Sequence[str]) -> None:
    """Remove files that no run in force names. Only under the lock of who records."""
    for path in (home / FOLDER).iterdir():
        if path.suffix == ".arrow" and path.name not in keep:
            path.unlink(missing_ok=True)


def changed_rows(before: pl.DataFrame, after: pl.DataFrame, policies: Sequence[str]) -> pl.DataFrame:
    """What became another: policy, key, unit, before, after, amount_before, amount_after, in the order of policy, key.

    Both tables hold the subjects that were judged again; who is in one only has come or gone (GONE).
    """
    both = before.select(pl.col("key"), pl.exclude("key").name.prefix("was ")).join(
        after, on="key", how="full", coalesce=True
    )
    units = both.select(pl.coalesce("unit", "was unit")).to_series()
    parts = [_changed(both, units, policy) for policy in policies]
    return pl.concat(parts).sort("policy", "key") if parts else pl.DataFrame(schema=_CHANGED)


_CHANGED = {
    "policy": pl.String, "key": pl.String, "unit": pl.String, "before": pl.Int8, "after": pl.Int8,
    "amount_before": pl.Float64, "amount_after": pl.Float64,
}  # fmt: skip


def _changed(both: pl.DataFrame, units: pl.Series, policy: str) -> pl.DataFrame:
    old, new = (_held(both, f"{was}o:{policy}", pl.Int8).fill_null(GONE) for was in ("was ", ""))
    paid, pays = (_held(both, f"{was}a:{policy}", pl.Float64) for was in ("was ", ""))
    moved = ((old != new) | paid.ne_missing(pays)).arg_true()
    named = pl.Series([policy], dtype=pl.String).new_from_index(0, len(moved))
    columns = [named, *(each.gather(moved) for each in (both["key"], units, old, new, paid, pays))]
    return pl.DataFrame(dict(zip(_CHANGED, columns, strict=True)), schema=_CHANGED)


def _held(table: pl.DataFrame, name: str, kind: type[pl.DataType]) -> pl.Series:
    if name in table.columns:
        return table[name]
    return pl.Series([None], dtype=kind).new_from_index(0, table.height)
