"""What is new in a period, where a label says only 本月新增: of whom the form says it is."""

from __future__ import annotations

from yici.core.captions.chain import Chain
from yici.core.captions.context import Context
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import Condition, quote

_FOUNDED = "enterprise.founded"
# What an enterprise is from the day it is founded: a new 个体工商户 is one that was registered.
_BY_FORM = frozenset({"enterprise.kind"})


def newly(chain: Chain, context: Context, lexicon: Lexicon) -> None:
    """Add the condition that those a chain is about became so in its period (低保 → 低保享受起始日期 = 本月).

    A doubt where nobody records since when: of 党员 it may be who joined or who moved here.
    """
    elements = lexicon.registry.elements
    about = [c for c in (*chain.conditions, *chain.soft, *context.hard, *context.soft) if c.element]
    since = {c.element: f"{c.element}_since" for c in about if f"{c.element}_since" in elements}
    kinds = {c.element for c in about}
    firms = context.subject == "enterprise" or context.every == "enterprise" or chain.firms
    chain.conditions += [c for c in about if c.element in since and c not in chain.conditions]
    found = next(iter(since.values())) if len(since) == 1 else _FOUNDED if firms and kinds <= _BY_FORM else ""
    if found not in elements:
        chain.doubts.add("“新增”没有记录", "新增")
        return
    element = elements[found]
    period = quote(chain.newly) if chain.newly.isdecimal() else chain.newly
    chain.conditions.append(Condition(element.subject, f"{element.name} = {period}", element.id))
    chain.subjects.append(element.subject)
    chain.named = True
