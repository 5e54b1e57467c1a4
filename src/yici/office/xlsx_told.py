"""Saving a workbook with openpyxl, telling how far it is: row by row, which the library's own `save` does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter


class ToldWriter(ExcelWriter):
    """Writes a workbook into a package, and tells after each row how many rows of how many are written."""

    def __init__(self, book: Workbook, package: ZipFile, told: Callable[[int, int], None]) -> None:
        super().__init__(book, package)
        book.properties.modified = datetime.now(UTC).replace(tzinfo=None)
        self._package, self._told, self._done = package, told, 0
        self._total = sum(sheet.max_row for sheet in book.worksheets)

    def write_worksheet(self, ws: Any) -> None:
        """One sheet, as the library writes it."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = _ToldRows(ws, self._row)
        try:
            writer.write()
            ws._rels = writer._rels
            self._package.write(str(writer.out), ws.path[1:])
            self.manifest.append(ws)
        finally:
            writer.cleanup()

    def _row(self) -> None:
        self._done += 1
        self._told(self._done, self._total)


class _ToldRows(WorksheetWriter):
    """Writes the rows of one sheet."""

    _rels: Any

    def __init__(self, ws: Any, told: Callable[[], None]) -> None:
        super().__init__(ws)
        self._told = told

    def write_row(self, xf: Any, row: Any, row_idx: int) -> None:
        """One row."""
        super().write_row(xf, row, row_idx)
        self._told()
