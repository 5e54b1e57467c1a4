"""What would decide an unknown condition: the smallest sets of elements whose knowledge could make it hold or fail.

Sets are combined over and, or and not; a single comparison is tried with more and more of what it needs taken as known.
Whether two conditions can hold together is not asked: a set says what suffices to find out, not what will be found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import combinations, product

from yici.core.expressions.evaluating import Evaluator, joined
from yici.core.expressions.facts import REGISTER, Facts, Need, needs_of
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import (
    Aggregate,
    Between,
    Call,
    Case,
    Comparison,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Not,
    Ref,
    children,
    register_of,
)
from yici.core.expressions.spans import Span, compare

Family = tuple[frozenset[Need], ...]
"""Sets of which none contains another, small ones first, in a fixed order."""

MOST_SETS, MOST_TRIED, MOST_TOGETHER = 24, 600, 8
"""Of a family only so many sets are kept; for one comparison only so many sets are tried, none larger than the last."""

Truths = frozenset[bool | None]
_EITHER: Truths = frozenset({True, False})


class _Any:
    """A value that is known, whatever it is."""


ANY = _Any()
Possible = Span | _Any | None


@dataclass(frozen=True, slots=True)
class Deciders:
    """The smallest sets that could make a condition hold, or fail. The empty set: it does already; no set: never."""

    needs_to_hold: Family
    needs_to_fail: Family

    @property
    def to_hold(self) -> tuple[frozenset[str], ...]:
        """The same as ids of elements, whoever they are about."""
        return _ids(self.needs_to_hold)

    @property
    def to_fail(self) -> tuple[frozenset[str], ...]:
        """The same as ids of elements, whoever they are about."""
        return _ids(self.needs_to_fail)


def decide(condition: Expr, facts: Facts, *, moment: Moment) -> Deciders:
    """What would decide a condition about a subject."""
    hold, fail = _Decider(facts, moment).families(condition)
    return Deciders(hold, fail)


def smallest(sets: Iterable[frozenset[Need]]) -> Family:
    """The sets that contain no other one, small ones first; at most MOST_SETS."""
    kept: list[frozenset[Need]] = []
    for one in sorted(set(sets), key=lambda needs: (len(needs), sorted(needs))):
        if not any(other <= one for other in kept):
            kept.append(one)
    return tuple(kept[:MOST_SETS])


def _ids(family: Family) -> tuple[frozenset[str], ...]:
    named = {frozenset(need.element for need in needs) for needs in family}
    kept = [one for one in named if not any(other < one for other in named)]
    return tuple(sorted(kept, key=lambda ids: (len(ids), sorted(ids))))


def needed(expr: Expr, facts: Facts) -> tuple[Need, ...]:
    """Everything in an expression that is not known, or not finely enough, members' elements included, in order."""
    return tuple(dict.fromkeys(_needed(expr, facts)))


def _needed(expr: Expr, facts: Facts) -> Iterator[Need]:
    if isinstance(expr, Ref):
        yield from needs_of(expr.element, expr.role, facts)
    elif isinstance(expr, Call) and expr.function == "listed":
        ref = register_of(expr)
        if facts.fact(ref.element.id, ref.role) is None and not facts.keeps(ref.element.id, ref.role):
            yield Need(ref.element.id, REGISTER, "")
    elif isinstance(expr, Aggregate):
        for item in facts.items(expr.subject) or ():
            for child in children(expr):
                yield from _needed(child, item)
    else:
        for child in children(expr):
            yield from _needed(child, facts)


@dataclass(frozen=True, slots=True)
class _Decider:
    facts: Facts
    moment: Moment

    def families(self, expr: Expr) -> tuple[Family, Family]:
        """What could make a condition hold, and fail."""
        verdict = Evaluator(self.facts, self.moment).truth(expr)
        if verdict is not None:
            return ((frozenset(),), ()) if verdict else ((), (frozenset(),))
        if isinstance(expr, Not):
            hold, fail = self.families(expr.operand)
            return fail, hold
        if isinstance(expr, Junction):
            parts = [self.families(part) for part in expr.parts]
            every, one = (0, 1) if expr.op == "and" else (1, 0)
            found = {every: _crossed(part[every] for part in parts), one: _joined(part[one] for part in parts)}
            return found[0], found[1]
        return self._tried(expr)

    def _tried(self, expr: Expr) -> tuple[Family, Family]:
        """A single condition, with ever larger sets of its needs taken as known."""
        needs = needed(expr, self.facts)
        found: dict[bool, list[frozenset[Need]]] = {True: [], False: []}
        tries = (
            frozenset(chosen) for size in range(1, min(len(needs), MOST_TOGETHER) + 1)
            for chosen in combinations(needs, size)
        )  # fmt: skip
        for _, known in zip(range(MOST_TRIED), tries, strict=False):
            wanted = [side for side, sets in found.items() if not any(one <= known for one in sets)]
            if wanted:
                truths = _Possible(self.facts, self.moment, known).truths(expr)
                for side in wanted:
                    if side in truths:
                        found[side].append(known)
        return smallest(found[True]), smallest(found[False])


def _joined(families: Iterable[Family]) -> Family:
    return smallest(one for family in families for one in family)


def _crossed(families: Iterable[Family]) -> Family:
    """One set of each family together."""

    def both(left: Family, right: Family) -> Family:
        return smallest(a | b for a, b in product(left, right))

    return reduce(both, families, (frozenset[Need](),))


@dataclass(frozen=True, slots=True)
class _Possible:
    """Which verdicts a condition may get once the needs in `known` are known."""

    facts: Facts
    moment: Moment
    known: frozenset[Need]
    evaluator: Evaluator = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "evaluator", Evaluator(self.facts, self.moment))

    def truths(self, expr: Expr) -> Truths:
        """All verdicts a condition may get."""
        if not self.known & {*needed(expr, self.facts)}:
            return frozenset({self.evaluator.truth(expr)})
        match expr:
            case Junction():
                sides = product(*(self.truths(part) for part in expr.parts))
                return frozenset(joined(expr.op, side) for side in sides)
            case Not():
                return frozenset(None if one is None else not one for one in self.truths(expr.operand))
            case Comparison():
                return self._compared(expr.op, expr.left, expr.right)
            case InList():
                return self._any_of([self._compared("=", expr.operand, item) for item in expr.items])
            case Between():
                return self._compared("=", expr.operand, expr.low) | self._compared("=", expr.operand, expr.high)
            case Like() | IsNull():
                return _EITHER if self.values(expr.operand) != {None} else frozenset({None})
            case _:
                return frozenset(truth for value in self.values(expr) for truth in _as_truths(value))

    def _any_of(self, parts: list[Truths]) -> Truths:
        return frozenset(truth for part in parts for truth in part)

    def _compared(self, op: str, left: Expr, right: Expr) -> Truths:
        pairs = product(self.values(left), self.values(right))
        return frozenset(truth for ours, theirs in pairs for truth in _compared(op, ours, theirs))

    def values(self, expr: Expr) -> set[Possible]:
        """All values an expression may have."""
        if not self.known & {*needed(expr, self.facts)}:
            return {self.evaluator.span(expr)}
        match expr:
            case Ref():
                return {ANY} if self.known >= {*needs_of(expr.element, expr.role, self.facts)} else {None}
            case Case():
                return self._case(expr)
            case Aggregate():
                return self._aggregate(expr)
            case Call(function="coalesce"):
                return {value for part in expr.args for value in self.values(part)} - {None} or {None}
            case Call(function="listed"):
                return {ANY}
            case Junction() | Not() | Comparison() | InList() | Between() | Like() | IsNull():
                return {None if one is None else ANY for one in self.truths(expr)}
            case _:
                return {ANY} if all(self._may_be_known(child) for child in children(expr)) else {None}

    def _may_be_known(self, expr: Expr) -> bool:
        values = self.values(expr)
        if isinstance(expr, Literal) or any(isinstance(value, _Any) for value in values):
            return True
        return any(isinstance(value, Span) and (value.low == value.high or value.period) for value in values)

    def _case(self, expr: Case) -> set[Possible]:
        found: set[Possible] = set()
        for condition, value in expr.branches:
            truths = self.truths(condition)
            if None in truths:
                found.add(None)
            if True in truths:
                found |= self.values(value)
            if False not in truths:
                return found
        return found | (self.values(expr.otherwise) if expr.otherwise is not None else {None})

    def _aggregate(self, expr: Aggregate) -> set[Possible]:
        """A count has a range of its own for every way the members now known may turn out; others are known or not."""
        items = list(self.facts.items(expr.subject) or ())
        views = [_Possible(item, self.moment, self.known) for item in items]
        if expr.op == "count" and expr.where is not None:
            return _counts([view.truths(expr.where) for view in views])
        parts = children(expr)
        complete = all(view._may_be_known(part) for view in views for part in parts)
        return {ANY} if complete else {None}


def _counts(truths: list[Truths]) -> set[Possible]:
    sure = sum(None not in one and False not in one for one in truths)
    open_ = sum(one == {None} for one in truths)
    chosen = sum(len(one) > 1 for one in truths)
    return {Span(Fraction(sure + n), Fraction(sure + n + open_), whole=True) for n in range(chosen + 1)}


def _compared(op: str, left: Possible, right: Possible) -> Truths:
    if left is None or right is None:
        return frozenset({None})
    if isinstance(left, _Any) or isinstance(right, _Any):
        return _EITHER
    return frozenset({compare(op, left, right)})


def _as_truths(value: Possible) -> Truths:
    if isinstance(value, _Any):
        return _EITHER
    point = None if value is None else value.point
    return frozenset({None if point is None else bool(point)})
