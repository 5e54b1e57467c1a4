"""Importing a ledger in steps: an upload is kept aside, looked at, corrected where a heading was not understood, and
only then taken in."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from yici.core.access.actors import Actor, Role
from yici.core.access.rules import can
from yici.core.elements import Element, Registry
from yici.core.errors import Conflict, NotFound, Place, Problem, UploadRefused
from yici.core.grid import address
from yici.core.jobs import LARGE_LEDGER_BYTES, LARGE_MARKED_BYTES
from yici.core.ledgers.columns import Column, Unmapped
from yici.core.ledgers.reasons import CHECK_REASONS, COLUMN_REASONS, SHEET_REASONS
from yici.core.ledgers.shown import ColumnShown, Preview, TableShown
from yici.core.manifest import BatchFacts
from yici.core.recognition.labels import read_label
from yici.core.values.reasons import REASONS
from yici.services.batches import batches_of, pool_is_large
from yici.services.kept_previews import keep_preview, kept_preview, preview_stamp
from yici.services.ledgers import (
    ImportOptions,
    ImportOutcome,
    Progress,
    authority_ids,
    import_ledger,
    ledgers_of,
)
from yici.services.ledgers_rows import TableReader
from yici.services.pool import area_names
from yici.storage.batches import BatchRow
from yici.storage.confirmations import Alias, save_alias
from yici.storage.confirmed_words import confirm_word
from yici.storage.database import open_database
from yici.storage.packs import load_registry
from yici.storage.units import all_areas

LARGEST = 60_000_000
_CODE = re.compile(r"[0-9a-f]{32}")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_KEPT_DAYS = 2
_MARKED = (".xlsx", ".xlsm")


def departments_of(actor: Actor) -> tuple[str, ...]:
    """For whom the actor may import: the own organisations and units; stewards for anybody (empty)."""
    if Role.STEWARD in actor.roles:
        return ()
    return tuple(sorted(actor.organisations | {post.unit for post in actor.posts if post.unit}))


def keep_upload(
    *,
    actor: Actor,
    home: Path,
    name: str,
    content: Iterable[bytes],
    department: str,
    as_of: date | None,
    authority: str,
    covers: str = "",
    today: date,
    now: datetime,
) -> str:
    """Keep an uploaded ledger aside for its uploader; the code that names it. Raises Conflict, NotFound, UploadRefused.

    Nothing of it is read here. What nobody imported is deleted after two days.
    """
    open_database(home)
    allowed = departments_of(actor)
    names, units = words_of(authority), words_of(covers)
    problems = []
    if not department.strip() or (allowed and department not in allowed):
        hint = f"您可以为这些单位导入：{'、'.join(allowed)}。" if allowed else "请写明，如 民政局。"
        problems.append(Problem("department-odd", "台账由谁提供没有写对。", hint))
    if as_of is None or as_of > today:
        problems.append(Problem("as-of-odd", "数据截止日期没有写对，或在今天以后。", "写成 2026-06-30。"))
    if names and Role.STEWARD not in actor.roles:
        problems.append(Problem("authority-denied", "数源部门由数据专员认定。", "请把“数源”空着。"))
    if units and _only(actor) is not None and not {*units} <= (_only(actor) or frozenset()):
        problems.append(Problem("covers-denied", "名册范围超出了您的单位。", "请只写您的单位，或空着。"))
    if problems or as_of is None:
        raise Conflict(problems)
    area_names(units, all_areas())
    facts = {"name": Path(name).name[:200], "department": department.strip(), "as_of": as_of.isoformat(),
             "authority": list(authority_ids(names, load_registry())), "covers": units,
             "by": actor.name}  # fmt: skip
    folder = _folder(home)
    sweep_uploads(home=home, now=now)
    code = uuid.uuid4().hex
    place = folder / code
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.mkdir(mode=0o700)
    _write(place / f"ledger{_suffix(name)}", content)
    (place / "facts.json").write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    return code


def last_preview(*, actor: Actor, home: Path, code: str) -> Preview | None:
    """The preview that was made, while it stands; None when it is to be made. Raises NotFound for another's."""
    path, facts, _ = _kept(actor, home, code)
    return kept_preview(path.parent, preview_stamp(scope=ledgers_of(facts.department), units=_only(actor)))


def preview_upload(*, actor: Actor, home: Path, code: str, progress: Progress | None = None) -> Preview:
    """What importing would do: nothing of it is written. Raises NotFound, UploadRefused.

    It is kept beside the upload and made again only when something it depends on has changed. What `progress` raises
    stops it, and nothing is kept.
    """
    path, facts, by = _kept(actor, home, code)
    stamp = preview_stamp(scope=ledgers_of(facts.department), units=_only(actor))
    kept = kept_preview(path.parent, stamp)
    if kept is not None:
        return kept
    registry = load_registry()
    options = ImportOptions(dry_run=True, units=_only(actor), progress=progress)
    outcome = import_ledger(path=path, facts=facts, home=home, registry=registry, actor=by, options=options)
    names = tuple(registry.elements[element].name for element in facts.authority)
    made = Preview(
        code, facts.file_name, facts.department, facts.as_of, names, facts.covers, outcome.rows,
        tuple(_table(reader, registry) for reader in outcome.tables),
        tuple(f"{one.sheet}：{SHEET_REASONS[one.reason]}" for one in outcome.skipped), tuple(outcome.notes),
        path.suffix in _MARKED,
    )  # fmt: skip
    keep_preview(path.parent, stamp, made)
    return made


def explain_heading(*, actor: Actor, home: Path, code: str, word: str, subject: str, element: str) -> None:
    """Say what a heading means, for the ledgers of this department; "" says that it means nothing the pool keeps.

    In everybody's ledgers it holds when the steward says it, or accepts it as an offered word. Raises NotFound for an
    unknown element or one of another subject.
    """
    _, facts, _ = _kept(actor, home, code)
    registry = load_registry()
    known = registry.elements.get(element)
    if element and (known is None or known.derived):
        raise NotFound(Problem("unknown_element", "没有这个数据元。", "请从列表里选。"))
    if not word.strip() or subject not in registry.subjects:
        raise NotFound(Problem("no_word", "没有这个栏名。", "请刷新后再看。"))
    subject, everybody = known.subject if known else subject, bool(can(actor, "words.decide"))
    scope = "" if everybody else ledgers_of(facts.department)
    with transaction.atomic():
        save_alias(Alias(word, subject, element or None, scope), actor=actor.name)
        if element and not everybody:
            confirm_word(
                form=scope, scope=scope, title=facts.file_name[:250], word=word, alias=word, subject=subject,
                meaning=element, cells={word: element}, by=actor.name,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """A kept upload: its file's name, whether reading it is work for the background, whether marking it is, which takes
    several times as long, and whether importing it is: a large pool takes its time until it knows a few rows more."""

    name: str
    large: bool
    long_to_mark: bool
    long_to_import: bool


def kept_upload(*, actor: Actor, home: Path, code: str) -> KeptUpload:
    """A kept upload. Raises NotFound for another's."""
    path, facts, _ = _kept(actor, home, code)
    size = path.stat().st_size
    large = size > LARGE_LEDGER_BYTES
    return KeptUpload(facts.file_name, large, size > LARGE_MARKED_BYTES, large or pool_is_large(home=home))


def import_upload(
    *, actor: Actor, home: Path, code: str, progress: Progress | None = None, keep: bool = False
) -> ImportOutcome:
    """Take the ledger in, as one batch; the upload is deleted unless told to keep it. Raises NotFound, UploadRefused.

    What `progress` raises stops the import, and nothing of it stays.
    """
    path, facts, by = _kept(actor, home, code)
    options = ImportOptions(units=_only(actor), progress=progress)
    outcome = import_ledger(path=path, facts=facts, home=home, registry=load_registry(), actor=by, options=options)
    if not keep:
        forget_upload(home=home, code=code)
    return outcome


def report_of(outcome: ImportOutcome) -> dict[str, Any]:
    """What an import came to, for programs: what is wrong in the cells is told kind by kind, without their texts."""
    registry = load_registry()
    return {
        "batch": outcome.batch, "new": outcome.new, "rows": outcome.rows, "problems": outcome.problems,
        "tables": [
            {"sheet": reader.plan.sheet.name, "rows": reader.written, "problems": list(_problems(reader, registry))}
            for reader in outcome.tables
        ],
        "skipped": [f"{one.sheet}：{SHEET_REASONS[one.reason]}" for one in outcome.skipped],
        "notes": list(outcome.notes),
    }  # fmt: skip


def forget_upload(*, home: Path, code: str) -> None:
    """Delete a kept upload."""
    if _CODE.fullmatch(code):
        shutil.rmtree(_folder(home) / code, ignore_errors=True)


def marked_workbook(
    *, actor: Actor, home: Path, code: str, progress: Progress | None = None, marking: Progress | None = None
) -> tuple[str, bytes]:  # fmt: skip
    """(file name, content) of the uploaded workbook with every doubtful cell marked. Raises NotFound, UploadRefused.

    `progress` is told how many rows were read, `marking` then how far the workbook is; what they raise stops it.
    It is made when somebody wants it: writing the marks takes as long as the whole preview, and few take it away.
    """
    path, facts, by = _kept(actor, home, code)
    if path.suffix not in _MARKED:
        raise NotFound(_UNMARKED)
    with tempfile.TemporaryDirectory(prefix="yici-marked-") as folder:
        report = Path(folder) / "marked.xlsx"
        options = ImportOptions(True, report, progress, _only(actor), marking)
        import_ledger(path=path, facts=facts, home=home, registry=load_registry(), actor=by, options=options)
        return f"{Path(facts.file_name).stem}-标注.xlsx", report.read_bytes()


def batches_shown(*, actor: Actor, home: Path) -> list[BatchRow]:
    """The batches, the latest first: all for stewards, for others those of their own departments and units."""
    allowed = departments_of(actor)
    rows = [row for row in batches_of(home=home) if not allowed or row.department in allowed]
    return rows[::-1]


def _table(reader: TableReader, registry: Registry) -> TableShown:
    plan = reader.plan
    subject = plan.mapped.subject
    choices = tuple((e.id, e.name) for e in registry.of_subject(subject) if not e.derived)
    if subject in ("person", "household"):
        other = "household" if subject == "person" else "person"
        choices += tuple((e.id, e.name) for e in registry.of_subject(other) if not e.derived)
    columns = tuple(_column(column, registry, choices) for column in plan.mapped.columns)
    return TableShown(
        plan.sheet.name, reader.written, plan.table.first_row, plan.table.last_row, subject,
        registry.subjects[subject].name, columns, tuple(_problems(reader, registry)),
    )  # fmt: skip


def _column(column: Column, registry: Registry, choices: tuple[tuple[str, str], ...]) -> ColumnShown:
    likely = tuple((name, registry.elements[name].name) for name in column.candidates if name in registry.elements)
    rest = tuple(choice for choice in choices if choice not in likely)
    office = column.why_not is Unmapped.HUMAN and not column.element
    why = "" if column.element else COLUMN_REASONS[column.why_not]
    word = read_label(column.path[-1]).core if column.path else ""
    letter = address(1, column.col)[:-1]
    return ColumnShown(letter, column.heading, word, column.element or "", why, () if office else likely + rest)


def _problems(reader: TableReader, registry: Registry) -> Iterable[str]:
    """What is wrong in the cells, kind by kind, with how often and the first places; without the cells' texts."""
    for cleaner in reader.cleaners.values():
        for (status, reason), count in cleaner.counts.most_common():
            if status != "fixed":
                places = "、".join(address(row, cleaner.col) for row, _ in cleaner.examples[status, reason])
                yield f"{cleaner.element.name} {count} 格：{REASONS.get(reason, ('读不懂。', ''))[0]}如 {places}"
    for (name, reason), count in reader.doubted.most_common():
        element: Element = registry.elements[name]
        yield f"{element.name} {count} 格：{CHECK_REASONS[reason][0]}"


def _only(actor: Actor) -> frozenset[str] | None:
    """The units whose rows the actor may import; None for all: what a department keeps is of any unit."""
    return None if actor.roles & {Role.STEWARD, Role.OFFICER} else actor.units


def _kept(actor: Actor, home: Path, code: str) -> tuple[Path, BatchFacts, str]:
    """The upload, what was said about it, and by whom. Raises NotFound for another's."""
    open_database(home)
    place = _folder(home) / code
    if not _CODE.fullmatch(code) or not (place / "facts.json").is_file():
        raise NotFound(_GONE)
    facts = json.loads((place / "facts.json").read_text("utf-8"))
    if facts["by"] != actor.name:
        raise NotFound(_GONE)
    path = next(place.glob("ledger*"))
    said = BatchFacts(facts["department"], date.fromisoformat(facts["as_of"]), tuple(facts["authority"]), facts["name"],
                      tuple(facts.get("covers", ())))  # fmt: skip
    return path, said, facts["by"]


def words_of(text: str) -> list[str]:
    """The words of a field that takes several, as people part them."""
    return [word for word in re.split(r"[,，、;；\s]+", text) if word]


def _write(path: Path, content: Iterable[bytes]) -> None:
    size = 0
    with path.open("wb") as stream:
        for chunk in content:
            size += len(chunk)
            if size > LARGEST:
                stream.close()
                shutil.rmtree(path.parent, ignore_errors=True)
                raise UploadRefused(Problem("too-large", "文件太大。", "请分成几个文件。", Place(path.name)))
            stream.write(chunk)


def _suffix(name: str) -> str:
    found = Path(name).suffix.lower()
    return found if _SUFFIX.fullmatch(found) else ""


def _folder(home: Path) -> Path:
    return home / "uploads"


def sweep_uploads(*, home: Path, now: datetime) -> None:
    """Delete the uploads that were kept for longer than two days."""
    folder = _folder(home)
    for place in folder.glob("*") if folder.is_dir() else ():
        if place.is_dir() and now.timestamp() - place.stat().st_mtime > _KEPT_DAYS * 24 * 3600:
            shutil.rmtree(place, ignore_errors=True)


_GONE = Problem("upload-gone", "没有这个待导入的文件。", "它可能已经导入，或放了太久；请重新上传。")
_UNMARKED = Problem("not-marked", "这种文件不能标注。", "请把台账另存为 .xlsx 后重新上传。")
