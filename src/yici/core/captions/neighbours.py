"""Neighbouring bands of one kind: what stands at the end of one and the start of the next belongs to only one of them.

以上 and 以下 take their number in, unless the next band does; of spans that touch (60-70岁, 70-80岁) the upper end is
left out where another band of the group shows that (80岁以上). What nobody can tell is a doubt with both readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from yici.core.captions.intervals import Bound
from yici.core.captions.model import AGE, Condition, Reading, age_condition, span_condition
from yici.core.captions.trees import Node
from yici.core.elements import Kind, Registry

_UNSAID = "以上、以下含不含本数说不清"
_OVER = "“超过”含不含本数说不清"


@dataclass(slots=True)
class _Band:
    """A band among its neighbours."""

    node: Node
    condition: Condition
    low: Bound | None
    high: Bound | None
    strict: bool
    settled: bool = False

    @property
    def span(self) -> bool:
        return self.low is not None and self.high is not None


def settle_bands(children: Sequence[Node], registry: Registry) -> None:
    """Settle the ends of the bands of one group in their readings."""
    bands = [band for band in map(_band, children) if band is not None]
    for element in dict.fromkeys(band.condition.element for band in bands):
        group = [band for band in bands if band.condition.element == element]
        _settle_touching(group, registry)
        for band in group:
            _settle_alone(band, group, registry)


def _band(node: Node) -> _Band | None:
    reading = node.reading
    if node.among or node.children or len(reading.conditions) != 1 or reading.band is None:
        return None
    condition = reading.conditions[0]
    if condition.low is None and condition.high is None:
        return None
    return _Band(node, condition, reading.band.low, reading.band.high, reading.band.strict)


def _settle_touching(group: list[_Band], registry: Registry) -> None:
    pairs = [(a, b) for a in group for b in group if a is not b and _touch(a.condition, b.condition)]
    waiting: list[tuple[_Band, _Band]] = []
    seen = False
    for lower, upper in pairs:
        assert lower.high is not None and upper.low is not None
        if lower.high.said and upper.low.said:
            continue
        if upper.low.said:
            seen = _leave_out_high(lower, registry)
        elif lower.high.said:
            _leave_out_low(upper, registry) if upper.span else _doubt((upper,), _low_out(upper, registry), upper)
        elif lower.span and upper.span:
            waiting.append((lower, upper))
        elif lower.span or (upper.span and len(group) > 2):
            seen = _leave_out_high(lower, registry)
        else:
            _doubt((lower, upper), _high_out(lower, registry), lower)
    for lower, upper in waiting:
        if seen:
            _leave_out_high(lower, registry)
        else:
            _doubt((lower, upper), _high_out(lower, registry), lower)


def _touch(lower: Condition, upper: Condition) -> bool:
    return lower.high is not None and lower.high == upper.low and not lower.below and not upper.above


def _settle_alone(band: _Band, group: list[_Band], registry: Registry) -> None:
    """超过60岁 beside nothing that ends at 60; 5000-10000元 beside nothing that starts there."""
    low, high = band.condition.low, band.condition.high
    if band.strict and band.condition.element == AGE and low is not None:
        if not any(other.high is not None and other.high.said and other.condition.high == low - 1 for other in group):
            _doubt((band,), age_condition(int(low) - 1, None), band, _OVER)
        return
    decimal = registry.elements[band.condition.element].kind is Kind.DECIMAL
    if not decimal or band.settled or band.high is None or high is None or band.high.said or not band.span:
        return
    starts = (other.condition.low for other in group if other is not band and other.condition.low is not None)
    if not any(high < start <= high * Decimal("1.01") + 1 for start in starts):
        _doubt((band,), _high_out(band, registry), band)


def _high_out(band: _Band, registry: Registry) -> Condition:
    condition = band.condition
    if condition.element == AGE:
        return age_condition(_whole(condition.low), int(condition.high or 1) - 1)
    element = registry.elements[condition.element]
    return span_condition(element, _exact(condition.low), _exact(condition.high), above=condition.above, below=True)


def _low_out(band: _Band, registry: Registry) -> Condition:
    condition = band.condition
    if condition.element == AGE:
        return age_condition(int(condition.low or 0) + 1, _whole(condition.high))
    element = registry.elements[condition.element]
    return span_condition(element, _exact(condition.low), _exact(condition.high), above=True, below=condition.below)


def _leave_out_high(band: _Band, registry: Registry) -> bool:
    _change(band, replace(band.node.reading, conditions=(_high_out(band, registry),)))
    return True


def _leave_out_low(band: _Band, registry: Registry) -> None:
    _change(band, replace(band.node.reading, conditions=(_low_out(band, registry),)))


def _change(band: _Band, reading: Reading) -> None:
    band.node.reading = reading
    band.condition = reading.conditions[0]
    band.settled = True


def _doubt(bands: tuple[_Band, ...], other: Condition, of: _Band, reason: str = _UNSAID) -> None:
    """Mark bands as doubtful; the one it is about may be meant either way."""
    of.node.reading = replace(of.node.reading, choices=((of.condition,), (other,)))
    for band in bands:
        doubts = band.node.reading.doubts
        if reason not in doubts:
            band.node.reading = replace(band.node.reading, doubts=(*doubts, reason))
        band.settled = True


def _whole(value: int | Decimal | None) -> int | None:
    return None if value is None else int(value)


def _exact(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)
