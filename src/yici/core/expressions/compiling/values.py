"""From the typed tree to SQL: literals as parameters, three-valued throughout.

Dates, ages and aggregates over members may be known only within bounds; comparisons take both bounds. In a calculation
only what is known exactly counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal as Choice

from yici.core.elements import Element
from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.compiling import dates, members
from yici.core.expressions.compiling.comparing import MIRRORED, age_compared, ranges_compared
from yici.core.expressions.compiling.scope import APART, Scope
from yici.core.expressions.compiling.sql import EXACT, Range, Sql, exactly, joined, listed, point
from yici.core.expressions.derived import (
    AGE,
    BIRTH,
    INCOME,
    INCOME_PER_HEAD,
    SIZE,
    Bounds,
    age_bounds,
    per_head_sql,
)
from yici.core.expressions.nodes import (
    Aggregate,
    Arithmetic,
    Base,
    Between,
    Call,
    Case,
    Clock,
    Comparison,
    Converted,
    Elapsed,
    Expr,
    InList,
    IsNull,
    Junction,
    Like,
    Literal,
    Negative,
    Not,
    Part,
    Ref,
    Role,
    Shifted,
    register_of,
)

_MOST_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles expressions about the rows of a scope."""

    scope: Scope

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
                return joined(f"({self.scope.dialect.like('{}', '{}')})", self.value(expr.operand), pattern)
            case IsNull():
                return self._unknown(expr.operand)
            case Not():
                return joined("(NOT {})", self.truth(expr.operand))
            case Junction():
                return joined("({})", listed(f" {expr.op.upper()} ", [self.truth(part) for part in expr.parts]))
            case _:
                return self.value(expr)

    def value(self, expr: Expr) -> Sql:
        """A value; NULL where it is not known exactly. Of a date known in part the text as it is stored."""
        match expr:
            case Literal():
                return Sql("NULL") if expr.value is None else Sql("?", (expr.value,))
            case Ref():
                return Sql(self.element(expr.element, expr.role))
            case Negative():
                return joined("(- {})", self._number(expr.operand))
            case Converted():
                return self._converted(expr)
            case Arithmetic():
                return self._arithmetic(expr)
            case Call() if expr.function not in ("coalesce", "listed"):
                return self._called(expr)
            case Part():
                return dates.part(self.range(expr.operand), expr.part)
            case Call() | Case():
                bounds = self._bounded(expr)
                return self._chosen(expr, self.value) if bounds is None else exactly(bounds)
            case Clock() | Shifted() | Elapsed() | Aggregate():
                return exactly(self.range(expr))
            case _:
                return self.truth(expr)

    def range(self, expr: Expr) -> Range:
        """The bounds of a value; both the same when it is known exactly or not at all."""
        return self._bounded(expr) or point(self.value(expr))

    def element(self, element: Element, role: Role) -> str:
        """SQL of an element, stored or computed."""
        if not element.derived:
            return self.scope.column(role, element.id)
        match element.id:
            case str() as name if name == AGE:
                return exactly(self._age(role)).text
            case str() as name if name == SIZE:
                return self.scope.size(role)
            case str() as name if name == INCOME_PER_HEAD:
                return per_head_sql(self.scope.column(role, INCOME), self.scope.size(role))
        problem = Problem("expression.no-formula", f"“{element.name}”没有计算办法。", "请换一个数据元。")
        raise ExpressionError(problem)

    def _age(self, role: Role) -> Range:
        born = self.scope.bounds(role, BIRTH)
        bounds = age_bounds(Bounds(born.low.text, born.high.text), self.scope.moment.as_of)
        return Range(Sql(bounds.low), Sql(bounds.high))

    def _unknown(self, expr: Expr) -> Sql:
        bounds = self._bounded(expr) if expr.type.base is Base.DATE and not isinstance(expr, Ref) else None
        if bounds is None or bounds.low == bounds.high:
            return joined("({} IS NULL)", self.value(expr))
        return joined("({} IS NULL AND {} IS NULL)", bounds.low, bounds.high)

    def _number(self, expr: Expr) -> Sql:
        """A number inside a calculation: literals need a type of their own there."""
        value = self.value(expr)
        return joined(f"CAST({{}} AS {EXACT})", value) if isinstance(expr, Literal) else value

    def _exact(self, expr: Expr) -> Sql:
        """A number to six decimals, as functions take it."""
        cast = "TRY_CAST" if _is_float(expr) else "CAST"
        return joined(f"{cast}({{}} AS {EXACT})", self.value(expr))

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
        kind = "DOUBLE" if expr.op == "*" or _is_float(expr.left) or _is_float(expr.right) else EXACT
        return joined(f"(CAST({{}} AS {kind}) {expr.op} CAST({{}} AS {kind}))", left, right)

    def _called(self, expr: Call) -> Sql:
        """Functions of numbers, worked out to six decimals; unknown when any part is."""
        if expr.type.base is Base.DATE:
            return exactly(self.range(expr))
        args = [self._exact(arg) for arg in expr.args]
        match expr.function:
            case "round":
                places = _whole(expr.args[1]) if len(expr.args) > 1 else 0
                decimals = max(-15, min(_MOST_DECIMALS, places or 0))
                return joined(f"CAST(round({{}}, {decimals}) AS {EXACT})", args[0])
            case "least" | "greatest":
                return self._extreme(expr.function, args)
            case name:
                return joined(f"CAST({name}({{}}) AS {EXACT})", args[0])

    def _extreme(self, name: Choice["least", "greatest"], parts: list[Sql]) -> Sql:
        known = listed(" AND ", [joined("{} IS NOT NULL", part) for part in parts])
        return joined(f"(CASE WHEN {{}} THEN {name}({{}}) END)", known, listed(", ", parts))

    def _chosen(self, expr: Call | Case, side: Callable[[Expr], Sql]) -> Sql:
        """One side of what a case or coalesce chooses. Every condition stands once in the text."""
        if isinstance(expr, Call) and expr.function == "listed":
            register = register_of(expr)
            kept = self.scope.kept(register.role, register.element.id)
            if len(expr.args) == 1:
                there = self.element(register.element, register.role)
                return joined("(CASE WHEN {} IS NOT NULL THEN TRUE WHEN {} THEN FALSE END)", Sql(there), kept)
            value, default = self._alike(expr.args, side)
            return joined("coalesce({}, CASE WHEN {} THEN {} END)", value, kept, default)
        if isinstance(expr, Call):
            return joined("coalesce({})", listed(", ", self._alike(expr.args, side)))
        results = [result for _, result in expr.branches]
        values = self._alike([*results, *([expr.otherwise] if expr.otherwise else [])], side)
        rest = values.pop() if expr.otherwise else Sql("NULL")
        for (condition, _), value in zip(reversed(expr.branches), reversed(values), strict=True):
            pattern = "(CASE coalesce(CAST({} AS INTEGER), 2) WHEN 1 THEN {} WHEN 2 THEN NULL ELSE {} END)"
            rest = joined(pattern, self.truth(condition), value, rest)
        return rest

    def _alike(self, exprs: Sequence[Expr], side: Callable[[Expr], Sql]) -> list[Sql]:
        """The values of branches; numbers in one type, so that none is rounded to another's."""
        if all(expr.type.base in (Base.NUMBER, Base.NULL) for expr in exprs):
            return [joined(f"TRY_CAST({{}} AS {EXACT})", side(expr)) for expr in exprs]
        return [side(expr) for expr in exprs]

    def _in(self, expr: InList) -> Sql:
        plain = isinstance(expr.operand, Ref) and self._bounded(expr.operand) is None
        if plain and all(isinstance(item, Literal) for item in expr.items):
            items = listed(", ", [self.value(item) for item in expr.items])
            return joined("({} IN ({}))", self.value(expr.operand), items)
        equal = [self._compared("=", expr.operand, item) for item in expr.items]
        return joined("({})", listed(" OR ", equal))

    def _compared(self, op: str, left: Expr, right: Expr) -> Sql:
        if op == "<>":
            return joined("(NOT {})", self._compared("=", left, right))
        if _is_age(right) and isinstance(left, Literal):
            left, right, op = right, left, MIRRORED[op]
        if isinstance(left, Ref) and _is_age(left) and isinstance(right, Literal) and _is_plain(right):
            born = self.scope.bounds(left.role, BIRTH)
            return age_compared(op, born, Decimal(str(right.value)), self.scope.moment.as_of)
        ours, theirs = self._bounded(left), self._bounded(right)
        if ours is None and theirs is None:
            return joined(f"({{}} {op} {{}})", self._side(left, right), self._side(right, left))
        verdict = ranges_compared(op, ours or point(self._side(left, right)), theirs or point(self._side(right, left)))
        fractions = [f for side, other in ((left, right), (right, left)) if (f := self._is_fraction(side, other))]
        if op != "=" or not fractions:
            return verdict
        # No count and no age equals a number that is not whole, whatever else is unknown.
        return joined("(CASE WHEN {} THEN FALSE ELSE {} END)", fractions[0], verdict)

    def _is_fraction(self, whole: Expr, other: Expr) -> Sql | None:
        """Whether `other` is a number that is not whole, where `whole` is counted and known."""
        if not _is_whole(whole) or _is_whole(other) or other.type.base is not Base.NUMBER:
            return None
        value, low = self._side(other, whole), self.range(whole).low
        return joined("{} IS NOT NULL AND {} <> floor({})", low, value, value)

    def _side(self, expr: Expr, other: Expr) -> Sql:
        """One side of a plain comparison. What was calculated in floating point is compared to six decimals."""
        value = self.value(expr)
        if _is_float(expr) or _is_float(other):
            return joined(f"TRY_CAST({{}} AS {EXACT})", value)
        return value

    def _bounded(self, expr: Expr) -> Range | None:
        """The bounds of what may be known only in part; None for what is always exact or unknown."""
        match expr:
            case Literal() if expr.type.base is Base.DATE and expr.value is not None:
                first, last = dates.period_of(str(expr.value))
                return Range(Sql("?", (first,)), Sql("?", (last,)), period=first != last)
            case Clock():
                start, end = self.scope.moment.bounds(expr.word)
                return Range(Sql("?", (start.isoformat(),)), Sql("?", (end.isoformat(),)), period=start != end)
            case Ref() if _is_age(expr):
                return self._age(expr.role)
            case Ref() if expr.type.base is Base.DATE:
                return self.scope.bounds(expr.role, expr.element.id)
            case Shifted():
                count = self._number(expr.count)
                return dates.shifted(self.scope, self.range(expr.operand), count, _whole(expr.count), expr.unit)
            case Elapsed():
                return dates.elapsed(self.scope, self.range(expr.since), self.range(expr.to), expr.unit)
            case Aggregate():
                return self._members(expr)
            case Call(function="coalesce" | "least" | "greatest") | Case():
                return self._chosen_range(expr)
            case _:
                return None

    def _chosen_range(self, expr: Call | Case) -> Range | None:
        """The bounds of what a case, a coalesce or the earlier or later of dates yields."""
        if isinstance(expr, Call):
            parts: list[Expr] = list(expr.args)
        else:
            parts = [result for _, result in expr.branches] + ([expr.otherwise] if expr.otherwise else [])
        if isinstance(expr, Call) and expr.function != "coalesce":
            if expr.type.base is not Base.DATE:
                return None
            ranges = [self.range(part) for part in parts]
            name: Choice["least", "greatest"] = "least" if expr.function == "least" else "greatest"
            low, high = ([getattr(each, end) for each in ranges] for end in ("low", "high"))
            return Range(self._extreme(name, low), self._extreme(name, high))
        if all(self._bounded(part) is None for part in parts):
            return None
        return Range(self._chosen(expr, self._low), self._chosen(expr, self._high))

    def _low(self, expr: Expr) -> Sql:
        return self.range(expr).low

    def _high(self, expr: Expr) -> Sql:
        return self.range(expr).high

    def _members(self, expr: Aggregate) -> Range:
        if not expr.members:
            message, hint = "对全体的统计不能写在一行的条件里。", "请写 户.人，或把统计单独算。"
            raise ExpressionError(Problem("expression.population", message, hint))
        if self.scope.members_of is not None:
            return self.scope.members_of(expr)
        inner = Compiler(self.scope.inner())
        items = inner.items(expr)
        key = f"{self.scope.alias('household')}.key"
        person = inner.scope.alias("person")
        own = f"{person}.household = {key} AND NOT {self.scope.dialect.begins(f'{person}.key', APART)}"
        low, high = members.bounds_over(expr.op, "i.c", "i.v")
        pattern = (
            f"(CASE WHEN {key} IS NOT NULL THEN (SELECT {{0}} FROM (SELECT {{{{}}}}"  # noqa: S608 (own names)
            f" FROM {inner.members_from()} WHERE {own}) AS i) END)"
        )
        return Range(joined(pattern.format(low), items), joined(pattern.format(high), items))

    def items(self, expr: Aggregate, number: str = "") -> Sql:
        """The columns c and v of the items of an aggregate: whether each counts, and its value."""
        condition = Sql("TRUE") if expr.where is None else self.truth(expr.where)
        if expr.value is None:
            return joined(f"{{}} AS c{number}, NULL AS v{number}", condition)
        if expr.op == "count":
            known = joined("({} AND NOT {})", condition, self._unknown(expr.value))
            return joined(f"{{}} AS c{number}, NULL AS v{number}", known)
        value = exactly(self.range(expr.value))
        if expr.value.type.base is Base.NUMBER:
            value = joined(f"TRY_CAST({{}} AS {EXACT})", value)
        return joined(f"{{}} AS c{number}, {{}} AS v{number}", condition, value)

    def members_from(self) -> str:
        """The tables of the members of a household, joined."""
        person, household, head = (self.scope.alias(role) for role in ("person", "household", "head"))
        head_key = self.scope.column("household", "household.head_id_number")
        return (
            f"person AS {person} LEFT JOIN household AS {household} ON {household}.key = {person}.household"
            f" LEFT JOIN person AS {head} ON {head}.key = {head_key}"
        )


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


def _is_whole(expr: Expr) -> bool:
    """Whether it is a number of whole things that may be known within bounds."""
    return _is_age(expr) or isinstance(expr, Elapsed) or (isinstance(expr, Aggregate) and expr.op == "count")


def _is_age(expr: Expr) -> bool:
    return isinstance(expr, Ref) and expr.element.id == AGE


def _is_plain(literal: Literal) -> bool:
    """A number without a unit that would need converting."""
    return isinstance(literal.value, int | Decimal) and not isinstance(literal.value, bool)


def _whole(expr: Expr) -> int | None:
    """The whole number an expression is written as."""
    match expr:
        case Literal(value=int() as number) if not isinstance(number, bool):
            return number
        case Negative():
            inner = _whole(expr.operand)
            return None if inner is None else -inner
        case _:
            return None
