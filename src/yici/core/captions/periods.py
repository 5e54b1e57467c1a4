"""The period a form's title says its numbers are of: 2024年低保户情况统计表 is not about today."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from yici.core.captions.context import is_title
from yici.core.recognition.labels import squash

_CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"[12〇零○一二三四五六七八九][\d〇零○一二三四五六七八九]{3}(?=年)")
# A year that is no period of the numbers: of a birth, a rule, a beginning, or a school year.
_PERIOD = re.compile(
    r"(?<!\d)((?:19|20)\d\d)年度?+"
    r"(?:第?([一二三四1-4])季度?|(上|下)半年|(1[0-2]|0?[1-9])月份?(?:([12]\d|3[01]|0?[1-9])日)?+|年?[底末])?+"
    r"(?!以|之|前|后(?!备)|起|出生|版|修订|制定|印发|发布|[至到—~-]今)"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_BRACKETS = "()（）"


@dataclass(frozen=True, slots=True)
class Past:
    """A period that is over on the day asked for: why nothing is filled, in words, and the day to ask for instead.
    Where that day is chosen differs from one place to the next, so the words name no option and no field."""

    words: str
    day: date


def past_period(texts: Iterable[str], asked: date, what: str = "数") -> Past | None:
    """Why the numbers of a form (or `what` else it asks for) are not those of the day asked for, with the next step;
    None when its titles name no period, or one that is not over on that day."""
    for text in texts:
        found = list(_periods(text))
        if found and (last := max(end for end, _ in found)) < asked:
            words = "至".join(dict.fromkeys(words for _, words in found))
            told = (
                f"标题说的是“{words}”的{what}，而问的是 {asked.isoformat()} 的；"
                f"要填那时的{what}，请把日期定为 {last.isoformat()} 再填，否则请手填"
            )
            return Past(told, last)
    return None


def past_end(texts: Iterable[str], asked: date) -> date | None:
    """The last day of the periods that the first title naming some names, when these are over on the day asked for."""
    for text in texts:
        if (ends := [end for end, _ in _periods(text)]) and max(ends) < asked:
            return max(ends)
    return None


def _periods(text: str) -> Iterable[tuple[date, str]]:
    """The last day of each period a title names, and its words."""
    flat = _YEAR.sub(lambda year: year[0].translate(_CHINESE), squash(text))
    if not (is_title(flat) or is_title(flat.strip(_BRACKETS))) or re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", flat):
        return
    for found in _PERIOD.finditer(flat):
        year, quarter, half, month, day = int(found[1]), found[2], found[3], found[4], found[5]
        number = int(month) if month else 6 if half == "上" else 12
        if quarter:
            number = 3 * (_QUARTERS.get(quarter) or int(quarter))
        end = date(year, number, monthrange(year, number)[1])
        yield (end - timedelta(max(0, end.day - int(day))) if day else end), found[0]
