"""Answering any form (来表即填): a form that came by chat is filled at once for the clerk's own people."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from yici.core.access.actors import Actor, Thing
from yici.core.errors import Conflict, FormUnreadable, NotFound, Place, Problem, Refused, YiciError
from yici.core.filling import bound, with_refusals
from yici.core.fillplan import Gap, GapReason
from yici.core.recognition.marks import marks_of
from yici.core.recognition.template import Template
from yici.engine.standing import golden_of
from yici.services.collecting.days import check_day, data_day
from yici.services.collecting.trial import fields_of
from yici.services.form_doubts import asked_scope, own_scope, settle
from yici.services.form_values import FormRequest, filters_of, plan_form, refused_cells
from yici.services.forms import Recognised, recognise_form
from yici.services.pool import Pool, open_pool
from yici.services.received_files import keep_received, received_path, remove_old
from yici.services.rosters import saved_expression
from yici.services.subject_pages import open_subject
from yici.services.title_filter import TitleFilter, title_filter
from yici.storage import audit, collections, outside
from yici.storage.outside import UseRow

MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one received file: the number of its use, or why it could not be read."""

    file_name: str
    number: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """A received form, open: its use, the file, what was recognised in it, and for whose confirmations that holds."""

    use: UseRow
    file: Path
    recognised: Recognised
    scopes: tuple[str, ...]
    pool: Pool

    @property
    def template(self) -> Template:
        """What was recognised."""
        return self.recognised.template


@dataclass(frozen=True, slots=True)
class Tried:
    """What filling a received form comes to: cells filled, rows, gaps and seconds, with the data of a `day`. `whom`
    tells why nothing is filled yet: "card" when nobody was chosen of whom the card is. `notes` say why a list stays
    empty."""

    filled: int
    rows: int
    gaps: tuple[Gap, ...]
    failed: tuple[str, ...]
    seconds: float
    title: TitleFilter | None
    lists: tuple[str, ...]
    cards: tuple[str, ...]
    notes: tuple[str, ...]
    day: date


def use_thing(*, home: Path, number: int) -> Thing:
    """A use as rules of access ask about it: of a unit, and of the clerk who received it. Raises NotFound."""
    use = _use(home, number)
    return Thing("outside", unit=use.unit, owner=use.by)


def receive(
    *, actor: Actor, home: Path, files: Sequence[Path], unit: str, department: str = "", now: datetime, today: date
) -> list[Received]:
    """Take forms a clerk received: each is recognised, kept, counted as asked for outside the platform, and tried for
    the unit. A file that cannot be read does not keep the others from being filled. Raises Refused, Conflict."""
    pool = open_pool(home)
    _own_unit(actor, unit)
    if not files:
        raise Conflict(Problem("file-missing", "没有选择文件。", "请选择或拖入收到的表。"))
    if len(files) > MOST_FILES:
        raise Conflict(Problem("files-many", f"一次最多 {MOST_FILES} 张。", "请分几次。"))
    remove_old(home, now)
    found = []
    for file in files:
        try:
            number = _receive(actor, home, file, unit, department, pool, today)
        except YiciError as error:
            found.append(Received(file.name, problems=error.problems))
        else:
            found.append(Received(file.name, number))
    return found


def _receive(
    actor: Actor, home: Path, file: Path, unit: str, department: str, pool: Pool, today: date
) -> int:  # fmt: skip
    recognised = recognise_form(home=home, form=file, pool=pool)
    template = recognised.template
    if not template.areas and not template.headings:
        hint = "请确认这是一张空白表（有表头和空格子），不是照片或已经填满的表。"
        raise FormUnreadable(Problem("nothing_to_fill", "没有在这个文件里找到可填的地方。", hint, Place(file.name)))
    source, marks, title = keep_received(home, file), marks_of(recognised.grid), title_filter(template, pool)
    with transaction.atomic():
        number = outside.add_use(
            form=template.fingerprint, title=(template.title or file.stem)[:250], number=marks.number[:250],
            fields=fields_of(template, pool), source=source, file_name=file.name[-250:], unit=unit, by=actor.name,
            where=title.text if title else "", department=(department.strip() or marks.maker)[:250],
        )  # fmt: skip
        detail = {"form": template.fingerprint, "file": source, "unit": unit}
        audit.append(actor=actor.name, action="outside.receive", thing=str(number), detail=detail)
    _count(open_received(home=home, actor=actor, number=number, pool=pool), today, actor)
    return number


def open_received(*, actor: Actor, home: Path, number: int, pool: Pool | None = None) -> Opened:
    """A received form with what its clerk has confirmed. Raises NotFound, Conflict when its file is gone."""
    pool = pool or open_pool(home)
    use = _use(home, number)
    file = received_path(home, use.source, use.file_name)
    if not file.exists():
        raise Conflict(Problem("file-gone", "收到的空白表已过保存期。", "请把表再拖进来一次。"))
    scopes = (*(asked_scope(form) for form in collections.approved_forms(use.form)), own_scope(actor))
    recognised = recognise_form(home=home, form=file, pool=pool, scopes=scopes)
    return Opened(use, file, recognised, scopes, pool)


def day_of(opened: Opened, today: date) -> date:
    """The day of the data a received form is filled with: the one its clerk chose, else the last of a period that its
    title names and that is over, else today."""
    return opened.use.as_of or data_day(opened.template, today)


def try_received(*, opened: Opened, actor: Actor, today: date) -> Tried:
    """Fill a received form on trial, as chosen. Raises ExpressionError, NotFound."""
    start = time.perf_counter()
    template, pool, day = opened.template, opened.pool, day_of(opened, today)
    planned = plan_form(template, request_of(opened, actor, day), pool)
    for sheet in planned.fill.sheets:
        for area in sheet.rows:
            # Rows are planned as they are taken; what they leave empty is known only then.
            for _ in area.rows:
                pass
    gaps = with_refusals(planned.tally.gaps, refused_cells(pool, day))
    failed = tuple(failed.words for failed in planned.numbers.failed)
    areas = template.areas
    return Tried(
        planned.tally.filled, planned.rows, tuple(gaps), failed, time.perf_counter() - start,
        title_filter(template, pool),
        tuple(dict.fromkeys(a.subject for a in areas if a.kind == "rows" and a.subject and not a.members)),
        tuple(dict.fromkeys(a.subject for a in areas if a.kind == "cells" and a.subject and any(map(bound, a.slots)))),
        tuple(planned.notes), day,
    )  # fmt: skip


def asked_gaps(tried: Tried) -> list[Gap]:
    """The gaps somebody would have to fill: not those of other units, nor of a card nobody was chosen for."""
    return [gap for gap in tried.gaps if gap.reason is not GapReason.NOT_APPLICABLE]


def choose(
    *, actor: Actor, home: Path, number: int, unit: str, where: str, saved: int | None = None, of: str = "",
    department: str | None = None, as_of: date | None = None, today: date,
) -> None:  # fmt: skip
    """Say for whom a received form is filled: a unit of the clerk's own, a condition or a saved filter, the one subject
    a card is about; and with the data of which day (None: as before). Raises Refused, NotFound, ExpressionError,
    Conflict also for a day to come, or after the period that the form's title names."""
    opened = open_received(actor=actor, home=home, number=number)
    _own_unit(actor, unit)
    told: dict[str, Any] = {} if department is None else {"department": department.strip()[:250]}
    if as_of is not None:
        told["as_of"] = _day_chosen(opened.template, as_of, today)
    if saved is not None:
        where = saved_expression(actor=actor, home=home, number=saved)
    if where:
        filters_of(opened.template, FormRequest(unit, where, None, today), opened.pool)
    if of:
        # Only within reach: raises NotFound.
        open_subject(actor=actor, home=home, code=of)
    outside.change_use(number, unit=unit, where=where.strip(), of=of, **told)
    _count(open_received(actor=actor, home=home, number=number, pool=opened.pool), today, actor)


def confirm(*, actor: Actor, home: Path, number: int, doubt: str, meaning: str, today: date) -> None:
    """Settle a doubtful word of a received form for the clerk's own uses of it. Raises Conflict, NotFound."""
    opened = open_received(actor=actor, home=home, number=number)
    settle(actor=actor, template=opened.template, scope=own_scope(actor), doubt=doubt, meaning=meaning)
    _count(open_received(actor=actor, home=home, number=number, pool=opened.pool), today, actor)


def recount(*, actor: Actor, home: Path, number: int, today: date) -> None:
    """Count again what a received form comes to, after something was taken back. Raises NotFound, Conflict."""
    _count(open_received(actor=actor, home=home, number=number), today, actor)


def request_of(opened: Opened, actor: Actor, day: date) -> FormRequest:
    """What is asked of the form: within the clerk's own units, whatever was chosen before."""
    _own_unit(actor, opened.use.unit)
    key = None
    if opened.use.of:
        subject = open_subject(actor=actor, home=opened.pool.home, code=opened.use.of)
        key = subject.key
        with opened.pool.projection(day) as projection:
            if not golden_of(projection, subject.subject, [key], []):
                message = f"{day.isoformat()} 那天，库里还没有选定的这个对象。"
                raise NotFound(Problem("not-known-then", message, "请把“数据截至”改为后来的一天，或另选一个。"))
    return FormRequest(opened.use.unit, opened.use.where or None, key, day)


def _day_chosen(template: Template, as_of: date, today: date) -> date | None:
    """The day to keep; None for the one taken by itself, which moves on with the calendar. Raises Conflict."""
    if as_of > today:
        hint = f"请选 {today.isoformat()} 或以前的一天。"
        raise Conflict(Problem("day-ahead", f"“数据截至”是 {as_of.isoformat()}，那天还没有到。", hint))
    check_day(template, as_of, chosen=True)
    return None if as_of == data_day(template, today) else as_of


def _own_unit(actor: Actor, unit: str) -> None:
    if unit not in actor.units:
        raise Refused(Problem("not-your-unit", "只能填自己单位的。", "请从列表里选单位。"))


def _count(opened: Opened, today: date, actor: Actor) -> None:
    tried = try_received(opened=opened, actor=actor, today=today)
    outside.change_use(opened.use.id, filled=tried.filled, asked=tried.filled + len(asked_gaps(tried)))


def _use(home: Path, number: int) -> UseRow:
    open_pool(home)
    use = outside.use_row(number)
    if use is None:
        raise NotFound(Problem("unknown-use", "没有这张来表。", "请返回列表。"))
    return use
