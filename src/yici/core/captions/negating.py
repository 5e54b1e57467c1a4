"""Contraries of conditions: 非党员, 未签约家庭医生, 不含低保户.

Who is not on a register (名册) counts as not having what it lists only where somebody keeps it: `listed` says so. Of
facts that everybody has (民族, 文化程度) an unknown one is no contrary.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from yici.core.captions.model import AGE, Condition, age_condition, code_condition, order_of, quote, span_condition
from yici.core.elements import Element, Kind, Registry

# Labels of a register that stand for those it does not name.
_NONE = ("无", "一般农户")
_KNOWN = re.compile(r"^\(?[^()]+ is not null(?: or [^()]+ is not null)*\)?$")
_PAID = re.compile(r"^(\S+) > 0$")


def contrary(condition: Condition, registry: Registry) -> Condition | None:
    """The condition of those who do not meet a condition; None when nobody can tell what that is."""
    element = registry.elements.get(condition.element)
    if element is None:
        return _not_on(condition, registry)
    if condition.element == AGE:
        return _other_ages(condition)
    if condition.labels:
        return _other_codes(condition, element, registry)
    if condition.low is not None or condition.high is not None:
        return _other_amounts(condition, element)
    return _not_on(condition, registry)


def _other_ages(condition: Condition) -> Condition | None:
    if condition.low and condition.high is None:
        return age_condition(None, int(condition.low) - 1)
    return age_condition(int(condition.high) + 1, None) if condition.high is not None and not condition.low else None


def _other_amounts(condition: Condition, element: Element) -> Condition | None:
    low, high = condition.low, condition.high
    if low is not None and high is not None:
        return None
    if low is not None:
        return span_condition(element, None, Decimal(low), below=not condition.above)
    return None if high is None else span_condition(element, Decimal(high), None, above=not condition.below)


def _other_codes(condition: Condition, element: Element, registry: Registry) -> Condition | None:
    order = order_of(element, registry)
    left = [label for label in order if label not in condition.labels]
    if not left:
        return None
    listed = [label for label in order if label in condition.labels]
    if element.kind is Kind.BOOL:
        if condition.labels != {"是"}:
            return None
        plain = code_condition(element, left, order)
        return replace(plain, text=f"listed({element.name}, '否') = '否'") if element.register else plain
    value = element.name
    default = next((label for label in _NONE if label in left), None)
    if element.register and default is not None:
        value = f"listed({element.name}, {quote(default)})"
    quoted = ", ".join(quote(label) for label in listed)
    text = f"{value} <> {quoted}" if len(listed) == 1 else f"{value} not in ({quoted})"
    if len(left) < len(listed) and value == element.name:
        return code_condition(element, left, order)
    return replace(code_condition(element, left, order), text=text)


def _not_on(condition: Condition, registry: Registry) -> Condition | None:
    """Not on any of the lists a condition names (残疾等级 or 残疾人证号 known), or without the amount it asks for."""
    names = {element.name: element for element in registry.elements.values()}
    if found := _PAID.match(condition.text):
        element = names.get(found[1])
        text = f"listed({found[1]}, 0) = 0"
        return Condition(condition.subject, text, condition.element) if element and element.register else None
    if _KNOWN.match(condition.text) is None:
        return None
    told = re.findall(r"(\S+) is not null", condition.text.strip("()"))
    if not told or not all(name in names and names[name].register for name in told):
        return None
    if len(told) == 1:
        return Condition(condition.subject, f"not listed({told[0]})", condition.element)
    return Condition(condition.subject, f"not {condition.text}", condition.element)
