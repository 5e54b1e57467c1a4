"""From the labels of a row and a column to one figure: conditions joined, who is counted, what is added up."""

from __future__ import annotations

from collections.abc import Iterable

from yici.core.captions import vocabulary as v
from yici.core.captions.amounts import added
from yici.core.captions.chain import NAMES, UNIVERSAL, Chain, figured, own_flag
from yici.core.captions.context import Context
from yici.core.captions.events import newly
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import Condition, Doubts, Figured, code_condition, contradict, denies, narrowed
from yici.core.elements import Kind

_SIZE = "household.size"
# Elements that say where somebody lives: a title that names one is about a place.
_WHERE = frozenset({"household.village", "household.group", "household.grid", "household.address"})


def compose(chain: Chain, context: Context, lexicon: Lexicon) -> tuple[Figured, str]:
    """The figure a chain asks for, and of which subject it is ("" when nobody can tell)."""
    doubts = chain.doubts
    if chain.newly:
        newly(chain, context, lexicon)
    if chain.average == "household" and not chain.measure and set(chain.heads) == {"person"} and not chain.every:
        # 户均人口: of each household, how many people belong to it.
        chain.measure, chain.counts = _SIZE, False
    subject = _counted(chain, context, lexicon)
    conditions = _conditions(chain, context, subject, lexicon)
    units = _units(chain, doubts)
    if not subject:
        doubts.add("看不出统计的是人、户还是企业")
        return figured("", chain, units), ""
    where = _where(conditions, subject, chain, context, doubts)
    if subject == "household" and not chain.measure and _of_what(chain, context, lexicon):
        doubts.add("是户数还是人数说不清")
    if chain.grouped and not (chain.named or chain.every or chain.measure):
        doubts.add("是哪些人或户说不清")
    if chain.measure:
        return added(chain, context, subject, where, units, lexicon), subject
    unit = next((unit for unit in reversed(chain.units) if unit), "")
    if chain.average:
        doubts.add("平均的是什么说不清")
    if unit and unit not in (*v.PERSON_UNITS, *v.HOUSEHOLD_UNITS, *v.ENTERPRISE_UNITS):
        doubts.add(f"计数的单位不会是{unit}")
    text = f"count({NAMES.get(subject, subject)}{where})"
    return figured(text, chain, units, unit=unit), subject


def _of_what(chain: Chain, context: Context, lexicon: Lexicon) -> bool:
    """Whether a bare state (低保) leaves open if households or people are counted."""
    said = chain.heads or any(u in (*v.PERSON_UNITS, *v.HOUSEHOLD_UNITS) for u in (*chain.units, *context.units))
    states = [c for c in chain.conditions if c.element in lexicon.registry.elements]
    if chain.loosely and not said:
        return True
    return not said and not chain.named and any(
        lexicon.registry.elements[c.element].kind is Kind.BOOL for c in states
    )  # fmt: skip


def _counted(chain: Chain, context: Context, lexicon: Lexicon) -> str:
    """Who is counted: the measure's subject; the innermost head or unit; else whom the words are about."""
    if chain.measure:
        return lexicon.registry.elements[chain.measure].subject
    told = [*chain.conditions, *chain.soft]
    told = [c for c in told if not denies(c)] or told
    about = {c.subject for c in told} | {s for s in chain.subjects if s}
    firms = "enterprise" in about or (context.subject == "enterprise" and not about) or "enterprise" in chain.heads
    if chain.every:
        return chain.every
    if firms and about <= {"enterprise"}:
        return "enterprise"
    for head in reversed(chain.heads):
        return head
    for unit in reversed(chain.units):
        if unit in v.PERSON_UNITS:
            return "person"
        if unit in v.HOUSEHOLD_UNITS:
            return "household"
    if about == {"person"} or about == {"household"}:
        return _by_unit_line(context, about.pop())
    if about:
        return _by_unit_line(context, "")
    return _by_unit_line(context, context.subject or _titled(context))


def _titled(context: Context) -> str:
    """What a title counts when only it says so (人口年龄构成)."""
    titles = " ".join(context.titles)
    people, homes = "人口" in titles or "人数" in titles or "居民" in titles, "户" in titles
    return "person" if people and not homes else ""


def _by_unit_line(context: Context, otherwise: str) -> str:
    """A unit line with one unit of counting says what is counted; with several, the words do."""
    units = {u for u in context.units if u in (*v.PERSON_UNITS, "户")}
    if len(units) == 1:
        return "household" if units == {"户"} else "person"
    return otherwise


def _conditions(chain: Chain, context: Context, subject: str, lexicon: Lexicon) -> list[Condition]:
    """Every condition that holds for the figure, those on one element joined."""
    own = list(chain.conditions)
    elements = {c.element for c in own if c.element}
    soft = [c for c in chain.soft if c.element not in elements]
    conditions = [*soft, *own] if own or not chain.every else []
    if not chain.every or own:
        conditions = [*_from_title(chain, context, own or soft, lexicon), *conditions]
    same = any(c.subject == chain.every for c in context.hard)
    if chain.every and same and not context.restated and not chain.whole:
        chain.doubts.add("总数是不是只算标题说的那些说不清")
    if chain.every and not own and not chain.whole:
        for reason, word in context.whom:
            chain.doubts.add(reason, word)
    if chain.every and own and not _consistent(chain.every, own):
        chain.doubts.add("总数又带条件")
    if subject == "enterprise" and (chain.firms or context.firms) and not chain.every:
        conditions = [*_firms(conditions, context, lexicon), *conditions]
    flags = (own_flag(c.element, lexicon) for c in conditions if c.element)
    conditions += [flag for flag in flags if flag is not None and flag not in conditions]
    return _joined(conditions, chain.doubts, lexicon)


def _consistent(every: str, own: list[Condition]) -> bool:
    return all(c.subject == every or (every == "person" and c.subject == "household") for c in own)


def _firms(conditions: list[Condition], context: Context, lexicon: Lexicon) -> list[Condition]:
    """企业 by itself leaves out 个体工商户, unless something else says which enterprises are meant."""
    element = lexicon.registry.elements.get("enterprise.kind")
    told = [c for c in conditions if c.low is None and c.high is None and not denies(c)]
    if element is None or told or (context.every == "enterprise" and not conditions):
        return []
    labels = [code.label for code in lexicon.registry.codes_of(element)]
    return [code_condition(element, ["企业"], labels)] if "企业" in labels else []


def _from_title(chain: Chain, context: Context, own: list[Condition], lexicon: Lexicon) -> list[Condition]:
    """The title's population; its topic too for bare numbers. What the title leaves unclear is a doubt."""
    for reason, word in context.whom:
        chain.doubts.add(reason, word)
    if {c.element for c in context.denied} - {c.element for c in own}:
        chain.doubts.add("不知道是不是只统计标题说的那些")
    bare = not chain.named
    if bare:
        for reason, word in context.strange:
            chain.doubts.add(reason, word)
    elements = {c.element for c in own if c.element}
    told = chain.named or (chain.counts and elements - UNIVERSAL) or own_flag(chain.measure, lexicon) is not None
    if context.mixed and not told:
        chain.doubts.add("标题说了几类，这一格是哪一类说不清")
    soft = [c for c in context.soft if c.element not in elements]
    if soft and not own and not chain.measure:
        return [*context.hard, *soft]
    family = chain.measure and all(chain.measure.startswith(f"{c.element}_") for c in soft)
    if soft and not family and not elements & context.topics and not _universal_only(own, context):
        chain.doubts.add("不知道是不是只统计标题说的那些")
    elif soft and family:
        return [*context.hard, *soft]
    elif soft and _universal_only(own, context):
        chain.doubts.add("不知道是不是只统计标题说的那些")
    plain = not elements - UNIVERSAL and not context.hard and not chain.measure and not chain.every
    if plain and (chain.counts or own) and context.topics - UNIVERSAL - _WHERE:
        chain.doubts.add("不知道是不是只统计标题说的那些")
    return list(context.hard)


def _universal_only(own: list[Condition], context: Context) -> bool:
    return bool(own) and all(c.element in UNIVERSAL for c in own) and bool(context.soft)


def _joined(conditions: Iterable[Condition], doubts: Doubts, lexicon: Lexicon) -> list[Condition]:
    """Conditions on one element as one. Two that cannot both hold are a doubt."""
    found: list[Condition] = []
    for condition in conditions:
        at = next(
            (
                i
                for i, c in enumerate(found)
                if c.element == condition.element and c.comparable and condition.comparable
            ),
            None,
        )
        if condition in found or _implied(condition, found):
            continue
        if any(contradict(condition, other) for other in found):
            doubts.add(f"“{condition.text}”与标题或上级说的不能同时成立")
        if at is None:
            found.append(condition)
            continue
        both = narrowed(found[at], condition, lexicon.registry)
        if both is None:
            doubts.add(f"“{found[at].text}”与“{condition.text}”不能同时成立")
        else:
            found[at] = both
    return found


def _implied(condition: Condition, found: list[Condition]) -> bool:
    return not condition.comparable and any(condition.text == c.text for c in found)


def _where(conditions: list[Condition], subject: str, chain: Chain, context: Context, doubts: Doubts) -> str:
    parts: list[str] = []
    members: list[str] = []
    # That something is recorded goes without saying where its value is asked for.
    valued = {c.element for c in conditions if c.comparable}
    conditions = [c for c in conditions if c.comparable or "is not null" not in c.text or c.element not in valued]
    for condition in conditions:
        if condition.subject == subject:
            parts.append(condition.text)
        elif subject == "person" and condition.subject == "household":
            homely = chain.homely if condition in chain.conditions else chain.homely and context.homely
            if not (homely or context.families):
                doubts.add("是户的情况，人数怎么算说不清")
            parts.append(condition.text)
        elif subject == "household" and condition.subject == "person" and not chain.measure:
            members.append(condition.text)
        else:
            doubts.add(f"“{condition.text}”不是{NAMES.get(subject, subject)}的情况")
    if members:
        if not chain.of_members:
            doubts.add("是人的情况，户数怎么算说不清")
        parts.append(f"count(户.人 where {' and '.join(members)}) >= 1")
    return f" where {' and '.join(parts)}" if parts else ""


def _units(chain: Chain, doubts: Doubts) -> tuple[str, ...] | None:
    named = [units for units in chain.regions if units is not None]
    if len(named) > 1:
        doubts.add("行和列都是村名")
    return named[0] if named else None
