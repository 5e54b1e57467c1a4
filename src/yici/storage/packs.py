"""Reading packs (应用包): the definitions in folders of CSV and YAML files become one registry.

A pack folder may hold, each optional: `subjects.csv`, `elements.csv`, `code_lists.csv`, `codes.csv`, `industries.csv`
and `aliases.yaml`. Definitions of a later folder replace those of the same id; its aliases and codes are added.
Every command loads the registry, so the tables are CSV, which Python reads far faster than YAML.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from yici.core.elements import Code, CodeList, Element, Kind, Registry, SubjectType
from yici.core.errors import PackError, Place, Problem
from yici.core.industries import industry_codes

BASE_PACK = Path(__file__).parents[1] / "packs" / "base"
_YAML_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Draft:
    """What the folders read so far define, and everything wrong in them."""

    subjects: dict[str, SubjectType] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    lists: dict[str, CodeList] = field(default_factory=dict)
    codes: dict[str, list[Code]] = field(default_factory=dict)
    always: dict[str, list[str]] = field(default_factory=dict)
    in_context: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, code: str, message: str, hint: str, file: Path, element: str | None = None) -> None:
        self.problems.append(Problem(code, message, hint, Place(file=str(file), element=element)))


def load_registry(extra_dirs: Iterable[Path] = ()) -> Registry:
    """The base pack's definitions with those of further pack folders laid over them, in order.

    Raises PackError with every definition that cannot be read (unknown kind, missing column, YAML that does not parse).
    """
    draft = _Draft()
    for folder in (BASE_PACK, *extra_dirs):
        _read_folder(draft, folder)
    if draft.problems:
        raise PackError(draft.problems)
    lists = [_with_codes(codes, draft.codes.get(codes.id, [])) for codes in draft.lists.values()]
    elements = [
        replace(
            element,
            aliases=_distinct(draft.always.get(element.id, []), element.name),
            context_aliases=_distinct(draft.in_context.get(element.id, []), element.name),
        )
        for element in draft.elements.values()
    ]
    return Registry.of(draft.subjects.values(), elements, lists)


def _read_folder(draft: _Draft, folder: Path) -> None:
    if not folder.is_dir():
        draft.problem("pack-missing", f"找不到定义目录 {folder}。", "请检查目录名。", folder)
        return
    for row in _rows(draft, folder / "subjects.csv", ("id", "name", "key")):
        draft.subjects[row["id"]] = SubjectType(row["id"], row["name"], row["key"], _words(row.get("aliases")))
    for row in _rows(draft, folder / "code_lists.csv", ("id", "name")):
        draft.lists[row["id"]] = CodeList(row["id"], row["name"], (), row.get("standard") or "")
    for row in _rows(draft, folder / "codes.csv", ("list", "code", "label")):
        code = Code(row["code"], row["label"], _words(row.get("aliases")), row.get("parent") or "")
        draft.codes.setdefault(row["list"], []).append(code)
    industries = [(row["code"], row["name"]) for row in _rows(draft, folder / "industries.csv", ("code", "name"))]
    draft.codes.setdefault("industry", []).extend(industry_codes(industries))
    for row in _rows(draft, folder / "elements.csv", ("id", "name", "kind")):
        _read_element(draft, row, folder / "elements.csv")
    _read_aliases(draft, folder / "aliases.yaml")


def _rows(draft: _Draft, file: Path, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    if not file.exists():
        return
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        missing = [column for column in needed if column not in header]
        if missing:
            draft.problem("pack-column", f"缺少列：{'、'.join(missing)}。", "请对照基础包的同名文件补上。", file)
            return
        for cells in reader:
            if any(cells):
                yield dict(zip(header, cells, strict=False))


def _read_element(draft: _Draft, row: dict[str, str], file: Path) -> None:
    identity = row["id"]
    try:
        kind = Kind(row["kind"])
    except ValueError:
        kinds = "、".join(kind.value for kind in Kind)
        draft.problem("pack-kind", f"没有值类型“{row['kind']}”。", f"可用的有：{kinds}。", file, identity)
        return
    flags = set((row.get("flags") or "").split())
    unknown = flags - {"derived", "identifies", "generic"}
    if unknown:
        draft.problem(
            "pack-flag",
            f"没有标志“{'、'.join(sorted(unknown))}”。",
            "可用的有：derived identifies generic。",
            file,
            identity,
        )
    draft.elements[identity] = Element(
        id=identity,
        subject=identity.partition(".")[0],
        name=row["name"],
        kind=kind,
        definition=row.get("definition") or "",
        codes=row.get("codes") or None,
        unit=row.get("unit") or None,
        sensitivity=row.get("sensitivity") or "",
        share=row.get("share") or "",
        authority=_words(row.get("authority")),
        derived="derived" in flags,
        identifies="identifies" in flags,
        generic="generic" in flags,
    )


def _read_aliases(draft: _Draft, file: Path) -> None:
    if not file.exists():
        return
    try:
        entries = yaml.load(file.read_bytes(), Loader=_YAML_LOADER) or {}  # noqa: S506 - one of the two safe loaders
    except yaml.YAMLError as error:
        draft.problem("pack-yaml", f"YAML 无法解析：{error}", "请检查缩进和冒号。", file)
        return
    for identity, words in entries.items():
        draft.always.setdefault(identity, []).extend((words.get("always") or "").split())
        draft.in_context.setdefault(identity, []).extend((words.get("in_context") or "").split())


def _with_codes(codes: CodeList, entries: list[Code]) -> CodeList:
    """The list with its entries; the words of narrower entries become aliases of the entry they roll up to."""
    details = tuple(code for code in entries if code.parent)
    inherited: dict[str, list[str]] = {}
    for detail in details:
        inherited.setdefault(detail.parent, []).extend((detail.label, *detail.aliases))
    main = tuple(
        replace(code, aliases=_distinct([*code.aliases, *inherited.get(code.code, [])], code.label))
        if code.code in inherited
        else code
        for code in entries
        if not code.parent
    )
    return replace(codes, codes=main, details=details)


def _words(cell: str | None) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _distinct(words: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word != name)
