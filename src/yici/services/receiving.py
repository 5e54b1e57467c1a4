"""Taking in the forms a clerk received (来表即填): each is recognised and tried first, then all are written at once."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, FormUnreadable, Place, Problem, YiciError
from yici.core.jobs import LARGE_FORM_FILES, LARGE_RECEIVED_BYTES
from yici.core.recognition.marks import marks_of
from yici.office.content_size import content_size
from yici.services.collecting.trial import fields_of
from yici.services.forms import recognise_form, takes_long
from yici.services.pool import Pool, open_pool
from yici.services.quick_fill import Progress, check_unit, counted, opened_as
from yici.services.received_files import keep_received, received_path, remove_old
from yici.services.title_filter import title_filter
from yici.storage import audit, outside
from yici.storage.batch_files import hash_file
from yici.storage.outside import UseRow

MOST_FILES = 20
_LONGEST = 250
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one received file: the number of its use, or why it could not be read."""

    file_name: str
    number: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A received form that was recognised and tried, not written yet: its use with its counts, and what the demand for
    such forms is told of it (its printed number, what it asks)."""

    file: Path
    use: UseRow
    number: str
    fields: Sequence[Mapping[str, Any]]


def receive(
    *, actor: Actor, home: Path, files: Sequence[Path], unit: str, department: str = "", now: datetime, today: date
) -> list[Received]:
    """Take forms a clerk received: each is recognised, kept, counted as asked for outside the platform, and tried for
    the unit. A file that cannot be read does not keep the others from being filled. Raises Refused, Conflict."""
    check_asked(actor=actor, unit=unit, files=files)
    open_pool(home)
    remove_old(home, now)
    tried = prepare(actor=actor, home=home, files=files, unit=unit, department=department, today=today)
    return write(actor=actor, home=home, tried=tried)


def check_asked(*, actor: Actor, unit: str, files: Sequence[Path]) -> None:
    """Raise Refused for another's unit, Conflict for no files or too many."""
    check_unit(actor, unit)
    if not files:
        raise Conflict(Problem("file-missing", "没有选择文件。", "请选择或拖入收到的表。"))
    if len(files) > MOST_FILES:
        raise Conflict(Problem("files-many", f"一次最多 {MOST_FILES} 张。", "请分几次。"))


def is_large(*, home: Path, files: Sequence[Path]) -> bool:
    """Whether taking these is work for the background."""
    if len(files) > LARGE_FORM_FILES or sum(map(content_size, files)) > LARGE_RECEIVED_BYTES:
        return True
    return any(takes_long(home=home, form=file) for file in files)


def set_aside(
    *, actor: Actor, home: Path, files: Sequence[Path], unit: str, department: str, now: datetime
) -> dict[str, Any]:
    """Keep received files for work in the background, which is told them by what comes back: each by its hash, with the
    name it came with. What is not taken in is removed after a day. Raises Refused, Conflict."""
    check_asked(actor=actor, unit=unit, files=files)
    open_pool(home)
    remove_old(home, now)
    return {
        "unit": unit, "department": department.strip(),
        "files": [[keep_received(home, file), file.name] for file in files],
    }  # fmt: skip


def laid_out(*, home: Path, files: Sequence[tuple[str, str]], folder: Path) -> list[Path]:
    """The files that were set aside, each under the name it came with: problems name it, and forms without a title are
    called by it. Raises Conflict when one is gone."""
    found = []
    for place, (source, name) in enumerate(files):
        kept, file = received_path(home, source, name), folder / str(place) / name
        if not kept.exists():
            raise Conflict(Problem("file-gone", f"{name}：已过保存期。", "请把表再拖进来一次。"))
        file.parent.mkdir()
        shutil.copyfile(kept, file)
        found.append(file)
    return found


def prepare(
    *, actor: Actor, home: Path, files: Sequence[Path], unit: str, department: str = "", today: date,
    progress: Progress | None = None,
) -> list[Prepared | Received]:  # fmt: skip
    """Recognise received forms and try them for the unit; nothing is written. For one that cannot be read there comes
    why. Raises Refused, whatever `progress` raises."""
    check_unit(actor, unit)
    pool, found = open_pool(home), list[Prepared | Received]()
    for place, file in enumerate(files):
        try:
            found.append(_prepared(actor, file, unit, department, pool, today, _within(progress, place, len(files))))
        except YiciError as error:
            found.append(Received(file.name, problems=error.problems))
        if progress is not None:
            progress(place + 1, len(files))
    return found


def write(
    *, actor: Actor, home: Path, tried: Sequence[Prepared | Received], at: datetime | None = None
) -> list[Received]:
    """Write what was prepared, all in one: what became of each file. `at` is when the clerk brought them; what was
    written for that moment before is not written again."""
    for one in tried:
        if isinstance(one, Prepared):
            keep_received(home, one.file)
    with transaction.atomic():
        if at is not None and (before := outside.uses(by=actor.name, since=at, until=at + _INSTANT)):
            there = [Received(use.file_name, use.id) for use in reversed(before)]
            return there + [one for one in tried if isinstance(one, Received)]
        return [one if isinstance(one, Received) else _written(actor, one, at) for one in tried]


def problems_of(found: Sequence[Received]) -> tuple[Problem, ...]:
    """What is wrong with those that could not be read, each with its file's name."""
    return tuple(Problem(p.code, f"{one.file_name}：{p.message}", p.hint) for one in found for p in one.problems)


def _prepared(
    actor: Actor, file: Path, unit: str, department: str, pool: Pool, today: date, progress: Progress | None
) -> Prepared:
    waiting = None if progress is None else lambda: progress(0, 0)
    recognised = recognise_form(home=pool.home, form=file, pool=pool, waiting=waiting)
    template = recognised.template
    if not template.areas and not template.headings:
        hint = "请确认这是一张空白表（有表头和空格子），不是照片或已经填满的表。"
        raise FormUnreadable(Problem("nothing_to_fill", "没有在这个文件里找到可填的地方。", hint, Place(file.name)))
    marks, title = marks_of(recognised.grid), title_filter(template, pool)
    use = UseRow(
        id=0, demand=0, title=(template.title or file.stem)[:_LONGEST], form=template.fingerprint,
        source=hash_file(file), file_name=file.name[-_LONGEST:], unit=unit, where=title.text if title else "", of="",
        department=(department.strip() or marks.maker)[:_LONGEST], asked=0, filled=0, by=actor.name, at=timezone.now(),
    )  # fmt: skip
    opened = opened_as(actor=actor, use=use, file=file, pool=pool)
    asked, filled = counted(opened=opened, actor=actor, today=today, progress=progress)
    use = replace(use, asked=asked, filled=filled)
    return Prepared(file, use, marks.number[:_LONGEST], fields_of(template, pool))


def _written(actor: Actor, one: Prepared, at: datetime | None) -> Received:
    use = one.use
    number = outside.add_use(
        form=use.form, title=use.title, number=one.number, fields=one.fields, source=use.source,
        file_name=use.file_name, unit=use.unit, by=use.by, where=use.where, department=use.department,
        asked=use.asked, filled=use.filled, at=at or use.at,
    )  # fmt: skip
    detail = {"form": use.form, "file": use.source, "unit": use.unit}
    audit.append(actor=actor.name, action="outside.receive", thing=str(number), detail=detail)
    return Received(one.file.name, number)


def _within(progress: Progress | None, done: int, total: int) -> Progress | None:
    """Tell, while one of the forms is tried, how many of them are: whoever cancels need not wait for its end."""
    return None if progress is None else lambda _rows, _all: progress(done, total)
