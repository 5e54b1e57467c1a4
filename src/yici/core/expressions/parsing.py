"""From text to the typed tree. sqlglot reads the syntax; only whitelisted nodes and parts of them are taken over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yici.core.elements import Registry
from yici.core.errors import ExpressionError, Problem
from yici.core.expressions.building import Builder, too_deep
from yici.core.expressions.literals import Parameter
from yici.core.expressions.names import Lexicon
from yici.core.expressions.nodes import Expr, Figure, Filter
from yici.core.expressions.scan import Scanned, scan
from yici.core.expressions.scope import Scope

# What SQL has and people try: what to write instead.
_FOREIGN = {
    "where": "where 写在统计的括号里，如 count(人 where 年龄 >= 60)。",
    "group": "分组不写在表达式里，用 --by，如 --by 性别。",
    "distinct": "不能写 distinct；要数不同的对象，直接写 count(户 where …)。",
    "select": "只写统计或条件，如 count(人 where 年龄 >= 60)。",
}


def parse_filter(
    text: str, registry: Registry, *, subject: str, parameters: Mapping[str, Parameter] | None = None
) -> Filter:
    """The condition `text` about subjects of type `subject` ("person", "household", "enterprise" or a pack's own).

    `parameters` are what 参数.… stands for. Raises ExpressionError with every problem found, each with its place and
    the nearest names.
    """
    expr = parse_expression(text, registry, subject=subject, condition=True, parameters=parameters)
    return Filter(subject, expr, text)


def parse_expression(
    text: str,
    registry: Registry,
    *,
    subject: str,
    condition: bool = False,
    parameters: Mapping[str, Parameter] | None = None,
) -> Expr:
    """The typed tree of an expression about one subject, of a condition when `condition`. Raises ExpressionError."""
    return _parsed(text, registry, Scope.row(subject), parameters or {}, condition=condition)


def parse_figure(text: str, registry: Registry, *, parameters: Mapping[str, Parameter] | None = None) -> Figure:
    """A number about populations: aggregates (count(人 where …), sum(户.…)) and what is calculated from them.

    Raises ExpressionError like parse_filter.
    """
    return Figure(_parsed(text, registry, Scope.figure(), parameters or {}), text)


def _parsed(
    text: str, registry: Registry, scope: Scope, parameters: Mapping[str, Parameter], *, condition: bool = False
) -> Expr:
    if not text.strip():
        raise ExpressionError(Problem("expression.empty", "条件是空的。", "例如 年龄 >= 80。"))
    lexicon = Lexicon.of(registry)
    scanned = scan(text, is_known=lexicon.is_known, bracketed=lexicon.bracketed)
    if scanned.problems:
        raise ExpressionError(scanned.problems)
    builder = Builder(lexicon, scanned, scope, parameters)
    try:
        expr = builder.whole(_syntax_tree(scanned), condition=condition)
    except RecursionError:
        raise ExpressionError(too_deep()) from None
    if builder.problems:
        raise ExpressionError(builder.in_order())
    return expr


def _syntax_tree(scanned: Scanned) -> Any:
    # sqlglot takes a tenth of a second to load, and most commands have no condition to read.
    import sqlglot

    try:
        return sqlglot.parse_one(scanned.text, into=sqlglot.exp.Condition)
    except sqlglot.errors.SqlglotError as error:
        raise ExpressionError(_syntax_problem(scanned, error)) from None


def _syntax_problem(scanned: Scanned, error: Exception) -> Problem:
    """The parser's complaint with its place in what was typed; its own words are English and stay out."""
    details = (getattr(error, "errors", None) or [{}])[0]
    hint = "检查括号、引号和 and、or 是否写全；文字要加引号，数据元名称不加。"
    if not details.get("col"):
        return Problem("expression.syntax", "看不懂这个条件。", hint)
    word = str(details.get("highlight") or "")
    place = scanned.place(max(0, int(details["col"]) - max(1, len(word))))
    shown = scanned.typed[place : place + 12] or word
    foreign = next((said for said in _FOREIGN if said in scanned.typed[max(0, place - 10) : place + 7].lower()), None)
    hint = _FOREIGN[foreign] if foreign else hint
    return Problem("expression.syntax", f"第 {place + 1} 个字处看不懂：“{shown}”。", hint)
