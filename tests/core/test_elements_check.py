"""The linter: each kind of wrong definition is found, all in one go, and a sound registry is silent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yici.core.element_check import check_registry, label_key
from yici.core.elements import Code, CodeList, Element, Inference, Kind, Registry, SubjectType

PERSON = SubjectType("person", "人", "person.id_number")
KEY = Element(
    "person.id_number", "person", "公民身份号码", Kind.ID_NUMBER, "一个人的号码", sensitivity="敏感个人信息",
    authority=("公安机关",), identifies=True,
)  # fmt: skip
PHONE = Element(
    "person.phone", "person", "联系电话", Kind.PHONE, "打得通的号码", authority=("村委会",), aliases=("手机",)
)
HIVES = Element("person.hives", "person", "蜂箱", Kind.DECIMAL, "蜂箱的面积", unit="亩", authority=("村委会",))
SEX = CodeList("sex", "性别", (Code("1", "男", ("男性",)), Code("2", "女")))


def found(*elements: Element, lists: tuple[CodeList, ...] = (SEX,)) -> list[str]:
    return [problem.code for problem in check_registry(Registry.of([PERSON], [KEY, *elements], lists))]


def test_sound_definitions_have_no_problems() -> None:
    assert found(PHONE, HIVES) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": "Person-Phone"}, "element-id"),
        ({"id": "phone"}, "element-id"),
        ({"subject": "animal"}, "element-subject"),
        ({"name": ""}, "element-name"),
        ({"name": "公民身份号码"}, "element-name"),
        ({"definition": ""}, "element-definition"),
        ({"sensitivity": "秘密"}, "element-sensitivity"),
        ({"sensitivity": ""}, "element-sensitivity"),
        ({"share": "随便"}, "element-share"),
        ({"authority": ()}, "element-authority"),
        ({"kind": Kind.DECIMAL}, "element-unit"),
        ({"kind": Kind.CODE}, "element-codes"),
        ({"kind": Kind.CODE, "codes": "colour"}, "element-codes"),
        ({"codes": "sex"}, "element-codes"),
        ({"aliases": ("公民 身份号码",)}, "alias-ambiguous"),
        ({"context_aliases": ("公民身份号码",)}, "alias-ambiguous"),
    ],
)
def test_each_wrong_definition_is_found(changes: dict[str, object], code: str) -> None:
    assert found(replace(PHONE, **changes)) == [code]  # type: ignore[arg-type]


def test_an_alias_belongs_to_one_element_only() -> None:
    assert found(PHONE, replace(HIVES, aliases=("手机",))) == ["alias-ambiguous"]
    assert found(PHONE, replace(HIVES, context_aliases=("手机",))) == ["alias-ambiguous"]
    assert found(replace(PHONE, aliases=("（手机）",)), replace(HIVES, aliases=("( 手机 )",))) == ["alias-ambiguous"]


def test_a_word_of_context_may_serve_several_subjects() -> None:
    household = SubjectType("household", "户", "household.number")
    number = replace(KEY, id="household.number", subject="household", name="户编号")
    phone = replace(
        PHONE, id="household.phone", subject="household", name="户电话", aliases=(), context_aliases=("电话",)
    )
    registry = Registry.of([PERSON, household], [KEY, number, phone, replace(PHONE, context_aliases=("电话",))], [])
    assert check_registry(registry) == []


@pytest.mark.parametrize(
    ("codes", "problems"),
    [
        (CodeList("sex", "性别", ()), ["codes-empty"]),
        (CodeList("sex", "性别", (Code("1", "男"), Code("1", "女"))), ["codes-duplicate"]),
        (CodeList("sex", "性别", (Code("1", "男"), Code("2", "男"))), ["codes-duplicate"]),
        (CodeList("sex", "性别", (Code("1", "男", ("公",)), Code("2", "女", ("公",)))), ["codes-alias"]),
        (CodeList("sex", "性别", (Code("1", "男"), Code("2", "女", ("男",)))), ["codes-alias"]),
        (CodeList("sex", "性别", (Code("1", "男"),), details=(Code("3", "长男", parent="9"),)), ["codes-parent"]),
        (
            CodeList(
                "sex", "性别", (Code("1", "男"),), details=(Code("3", "甲", parent="4"), Code("4", "乙", parent="3"))
            ),
            ["codes-circle", "codes-circle"],
        ),
    ],
)
def test_wrong_code_lists_are_found(codes: CodeList, problems: list[str]) -> None:
    assert found(lists=(codes,)) == problems


def test_a_subject_needs_its_key() -> None:
    problems = check_registry(Registry.of([PERSON], [PHONE], []))
    assert [problem.code for problem in problems] == ["subject-key"]


def test_everything_wrong_is_reported_at_once() -> None:
    wrong = replace(PHONE, kind=Kind.DECIMAL, definition="", authority=())
    assert found(wrong) == ["element-definition", "element-authority", "element-unit"]


def test_words_are_compared_without_blanks_and_widths() -> None:
    assert label_key(" 姓　名（A）") == label_key("姓名(a)")


@pytest.mark.parametrize(
    ("source", "label", "codes"),
    [
        ("person.phone", "男", []),
        ("person.nothing", "男", ["inferred-element"]),
        ("person.phone", "中", ["inferred-label"]),
    ],
)
def test_what_is_inferred_follows_from_an_element_of_the_subject(source: str, label: str, codes: list[str]) -> None:
    sex = Element("person.sex", "person", "性别", Kind.CODE, "本人的性别", codes="sex", authority=("公安机关",))
    rules = {"person.sex": Inference(source, (("1", label),))}
    registry = Registry.of([PERSON], [KEY, PHONE, sex], [SEX], rules)
    assert [problem.code for problem in check_registry(registry)] == codes
