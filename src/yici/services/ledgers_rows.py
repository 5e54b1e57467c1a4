"""From a planned table to typed rows: chunk by chunk, columns cleaned, checked and put into the batch's columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from yici.core.elements import Registry
from yici.core.ledgers.columns import Unmapped
from yici.core.ledgers.rows import RowKind
from yici.core.ledgers.units import UnitNames
from yici.core.recognition.roles import is_counter
from yici.core.values.id_numbers import lost_prefix
from yici.core.values.kinds import kind_of
from yici.services.ledgers_cells import (
    CleanColumn,
    ColumnCleaner,
    DittoFiller,
    Encoded,
    Rows,
    arrow_type,
    extra_pieces,
    joined_objects,
    problem_piece,
)
from yici.services.ledgers_checks import Doubt, doubts_of, whole_birth
from yici.services.ledgers_plan import TablePlan
from yici.services.ledgers_villages import VillageFiller

CHUNK = 50_000
# Values that contradict the ID number of their row are not kept: the number decides, and somebody should look.
CONTRADICTED = ("person.birth_date", "person.sex")
HEAD_AS_PERSON = {"person.name": "household.head_name", "person.id_number": "household.head_id_number"}
ID_OF = {"person": "person.id_number", "household": "household.head_id_number"}


@dataclass(slots=True)
class Chunk:
    """Cleaned rows of one table, before they are written: what marks in the sender's own workbook are made from."""

    plan: TablePlan
    rows: Rows
    columns: Mapping[int, CleanColumn]
    doubts: list[Doubt]


@dataclass(slots=True)
class TableReader:
    """Reads one table as record batches of a schema shared by all tables of the file.

    `skipped` counts rows that are no records, by reason; `written` those that are.
    """

    plan: TablePlan
    registry: Registry
    as_of: date
    schema: pa.Schema
    units: UnitNames
    cleaners: dict[int, ColumnCleaner] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    nameless: list[int] = field(default_factory=list)
    doubted: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: int = 0
    _dittos: dict[int, DittoFiller] = field(default_factory=dict)
    _own: set[int] = field(default_factory=set)
    _villages: VillageFiller = field(init=False)

    def __post_init__(self) -> None:
        self.skipped.update(str(why) for why in self.plan.table.skipped.values())
        for column in self.plan.mapped.mapped:
            element = self.registry.elements[column.element or ""]
            self.cleaners[column.col] = ColumnCleaner(element, column.col, column.kind(self.registry))
        # 同上 in a name or number that says who the row is about would make one person of two.
        own = (self.plan.mapped.of(element) for element in self.plan.mapped.identities)
        self._own = {column.col for column in own if column is not None}
        self._villages = VillageFiller(self.plan.villages, self.plan.table.groups, self.units)

    def read(self, start: int, seen: Callable[[Chunk], None]) -> Iterator[pa.RecordBatch]:
        """The table's rows, numbered from `start`. Every chunk is shown to `seen` before it is handed on."""
        for first in range(0, len(self.plan.rows), CHUNK):
            batch = self._chunk(self.plan.rows[first : first + CHUNK], start + self.written, seen)
            self.written += batch.num_rows
            yield batch

    def _chunk(self, rows: Rows, start: int, seen: Callable[[Chunk], None]) -> pa.RecordBatch:
        cells = {col: self._cells(col, rows) for col in self.plan.table.paths}
        columns = {col: cleaner.clean(cells[col], rows) for col, cleaner in self.cleaners.items()}
        values = {cleaner.element.id: columns[col].values for col, cleaner in self.cleaners.items()}
        prefixes = self._id_prefixes(columns, len(rows))
        kept = self._identified(values, prefixes, rows)
        doubts = self._check(values, cells)
        seen(Chunk(self.plan, rows, columns, doubts))
        if self.plan.mapped.subject == "household" and any(name.startswith("person.") for name in values):
            values |= {person: values[head] for person, head in HEAD_AS_PERSON.items() if head in values}
        villages = self._villages.fill(cells, rows)
        for village in ("household.village", self.registry.village_of(self.plan.mapped.subject)):
            if village in values and self.units:
                values[village] = self._villages.own
        made = values | {
            "_line": pa.array(rows, pa.int32()),
            "_village": villages,
            "_id_prefix": prefixes,
            "_original": joined_objects([column.original for column in columns.values()], "{", "}", len(rows)),
            "_problems": self._problems(columns, doubts, rows),
            "_extra": joined_objects(self._extra(cells), "{", "}", len(rows)),
            "_sheet": pa.array([self.plan.sheet.name], pa.string()).take(pa.array(np.zeros(len(rows), np.int8))),
        }
        made = {name: array.filter(kept) for name, array in made.items()}
        count = int(pc.sum(kept).as_py() or 0)
        made["_row"] = pa.array(np.arange(start, start + count), pa.int64())
        arrays = [made[f.name].cast(f.type) if f.name in made else pa.nulls(count, f.type) for f in self.schema]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _cells(self, col: int, rows: Rows) -> pa.Array:
        """The raw cells of a column, with merged cells, household blocks and 同上 unrolled."""
        source = self.plan.sources[col][rows] if col in self.plan.sources else rows
        low, high = int(source.min()), int(source.max())
        part = self.plan.sheet.table.column(col - 1).slice(low - 1, high - low + 1)
        whole = pa.concat_arrays(part.chunks) if part.num_chunks else pa.nulls(0, pa.string())
        taken = whole.cast(pa.string()).take(pa.array(source - low))
        if col in self._own:
            return taken
        return self._dittos.setdefault(col, DittoFiller()).fill(taken)

    def _id_prefixes(self, columns: Mapping[int, CleanColumn], count: int) -> pa.Array:
        """The first 15 digits of ID numbers that were destroyed, to find their owner by them and the name."""
        column = self.plan.mapped.of(ID_OF.get(self.plan.mapped.subject, ""))
        if column is None:
            return pa.nulls(count, pa.string())
        encoded = columns[column.col].encoded
        lost = [
            lost_prefix(raw) if one.value is None else None
            for raw, one in zip(encoded.raws, columns[column.col].cleaned, strict=True)
        ]
        return encoded.spread(lost, pa.string())

    def _identified(self, values: Mapping[str, pa.Array], prefixes: pa.Array, rows: Rows) -> pa.Array:
        """Which rows say who or what they are about; the others are counted, not kept."""
        kept = pc.is_valid(prefixes)
        for element in self.plan.mapped.identities:
            if element in values:
                kept = pc.or_(kept, pc.is_valid(values[element]))
        nameless = rows[~np.asarray(kept)]
        if len(nameless):
            self.skipped[str(RowKind.NO_SUBJECT)] += len(nameless)
            self.nameless.extend(nameless[: 5 - len(self.nameless)].tolist())
        return kept

    def _check(self, values: dict[str, pa.Array], cells: Mapping[int, pa.Array]) -> list[Doubt]:
        """Check between cells; values that contradict the ID number are taken out of `values`."""
        doubts = doubts_of(values, self._ages(cells), self.as_of)
        for doubt in doubts:
            self.doubted[doubt.element, doubt.reason] += pc.sum(doubt.rows).as_py()
            if doubt.element in CONTRADICTED:
                values[doubt.element] = pc.if_else(doubt.rows, None, values[doubt.element])
        if "person.birth_date" in values and "person.id_number" in values:
            values["person.birth_date"] = whole_birth(values["person.birth_date"], values["person.id_number"])
        return doubts

    def age_column(self) -> int | None:
        """The column of ages, which are checked but never kept."""
        columns = (c for c in self.plan.mapped.columns if c.why_not is Unmapped.DERIVED and not c.element)
        return next((c.col for c in columns if "person.age" in c.candidates[:1]), None)

    def _ages(self, cells: Mapping[int, pa.Array]) -> pa.Array | None:
        col = self.age_column()
        if col is None:
            return None
        encoded = Encoded.of(cells[col])
        kind = kind_of(self.registry.elements["person.age"], self.registry)
        return encoded.spread([kind.clean(raw).value for raw in encoded.raws], pa.int64())

    def _problems(self, columns: Mapping[int, CleanColumn], doubts: list[Doubt], rows: Rows) -> pa.Array:
        lines = pa.array(rows.astype(str))
        pieces = [
            pc.binary_join_element_wise(column.problem, lines, '"}', "", null_handling="emit_null")
            for column in columns.values()
            if column.problem.null_count < len(rows)
        ]
        for doubt in doubts:
            piece = problem_piece(doubt.element, "doubtful", doubt.reason, self.column_of(doubt.element))
            marked = pc.if_else(doubt.rows, piece, pa.scalar(None, pa.string()))
            pieces.append(pc.binary_join_element_wise(marked, lines, '"}', "", null_handling="emit_null"))
        return joined_objects(pieces, "[", "]", len(rows))

    def column_of(self, element: str) -> int:
        column = self.plan.mapped.of(element)
        return column.col if column else self.age_column() or 1

    def _extra(self, cells: Mapping[int, pa.Array]) -> list[pa.Array]:
        headings: dict[int, str] = {}
        for column in self.plan.mapped.columns:
            if not column.element and not (column.path and is_counter(column.path[-1])):
                taken = column.heading in headings.values()
                headings[column.col] = f"{column.heading}#{column.col}" if taken else column.heading
        return extra_pieces(headings, cells)


def schema_of(plans: Sequence[TablePlan], registry: Registry) -> pa.Schema:
    """The columns of a batch: those every batch has, and one for each element that some table is mapped to."""
    elements = {column.element: None for plan in plans for column in plan.mapped.mapped if column.element}
    for plan in plans:
        if plan.mapped.subject == "household" and any(
            c.element.startswith("person.") for c in plan.mapped.mapped if c.element
        ):
            elements |= {person: None for person, head in HEAD_AS_PERSON.items() if plan.mapped.of(head)}
    fixed = [("_row", pa.int64()), ("_sheet", pa.string()), ("_line", pa.int32()), ("_village", pa.string())]
    texts = [(name, pa.string()) for name in ("_id_prefix", "_original", "_problems", "_extra")]
    typed = [(element, arrow_type(registry.elements[element])) for element in elements]
    return pa.schema([*fixed, *typed, *texts])
