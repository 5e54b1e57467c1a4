"""Whom a roster is about by its own title: 80周岁以上老年人花名册 lists those of 80 and more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yici.core.captions.context import read_context
from yici.core.captions.model import Condition, narrowed
from yici.core.errors import ExpressionError
from yici.core.expressions import in_words, parse_filter
from yici.core.recognition.template import Template
from yici.services.forms import caption_lexicon
from yici.services.pool import Pool

# Words of titles that say it is a list, and nothing of whom.
_LISTS = re.compile(
    r"花名册|名册|名单|清单|台账|档案|登记|信息|采集|核对|核查|统计|汇总|一览|明细|情况|基本|人员|对象|[表卡的及和、]"
)


@dataclass(frozen=True, slots=True)
class TitleFilter:
    """The filter a title makes: as an expression, in words, and the words of the title that were not understood."""

    text: str
    words: str
    unread: tuple[str, ...] = ()


def title_filter(template: Template, pool: Pool) -> TitleFilter | None:
    """The filter the title of a form makes for its rosters, or for whom there may be a card; None when it names no
    population, or one that is not understood. Words that may be about what is done (走访慰问) stay unread: whoever
    fills the form must look."""
    subjects = {area.subject for area in template.areas if area.kind == "rows" and area.subject and not area.members}
    # Of a card it says for whom one each may be made.
    subjects = subjects or {area.subject for area in template.areas if area.kind == "cells" and area.subject}
    if not subjects or not template.title:
        return None
    context = read_context((template.title,), (), caption_lexicon(pool))
    if context.whom or context.mixed or not context.hard:
        return None
    text = " and ".join(condition.text for condition in _joined(context.hard, pool))
    if not text:
        return None
    try:
        filters = [parse_filter(text, pool.registry, subject=subject) for subject in sorted(subjects)]
    except ExpressionError:
        return None
    unread = tuple(rest for _, word in context.strange if (rest := _LISTS.sub("", word)))
    return TitleFilter(text, in_words(filters[0].expr, pool.registry), unread)


def _joined(conditions: Iterable[Condition], pool: Pool) -> list[Condition]:
    """The conditions with those on the same element made one: 75周岁以上 says all that 老年人 says. None are
    left when they contradict each other."""
    found: list[Condition] = []
    for condition in conditions:
        same = next((one for one in found if one.element and one.element == condition.element), None)
        if same is not None and same.comparable and condition.comparable:
            both = narrowed(same, condition, pool.registry)
            if both is None:
                return []
            found[found.index(same)] = both
        elif condition not in found:
            found.append(condition)
    return found
