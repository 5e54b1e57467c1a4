"""What is taken from a ledger: for each table its columns, its villages and the rows that are records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from yici.core.binding.binder import Binder
from yici.core.elements import Registry
from yici.core.ledgers.blocks import BlockPattern, are_blocks, household_columns
from yici.core.ledgers.cells import Raw
from yici.core.ledgers.columns import TableMap
from yici.core.ledgers.lexicon import Lexicon
from yici.core.ledgers.mapping import PoolValues, map_table, why_not_imported
from yici.core.ledgers.tables import Table, find_tables
from yici.core.ledgers.units import UnitNames
from yici.core.ledgers.villages import VillageSource, find_villages
from yici.office.ledgers import LedgerFile
from yici.services.ledgers_sheet import ArrowSheet

Rows = npt.NDArray[np.int64]
# Mapping looks at so many rows of a table: the first ones, and more spread over the rest.
SAMPLE_FIRST, SAMPLE_SPREAD = 1000, 2000
# The label of the relation code list (GB/T 4761) for the head of a household.
HEAD_LABEL = "户主"


@dataclass(slots=True)
class TablePlan:
    """One table that is imported. `rows` are the sheet rows that may be records; `sources` says for some columns from
    which row each row's cell is taken (merged cells and household blocks)."""

    sheet: ArrowSheet
    table: Table
    mapped: TableMap
    villages: VillageSource
    rows: Rows
    sources: Mapping[int, Rows]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sheet, or a table of one, that is not imported, and why."""

    sheet: str
    reason: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Tools:
    """What importing needs to know: definitions, the binder, the words of headings, the area tree, the pool."""

    registry: Registry
    binder: Binder
    lexicon: Lexicon
    units: UnitNames
    pool: PoolValues | None = None
    authority: tuple[str, ...] = ()


def plan_ledger(ledger: LedgerFile, tools: Tools) -> tuple[list[TablePlan], list[Skipped]]:
    """Every table of a ledger that can be imported, and what is left out with the reason."""
    plans: list[TablePlan] = []
    skipped: list[Skipped] = []
    for sheet in ledger.sheets:
        if sheet.state == "hidden":
            skipped.append(Skipped(sheet.name, "hidden sheet"))
            continue
        if not sheet.n_rows or not sheet.n_cols:
            skipped.append(Skipped(sheet.name, "empty sheet"))
            continue
        found = find_tables(view := ArrowSheet(sheet), tools.lexicon)
        if found.reason:
            skipped.append(Skipped(sheet.name, found.reason))
        for table in found.tables:
            plan, reason = _plan_table(view, table, tools)
            if reason:
                skipped.append(Skipped(sheet.name, reason, table.top))
            else:
                plans.append(plan)
    return plans, skipped


def _plan_table(sheet: ArrowSheet, table: Table, tools: Tools) -> tuple[TablePlan, str]:
    """How a table is taken in, and why it is not ("" when it is)."""
    rows = _body_rows(table)
    sources = _merged_sources(sheet, table)
    sample = _sample(sheet, table, rows, sources)
    mapped = map_table(table, sample, tools.binder, tools.pool, tools.authority)
    villages = find_villages(table, sheet.name, mapped, sample, tools.units, tools.registry)
    plan = TablePlan(sheet, table, mapped, villages, rows, sources)
    plan.sources = sources | _block_sources(plan, tools.registry)
    return plan, why_not_imported(mapped, sample, tools.lexicon)


def _body_rows(table: Table) -> Rows:
    rows = np.arange(table.first_row, table.last_row + 1, dtype=np.int64)
    return rows[~np.isin(rows, list(table.skipped))] if table.skipped else rows


def _sample(sheet: ArrowSheet, table: Table, rows: Rows, sources: Mapping[int, Rows]) -> dict[int, list[Raw]]:
    spread = rows[SAMPLE_FIRST:]
    step = max(1, len(spread) // SAMPLE_SPREAD)
    chosen = np.concatenate([rows[:SAMPLE_FIRST], spread[::step]])
    return {col: sheet.column(col, list(sources[col][chosen] if col in sources else chosen)) for col in table.paths}


def _merged_sources(sheet: ArrowSheet, table: Table) -> dict[int, Rows]:
    """Cells merged downwards: every row of the merged cell takes its first row's value."""
    sources: dict[int, Rows] = {}
    for span in sheet.merges:
        if span.height > 1 and span.left in table.paths and table.first_row <= span.top <= table.last_row:
            if span.left not in sources:
                sources[span.left] = np.arange(sheet.n_rows + 1, dtype=np.int64)
            sources[span.left][span.top : span.bottom + 1] = span.top
    return sources


def _block_sources(plan: TablePlan, registry: Registry) -> dict[int, Rows]:
    """Household cells left blank below the household's first row, where the table shows that pattern."""
    columns = household_columns(plan.mapped)
    if not columns:
        return {}
    rows = plan.rows
    filled = {col: plan.sheet.filled_mask(col)[_source_of(plan, col, rows) - 1] for col in columns}
    keys = [c.col for c in plan.mapped.mapped if (c.element or "").startswith(("household.number", "household.head_"))]
    begins = np.logical_or.reduce([filled[col] for col in keys])
    blank = ~np.logical_or.reduce(list(filled.values()))
    heads = _heads(plan, registry)
    if heads is None:
        return {}
    pattern = BlockPattern(
        begins=int(begins.sum()),
        continues=int(blank.sum()),
        between=int((~begins & ~blank).sum()),
        heads_begin=int((heads & begins).sum()),
        heads_continue=int((heads & blank).sum()),
    )
    if not are_blocks(pattern):
        return {}
    first = np.maximum.accumulate(np.where(begins, np.arange(len(rows)), -1))
    taken = np.where(blank & (first >= 0), rows[np.maximum(first, 0)], rows)
    return {col: _compose(plan, col, taken) for col in columns}


def _source_of(plan: TablePlan, col: int, rows: Rows) -> Rows:
    return plan.sources[col][rows] if col in plan.sources else rows


def _compose(plan: TablePlan, col: int, taken: Rows) -> Rows:
    source = np.arange(plan.sheet.n_rows + 1, dtype=np.int64)
    source[plan.rows] = _source_of(plan, col, taken)
    return source


def _heads(plan: TablePlan, registry: Registry) -> npt.NDArray[np.bool_] | None:
    """Which rows are heads of households: by relation, else where the person bears the head's name."""
    relation = plan.mapped.of("person.relation_to_head")
    if relation is not None:
        cells = _cells(plan, relation.col).dictionary_encode().combine_chunks()
        kind = relation.kind(registry)
        heads = [kind.clean(raw).value == HEAD_LABEL for raw in cells.dictionary.to_pylist()]
        known: npt.NDArray[np.bool_] = np.array([*heads, False])[np.asarray(pc.fill_null(cells.indices, -1))]
        return known
    name, head = plan.mapped.of("person.name"), plan.mapped.of("household.head_name")
    if name is None or head is None:
        return None
    return np.asarray(pc.fill_null(pc.equal(_cells(plan, name.col), _cells(plan, head.col)), False))


def _cells(plan: TablePlan, col: int) -> pa.ChunkedArray:
    return plan.sheet.table.column(col - 1).take(pa.array(plan.rows - 1))
