"""Expressions in Chinese words a clerk reads: 年龄不小于80，并且（残疾等级为一级，或者是低保户）."""

from __future__ import annotations

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

_SIZES = {"=": "为", "<>": "不为", "<": "小于", "<=": "不大于", ">": "大于", ">=": "不小于"}
_DAYS = {"=": "为", "<>": "不为", "<": "早于", "<=": "不晚于", ">": "晚于", ">=": "不早于"}
_SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}
_LENGTHS: dict[DateUnit, str] = {"year": "整年数", "month": "整月数", "day": "天数", "workday": "工作日数"}
_PARTS = {"year": "年份", "month": "月份", "day": "日"}
_RESULTS = {"sum": "合计", "avg": "平均值", "median": "中位数"}
_SUBJECTS = {"person": "人", "household": "户", "enterprise": "企业"}


def in_words(expr: Expr, registry: Registry | None = None) -> str:
    """The expression in Chinese words, for --explain. The registry tells what subjects of packs are called."""
    return _Wording(registry).say(expr)


class _Wording:
    def __init__(self, registry: Registry | None) -> None:
        self.registry = registry

    def say(self, expr: Expr) -> str:
        match expr:
            case Literal():
                return _literal(expr)
            case Ref():
                return f"户主的{expr.element.name}" if expr.role == "head" else expr.element.name
            case Negative():
                return f"－{self._part(expr.operand)}"
            case Converted():
                return self.say(expr.operand)
            case Arithmetic():
                chained = isinstance(expr.left, Arithmetic) and is_chained(expr.left.op, expr.op)
                left = self.say(expr.left) if chained else self._part(expr.left)
                return f"{left}{_SIGNS[expr.op]}{self._part(expr.right)}"
            case Clock():
                return first_word(CLOCKS, expr.word, chinese=True)
            case Junction():
                return {"and": "，并且", "or": "，或者"}[expr.op].join(map(self._joined, expr.parts))
            case Not():
                return self._contrary(expr.operand)
            case Shifted() | Elapsed() | Part() | Call() | Case() | Aggregate():
                return self._called(expr)
            case _:
                return self._condition(expr, holds=True)

    def _called(self, expr: Expr) -> str:
        match expr:
            case Shifted() if isinstance(expr.count, Negative):
                return f"{self._part(expr.operand)}之前{self._part(expr.count.operand)}"
            case Shifted():
                return f"{self._part(expr.operand)}之后{self._part(expr.count)}"
            case Elapsed():
                return f"从{self._part(expr.since)}到{self._part(expr.to)}的{_LENGTHS[expr.unit]}"
            case Part():
                return f"{self._part(expr.operand)}的{_PARTS[expr.part]}"
            case Call():
                return self._call(expr)
            case Case():
                branches = "".join(f"{self.say(when)}时取{self.say(then)}，" for when, then in expr.branches)
                otherwise = "没有值" if expr.otherwise is None else f"取{self.say(expr.otherwise)}"
                return f"{branches}其余{otherwise}"
            case Aggregate():
                return self._aggregate(expr)
        raise AssertionError(expr)

    def _call(self, expr: Call) -> str:
        first, *rest = (self._part(arg) for arg in expr.args)
        match expr.function:
            case "round":
                return f"{first}四舍五入" + (f"到{rest[0]}位小数" if rest and rest[0] != "0" else "到整数")
            case "abs":
                return f"{first}的绝对值"
            case "floor" | "ceil":
                return f"{first}{'向下' if expr.function == 'floor' else '向上'}取整"
            case "coalesce":
                return first + "".join(f"（没有记录时取{other}）" for other in rest)
            case "listed" if not rest:
                return f"{first}有登记"
            case "listed":
                return f"{first}（在名册中查不到按“{rest[0]}”）"
            case "least" | "greatest":
                return f"{'、'.join([first, *rest])}中{'最小' if expr.function == 'least' else '最大'}的"

    def _aggregate(self, expr: Aggregate) -> str:
        whose = "本户成员" if expr.members else self._subject(expr.subject)
        where = self.say(expr.where) if expr.where is not None else ""
        if expr.op == "share":
            return f"{whose}中“{where}”的占比"
        among = f"（{where}）" if where else ""
        if expr.value is None:
            return f"{whose}数{among}"
        dated = expr.value.type.base is Base.DATE
        ends = {"min": "最早值" if dated else "最小值", "max": "最晚值" if dated else "最大值"}
        return f"{whose}的{self._part(expr.value)}{(ends | _RESULTS)[expr.op]}{among}"

    def _subject(self, subject: str) -> str:
        known = self.registry.subjects.get(subject) if self.registry else None
        return known.name if known else _SUBJECTS.get(subject, subject)

    def _contrary(self, expr: Expr) -> str:
        if isinstance(expr, Ref) and expr.type.base is Base.BOOL:
            return self._flag(expr, holds=False)
        if isinstance(expr, IsNull | InList | Between | Like):
            return self._condition(expr, holds=False)
        return f"并非“{self.say(expr)}”"

    def _condition(self, expr: Expr, *, holds: bool) -> str:
        no = "" if holds else "不"
        match expr:
            case Comparison():
                return self._compared(expr)
            case InList():
                items = "、".join(self._part(item) for item in expr.items)
                return f"{self._part(expr.operand)}{no}为{items}" + ("之一" if len(expr.items) > 1 else "")
            case Between():
                return f"{self._part(expr.operand)}{no}在{self._part(expr.low)}到{self._part(expr.high)}之间（含两端）"
            case Like():
                return f"{self._part(expr.operand)}{no}符合样式“{expr.pattern}”"
            case IsNull():
                return f"{self._part(expr.operand)}{'没有' if holds else '有'}记录"
        raise AssertionError(expr)

    def _compared(self, expr: Comparison) -> str:
        value = expr.right.value if isinstance(expr.right, Literal) else None
        if isinstance(expr.left, Ref) and isinstance(value, bool):
            return self._flag(expr.left, holds=value is (expr.op == "="))
        words = _DAYS if Base.DATE in (expr.left.type.base, expr.right.type.base) else _SIZES
        return f"{self._part(expr.left)}{words[expr.op]}{self._part(expr.right)}"

    def _flag(self, ref: Ref, *, holds: bool) -> str:
        """是否低保户 as 是低保户, 是否有车 as 有车."""
        name, whose = ref.element.name, "户主" if ref.role == "head" else ""
        if not name.startswith("是否"):
            return f"{whose}{name}为{'是' if holds else '否'}"
        rest = name.removeprefix("是否")
        if rest.startswith("有"):
            return f"{whose}{'' if holds else '没'}{rest}"
        return f"{whose}{'是' if holds else '不是'}{rest}"

    def _joined(self, expr: Expr) -> str:
        if isinstance(expr, Ref):
            return self._flag(expr, holds=True)
        return f"（{self.say(expr)}）" if isinstance(expr, Junction | Case) else self.say(expr)

    def _part(self, expr: Expr) -> str:
        """A part, in brackets where it would run into what stands beside it."""
        while isinstance(expr, Converted):
            expr = expr.operand
        said = self.say(expr)
        return said if isinstance(expr, Literal | Ref | Clock | Aggregate | Part | Elapsed) else f"（{said}）"


def _literal(literal: Literal) -> str:
    value = literal.value
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return f"“{value}”" if literal.type.base is Base.TEXT else value
    return number_text(literal)


def number_text(literal: Literal) -> str:
    """A number with its unit, as it is typed."""
    value = literal.value
    return (str(value) if isinstance(value, int) else f"{value:f}") + (
        literal.type.unit.text if literal.type.unit else ""
    )
