"""Reading policies: every `policies/*.yaml` of the shipped packs and of the packs in the data folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from yici.core.elements import Registry
from yici.core.errors import PackError, Place, Problem
from yici.core.policies.linting import Derivable
from yici.core.policies.model import Policy
from yici.core.policies.reading import read_policies
from yici.storage.packs import pack_folders
from yici.storage.yaml_files import Loader


def load_policies(registry: Registry, folders: Iterable[Path] | None = None) -> list[Policy]:
    """The policies of the pack folders in order; those of a later folder replace all versions of the same id before.

    Without `folders` these are the packs that `pack_folders` finds. Raises PackError with every problem.
    """
    problems: list[Problem] = []
    found: list[tuple[Path, Policy]] = []
    for folder in pack_folders() if folders is None else folders:
        try:
            found += [(folder, policy) for policy in _read(folder, registry, list(_documents(folder, problems)))]
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    last = {policy.id: folder for folder, policy in found}
    return [policy for folder, policy in found if folder == last[policy.id]]


def _read(folder: Path, registry: Registry, documents: list[tuple[str, object]]) -> Sequence[Policy]:
    """The policies of a folder, made anew only when a file of it was read anew."""
    made_of = tuple(document for _, document in documents)
    return registry.worked_out_of(f"policies of {folder}", made_of, lambda: read_policies(documents, registry))


def _documents(folder: Path, problems: list[Problem]) -> Iterator[tuple[str, object]]:
    """Every document of a pack's policy files with the name to show for its file."""
    for file in sorted((folder / "policies").glob("*.yaml")):
        shown = f"{folder.name}/policies/{file.name}"
        try:
            stat = file.stat()
            documents = _parsed(file, stat.st_mtime_ns, stat.st_size)
        except (yaml.YAMLError, ValueError) as error:
            hint = "请检查缩进、冒号和引号。"
            problems.append(Problem("pack-yaml", f"YAML 无法解析：{error}", hint, Place(shown)))
            continue
        yield from ((shown, document) for document in documents if document is not None)


@lru_cache(maxsize=512)
def _parsed(file: Path, _changed: int, _size: int) -> tuple[Any, ...]:
    """The documents of a file as it was at that time. Parsing is most of what reading policies takes, and pages read
    them all; nobody changes what is given out here."""
    return tuple(yaml.load_all(file.read_bytes(), Loader=Loader))


def load_derivable(folders: Iterable[Path] | None = None) -> list[Derivable]:
    """The elements people report although the pool can tell: `derivable.csv` (element, instead, note) of the packs."""
    found: dict[str, Derivable] = {}
    for folder in pack_folders() if folders is None else folders:
        file = folder / "derivable.csv"
        if file.exists():
            for row in csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))):
                found[row["element"]] = Derivable(row["element"], row["instead"], row["note"])
    return list(found.values())
