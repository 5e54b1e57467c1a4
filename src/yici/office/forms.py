"""Reading a blank form, whatever program it was made with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from yici.core.errors import UploadRefused
from yici.core.grid import Grid, grid_from_json
from yici.office.convert import convert_to_open_format, find_libreoffice
from yici.office.gate import CONVERTIBLE, FORM_KINDS, pass_gate
from yici.office.guard import run_in_child


def read_form(path: Path) -> Grid:
    """The grid of a form: .xlsx and .docx as they are, .xls, .et, .doc, .wps by way of LibreOffice.

    Raises UploadRefused when the file is of another kind, locked, broken, hostile or too big.
    """
    return read_form_source(path)[0]


def must_be_converted(path: Path) -> bool:
    """Whether reading the form begins with LibreOffice, which takes two seconds. No for what is refused anyhow, and
    where there is none: that is told at once."""
    try:
        return pass_gate(path, FORM_KINDS).kind in CONVERTIBLE and find_libreoffice() is not None
    except UploadRefused:
        return False


def read_form_source(path: Path, waiting: Callable[[], None] | None = None) -> tuple[Grid, Path]:
    """The grid of a form and the package to patch: `path` itself, or what it was converted to.

    A converted package is kept for the life of the process and made only once for the same content. `waiting` is called
    again and again while it is converted. Raises UploadRefused as `read_form` does, and what `waiting` raises.
    """
    facts = pass_gate(path, FORM_KINDS)
    if facts.kind not in CONVERTIBLE:
        return parse_form(path, facts.kind), path
    converted = convert_to_open_format(path, facts.kind, waiting)
    return parse_form(converted, pass_gate(converted, FORM_KINDS).kind), converted


def parse_form(path: Path, kind: str) -> Grid:
    """The grid of a package that has passed the gate as `kind` ("xlsx", "docx"), parsed in the guarded child."""
    return grid_from_json(run_in_child("form", path, kind=kind))
