"""An element that an office adds while the program runs: what it is made of, and what stands against it.

It is what any element of a pack is; only its id is made by rule: `<subject>.local_` and the hash of its name, so that
two offices that add the same name to the same subject make the same id, and no later pack takes it by chance.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from yici.core.element_check import SENSITIVITIES, SHARES, check_registry, label_key
from yici.core.elements import BUILT_IN, Code, CodeList, Element, Kind, Registry
from yici.core.errors import Problem

KINDS = (Kind.TEXT, Kind.INTEGER, Kind.DECIMAL, Kind.DATE, Kind.BOOL, Kind.CODE)
"""What may be added on a page. Names, numbers of documents, phones and addresses have masks and checks of their own."""
MOST_OPTIONS = 60
# Signs would be read as numbering, brackets as hints, blanks as the end of a word.
_NAME = re.compile(r"[㐀-鿿][㐀-鿿A-Za-z0-9]{1,39}")
# These signs make a pattern of an alias (core/aliases.py).
_WORD = re.compile(r"[^\s\[\]{}|]{2,40}")
# Words that say what sort of thing is asked and not of what: in the next form they mean something else.
_BARE_WORDS = """
数量 金额 面积 人数 户数 总数 总人数 总户数 合计 总计 小计 累计 次数 天数 个数 件数
价格 单价 总价 比例 占比 名额 年度 月份 年月 时间 日期 年份 地点 位置 情况 内容 名称
类别 类型 种类 状态 结果 标准 等级 级别 原因 备注 说明 其他 编号 序号 号码 单位 电话
地址 职务 部门 来源 方式 用途 性质 项目 规格 型号 数 值 金额数 是否 有无
"""
_BARE = frozenset(_BARE_WORDS.split())
_MARK = ".local_"


@dataclass(frozen=True, slots=True)
class NewElement:
    """What the steward says of a new element. Of a code either `codes`, a list there is, or the `options` of a new one.
    `word` is what forms call it; the name itself where it is empty."""

    subject: str
    name: str
    kind: str
    definition: str
    authority: str
    sensitivity: str = "个人信息"
    share: str = "有条件共享"
    unit: str = ""
    codes: str = ""
    options: tuple[str, ...] = ()
    future: bool = False
    word: str = ""

    @property
    def id(self) -> str:
        """The id that follows from subject and name."""
        digest = hashlib.sha256(f"{self.subject}|{label_key(self.name)}".encode()).hexdigest()
        return f"{self.subject}{_MARK}{digest[:8]}"


def says_of_what(word: str) -> bool:
    """Whether a word of a form can mean one thing in every form. A bare one (数量) cannot, nor what is no word."""
    return label_key(word) not in _BARE and bool(_WORD.fullmatch(word))


def is_local(identity: str) -> bool:
    """Whether an element was added on a page."""
    return _MARK in identity


def element_of(new: NewElement) -> tuple[Element, CodeList | None]:
    """The element, and the code list made with it. Its kind must be one of KINDS."""
    kind, made = Kind(new.kind), None
    if kind is Kind.CODE and not new.codes:
        codes = tuple(Code(str(place), label) for place, label in enumerate(new.options, 1))
        made = CodeList(f"local_{new.id.partition(_MARK)[2]}", new.name, codes)
    element = Element(
        new.id, new.subject, new.name, kind, new.definition, codes=(made.id if made else new.codes) or None,
        unit=new.unit or None, sensitivity=new.sensitivity, share=new.share,
        authority=tuple(new.authority.split()), generic=True, future=new.future and kind is Kind.DATE,
        aliases=(new.word,) if label_key(new.word or new.name) != label_key(new.name) else (),
    )  # fmt: skip
    return element, made


def problems_of(new: NewElement, registry: Registry, counted: Collection[str] = ()) -> list[Problem]:
    """Everything that stands against adding the element to a registry; empty when nothing does. `counted` are the words
    that mean a statistic (低保户数): as an element they would be both."""
    problems = [*_said(new, registry), *_taken(new, registry)]
    for word in sorted({new.name, new.word} & set(counted)):
        hint = "统计的数由库里数出来，不用登记；请换一个说得更清楚的名称。"
        problems.append(Problem("local-counted", f"“{word}”是统计用的词。", hint))
    if problems:
        return problems
    element, made = element_of(new)
    lists = registry.code_lists | ({made.id: made} if made else {})
    grown = replace(registry, elements=registry.elements | {element.id: element}, code_lists=lists, worked_out={})
    before = {str(problem) for problem in check_registry(registry)}
    return [problem for problem in check_registry(grown) if str(problem) not in before]


def _said(new: NewElement, registry: Registry) -> Iterator[Problem]:
    if new.subject not in registry.subjects:
        yield Problem("local-subject", "没有说是谁的数据。", "请选人、户、企业或别的主体。")
    if not _NAME.fullmatch(new.name):
        yield Problem(
            "local-name", "名称要用 2 到 40 个汉字、字母或数字，汉字开头。", "如 蜂箱数；括号里的说明写到定义里。"
        )
    for word in dict.fromkeys((new.name, new.word or new.name)):
        if not says_of_what(word):
            hint = "请写全，如 蜂箱数量。表上只写这个词时，请部门把表改清楚。"
            yield Problem("local-word", f"“{word}”太泛，或带空格、方括号，换一张表就可能是别的意思。", hint)
    for value, code, words, hint in (
        (new.definition, "definition", "没有写定义。", "请用一句话写清它是什么、按什么口径。"),
        (new.authority, "authority", "没有写数源部门。", "请写负责这项数据的部门，如 农业农村部门。"),
    ):
        if not value.strip():
            yield Problem(f"local-{code}", words, hint)
    if new.sensitivity not in SENSITIVITIES or new.share not in SHARES:
        yield Problem("local-grade", "没有选敏感程度或共享属性。", "请从列出的里面选。")
    yield from _valued(new, registry)


def _valued(new: NewElement, registry: Registry) -> Iterator[Problem]:
    if new.kind not in map(str, KINDS):
        yield Problem("local-kind", "没有选值是什么。", "请从列出的里面选。")
    if new.kind == Kind.DECIMAL and not new.unit:
        yield Problem("local-unit", "小数没有计量单位。", "请填写单位，如 元、亩。")
    if new.kind != Kind.CODE:
        return
    if new.codes:
        if new.codes not in registry.code_lists:
            yield Problem("local-codes", "没有这个代码表。", "请从列出的里面选，或写出选项。")
        return
    labels = [label_key(option) for option in new.options]
    if not 2 <= len(labels) <= MOST_OPTIONS or len(set(labels)) < len(labels):
        yield Problem(
            "local-options", f"选项要 2 到 {MOST_OPTIONS} 个，不能重复。", "每行写一个，或选一个已有的代码表。"
        )


def _taken(new: NewElement, registry: Registry) -> Iterator[Problem]:
    """A word that means something else already: both would then be asked for under it. Words of people, households and
    enterprises may stand in one form; those of added subjects mean nothing elsewhere."""
    for word in dict.fromkeys((new.name, new.word or new.name)):
        for element in registry.elements.values():
            near = element.subject == new.subject or {element.subject, new.subject} <= set(BUILT_IN)
            words = (element.name, *element.aliases, *element.context_aliases)
            if near and label_key(word) in map(label_key, words):
                message = f"“{word}”已经是数据元“{element.name}”的名称或别名。"
                yield Problem("local-taken", message, "请直接用它，或换一个说得更清楚的名称。")
                break
