"""The lexicon of captions: made from the registry, with the words of packs and those a person confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from yici.core.captions import vocabulary as v
from yici.core.captions.model import AGE, Condition, Word, age_condition, code_condition, order_of
from yici.core.elements import BUILT_IN, Element, Kind, Registry
from yici.core.recognition.labels import squash
from yici.core.values.spelling import words

# Code lists whose labels mean nothing without their heading (一般, 诊断), and lists of relations.
_ONLY_IN_CONTEXT = frozenset({"person.health_status", "enterprise.digital_stage", "person.relation_to_head"})
_SKIPPED = frozenset({"enterprise.industry"})
_VAGUE = frozenset(
    squash(word).casefold()
    for word in [
        "一般",
        "健康",
        "良好",
        "其他",
        "其它",
        "无",
        "省级",
        "国家级",
        "职工",
        "居民",
        "城乡居民",
        "城镇职工",
        "城镇居民",
        "学生",
        "在校学生",
        "在校生",
        "群众",
        "企业",
        "公司",
        "个体",
        "完好",
        "轻度",
        "中度",
        "重度",
        "完全",
        "视力",
        "听力",
        "言语",
        "肢体",
        "智力",
        "精神",
        "多重",
        "户籍",
        "流动",
        "流入",
        "未参保",
        "没参保",
        "没有参保",
        "未参加",
        "退休",
        "上学",
        "在校",
        "在读",
        "残疾",
        "慢性病",
        "慢性病患者",
        "慢病",
        "创新型",
        "未认定",
        "未参加任何保险",
        "好",
        "合作社",
        "中共党员",
        "有限公司",
        "法人企业",
        "企业单位",
        "企业法人",
        "中共",
        "严重困难户",
        "困难户",
        "一般户",
        "普通户",
        "集中",
        "从事养殖业",
        "从事种植业",
        "登记失业",
        "登记失业人员",
    ]
) - {"退休"}
# Words in spellings of a value that narrow it.
_PART_OF = re.compile(
    r"[省市县乡镇村][内外]|^本[县乡镇村]|跨省|硕士|博士|全日制|自考|函授|成人|离休|半文盲|低视力|机井|压井|压水井|独资|合伙"
    r"|有限|股份|丧夫|丧妻|高职|师范|中师|初小|高小|完小|就近|就地"
)
_NO_NARROWER = words("已 中共 中国共产党 城镇 企业 城乡 基本 农村 家庭 有 患 患有 为 属于 城镇企业 通 使用")
_WHETHER = re.compile(r"^(?:是否属于|是否为|是否是|是否系|是否属|是否已|是否|有无|是不是)")
_TAIL = re.compile(r"(?:情况|状况|类型|标志|标识|信息|\(是/否\))$")
_TOO_SHORT = frozenset({"留守", "退役", "退伍", "宽带", "流动", "为留守", "一人居住", "垃圾分类", "为规上"})
_IN = re.compile(r"^(\S+) in \((.+)\)$")
_IS = re.compile(r"^(\S+) = '([^']*)'$")
_AGES = re.compile(r"^年龄 (>=|<=) (\d+)(?: and 年龄 <= (\d+))?$")


@dataclass(frozen=True, slots=True)
class CaptionWords:
    """A curated entry: `kind` is population, condition, flow or topic; `when` a condition, or an element's id. A
    "whole" is a word of titles that restricts nobody."""

    kind: str
    subject: str
    words: tuple[str, ...]
    when: str


@dataclass(slots=True)
class Lexicon:
    """Words with their senses: those that stand for themselves, and those that mean something only under a heading of
    their element. `regions` are the names of the area tree."""

    registry: Registry
    always: dict[str, list[Word]] = field(default_factory=dict)
    in_context: dict[str, list[Word]] = field(default_factory=dict)
    title: dict[str, list[Word]] = field(default_factory=dict)
    group: dict[str, list[Word]] = field(default_factory=dict)
    ladders: dict[str, Word] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    longest: int = 1

    def add(self, table: dict[str, list[Word]], text: str, word: Word) -> None:
        """Add a sense to a word, once."""
        key = squash(text).casefold()
        senses = table.get(key, [])
        if key and word not in senses:
            table[key] = [*senses, word]  # Never added to in place: lexicons share what nobody has confirmed anew.
            self.longest = max(self.longest, len(key))

    def region(self, text: str) -> str | None:
        """The unit of that name; the words around it that offices add (村民委员会, 居委会) do not matter."""
        bare = re.sub(r"(?:村民委员会|居民委员会|村委会|居委会|\(村\)|\(社区\))$", "", text)
        for spelling in (text, bare, f"{bare}村", f"{bare}社区", bare.removesuffix("村"), bare.removesuffix("社区")):
            if spelling in self.regions:
                return self.regions[spelling]
        return None


def make_caption_lexicon(
    registry: Registry,
    curated: Iterable[CaptionWords] = (),
    *,
    regions: Sequence[str] = (),
    confirmed: Iterable[CaptionWords] = (),
) -> Lexicon:
    """Build the lexicon. What a person confirmed replaces every other sense of a word.

    What the registry and the curated words give is made once and shared, until one of them is replaced.
    """
    curated = curated if isinstance(curated, tuple) else tuple(curated)
    made_of = (*registry.elements.values(), *registry.code_lists.values(), curated)
    known = registry.worked_out_of("captions", made_of, lambda: _of_definitions(registry, curated))
    lexicon = replace(known, always=dict(known.always), in_context=dict(known.in_context), title=dict(known.title),
                      regions={squash(name): name for name in regions})  # fmt: skip
    for entry in confirmed:
        for word in entry.words:
            lexicon.always.pop(squash(word).casefold(), None)
            lexicon.in_context.pop(squash(word).casefold(), None)
        _add_curated(lexicon, entry)
    return lexicon


def _of_definitions(registry: Registry, curated: tuple[CaptionWords, ...]) -> Lexicon:
    lexicon = Lexicon(registry)
    _add_vocabulary(lexicon)
    populations = {squash(w) for entry in curated if entry.kind == "population" for w in entry.words}
    for entry in curated:
        _add_curated(lexicon, entry)
    known = frozenset(squash(w) for entry in curated if entry.kind in ("population", "condition") for w in entry.words)
    for element in registry.elements.values():
        _add_codes(lexicon, element, known)
        _add_flags(lexicon, element, populations, known)
        _add_measures(lexicon, element)
        _add_topics(lexicon, element)
    return lexicon


def _add_vocabulary(lexicon: Lexicon) -> None:
    for table, kind in ((v.HEADS, "head"), (v.EVERY, "every")):
        for subject, spellings in table.items():
            for word in spellings:
                lexicon.add(lexicon.always, word, Word(kind, word, subject))
    plain: tuple[tuple[Iterable[str], str], ...] = (
        (v.TOTALS, "total"), (v.OTHERS, "other"), (v.NOT, "not"), (v.JOINS, "join"), (v.FILLERS_ANYWHERE, "filler"),
        (v.STOCK, "filler"), (v.REGION_TOTALS, "region_total"), (v.FLOWS, "flow_word"), (v.AVERAGES, "average"),
    )  # fmt: skip
    for found, kind in plain:
        for word in found:
            lexicon.add(lexicon.always, word, Word(kind, word))
    for period, found in v.PERIODS.items():
        for word in found:
            lexicon.add(lexicon.always, word, Word("period", period))
    for word in ("企业", "公司", "企业单位"):
        lexicon.add(lexicon.always, word, Word("noun", word, "enterprise"))
    for word in v.GROUPS:
        lexicon.add(lexicon.group, word, Word("group", word))
    for word in v.TITLE_FILLERS:
        lexicon.add(lexicon.title, word, Word("filler", word))


def _add_curated(lexicon: Lexicon, entry: CaptionWords) -> None:
    for text in entry.words:
        if entry.kind == "whole":
            lexicon.add(lexicon.title, text, Word("filler", text))
            continue
        if entry.kind in ("flow", "topic", "measure"):
            lexicon.add(lexicon.always, text, Word(entry.kind, text, entry.subject, entry.when))
            continue
        condition = read_condition(entry.when, entry.subject, lexicon.registry)
        if entry.kind == "titled":
            word = Word("population", text, entry.subject, condition.element, condition)
            lexicon.add(lexicon.title, text, word)
            continue
        if entry.kind == "context":
            word = Word("condition", text, entry.subject, condition.element, condition)
            lexicon.add(lexicon.in_context, text, word)
            continue
        lexicon.add(lexicon.always, text, Word(entry.kind, text, entry.subject, condition.element, condition))


def read_condition(when: str, subject: str, registry: Registry) -> Condition:
    """A condition from its text; one of codes or ages becomes comparable."""
    by_name = {element.name: element for element in registry.elements.values()}
    if found := _AGES.match(when):
        low = int(found[2]) if found[1] == ">=" else None
        high = int(found[3]) if found[3] else int(found[2]) if found[1] == "<=" else None
        return age_condition(low, high)
    if (found := _IN.match(when)) and found[1] in by_name:
        element = by_name[found[1]]
        return code_condition(element, re.findall(r"'([^']*)'", found[2]), order_of(element, registry))
    if (found := _IS.match(when)) and found[1] in by_name:
        element = by_name[found[1]]
        if found[2] in order_of(element, registry):
            return code_condition(element, [found[2]], order_of(element, registry))
    text = f"({when})" if " or " in when else when
    element_id = next((e.id for name, e in by_name.items() if when.startswith(name + " ")), "")
    return Condition(subject, text, element_id)


def _add_codes(lexicon: Lexicon, element: Element, known: frozenset[str]) -> None:
    """Every code label and alias: by itself where it is long and clear enough, else under its heading only."""
    if element.kind is not Kind.CODE or element.id in _SKIPPED:
        return
    codes = lexicon.registry.codes_of(element)
    order = tuple(code.label for code in codes)
    listed = lexicon.registry.code_lists[element.codes or ""]
    # A narrower entry (长子, 视力残疾 as a kind of 健康状况) is only a part of the code it rolls up to.
    narrower = {squash(word).casefold() for detail in listed.details for word in (detail.label, *detail.aliases)}
    for code in codes:
        condition = code_condition(element, [code.label], order)
        for spelling in (code.label, *code.aliases):
            text = squash(spelling).casefold()
            if spelling != code.label and (text in narrower or _narrower(text, squash(code.label).casefold())):
                continue
            short = len(text) < (2 if spelling == code.label else 3) and text not in ("男", "女", "男性", "女性")
            vague = element.id in _ONLY_IN_CONTEXT or text in _VAGUE or short or text in known
            kind = "population" if v.POPULATION_WORD.search(text) else "condition"
            word = Word(kind, spelling, element.subject, element.id, condition)
            lexicon.add(lexicon.in_context, text, word)
            if element.id == "person.education":
                lexicon.ladders.setdefault(text, word)
            if not vague and _spelt_as_caption(spelling) and element.subject in BUILT_IN:
                lexicon.add(lexicon.always, text, word)


def _narrower(alias: str, label: str) -> bool:
    """Whether a spelling, taken as a word of a caption, names only a part of the code (省外务工, 简易旱厕)."""
    if _PART_OF.search(alias) or (alias.endswith("生") and label != alias and len(alias) <= 5):
        return True
    before = alias[: alias.index(label)] if label in alias else ""
    return bool(before) and before not in _NO_NARROWER


def _spelt_as_caption(text: str) -> bool:
    """Latin letters and digits alone are spellings of values, not words of a caption."""
    return bool(re.search(r"[一-龥]", text))


def _add_flags(lexicon: Lexicon, element: Element, populations: set[str], known: frozenset[str]) -> None:
    """Yes/no elements: 是否低保户 gives 低保户, 是否通宽带 gives 通宽带."""
    if element.kind is not Kind.BOOL:
        return
    yes = code_condition(element, ["是"], ("是", "否"))
    no = code_condition(element, ["否"], ("是", "否"))
    for answer, condition in (("是", yes), ("否", no), ("有", yes), ("无", no)):
        lexicon.add(lexicon.in_context, answer, Word("condition", answer, element.subject, element.id, condition))
    for alias in (element.name, *element.aliases):
        text = _TAIL.sub("", squash(alias))
        bare = _WHETHER.sub("", text)
        inside = any(word in bare for word in populations) and bare not in populations
        if "是否" in bare or "(" in bare or "/" in bare or bare in _TOO_SHORT or len(bare) < 2 or bare in known:
            continue
        if inside and alias != element.name:
            continue
        kind = "population" if v.POPULATION_WORD.search(bare) else "condition"
        lexicon.add(lexicon.always, bare, Word(kind, bare, element.subject, element.id, yes))


def _add_measures(lexicon: Lexicon, element: Element) -> None:
    if element.kind not in (Kind.INTEGER, Kind.DECIMAL) or element.id == AGE:
        return
    for alias in (element.name, *element.aliases):
        text = squash(alias)
        if (alias != element.name and v.WHOSE.search(text.replace("从业人员", ""))) or "(" in text or "/" in text:
            continue
        lexicon.add(lexicon.always, text, Word("measure", text, element.subject, element.id))


def _add_topics(lexicon: Lexicon, element: Element) -> None:
    """Element names as headings over their values (文化程度, 厕所类型); only there they may stand."""
    if element.kind in (Kind.INTEGER, Kind.DECIMAL) and element.id != AGE:
        return
    for alias in (element.name, *element.aliases):
        text = squash(alias)
        if (alias != element.name and v.WHOSE.search(text)) or "(" in text or "/" in text or len(text) < 2:
            continue
        lexicon.add(lexicon.always, text, Word("topic", text, element.subject, element.id))
        bare = _WHETHER.sub("", text)
        if element.kind is Kind.BOOL and text != bare:
            lexicon.add(lexicon.always, text, Word("topic", text, element.subject, element.id))
