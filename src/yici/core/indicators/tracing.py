"""Telling results from traces: what indicators count in truth, the weights that follow, and a better weighting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from yici.core.charts.model import shown
from yici.core.indicators.model import Direction, Evidence, Indicator, Item, Scheme

_CLAUSE = re.compile(r"[，。；、,;（）()]")
_DENIED = re.compile(r"[不非无未免禁勿]")
# What a trace may weigh in the proposal: a tenth of the whole.
_TRACE_SHARE = Decimal("0.1")
NEW_ITEM = "（新增实绩指标）"


@dataclass(frozen=True, slots=True)
class TraceWord:
    """Words that give away a counted trace: all `parts` must occur, each in any of its spellings.

    `counts` says what is counted, `instead` what to measure in its place.
    """

    parts: tuple[tuple[str, ...], ...]
    counts: str
    instead: str

    def found_in(self, text: str) -> bool:
        """Whether the text has all parts."""
        return all(any(word in text for word in part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Weighting:
    """One line of a proposal: an item's weight now and then."""

    item: str
    name: str
    before: Decimal
    after: Decimal

    def __str__(self) -> str:
        return f"{self.name} {shown(self.before)} → {shown(self.after)}"


def traces_in(indicator: Indicator, elements: Iterable[str], words: Sequence[TraceWord]) -> TraceWord | None:
    """The first trace the indicator counts by its name, its definition or the elements of its expression.

    A part of the definition that denies (不看登录次数) does not count, and fewer traces (重复填报次数) are no trace.
    """
    if indicator.direction is Direction.LOWER:
        return None
    said = [part for part in _CLAUSE.split(indicator.definition) if not _DENIED.search(part)]
    texts = [indicator.name, *said, *elements]
    return next((word for word in words if any(word.found_in(text) for text in texts)), None)


def evidence_of(item: Item, trace: TraceWord | None) -> Evidence:
    """What an item is evidence of in truth: a trace counts as one, whatever it is tagged as."""
    return Evidence.TRACE if trace is not None else item.indicator.evidence


def proposal(scheme: Scheme, evidence: Mapping[str, Evidence]) -> tuple[Weighting, ...]:
    """A weighting in which results outweigh traces: traces keep a tenth of the whole at most, results have half of it
    at least, and what is process keeps what it has as far as that leaves room.

    Without any result the proposal names a new item to be put in.
    """
    items, total = scheme.items, scheme.root.total
    sums = {kind: sum((i.weight for i in items if evidence[i.id] is kind), Decimal(0)) for kind in Evidence}
    traces = min(sums[Evidence.TRACE], total * _TRACE_SHARE)
    process = min(sums[Evidence.PROCESS], total / 2 - traces)
    aims = {Evidence.TRACE: traces, Evidence.PROCESS: process, Evidence.RESULT: total - traces - process}
    whole = all(item.weight == item.weight.to_integral_value() for item in items)
    step = Decimal(1) if whole and total >= 10 else Decimal("0.01")
    lines = []
    for item in items:
        kind = evidence[item.id]
        share = item.weight / sums[kind] if sums[kind] else Decimal(0)
        after = (aims[kind] * share).quantize(step, ROUND_HALF_UP)
        lines.append(Weighting(item.id, item.name, item.weight, after))
    left = total - sum((line.after for line in lines), Decimal(0))
    results = [line for line in lines if evidence[line.item] is Evidence.RESULT]
    if not results:
        return (*lines, Weighting("", NEW_ITEM, Decimal(0), left))
    # What rounding left over goes to the heaviest result.
    heaviest = max(results, key=lambda line: line.after)
    return tuple(replace(line, after=line.after + left) if line is heaviest else line for line in lines)
