"""SQL of the elements that are computed (年龄, 家庭人口数, 家庭人均年收入) and of dates that are known only in part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yici.core.expressions.compiling.dialect import DIALECTS, Dialect
from yici.core.expressions.nodes import Role

ALIASES: dict[Role, str] = {"person": "p", "household": "h", "enterprise": "e", "head": "hd"}
"""Table aliases compiled expressions refer to; the engine joins the tables under these names. Subjects of the types
that packs add are "s"."""

AGE, BIRTH, SIZE = "person.age", "person.birth_date", "household.size"
MEMBERS = "members"
"""The column of a household that says how many of its people the pool has; NULL for none."""
INCOME, INCOME_PER_HEAD = "household.annual_income", "household.income_per_head"


@dataclass(frozen=True, slots=True)
class Bounds:
    """SQL of the least and the greatest value a not exactly known value may have."""

    low: str
    high: str


def alias_of(role: Role) -> str:
    """The table alias of a role."""
    return ALIASES.get(role, "s")


def birthday_limit(as_of: date, years: int) -> str:
    """The last birth date, as ISO text, of somebody who has completed so many years at `as_of`.

    As text, 29 February needs no calendar: who was born on it completes a year on 1 March of ordinary years.
    """
    year = min(9999, max(0, as_of.year - years))
    return f"{year:04d}-{as_of.month:02d}-{as_of.day:02d}"


def date_bounds(value: str, dialect: Dialect = DIALECTS["duckdb"]) -> Bounds:
    """First and last day of a date column that holds "1950", "1950-03" or "1950-03-07"."""
    low = f"({value} || substr('-01-01', length({value}) - 3))"
    first_of_month = dialect.day(f"{value} || '-01'")
    last_of_month = dialect.iso(f"last_day({first_of_month})")
    high = f"(CASE length({value}) WHEN 10 THEN {value} WHEN 4 THEN {value} || '-12-31' ELSE {last_of_month} END)"
    return Bounds(low, high)


def age_bounds(born: Bounds, as_of: date) -> Bounds:
    """Least and greatest completed years at `as_of` of somebody born within these days; NULL before birth."""
    youngest, oldest = _years_since(born.high, as_of), _years_since(born.low, as_of)
    return Bounds(f"(CASE WHEN {youngest} >= 0 THEN {youngest} END)", f"(CASE WHEN {youngest} >= 0 THEN {oldest} END)")


def _years_since(day: str, as_of: date) -> str:
    """Completed years: the difference of yyyymmdd numbers; someone born on 29 February counts from 1 March."""
    number = as_of.year * 10_000 + as_of.month * 100 + as_of.day
    born = f"TRY_CAST(replace({day}, '-', '') AS BIGINT)"
    return f"CAST(floor(({number} - {born}) / 10000) AS BIGINT)"


def per_head_sql(income: str, size: str) -> str:
    """A household's income divided by its size."""
    return f"TRY_CAST(CAST({income} AS DOUBLE) / {size} AS DECIMAL(24, 6))"
