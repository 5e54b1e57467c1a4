"""Units of measure: what they measure, how large they are, and per what (元/月)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

from yici.core.values.spelling import squash, words

_AREA, _MONEY, _ENERGY, _COAL, _MASS, _LENGTH, _COUNT = "area", "money", "energy", "coal", "mass", "length", ""
_BASE: dict[str, tuple[str, int, int]] = {
    # name: (dimension, numerator, denominator of its size in the dimension's base unit)
    "元": (_MONEY, 1, 1), "圆": (_MONEY, 1, 1), "块": (_MONEY, 1, 1), "块钱": (_MONEY, 1, 1), "元整": (_MONEY, 1, 1),
    "rmb": (_MONEY, 1, 1), "人民币": (_MONEY, 1, 1), "人民币元": (_MONEY, 1, 1), "角": (_MONEY, 1, 10),
    "平方米": (_AREA, 1, 1), "㎡": (_AREA, 1, 1), "m2": (_AREA, 1, 1), "m²": (_AREA, 1, 1), "平米": (_AREA, 1, 1),
    "平方": (_AREA, 1, 1), "平": (_AREA, 1, 1), "亩": (_AREA, 2000, 3), "公顷": (_AREA, 10000, 1),
    "hm2": (_AREA, 10000, 1), "hm²": (_AREA, 10000, 1), "分地": (_AREA, 200, 3), "平方公里": (_AREA, 10**6, 1),
    "平方千米": (_AREA, 10**6, 1), "km2": (_AREA, 10**6, 1), "km²": (_AREA, 10**6, 1), "市亩": (_AREA, 2000, 3),
    "千瓦时": (_ENERGY, 1, 1), "kwh": (_ENERGY, 1, 1), "kw·h": (_ENERGY, 1, 1), "千瓦·时": (_ENERGY, 1, 1),
    "度": (_ENERGY, 1, 1), "兆瓦时": (_ENERGY, 1000, 1), "mwh": (_ENERGY, 1000, 1),
    "吨标准煤": (_COAL, 1, 1), "吨标煤": (_COAL, 1, 1), "tce": (_COAL, 1, 1), "吨煤": (_COAL, 1, 1),
    "千克标准煤": (_COAL, 1, 1000),
    "吨": (_MASS, 1000, 1), "t": (_MASS, 1000, 1), "公斤": (_MASS, 1, 1), "千克": (_MASS, 1, 1), "kg": (_MASS, 1, 1),
    "斤": (_MASS, 1, 2), "克": (_MASS, 1, 1000),
    "米": (_LENGTH, 1, 1), "m": (_LENGTH, 1, 1), "公里": (_LENGTH, 1000, 1), "千米": (_LENGTH, 1000, 1),
    "km": (_LENGTH, 1000, 1), "厘米": (_LENGTH, 1, 100), "cm": (_LENGTH, 1, 100), "里": (_LENGTH, 500, 1),
    "%": ("share", 1, 1), "‰": ("share", 1, 10), "百分比": ("share", 1, 1),
    "岁": ("age", 1, 1), "周岁": ("age", 1, 1), "年龄": ("age", 1, 1),
    "美元": ("usd", 1, 1), "小时": ("hours", 1, 1), "天": ("days", 1, 1), "日": ("days", 1, 1),
}  # fmt: skip
_COUNTERS = words("人 口 个 名 户 家 位 次 件 台 套 只 头 辆 间 处 项 座 条 张 份 栋 幢 层 所 块地 人次 户次 口人 个人")
_PEOPLE = ("人", "口", "名", "位", "个人", "口人", "个")
_MULTIPLES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_PERIODS = {
    "月": "月",
    "每月": "月",
    "年": "年",
    "每年": "年",
    "年度": "年",
    "季": "季",
    "季度": "季",
    "日": "日",
    "天": "日",
    "人": "人",
    "户": "户",
}
_PER = re.compile(r"[/／每·•]|人均|户均")
_EXACT = Context(prec=40)
_SCALE = Decimal("0.000001")
"""Values are kept with six decimals, as the column type of batches has it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit of measure: its dimension, its size in the dimension's base unit, and what it is counted by (月, 人)."""

    dimension: str
    numerator: int
    denominator: int
    per: frozenset[str] = frozenset()


@lru_cache(maxsize=4096)
def measure_of(text: str) -> Measure | None:
    """The unit written like that (万元, ㎡, 元/月, 人), or None when it is not known. A bare 万 counts things."""
    parts = [part for part in re.split(r"[/／]", squash(text).lower().replace("每", "/").replace("人民币", "")) if part]
    if not parts:
        return None
    per = [_PERIODS.get(word) for part in parts[1:] for word in re.split(r"[·•.*]", part)]
    head = _simple(parts[0])
    if head is None or None in per:
        return None
    return Measure(*head, per=frozenset(word for word in per if word))


def _simple(text: str) -> tuple[str, int, int] | None:
    if text in _BASE:
        return _BASE[text]
    if text in _COUNTERS:
        return ("人" if text in _PEOPLE else text.removesuffix("次") or text, 1, 1)
    if text in _MULTIPLES:
        return (_COUNT, _MULTIPLES[text], 1)
    for size in (2, 1):
        rest = text[size:]
        if text[:size] in _MULTIPLES and rest and (inner := _simple(rest)) and rest not in _MULTIPLES:
            return (inner[0], inner[1] * _MULTIPLES[text[:size]], inner[2])
    return None


def convertible(source: str, target: str) -> bool:
    """Can a value in one unit be stated in the other? Units with different periods (元/月, 元/年) cannot."""
    a, b = measure_of(source), measure_of(target)
    return a is not None and b is not None and ratio(a, b) is not None


def ratio(source: Measure, target: Measure) -> tuple[int, int] | None:
    """By what (numerator, denominator) a value is multiplied to be in the target unit; None when it cannot be.

    Who says nothing about the period means the one the target has.
    """
    if source.dimension not in (target.dimension, _COUNT) or (source.per and target.per and source.per != target.per):
        return None
    return source.numerator * target.denominator, source.denominator * target.numerator


def scaled(number: Decimal, by: tuple[int, int]) -> Decimal:
    """number × numerator / denominator, to six decimals (half up)."""
    return number if by[0] == by[1] else trimmed(_quotient(number, by))


def _quotient(number: Decimal, by: tuple[int, int]) -> Decimal:
    return _EXACT.divide(_EXACT.multiply(number, Decimal(by[0])), Decimal(by[1]))


def exact(number: Decimal) -> Decimal:
    """The same number without zeros at the end; one that has very many digits, an endless fraction, to six decimals."""
    return trimmed(number) if len(number.as_tuple().digits) > 20 else number.normalize(_EXACT)


def trimmed(number: Decimal) -> Decimal:
    """At most six decimals, without zeros at the end."""
    whole = int(number)
    if number == whole:
        return Decimal(whole)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        number = number.quantize(_SCALE, rounding=ROUND_HALF_UP, context=_EXACT)
    number = number.normalize(_EXACT)
    return number if number != int(number) else Decimal(int(number))


def convert(number: Decimal, source: str, target: str) -> Decimal | None:
    """A value stated in another unit, exactly where that ends; None when it cannot be."""
    a, b = measure_of(source), measure_of(target)
    by = ratio(a, b) if a and b else None
    return exact(_quotient(number, by)) if by else None
