"""Why an expression came out so for one subject: condition by condition, with the values seen and their records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from yici.core.elements import Element, Registry
from yici.core.expressions.deciding import Deciders, decide, needed
from yici.core.expressions.evaluating import Evaluator, plain
from yici.core.expressions.facts import DERIVED_FROM, Fact, Facts, Need
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import (
    Aggregate,
    Base,
    Between,
    Case,
    Clock,
    Comparison,
    Elapsed,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Not,
    Ref,
    Role,
    Scalar,
    Shifted,
    children,
    register_of,
    registers_in,
)
from yici.core.expressions.spans import Span
from yici.core.expressions.words import in_words, text_of
from yici.core.expressions.workdays import lacking_words

NOT_KEPT, NOT_NAMED = "库里还没有导入这个名册", "名册里查不到"
VERDICTS: Mapping[bool | None, str] = {True: "符合", False: "不符合", None: "缺数据"}
_CONDITIONS = Comparison | InList | Between | Like | IsNull | Not | Junction


@dataclass(frozen=True, slots=True)
class Seen:
    """One element as it was seen: its value (None: unknown), or the range it must lie in, and the record behind it.

    `note` says what it means that a register has no value: it does not name the subject, or nobody keeps it.
    """

    element: str
    name: str
    role: Role
    key: str
    value: Scalar
    fact: Fact | None = None
    range: tuple[Scalar, Scalar] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """A condition or value with how it came about.

    `verdict` is that of a condition (None: unknown), `value` that of a value. `who` names the member a part is about.
    `seen` are the elements of this very condition, `parts` the conditions and values it is made of, `missing` what
    would have to be known about an unknown one. `note` says why a value is unknown although all it is made of is known.
    """

    expr: Expr = field(repr=False)
    facts: Facts = field(repr=False)
    moment: Moment = field(repr=False)
    text: str
    words: str
    is_condition: bool
    verdict: bool | None
    value: Scalar
    seen: tuple[Seen, ...] = ()
    parts: tuple[Explained, ...] = ()
    missing: tuple[Need, ...] = ()
    who: str = ""
    note: str = ""

    @property
    def verdict_words(self) -> str:
        """The verdict as clerks read it: 符合, 不符合, 缺数据."""
        return VERDICTS[self.verdict]


def explain(expr: Expr, facts: Facts, *, moment: Moment, registry: Registry | None = None) -> Explained:
    """How an expression came out for a subject. With the registry, computed elements show what they follow from."""
    return _Explainer(facts, moment, registry).explained(expr)


def deciders(explained: Explained) -> Deciders:
    """The smallest sets of elements whose knowledge could make an explained condition true, and false."""
    return decide(explained.expr, explained.facts, moment=explained.moment)


def walk_explained(explained: Explained) -> Iterator[Explained]:
    """The explanation and all its parts, top down."""
    yield explained
    for part in explained.parts:
        yield from walk_explained(part)


@dataclass(frozen=True, slots=True)
class _Explainer:
    facts: Facts
    moment: Moment
    registry: Registry | None
    who: str = ""

    def explained(self, expr: Expr) -> Explained:
        condition = expr.type.base is Base.BOOL
        evaluator = Evaluator(self.facts, self.moment)
        verdict = evaluator.truth(expr) if condition else None
        span = evaluator.span(expr)
        unknown = verdict is None if condition else (span is None or span.point is None)
        return Explained(
            expr,
            self.facts,
            self.moment,
            text_of(expr),
            in_words(expr),
            condition,
            verdict,
            plain(span),
            tuple(dict.fromkeys(seen for ref in _refs(expr) for seen in self._seen(ref, expr))),
            tuple(self._parts(expr)),
            needed(expr, self.facts) if unknown else (),
            self.who,
            self._not_announced(expr, evaluator) if unknown else "",
        )

    def _not_announced(self, expr: Expr, evaluator: Evaluator) -> str:
        """The year the work calendar lacks for working days between days that are known; empty when that is not why."""
        calendar = self.moment.calendar
        if calendar is None or not isinstance(expr, Shifted | Elapsed) or expr.unit != "workday":
            return ""
        dates = (expr.operand,) if isinstance(expr, Shifted) else (expr.since, expr.to)
        spans = [span for each in dates if (span := evaluator.span(each)) is not None]
        days = [day for span in spans for day in (span.low, span.high) if isinstance(day, date)]
        year = calendar.lacking(days)
        if year is None and isinstance(expr, Shifted) and isinstance(count := evaluator.point(expr.count), Fraction):
            # The day itself is in the calendar, but maybe not the one so many working days away.
            beyond = any(calendar.shifted(day, int(count)) is None for day in days)
            year = (calendar.last.year + 1 if count > 0 else calendar.first.year - 1) if beyond else None
        return "" if year is None else lacking_words(year, calendar)

    def _parts(self, expr: Expr) -> Iterator[Explained]:
        """The conditions inside a condition; calculated sides of a comparison; the members behind an aggregate."""
        if isinstance(expr, Aggregate):
            yield from self._members(expr)
            return
        joins = isinstance(expr, Junction | Not | Case)
        for child in children(expr):
            # An element of yes and no is a condition by itself only where conditions are joined.
            stands = isinstance(child, Ref) and child.type.base is Base.BOOL and joins
            if stands or not isinstance(child, Literal | Ref | Clock):
                yield self.explained(child)

    def _members(self, expr: Aggregate) -> Iterator[Explained]:
        for item in self.facts.items(expr.subject) or ():
            explainer = _Explainer(item, self.moment, self.registry, item.name or item.keys.get("person", ""))
            for part in children(expr):
                yield explainer.explained(part)

    def _seen(self, ref: Ref, expr: Expr) -> Iterator[Seen]:
        """The element as seen, and what a computed one follows from."""
        element, role = ref.element, ref.role
        seen = self._one(element, ref)
        if seen.value is None and any(register_of(call) == ref for call in registers_in(expr)):
            seen = replace(seen, note=NOT_NAMED if self.facts.keeps(element.id, role) else self._not_kept(role))
        yield seen
        if self.facts.fact(element.id, role) is None and self.registry is not None:
            for part in DERIVED_FROM.get(element.id, ()):
                if source := self.registry.elements.get(part):
                    yield self._one(source, Ref(source, role, ref.type))

    def _not_kept(self, role: Role) -> str:
        unit = self.facts.unit_of(role)
        return f"{NOT_KEPT}（{unit}）" if unit else NOT_KEPT

    def _one(self, element: Element, ref: Ref) -> Seen:
        key, fact = self.facts.keys.get(ref.role, ""), self.facts.fact(element.id, ref.role)
        if fact is not None:
            return Seen(element.id, element.name, ref.role, key, fact.value, fact)
        span = Evaluator(self.facts, self.moment).span(ref) if element.derived else None
        value = None if span is None or span.point is None else plain(span)
        return Seen(element.id, element.name, ref.role, key, value, None, _ends(span))


def _ends(span: Span | None) -> tuple[Scalar, Scalar] | None:
    if span is None or span.low == span.high:
        return None
    low, high = (None if isinstance(end, float) else plain(Span(end, end)) for end in (span.low, span.high))
    return low, high


def _refs(expr: Expr) -> Iterator[Ref]:
    """The elements of a condition itself: not those of conditions inside it, which are shown as parts."""
    if isinstance(expr, Ref):
        yield expr
    if isinstance(expr, Ref | Aggregate | Junction | Not | Case):
        return
    for child in children(expr):
        if not isinstance(child, _CONDITIONS):
            yield from _refs(child)
