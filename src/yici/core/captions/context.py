"""What holds for every cell of a table: its title, unit line and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yici.core.captions import vocabulary as v
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import Condition, Reading
from yici.core.captions.reading import read_caption
from yici.core.recognition.labels import squash

_NO_TITLE = re.compile(
    r"^(?:附件|附表|附)\d*[::]?$|^表\s*号|^表\s*\d+|填报|填表|制表|报送|上报|盖章|签字|签章|[::]|^\d+$|^[(（].*[)）]$|联系电话|文号|年月日?$|^第.{1,3}页|续表|^【"
)
_RATIO_NOTE = re.compile(
    r"(?:比例|占比|比重|百分比|率).{0,12}?(?:保留|精确到|取|留)(?:小数点后)?([0-9一二两三])位|^(?:注:?)?.{0,6}保留([0-9一二两三])位小数"
)
_ALL_NOTE = re.compile(r"(?:金额|面积|数值|数据|小数).{0,8}?(?:保留|精确到)(?:小数点后)?([0-9一二两三])位")
_FAMILY_NOTE = re.compile(r"人数.{0,6}(?:指|为|是|按|含|包括).{0,8}(?:家庭成员|全部成员|户内|全家|家庭人口)")
# A note that leaves somebody out, or counts only some: every number of the form is to be read with it.
_LEFT_OUT = re.compile(
    r"(?<![一-龥\d)(])(?:注|说明|备注|填表说明|填报说明)?[:：]?(?:\d[.、])?((?:本表|表中|统计|各项|上述)[^,，。;；:：]{0,10}?"
    r"(?:不含|不包括|不包含|剔除|只统计|仅统计|只含|仅含|仅指|只包括|仅包括)[^,，。;；]{2,20})"
)
# A form about an earlier day, which no number of now answers; unless it sets both side by side.
_PAST = re.compile(r"(?:上年|上月|上季|去年|前年|上一?期|上一年)度?(?:末|底)?")
_COMPARED = re.compile(r"对比|比较|比上|较上|同比|环比|变化|变动|增减|与上|和上|比去|较去|与去")
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3}


@dataclass(slots=True)
class Context:
    """Facts around a table that its captions are read with.

    `denied` are conditions of the title that a line says the contrary of, so that it is about those and others.
    `hard` are conditions of the title that name its population (残疾人情况统计表), `soft` ones that name a topic only
    (参保情况统计表); `topics` are elements it names. `strange` are words of a title nobody explained with the reason to
    ask, `whom` those that say of whom the form is. `restated` marks a title's population that a line names again,
    beside which 总人口 is everybody. `units` are those of the unit line.
    """

    hard: tuple[Condition, ...] = ()
    soft: tuple[Condition, ...] = ()
    denied: tuple[Condition, ...] = ()
    topics: frozenset[str] = frozenset()
    subject: str = ""
    firms: bool = False
    strange: tuple[tuple[str, str], ...] = ()
    whom: tuple[tuple[str, str], ...] = ()
    units: tuple[str, ...] = ()
    ratio_decimals: int | None = None
    decimals: int | None = None
    families: bool = False
    mixed: bool = False
    restated: bool = False
    homely: bool = True
    titles: tuple[str, ...] = ()
    every: str = ""

    @property
    def prefer(self) -> frozenset[str]:
        """The elements the title speaks of: their codes may stand bare in the table."""
        return self.topics | {c.element for c in (*self.hard, *self.soft) if c.element}


def read_context(above: Iterable[str], below: Iterable[str], lexicon: Lexicon) -> Context:
    """Read the texts above and below a table."""
    context = Context()
    for text in above:
        flat = squash(text)
        units = v.UNIT_LINE.findall(re.sub(r"(?:填报|填表|制表|上报|报送|编制)单位", "", flat))
        context.units += tuple(
            part for found in units for part in re.split(r"[、,，/和及]", found.strip("()（）")) if part
        )
        if not is_title(flat):
            continue
        _read_title(flat, lexicon, context)
    for text in (*above, *below):
        _read_note(squash(text), context)
        for clause in _LEFT_OUT.findall(squash(text)):
            if squash(clause) not in lexicon.title:
                context.whom = (*context.whom, (f"注里的“{clause}”限定了统计哪些", clause))
    return context


def is_title(flat: str) -> bool:
    """Whether a text above a table, without blanks, is a title, and no unit line, number or signature."""
    return len(flat) >= 3 and _NO_TITLE.search(flat) is None


def _read_title(text: str, lexicon: Lexicon, context: Context) -> None:
    dated = re.sub(r"^\d{4}年度?|\d{1,2}月(?:份)?", "", text)
    reading = read_caption(v.ISSUER.sub("", dated), lexicon, title=True)
    context.titles = (*context.titles, text)
    if (past := _PAST.search(text)) is not None and _COMPARED.search(text) is None:
        context.whom = (*context.whom, (f"标题说的是“{past[0]}”的数", past[0]))
    context.topics |= frozenset(reading.topics)
    context.firms = context.firms or reading.firms
    context.every = context.every or reading.every
    if reading.subject and not context.subject:
        context.subject = reading.subject
    if any(c.subject == "household" for c in reading.conditions):
        context.homely = context.homely and reading.homely
    for reason in reading.doubts:
        context.whom = (*context.whom, (reason, _named(reason)))
    _sort_residue(reading, context)
    if reading.mixed:
        # 低保户和残疾人情况: each cell says which of them it is about, or nobody can tell.
        context.mixed = True
        context.topics |= {c.element for c in reading.conditions}
    elif reading.named or any(c.element == "person.age" for c in reading.conditions):
        context.hard = (*context.hard, *reading.conditions)
    else:
        context.soft = (*context.soft, *reading.conditions)


def _sort_residue(reading: Reading, context: Context) -> None:
    """Words of a title nobody explained: those that say of whom it is doubt everything, others only bare numbers."""
    for word in reading.residue:
        bare = re.sub(r"[\d\s()（）\-—_,，.。]", "", word)
        if not bare:
            continue
        if v.POPULATION_TAIL.search(bare):
            context.whom = (*context.whom, (f"标题里的“{bare}”没有解释", bare))
        else:
            context.strange = (*context.strange, (f"标题里的“{bare}”没有解释", bare))


def _named(reason: str) -> str:
    """The word a reason asks about."""
    found = re.search("“(.+?)”", reason)
    return found[1] if found else ""


def _read_note(text: str, context: Context) -> None:
    """Rounding, and that people of a household's kind are all its members."""
    if found := _RATIO_NOTE.search(text):
        context.ratio_decimals = _digit(found[1] or found[2])
    if found := _ALL_NOTE.search(text):
        context.decimals = _digit(found[1])
    if _FAMILY_NOTE.search(text):
        context.families = True


def _digit(text: str) -> int:
    return _NUMERALS.get(text) or int(text)
