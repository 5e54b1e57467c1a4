"""Received forms filled to be taken away (来表即填): one, one card for each subject, or several in a package."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.errors import Conflict, NotFound, Problem, YiciError
from yici.core.filling import bound
from yici.core.jobs import LARGE_CARDS, LARGE_FORM_CELLS, LARGE_FORM_FILES
from yici.services.cards import Deck, count_cards, fill_cards
from yici.services.collecting.days import check_day
from yici.services.form_values import FormRequest
from yici.services.forms import fill_form
from yici.services.quick_fill import Opened, day_of, open_received, request_of
from yici.storage import audit, outside
from yici.storage.database import open_database

MOST_CARDS = 500
_CONVERTED = {".xls": ".xlsx", ".et": ".xlsx", ".doc": ".docx", ".wps": ".docx"}
# What a package holds for forms that could not be filled; with the mark of UTF-8, so that 记事本 and WPS read it.
_NOT_FILLED = "没有填成的表.txt"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Download:
    """Filled forms, ready to be sent: how many, and why others could not be filled, each with its file's name."""

    file: Path
    name: str
    filled: int = 1
    failed: tuple[Problem, ...] = ()


def own_numbers(*, actor: Actor, home: Path, numbers: Iterable[int]) -> list[int]:
    """Those of the numbers that are of forms the actor received, each once, in their order."""
    open_database(home)
    own = {use.id for use in outside.uses(by=actor.name)}
    return [number for number in dict.fromkeys(numbers) if number in own]


def is_large(*, actor: Actor, home: Path, numbers: Sequence[int], each: str = "", today: date) -> bool:
    """Whether filling these forms, or the one for each subject of a kind, is work for the background.

    Raises Conflict for too many cards, NotFound for an unknown kind, and of one form what opening it raises.
    """
    open_database(home)
    if each and numbers:
        opened = open_received(actor=actor, home=home, number=numbers[0])
        return _cards(opened, request_of(opened, actor, day_of(opened, today)), each) > LARGE_CARDS
    cells = sum(use.filled for number in numbers if (use := outside.use_row(number)) is not None)
    return len(numbers) > LARGE_FORM_FILES or cells > LARGE_FORM_CELLS


def download(
    *, actor: Actor, home: Path, number: int, folder: Path, each: str = "", today: date,
    progress: Progress | None = None,
) -> Download:  # fmt: skip
    """Fill a received form into `folder` with whole values, with an audit line: a clerk sees his own people whole, and
    it is noted for which form. With `each` a card is filled for each subject of that kind, in a package.

    The filled file is not kept. Raises what `fill_form` and `fill_cards` raise, Refused, whatever `progress` raises.
    """
    made, line = _filled(actor, home, number, folder, each, today, progress)
    audit.append_alone(actor=actor.name, action="outside.fill", thing=str(number), detail=line)
    return made


def package(
    *, actor: Actor, home: Path, numbers: Sequence[int], folder: Path, name: str, today: date,
    progress: Progress | None = None,
) -> Download:  # fmt: skip
    """Fill several received forms into one package in `folder`. One that cannot be filled does not keep the others from
    it: the package says which, and why. What is read is noted once the package is whole.

    Raises Conflict with everything that is wrong when none could be filled, whatever `progress` raises.
    """
    if not numbers:
        raise Conflict(Problem("received-none", "没有选择收到的表。", "请从列表里选，或把表再拖进来一次。"))
    whole, failed = folder / "all.zip", []
    lines: list[audit.Deed] = []
    with TemporaryDirectory(dir=folder) as scratch, zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as target:
        for place, number in enumerate(numbers, 1):
            inner = Path(scratch) / str(number)
            inner.mkdir()
            try:
                made, line = _filled(actor, home, number, inner, "", today, _within(progress, place - 1, len(numbers)))
            except YiciError as error:
                failed += _named(number, error)
            else:
                target.write(made.file, f"{place:02d}-{made.name}")
                made.file.unlink()
                lines.append(("outside.fill", str(number), line))
            if progress is not None:
                progress(place, len(numbers))
        if not lines:
            raise Conflict(failed)
        if failed:
            told = "\r\n".join(f"{problem.message}{problem.hint}" for problem in failed)
            target.writestr(_NOT_FILLED, told.encode("utf-8-sig"))
    with transaction.atomic():
        audit.append_many(actor=actor.name, about=lines)
    return Download(whole, name, len(lines), tuple(failed))


def _within(progress: Progress | None, done: int, total: int) -> Progress | None:
    """Tell, while one of the forms is being filled, how many of them are: whoever cancels need not wait for its end."""
    return None if progress is None else lambda _rows, _all: progress(done, total)


def _named(number: int, error: YiciError) -> list[Problem]:
    use = outside.use_row(number)
    name = use.file_name if use is not None else str(number)
    return [Problem(problem.code, f"{name}：{problem.message}", problem.hint) for problem in error.problems]


def _filled(
    actor: Actor, home: Path, number: int, folder: Path, each: str, today: date, progress: Progress | None
) -> tuple[Download, Mapping[str, Any]]:
    """A received form, filled, and what the audit is told of it."""
    opened = open_received(actor=actor, home=home, number=number)
    request = request_of(opened, actor, day_of(opened, today))
    stem, suffix = Path(opened.use.file_name).stem, opened.file.suffix
    suffix = _CONVERTED.get(suffix, suffix)
    if each:
        made = _each(actor, home, opened, request, each, folder, stem, progress)
    else:
        made = Download(folder / f"filled{suffix}", f"{stem}{suffix}")
        fill_form(
            actor=actor.name, home=home, form=opened.file, out=made.file, unit=request.unit, where=request.where,
            subject=request.subject, as_of=request.as_of, pool=opened.pool, scopes=opened.scopes, progress=progress,
        )  # fmt: skip
    elements = sorted({str(slot.binding.element) for a in opened.template.areas for slot in a.slots if bound(slot)})
    return made, {
        "for": f"来表即填：{opened.use.title}", "form": opened.use.form, "unit": opened.use.unit,
        "where": opened.use.where, "of": opened.use.of, "each": each, "cells": opened.use.filled, "elements": elements,
        "as_of": request.as_of.isoformat(),
    }  # fmt: skip


def _each(
    actor: Actor, home: Path, opened: Opened, request: FormRequest, each: str, folder: Path, stem: str,
    progress: Progress | None,
) -> Download:  # fmt: skip
    whole = folder / "filled.zip"
    check_day(opened.template, request.as_of)
    _cards(opened, request, each)
    with TemporaryDirectory(dir=folder) as scratch:
        outcome = fill_cards(
            actor=actor.name, home=home, form=opened.file, each=each, out_dir=Path(scratch), unit=request.unit,
            where=request.where, as_of=request.as_of, scopes=opened.scopes, progress=progress,
        )  # fmt: skip
        if not outcome.files:
            raise NotFound(Problem("nobody", "没有符合条件的对象。", "请换一个单位或条件。"))
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as target:
            for file in outcome.files:
                target.write(file, file.name)
    return Download(whole, f"{stem}.zip", len(outcome.files))


def _cards(opened: Opened, request: FormRequest, each: str) -> int:
    """How many cards there are to fill. Raises Conflict for too many."""
    if each not in opened.pool.registry.subjects:
        raise NotFound(Problem("kind-odd", "没有这种对象。", "请从页面上的按钮里选。"))
    deck = Deck(each, request.as_of, opened.use.unit, request.where or "")
    count = count_cards(deck, pool=opened.pool)
    if count > MOST_CARDS:
        message = f"符合条件的有 {count} 个，一次最多 {MOST_CARDS} 张。"
        raise Conflict(Problem("cards-many", message, "请写筛选条件，如：是否留守儿童 = '是'。"))
    return count
