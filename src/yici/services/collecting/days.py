"""The day a form's data is of: the last of the period its title names, when that is over, else the day asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yici.core.captions.periods import past_end
from yici.core.errors import Conflict, Problem
from yici.core.recognition.template import Template


def data_day(template: Template, today: date) -> date:
    """The day the form's data is to be of when it is asked for today: of a list for February asked for in March, the
    last of February."""
    ends = [end for texts in _titles(template) if (end := past_end(texts, today)) is not None]
    return max(ends, default=today)


def check_day(template: Template, as_of: date) -> None:
    """Refuse a day after the period the form's title names: who is on the list then is not who was.

    Raises Conflict that names the day to choose.
    """
    if (day := data_day(template, as_of)) < as_of:
        message = f"表的标题说的是到 {day.isoformat()} 为止的一期，数据截至却是 {as_of.isoformat()}。"
        hint = f"请把“数据截至”改为 {day.isoformat()}；要的是新的一期，请换上新标题的表重新报备。"
        raise Conflict(Problem("day-past-title", message, hint))


def _titles(template: Template) -> Iterable[tuple[str, ...]]:
    """What stands above each list of people and each table of numbers."""
    for area in template.areas:
        if area.kind == "rows" and area.subject and not area.members:
            yield (template.title, *area.above, *area.context)
        elif area.kind == "matrix" or area.places:
            yield (*area.above, *area.context)
