"""Where an expression takes "no record" for "no" of what a department keeps a list of (名册)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from yici.core.expressions.nodes import Expr, IsNull, Not, Ref, walk


def taken_for_no(expr: Expr) -> Iterator[tuple[str, str]]:
    """(what is written, what to write instead) of every `is null` and `is not null` of a stored element.

    Where the element's value is compared in the same expression, too, `is null` only chooses what else to go by, and
    nothing is taken for anything.
    """
    nodes = list(walk(expr))
    mentions = Counter(_key(node) for node in nodes if isinstance(node, Ref))
    asked = Counter(_key(node.operand) for node in nodes if isinstance(node, IsNull) and isinstance(node.operand, Ref))
    negated = {id(node.operand) for node in nodes if isinstance(node, Not)}
    for node in nodes:
        if isinstance(node, IsNull) and isinstance(node.operand, Ref) and not node.operand.element.derived:
            ref = node.operand
            if mentions[_key(ref)] == asked[_key(ref)]:
                name = f"{_WHOSE.get(ref.role, '')}{ref.element.name}"
                held = id(node) in negated
                yield f"{name} is {'not ' if held else ''}null", f"{'' if held else 'not '}listed({name})"


_WHOSE = {"household": "户.", "head": "户主."}


def _key(ref: Ref) -> tuple[str, str]:
    return ref.element.id, ref.role
