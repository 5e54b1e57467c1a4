"""How many a statistics number leaves out because nobody knows (不知道): those a clerk ought to see beside the number.

Who is not on a register (残疾, 低保, 家庭医生) is not unknown: the list simply does not name him. Of what everybody has
(文化程度, 家庭年收入) an empty value is a gap in the pool, and where many have none the number says little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yici.core.expressions import Figure
from yici.core.expressions.nodes import BOOL, Aggregate, Call, Expr, Junction, Literal, Ref, walk
from yici.core.grid import address
from yici.engine.figures import Ask, answer
from yici.services.figures import Number, Numbers, Scope

# Fewer than this share of those who may count is not worth a clerk's time.
_SHARE = Decimal("0.05")
_SHOWN = 3
_COUNTERS = {"person": "人", "household": "户", "enterprise": "家"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A written number and how many `people` (or households, enterprises: `of`) nobody could decide about or whose
    value is missing."""

    number: Number
    people: int
    of: str

    @property
    def cell(self) -> str:
        """Where the number stands in the filled form."""
        return address(self.number.row or self.number.slot.row, self.number.slot.col)

    @property
    def words(self) -> str:
        """What stands beside the number: 另有 312 人不知道."""
        return f"另有 {self.people} {_COUNTERS.get(self.of, '个')}不知道，没有算进去"

    def as_json(self) -> dict[str, str | int]:
        """The line of the gap list: the number stays as it is."""
        return {
            "sheet": self.number.area.sheet, "cell": self.cell, "label": self.number.slot.label,
            "subject": self.number.unit, "reason": "partly unknown", "unknown": self.people, "doubt": self.words,
        }  # fmt: skip


def unknowns_of(numbers: Numbers, scope: Scope) -> list[Unknown]:
    """The written numbers of a form that leave out a large share of subjects, by asking once more how many."""
    doubtful = [n for n in numbers.cells if n.written is not None and n.ask is not None and (n.unknown or n.valueless)]
    asks: list[tuple[Number, Aggregate, Ask]] = []
    for number in doubtful:
        assert number.ask is not None
        for aggregate in number.ask.figure.aggregates:
            asks.append((number, aggregate, replace(number.ask, figure=_closed(aggregate))))
    answers = answer(scope.projection, scope.pool.registry, [ask for _, _, ask in asks], moment=scope.moment)
    found: dict[int, Unknown] = {}
    for (number, aggregate, _), got in zip(asks, answers, strict=True):
        blank = 0 if _register_value(aggregate) else got.valueless
        people = got.unknown + blank
        counted = Decimal(got.value) if aggregate.op == "count" and isinstance(got.value, int | Decimal) else Decimal(0)
        if people and people > _SHARE * (counted + people):
            known = found.get(id(number))
            if known is None or known.people < people:
                found[id(number)] = Unknown(number, people, aggregate.subject)
    return list(found.values())


def _closed(aggregate: Aggregate) -> Figure:
    """The aggregate with its conditions on registers decided: who is not listed does not meet them."""
    if aggregate.where is None:
        return Figure(aggregate, "")
    parts = [_decided(part) for part in _parts(aggregate.where)]
    return Figure(replace(aggregate, where=parts[0] if len(parts) == 1 else Junction("and", tuple(parts))), "")


def _parts(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Junction) and expr.op == "and":
        for part in expr.parts:
            yield from _parts(part)
    else:
        yield expr


def _decided(part: Expr) -> Expr:
    refs = [node for node in walk(part) if isinstance(node, Ref)]
    if refs and all(ref.element.register for ref in refs):
        return Call("coalesce", (part, Literal(False, BOOL)), BOOL)
    return part


def _register_value(aggregate: Aggregate) -> bool:
    """Whether what is summed is kept only for those on a list (养老金月领取额)."""
    return any(isinstance(node, Ref) and node.element.register for node in walk(aggregate.value or Literal(0, BOOL)))


def most_open(found: Sequence[Unknown]) -> Iterable[str]:
    """A line for each of the numbers that leave out most."""
    for one in sorted(found, key=lambda unknown: -unknown.people)[:_SHOWN]:
        label = f"{one.number.unit} / {one.number.slot.label}" if one.number.unit else one.number.slot.label
        yield f"{one.number.area.sheet}!{one.cell} {label}：{one.words}"
