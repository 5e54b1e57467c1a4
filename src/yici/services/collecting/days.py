"""The day a form's data is of: the last of the period its title names, when that is over, else the day asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yici.core.captions.periods import past_end
from yici.core.errors import Conflict, Problem
from yici.core.filling import bound
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
        hint = f"请把“数据截至”改为 {day.isoformat()}；要的是新的一期，请换上新标题的表。"
        raise Conflict(Problem("day-past-title", message, hint))


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
