"""What the pool knows about the subjects of a ledger, to support doubtful columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from yici.core.elements import Registry
from yici.core.values.model import Value
from yici.storage.manifest import read_manifest


class ProjectionValues:
    """Looks keys up in the projection, which is brought up to date only when a ledger has doubtful columns."""

    def __init__(self, home: Path, registry: Registry) -> None:
        self._home, self._registry = home, registry

    def known(self, key: str, values: Sequence[str], elements: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """{key value: {element: value}} for those of the keys that the pool has (`core.ledgers.mapping.PoolValues`)."""
        # Most ledgers have no doubtful column; they need not wait for the engine to be loaded.
        from yici.engine.projection import open_projection
        from yici.engine.schema import quoted, subjects_of, table_of

        projection = open_projection(self._home, self._registry, read_manifest(self._registry))
        wanted = pa.table({"wanted": pa.array(values, pa.string())})
        found: dict[str, dict[str, Value]] = {}
        owner = self._registry.elements[key].subject
        for subject in subjects_of(self._registry):
            names = [name for name in elements if self._registry.elements[name].subject == subject]
            join = _joined(owner, subject, table_of(subject))
            if not names or join is None:
                continue
            columns = ", ".join(f"t.{quoted(name)}" for name in names)
            projection.con.register("ledger_keys", wanted)
            rows = projection.con.execute(f"SELECT k.wanted, {columns} FROM ledger_keys k JOIN {join}").fetchall()  # noqa: S608
            for wanted_key, *cells in rows:
                found.setdefault(wanted_key, {}).update(zip(names, cells, strict=True))
        return found


def _joined(owner: str, subject: str, table: str) -> str | None:
    """How the rows of a subject are found by a key of `owner`: a join after `ledger_keys k JOIN …`.

    A household's key in ledgers is the ID number of its head.
    """
    if subject == "household" and owner in ("person", "household"):
        return "person p ON p.key = k.wanted JOIN household t ON t.key = p.household"
    if subject == owner or (subject == "person" and owner == "household"):
        return f"{table} t ON t.key = k.wanted"
    return None
