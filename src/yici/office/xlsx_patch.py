"""Filling a workbook: the sender's package is patched, never re-created.

Only sheet parts that hold targets, or whose references move, are written anew; every other part keeps its compressed
bytes. A prepared form is opened once and written many times.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from yici.core.errors import Place, Problem, YiciError
from yici.core.fillplan import SheetFill, WorkbookFill
from yici.office.xlsx_edit import Area, SheetEdit, insertions, open_areas, split_spans
from yici.office.xlsx_moves import FormulaMover, RowMoves
from yici.office.xlsx_pack import PiecePacker, pack_stream
from yici.office.xlsx_package import Package
from yici.office.xlsx_parts import PartMover
from yici.office.xlsx_recalc import Dependencies
from yici.office.xlsx_sheetxml import SheetSource, unescape
from yici.office.xlsx_tail import Surroundings
from yici.office.xlsx_workbook import moved_names, with_recalculation, without_part
from yici.office.xlsx_zip import Entry, ZipOut, read_entries

# A part with more new rows than this is compressed as a stream, so that it is never in memory as a whole.
_STREAM_FROM = 2_000
_WRITE_BUFFER = 1 << 18
_DEFINED = re.compile(r'<(?:[\w.-]+:)?definedName\s[^>]*?name="([^"]*)"[^>]*>([^<]*)</')


@dataclass(slots=True)
class _SheetWork:
    """What is done to one sheet in one fill."""

    source: SheetSource
    edit: SheetEdit
    around: Surroundings
    areas: list[Area]

    @property
    def written(self) -> bool:
        return bool(self.edit.values or self.areas)

    @property
    def is_card(self) -> bool:
        """Whether only cells change: no row moves and nothing around the rows does."""
        return not self.edit.mover and not any(area.vertical_merges for area in self.areas) and not self.split

    @property
    def split(self) -> bool:
        return bool(self.areas) and bool(split_spans(self.source.merges, self.areas))

    def pieces(self) -> Iterator[bytes]:
        """The new part, in order."""
        source = self.source
        yield self.around.head(self.edit.right) if self.written else source.head
        at = source.body_start
        for change in self.edit.edits():
            yield source.data[at : change.start]
            yield from change.content
            at = change.end
        yield source.data[at : source.body_end]
        yield from self.around.tail()


class PreparedForm:
    """An opened workbook that can be filled many times. Raises UploadRefused when it is broken."""

    def __init__(self, source: Path) -> None:
        data = source.read_bytes()
        self.package = Package(data)
        self.entries = [
            (entry.part.lower(), entry, entry.local() + entry.data) for entry in read_entries(self.package.zip, data)
        ]
        self.parts = {sheet.name: sheet.part for sheet in self.package.sheets(self.package.xml(self.package.workbook))}
        self._sources: dict[str, SheetSource] = {}
        self._packers: dict[str, PiecePacker] = {}
        self._heads: dict[str, dict[int, bytes]] = {}
        self._again: dict[str, tuple[bytes, Entry]] = {}
        self._stale: dict[object, set[tuple[str, int, int]]] = {}

    def write(self, fill: WorkbookFill, out: Path) -> None:
        """Write the filled workbook to `out`, at once or not at all.

        Raises YiciError for a sheet that is not there and for more rows than a sheet holds.
        """
        works, mover = self._works(fill)
        changed = {work.source.part.lower(): work for work in works if self._touched(work, mover)}
        replaced = dict(self._other_parts(works, mover))
        if not out.parent.is_dir():
            out.parent.mkdir(parents=True, exist_ok=True)
        temporary = f"{out.parent}/.{out.name}.{uuid4().hex[:8]}.tmp"
        try:
            with open(temporary, "wb", _WRITE_BUFFER) as stream:
                archive = ZipOut(stream)
                for part, entry, whole in self.entries:
                    if part in changed or part in replaced:
                        self._copy(archive, part, entry, changed, replaced)
                    else:
                        archive.copy(entry, whole)
                archive.close()
            os.replace(temporary, out)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _copy(
        self,
        archive: ZipOut,
        part: str,
        entry: Entry,
        changed: dict[str, _SheetWork],
        replaced: dict[str, bytes | None],
    ) -> None:
        if part in changed:
            work = changed[part]
            if sum(area.n_rows for area in work.areas) > _STREAM_FROM:
                archive.add_stream(entry, pack_stream(work.pieces()))
            elif work.is_card:
                archive.add(self._card(entry, work))
            else:
                archive.add(entry.filled(b"".join(work.pieces())))
        elif (content := replaced[part]) is not None:
            archive.add(self._replaced(entry, content))

    def _card(self, entry: Entry, work: _SheetWork) -> Entry:
        """The entry of a sheet in which only cells change; what lies between them is packed once for all cards."""
        packer = self._packers.setdefault(entry.part, PiecePacker(work.source.data))
        exchanged = work.edit.exchanged()
        edits = exchanged or [(edit.start, edit.end, b"".join(edit.content)) for edit in work.edit.edits()]
        right = work.edit.right
        if right not in self._heads.setdefault(entry.part, {}):
            self._heads[entry.part][right] = work.around.head(right)
        head = self._heads[entry.part][right]
        if head != work.source.head and work.written:
            edits.insert(0, (0, work.source.body_start, head))
        return packer.fill(entry, edits)

    def _replaced(self, entry: Entry, content: bytes) -> Entry:
        """The entry with other content, packed once when the same content comes again."""
        known = self._again.get(entry.part)
        if known is None or known[0] != content:
            known = content, entry.filled(content)
            self._again[entry.part] = known
        return known[1]

    def _works(self, fill: WorkbookFill) -> tuple[list[_SheetWork], FormulaMover]:
        fills = {sheet.sheet: sheet for sheet in fill.sheets if sheet.cells or sheet.rows}
        for name in fills:
            if name not in self.parts:
                raise YiciError(Problem("no-sheet", f"工作簿里没有工作表“{name}”。", "", Place(sheet=name)))
        areas = {name: open_areas(sheet) for name, sheet in fills.items()}
        moves = {name: insertions(found) for name, found in areas.items()}
        mover = FormulaMover(moves)
        names = self.parts if mover or self._has_formulas else fills
        works = [self._work(name, fills, areas.get(name, []), moves.get(name, RowMoves()), mover) for name in names]
        stale = self._stale_formulas(works)
        for work in works:
            work.edit.stale = {(row, col) for sheet, row, col in stale if sheet.lower() == work.source.name.lower()}
        return works, mover

    def _stale_formulas(self, works: list[_SheetWork]) -> set[tuple[str, int, int]]:
        """The formulas that depend on what is written; cards write the same places again and again."""
        if not self._has_formulas:
            return set()
        places = tuple((w.source.name, tuple((row, *v) for row, v in w.edit.values.items())) for w in works)
        key = places, tuple((w.source.name, area.last, area.inserted) for w in works for area in w.areas)
        if key not in self._stale:
            written = [(work.source.name, span) for work in works for span in work.edit.written]
            self._stale[key] = self._dependencies.stale(written)
        return self._stale[key]

    def _work(
        self, name: str, fills: dict[str, SheetFill], areas: list[Area], moves: RowMoves, mover: FormulaMover
    ) -> _SheetWork:
        source = self._source(name)
        cells = dict(fills[name].cells) if name in fills else {}
        edit = SheetEdit(source, cells, areas, moves, mover, set())
        return _SheetWork(source, edit, Surroundings(source, areas, moves, mover), areas)

    def _touched(self, work: _SheetWork, mover: FormulaMover) -> bool:
        if work.written or work.edit.stale:
            return True
        return bool(mover) and b"".join(work.pieces()) != work.source.data

    def _other_parts(self, works: list[_SheetWork], mover: FormulaMover) -> Iterator[tuple[str, bytes | None]]:
        """The parts beside the sheets that change, by lower-case name; None for a part that is dropped."""
        workbook = self._workbook
        changed = moved_names(workbook, mover) if mover else workbook
        if any(work.edit.stale for work in works):
            changed = with_recalculation(changed)
        if changed != workbook:
            yield self.package.workbook.lower(), changed.encode()
        if mover or any(work.edit.overwrites_formulas for work in works):
            yield from self._without_calculation_chain()
        if not mover:
            return
        moves = {work.source.name: work.edit.moves for work in works if work.edit.moves}
        for part, content in PartMover(self.package, mover, moves, self.parts).changes():
            yield part.lower(), content

    def _without_calculation_chain(self) -> Iterator[tuple[str, bytes | None]]:
        for chain in self.package.related(self.package.workbook, "calcChain"):
            yield chain.lower(), None
            for part, content in without_part(self.package, chain).items():
                yield part.lower(), content

    def _source(self, name: str) -> SheetSource:
        if name not in self._sources:
            part = self.parts[name]
            self._sources[name] = SheetSource(name, part, self.package.read(part))
        return self._sources[name]

    @cached_property
    def _workbook(self) -> str:
        return self.package.read(self.package.workbook).decode("utf-8-sig")

    @cached_property
    def _has_formulas(self) -> bool:
        return any(self._source(name).formulas for name in self.parts)

    @cached_property
    def _dependencies(self) -> Dependencies:
        workbook = self._workbook
        names = {unescape(name): unescape(text) for name, text in _DEFINED.findall(workbook)}
        return Dependencies({name: self._source(name).formulas for name in self.parts}, names)


def patch_xlsx(source: Path, fill: WorkbookFill, out: Path) -> None:
    """Fill the workbook `source` and write it to `out`. Raises UploadRefused, YiciError as `PreparedForm` does."""
    PreparedForm(source).write(fill, out)
