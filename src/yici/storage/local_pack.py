"""The pack that the program writes itself: elements the steward added on a page, in a folder of the office's packs.

It is read like any other pack (storage/packs.py): every process sees a change by the files' stamps, a backup holds it.
"""

from __future__ import annotations

import csv
import fcntl
import io
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from yici.core.elements import CodeList, Element

FOLDER = "added-on-pages"
_ELEMENTS = (
    "id", "name", "kind", "codes", "unit", "sensitivity", "share", "authority", "flags", "definition",
)  # fmt: skip


@contextmanager
def writing_pack(home: Path) -> Iterator[Path]:
    """Hold the pack for writing, one process at a time; its folder. When the block raises, the files are as before."""
    folder = home / "packs" / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with (home / "packs.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        try:
            yield folder
        except BaseException:
            for path in list(folder.iterdir()):
                if path.name not in before:
                    path.unlink()
                elif path.read_bytes() != before[path.name]:
                    _put(path, before[path.name])
            raise


def add_to_pack(folder: Path, element: Element, made: CodeList | None) -> None:
    """Add an element with its words, and the code list made with it. Codes come first and words last: no process ever
    reads an element without its list, a list without its codes, or a word without its element."""
    if made is not None:
        rows = [{"list": made.id, "code": code.code, "label": code.label} for code in made.codes]
        _append(folder / "codes.csv", ("list", "code", "label"), rows)
        _append(folder / "code_lists.csv", ("id", "name", "standard"), [{"id": made.id, "name": made.name}])
    flags = [name for name in ("generic", "future") if getattr(element, name)]
    row = {
        "id": element.id, "name": element.name, "kind": str(element.kind), "codes": element.codes or "",
        "unit": element.unit or "", "sensitivity": element.sensitivity, "share": element.share,
        "authority": " ".join(element.authority), "flags": " ".join(flags), "definition": element.definition,
    }  # fmt: skip
    _append(folder / "elements.csv", _ELEMENTS, [row])
    if element.aliases:
        file = folder / "aliases.yaml"
        told = (yaml.safe_load(file.read_bytes()) or {}) if file.exists() else {}
        told.setdefault("elements", {})[element.id] = {"always": " ".join(element.aliases)}
        _put(file, yaml.safe_dump(told, allow_unicode=True, sort_keys=False).encode("utf-8"))


def _append(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Rewrite the file with further rows; columns that somebody added by hand stay."""
    there: list[dict[str, str]] = []
    header = list(columns)
    if path.exists():
        reader = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        there = list(reader)
        header = [*(reader.fieldnames or ()), *(name for name in columns if name not in (reader.fieldnames or ()))]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows([*there, *rows])
    _put(path, text.getvalue().encode("utf-8"))


def _put(path: Path, content: bytes) -> None:
    """Replace the file in one step: who reads meanwhile sees all of it or nothing new."""
    temporary = path.parent.parent / f".tmp-{uuid.uuid4().hex}"
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
