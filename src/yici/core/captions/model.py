"""What captions are made of: conditions that can be joined and compared, words that mean them, and finished figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from yici.core.captions.intervals import Interval
from yici.core.elements import CodeList, Element, Kind, Registry

AGE = "person.age"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one subject type, as text of the expression language.

    `labels` are the codes it admits (是 and 否 of a yes/no element) or `low`/`high` the whole years of age or the
    bounds of an amount in its element's unit, when it is of such a kind; then it can be joined with others.
    `above` and `below` say that an amount's bounds are left out. Otherwise only `text` says what it means.
    """

    subject: str
    text: str
    element: str = ""
    labels: frozenset[str] = frozenset()
    low: int | Decimal | None = None
    high: int | Decimal | None = None
    above: bool = False
    below: bool = False

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
class Reading:
    """What one label says.

    `named` marks conditions that name a population (低保户); `subject` is of whom its nouns and conditions are, `head`
    what is counted where it says so, and `unit` the unit in brackets. `band` is the band of ages or amounts it names as
    written, `axis` marks a heading that only says by what the lines below it divide (按性别分). `every` means
    everybody whatever the title says.
    `newly` is the period of which a label says only what is new (本月新增).
    `choices` are the conditions an ambiguous label may mean, one of them right; `doubts` then holds why it is one.
    """

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    options: tuple[tuple[Condition, ...], ...] = ()
    choices: tuple[tuple[Condition, ...], ...] = ()
    named: bool = False
    homely: bool = False
    loosely: bool = False
    subject: str = ""
    head: str = ""
    counts: bool = False
    every: str = ""
    measure: str = ""
    average: str = ""
    topics: tuple[str, ...] = ()
    share: tuple[str | None, str | None] | None = None
    total: bool = False
    other: bool = False
    among: bool = False
    now: bool = False
    group: bool = False
    mixed: bool = False
    region: str = ""
    unit: str = ""
    decimals: int | None = None
    firms: bool = False
    band: Interval | None = None
    axis: bool = False
    newly: str = ""
    doubts: tuple[str, ...] = ()
    word: str = ""
    residue: tuple[str, ...] = ()


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


def span_condition(
    element: Element, low: Decimal | None, high: Decimal | None, *, above: bool = False, below: bool = False
) -> Condition:
    """An amount between bounds in the element's unit; `above` and `below` leave the bound itself out."""
    unit = "" if element.unit is None or "/" in element.unit or element.kind is Kind.INTEGER else element.unit
    parts = [f"{element.name} {'>' if above else '>='} {low:f}{unit}"] if low is not None else []
    parts += [f"{element.name} {'<' if below else '<='} {high:f}{unit}"] if high is not None else []
    if low is not None and low == high:
        parts = [f"{element.name} = {low:f}{unit}"]
    text = " and ".join(parts) or f"{element.name} is not null"
    return Condition(element.subject, text, element.id, frozenset(), low, high, above, below)


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
    low, high = max(_low(first), _low(second)), min(_high(first), _high(second))
    return None if low > high else _between(low, high, first, registry)


def widened(conditions: list[Condition], registry: Registry) -> Condition | None:
    """Any of several conditions on the same element as one; None when they are not of one comparable kind."""
    first = conditions[0]
    if any(c.element != first.element or not c.comparable for c in conditions):
        return None
    if first.labels:
        element = registry.elements[first.element]
        labels = frozenset[str]().union(*(c.labels for c in conditions))
        return code_condition(element, labels, order_of(element, registry))
    spans = sorted((_low(c), _high(c)) for c in conditions)
    low, high = spans[0]
    for start, end in spans[1:]:
        if not _adjoins(high, start, first.element):
            joined = " or ".join(f"({c.text})" for c in conditions)
            return Condition(first.subject, f"({joined})", first.element)
        high = max(high, end)
    return _between(low, high, first, registry)


def overlapping(first: Condition, second: Condition) -> bool:
    """Whether somebody may meet both of two comparable conditions on the same element."""
    if first.element != second.element or not (first.comparable and second.comparable):
        return False
    if first.labels:
        return bool(first.labels & second.labels)
    return _low(first) <= _high(second) and _low(second) <= _high(first)


def contradict(first: Condition, second: Condition) -> bool:
    """Whether two conditions on one element say the contrary of each other: on a register, and not on it."""
    if first.element != second.element or first.subject != second.subject:
        return False
    if first.labels and second.labels:
        return not first.labels & second.labels
    return denies(first) != denies(second)


def denies(condition: Condition) -> bool:
    """Whether a condition says that somebody is not on a register."""
    return condition.text.startswith(("not ", "listed("))


def excludes(condition: Condition) -> bool:
    """Whether a condition is the contrary of what a label names: on no register, none of these codes."""
    return denies(condition) or " not in (" in condition.text or " <> " in condition.text


# The end of a span: its number, and 1 or -1 where the number itself is left out.
_End = tuple[Decimal, int]
_LEAST, _MOST = Decimal("-Infinity"), Decimal("Infinity")


def _low(condition: Condition) -> _End:
    low = condition.low
    if condition.element == AGE and not low:
        return _LEAST, 0
    return (_LEAST, 0) if low is None else (Decimal(low), int(condition.above))


def _high(condition: Condition) -> _End:
    return (_MOST, 0) if condition.high is None else (Decimal(condition.high), -int(condition.below))


def _adjoins(high: _End, low: _End, element: str) -> bool:
    """Whether nothing lies between the end of one span and the start of the next; ages are whole years."""
    if element == AGE:
        return low[0] <= high[0] + 1
    return low[0] < high[0] or (low[0] == high[0] and low[1] - high[1] < 2)


def _between(low: _End, high: _End, like: Condition, registry: Registry) -> Condition:
    least = None if low[0] == _LEAST else low[0]
    most = None if high[0] == _MOST else high[0]
    if like.element == AGE:
        return age_condition(int(least or 0), None if most is None else int(most))
    return span_condition(registry.elements[like.element], least, most, above=low[1] > 0, below=high[1] < 0)
