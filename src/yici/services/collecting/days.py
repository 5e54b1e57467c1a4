"""The day a form's data is of: the last of the period its title names, when that is over, else the day asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from yici.core.captions.periods import past_end
from yici.core.errors import Conflict, Problem
from yici.core.filling import bound
from yici.core.periods import around
from yici.core.recognition.template import Template


def data_day(template: Template, today: date) -> date:
    """The day the form's data is to be of when it is asked for today: of a list for February asked for in March, the
    last of February. A card says whom it is about itself, but what it tells of them is of its title's period too."""
    return _last(_titles(template, cards=True), today)


def check_day(template: Template, as_of: date, *, chosen: bool = False) -> None:
    """Refuse a day after the period the form's title names: who is on the list then is not who was. A card whose
    subject was `chosen` may be of a later day: it is about nobody else then.

    Raises Conflict that names the day to choose.
    """
    if (day := _last(_titles(template, cards=not chosen), as_of)) < as_of:
        message = f"表的标题说的是到 {day.isoformat()} 为止的一期，数据截至却是 {as_of.isoformat()}。"
        hint = f"请把“数据截至”改为 {day.isoformat()}；要的是新的一期，请用那一期标题的表，或标题不写期别的表。"
        raise Conflict(Problem("day-past-title", message, hint))


def titled_until(template: Template) -> date | None:
    """The last day of the period that the form's title names, over or not; None for a form of any period."""
    last = _last(_titles(template, cards=True), date.max)
    return None if last == date.max else last


def check_recurring(template: Template, as_of: date, recurring: str) -> None:
    """Refuse to send a form again and again whose title names one period: already the next one would be refused, and
    only after this one is closed. A title of the whole year may be sent every month of it.

    Raises Conflict that names what to do instead.
    """
    until = titled_until(template)
    if not recurring or until is None:
        return
    following = around(around(as_of, recurring).end + timedelta(days=1), recurring)
    if until < following.end:
        message = f"表的标题写明了到 {until.isoformat()} 为止的一期，下一期（{following.name}）不能再用这张表。"
        hint = "请把“周期”改为“一次”，下一期用新标题的表另外报备；要自动一期接一期，请换上标题不写期别的表重新报备。"
        raise Conflict(Problem("recurring-one-period", message, hint))


def _last(titles: Iterable[tuple[str, ...]], asked: date) -> date:
    return max((end for texts in titles if (end := past_end(texts, asked)) is not None), default=asked)


def _titles(template: Template, *, cards: bool) -> Iterable[tuple[str, ...]]:
    """What stands above each list of people and each table of numbers, and with `cards` above those of one subject."""
    for area in template.areas:
        if area.kind == "rows" and area.subject and not area.members:
            yield (template.title, *area.above, *area.context)
        elif area.kind == "matrix" or area.places or any(slot.binding.figure for slot in area.slots):
            yield (*area.above, *area.context)
        elif cards and area.kind == "cells" and area.subject and any(map(bound, area.slots)):
            yield (template.title, *area.above)
