"""From the typed tree to one boolean SQL expression for DuckDB: literals as parameters, three-valued throughout."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil, floor

from yici.core.expressions.derived import AGE, age_bounds, birth_sql, birthday_limit, date_bounds, element_sql
from yici.core.expressions.nodes import (
    Arithmetic,
    Base,
    Between,
    Comparison,
    Converted,
    Expr,
    Filter,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Negative,
    Not,
    Ref,
)

Param = str | int | Decimal | bool
_EXACT = "DECIMAL(38, 6)"


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL text with its parameters, each a ? in the text, in order."""

    text: str
    params: tuple[Param, ...] = ()


@dataclass(frozen=True, slots=True)
class _Range:
    """A value between two bounds; a point when both are the same SQL. `period` marks a literal like '1950-03'."""

    low: Sql
    high: Sql
    period: bool = False


def compile_filter(condition: Filter, *, as_of: date) -> Sql:
    """A boolean SQL expression over the aliases p (person), h (household), e (enterprise), hd (head of household),
    s (a subject of another type).

    TRUE, FALSE or NULL for unknown, with ages and the like as of the end of `as_of`.
    """
    return _Compiler(as_of).truth(condition.expr)


def joined(pattern: str, *parts: Sql) -> Sql:
    """The parts put into the {} of a pattern, their parameters in order."""
    return Sql(pattern.format(*(part.text for part in parts)), tuple(p for part in parts for p in part.params))


@dataclass(frozen=True, slots=True)
class _Compiler:
    as_of: date

    def truth(self, expr: Expr) -> Sql:
        """A condition."""
        match expr:
            case Comparison():
                return self._compared(expr.op, expr.left, expr.right)
            case InList():
                return self._in(expr)
            case Between():
                low = self._compared(">=", expr.operand, expr.low)
                return joined("({} AND {})", low, self._compared("<=", expr.operand, expr.high))
            case Like():
                pattern = Sql("?", (expr.pattern,))
                return joined("({} LIKE {})", self.value(expr.operand), pattern)
            case IsNull():
                return joined("({} IS NULL)", self.value(expr.operand))
            case Not():
                return joined("(NOT {})", self.truth(expr.operand))
            case Junction():
                joiner = f" {expr.op.upper()} "
                return joined("(" + joiner.join(["{}"] * len(expr.parts)) + ")", *map(self.truth, expr.parts))
            case _:
                return self.value(expr)

    def value(self, expr: Expr) -> Sql:
        """A value; partly known ages are NULL."""
        match expr:
            case Literal():
                return Sql("NULL") if expr.value is None else Sql("?", (expr.value,))
            case Ref():
                sql = element_sql(expr.element, as_of=self.as_of, role=expr.role)
                return Sql(sql)
            case Negative():
                return joined("(- {})", self._number(expr.operand))
            case Converted():
                return self._converted(expr)
            case Arithmetic():
                return self._arithmetic(expr)
            case _:
                return self.truth(expr)

    def _number(self, expr: Expr) -> Sql:
        """A number inside a calculation: literals need a type of their own there."""
        value = self.value(expr)
        return joined("CAST({} AS " + _EXACT + ")", value) if isinstance(expr, Literal) else value

    def _converted(self, expr: Converted) -> Sql:
        numerator, denominator = expr.factor.numerator, expr.factor.denominator
        if isinstance(expr.operand, Literal) and isinstance(expr.operand.value, int | Decimal):
            exact = Decimal(expr.operand.value) * numerator / denominator
            return Sql("?", (round(exact, 6),))
        return joined(f"(CAST({{}} AS DOUBLE) * {numerator} / {denominator})", self._number(expr.operand))

    def _arithmetic(self, expr: Arithmetic) -> Sql:
        """Sums of stored numbers are exact; products and quotients are floating point; x/0 is unknown."""
        left, right = self._number(expr.left), self._number(expr.right)
        if expr.op == "/":
            return joined("(CAST({} AS DOUBLE) / NULLIF(CAST({} AS DOUBLE), 0))", left, right)
        kind = "DOUBLE" if expr.op == "*" or _is_float(expr.left) or _is_float(expr.right) else _EXACT
        return joined(f"(CAST({{}} AS {kind}) {expr.op} CAST({{}} AS {kind}))", left, right)

    def _in(self, expr: InList) -> Sql:
        plain = isinstance(expr.operand, Ref) and self._range(expr.operand) is None
        if plain and all(isinstance(item, Literal) for item in expr.items):
            items = ", ".join(["{}"] * len(expr.items))
            return joined("({} IN (" + items + "))", self.value(expr.operand), *map(self.value, expr.items))
        equal = [self._compared("=", expr.operand, item) for item in expr.items]
        return joined("(" + " OR ".join(["{}"] * len(equal)) + ")", *equal)

    def _compared(self, op: str, left: Expr, right: Expr) -> Sql:
        if op == "<>":
            return joined("(NOT {})", self._compared("=", left, right))
        if _is_age(right) and isinstance(left, Literal):
            left, right, op = right, left, _MIRRORED[op]
        if isinstance(left, Ref) and _is_age(left) and isinstance(right, Literal) and _is_plain(right):
            return self._age_compared(op, left, Decimal(str(right.value)))
        ours, theirs = self._range(left), self._range(right)
        if ours is None and theirs is None:
            return joined(f"({{}} {op} {{}})", self._side(left, right), self._side(right, left))
        return _ranges_compared(op, ours or self._point(left), theirs or self._point(right))

    def _age_compared(self, op: str, age: Ref, years: Decimal) -> Sql:
        """An age against a number, as the birth date against the days on which those years are completed."""
        born = date_bounds(birth_sql(age.role))
        # Nobody has a negative age: below zero the limit is the as-of date itself.
        least = max(0, floor(years) + 1 if op in (">", "<=") else ceil(years))
        since, today = birthday_limit(self.as_of, least), self.as_of.isoformat()
        old = Sql(f"({born.high} <= ?)", (since,))
        young = Sql(f"({born.low} > ? AND {born.high} <= ?)", (since, today))
        if op == "=" and years != least:
            return joined("(CASE WHEN {} THEN FALSE END)", Sql(f"({born.high} <= ?)", (today,)))
        if op == "=":
            before = birthday_limit(self.as_of, least + 1)
            this_year = Sql(f"({born.high} <= ? AND {born.low} > ? AND {born.high} <= ?)", (since, before, today))
            older = Sql(f"({born.high} <= ?)", (before,))
            return joined("(CASE WHEN {} THEN TRUE WHEN {} OR {} THEN FALSE END)", this_year, young, older)
        certain, excluded = (old, young) if op in (">", ">=") else (young, old)
        return joined("(CASE WHEN {} THEN TRUE WHEN {} THEN FALSE END)", certain, excluded)

    def _side(self, expr: Expr, other: Expr) -> Sql:
        """One side of a plain comparison. What was calculated in floating point is compared to six decimals."""
        value = self.value(expr)
        if _is_float(expr) or _is_float(other):
            return joined("TRY_CAST({} AS " + _EXACT + ")", value)
        return value

    def _point(self, expr: Expr) -> _Range:
        value = self.value(expr)
        return _Range(value, value)

    def _range(self, expr: Expr) -> _Range | None:
        """The bounds of a value that may be known only in part: dates and ages."""
        if isinstance(expr, Literal) and expr.type.base is Base.DATE:
            first, last = period_of(str(expr.value))
            return _Range(Sql("?", (first,)), Sql("?", (last,)), period=True)
        if not isinstance(expr, Ref):
            return None
        if _is_age(expr):
            bounds = age_bounds(birth_sql(expr.role), self.as_of)
        elif expr.type.base is Base.DATE:
            bounds = date_bounds(self.value(expr).text)
        else:
            return None
        return _Range(Sql(bounds.low), Sql(bounds.high))


def period_of(value: str) -> tuple[str, str]:
    """First and last day of an ISO date with its precision."""
    if len(value) == 4:
        return f"{value}-01-01", f"{value}-12-31"
    if len(value) == 7:
        return f"{value}-01", f"{value}-{monthrange(int(value[:4]), int(value[5:]))[1]:02d}"
    return value, value


def _is_float(expr: Expr) -> bool:
    match expr:
        case Negative():
            return _is_float(expr.operand)
        case Converted():
            return not isinstance(expr.operand, Literal)
        case Arithmetic():
            return expr.op in "*/" or _is_float(expr.left) or _is_float(expr.right)
        case _:
            return False


def _is_age(expr: Expr) -> bool:
    return isinstance(expr, Ref) and expr.element.id == AGE


def _is_plain(literal: Literal) -> bool:
    """A number without a unit that would need converting."""
    return isinstance(literal.value, int | Decimal) and not isinstance(literal.value, bool)


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "="}


def _ranges_compared(op: str, left: _Range, right: _Range) -> Sql:
    """TRUE or FALSE where every value within the bounds agrees, else NULL.

    A literal of less than a day stands for the whole period: '= 1950-03' is within that month, '> 1950' after it.
    """
    if left.period and not right.period:
        left, right, op = right, left, _MIRRORED[op]
    if right.period:
        edge = right.low if op in ("<", ">=") else right.high
        right = right if op == "=" else _Range(edge, edge)
    return _decided(op, left, right)


def _decided(op: str, left: _Range, right: _Range) -> Sql:
    if op in (">", ">="):
        return _decided(_MIRRORED[op], right, left)
    if op == "=" and right.period:
        within = joined("{} >= {} AND {} <= {}", left.low, right.low, left.high, right.high)
    elif op == "=":
        # Equal for certain only when both are points: least of one not below the greatest of the other, both ways.
        within = joined("{} = {} AND {} = {}", left.low, right.high, left.high, right.low)
    else:
        contrary = ">=" if op == "<" else ">"
        certain = joined(f"{{}} {op} {{}}", left.high, right.low)
        return joined("(CASE WHEN {} THEN TRUE WHEN {} THEN FALSE END)", certain,
                      joined(f"{{}} {contrary} {{}}", left.low, right.high))  # fmt: skip
    apart = joined("{} < {} OR {} > {}", left.high, right.low, left.low, right.high)
    return joined("(CASE WHEN {} THEN TRUE WHEN {} THEN FALSE END)", within, apart)
