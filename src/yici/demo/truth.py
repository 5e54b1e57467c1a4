"""Is the pool what it must be? The golden records of a data folder against what the ledgers claimed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from yici.demo.ledgers.claims import KEYS, Claims
from yici.engine.projection import Projection
from yici.engine.schema import table_of


@dataclass(slots=True)
class Comparison:
    """How many golden values are as they must be; those that are not by element, with a few of them."""

    right: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    @property
    def share_right(self) -> float:
        """Right values among all that the ledgers support."""
        total = self.right + self.missing.total() + self.wrong.total()
        return self.right / total if total else 1.0


def compare(projection: Projection, claims: Claims) -> Comparison:
    """Compare every claimed golden value with the pool's."""
    pool = {key.split(".")[0]: _records(projection, key) for key in KEYS.values()}
    out = Comparison()
    for (key, element), wanted in claims.golden().items():
        got = pool[element.split(".")[0]].get(key, {}).get(element)
        if got is None:
            out.missing[element] += 1
        elif alike(got, wanted):
            out.right += 1
        else:
            out.wrong[element] += 1
            if out.wrong[element] <= 3:
                out.examples.append(f"{element} {key}: {got!r}, must be {wanted!r}")
    return out


def alike(got: Any, wanted: Any) -> bool:
    """The same value, numbers to a cent."""
    if isinstance(wanted, (int, float, Decimal)) and not isinstance(wanted, bool):
        return isinstance(got, (int, float, Decimal)) and abs(float(got) - float(wanted)) < 0.0051
    return bool(got == wanted)


def _records(projection: Projection, key: str) -> dict[str, dict[str, Any]]:
    table = table_of(key.split(".")[0])
    result = projection.con.execute(f'select * from {table} where "{key}" is not null')  # noqa: S608 - fixed names
    names = [column[0] for column in result.description]
    at = names.index(key)
    return {row[at]: dict(zip(names, row, strict=True)) for row in result.fetchall()}
