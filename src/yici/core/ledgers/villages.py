"""Which village each row of a table belongs to: its own column, else the sheet's name, a line above, or an address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yici.core.elements import Kind, Registry
from yici.core.ledgers.cells import Raw, is_filled
from yici.core.ledgers.columns import TableMap
from yici.core.ledgers.tables import Table
from yici.core.ledgers.units import UnitNames, labelled_village
from yici.core.recognition.labels import read_label

_VILLAGE_HEADING = re.compile(
    r"(?:所在|所属|居住|现居住|户籍|户籍所在|户口所在|服务|参保地?|家庭所在)?(?:地)?(?:行政村|村社区|村居|村名|村别|村庄|村|社区|村委会|居委会)(?:名称)?"
)
_SHEET_VILLAGE = re.compile(r"[^\d\s]{2,8}(?:村|社区)")
_RESOLVES = 0.9


@dataclass(frozen=True, slots=True)
class VillageSource:
    """Where villages come from: a column (`col`), its addresses (`address_cols`), or one name for all rows."""

    col: int | None = None
    name: str | None = None
    address_cols: tuple[int, ...] = ()


def find_villages(
    table: Table,
    sheet_name: str,
    mapped: TableMap,
    sample: Mapping[int, Sequence[Raw]],
    units: UnitNames,
    registry: Registry,
) -> VillageSource:
    """Where the villages of a table's rows are read. Addresses are also read where a column or name is silent."""
    addresses = _address_columns(mapped, registry) if units else ()
    col = _village_column(mapped, sample, units)
    if col is not None:
        return VillageSource(col, None, addresses)
    return VillageSource(None, _common_name(table, sheet_name, units), addresses)


def _village_column(mapped: TableMap, sample: Mapping[int, Sequence[Raw]], units: UnitNames) -> int | None:
    """The column of villages: the one its label makes certain, else one whose values are names of the area tree."""
    labelled = mapped.of("household.village") or mapped.of(f"{mapped.subject}.village")
    if labelled is not None:
        return labelled.col
    headed = [c for c in mapped.columns if c.path and not c.element and _VILLAGE_HEADING.fullmatch(_core(c.path[-1]))]
    if not units:
        return headed[0].col if headed else None
    free = headed + [c for c in mapped.columns if not c.element and c not in headed]
    return next((column.col for column in free if _names_units(sample[column.col], units)), None)


def _core(text: str) -> str:
    """村(社区) → 村社区, 参保地(村) → 参保地村: here brackets hold words of the heading itself."""
    return re.sub(r"[()/、]", "", read_label(text).full)


def _names_units(cells: Sequence[Raw], units: UnitNames) -> bool:
    texts = [raw[1:] for raw in cells if raw and raw[0] == "s" and is_filled(raw)]
    return bool(texts) and sum(units.resolve(text) is not None for text in texts) >= _RESOLVES * len(texts)


def _common_name(table: Table, sheet_name: str, units: UnitNames) -> str | None:
    """One village for the whole table: the sheet's name, else what a line above states or mentions."""
    stated = labelled_village(table.above)
    if not units:
        return stated or (sheet_name if _SHEET_VILLAGE.fullmatch(sheet_name) else None)
    candidates = [units.resolve(sheet_name), units.resolve(stated) if stated else None]
    candidates += [units.mentioned(line) for line in table.above]
    return next((name for name in candidates if name), None)


def _address_columns(mapped: TableMap, registry: Registry) -> tuple[int, ...]:
    """The address columns, the household's and the registered one before where people stay now."""
    order = ("household.address", "person.registered_address", "person.residence_address", "enterprise.address")
    columns = [
        c for c in mapped.mapped if registry.elements[c.element or ""].kind is Kind.ADDRESS or c.element in order
    ]
    ranked = sorted(columns, key=lambda c: order.index(c.element) if c.element in order else len(order))
    return tuple(column.col for column in ranked)
