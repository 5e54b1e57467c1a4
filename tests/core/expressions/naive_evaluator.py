"""What an expression means, written the slow and obvious way: partly known dates are sets of days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from yici.core.expressions import nodes as n

Row = dict[str, dict[str, Any] | None]
TOLERANCE = Fraction(2, 1_000_000)


class Undecidable(Exception):
    """Two calculated numbers are so near that floating point may say either."""


def days_of(value: str) -> list[date]:
    """Every day an ISO date with its precision may mean."""
    parts = [int(part) for part in value.split("-")]
    day, found = date(parts[0], parts[1] if len(parts) > 1 else 1, parts[2] if len(parts) > 2 else 1), []
    while [day.year, day.month, day.day][: len(parts)] == parts:
        found.append(day)
        day += timedelta(days=1)
    return found


def age_on(born: date, as_of: date) -> int:
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def evaluate(
    expr: n.Expr, row: Row, members: dict[str, int], as_of: date, registers: frozenset[tuple[str, str]] = frozenset()
) -> bool | None:
    """True, False or None for unknown. `registers` are the (element, unit) that were imported."""
    return _Evaluator(row, members, as_of, registers).truth(expr)


class _Evaluator:
    def __init__(
        self, row: Row, members: dict[str, int], as_of: date, registers: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        self.row, self.members, self.as_of, self.registers = row, members, as_of, registers

    def truth(self, expr: n.Expr) -> bool | None:
        match expr:
            case n.Junction():
                found = [self.truth(part) for part in expr.parts]
                decisive = expr.op == "or"
                if decisive in found:
                    return decisive
                return None if None in found else not decisive
            case n.Not():
                inner = self.truth(expr.operand)
                return None if inner is None else not inner
            case n.IsNull():
                return self.one(expr.operand) is None
            case n.Like():
                value = self.one(expr.operand)
                pattern = re.escape(expr.pattern).replace("%", ".*").replace("_", ".")
                return None if value is None else bool(re.fullmatch(pattern, value, re.DOTALL))
            case n.InList():
                return self.truth(n.Junction("or", tuple(n.Comparison("=", expr.operand, i) for i in expr.items)))
            case n.Between():
                low = n.Comparison(">=", expr.operand, expr.low)
                return self.truth(n.Junction("and", (low, n.Comparison("<=", expr.operand, expr.high))))
            case n.Comparison():
                return self.compared(expr)
        value: bool | None = self.one(expr)
        return value

    def compared(self, expr: n.Comparison) -> bool | None:
        if isinstance(expr.left, n.Literal) and expr.left.type.base is n.Base.DATE:
            mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(expr.op, expr.op)
            return self.compared(n.Comparison(mirrored, expr.right, expr.left))
        left, right = self.values(expr.left), self.values(expr.right)
        if not left or not right:
            return None
        numbers = any(isinstance(value, Fraction) for value in (*left, *right))
        if numbers and 0 < abs(Fraction(left[0]) - Fraction(right[0])) < TOLERANCE:
            raise Undecidable
        verdicts = {self.holds(expr, a, b) for a in {min(left), max(left)} for b in {min(right), max(right)}}
        if expr.op in ("=", "<>") and len(verdicts) == 1 and (len(left) > 1 or len(right) > 1):
            verdicts |= self.overlapping(expr, left, right)
        return verdicts.pop() if len(verdicts) == 1 else None

    def overlapping(self, expr: n.Comparison, left: list[Any], right: list[Any]) -> set[bool]:
        """Verdicts of the values in between the ends."""
        if isinstance(expr.right, n.Literal) and expr.right.type.base is n.Base.DATE:
            return {self.holds(expr, a, right[0]) for a in left}
        return {(a == b) == (expr.op == "=") for a in left for b in {*right} & {*left} | {right[0]}}

    def holds(self, expr: n.Comparison, a: Any, b: Any) -> bool:
        """One pair. A literal date of less than a day is a whole period."""
        ops: dict[str, Callable[[Any, Any], bool]] = {
            "<": lambda x, y: x < y, "<=": lambda x, y: x <= y, ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
            "=": lambda x, y: x == y, "<>": lambda x, y: x != y,
        }  # fmt: skip
        literal = expr.right
        if isinstance(literal, n.Literal) and literal.type.base is n.Base.DATE:
            days = days_of(str(literal.value))
            if expr.op in ("=", "<>"):
                return (days[0] <= a <= days[-1]) == (expr.op == "=")
            return ops[expr.op](a, days[0] if expr.op in ("<", ">=") else days[-1])
        return ops[expr.op](a, b)

    def values(self, expr: n.Expr) -> list[Any]:
        """All values an operand may have; none when it is unknown."""
        if isinstance(expr, n.Ref) and expr.element.id == "person.age":
            born = (self.row[expr.role] or {}).get("person.birth_date")
            days = days_of(born) if born else []
            return [] if any(d > self.as_of for d in days) else sorted({age_on(d, self.as_of) for d in days})
        if expr.type.base is n.Base.DATE and isinstance(expr, n.Ref):
            value = (self.row[expr.role] or {}).get(expr.element.id)
            return days_of(value) if value else []
        if isinstance(expr, n.Literal) and expr.type.base is n.Base.DATE:
            return days_of(str(expr.value))[:1]
        value = self.one(expr)
        return [] if value is None else [value]

    def one(self, expr: n.Expr) -> Any:
        """The single value, or None."""
        match expr:
            case n.Literal():
                return Fraction(expr.value) if self.is_number(expr) else expr.value  # type: ignore[arg-type]
            case n.Ref():
                return self.ref(expr)
            case n.Negative():
                inner = self.one(expr.operand)
                return None if inner is None else -inner
            case n.Converted():
                inner = self.one(expr.operand)
                return None if inner is None else inner * expr.factor
            case n.Arithmetic():
                return self.calculated(expr)
            case n.Call(function="listed"):
                return self.listed(expr)
        return self.truth(expr)

    def listed(self, expr: n.Call) -> Any:
        """What a register says of somebody; what it does not say counts where it was imported for his unit."""
        register = n.register_of(expr)
        value = self.one(register)
        own, whose = self.row["person"] or {}, self.row.get(register.role) or {}
        kept = (register.element.id, whose.get("unit") or own.get("unit") or "") in self.registers
        if len(expr.args) == 1:
            return True if value is not None else False if kept else None
        return self.one(expr.args[1]) if value is None and kept else value

    def is_number(self, expr: n.Expr) -> bool:
        return expr.type.base is n.Base.NUMBER

    def ref(self, expr: n.Ref) -> Any:
        record = self.row[expr.role]
        if record is None:
            return None
        size = self.members.get(record["key"]) or None
        match expr.element.id:
            case "person.age":
                ages = self.values(expr)
                return Fraction(ages[0]) if len(ages) == 1 else None
            case "household.size":
                return None if size is None else Fraction(size)
            case "household.income_per_head":
                income = record.get("household.annual_income")
                return None if income is None or size is None else Fraction(income) / size
        value = record.get(expr.element.id)
        return Fraction(value) if value is not None and self.is_number(expr) else value

    def calculated(self, expr: n.Arithmetic) -> Fraction | None:
        left, right = self.one(expr.left), self.one(expr.right)
        if left is None or right is None or (expr.op == "/" and right == 0):
            return None
        result: Fraction = {
            "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right, "/": lambda: left / right,
        }[expr.op]()  # fmt: skip
        return result
