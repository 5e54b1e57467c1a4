"""Reading packs (应用包): the definitions in folders of CSV and YAML files become one registry.

A pack folder may hold, each optional: `subjects.csv`, `elements.csv`, `code_lists.csv`, `codes.csv`, `industries.csv`,
`inferred.csv` and `aliases.yaml`. Definitions of a later folder replace those of the same id; its aliases and codes are
added.
Lists of words inside a cell are separated by blanks, and every alias is a pattern of core/aliases.py.
Every command loads the registry, so the tables are CSV, which Python reads far faster than YAML.
The packs that come with the program are read first, the base pack before the others, then the folders in `packs/` of
the data folder: an office's own elements and words.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

import yaml

from yici.core.aliases import PatternError, compose
from yici.core.code_rolls import industry_codes, roll_up
from yici.core.elements import Code, CodeList, Element, Inference, Kind, Registry, SubjectType
from yici.core.errors import PackError, Place, Problem

BASE_PACK = Path(__file__).parents[1] / "packs" / "base"
_SCOPES = {"always", "in_context"}
# A subject's table is named after it, so its id is a plain word.
_SUBJECT = re.compile(r"[a-z][a-z0-9]*")
_YAML_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class _Draft:
    """What the folders read so far define, and everything wrong in them."""

    subjects: dict[str, SubjectType] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    lists: dict[str, CodeList] = field(default_factory=dict)
    codes: dict[str, dict[str, Code]] = field(default_factory=dict)
    words: dict[str, Sequence[str]] = field(default_factory=dict)
    inferred: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    always: dict[str, list[str]] = field(default_factory=dict)
    in_context: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add_code(self, codes: str, code: Code) -> None:
        """A code of the same number replaces an earlier one, but keeps its aliases."""
        entries = self.codes.setdefault(codes, {})
        before = entries.get(code.code)
        aliases = (*before.aliases, before.label, *code.aliases) if before else code.aliases
        entries[code.code] = replace(code, aliases=_distinct(aliases, code.label))

    def spellings(self, text: str | None, file: Path, element: str | None = None) -> tuple[str, ...]:
        """What the blank-separated patterns of a cell stand for."""
        try:
            return compose((text or "").split(), self.words)
        except PatternError as error:
            self.problem("pack-pattern", str(error), "写法见 docs/elements.md。", file, element)
            return ()

    def problem(self, code: str, message: str, hint: str, file: Path, element: str | None = None) -> None:
        self.problems.append(Problem(code, message, hint, Place(file=str(file), element=element)))


def load_registry(extra_dirs: Iterable[Path] | None = None) -> Registry:
    """The definitions of the shipped packs with those of further pack folders laid over them, in order.

    Without `extra_dirs` these are the folders that `local_packs` finds. A process reads the same files once: what was
    read is given out again until a file of a further folder changes, comes or goes. A registry is never changed once it
    is made.
    Raises PackError with every definition that cannot be read (unknown kind, missing column, YAML that does not parse).
    """
    shipped, more = _shipped(), tuple(local_packs() if extra_dirs is None else extra_dirs)
    return _registry((*shipped, *more), _stamps(more))


@lru_cache(maxsize=1)
def _shipped() -> tuple[Path, ...]:
    """The shipped packs are part of the program, and are read as they were when it started."""
    return tuple(shipped_packs())


def packs_stamp() -> str:
    """A hash that changes when any definition that `load_registry` gives out may have."""
    stamps = (*_shipped_stamps(), *_stamps(local_packs()))
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


@lru_cache(maxsize=1)
def _shipped_stamps() -> tuple[tuple[str, int, int], ...]:
    return _stamps(_shipped())


def _stamps(folders: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Every file of the folders with its size and time of change."""
    files = sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.is_file())
    return tuple((str(path), (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files)


@lru_cache(maxsize=4)
def _registry(folders: tuple[Path, ...], _stamped: tuple[tuple[str, int, int], ...]) -> Registry:
    draft = _Draft()
    for folder in folders:
        _read_folder(draft, folder)
    for identity in (draft.always | draft.in_context).keys() - draft.elements.keys():
        hint = "请核对数据元标识，或在 elements.csv 中登记它。"
        draft.problem(
            "alias-element", f"为没有登记的数据元“{identity}”写了别名。", hint, Path("aliases.yaml"), identity
        )
    if draft.problems:
        raise PackError(draft.problems)
    lists = [roll_up(codes, list(draft.codes.get(codes.id, {}).values())) for codes in draft.lists.values()]
    elements = [_with_aliases(draft, e) for e in draft.elements.values()]
    inferences = {name: Inference(source, tuple(rules.items())) for (name, source), rules in draft.inferred.items()}
    return Registry.of(draft.subjects.values(), elements, lists, inferences)


def shipped_packs() -> list[Path]:
    """The pack folders that come with the program: the base pack, then the others by name.

    A folder without definitions (the demo's) adds nothing to the registry.
    """
    others = sorted(each for each in BASE_PACK.parent.iterdir() if each.is_dir() and each != BASE_PACK)
    return [BASE_PACK, *others]


def pack_folders() -> list[Path]:
    """Every pack folder in force, in the order they are laid over each other: the shipped ones, then the office's."""
    return [*shipped_packs(), *local_packs()]


def local_packs() -> list[Path]:
    """The pack folders of the data folder (`$YICI_HOME/packs/*`), by name; none when it has no such folder."""
    folder = Path(os.environ.get("YICI_HOME") or "yici-data").expanduser() / "packs"
    return sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def _read_folder(draft: _Draft, folder: Path) -> None:
    if not folder.is_dir():
        draft.problem("pack-missing", f"找不到定义目录 {folder}。", "请检查目录名。", folder)
        return
    # Aliases come first: the classes of words they define serve the other files too.
    _read_aliases(draft, folder / "aliases.yaml")
    file = folder / "subjects.csv"
    for row in _rows(draft, file, ("id", "name", "key")):
        if not _SUBJECT.fullmatch(row["id"]):
            draft.problem("pack-subject", f"主体标识“{row['id']}”不合规则。", "只用小写字母和数字。", file)
            continue
        aliases = draft.spellings(row.get("aliases"), file)
        draft.subjects[row["id"]] = SubjectType(row["id"], row["name"], row["key"], aliases)
    for row in _rows(draft, folder / "code_lists.csv", ("id", "name")):
        draft.lists[row["id"]] = CodeList(row["id"], row["name"], (), row.get("standard") or "")
    file = folder / "codes.csv"
    for row in _rows(draft, file, ("list", "code", "label")):
        aliases = draft.spellings(row.get("aliases"), file, row["list"])
        draft.add_code(row["list"], Code(row["code"], row["label"], aliases, row.get("parent") or ""))
    for code in industry_codes(
        (row["code"], row["name"]) for row in _rows(draft, folder / "industries.csv", ("code", "name"))
    ):
        draft.add_code("industry", code)
    file = folder / "elements.csv"
    for row in _rows(draft, file, ("id", "name", "kind")):
        _read_element(draft, row, file)
    for row in _rows(draft, folder / "inferred.csv", ("element", "from", "prefix", "label")):
        draft.inferred.setdefault((row["element"], row["from"]), {})[row["prefix"]] = row["label"]


def _rows(draft: _Draft, file: Path, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    if not file.exists():
        return
    try:
        reader = csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig")))
    except UnicodeDecodeError:
        draft.problem("pack-encoding", "文件不是 UTF-8 编码。", "请另存为“CSV UTF-8（逗号分隔）”。", file)
        return
    header = next(reader, [])
    missing = [column for column in needed if column not in header]
    if missing:
        draft.problem("pack-column", f"缺少列：{'、'.join(missing)}。", "请对照基础包的同名文件补上。", file)
        return
    for cells in reader:
        if any(cells):
            yield dict(zip_longest(header, cells[: len(header)], fillvalue=""))


def _read_element(draft: _Draft, row: dict[str, str], file: Path) -> None:
    identity = row["id"]
    try:
        kind = Kind(row["kind"])
    except ValueError:
        kinds = "、".join(kind.value for kind in Kind)
        draft.problem("pack-kind", f"没有值类型“{row['kind']}”。", f"可用的有：{kinds}。", file, identity)
        return
    flags = set((row.get("flags") or "").split())
    unknown = flags - {"derived", "identifies", "generic", "future", "register"}
    if unknown:
        draft.problem(
            "pack-flag",
            f"没有标志“{'、'.join(sorted(unknown))}”。",
            "可用的有：derived identifies generic future register。",
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
        authority=tuple((row.get("authority") or "").split()),
        derived="derived" in flags,
        identifies="identifies" in flags,
        generic="generic" in flags,
        future="future" in flags,
        register="register" in flags,
    )


def _read_aliases(draft: _Draft, file: Path) -> None:
    if not file.exists():
        return
    try:
        entries = yaml.load(file.read_bytes(), Loader=_YAML_LOADER) or {}  # noqa: S506 - one of the two safe loaders
    except yaml.YAMLError as error:
        draft.problem("pack-yaml", f"YAML 无法解析：{error}", "请检查缩进和冒号。", file)
        return
    if not _well_formed(entries):
        hint = "应为 words（词类：词）和 elements（标识：always、in_context）两段，写法见 docs/elements.md。"
        draft.problem("pack-yaml", "YAML 的结构不对。", hint, file)
        return
    for name, text in (entries.get("words") or {}).items():
        draft.words[name] = draft.spellings(text, file)
    for identity, words in (entries.get("elements") or {}).items():
        draft.always.setdefault(identity, []).extend(draft.spellings(words.get("always"), file, identity))
        draft.in_context.setdefault(identity, []).extend(draft.spellings(words.get("in_context"), file, identity))


def _well_formed(entries: object) -> bool:
    if not isinstance(entries, dict) or entries.keys() - {"words", "elements"}:
        return False
    words, elements = entries.get("words") or {}, entries.get("elements") or {}
    if not isinstance(words, dict) or not isinstance(elements, dict):
        return False
    listed = [part for part in elements.values() if isinstance(part, dict) and not part.keys() - _SCOPES]
    texts = [*words.values(), *(text for part in listed for text in part.values())]
    return len(listed) == len(elements) and all(isinstance(text, str | None) for text in texts)


def _with_aliases(draft: _Draft, element: Element) -> Element:
    always = _distinct(draft.always.get(element.id, []), element.name)
    in_context = _distinct(draft.in_context.get(element.id, []), element.name)
    return replace(element, aliases=always, context_aliases=in_context)


def _distinct(words: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(word for word in dict.fromkeys(words) if word != name)
