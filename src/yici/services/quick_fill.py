"""Answering any form (来表即填): a form that came by chat is filled at once for the clerk's own people."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from yici.core.access.actors import Actor, Thing
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.core.filling import bound, with_refusals
from yici.core.fillplan import Gap, GapReason
from yici.core.recognition.template import Template
from yici.engine.standing import golden_of
from yici.services.collecting.days import check_day, data_day
from yici.services.form_doubts import asked_scope, own_scope, settle
from yici.services.form_values import FormRequest, filters_of, plan_form, refused_cells
from yici.services.forms import Recognised, recognise_form
from yici.services.pool import Pool, open_pool
from yici.services.received_files import received_path
from yici.services.rosters import saved_expression
from yici.services.subject_pages import open_subject
from yici.services.title_filter import TitleFilter, title_filter
from yici.storage import audit, collections, outside
from yici.storage.outside import UseRow

Progress = Callable[[int, int], None]


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


def open_received(*, actor: Actor, home: Path, number: int, pool: Pool | None = None) -> Opened:
    """A received form with what its clerk has confirmed. Raises NotFound, Conflict when its file is gone."""
    pool = pool or open_pool(home)
    use = _use(home, number)
    file = received_path(home, use.source, use.file_name)
    if not file.exists():
        raise Conflict(Problem("file-gone", "收到的空白表已过保存期。", "请把表再拖进来一次。"))
    return opened_as(actor=actor, use=use, file=file, pool=pool)


def opened_as(*, actor: Actor, use: UseRow, file: Path, pool: Pool) -> Opened:
    """A received form, written or not yet, with what was confirmed of its words for that use of it."""
    scopes = (*(asked_scope(form) for form in collections.approved_forms(use.form)), own_scope(actor))
    recognised = recognise_form(home=pool.home, form=file, pool=pool, scopes=scopes)
    return Opened(use, file, recognised, scopes, pool)


def day_of(opened: Opened, today: date) -> date:
    """The day of the data a received form is filled with: the one its clerk chose, else the last of a period that its
    title names and that is over, else today."""
    return opened.use.as_of or data_day(opened.template, today)


def try_received(*, opened: Opened, actor: Actor, today: date, progress: Progress | None = None) -> Tried:
    """Fill a received form on trial, as chosen. `progress` is told how many rows were planned. Raises ExpressionError,
    NotFound, whatever `progress` raises."""
    start = time.perf_counter()
    template, pool, day = opened.template, opened.pool, day_of(opened, today)
    planned = plan_form(template, request_of(opened, actor, day), pool)
    if progress is not None:
        planned.fill.tell_rows(progress)
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


def counted(*, opened: Opened, actor: Actor, today: date, progress: Progress | None = None) -> tuple[int, int]:
    """(asked, filled): how many cells somebody wants filled, and how many the pool fills. Raises as `try_received`."""
    tried = try_received(opened=opened, actor=actor, today=today, progress=progress)
    return tried.filled + len(asked_gaps(tried)), tried.filled


def check_unit(actor: Actor, unit: str) -> None:
    """Raise Refused for a unit that is not the actor's own."""
    if unit not in actor.units:
        raise Refused(Problem("not-your-unit", "只能填自己单位的。", "请从列表里选单位。"))


def choose(
    *, actor: Actor, home: Path, number: int, unit: str, where: str, saved: int | None = None, of: str = "",
    department: str | None = None, as_of: date | None = None, today: date,
) -> None:  # fmt: skip
    """Say for whom a received form is filled: a unit of the clerk's own, a condition or a saved filter, the one subject
    a card is about; and with the data of which day (None: as before). Raises Refused, NotFound, ExpressionError,
    Conflict also for a day to come, or after the period that the form's title names."""
    opened = open_received(actor=actor, home=home, number=number)
    check_unit(actor, unit)
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
    with transaction.atomic():
        outside.change_use(number, unit=unit, where=where.strip(), of=of, **told)
        # Whether there is a condition, not the condition: it may name somebody.
        detail = {"unit": unit, "condition": bool(where.strip()), "of": of, "as_of": as_of and as_of.isoformat()}
        audit.append(actor=actor.name, action="outside.choose", thing=str(number), detail=detail)
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
    check_unit(actor, opened.use.unit)
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


def _count(opened: Opened, today: date, actor: Actor) -> None:
    asked, filled = counted(opened=opened, actor=actor, today=today)
    outside.change_use(opened.use.id, filled=filled, asked=asked)


def _use(home: Path, number: int) -> UseRow:
    open_pool(home)
    use = outside.use_row(number)
    if use is None:
        raise NotFound(Problem("unknown-use", "没有这张来表。", "请返回列表。"))
    return use
