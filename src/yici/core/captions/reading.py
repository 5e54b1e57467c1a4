"""Reading one label of a caption: its conditions, what it counts or adds up, and what of it nobody explains."""

from __future__ import annotations

import re
from dataclasses import replace

from yici.core.captions import vocabulary as v
from yici.core.captions.ages import age_of, read_bare_band
from yici.core.captions.gathering import gather
from yici.core.captions.intervals import folded, read_bare_span
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import AGE, Reading, code_condition, order_of
from yici.core.captions.negating import contrary
from yici.core.captions.segmenting import segment
from yici.core.recognition.labels import Label, read_label, squash
from yici.core.values import measure_of

_AMONG = re.compile(r"^(?:其中|内含|内|#)[:：,，、]?")
NO_NUMBERING = re.compile(
    r"^(?:[一二三四1-4](?:[、,，和及至~—-]|级[、,，和及至~—-]?)?[二三四2-4]级|20\d\d年|\d{1,3}(?:周岁|岁)"
    r"|\d[\d,.]*(?:周岁|岁|[亿万千]?元|公顷|亩|平方米|㎡|人|户)?(?:含|不含)?(?:及其?|和)?(?:以[上下内]|[-—–~～至到]+\d))"
)
_LADDER = re.compile(
    r"^(?P<code>.+?)(?:学历|文化|程度|文化程度)?(?P<side>(?:及其?|\(含\)|含)?以[上下])(?:学历|文化程度|文化|程度|水平)*$"
)
_LADDERS = frozenset({"person.education", "person.care_grade"})
_SCHOOLING = "person.education"
_LOOSE = frozenset({"中专", "技工学校", "高中"})
_DECIMALS = re.compile(r"(?:保留|精确到|取|留)(?:小数点后)?([0-9一二两三四])位")
_AXIS = re.compile(
    r"^(?:按照?|依照?)(?P<by>.+?)(?:来)?(?:划分|分组|分类|分段|分层|分布|区分|构成|统计|分)(?:的|情况)?$"
    r"|^分(?P<each>性别|年龄|年龄段|民族|文化程度|学历|等级|类别)$|^(?P<of>.+?)(?:分组|分段)(?:情况)?$"
)
# What axes of any subject are called: the codes below them have to say themselves of which element they are.
_VAGUE_AXES = frozenset({"等级", "类别", "类型", "级别", "人员类别", "种类"})
_AGE_FIGURE = re.compile(
    r"^(?P<of>.*?)(?:的)?(?:(?P<how>平均|最大|最高|最小|最低)(?:的)?年龄|年龄(?P<after>平均|最大|最高|最小|最低)值?)$"
)
_WITHOUT = re.compile(
    r"^(?:不含|不包括|不包含|不计|剔除|扣除|排除)(?P<whom>.+)$|^(?P<but>.+)除外$|^除(?P<than>.+?)(?:之外|以外|外)?$"
)
_BUT = re.compile(r"(?:除|剔除|扣除)(?P<whom>[^除外]{2,12}?)(?:之外|以外|外)(?:的|,)?")
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
EVERYBODY = "*"
"""The whole of a share that is everybody of the part's kind."""
_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")


def read_caption(
    text: str, lexicon: Lexicon, *, prefer: frozenset[str] = frozenset(), heading: bool = False, title: bool = False,
    inside: bool = False,
) -> Reading:  # fmt: skip
    """Read a label. `inside` marks what stands in brackets. `prefer` are the elements whose codes may stand
    here bare; `heading` marks a label above others,
    `title` the title of a form, in which more words are allowed."""
    squashed = folded(squash(text))
    among = _AMONG.match(squashed)
    label = read_label(squashed[among.end() :] if among else squashed)
    if NO_NUMBERING.match(squashed):
        # 一、二级 and 2025年 begin with no numbering: it is held back while the label is read.
        label = read_label("¤" + squashed)
        label = Label(label.core.removeprefix("¤"), label.hints, squashed)
    if inside:
        label = Label(squashed, (), squashed)
    core = label.core.casefold().rstrip(":") if not title else squashed.casefold()
    reading = Reading(text=label.core, among=among is not None)
    if among is not None and not core:
        return reading
    if title:
        core = _BRACKET.sub(lambda found: found[1] if v.POPULATION_WORD.search(core[: found.start()]) else "", core)
    hints = label.hints
    if not title and (but := _BUT.search(core)) is not None:
        core, hints = core[: but.start()] + core[but.end() :], (*hints, f"不含{but['whom']}")
    near = prefer | _elements_in(core, hints, lexicon, prefer)
    reading = _with_hints(reading, hints, lexicon, near)
    if heading and core in lexicon.group:
        return replace(reading, group=True)
    if not title and (axis := _axis(core, reading, lexicon)) is not None:
        return axis if heading else replace(axis, doubts=(*axis.doubts, f"“{label.core}”只是分组的名称"))
    if (special := _special(core, reading, lexicon, prefer)) is not None:
        return special
    return gather(
        reading, segment(core, lexicon, title=title or heading, prefer=prefer), lexicon, prefer, heading, title
    )


def _elements_in(core: str, hints: tuple[str, ...], lexicon: Lexicon, prefer: frozenset[str]) -> frozenset[str]:
    """The elements a label speaks of, of which its brackets may name another code: 党员（含预备）."""
    if not hints:
        return frozenset()
    senses = (word for piece in segment(core, lexicon, prefer=prefer) for word in piece.senses)
    return frozenset(word.element for word in senses if word.condition is not None and word.element)


def _axis(core: str, reading: Reading, lexicon: Lexicon) -> Reading | None:
    """A heading that only says by what the lines below divide: 按性别分, 其中:按文化程度分, 年龄分组."""
    found = _AXIS.match(core)
    if found is None:
        return None
    by = found["by"] or found["each"] or found["of"]
    if by in _VAGUE_AXES:
        return replace(reading, axis=True)
    inner = read_caption(by, lexicon, heading=True, inside=True)
    topics = (*inner.topics, *([inner.measure] if inner.measure else []))
    if not topics or inner.doubts or inner.conditions:
        return None
    return replace(reading, topics=topics, axis=True)


def _special(core: str, reading: Reading, lexicon: Lexicon, prefer: frozenset[str]) -> Reading | None:
    """Labels that are read as a whole: regions, shares, bare age bands, ladders of codes, columns of numbers."""
    if core in {squash(word).casefold() for word in v.REGION_TOTALS}:
        return replace(reading, region="*", total=True)
    if (region := lexicon.region(core)) is not None:
        return replace(reading, region=region)
    if core in {squash(word).casefold() for word in v.BARE_SHARES}:
        return replace(reading, share=(None, None), unit="%")
    if found := _AGE_FIGURE.match(core):
        before = read_caption(found["of"], lexicon, prefer=prefer, inside=True)
        average = v.AVERAGES[found["how"] or found["after"]]
        return replace(
            reading, conditions=before.conditions, named=before.named, subject="person", measure=AGE, average=average,
            doubts=(*reading.doubts, *before.doubts), word=reading.word or before.word,
        )  # fmt: skip
    if (share := _rate(core)) is not None:
        return replace(reading, share=share, unit="%")
    if (share := _share(core)) is not None:
        return replace(reading, share=share, unit=reading.unit or "%")
    if AGE in prefer and (span := read_bare_span(core)) is not None and (ages := age_of(span)) is not None:
        return replace(reading, conditions=(*reading.conditions, ages), subject="person", band=span)
    if AGE in prefer and (band := read_bare_band(core)) is not None:
        return replace(reading, conditions=(*reading.conditions, band), subject="person")
    return _ladder(core, reading, lexicon, prefer)


def _share(core: str) -> tuple[str | None, str | None] | None:
    """旱厕户数占总户数比例 → (旱厕户数, 总户数); 占总人口比例 → (None, 总人口)."""
    found = re.match(r"^(?P<part>.*?)占(?P<whole>.+?)(?:的)?(?:比例|比重|百分比|百分率|比率|比|\(%\)|%)+$", core)
    if found is None:
        return None
    whole = found["whole"].removesuffix("的")
    return found["part"].removesuffix("所") or None, None if whole in (
        "总数",
        "合计",
        "总计",
        "比",
        "全部",
        "总量",
    ) else whole


def _rate(core: str) -> tuple[str | None, str | None] | None:
    """参保率, 卫生厕所普及率: of everybody; 参与垃圾分类户数占比: of the total beside it."""
    if found := re.match(r"^(?P<part>.+?)(?:普及|覆盖|入户|接入|通达)率$", core):
        # 残疾人覆盖率 is how many of them something reaches, which it does not name.
        return None if v.POPULATION_WORD.search(found["part"]) else (found["part"], EVERYBODY)
    if found := re.match(r"^(?P<part>.*(?:参保|签约))率$|^(?P<joined>.*垃圾分类)(?:参与|参加)?率$", core):
        return found["part"] or found["joined"], EVERYBODY
    if found := re.match(r"^(?P<part>[^占]+?)(?:的|所)?(?:占比|比例|比重|百分比)$", core):
        return found["part"], None
    return None


def _ladder(core: str, reading: Reading, lexicon: Lexicon, prefer: frozenset[str]) -> Reading | None:
    """大专及以上学历, 小学及以下, 中度及以上: a code and all beyond it in the order of its list."""
    found = _LADDER.match(core)
    if found is None:
        return None
    tail = core[found.end("side") :]
    senses = [*lexicon.in_context.get(found["code"], ())]
    words = [
        w
        for w in senses
        if w.element in _LADDERS and (not prefer or w.element in prefer or w.element == "person.education")
    ]
    if len({w.element for w in words}) != 1 or words[0].condition is None:
        return None
    element = lexicon.registry.elements[words[0].element]
    order = order_of(element, lexicon.registry)
    label = next(iter(words[0].condition.labels))
    at = order.index(label)
    upward = found["side"].endswith("上") == (element.id == "person.education")
    labels = order[: at + 1] if upward else order[at:]
    if element.id == "person.care_grade" and "能力完好" in labels and label != "能力完好":
        labels = tuple(x for x in labels if x != "能力完好")
    doubts = () if label not in _LOOSE or (label == "高中" and upward) else (f"“{found['code']}”的上下不好分",)
    condition = code_condition(element, labels, order)
    return replace(
        reading, conditions=(*reading.conditions, condition), subject="person",
        doubts=(*reading.doubts, *doubts), word=reading.word or (core if doubts else ""), text=core or tail,
    )  # fmt: skip


def _with_hints(reading: Reading, hints: tuple[str, ...], lexicon: Lexicon, prefer: frozenset[str]) -> Reading:
    """What stands in brackets: units, rounding, an age band or code that narrows, 含 and 不含."""
    for hint in hints:
        for part in re.split(r"[,，;；]", hint):
            reading = _with_hint(reading, part.strip(), lexicon, prefer)
    return reading


def _with_hint(reading: Reading, hint: str, lexicon: Lexicon, prefer: frozenset[str]) -> Reading:
    hint = hint.removeprefix("单位:").removeprefix("单位：")
    if not hint or hint in ("个数", "数", "人数", "户数", "盖章", "公章", "自动生成", "必填"):
        return replace(reading, head=reading.head or {"人数": "person", "户数": "household"}.get(hint, ""))
    if hint in v.UNCOUNTED:
        return replace(reading, doubts=(*reading.doubts, f"单位是{hint}"), unit=hint)
    if found := _DECIMALS.search(hint):
        return replace(reading, decimals=_NUMERALS.get(found[1]) or int(found[1]))
    if hint in ("取整", "保留整数", "取整数"):
        return replace(reading, decimals=0)
    if hint in v.SHARE_UNITS or measure_of(hint) is not None:
        return replace(reading, unit=hint)
    if found := _WITHOUT.match(hint):
        return _excluding(reading, found["whom"] or found["but"] or found["than"], hint, lexicon, prefer)
    if hint.startswith(("含", "包括", "包含")):
        inner = read_caption(re.sub("^(?:包[括含]|含)", "", hint), lexicon, prefer=prefer, inside=True)
        if inner.conditions and not inner.doubts:
            return replace(reading, options=(*reading.options, inner.conditions))
        return _unexplained(reading, hint)
    inner = read_caption(hint, lexicon, prefer=prefer, inside=True)
    if len(inner.conditions) == 1 and not inner.doubts and inner.conditions[0].labels and _same_rung(inner, prefer):
        return replace(reading, options=(*reading.options, inner.conditions))
    if inner.conditions and not inner.doubts and not inner.measure and not inner.total:
        return replace(reading, conditions=(*reading.conditions, *inner.conditions))
    return _unexplained(reading, hint)


def _same_rung(inner: Reading, spoken: frozenset[str]) -> bool:
    """高中（中专）: schools of one rung, of which a label may name one beside another."""
    condition = inner.conditions[0]
    return condition.element == _SCHOOLING and _SCHOOLING in spoken and condition.labels <= _LOOSE


def _excluding(reading: Reading, whom: str, hint: str, lexicon: Lexicon, prefer: frozenset[str]) -> Reading:
    """（不含低保户）: those who are left out must be clear, and so must be who is not one of them."""
    inner = read_caption(whom, lexicon, prefer=prefer, inside=True)
    left = contrary(inner.conditions[0], lexicon.registry) if len(inner.conditions) == 1 else None
    if left is None or inner.doubts or inner.measure or inner.options or inner.total or inner.region:
        return _unexplained(reading, hint)
    homely = reading.homely or inner.homely
    return replace(reading, conditions=(*reading.conditions, left), homely=homely)


def _unexplained(reading: Reading, text: str) -> Reading:
    return replace(
        reading,
        doubts=(*reading.doubts, f"“{text}”没有解释"),
        word=reading.word or text,
        residue=(*reading.residue, text),
    )
