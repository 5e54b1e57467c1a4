"""Coarse numbers: what may be told of values that somebody may not see. Counts to the nearest five, small ones not."""

from __future__ import annotations

from yici.core.elements import Kind
from yici.core.expressions.nodes import Aggregate, Base, Expr, Figure, Ref, walk

LEAST = 5
"""Counts below this, 0 included, are told as 少于5: whether there is anybody at all is then not told either."""

# What names one person or firm. A condition on it would make of a count a question about that one.
_NAMING = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.NAME, Kind.ADDRESS, Kind.TEXT, Kind.USCC})


def rounded(count: int) -> int:
    """The count to the nearest five; 0 for what is below LEAST."""
    return 0 if count < LEAST else (count + 2) // 5 * 5


def told(count: int) -> str:
    """A rounded count in words."""
    return f"少于{LEAST}" if count < LEAST else f"约 {count:,}"


def why_not(figure: Figure, groups: list[Expr], conditions: list[Expr]) -> str:
    """Why a question cannot be answered coarsely; "" when it can. Only a count can: of a sum or a mean rounding hides
    nothing. Groups must be from a list of codes or yes and no, and nothing that names somebody may be asked about."""
    if not isinstance(figure.expr, Aggregate) or figure.expr.op != "count":
        return "没有授权的数据只能统计个数"
    if any(not isinstance(one, Ref) or not (one.type.codes or one.type.base is Base.BOOL) for one in groups):
        return "没有授权的数据只能按单位、代码项或是否分组"
    exprs = [figure.expr, *groups, *conditions]
    naming = [n.element.name for e in exprs for n in walk(e) if isinstance(n, Ref) and n.element.kind in _NAMING]
    return f"“{naming[0]}”能认出是谁，没有授权不能用来统计" if naming else ""
