"""Figures of amounts: added up, averaged, the highest and the lowest."""

from __future__ import annotations

from yici.core.captions import vocabulary as v
from yici.core.captions.chain import NAMES, Chain, figured, own_flag
from yici.core.captions.context import Context
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import AGE, Figured
from yici.core.elements import Kind
from yici.core.values import convertible

_PER_HEAD = "household.income_per_head"


def added(
    chain: Chain, context: Context, subject: str, where: str, units: tuple[str, ...] | None, lexicon: Lexicon
) -> Figured:
    """A measure added up over those who meet the conditions, or its average, its highest or lowest."""
    doubts = chain.doubts
    element = lexicon.registry.elements[chain.measure]
    unit = next((u for u in reversed(chain.units) if u), "") or _money_line(context, element.unit or "")
    if unit and element.unit and unit != element.unit and not convertible(element.unit, unit):
        doubts.add(f"单位“{unit}”与{element.name}的单位“{element.unit}”对不上")
    if element.kind is Kind.DECIMAL and unit in (*v.PERSON_UNITS, *v.HOUSEHOLD_UNITS):
        doubts.add(f"单位“{unit}”与{element.name}对不上")
    counted = [head for head in chain.heads if head and not (head == "person" and (element.unit or "") == "人")]
    if counted and chain.average == "":
        doubts.add("既是数值又是计数")
    if element.id == AGE and unit in ("岁", "周岁", ""):
        unit = ""
    name = f"{NAMES.get(subject, subject)}.{element.name}"
    operation = "sum"
    if chain.average or "人均" in element.name:
        operation = chain.average if chain.average in ("max", "min") else "avg"
    flag = own_flag(element.id, lexicon)
    if flag is not None and flag.text not in where:
        where = _and(where, flag.text)
    if operation == "avg" and _each(chain.average, subject):
        if element.register and element.kind is Kind.DECIMAL:
            # An average is over those who get something, whether or not the others are kept with 0.
            where = _and(where, f"{element.name} > 0")
    elif operation == "avg" and chain.average == "person" and subject == "household" and element.id != _PER_HEAD:
        whole = f"count(人{_and(where, f'{element.name} is not null')})"
        return figured(f"sum({name}{where}) / {whole}", chain, units, unit=unit, measure=element.id)
    elif operation == "avg":
        doubts.add("按什么平均说不清")
    return figured(f"{operation}({name}{where})", chain, units, unit=unit, measure=element.id)


def _each(average: str, subject: str) -> bool:
    """Whether a word of averages means one for each subject; of enterprises people say 户均 too."""
    return average in ("avg", subject) or (average == "household" and subject == "enterprise")


def _and(where: str, more: str) -> str:
    return f"{where} and {more}" if where else f" where {more}"


def _money_line(context: Context, kept: str) -> str:
    """The unit among those of the unit line in which the element can be given."""
    return next((u for u in context.units if kept and u != kept and convertible(kept, u)), "")
