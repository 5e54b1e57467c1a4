"""Units of measure in conditions: 万元 and 元 convert, 元 and 亩 do not compare."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

Dimensions = tuple[tuple[str, int], ...]

# Name of a unit → (how many of the base unit, the base unit). A unit not listed is a base unit of its own.
# GB 3100 and 国务院 1984 order on legal units for 亩 (1/15 公顷), 斤 and 公里.
_KNOWN: dict[str, tuple[Fraction, str]] = {
    "角": (Fraction(1, 10), "元"),
    "分": (Fraction(1, 100), "元"),
    "㎡": (Fraction(1), "平方米"),
    "平米": (Fraction(1), "平方米"),
    "亩": (Fraction(2000, 3), "平方米"),
    "公顷": (Fraction(10_000), "平方米"),
    "平方公里": (Fraction(1_000_000), "平方米"),
    "平方千米": (Fraction(1_000_000), "平方米"),
    "公里": (Fraction(1000), "米"),
    "千米": (Fraction(1000), "米"),
    "厘米": (Fraction(1, 100), "米"),
    "公斤": (Fraction(1), "千克"),
    "斤": (Fraction(1, 2), "千克"),
    "吨": (Fraction(1000), "千克"),
    "度": (Fraction(1), "千瓦时"),
    "周岁": (Fraction(1), "岁"),
    "日": (Fraction(1), "天"),
    "个月": (Fraction(1), "月"),
    "周年": (Fraction(1), "年"),
    "%": (Fraction(1, 100), ""),
    "‰": (Fraction(1, 1000), ""),
}
_MULTIPLES = {"万": Fraction(10_000), "亿": Fraction(100_000_000)}
_COUNTED = frozenset("人户个名家口次件台张")
_NAMED = frozenset({"元", "岁", "年", "月", "日", "天", "工作日", "米", "平方米", "千克", "千瓦时", *_KNOWN, *_COUNTED})


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a multiple of base units: 万元/人 is 10000 × 元. Counted things (人, 户) and shares (%) have no
    dimension."""

    text: str
    factor: Fraction
    dimensions: Dimensions

    def times(self, other: Unit) -> Unit:
        """The unit of a product."""
        return _combined(self, other, 1)

    def per(self, other: Unit) -> Unit:
        """The unit of a quotient."""
        return _combined(self, other, -1)

    @property
    def bare(self) -> bool:
        """Whether a number in this unit is a plain number: what counts things is, a percentage is not."""
        return not self.dimensions and self.factor == 1


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """The unit written so: "万元", "元/月", "万千瓦时". Unknown words are units of their own."""
    factor = Fraction(1)
    dimensions: Counter[str] = Counter()
    for index, part in enumerate(text.strip().split("/")):
        size, base = _single(part.strip())
        factor = factor / size if index else factor * size
        if base:
            dimensions[base] += -1 if index else 1
    return Unit(text, factor, _plain(dimensions))


def known_unit(text: str) -> Unit | None:
    """The unit a number in a condition is written with (5万元, 3亩, 80岁, 2万), or None for any other word."""
    rest = text[1:] if text[:1] in _MULTIPLES else text
    parts = rest.split("/") if rest else []
    return parse_unit(text) if text and all(part in _NAMED for part in parts) else None


def _single(part: str) -> tuple[Fraction, str]:
    if part in _KNOWN:
        return _KNOWN[part]
    if part[:1] in _MULTIPLES:
        size, base = _single(part[1:])
        return _MULTIPLES[part[0]] * size, base
    return Fraction(1), "" if part in _COUNTED or not part else part


def _combined(left: Unit, right: Unit, sign: int) -> Unit:
    dimensions = Counter(dict(left.dimensions))
    for name, power in right.dimensions:
        dimensions[name] += sign * power
    factor = left.factor * right.factor**sign
    return Unit(f"{left.text}{'×' if sign > 0 else '/'}{right.text}", factor, _plain(dimensions))


def _plain(dimensions: Counter[str]) -> Dimensions:
    return tuple(sorted((name, power) for name, power in dimensions.items() if power))
