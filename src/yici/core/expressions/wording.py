"""Expressions in words a clerk reads: 年龄不小于80，并且（残疾等级为一级，或者是低保户）.

They are Chinese, and know what they say: where they are shown on a page in another language, they are said again with
its phrases (`Words.told`). The names of elements and codes stay as the packs give them.
"""

from __future__ import annotations

from collections.abc import Callable

from yici.core.elements import Registry
from yici.core.expressions.functions import CLOCKS, first_word
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
    DateUnit,
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
    Shifted,
    is_chained,
)

Say = Callable[[str], str]
"""Gives the phrase of a language for a Chinese one."""

_SIZES = {"=": "{0}为{1}", "<>": "{0}不为{1}", "<": "{0}小于{1}", "<=": "{0}不大于{1}", ">": "{0}大于{1}",
          ">=": "{0}不小于{1}"}  # fmt: skip
_DAYS = _SIZES | {"<": "{0}早于{1}", "<=": "{0}不晚于{1}", ">": "{0}晚于{1}", ">=": "{0}不早于{1}"}
_SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}
_LENGTHS: dict[DateUnit, str] = {
    "year": "从{0}到{1}的整年数",
    "month": "从{0}到{1}的整月数",
    "day": "从{0}到{1}的天数",
    "workday": "从{0}到{1}的工作日数",
}
_PARTS = {"year": "{0}的年份", "month": "{0}的月份", "day": "{0}的日"}
_RESULTS = {"sum": "{0}的{1}合计", "avg": "{0}的{1}平均值", "median": "{0}的{1}中位数", "min": "{0}的{1}最小值",
            "max": "{0}的{1}最大值"}  # fmt: skip
_ENDS = {"min": "{0}的{1}最早值", "max": "{0}的{1}最晚值"}
_JOINTS = {"and": "，并且", "or": "，或者"}
_SUBJECTS = {"person": "人", "household": "户", "enterprise": "企业"}


class Words(str):
    """What an expression says, in Chinese."""

    __slots__ = ("expr", "registry")
    expr: Expr
    registry: Registry | None

    def told(self, say: Say) -> str:
        """The same with the phrases of another language."""
        return _Wording(self.registry, say).say(self.expr)


def in_words(expr: Expr, registry: Registry | None = None) -> Words:
    """The expression in Chinese words, for --explain. The registry tells what subjects of packs are called."""
    words = Words(_Wording(registry, str).say(expr))
    words.expr, words.registry = expr, registry
    return words


class _Wording:
    def __init__(self, registry: Registry | None, say: Say) -> None:
        self.registry, self.phrase = registry, say

    def _put(self, phrase: str, *parts: str) -> str:
        return self.phrase(phrase).format(*parts)

    def say(self, expr: Expr) -> str:
        match expr:
            case Literal():
                return self._literal(expr)
            case Ref():
                return self._put("户主的{0}", expr.element.name) if expr.role == "head" else expr.element.name
            case Negative():
                return f"－{self._part(expr.operand)}"
            case Converted():
                return self.say(expr.operand)
            case Arithmetic():
                chained = isinstance(expr.left, Arithmetic) and is_chained(expr.left.op, expr.op)
                left = self.say(expr.left) if chained else self._part(expr.left)
                return f"{left}{_SIGNS[expr.op]}{self._part(expr.right)}"
            case Clock():
                return self.phrase(first_word(CLOCKS, expr.word, chinese=True))
            case Junction():
                return self.phrase(_JOINTS[expr.op]).join(map(self._joined, expr.parts))
            case Not():
                return self._contrary(expr.operand)
            case Shifted() | Elapsed() | Part() | Call() | Case() | Aggregate():
                return self._called(expr)
            case _:
                return self._condition(expr, holds=True)

    def _called(self, expr: Expr) -> str:
        match expr:
            case Shifted() if isinstance(expr.count, Negative):
                return self._put("{0}之前{1}", self._part(expr.operand), self._part(expr.count.operand))
            case Shifted():
                return self._put("{0}之后{1}", self._part(expr.operand), self._part(expr.count))
            case Elapsed():
                return self._put(_LENGTHS[expr.unit], self._part(expr.since), self._part(expr.to))
            case Part():
                return self._put(_PARTS[expr.part], self._part(expr.operand))
            case Call():
                return self._call(expr)
            case Case():
                return self._cases(expr)
            case Aggregate():
                return self._aggregate(expr)
        raise AssertionError(expr)

    def _cases(self, expr: Case) -> str:
        branches = [self._put("{0}时取{1}，", self.say(when), self.say(then)) for when, then in expr.branches]
        otherwise = expr.otherwise
        rest = self.phrase("其余没有值") if otherwise is None else self._put("其余取{0}", self.say(otherwise))
        return "".join([*branches, rest])

    def _call(self, expr: Call) -> str:
        first, *rest = (self._part(arg) for arg in expr.args)
        match expr.function:
            case "round" if rest and rest[0] != "0":
                return self._put("{0}四舍五入到{1}位小数", first, rest[0])
            case "round":
                return self._put("{0}四舍五入到整数", first)
            case "abs":
                return self._put("{0}的绝对值", first)
            case "floor" | "ceil":
                return self._put("{0}向下取整" if expr.function == "floor" else "{0}向上取整", first)
            case "coalesce":
                return first + "".join(self._put("（没有记录时取{0}）", other) for other in rest)
            case "listed" if not rest:
                return self._put("{0}有登记", first)
            case "listed":
                return self._put("{0}（在名册中查不到按“{1}”）", first, rest[0])
            case "least" | "greatest":
                together = self.phrase("、").join([first, *rest])
                return self._put("{0}中最小的" if expr.function == "least" else "{0}中最大的", together)

    def _aggregate(self, expr: Aggregate) -> str:
        whose = self.phrase("本户成员") if expr.members else self._subject(expr.subject)
        where = self.say(expr.where) if expr.where is not None else ""
        if expr.op == "share":
            return self._put("{0}中“{1}”的占比", whose, where)
        if expr.value is None:
            return self._among(self._put("{0}数", whose), where)
        dated = expr.value.type.base is Base.DATE
        result = (_RESULTS | _ENDS if dated else _RESULTS)[expr.op]
        return self._among(self._put(result, whose, self._part(expr.value)), where)

    def _among(self, said: str, where: str) -> str:
        return self._put("{0}（{1}）", said, where) if where else said

    def _subject(self, subject: str) -> str:
        known = self.registry.subjects.get(subject) if self.registry else None
        name = known.name if known else _SUBJECTS.get(subject, subject)
        # Looked up with what it is the name of, as everywhere on pages: 人 alone counts people.
        key = f"主体类型：{name}"
        said = self.phrase(key)
        return name if said == key else said

    def _contrary(self, expr: Expr) -> str:
        if isinstance(expr, Ref) and expr.type.base is Base.BOOL:
            return self._flag(expr, holds=False)
        if isinstance(expr, IsNull | InList | Between | Like):
            return self._condition(expr, holds=False)
        return self._put("并非“{0}”", self.say(expr))

    def _condition(self, expr: Expr, *, holds: bool) -> str:
        match expr:
            case Comparison():
                return self._compared(expr)
            case InList():
                items = self.phrase("、").join(self._part(item) for item in expr.items)
                some = ("{0}为{1}之一", "{0}不为{1}之一") if len(expr.items) > 1 else ("{0}为{1}", "{0}不为{1}")
                return self._put(some[not holds], self._part(expr.operand), items)
            case Between():
                ends = self._part(expr.low), self._part(expr.high)
                within = ("{0}在{1}到{2}之间（含两端）", "{0}不在{1}到{2}之间（含两端）")[not holds]
                return self._put(within, self._part(expr.operand), *ends)
            case Like():
                like = ("{0}符合样式“{1}”", "{0}不符合样式“{1}”")[not holds]
                return self._put(like, self._part(expr.operand), expr.pattern)
            case IsNull():
                return self._put("{0}没有记录" if holds else "{0}有记录", self._part(expr.operand))
        raise AssertionError(expr)

    def _compared(self, expr: Comparison) -> str:
        value = expr.right.value if isinstance(expr.right, Literal) else None
        if isinstance(expr.left, Ref) and isinstance(value, bool):
            return self._flag(expr.left, holds=value is (expr.op == "="))
        phrases = _DAYS if Base.DATE in (expr.left.type.base, expr.right.type.base) else _SIZES
        return self._put(phrases[expr.op], self._part(expr.left), self._part(expr.right))

    def _flag(self, ref: Ref, *, holds: bool) -> str:
        """是否低保户 as 是低保户, 是否有车 as 有车."""
        name, rest = ref.element.name, ref.element.name.removeprefix("是否")
        if rest == name:
            said = self._put("{0}为是" if holds else "{0}为否", name)
        elif rest.startswith("有"):
            said = self._put("有{0}" if holds else "没有{0}", rest.removeprefix("有"))
        else:
            said = self._put("是{0}" if holds else "不是{0}", rest)
        return self._put("户主{0}", said) if ref.role == "head" else said

    def _joined(self, expr: Expr) -> str:
        if isinstance(expr, Ref):
            return self._flag(expr, holds=True)
        return self._put("（{0}）", self.say(expr)) if isinstance(expr, Junction | Case) else self.say(expr)

    def _part(self, expr: Expr) -> str:
        """A part, in brackets where it would run into what stands beside it."""
        while isinstance(expr, Converted):
            expr = expr.operand
        said = self.say(expr)
        if isinstance(expr, Literal | Ref | Clock | Aggregate | Part | Elapsed):
            return said
        return self._put("（{0}）", said)

    def _literal(self, literal: Literal) -> str:
        value = literal.value
        if value is None:
            return self.phrase("空")
        if isinstance(value, bool):
            return self.phrase("是" if value else "否")
        if isinstance(value, str):
            return self._put("“{0}”", value) if literal.type.base is Base.TEXT else value
        return number_text(literal)


def number_text(literal: Literal) -> str:
    """A number with its unit, as it is typed."""
    value = literal.value
    return (str(value) if isinstance(value, int) else f"{value:f}") + (
        literal.type.unit.text if literal.type.unit else ""
    )
