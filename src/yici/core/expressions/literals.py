"""Values as clerks write them in conditions, read by the type of what they are compared with."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from rapidfuzz import fuzz, process

from yici.core.elements import Code, CodeList, Registry
from yici.core.errors import Problem
from yici.core.expressions.nodes import BOOL, DATE, NUMBER, TEXT, Base, Expr, Literal, Negative, Type
from yici.core.expressions.scan import fold, quantity
from yici.core.expressions.units import known_unit

Parameter = Decimal | int | float | str | bool | date | Sequence["Parameter"]
"""What a parameter (参数.…) may stand for: a number, a number with its unit ("5万元"), a text, a day, 是 or 否, or a
list of these to be used after `in`."""

_DATE = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月?)|年?)", re.ASCII)
_TRUE, _FALSE = ("是", "有", "真", "true"), ("否", "无", "假", "false")
_MOST_DIGITS, _MOST_DECIMALS = 15, 6


def read_number(text: str) -> int | Decimal | None:
    """A number of at most 15 digits before and 6 after the point, or None when it is larger or finer."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > _MOST_DECIMALS or abs(value) >= 10**_MOST_DIGITS:
        return None
    return int(value) if value == value.to_integral_value() else value


def read_date(text: str) -> str | None:
    """An ISO date with its precision from 2020-01-01, 2020.1, 2020年1月1日, 2020; None for anything else."""
    match = _DATE.fullmatch(text.strip())
    if not match:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year or (month is not None and not 1 <= month <= 12):
        return None
    if day is not None and not 1 <= day <= monthrange(year, month or 1)[1]:
        return None
    return "-".join(f"{part:02d}" for part in (year, month, day) if part is not None).zfill(4)


def parameter_value(value: Parameter, at: int) -> Expr | Problem:
    """What a parameter stands for, as if its value had been written there."""
    if isinstance(value, bool):
        return Literal(value, BOOL, at)
    if isinstance(value, date):
        return Literal(value.isoformat()[:10], DATE, at)
    if isinstance(value, str):
        return _text_or_quantity(value, at)
    if not isinstance(value, Decimal | int | float):
        return Problem("expression.parameter", "这个参数是一列值，只能用在 in 后面。", "例如 in 参数.…。")
    return _signed(str(value), NUMBER, at)


def _signed(text: str, type_: Type, at: int) -> Expr | Problem:
    """A number as it would be read: a negative one is a minus and a number."""
    number = read_number(text.lstrip("-"))
    if number is None:
        return Problem("expression.number", f"参数的值“{text}”太大或太细。", "最多 15 位整数、6 位小数。")
    literal = Literal(number, type_, at)
    return Negative(literal, type_, at) if text.startswith("-") else literal


def _text_or_quantity(text: str, at: int) -> Expr | Problem:
    folded = fold(text).strip()
    parts = quantity(folded.lstrip("-"))
    unit = known_unit(parts[1].strip()) if parts else None
    if parts is None or unit is None or read_date(folded):
        return Literal(text, TEXT, at)
    return _signed(folded[: len(folded) - len(parts[1])].strip(), Type(Base.NUMBER, unit), at)


def coerce(literal: Literal, target: Type, registry: Registry) -> Literal | Problem:
    """The literal as a value of the target type, or what is wrong with it."""
    if Base.NULL in (literal.type.base, target.base):
        return Problem("expression.type", "空值不能用比较号。", "请写 is null 或 is not null。")
    if literal.type.base is target.base or Base.UNKNOWN in (literal.type.base, target.base):
        return literal
    if literal.type.base is Base.TEXT:
        return _from_text(literal, target, registry)
    if literal.type.base is Base.BOOL:
        return _mismatch(literal, target, "是否类的值只与是否类的数据元比较。")
    if target.base is Base.BOOL:
        return _mismatch(literal, target, "请写 '是' 或 '否'。")
    return _mismatch(literal, target, f"文字、代码和日期要加引号，如 '{literal.value}'。")


def _from_text(literal: Literal, target: Type, registry: Registry) -> Literal | Problem:
    text = str(literal.value)
    if target.base is Base.DATE:
        date = read_date(text)
        if date is None:
            return _mismatch(literal, target, "日期写作 '2020-01-01'、'2020-01' 或 '2020'。")
        return Literal(date, target, literal.at)
    if target.base is Base.BOOL:
        if text.lower() in _TRUE + _FALSE:
            return Literal(text.lower() in _TRUE, target, literal.at)
        return _mismatch(literal, target, "请写 '是' 或 '否'。")
    if target.base is Base.CODE:
        return _code(literal, target, registry)
    return _mismatch(literal, target, "数字不加引号，如 80。")


def _code(literal: Literal, target: Type, registry: Registry) -> Literal | Problem:
    """A label, an alias of one label, or the code itself."""
    text = str(literal.value).strip()
    code_list = registry.code_lists[target.codes or ""]
    codes = code_list.codes
    for detail in code_list.details:
        if text == detail.label and all(text != code.label for code in codes):
            return _narrower(detail, code_list)
    for spelled in (_labels, _aliases, _numbers):
        found = {code.label for code in codes if text in spelled(code)}
        if len(found) == 1:
            return Literal(found.pop(), target, literal.at)
    near = process.extract(text, [code.label for code in codes], scorer=fuzz.WRatio, limit=3)
    nearest = "、".join(match[0] for match in near)
    return Problem("expression.unknown-label", f"代码表“{code_list.name}”里没有“{text}”。", f"最接近的有：{nearest}。")


def _narrower(detail: Code, code_list: CodeList) -> Problem:
    """A label finer than what is kept: taking the wider one instead would silently take in too many."""
    kept = next((code.label for code in code_list.codes if code.code == detail.parent), detail.parent)
    message = f"代码表“{code_list.name}”只记到“{kept}”，分不出“{detail.label}”。"
    return Problem("expression.unknown-label", message, f"可以写 '{kept}'，但范围更大。")


def _labels(code: Code) -> tuple[str, ...]:
    return (code.label,)


def _aliases(code: Code) -> tuple[str, ...]:
    return code.aliases


def _numbers(code: Code) -> tuple[str, ...]:
    return (code.code,)


def _mismatch(literal: Literal, target: Type, hint: str) -> Problem:
    return Problem("expression.type", f"“{literal.value}”不能与{target.base}比较。", hint)
