"""From the labels of a row and a column to one figure: conditions joined, who is counted, what is added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from yici.core.captions import vocabulary as v
from yici.core.captions.context import Context
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import AGE, Condition, Doubts, Figured, code_condition, narrowed
from yici.core.captions.reading import Reading
from yici.core.elements import Kind
from yici.core.values import convertible

NAMES = {"person": "人", "household": "户", "enterprise": "企业"}
# Facts that everybody has: a title that names one says nothing of whom the form is about.
_UNIVERSAL = frozenset(
    {
        "person.sex",
        AGE,
        "person.ethnicity",
        "person.education",
        "person.marital_status",
        "person.residence_type",
        "person.birth_date",
    }
)


# Elements that say where somebody lives: a title that names one is about a place.
_WHERE = frozenset({"household.village", "household.group", "household.grid", "household.address"})


@dataclass(slots=True)
class Chain:
    """What the labels of one line, or of a row and a column together, say so far."""

    conditions: list[Condition] = field(default_factory=list)
    soft: list[Condition] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    subjects: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    measure: str = ""
    average: str = ""
    every: str = ""
    named: bool = False
    homely: bool = True
    firms: bool = False
    counts: bool = False
    grouped: bool = False
    loosely: bool = False
    of_members: bool = False
    whole: bool = False
    decimals: int | None = None
    regions: list[tuple[str, ...] | None] = field(default_factory=list)
    doubts: Doubts = field(default_factory=Doubts)

    def copy(self) -> Chain:
        """A chain that can go on by itself."""
        return replace(
            self, conditions=list(self.conditions), soft=list(self.soft), heads=list(self.heads),
            subjects=list(self.subjects), units=list(self.units), regions=list(self.regions),
            doubts=Doubts(list(self.doubts.reasons), self.doubts.word),
        )  # fmt: skip

    def follow(self, other: Chain) -> Chain:
        """This chain with another's after it: the column's after the row's."""
        joined = self.copy()
        joined.conditions += other.conditions
        joined.soft += other.soft
        joined.heads += other.heads
        joined.subjects += other.subjects
        joined.units += other.units
        if self.measure and other.measure and self.measure != other.measure:
            joined.doubts.add("行和列各有一个数值项")
        joined.measure = other.measure or self.measure
        joined.average = other.average or self.average
        joined.every = self.every or other.every
        joined.named = self.named or other.named
        joined.homely = self.homely and other.homely
        joined.firms = self.firms or other.firms
        joined.counts = self.counts or other.counts
        joined.grouped = self.grouped or other.grouped
        joined.loosely = self.loosely or other.loosely
        joined.of_members = self.of_members or other.of_members
        joined.decimals = other.decimals if other.decimals is not None else self.decimals
        joined.regions += other.regions
        for reason in other.doubts.reasons:
            joined.doubts.add(reason, other.doubts.word)
        return joined


def take(chain: Chain, reading: Reading, *, soft: bool = False) -> None:
    """Add what a label says to a chain. `soft` for headings that name a topic: theirs give way to the label's own."""
    (chain.soft if soft else chain.conditions).extend(reading.conditions)
    if reading.conditions and not soft:
        chain.named = chain.named or reading.named
        homes = [c for c in reading.conditions if c.subject == "household"]
        chain.homely = chain.homely and (reading.homely or not homes)
    chain.heads += [reading.head] if reading.head else []
    chain.subjects += [reading.subject] if reading.subject else []
    chain.units += [reading.unit] if reading.unit else []
    chain.measure = reading.measure or chain.measure
    chain.average = reading.average or chain.average
    chain.every = reading.every or chain.every
    chain.firms = chain.firms or reading.firms
    chain.counts = chain.counts or reading.counts
    chain.grouped = chain.grouped or reading.group
    chain.loosely = chain.loosely or reading.loosely
    # 残疾人户 is a household with such a member; 残疾人 beside a column 户数 need not be.
    chain.of_members = chain.of_members or (
        reading.head == "household"
        and any(c.subject == "person" and c.element not in _UNIVERSAL for c in reading.conditions)
    )
    chain.decimals = reading.decimals if reading.decimals is not None else chain.decimals
    for reason in reading.doubts:
        chain.doubts.add(reason, reading.word)


def compose(chain: Chain, context: Context, lexicon: Lexicon) -> tuple[Figured, str]:
    """The figure a chain asks for, and of which subject it is ("" when nobody can tell)."""
    doubts = chain.doubts
    subject = _counted(chain, context, lexicon)
    conditions = _conditions(chain, context, subject, lexicon)
    units = _units(chain, doubts)
    if not subject:
        doubts.add("看不出统计的是人、户还是企业")
        return _figured("", chain, units), ""
    where = _where(conditions, subject, chain, context, doubts)
    if subject == "household" and not chain.measure and _of_what(chain, context, lexicon):
        doubts.add("是户数还是人数说不清")
    if chain.grouped and not (chain.named or chain.every or chain.measure):
        doubts.add("是哪些人或户说不清")
    if chain.measure:
        return _added(chain, context, subject, where, units, lexicon), subject
    unit = next((unit for unit in reversed(chain.units) if unit), "")
    if chain.average:
        doubts.add("平均的是什么说不清")
    if unit and unit not in (*v.PERSON_UNITS, *v.HOUSEHOLD_UNITS, *v.ENTERPRISE_UNITS):
        doubts.add(f"计数的单位不会是{unit}")
    text = f"count({NAMES.get(subject, subject)}{where})"
    return _figured(text, chain, units, unit=unit), subject


def _of_what(chain: Chain, context: Context, lexicon: Lexicon) -> bool:
    """Whether a bare state (低保) leaves open if households or people are counted."""
    said = chain.heads or any(u in (*v.PERSON_UNITS, *v.HOUSEHOLD_UNITS) for u in (*chain.units, *context.units))
    states = [c for c in chain.conditions if c.element in lexicon.registry.elements]
    if chain.loosely and not said:
        return True
    return not said and not chain.named and any(
        lexicon.registry.elements[c.element].kind is Kind.BOOL for c in states
    )  # fmt: skip


def _figured(text: str, chain: Chain, units: tuple[str, ...] | None, *, unit: str = "", measure: str = "") -> Figured:
    return Figured(
        text, units, unit, chain.decimals, measure, False, tuple(chain.doubts.reasons), (), chain.doubts.word
    )


def _counted(chain: Chain, context: Context, lexicon: Lexicon) -> str:
    """Who is counted: the measure's subject; the innermost head or unit; else whom the words are about."""
    if chain.measure:
        return lexicon.registry.elements[chain.measure].subject
    about = {c.subject for c in (*chain.conditions, *chain.soft)} | {s for s in chain.subjects if s}
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
        for reason in context.whom:
            chain.doubts.add(reason)
    if chain.every and own and not _consistent(chain.every, own):
        chain.doubts.add("总数又带条件")
    if subject == "enterprise" and (chain.firms or context.firms) and not chain.every:
        conditions = [*_firms(conditions, context, lexicon), *conditions]
    flags = (_own_flag(c.element, lexicon) for c in conditions if c.element)
    conditions += [flag for flag in flags if flag is not None and flag not in conditions]
    return _joined(conditions, chain.doubts, lexicon)


def _consistent(every: str, own: list[Condition]) -> bool:
    return all(c.subject == every or (every == "person" and c.subject == "household") for c in own)


def _firms(conditions: list[Condition], context: Context, lexicon: Lexicon) -> list[Condition]:
    """企业 by itself leaves out 个体工商户, unless something else says which enterprises are meant."""
    element = lexicon.registry.elements.get("enterprise.kind")
    if element is None or conditions or context.every == "enterprise":
        return []
    labels = [code.label for code in lexicon.registry.codes_of(element)]
    return [code_condition(element, ["企业"], labels)] if "企业" in labels else []


def _from_title(chain: Chain, context: Context, own: list[Condition], lexicon: Lexicon) -> list[Condition]:
    """The title's population; its topic too for bare numbers. What the title leaves unclear is a doubt."""
    for reason in context.whom:
        chain.doubts.add(reason)
    bare = not chain.named
    if bare:
        for reason in context.strange:
            chain.doubts.add(reason)
    elements = {c.element for c in own if c.element}
    told = chain.named or (chain.counts and elements - _UNIVERSAL) or _own_flag(chain.measure, lexicon) is not None
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
    plain = not elements - _UNIVERSAL and not context.hard and not chain.measure and not chain.every
    if plain and (chain.counts or own) and context.topics - _UNIVERSAL - _WHERE:
        chain.doubts.add("不知道是不是只统计标题说的那些")
    return list(context.hard)


def _universal_only(own: list[Condition], context: Context) -> bool:
    return bool(own) and all(c.element in _UNIVERSAL for c in own) and bool(context.soft)


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


def _added(
    chain: Chain, context: Context, subject: str, where: str, units: tuple[str, ...] | None, lexicon: Lexicon
) -> Figured:
    """A measure added up over those who meet the conditions, or its average."""
    doubts = chain.doubts
    element = lexicon.registry.elements[chain.measure]
    unit = next((u for u in reversed(chain.units) if u), "") or _money_line(context, element.unit or "")
    if unit and element.unit and unit != element.unit and not convertible(element.unit, unit):
        doubts.add(f"单位“{unit}”与{element.name}的单位“{element.unit}”对不上")
    if element.kind is Kind.DECIMAL and unit in (*v.PERSON_UNITS, *v.HOUSEHOLD_UNITS):
        doubts.add(f"单位“{unit}”与{element.name}对不上")
    counted = [head for head in chain.heads if head and not (head == "person" and (element.unit or "") == "人")]
    if counted and chain.average == "":
        doubts.add("既是数值又是计数")
    if element.id == AGE and unit in ("岁", "周岁", ""):
        unit = ""
    name = f"{NAMES.get(subject, subject)}.{element.name}"
    operation = "sum"
    if chain.average or "人均" in element.name:
        operation = "avg"
        if chain.average not in ("avg", subject):
            doubts.add("按什么平均说不清")
    flag = _own_flag(element.id, lexicon)
    if flag is not None and flag.text not in where:
        where = f"{where} and {flag.text}" if where else f" where {flag.text}"
    return _figured(f"{operation}({name}{where})", chain, units, unit=unit, measure=element.id)


def _money_line(context: Context, kept: str) -> str:
    """The unit among those of the unit line in which the element can be given."""
    return next((u for u in context.units if kept and u != kept and convertible(kept, u)), "")


def _own_flag(element: str, lexicon: Lexicon) -> Condition | None:
    """An amount somebody gets as a 低保户 counts only while he is one: household.dibao_amount needs household.dibao."""
    owner = element.rpartition("_")[0]
    flag = lexicon.registry.elements.get(owner)
    if flag is None or flag.kind is not Kind.BOOL:
        return None
    return code_condition(flag, ["是"], ("是", "否"))
