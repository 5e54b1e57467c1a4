"""What kind of answer a form's own slot takes, as its caption and number format say: which are numbers, and which of
these may be added up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from yici.core.recognition.labels import Label, read_label
from yici.core.values import measure_of
from yici.core.values.spelling import half_width

_DIGITS = 15
"""Spreadsheets keep no more digits of a number than these."""
_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_WORDS = re.compile(r"姓名|名称|名单|地址|备注|说明|类型|类别|是否|有无|型号|规格|参数|来源|原因|内容")
_CODES = re.compile(
    r"电话|手机|座机|传真|号码|编号|编码|代码|证号|账号|帐号|卡号|工号|学号|文号|门牌|楼号|序号|邮编|邮政|日期|时间"
)
_CODE_TAIL = re.compile(r"(?:号|年|年份|年度|年月|月|月份|日)$")
_PERIOD = re.compile(
    r"(?:\d{4}年|(?:\d{4}年)?(?:\d{1,2}月|第?[一二三四1-4]季度|[上下]半年))(?:份|度|底|末)?|[本上去今当全前]年度?|[本上当]月份?"
)
_RATIO = re.compile(
    r"率|比(?!赛)|%|‰|百分|均|层|单价|价格|价$|指数|系数|倍数|分数|得分|评分|分值|排名|名次|每|/|最[高低大小多少早晚长短]"
    r"|标准|水平|距离|工期|期限|时长|任期|间隔|海拔|学历|寿命"
)
_LEVEL = re.compile(r"(?:(?<!长)度|年龄|海拔|直径|半径|等级|层高|水位)$")
_COUNTED = re.compile(r"(?:数|数量|总量|总额|金额|面积|产量|产值|销量|里程|长度|造价)$")
_THINGS = frozenset("盏口眼棵株艘架根块幅支枚只匹尾羽箱袋桶车孔场组队所栋幢")
_SHARES = ("share", "age")
_QUIET = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


def is_numeric(path: Sequence[str], number_format: str = "General") -> bool:
    """Whether a slot plainly takes a number: a unit of measure, a counting word or the cell's number format says so.

    `path` are the labels that lead to the slot. Telephone numbers, codes, years and days are no numbers.
    """
    labels = _labels(path)
    if any(_WORDS.search(label.full) for label in labels) or is_code(path) or _forbids(number_format):
        return False
    return any(_counts(label) for label in labels) or _counts_by(number_format)


def is_additive(path: Sequence[str], number_format: str = "General") -> bool:
    """Whether the numbers of several units may be added up in a slot: rates, averages, prices and levels may not."""
    return is_numeric(path, number_format) and not is_ratio(path)


def is_ratio(path: Sequence[str]) -> bool:
    """Whether a caption asks for something that is never the sum of its parts."""
    return any(_RATIO.search(label.full) or _LEVEL.search(label.core) or _share(label) for label in _labels(path))


def is_code(path: Sequence[str]) -> bool:
    """Whether a caption asks for digits that count nothing: a telephone number, a code, a year or a day."""
    return any(_CODES.search(label.full) or _CODE_TAIL.search(label.core) for label in _labels(path))


def plain_number(text: str) -> int | Decimal | None:
    """The number a text is, or None: for words, for digits with a leading zero, and for more digits than a spreadsheet
    keeps.

    >>> plain_number("１,200"), plain_number("3.50"), plain_number("007"), plain_number("3盏")
    (1200, Decimal('3.50'), None, None)
    """
    # Only full-width signs are read as plain ones: NFKC would make 32 of 3².
    text = half_width(text).strip()
    if not _PLAIN.fullmatch(text) and not _GROUPED.fullmatch(text):
        return None
    digits = text.replace(",", "")
    if sum(sign.isdigit() for sign in digits) > _DIGITS:
        return None
    return Decimal(digits) if "." in digits else int(digits)


def _labels(path: Sequence[str]) -> list[Label]:
    """The labels that say what is asked; a heading that names only a period (2025年) says of when, not what."""
    labels = [read_label(part) for part in path]
    return [label for label in labels if not _PERIOD.fullmatch(label.full)]


def _counts(label: Label) -> bool:
    if _COUNTED.search(label.core):
        return True
    alone = measure_of(label.core)
    if label.core in _THINGS or (alone is not None and alone.dimension not in ("days", *_SHARES)):
        return True
    return any(_is_unit(hint) for hint in label.hints)


def _is_unit(hint: str) -> bool:
    """Whether a note in brackets is a unit of measure: 盏, 万元, 单位：元, 元/亩."""
    unit = hint.removeprefix("单位").lstrip(":").split("/")[0]
    return unit in _THINGS or measure_of(unit) is not None


def _share(label: Label) -> bool:
    found = [measure_of(text) for text in (label.core, *label.hints)]
    return any(measure is not None and measure.dimension in _SHARES for measure in found)


def _bare(number_format: str) -> str:
    """A format code for positive numbers without quoted texts, colours and padding."""
    return _QUIET.sub("", number_format).split(";")[0].lower()


def _forbids(number_format: str) -> bool:
    """Whether a cell shows what is typed as a day, a percentage or a code with leading zeros: 3 would be shown as
    another thing."""
    bare = _bare(number_format)
    return bare != "general" and bool(re.search(r"[ymdhs%]|^0{2,}", bare))


def _counts_by(number_format: str) -> bool:
    return bool(re.fullmatch(r"[^a-z@]*[0#][^a-z@]*", _bare(number_format)))
