"""Reading the lines of a cross table: every node of its two trees, its totals, its 其他, and its regions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from yici.core.captions import vocabulary as v
from yici.core.captions.chain import Chain, take
from yici.core.captions.context import Context
from yici.core.captions.intervals import folded, read_band
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import (
    AGE,
    Condition,
    Reading,
    code_condition,
    narrowed,
    order_of,
    overlapping,
    widened,
)
from yici.core.captions.neighbours import settle_bands
from yici.core.captions.reading import read_caption
from yici.core.captions.trees import Node
from yici.core.recognition.labels import read_label, squash

_TOPICAL = (
    "情况",
    "结构",
    "构成",
    "分布",
    "分类",
    "类型",
    "类别",
    "状况",
    "程度",
    "等级",
    "形式",
    "方式",
    "信息",
    "其中",
)
_PLACE_TAIL = ("村", "社区", "镇", "乡", "街道", "居委会", "村委会")
_REGION_HEADS = frozenset(squash(word) for word in v.REGION_HEADS)
_NOW = frozenset(squash(word) for word in v.NOW_COLUMNS)


@dataclass(slots=True)
class Side:
    """One tree of a table, read: of its rows or of its columns."""

    root: Node
    lexicon: Lexicon
    context: Context
    heads: tuple[str, ...] = ()
    columns: bool = False
    siblings: dict[int, frozenset[str]] = field(default_factory=dict)

    def read(self) -> None:
        """Read every node, outer ones first."""
        self._read_children(self.root, self._head_topics(), self._head_is_region())

    def _place_name(self, node: Node) -> str:
        """The unit a label names, in the area tree's own spelling where it knows it."""
        text = read_label(node.text).core
        return self.lexicon.region(text) or text

    def _head_topics(self) -> frozenset[str]:
        """The elements the label over the stub names (残疾类别, 年龄段)."""
        found: set[str] = set()
        for head in self.heads:
            reading = read_caption(head, self.lexicon, heading=True)
            found |= {*reading.topics, *([reading.measure] if reading.measure else [])}
        return frozenset(found)

    def _head_is_region(self) -> bool:
        return any(
            squash(head).rstrip(":") in _REGION_HEADS or read_label(head).core in _REGION_HEADS for head in self.heads
        )

    def _read_children(self, node: Node, topics: frozenset[str], region: bool) -> None:
        children = [child for child in node.children if child.text]
        common = self._common(children)
        places = self._places(children)
        for child in node.children:
            child.reading = self._read(child, topics, common)
            if (region or places) and _is_place(child, self.lexicon, sure=region and not places):
                child.reading = Reading(text=child.reading.text, region=self._place_name(child))
        settle_bands(children, self.lexicon.registry)
        for child in node.children:
            self._settle_heading(child)
            below = frozenset(child.reading.topics) or topics
            heads_region = squash(child.text) in _REGION_HEADS
            if child.children:
                self._read_children(child, below, heads_region)

    def _settle_heading(self, node: Node) -> None:
        """参保情况 over 职工医保 and 未参保 is of the element whose codes stand below it; 营业收入 over bands says only
        of what the bands are."""
        if node.reading.measure and any(_amounts(child) for child in node.children):
            topics = (*node.reading.topics, node.reading.measure)
            node.reading = replace(node.reading, measure="", unit="", topics=topics)
        common = self._common(node.children) if node.children and node.reading.choices else frozenset()
        fitting = [choice for choice in node.reading.choices if choice[0].element in common]
        if len(fitting) == 1:
            topics = (*node.reading.topics, fitting[0][0].element)
            node.reading = replace(node.reading, conditions=fitting[0], choices=(), doubts=(), topics=topics)

    def _says_now(self, node: Node) -> bool:
        """Whether a column says only that it holds the figures of now (数值, 本月); a total beside others does not."""
        among = node.parent is not None and len(node.parent.children) > 1
        return read_label(node.text).core in _NOW and not (among and squash(node.text) in ("合计", "总计", "总数"))

    def _read(self, node: Node, topics: frozenset[str], common: frozenset[str]) -> Reading:
        heading = node.line is None
        common = common & topics or (common if not topics else frozenset())
        if self.columns and not heading and not common and self._says_now(node):
            plain = read_caption(node.text, self.lexicon)
            return Reading(text=plain.text, unit=plain.unit, decimals=plain.decimals, now=True)
        reading = read_caption(node.text, self.lexicon, prefer=topics | common, heading=heading)
        if reading.doubts:
            named = self.context.prefer - _UNSURE
            again = read_caption(node.text, self.lexicon, prefer=topics | common | named, heading=heading)
            reading = again if not again.doubts else reading
        if label_is_other(node.text) and all("其他" in c.labels for c in reading.conditions):
            reading = replace(reading, conditions=(), other=True, doubts=())
        if v.SCHOOLING.search(" ".join((*self.context.titles, *(a.text for a in node.ancestors())))) and any(
            c.element == "person.education" for c in reading.conditions
        ):
            reading = replace(
                reading, doubts=(*reading.doubts, "是文化程度还是在读学段说不清"), word=reading.word or node.text
            )
        return reading

    def _common(self, children: list[Node]) -> frozenset[str]:
        """The element whose codes all the labels of a group are, when there are two or more."""
        own = [child for child in children if (child.line is not None or not child.children) and not child.among]
        labels = [read_label(child.text).core.casefold() for child in own]
        labels = [label for label in labels if label not in _PLAIN]
        if len(labels) < 2:
            return frozenset()
        senses = [{w.element for w in self.lexicon.in_context.get(label, ())} for label in labels]
        return frozenset(set.intersection(*senses)) if senses else frozenset()

    def _places(self, children: list[Node]) -> bool:
        """Whether a group lists places: known ones, or at least two that are called so."""
        labels = [read_label(child.text).core for child in children if not _totalling(squash(child.text))]
        if not labels:
            return False
        known = [label for label in labels if self.lexicon.region(label) is not None]
        called = [label for label in labels if label.endswith(_PLACE_TAIL) and len(label) >= 3]
        return len(known) == len(labels) or (len(called) == len(labels) >= 2)

    def chain(self, node: Node) -> Chain:
        """What the labels from the outermost to a node say together."""
        chain = Chain()
        self._follow(node, chain)
        return chain

    def _follow(self, node: Node, chain: Chain) -> None:
        ancestors = node.ancestors()
        based = next((one for one in (*ancestors, node) if one.among and one.base is not None), None)
        if based is not None and based.base is not None:
            self._follow(based.base, chain)
            self._based(chain)
            start = (*ancestors, node).index(based)
            path = (*ancestors, node)[start:]
        else:
            path = (*ancestors, node)
        if any(_hangs_loose(one) for one in path) or _after_parts((*ancestors, node)):
            chain.doubts.add("“其中”是谁的其中说不清")
        if node.loose is not None:
            self._loose(node, chain)
        for one in path:
            self._take(one, chain, leaf=one is node)

    def _based(self, chain: Chain) -> None:
        """其中 counts what the line it narrows counts, the title's topic included."""
        about = {c.subject for c in (*chain.conditions, *chain.soft)}
        if not chain.heads and len(about) == 1 and not chain.measure:
            chain.heads.append(about.pop())
        if not chain.conditions and not chain.every and not chain.measure and self.context.soft:
            chain.conditions += self.context.soft

    def _loose(self, node: Node, chain: Chain) -> None:
        """A line after an equally indented 其中: of the same kind as it, or the same either way, or nobody knows."""
        before = self.chain(node.loose) if node.loose is not None else Chain()
        if all(condition in self.context.hard for condition in before.conditions):
            return
        if any(_excludes(own, given, self.lexicon) for own in node.reading.conditions for given in before.conditions):
            return
        if not before.conditions or node.reading.named or node.reading.every or node.reading.measure:
            if before.conditions and not (node.reading.head or node.reading.every or node.reading.measure):
                chain.doubts.add("属不属于上面的“其中”说不清")
            return
        among = next((c for c in node.loose.children if c.among), None) if node.loose is not None else None
        elements = {c.element for c in among.reading.conditions} if among is not None else set()
        if elements & {c.element for c in node.reading.conditions}:
            chain.conditions += [c for c in before.conditions if c not in chain.conditions]
            chain.heads += before.heads
            chain.subjects += before.subjects
        else:
            chain.doubts.add("属不属于上面的“其中”说不清")

    def _take(self, node: Node, chain: Chain, *, leaf: bool) -> None:
        reading = node.reading
        unit = node.line.unit if node.line is not None else ""
        if unit:
            chain.units.append(unit)
            if unit in v.UNCOUNTED:
                chain.doubts.add(f"单位是{unit}")
        if reading.region:
            self._take_region(node, chain)
            return
        if reading.total and not reading.conditions and not reading.measure:
            self._take_total(node, chain)
        if reading.other:
            self._take_other(node, chain)
        topical = not leaf and node.line is None and read_label(node.text).core.endswith(_TOPICAL)
        take(chain, reading, soft=topical)

    def _take_region(self, node: Node, chain: Chain) -> None:
        if node.reading.region == "*":
            chain.regions.append(None)
        else:
            chain.regions.append((node.reading.region,))

    def _take_total(self, node: Node, chain: Chain) -> None:
        """合计: all its siblings together; over lines that narrow it, or complete partitions, simply everybody."""
        siblings = [one for one in (node.parent.children if node.parent else []) if one is not node and not one.among]
        siblings = [
            one for one in siblings if not one.reading.total and one.reading.share is None and not one.reading.now
        ]
        regions = [one.reading.region for one in siblings if one.reading.region not in ("", "*")]
        if regions:
            if len(regions) == len(siblings):
                chain.regions.append(tuple(regions))
            else:
                chain.doubts.add("合计的是什么说不清")
            return
        leaves = [leaf for one in siblings for leaf in _leaves(one)]
        if not leaves:
            return
        by_element: dict[str, list[Condition]] = {}
        for condition in (c for one in siblings for c in self._group(one)):
            by_element.setdefault(condition.element, []).append(condition)
        sure = all(self._group(one) for one in siblings)
        if len(by_element) == 1 and sure and all(c.comparable for c in next(iter(by_element.values()))):
            self._take_union(next(iter(by_element.values())), chain)
        elif not any(c and c[0].comparable and self._exhaustive(c) for c in by_element.values()):
            chain.doubts.add("合计的是什么说不清")

    def _take_union(self, conditions: list[Condition], chain: Chain) -> None:
        if self._exhaustive(conditions) and conditions[0].element in (AGE, "person.sex"):
            return
        if len(conditions) == 1:
            return  # 合计 beside 男 alone: of one part there is no sum, it is the whole that 男 is a part of.
        joined = widened(conditions, self.lexicon.registry)
        if joined is None:
            chain.doubts.add("合计的是什么说不清")
            return
        chain.conditions.append(joined)
        chain.subjects.append(joined.subject)
        chain.homely = chain.homely and (joined.subject != "household" or joined.element == "household.monitoring")

    def _group(self, node: Node) -> list[Condition]:
        """The single conditions of the lines of a group, [] when one of them is more than that."""
        found: list[Condition] = []
        heading = node.reading.conditions
        if node.children and heading and not read_label(node.text).core.endswith(_TOPICAL):
            return list(heading) if len(heading) == 1 and not node.reading.doubts else []
        for leaf in _leaves(node):
            if leaf.reading.total or leaf.among or leaf.reading.share is not None:
                continue
            conditions = leaf.reading.conditions
            if leaf.reading.other:
                conditions = self._others(leaf)
            own = conditions or next(
                (a.reading.conditions for a in reversed(leaf.ancestors()) if a.reading.conditions), ()
            )
            if len(own) != 1 or leaf.reading.doubts:
                return []
            found.append(own[0])
        return found

    def _exhaustive(self, conditions: list[Condition]) -> bool:
        """Whether everybody meets exactly one of them."""
        first = conditions[0]
        if first.labels:
            element = self.lexicon.registry.elements[first.element]
            named = [label for c in conditions for label in c.labels]
            return len(named) == len(set(named)) and set(named) == set(order_of(element, self.lexicon.registry))
        joined = widened(conditions, self.lexicon.registry)
        return (
            joined is not None
            and joined.element == AGE
            and not joined.low
            and joined.high is None
            and joined.comparable
        )

    def _others(self, node: Node) -> tuple[Condition, ...]:
        """其他: the codes none of its siblings names."""
        siblings = [
            one for one in (node.parent.children if node.parent else []) if one is not node and not one.reading.total
        ]
        named = [c for one in siblings for c in one.reading.conditions if not one.among]
        if any(not one.reading.conditions and not one.among for one in siblings):
            return ()
        if not named or any(not c.labels or c.element != named[0].element for c in named):
            return ()
        element = self.lexicon.registry.elements[named[0].element]
        order = order_of(element, self.lexicon.registry)
        left = [label for label in order if not any(label in c.labels for c in named)]
        return (code_condition(element, left, order),) if left else ()

    def _take_other(self, node: Node, chain: Chain) -> None:
        others = self._others(node)
        if others:
            chain.conditions += others
            chain.subjects.append(others[0].subject)
        else:
            chain.doubts.add("“其他”指什么说不清", "其他")


_UNSURE = frozenset({"person.occupation", "person.school", "person.employer"})
_PLAIN = frozenset((*v.TOTALS, *v.OTHERS, *(squash(w) for w in v.BARE_SHARES), *v.REGION_TOTALS))


def label_is_other(text: str) -> bool:
    """Whether a label means what its neighbours leave over (其他, 其他民族)."""
    return read_label(text).core.startswith(("其他", "其它", "其余"))


def _amounts(node: Node) -> bool:
    """Whether a label is a band of amounts (500万元以下)."""
    core = folded(squash(node.text))
    band = read_band(core)
    return band is not None and band.length == len(core) and not band.of_age


def _excludes(own: Condition, given: Condition, lexicon: Lexicon) -> bool:
    """Whether nobody can meet both: then a line cannot narrow the other."""
    same = own.element == given.element and own.comparable and given.comparable
    return same and narrowed(own, given, lexicon.registry) is None


def _hangs_loose(node: Node) -> bool:
    """Whether 其中 stands before everything it could narrow, or a line after such a one."""
    if node.base is not None or node.parent is None or node.parent.parent is not None:
        return False
    before = node.parent.children[: node.parent.children.index(node)]
    return node.among or any(one.among and one.base is None for one in before if one.line is not None)


def _after_parts(path: tuple[Node, ...]) -> bool:
    """Whether 其中 stands after the last of several parts (男, 女, 其中：党员), so that it may be one of the whole.

    It is the last part's where it is indented below it, where other parts have a 其中 too, and where it narrows what
    divides the parts (60岁以上, 其中：80岁以上).
    """
    among = next((one for one in path if one.among), None)
    if among is None:
        return False
    part = among.base or among.parent
    if part is None or part.parent is None or _indented(among, part):
        return False
    before = part.parent.children[: part.parent.children.index(part)]
    parts = [one for one in before if _divided(one, part)]
    inner = path[path.index(among) :]
    divides = {condition.element for condition in part.reading.conditions}
    if not parts or any(condition.element in divides for one in inner for condition in one.reading.conditions):
        return False
    based = {id(one.base) for one in part.parent.children if one.among}
    return not any(id(one) in based or any(child.among for child in one.children) for one in parts)


def _indented(among: Node, part: Node) -> bool:
    return among.line is not None and part.line is not None and among.line.indent > part.line.indent


def _divided(one: Node, other: Node) -> bool:
    """Whether two lines are parts of one whole: by the same element, and nobody is in both."""
    if one.among or len(one.reading.conditions) != 1 or len(other.reading.conditions) != 1:
        return False
    first, second = one.reading.conditions[0], other.reading.conditions[0]
    same = first.element == second.element and first.comparable and second.comparable
    return same and not overlapping(first, second)


def _totalling(text: str) -> bool:
    return text in v.TOTALS or text in v.REGION_TOTALS


def _is_place(node: Node, lexicon: Lexicon, *, sure: bool) -> bool:
    text = read_label(node.text).core
    if _totalling(text) or node.reading.total or node.children:
        return False
    if lexicon.region(text) is not None or text.endswith(_PLACE_TAIL):
        return True
    return sure and bool(node.reading.doubts) and not node.reading.conditions and not node.among


def _leaves(node: Node) -> Iterable[Node]:
    return [one for one in node.walk() if not one.children] if node.children and node.line is None else [node]
