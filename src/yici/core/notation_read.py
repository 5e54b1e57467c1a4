"""Reading a notation from a heading, a drop-down list and a cell's number format."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from yici.core.elements import Element, Kind, Registry
from yici.core.notation_dates import date_notation
from yici.core.notation_legends import bracketed, legend_of, listed_words, wants_cross, wants_tick
from yici.core.notation_model import PLAIN, Notation
from yici.core.values import ValueKind, convertible, kind_of, measure_of
from yici.core.values.booleans import BoolKind
from yici.core.values.spelling import half_width, squash

_DECIMALS = re.compile(
    r"(?:保留|精确到|取|留)(?:小数点后)?([0-9一二两三四五六])位(?:小数)?|([0-9一二两三四五六])位小数"
)
_FRACTION = re.compile(r"精确到(0\.0*1)")
_WHOLE = re.compile(r"取整|保留整数|^整数$|填整数|精确到(?:个位|元|人|[^\d]{0,2}$)")
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6}
_OPEN_ENDED = re.compile(r"(.+?)(?:学历|文化|程度)?及?其?以[上下](?:学历|文化|程度)?")
_FORM_UNIT = re.compile(r"单位[:]\s*((?:(?!单位)[^\s:()])+)")
_UNIT_TAIL = re.compile(r"(?:单位:|/)([^\s,;、()/:]+)$")


def read_notation(
    label: str,
    element: Element,
    registry: Registry,
    *,
    options: tuple[str, ...] = (),
    number_format: str = "",
    context: str = "",
) -> Notation:
    """How values of `element` are to be written under a heading.

    `label` is the heading's text with its notes in brackets, `options` the entries of a drop-down in the slot,
    `number_format` the slot's format code. `context` are the texts above that hold for the slot too, one a line and
    the nearest first: headings it stands under, the form's own 金额单位：万元. They count where the label says nothing.
    """
    above = context.splitlines()
    if element.kind == Kind.DATE:
        return date_notation(label, number_format, above)
    if element.kind in (Kind.INTEGER, Kind.DECIMAL):
        return _number_notation(label, element, above)
    if element.kind == Kind.BOOL:
        return _bool_notation(label, element, registry, options, above)
    if element.kind == Kind.CODE:
        return _code_notation(label, element, registry, options)
    return PLAIN


def _number_notation(label: str, element: Element, above: Sequence[str]) -> Notation:
    """Unit and rounding from brackets (万元，保留两位小数), or after 单位： or a slash."""
    unit, decimals = _stated_unit(label), _stated_decimals(label)
    if not unit and (found := _UNIT_TAIL.search(half_width(label))) and measure_of(found[1]):
        unit = found[1]
    for line in above:
        if not unit and (unit := _unit_above(line, element)):
            decimals = _stated_decimals(line) if decimals is None else decimals
    same = not unit or (element.unit is not None and measure_of(unit) == measure_of(element.unit))
    if same and decimals is None:
        return PLAIN
    return Notation("number", unit="" if same else unit, decimals=decimals)


def _stated_unit(label: str) -> str:
    """The first unit in brackets."""
    parts = (part for text in bracketed(label) for part in re.split(r"[,;、:\s]+", text))
    return next((part for part in parts if measure_of(part)), "")


def _stated_decimals(label: str) -> int | None:
    """The rounding that a bracket prescribes."""
    return next((found for text in bracketed(label) if (found := _decimals(text)) is not None), None)


def _unit_above(line: str, element: Element) -> str:
    """The unit among those a line states (单位：户、万元 or 收入情况（万元）) in which the element can be given."""
    for stated in (*_FORM_UNIT.findall(half_width(line)), *bracketed(line)):
        for part in re.split(r"[、,;:\s]+", stated):
            if element.unit and measure_of(part) and convertible(element.unit, part):
                return str(part)
    return ""


def _decimals(text: str) -> int | None:
    text = squash(text)
    if found := _DECIMALS.search(text):
        digit = found[1] or found[2]
        return _NUMERALS.get(digit) or int(digit)
    if found := _FRACTION.search(text):
        return len(found[1]) - 2
    return 0 if _WHOLE.search(text) else None


def _bool_notation(
    label: str, element: Element, registry: Registry, options: Sequence[str], above: Sequence[str]
) -> Notation:
    kind = kind_of(element, registry)
    if options:
        marks = _resolved(kind, legend_of(label))
        words = _resolved(kind, {option: option for option in options if squash(option)})
        if words and not set(marks.values()) & {squash(option) for option in options}:
            return _tick_or_words(words)
    for text in (label, *above):
        if found := _yes_no_marks(text, kind):
            return found
    return _words({"是": "有", "否": "无"}) if re.match(r"有无", squash(label)) else PLAIN


def _yes_no_marks(text: str, kind: ValueKind) -> Notation | None:
    """What a heading says is written for yes and for no."""
    marks = _resolved(kind, legend_of(text))
    if len(marks) == 2:
        return _words(marks)
    if wants_cross(text):
        return _words({"是": "√", "否": "×"})
    if wants_tick(text):
        return Notation("tick")
    for listed in listed_words(text):
        words = _resolved(kind, {word: word for word in listed})
        if len(words) == 2:
            return _words(words)
    return None


def _tick_or_words(words: dict[str, str]) -> Notation:
    """A drop-down that offers only √ means nothing for no."""
    return Notation("tick") if set(words.values()) <= {"√", "✓", "✔"} else _words(words)


def _code_notation(label: str, element: Element, registry: Registry, options: Sequence[str]) -> Notation:
    kind = kind_of(element, registry)
    marks = _resolved(kind, legend_of(label))
    if options:
        offered = {squash(option) for option in options}
        if len(marks) > 1 and offered <= set(marks.values()):
            return _words(marks)
        words = _resolved(kind, {option: option for option in options if squash(option)})
        if len(words) > 1:
            return _words(words | _open_ended(options, words, kind, element, registry))
    if len(marks) > 1:
        return _words(marks)
    for listed in listed_words(label):
        words = _resolved(kind, {word: word for word in listed})
        if len(words) > 1 and len(words) >= len(listed) - 2:
            return _words(words | _open_ended(listed, words, kind, element, registry))
    if "代码" in label and "代码" not in element.name:
        return _words({code.label: code.code for code in registry.codes_of(element)})
    return PLAIN


def _open_ended(
    listed: Sequence[str], words: Mapping[str, str], kind: ValueKind, element: Element, registry: Registry
) -> dict[str, str]:
    """本科及以上 beside 大专, 高中, …: that label and all beyond it, on the side where no other choice lies."""
    order = [code.label for code in registry.codes_of(element)]
    covered: dict[str, str] = {}
    for word in listed:
        found = _OPEN_ENDED.fullmatch(squash(word))
        label = kind.clean("s" + found[1]).value if found else None
        if not isinstance(label, str) or label in words:
            continue
        at, others = order.index(label), [order.index(other) for other in words]
        if at < min(others):
            covered |= dict.fromkeys(order[: at + 1], word)
        elif at > max(others):
            covered |= dict.fromkeys(order[at:], word)
    return covered


def _resolved(kind: ValueKind, written: Mapping[str, str]) -> dict[str, str]:
    """What is written for each value, for the words that mean exactly one; a value meant twice is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for word, mark in written.items():
        value = kind.clean("s" + word).value
        if value is None or (isinstance(kind, BoolKind) and word.isdecimal() and word not in "01"):
            continue
        shown = kind.show(value)
        if shown in found and found[shown] != mark:
            twice.add(shown)
        found.setdefault(shown, mark)
    return {value: mark for value, mark in found.items() if value not in twice}


def _words(words: Mapping[str, str] | Iterable[tuple[str, str]]) -> Notation:
    return Notation("words", words=tuple(dict(words).items()))
