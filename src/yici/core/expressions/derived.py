"""SQL of the elements that are computed (年龄, 家庭人口数, 家庭人均年收入) and of dates that are known only in part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from yici.core.elements import Element
from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.nodes import Role

ALIASES: dict[Role, str] = {"person": "p", "household": "h", "enterprise": "e", "head": "hd"}
"""Table aliases compiled expressions refer to; the engine joins the tables under these names. Subjects of the types
that packs add are "s"."""

AGE = "person.age"


@dataclass(frozen=True, slots=True)
class Bounds:
    """SQL of the least and the greatest value a not exactly known value may have."""

    low: str
    high: str


def alias_of(role: Role) -> str:
    """The table alias of a role."""
    return ALIASES.get(role, "s")


def quoted(name: str) -> str:
    """An SQL identifier. Only names from the registry and of our own tables ever come here."""
    return '"' + name.replace('"', '""') + '"'


def element_sql(element: Element, *, as_of: date, role: Role | None = None) -> str:
    """SQL of one element over the aliases p, h, e, hd, s; NULL where it is unknown or cannot be decided.

    `role` "head" asks for the element of the household's head. Raises ExpressionError for a derived element
    that has no formula here.
    """
    alias = alias_of(role or element.subject)
    if not element.derived:
        return f"{alias}.{quoted(element.id)}"
    formula = _FORMULAS.get(element.id)
    if formula is None:
        problem = Problem("expression.no-formula", f"“{element.name}”没有计算办法。", "请换一个数据元。")
        raise ExpressionError(problem)
    return formula(alias, as_of)


def birth_sql(role: Role) -> str:
    """The birth date column of the person or of the head of the household."""
    return f"{alias_of(role)}.{quoted('person.birth_date')}"


def birthday_limit(as_of: date, years: int) -> str:
    """The last birth date, as ISO text, of somebody who has completed so many years at `as_of`.

    As text, 29 February needs no calendar: who was born on it completes a year on 1 March of ordinary years.
    """
    year = min(9999, max(0, as_of.year - years))
    return f"{year:04d}-{as_of.month:02d}-{as_of.day:02d}"


def date_bounds(value: str) -> Bounds:
    """First and last day of a date column that holds "1950", "1950-03" or "1950-03-07"."""
    low = f"({value} || substr('-01-01', length({value}) - 3))"
    last_of_month = f"strftime(last_day(TRY_CAST({value} || '-01' AS DATE)), '%Y-%m-%d')"
    high = f"(CASE length({value}) WHEN 10 THEN {value} WHEN 4 THEN {value} || '-12-31' ELSE {last_of_month} END)"
    return Bounds(low, high)


def age_bounds(birth: str, as_of: date) -> Bounds:
    """Least and greatest completed years at `as_of` of somebody born then; NULL before birth."""
    born = date_bounds(birth)
    youngest, oldest = _years_since(born.high, as_of), _years_since(born.low, as_of)
    return Bounds(f"(CASE WHEN {youngest} >= 0 THEN {youngest} END)", f"(CASE WHEN {youngest} >= 0 THEN {oldest} END)")


def _years_since(day: str, as_of: date) -> str:
    """Completed years: the difference of yyyymmdd numbers; someone born on 29 February counts from 1 March."""
    number = as_of.year * 10_000 + as_of.month * 100 + as_of.day
    born = f"TRY_CAST(replace({day}, '-', '') AS BIGINT)"
    return f"CAST(floor(({number} - {born}) / 10000) AS BIGINT)"


def _age(alias: str, as_of: date) -> str:
    ages = age_bounds(f"{alias}.{quoted('person.birth_date')}", as_of)
    return f"(CASE WHEN {ages.low} = {ages.high} THEN {ages.low} END)"


def _size(alias: str, _as_of: date) -> str:
    """Members in the pool; unknown when none is known. Who is kept apart (key "?…") may be one of them already."""
    members = f"SELECT count(*) FROM person AS m WHERE m.household = {alias}.key AND NOT starts_with(m.key, '?')"  # noqa: S608
    return f"NULLIF(({members}), 0)"


def _income_per_head(alias: str, as_of: date) -> str:
    income = f"{alias}.{quoted('household.annual_income')}"
    return f"TRY_CAST(CAST({income} AS DOUBLE) / {_size(alias, as_of)} AS DECIMAL(24, 6))"


_FORMULAS: dict[str, Callable[[str, date], str]] = {
    AGE: _age,
    "household.size": _size,
    "household.income_per_head": _income_per_head,
}
