"""Every cell of a cross table with its figure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from yici.core.captions.chain import Chain, take
from yici.core.captions.compose import compose
from yici.core.captions.context import Context, read_context
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import Condition, Figured, Reading, code_condition, contradict, excludes, narrowed
from yici.core.captions.reading import EVERYBODY, read_caption
from yici.core.captions.table import Side
from yici.core.captions.trees import Node, grow
from yici.core.elements import Kind
from yici.core.recognition.cross import Cross


@dataclass(slots=True)
class Table:
    """A cross table's trees, read, with what holds around it."""

    rows: Side
    columns: Side
    context: Context
    by_row: dict[int, Node]
    by_column: dict[int, Node]


def read_table(cross: Cross, lexicon: Lexicon) -> Table:
    """Read a cross table's labels."""
    context = read_context(cross.above, cross.below, lexicon)
    rows = Side(grow(cross.rows, nest=True), lexicon, context, cross.stub_heads)
    columns = Side(grow(cross.columns, nest=False), lexicon, context, columns=True)
    rows.read()
    columns.read()
    nodes = (*rows.root.walk(), *columns.root.walk())
    _soften(context, [condition for node in nodes for condition in node.reading.conditions])
    context.restated = any(condition in context.hard for node in nodes for condition in node.reading.conditions)
    return Table(rows, columns, context, _by_line(rows.root), _by_line(columns.root))


def _soften(context: Context, named: list[Condition]) -> None:
    """家庭医生签约情况 over 已签约 and 未签约: a title's population that a line denies is only its topic."""
    denied = tuple(c for c in context.hard if any(contradict(c, other) for other in named))
    if denied:
        context.hard = tuple(c for c in context.hard if c not in denied)
        context.topics |= {c.element for c in denied}
        context.denied = denied


def _by_line(root: Node) -> dict[int, Node]:
    return {node.line.at: node for node in root.walk() if node.line is not None}


def figure_at(table: Table, row: int, column: int, lexicon: Lexicon) -> Figured:
    """The figure of the cell in a row and a column. A doubtful one has the figures it may be as candidates."""
    across, down = table.by_row[row], table.by_column[column]
    figure = _figure(table, across, down, lexicon)
    return figure if figure.certain else replace(figure, candidates=_candidates(table, across, down, lexicon))


def _candidates(table: Table, across: Node, down: Node, lexicon: Lexicon) -> tuple[str, ...]:
    """The figures of a cell with one ambiguous label, taken each way it may be meant."""
    nodes = [node for one in (across, down) for node in (*one.ancestors(), one)]
    nodes += [node.base for node in nodes if node.base is not None]
    doubtful = [node for node in dict.fromkeys(nodes) if node.reading.choices]
    if len(doubtful) != 1:
        return ()
    node, reading = doubtful[0], doubtful[0].reading
    found: list[str] = []
    for choice in reading.choices:
        node.reading = replace(reading, conditions=choice, doubts=(), choices=())
        figure = _figure(table, across, down, lexicon)
        found += [figure.text] if figure.certain else []
    node.reading = reading
    return tuple(dict.fromkeys(found))


def _figure(table: Table, across: Node, down: Node, lexicon: Lexicon) -> Figured:
    if across.reading.share is not None and down.reading.share is not None:
        return Figured(doubts=("行和列都是占比",))
    if down.reading.share is not None:
        return _share(table, down, across, table.columns, table.rows, lexicon)
    if across.reading.share is not None:
        return _share(table, across, down, table.rows, table.columns, lexicon)
    chain = table.rows.chain(across).follow(table.columns.chain(down))
    if any(unit in ("%", "％") for unit in chain.units):
        chain.doubts.add("是百分比，占什么的比说不清")
    return _placed(compose(chain, table.context, lexicon)[0], table)


def _placed(figure: Figured, table: Table) -> Figured:
    if figure.decimals is None and figure.measure and table.context.decimals is not None:
        return replace(figure, decimals=table.context.decimals)
    return figure


def _share(table: Table, own: Node, other: Node, side: Side, across: Side, lexicon: Lexicon) -> Figured:
    """One number as a share of another, in per cent."""
    part_text, whole_text = own.reading.share or (None, None)
    base = None if part_text else _base(own, side, _conditioned(other, across))
    part = _part(own, base, part_text, side, across.chain(other), lexicon, table.context.prefer)
    numerator, subject = compose(part, table.context, lexicon)
    if whole_text == EVERYBODY:
        whole = _everybody(subject, other, across)
    elif whole_text is None and part_text is not None:
        whole = _beside(own, subject, other, across, side)
    elif whole_text is None:
        whole = _bare_whole(own, base, other, side, across, part)
    else:
        whole = _named_whole(whole_text, other, across, lexicon, table.context.prefer)
    denominator, of = compose(whole, table.context, lexicon)
    doubts = [*own.reading.doubts, *numerator.doubts, *denominator.doubts]
    if subject != of:
        doubts.append("分子和分母不是同一类")
    both = bool(part_text and whole_text and numerator.measure and denominator.measure)
    if numerator.measure != denominator.measure and not both:
        doubts.append("分子和分母不是同一类")
    if (
        part_text
        and whole_text not in (None, EVERYBODY)
        and not both
        and not _within(part, whole, table.context, lexicon)
    ):
        doubts.append("分子不都在分母里")
    if numerator.text == denominator.text and not across.chain(other).conditions and own.reading.share == (None, None):
        doubts.append("占什么的比说不清")
    decimals = own.reading.decimals if own.reading.decimals is not None else table.context.ratio_decimals
    text = f"{numerator.text} / {denominator.text} * 100" if numerator.text and denominator.text else ""
    units = numerator.units if numerator.units is not None else denominator.units
    return Figured(
        text, units, "%", 2 if decimals is None else decimals, "", True, tuple(dict.fromkeys(doubts)), (),
        numerator.word or denominator.word,
    )  # fmt: skip


def _within(part: Chain, whole: Chain, context: Context, lexicon: Lexicon) -> bool:
    """Whether whoever is in the part is in the whole: 女性占残疾人比例 counts no other women."""
    told = [*part.conditions, *part.soft, *context.hard]
    return all(any(_implies(one, wanted, lexicon) for one in told) for wanted in whole.conditions)


def _implies(one: Condition, wanted: Condition, lexicon: Lexicon) -> bool:
    if one.text == wanted.text:
        return True
    if (
        not excludes(one)
        and one.element
        and f"{lexicon.registry.elements[one.element].name} is not null" in wanted.text
    ):
        return True
    alike = one.element == wanted.element and one.comparable and wanted.comparable
    return alike and narrowed(one, wanted, lexicon.registry) == one


def _conditioned(other: Node, across: Side) -> bool:
    """Whether the lines across have conditions of their own (age bands), or are places and the like."""
    beside = other.parent.children if other.parent is not None else [other]
    return bool(across.chain(other).conditions) or any(n.reading.conditions for n in beside)


def _base(own: Node, side: Side, conditioned: bool) -> Node | None:
    """The line whose number is shared out: the one plain number before it that is not the whole nor a part of it."""
    siblings = own.parent.children if own.parent is not None else []
    before = [n for n in siblings[: siblings.index(own)] if n.line is not None and n.reading.share is None]
    plain = [n for n in before if not n.among]
    if not conditioned:
        # Rows without conditions of their own (villages): what is shared out must have some.
        told = [n for n in plain if side.chain(n).conditions or n.reading.measure]
        return told[0] if len(told) == 1 else None
    elements = [n.reading.conditions[0].element if len(n.reading.conditions) == 1 else "" for n in plain]
    parts = [n for n, element in zip(plain, elements, strict=True) if element and elements.count(element) > 1]
    wholes = [n for n in plain if n not in parts]
    if parts and not (wholes and (wholes[0].reading.total or not wholes[0].reading.conditions)):
        return None
    return wholes[0] if len(wholes) == 1 else None


def _part(
    own: Node, base: Node | None, text: str | None, side: Side, other: Chain, lexicon: Lexicon, titled: frozenset[str]
) -> Chain:  # fmt: skip
    if text is not None:
        chain = other.copy()
        reading = read_caption(text, lexicon, prefer=_topics(own) or titled)
        whole = own.reading.share[1] if own.reading.share is not None else None
        take(chain, _affirmed(reading, lexicon) if whole == EVERYBODY else reading)
        return chain
    if base is not None:
        return other.follow(side.chain(base))
    if own.parent is not None and any(n.line is not None and n is not own for n in own.parent.children):
        before = own.parent.children[: own.parent.children.index(own)]
        if any(n.line is not None and n.reading.share is None for n in before):
            chain = other.copy()
            chain.doubts.add("占比是哪一项的说不清")
            return chain
    if own.parent is not None and own.parent.parent is not None:
        return other.follow(side.chain(own.parent))
    return other.copy()


def _affirmed(reading: Reading, lexicon: Lexicon) -> Reading:
    """宽带普及率: those who have what the rate names, where that is a yes or no."""
    topics = list(dict.fromkeys(reading.topics))
    element = lexicon.registry.elements.get(topics[0]) if len(topics) == 1 else None
    if element is None or element.kind is not Kind.BOOL or reading.conditions or reading.residue:
        return reading
    condition = code_condition(element, ["是"], ("是", "否"))
    return replace(reading, conditions=(condition,), subject=element.subject, doubts=(), word="", named=True)


def _topics(own: Node) -> frozenset[str]:
    return frozenset(topic for node in own.ancestors() for topic in node.reading.topics)


def _everybody(subject: str, other: Node, across: Side) -> Chain:
    return Chain(every=subject, whole=True, regions=list(across.chain(other).regions))


def _beside(own: Node, subject: str, other: Node, across: Side, side: Side) -> Chain:
    """The total of a kind that stands beside a share which names only its part (垃圾分类户数占比 after 总户数)."""
    siblings = own.parent.children if own.parent is not None else []
    chain = _everybody(subject, other, across)
    if any(n.reading.every == subject for n in siblings):
        return chain
    plain = [n for n in siblings if n.line is not None and _all_of_title(n, side.context)]
    if len(plain) == 1:
        return across.chain(other).follow(side.chain(plain[0]))
    chain.doubts.add("占什么的比说不清")
    return chain


def _all_of_title(node: Node, context: Context) -> bool:
    """Whether a line counts just those the title is about (老年人总数 in a form about 老年人)."""
    reading = node.reading
    counts = bool(reading.conditions) and all(c in context.hard for c in reading.conditions)
    return counts and not (reading.share or reading.measure or reading.doubts or node.among or reading.other)


def _named_whole(text: str, other: Node, across: Side, lexicon: Lexicon, titled: frozenset[str]) -> Chain:
    """The whole a caption names, in the same place; the conditions of the other side do not narrow it."""
    chain = Chain(whole=True, regions=list(across.chain(other).regions))
    take(chain, read_caption(text, lexicon, prefer=titled))
    return chain


def _bare_whole(own: Node, base: Node | None, other: Node, side: Side, across: Side, part: Chain) -> Chain:
    """占比 alone: of all the lines of the other side together, or of the total before its base."""
    siblings = [n for n in (other.parent.children if other.parent else []) if n is not other]
    total = next((n for n in siblings if n.reading.total and not n.reading.region), None)
    plain = (other.reading.conditions or other.reading.other) and all(
        n.reading.conditions or n.reading.total or n.reading.other for n in siblings
    )
    if other.reading.total and not other.reading.region:
        total = other
        plain = True
    if plain and total is not None and not (other.among or other.nested):
        chain = across.chain(total)
        return chain.follow(side.chain(base)) if base is not None else chain
    before = _total_before(own, base)
    if before is not None and (other.reading.region or other.reading.now):
        return across.chain(other).follow(side.chain(before))
    chain = part.copy()
    chain.doubts.add("占什么的比说不清")
    return chain


def _total_before(own: Node, base: Node | None) -> Node | None:
    """The plain total that stands just before the base of a share (总户数 | 低保户数 | 占比)."""
    siblings = own.parent.children if own.parent is not None else []
    if base is None or base not in siblings:
        return None
    before = [n for n in siblings[: siblings.index(base)] if n.line is not None and n.reading.share is None]
    return before[-1] if len(before) == 1 and before[0].reading.every and base.reading.conditions else None


__all__ = ["Table", "figure_at", "read_table"]
