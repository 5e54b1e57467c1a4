"""What captions are made of: conditions that can be joined and compared, words that mean them, and finished figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from yici.core.elements import CodeList, Element, Kind, Registry

AGE = "person.age"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one subject type, as text of the expression language.

    `labels` are the codes it admits (是 and 否 of a yes/no element) or `low`/`high` the whole years of age, when it is
    of such a kind; then it can be joined with others of the same element. Otherwise only `text` says what it means.
    """

    subject: str
    text: str
    element: str = ""
    labels: frozenset[str] = frozenset()
    low: int | None = None
    high: int | None = None

    @property
    def comparable(self) -> bool:
        return bool(self.labels) or self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class Word:
    """One sense of a word of a caption.

    kind: "condition" (低保, 女), "population" (a condition that names those it holds for: 低保户, 残疾人), "topic" (an
    element that heads others: 残疾等级), "measure" (an element that is added up), "head" (人数; `subject` says whom),
    "noun" (a kind of subject without a condition: 居民), "flow" (a date element of which a period decides: 入党),
    "other" (其他), "total" (合计), and "filler", "join", "not", "period", "share", "average", "every", "region".
    """

    kind: str
    text: str = ""
    subject: str = ""
    element: str = ""
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Figured:
    """What a statistics cell asks for (统计口径).

    `text` is the figure in the expression language; `units` the units it is about (None: those of the request), by the
    names in the form; `unit` and `decimals` how the number is to be written, `measure` the element it adds up;
    `percent` marks a share written as a percentage. `doubts` are the words and reasons that keep it from being certain,
    `candidates` what it may mean, and `word` the first word nobody explained.
    """

    text: str = ""
    units: tuple[str, ...] | None = None
    unit: str = ""
    decimals: int | None = None
    measure: str = ""
    percent: bool = False
    doubts: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    word: str = ""

    @property
    def certain(self) -> bool:
        return bool(self.text) and not self.doubts


@dataclass(frozen=True, slots=True)
class Check:
    """A relation between lines of a table that must hold in every line across them.

    kind "sum": the parts add up to the whole. "part": each part is at most the whole. "overlap": two lines count
    somebody twice. `across` is "row" for relations between rows; `whole` and `parts` are row or column numbers.
    """

    kind: Literal["sum", "part", "overlap"]
    across: Literal["row", "column"]
    whole: int
    parts: tuple[int, ...]
    words: str


@dataclass(slots=True)
class Doubts:
    """Reasons to ask, gathered while a caption is put together; words nobody explained first."""

    reasons: list[str] = field(default_factory=list)
    word: str = ""

    def add(self, reason: str, word: str = "") -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)
        self.word = self.word or word


def code_condition(element: Element, labels: Iterable[str], order: Iterable[str]) -> Condition:
    """The element has one of these codes; `order` is the order in which they are written."""
    found = frozenset(labels)
    listed = [label for label in order if label in found]
    quoted = [quote(label) for label in listed]
    text = f"{element.name} = {quoted[0]}" if len(quoted) == 1 else f"{element.name} in ({', '.join(quoted)})"
    return Condition(element.subject, text, element.id, found)


def age_condition(low: int | None, high: int | None) -> Condition:
    """So many completed years, both bounds included."""
    if low == high and low is not None:
        text = f"年龄 = {low}"
    else:
        parts = [f"年龄 >= {low}"] if low or high is None else []
        parts += [f"年龄 <= {high}"] if high is not None else []
        text = " and ".join(parts)
    return Condition("person", text, AGE, frozenset(), low, high)


def quote(text: str) -> str:
    """A text literal of the expression language."""
    return "'" + text.replace("'", "''") + "'"


def order_of(element: Element, registry: Registry) -> tuple[str, ...]:
    """The values a code or yes/no element may have, in the order of its code list."""
    if element.kind is Kind.BOOL:
        return ("是", "否")
    codes: CodeList | None = registry.code_lists.get(element.codes or "")
    return tuple(code.label for code in codes.codes) if codes else ()


def narrowed(first: Condition, second: Condition, registry: Registry) -> Condition | None:
    """Both conditions on the same element as one; None when nothing meets both."""
    if first.labels and second.labels:
        element = registry.elements[first.element]
        labels = first.labels & second.labels
        return code_condition(element, labels, order_of(element, registry)) if labels else None
    lows = [low for low in (first.low, second.low) if low is not None]
    highs = [high for high in (first.high, second.high) if high is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    return None if low is not None and high is not None and low > high else age_condition(low, high)


def widened(conditions: list[Condition], registry: Registry) -> Condition | None:
    """Any of several conditions on the same element as one; None when they are not of one comparable kind."""
    first = conditions[0]
    if any(c.element != first.element or not c.comparable for c in conditions):
        return None
    if first.labels:
        element = registry.elements[first.element]
        labels = frozenset[str]().union(*(c.labels for c in conditions))
        return code_condition(element, labels, order_of(element, registry))
    spans = sorted((c.low or 0, c.high if c.high is not None else 1000) for c in conditions)
    low, high = spans[0]
    for start, end in spans[1:]:
        if start > high + 1:
            joined = " or ".join(f"({c.text})" for c in conditions)
            return Condition("person", f"({joined})", AGE)
        high = max(high, end)
    return age_condition(low, None if high >= 1000 else high)


def overlapping(first: Condition, second: Condition) -> bool:
    """Whether somebody may meet both of two comparable conditions on the same element."""
    if first.element != second.element or not (first.comparable and second.comparable):
        return False
    if first.labels:
        return bool(first.labels & second.labels)
    return (first.low or 0) <= _top(second) and (second.low or 0) <= _top(first)


def _top(condition: Condition) -> int:
    return condition.high if condition.high is not None else 1000
