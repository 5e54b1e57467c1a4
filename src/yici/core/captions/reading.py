"""Reading one label of a caption: its conditions, what it counts or adds up, and what of it nobody explains."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from yici.core.captions import vocabulary as v
from yici.core.captions.ages import read_bare_band
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import AGE, Condition, Doubts, Word, code_condition, order_of, quote, widened
from yici.core.captions.segmenting import Piece, segment
from yici.core.recognition.labels import Label, read_label, squash
from yici.core.values import measure_of

_AMONG = re.compile(r"^(?:其中|内含|内|#)[:：,，、]?")
NO_NUMBERING = re.compile(
    r"^(?:[一二三四1-4](?:[、,，和及至~—-]|级[、,，和及至~—-]?)?[二三四2-4]级|20\d\d年|\d{1,3}(?:周岁|岁))"
)
_LADDER = re.compile(
    r"^(?P<code>.+?)(?:学历|文化|程度|文化程度)?(?P<side>(?:及其?|\(含\)|含)?以[上下])(?:学历|文化程度|文化|程度|水平)*$"
)
_LADDERS = frozenset({"person.education", "person.care_grade"})
_LOOSE = frozenset({"中专", "技工学校", "高中"})
_DECIMALS = re.compile(r"(?:保留|精确到|取|留)(?:小数点后)?([0-9一二两三四])位")
# 中共党员 is a code of its own, and in daily words stands for the 预备党员 too.
_PARTY = frozenset({"中共党员", "中国共产党党员", "中国共产党员"})
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_SIDE_BY_SIDE = "几类并列说不清"
EVERYBODY = "*"
"""The whole of a share that is everybody of the part's kind."""
_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one label says.

    `named` marks conditions that name a population (低保户); `subject` is of whom its nouns and conditions are, `head`
    what is counted where it says so, and `unit` the unit in brackets. `every` means everybody whatever the title says.
    `choices` are the conditions an ambiguous label may mean, one of them right; `doubts` then holds why it is one.
    """

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    options: tuple[tuple[Condition, ...], ...] = ()
    choices: tuple[tuple[Condition, ...], ...] = ()
    named: bool = False
    homely: bool = False
    loosely: bool = False
    subject: str = ""
    head: str = ""
    counts: bool = False
    every: str = ""
    measure: str = ""
    average: str = ""
    topics: tuple[str, ...] = ()
    share: tuple[str | None, str | None] | None = None
    total: bool = False
    other: bool = False
    among: bool = False
    now: bool = False
    group: bool = False
    mixed: bool = False
    region: str = ""
    unit: str = ""
    decimals: int | None = None
    firms: bool = False
    open_ended: bool = False
    doubts: tuple[str, ...] = ()
    word: str = ""
    residue: tuple[str, ...] = ()


def read_caption(
    text: str, lexicon: Lexicon, *, prefer: frozenset[str] = frozenset(), heading: bool = False, title: bool = False,
    inside: bool = False,
) -> Reading:  # fmt: skip
    """Read a label. `inside` marks what stands in brackets. `prefer` are the elements whose codes may stand
    here bare; `heading` marks a label above others,
    `title` the title of a form, in which more words are allowed."""
    squashed = squash(text)
    among = _AMONG.match(squashed)
    label = read_label(squashed[among.end() :] if among else text)
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
    reading = _with_hints(reading, label.hints, lexicon, prefer)
    if heading and core in lexicon.group:
        return replace(reading, group=True)
    if (special := _special(core, reading, lexicon, prefer)) is not None:
        return special
    return _from_pieces(
        reading, segment(core, lexicon, title=title or heading, prefer=prefer), lexicon, prefer, heading, title
    )


def _special(core: str, reading: Reading, lexicon: Lexicon, prefer: frozenset[str]) -> Reading | None:
    """Labels that are read as a whole: regions, shares, bare age bands, ladders of codes, columns of numbers."""
    if core in {squash(word).casefold() for word in v.REGION_TOTALS}:
        return replace(reading, region="*", total=True)
    if (region := lexicon.region(core)) is not None:
        return replace(reading, region=region)
    if core in {squash(word).casefold() for word in v.BARE_SHARES}:
        return replace(reading, share=(None, None), unit="%")
    if core.endswith("平均年龄"):
        before = read_caption(core.removesuffix("平均年龄"), lexicon, prefer=prefer, inside=True)
        return replace(
            reading, conditions=before.conditions, named=before.named, subject="person", measure=AGE, average="avg",
            doubts=(*reading.doubts, *before.doubts), word=reading.word or before.word,
        )  # fmt: skip
    if (share := _rate(core)) is not None:
        return replace(reading, share=share, unit="%")
    if (share := _share(core)) is not None:
        return replace(reading, share=share, unit=reading.unit or "%")
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
        return found["part"], EVERYBODY
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
    if hint.startswith("含"):
        inner = read_caption(hint[1:], lexicon, prefer=prefer, inside=True)
        if inner.conditions and not inner.doubts:
            return replace(reading, options=(*reading.options, inner.conditions))
        return _unexplained(reading, hint)
    inner = read_caption(hint, lexicon, prefer=prefer, inside=True)
    if inner.conditions and not inner.doubts and not inner.measure and not inner.total:
        return replace(reading, conditions=(*reading.conditions, *inner.conditions))
    return _unexplained(reading, hint)


def _unexplained(reading: Reading, text: str) -> Reading:
    return replace(
        reading,
        doubts=(*reading.doubts, f"“{text}”没有解释"),
        word=reading.word or text,
        residue=(*reading.residue, text),
    )


@dataclass(slots=True)
class _Gathering:
    """What the pieces of a label add up to."""

    lexicon: Lexicon
    heading: bool
    title: bool
    prefer: frozenset[str]
    doubts: Doubts
    negated: bool = False
    period: str = ""
    flow_word: str = ""
    flow: Word | None = None
    joined: bool = False
    alternatives: bool = False
    negative: bool = False
    mixed: bool = False


def _from_pieces(
    reading: Reading, pieces: list[Piece], lexicon: Lexicon, prefer: frozenset[str], heading: bool, title: bool
) -> Reading:
    gathering = _Gathering(lexicon, heading, title, prefer, Doubts())
    residue: list[str] = []
    for index, piece in enumerate(pieces):
        if not piece.senses:
            after = "".join(p.text for p in pieces[index + 1 : index + 2])
            residue.append(piece.text + (after if title and after in v.NOUNS else ""))
            continue
        if title and piece.text in v.NOUNS and index and not _neutral(pieces[index - 1]):
            gathering.doubts.add(f"标题里的“{pieces[index - 1].text}{piece.text}”没有解释")
        reading = _take(reading, piece, gathering)
    reading = _finish_flow(reading, gathering)
    if gathering.negated:
        gathering.doubts.add("“非/未”后面没有解释", reading.text)
    if not title:
        for text in residue:
            # A single character is no word of its own: the whole label is what a person is asked about.
            gathering.doubts.add(f"“{text}”没有解释", text if len(text) > 1 else reading.text)
    reading = _with_options(reading, lexicon)
    reasons = [reason for reason in gathering.doubts.reasons if not (reading.options and "预备党员" in reason)]
    doubts = (*reading.doubts, *reasons)
    return replace(
        reading, doubts=doubts, word=reading.word or gathering.doubts.word, residue=(*reading.residue, *residue),
        mixed=gathering.mixed,
    )  # fmt: skip


def _neutral(before: Piece) -> bool:
    """Whether a word before a noun of a title leaves open whom it is about."""
    kinds = {sense.kind for sense in before.senses}
    known = bool(kinds & {"condition", "population", "join", "period", "every", "head", "region_total"})
    return known or before.text in v.NEUTRAL or v.TITLE_REGION.match(before.text + "x") is not None or (
        kinds == {"filler"} and before.text.endswith(("村", "社区", "镇", "乡", "街道", "县", "市", "区"))
    )  # fmt: skip


def _with_options(reading: Reading, lexicon: Lexicon) -> Reading:
    """（含预备党员）: the conditions before it and those in it, either is enough."""
    if not reading.options:
        return reading
    for option in reading.options:
        if len(option) != 1 or len(reading.conditions) != 1:
            return replace(reading, doubts=(*reading.doubts, "含与不含说不清"))
        joined = widened([reading.conditions[0], option[0]], lexicon.registry)
        if joined is None:
            return replace(reading, doubts=(*reading.doubts, "含与不含说不清"))
        reading = replace(reading, conditions=(joined,), doubts=tuple(d for d in reading.doubts if "预备党员" not in d))
    return reading


def _take(reading: Reading, piece: Piece, gathering: _Gathering) -> Reading:
    senses = _fitting(piece, gathering)
    word = senses[0]
    match word.kind:
        case "condition" | "population":
            return _take_condition(reading, senses, piece, gathering)
        case "topic":
            return _take_topic(reading, senses, piece, gathering)
        case "measure":
            return _take_measure(reading, word, piece, gathering)
        case "head" | "every":
            every = word.subject if word.kind == "every" else reading.every
            firms = reading.firms or word.text.startswith("企业")
            return replace(reading, head=word.subject or reading.head, counts=True, every=every, firms=firms)
        case "noun":
            return replace(reading, subject=reading.subject or word.subject, firms=True)
        case "total":
            return replace(reading, total=True)
        case "other":
            return replace(reading, other=True)
        case "region_total":
            return reading
        case "average":
            return replace(reading, average=v.AVERAGES[word.text])
        case "not":
            gathering.negated = True
        case "join":
            gathering.joined = True
        case "period":
            gathering.period = word.text
        case "flow_word":
            gathering.flow_word = word.text
        case "flow":
            gathering.flow = word
    return reading


def _fitting(piece: Piece, gathering: _Gathering) -> tuple[Word, ...]:
    """The senses that may be meant: events only in a period, topics only where nothing narrower is."""
    senses = piece.senses
    flows = tuple(word for word in senses if word.kind == "flow")
    if flows and (gathering.period or gathering.flow_word):
        return flows
    plain = tuple(word for word in senses if word.kind != "flow") or senses
    conditions = tuple(word for word in plain if word.condition is not None)
    if conditions and len({word.element for word in conditions}) > 1:
        preferred = tuple(word for word in conditions if word.element in gathering.prefer)
        return preferred or conditions
    if gathering.heading or gathering.title:
        topics = tuple(word for word in plain if word.kind == "topic")
        return conditions or topics or plain
    return conditions or plain


def _take_condition(reading: Reading, senses: tuple[Word, ...], piece: Piece, gathering: _Gathering) -> Reading:
    word = senses[0]
    condition = word.condition
    assert condition is not None
    if len({sense.condition for sense in senses if sense.condition}) > 1:
        gathering.doubts.add(
            f"“{piece.text}”可以指几样：{'、'.join(s.condition.text for s in senses if s.condition)}", piece.text
        )
        return replace(reading, subject=word.subject, choices=tuple((s.condition,) for s in senses if s.condition))
    if piece.text in _PARTY and word.element not in gathering.prefer and not gathering.title:
        gathering.doubts.add("含不含预备党员说不清", piece.text)
        only = [
            w for w in gathering.lexicon.in_context.get(piece.text, ()) if w.element == word.element and w.condition
        ]
        reading = replace(reading, choices=((condition,), *((w.condition,) for w in only if w.condition is not None)))
    if gathering.negated:
        gathering.negated, gathering.negative = False, True
        negative = _negative(condition, gathering.lexicon)
        if negative is None:
            gathering.doubts.add(f"“非{piece.text}”说不清", piece.text)
            return reading
        condition = negative
    named = reading.named or word.kind == "population"
    homely = reading.homely or bool(re.search(r"(?:户|家庭)$", piece.text)) or word.element == "household.monitoring"
    conditions = _with_condition(reading.conditions, condition, gathering)
    gathering.joined = False
    loosely = reading.loosely or (word.subject == "household" and piece.text.endswith(("对象", "人群", "群体")))
    return replace(
        reading, conditions=conditions, named=named, subject=word.subject, homely=homely, loosely=loosely,
        open_ended=reading.open_ended or (piece.band is not None and piece.band.open_ended),
    )  # fmt: skip


def _with_condition(
    before: tuple[Condition, ...], condition: Condition, gathering: _Gathering
) -> tuple[Condition, ...]:
    """One more condition; after 和 or 、 it widens the one before it, when both are of one kind.

    Of two kinds (残疾人和退役军人) either is enough, but only where each side is a single condition: nobody can tell
    whether 独居老人、残疾人 says 独居 of both.
    """
    if not gathering.joined or not before:
        if gathering.alternatives:
            gathering.doubts.add(_SIDE_BY_SIDE)
        return (*before, condition)
    if gathering.negative:
        gathering.doubts.add(_SIDE_BY_SIDE)
    joined = widened([before[-1], condition], gathering.lexicon.registry)
    if joined is not None:
        return (*before[:-1], joined)
    if gathering.title:
        gathering.mixed = True
        return (*before, condition)
    if before[-1].subject != condition.subject or len(before) > 1:
        gathering.doubts.add(_SIDE_BY_SIDE)
        return (*before, condition)
    gathering.alternatives = True
    return (Condition(condition.subject, f"({before[-1].text} or {condition.text})"),)


def _negative(condition: Condition, lexicon: Lexicon) -> Condition | None:
    """The contrary of a yes/no condition; of others nobody can tell what is meant."""
    element = lexicon.registry.elements.get(condition.element)
    if element is not None and condition.labels == {"是"}:
        return code_condition(element, ["否"], ("是", "否"))
    if element is not None and element.id == "enterprise.specialised":
        return code_condition(element, ["无"], order_of(element, lexicon.registry))
    return None


def _take_topic(reading: Reading, senses: tuple[Word, ...], piece: Piece, gathering: _Gathering) -> Reading:
    if not gathering.heading and not gathering.title:
        gathering.doubts.add(f"“{piece.text}”只是项目名", piece.text)
    return replace(reading, topics=(*reading.topics, *(word.element for word in senses if word.kind == "topic")))


def _take_measure(reading: Reading, word: Word, piece: Piece, gathering: _Gathering) -> Reading:
    if reading.measure and reading.measure != word.element:
        gathering.doubts.add("有两个数值项", piece.text)
    if gathering.title:
        return replace(reading, topics=(*reading.topics, word.element))
    return replace(reading, measure=word.element, subject=reading.subject or word.subject)


def _finish_flow(reading: Reading, gathering: _Gathering) -> Reading:
    """本年新增低保户: a date element within the period. Events nobody has dates of are doubtful."""
    if gathering.title:
        return reading
    if gathering.flow is None:
        if gathering.flow_word:
            gathering.doubts.add(f"“{gathering.flow_word}”没有记录", gathering.flow_word)
        elif gathering.period and gathering.period not in ("今年", "本月", "本季"):
            gathering.doubts.add(f"“{gathering.period}”的数要另算", reading.text)
        return reading
    if not gathering.period:
        gathering.doubts.add(f"“{gathering.flow.text}”没有说哪段时间", gathering.flow.text)
        return reading
    if gathering.flow_word not in ("", "新增", "新"):
        gathering.doubts.add(f"“{gathering.flow_word}”没有记录", gathering.flow_word)
    element = gathering.lexicon.registry.elements[gathering.flow.element]
    period = quote(gathering.period) if gathering.period.isdecimal() else gathering.period
    condition = Condition(element.subject, f"{element.name} = {period}", element.id)
    return replace(reading, conditions=(*reading.conditions, condition), subject=element.subject, named=True)
