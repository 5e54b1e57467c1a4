"""The linter for definitions: what is missing, contradictory or ambiguous in a registry, all of it at once."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

from yici.core.elements import Code, CodeList, Element, Kind, Registry
from yici.core.errors import Place, Problem

SENSITIVITIES = ("一般", "个人信息", "敏感个人信息")
"""Grades of sensitivity, after the Personal Information Protection Law (个人信息保护法), articles 4 and 28."""

SHARES = ("无条件共享", "有条件共享", "不予共享")
"""Share classes, after 政务信息资源共享管理暂行办法 (国发〔2016〕51号), article 9."""

# Whether it is wrong, the problem's code, the message, the next step.
_Rule = tuple[bool, str, str, str]

_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def check_registry(registry: Registry) -> list[Problem]:
    """Every problem of the definitions, in the order of subjects, code lists, elements, words; empty when sound."""
    problems = [*_subjects(registry)]
    for codes in registry.code_lists.values():
        problems += _code_list(codes)
    for element in registry.elements.values():
        problems += _element(element, registry)
    return [*problems, *_inferred(registry), *_names(registry), *_words(registry)]


def label_key(word: str) -> str:
    """A word as labels are compared: full-width as half-width, without blanks, in lower case."""
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


def _subjects(registry: Registry) -> Iterator[Problem]:
    for subject in registry.subjects.values():
        key = registry.elements.get(subject.key)
        if key is None or key.subject != subject.id or not key.identifies:
            message = f"主体“{subject.name}”的标识数据元“{subject.key}”没有登记，或没有 identifies 标志。"
            yield Problem("subject-key", message, "请在 elements.csv 中登记并加上标志 identifies。")
        elif key.kind not in (Kind.TEXT, Kind.ID_NUMBER, Kind.USCC):
            message = f"主体“{subject.name}”的标识数据元“{subject.key}”不是文字或证号。"
            yield Problem("subject-key", message, "编号是文字：请把类型改为 text。")


def _code_list(codes: CodeList) -> Iterator[Problem]:
    if not codes.codes:
        yield Problem("codes-empty", f"代码表 {codes.id} 没有代码。", "请在 codes.csv 中补上，或删去这个代码表。")
    entries = (*codes.codes, *codes.details)
    for what, values in (("代码", [c.code for c in entries]), ("名称", [c.label for c in entries])):
        for value in sorted(each for each, times in Counter(values).items() if times > 1):
            message = f"代码表 {codes.id} 的{what}“{value}”出现了不止一次。"
            yield Problem("codes-duplicate", message, "同一代码表里代码和名称都要唯一。")
    yield from _parents(codes.id, {entry.code: entry for entry in entries})
    yield from _code_words(codes)


def _parents(list_id: str, entries: dict[str, Code]) -> Iterator[Problem]:
    for entry in entries.values():
        seen, above = {entry.code}, entry.parent
        while above:
            if above not in entries:
                message = f"代码表 {list_id} 的“{entry.label}”的上级代码“{above}”不存在。"
                yield Problem("codes-parent", message, "上级要写同一代码表里的代码。")
                break
            if above in seen:
                message = f"代码表 {list_id} 的“{entry.label}”的上级代码循环。"
                yield Problem("codes-circle", message, "请改成没有循环的上级。")
                break
            seen.add(above)
            above = entries[above].parent


def _code_words(codes: CodeList) -> Iterator[Problem]:
    """One spelling may lead to one label only."""
    owners: dict[str, str] = {label_key(code.label): code.label for code in codes.codes}
    for code in codes.codes:
        for word in code.aliases:
            owner = owners.setdefault(label_key(word), code.label)
            if owner != code.label:
                message = f"代码表 {codes.id} 的写法“{word}”既指“{owner}”又指“{code.label}”。"
                yield Problem("codes-alias", message, "一个写法只能指一个名称，请删去一处。")


def _element(element: Element, registry: Registry) -> Iterator[Problem]:
    for wrong, code, message, hint in (
        *_identity(element, registry),
        *_governance(element),
        *_value(element, registry),
    ):
        if wrong:
            yield Problem(code, f"{element.name or element.id}：{message}", hint, Place(element=element.id))


def _identity(element: Element, registry: Registry) -> Iterator[_Rule]:
    hint = "写成 主体.名称，只用小写字母、数字和下划线。"
    yield not _ID.fullmatch(element.id), "element-id", "标识不合规则。", hint
    unknown = element.subject not in registry.subjects
    yield unknown, "element-subject", f"没有主体“{element.subject}”。", "请在 subjects.csv 中登记。"
    yield not element.name, "element-name", "没有名称。", "请填写中文名称。"
    yield not element.definition, "element-definition", "没有定义。", "请用一句话说明它是什么。"


def _governance(element: Element) -> Iterator[_Rule]:
    for value, allowed, code, what in (
        (element.sensitivity, SENSITIVITIES, "element-sensitivity", "敏感程度"),
        (element.share, SHARES, "element-share", "共享属性"),
    ):
        yield value not in allowed, code, f"{what}“{value}”不对。", f"可填：{'、'.join(allowed)}。"
    yield not element.authority, "element-authority", "没有数源部门。", "请填写负责这项数据的部门。"


def _value(element: Element, registry: Registry) -> Iterator[_Rule]:
    coded, listed = element.kind == Kind.CODE, element.codes
    no_unit = element.kind == Kind.DECIMAL and not element.unit
    yield no_unit, "element-unit", "小数没有计量单位。", "请填写单位，如 元、亩。"
    yield coded and not listed, "element-codes", "代码型没有代码表。", "请在 codes 列填写代码表。"
    yield not coded and bool(listed), "element-codes", "不是代码型却有代码表。", "请改类型为 code，或去掉代码表。"
    unknown = bool(listed) and listed not in registry.code_lists
    yield unknown, "element-codes", f"没有代码表“{listed}”。", "请在 code_lists.csv 中登记。"


def _inferred(registry: Registry) -> Iterator[Problem]:
    """An inferred element is a stored one of the same subject as its source, and its labels are in its code list."""
    for name, inference in registry.inferences.items():
        element, source = registry.elements.get(name), registry.elements.get(inference.source)
        if element is None or source is None or element.subject != source.subject or element.derived or source.derived:
            message = f"不能由“{inference.source}”推出“{name}”：两者须是同一主体登记过的数据元，且不是计算得出的。"
            yield Problem("inferred-element", message, "请核对 inferred.csv。", Place(element=name))
            continue
        labels = {code.label for code in registry.codes_of(element)}
        for label in sorted({label for _, label in inference.rules} - labels if labels else ()):
            message = f"“{label}”不是{element.name}的名称。"
            yield Problem("inferred-label", message, "请写代码表里的名称。", Place(element=name))


def _names(registry: Registry) -> Iterator[Problem]:
    first: dict[tuple[str, str], Element] = {}
    for element in registry.elements.values():
        other = first.setdefault((element.subject, label_key(element.name)), element)
        if other is not element:
            message = f"名称“{element.name}”与 {other.id} 相同。"
            yield Problem("element-name", message, "同一主体的数据元不能同名。", Place(element=element.id))


def _words(registry: Registry) -> Iterator[Problem]:
    """A word may belong to one element: everywhere if it is an alias, within the subject if only in context."""
    names = {label_key(element.name): element for element in registry.elements.values()}
    always: dict[str, Element] = {}
    for element in registry.elements.values():
        for word in element.aliases:
            key = label_key(word)
            yield from _clash(word, element, names.get(key), "是其名称")
            yield from _clash(word, element, always.setdefault(key, element), "也以它为别名")
    in_context: dict[tuple[str, str], Element] = {}
    for element in registry.elements.values():
        for word in element.context_aliases:
            key = label_key(word)
            for other in (names.get(key), always.get(key)):
                if other is not None and other.subject == element.subject:
                    yield from _clash(word, element, other, "已占用它")
            yield from _clash(word, element, in_context.setdefault((element.subject, key), element), "也以它为语境别名")


def _clash(word: str, element: Element, other: Element | None, how: str) -> Iterator[Problem]:
    if other is not None and other.id != element.id:
        message = f"别名“{word}”有歧义：{other.id}（{other.name}）{how}。"
        yield Problem("alias-ambiguous", message, "一个词只能指一个数据元，请删去一处。", Place(element=element.id))
