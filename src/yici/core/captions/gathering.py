"""What the words of one label add up to: conditions joined, negated, made events of a period."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from yici.core.captions import vocabulary as v
from yici.core.captions.intervals import Interval
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import Condition, Doubts, Reading, Word, narrowed, quote, span_condition, widened
from yici.core.captions.negating import contrary
from yici.core.captions.segmenting import Piece
from yici.core.elements import Element, Kind
from yici.core.values import convert

# 中共党员 is a code of its own, and in daily words stands for the 预备党员 too.
_PARTY = frozenset({"中共党员", "中国共产党党员", "中国共产党员"})
# What one becomes: who has not become it is not everybody else.
_NOT_YET, _BECOME = ("未", "没有"), ("脱", "退", "离")
_WHOM = re.compile(r"(?<=.)(?:儿童|学生|妇女|劳动力|青年|少年|老人|老年人)$")
_SIDE_BY_SIDE = "几类并列说不清"


@dataclass(slots=True)
class _Gathering:
    """What the pieces of a label add up to."""

    lexicon: Lexicon
    heading: bool
    title: bool
    prefer: frozenset[str]
    doubts: Doubts
    negated: bool = False
    not_word: str = ""
    period: str = ""
    flow_word: str = ""
    flow: Word | None = None
    joined: bool = False
    alternatives: bool = False
    negative: bool = False
    mixed: bool = False


def gather(
    reading: Reading, pieces: list[Piece], lexicon: Lexicon, prefer: frozenset[str], heading: bool, title: bool
) -> Reading:
    """The label's reading with what its pieces say. Raises nothing: what nobody explains is a doubt."""
    gathering = _Gathering(lexicon, heading, title, prefer, Doubts())
    residue: list[str] = []
    for index, piece in enumerate(pieces):
        if not piece.senses:
            after = "".join(p.text for p in pieces[index + 1 : index + 2])
            if gathering.negated:
                gathering.negated = False
                gathering.doubts.add("“非/未”后面没有解释", reading.text)
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
    if known or before.text in v.NEUTRAL or before.text in v.NOUNS or v.PERIOD_WORD.search(before.text) is not None:
        return True
    place = before.text.endswith(("村", "社区", "镇", "乡", "街道", "县", "市", "区"))
    return v.TITLE_REGION.match(before.text + "x") is not None or (kinds == {"filler"} and place)


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
        case "band":
            return _take_band(reading, piece, gathering)
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
            gathering.negated, gathering.not_word = True, piece.text
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
        noun = _noun_of(piece.text, gathering.lexicon)
        negative = contrary(condition, gathering.lexicon.registry)
        if negative is None or _unclear(piece.text, condition, noun, gathering.not_word):
            gathering.doubts.add(f"“{gathering.not_word}{piece.text}”说不清", piece.text)
            return reading
        if noun is not None and (joined := _also(negative, noun, gathering.lexicon)) is not None:
            reading = replace(reading, conditions=(*reading.conditions, *joined[:-1]))
            negative = joined[-1]
        condition = negative
        # 非高新技术企业 are still 企业, not 个体工商户.
        reading = replace(reading, firms=reading.firms or piece.text.endswith("企业"))
    named = reading.named or word.kind == "population"
    homely = reading.homely or bool(re.search(r"(?:户|家庭)$", piece.text)) or word.element == "household.monitoring"
    conditions = _with_condition(reading.conditions, condition, gathering)
    gathering.joined = False
    loosely = reading.loosely or (word.subject == "household" and piece.text.endswith(("对象", "人群", "群体")))
    return replace(
        reading, conditions=conditions, named=named, subject=word.subject, homely=homely, loosely=loosely,
        band=piece.band or reading.band,
    )  # fmt: skip


def _noun_of(text: str, lexicon: Lexicon) -> Condition | None:
    """Of whom a word speaks besides its state, when its end is a word by itself: 老人 of 高龄老人."""
    for at in range(1, len(text) - 1):
        for word in lexicon.always.get(text[at:].casefold(), ()):
            if word.kind == "population" and word.condition is not None:
                return word.condition
    return None


def _unclear(text: str, condition: Condition, noun: Condition | None, not_word: str) -> bool:
    """Whether the contrary of a word leaves open among whom: 未持证残疾人 are disabled, 非留守儿童 are children,
    and 未脱贫户 are not all that were never poor."""
    if noun is None:
        return _WHOM.search(text) is not None or (not_word in _NOT_YET and text.startswith(_BECOME))
    return noun == condition


def _also(negative: Condition, noun: Condition, lexicon: Lexicon) -> tuple[Condition, ...] | None:
    """非高龄老人 are 老人 all the same."""
    if noun.element == negative.element and noun.comparable and negative.comparable:
        both = narrowed(negative, noun, lexicon.registry)
        return None if both is None else (both,)
    return None if noun.subject != negative.subject else (noun, negative)


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


def _take_band(reading: Reading, piece: Piece, gathering: _Gathering) -> Reading:
    """500万元以上: of the amount named just before it, else of the one its heading names."""
    registry = gathering.lexicon.registry
    band = piece.band
    assert band is not None
    named = [reading.measure] if reading.measure else [e for e in gathering.prefer if e in registry.elements]
    bounded = [
        condition for name in named if (condition := amount_of(band, registry.elements[name])) is not None
    ]  # fmt: skip
    if len(bounded) != 1 or (reading.band is not None and not reading.measure):
        gathering.doubts.add(f"“{piece.text}”说的是哪一项说不清", piece.text)
        return reading
    condition = bounded[0]
    if gathering.negated or gathering.joined:
        gathering.doubts.add(_SIDE_BY_SIDE)
    return replace(
        reading, conditions=(*reading.conditions, condition), measure="", subject=condition.subject, band=band
    )


def amount_of(band: Interval, element: Element) -> Condition | None:
    """A band as a condition on an amount, None where the units do not go together."""
    if element.unit is None or not band.unit or element.kind not in (Kind.INTEGER, Kind.DECIMAL) or band.of_age:
        return None
    low = None if band.low is None else convert(band.low.value, band.unit, element.unit)
    high = None if band.high is None else convert(band.high.value, band.unit, element.unit)
    if (band.low is not None and low is None) or (band.high is not None and high is None):
        return None
    above = band.low is not None and not band.low.inside
    return span_condition(element, low, high, above=above, below=band.high is not None and not band.high.inside)


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
        if gathering.flow_word in v.NEWLY and gathering.period in ("今年", "本月", "本季") and not reading.conditions:
            return replace(reading, newly=gathering.period)
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
