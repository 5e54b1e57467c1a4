"""Filling a form, whatever package it is: dispatches to the writer of its kind."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Protocol

from yici.core.fillplan import WorkbookFill
from yici.office.docx_patch import PreparedDocument
from yici.office.xlsx_patch import PreparedForm


class Prepared(Protocol):
    """A form opened once and written many times."""

    def write(self, fill: WorkbookFill, out: Path) -> None:
        """Write the filled form to `out`, at once or not at all."""


def prepare_form(source: Path) -> Prepared:
    """Open a form (.xlsx or .docx package) for filling. Raises UploadRefused when it is broken."""
    return PreparedDocument(source) if _is_document(source) else PreparedForm(source)


def patch_form(source: Path, fill: WorkbookFill, out: Path) -> None:
    """Fill `source` and write the result to `out`; `source` is never changed."""
    prepare_form(source).write(fill, out)


def _is_document(source: Path) -> bool:
    try:
        with zipfile.ZipFile(source) as archive:
            return "word/document.xml" in archive.namelist()
    except zipfile.BadZipFile:
        return False
