"""Reading assessment schemes: every `schemes/*.yaml` of the shipped packs and of the packs in the data folder.

`trace_words.csv` of the packs names what indicators must not count; columns words, counts, instead. Alternatives are
parted by |, and every blank-separated group must have one of its words in an indicator.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from yici.core.elements import Registry
from yici.core.errors import NotFound, PackError, Place, Problem
from yici.core.indicators.model import Scheme
from yici.core.indicators.reading import read_schemes
from yici.core.indicators.tracing import TraceWord
from yici.storage.packs import pack_folders
from yici.storage.yaml_files import Loader


def load_schemes(registry: Registry, folders: Iterable[Path] | None = None) -> list[Scheme]:
    """The schemes of the pack folders in order; those of a later folder replace all versions of the same id before.

    Without `folders` these are the packs that `pack_folders` finds. Raises PackError with every problem.
    """
    problems: list[Problem] = []
    found: list[tuple[Path, Scheme]] = []
    for folder in pack_folders() if folders is None else folders:
        documents: list[tuple[str, object]] = []
        try:
            for file in sorted((folder / "schemes").glob("*.yaml")):
                documents += _documents(file, f"{folder.name}/schemes/{file.name}")
            found += [(folder, scheme) for scheme in read_schemes(documents, registry)]
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    last = {scheme.id: folder for folder, scheme in found}
    return [scheme for folder, scheme in found if folder == last[scheme.id]]


def load_scheme_file(file: Path, registry: Registry) -> list[Scheme]:
    """The schemes of one file. Raises NotFound, PackError."""
    if not file.is_file():
        raise NotFound(Problem("scheme-missing", f"找不到文件 {file}。", "请检查文件名。"))
    return read_schemes(_documents(file, file.name), registry)


def load_trace_words(folders: Iterable[Path] | None = None) -> list[TraceWord]:
    """The words that give away counted traces, of all packs."""
    found = []
    for folder in pack_folders() if folders is None else folders:
        file = folder / "trace_words.csv"
        if file.exists():
            for row in csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))):
                parts = tuple(tuple(part.split("|")) for part in row["words"].split())
                found.append(TraceWord(parts, row["counts"], row["instead"]))
    return found


def _documents(file: Path, shown: str) -> Iterator[tuple[str, object]]:
    """Every document of a file with the name to show for it."""
    try:
        documents: list[Any] = list(yaml.load_all(file.read_bytes(), Loader=Loader))
    except (yaml.YAMLError, ValueError) as error:
        hint = "请检查缩进、冒号和引号。"
        raise PackError(Problem("pack-yaml", f"YAML 无法解析：{error}", hint, Place(shown))) from None
    return ((shown, document) for document in documents if document is not None)
