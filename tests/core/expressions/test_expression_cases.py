"""What is accepted, how it is shown again, and what is said about what is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from expression_sample import AS_OF, sample_registry

from compiled_alone import condition_sql
from yici.core.errors import ExpressionError
from yici.core.expressions import Moment, in_words, parse_filter, text_of
from yici.core.expressions.compiling import Compiler, Scope

REGISTRY = sample_registry()

# subject, what is typed, what it means
ACCEPTED = [
    ("person", "年龄 >= 80", "person.age >= 80"),
    ("person", "年龄≥８０", "person.age >= 80"),
    ("person", "年龄>=80且是否低保户=‘是’", "(person.age >= 80) and (household.poor = true)"),
    ("person", "年龄>=80岁并且非是否独居", "(person.age >= 80岁) and (not person.alone)"),
    ("person", "（残疾等级 in (“一级”、“二级”)）", "person.grade in ('一级', '二级')"),
    ("person", "残疾等级 = '2级' or 残疾等级 = '3'", "(person.grade = '二级') or (person.grade = '三级')"),
    ("person", "村（社区） = '甲村'", "household.village = '甲村'"),
    ("person", "村(社区)='甲村'", "household.village = '甲村'"),
    ("person", "户.村 = '甲村'", "household.village = '甲村'"),
    ("person", "人.户.是否低保户 = '否'", "household.poor = false"),
    ("person", "居民.姓名 not like '赵%'", "not (person.name like '赵%')"),
    ("person", '姓名 = "赵\'一"', "person.name = '赵''一'"),
    ("person", "身份证号 is not null", "not (person.id_number is null)"),
    ("person", "person.age between 16 and 59", "person.age between 16 and 59"),
    ("person", "年收入 > 2万元", "person.income > 2万元"),
    ("person", "户.年收入 > 2万元", "household.annual_income > 2万元"),
    ("person", "户主.年龄 < 60", "户主.person.age < 60"),
    ("person", "出生日期 < '1950年3月'", "person.birth_date < '1950-03'"),
    ("person", "-个人年收入 + 3 > 2 * 家庭年收入", None),
    ("person", "与户主关系 = '本人'", "person.relation_to_head = '户主'"),
    ("household", "耕地面积 >= 9", "household.farmland >= 9"),
    (
        "household",
        "户主.姓名 = '赵一' and 家庭电话 is null",
        "(户主.person.name = '赵一') and (household.phone is null)",
    ),
    ("household", "住房面积 > 耕地面积", "household.house > household.farmland"),
    ("household", "家庭年收入 < 3000 * 家庭人口数", "household.annual_income < (3000 * household.size)"),
    ("enterprise", "年营业收入 / 从业人数 > 5万元", "(enterprise.revenue / enterprise.staff) > 5万元"),
]

# subject, what is typed, (code, a word of the message or hint) of each problem in order
REFUSED = [
    ("person", "  ", [("empty", "空")]),
    ("person", "年岁 > 3", [("unknown-name", "年龄")]),
    ("person", "残疾等极 = '一级' and 年令 > 3", [("unknown-name", "残疾等级"), ("unknown-name", "年龄")]),
    ("person", "与户主关系 = 配偶", [("unknown-name", "要加引号：'配偶'")]),
    ("person", "残疾等级 = '五级'", [("unknown-label", "一级")]),
    ("person", "与户主关系 = '长子'", [("unknown-label", "只记到“子”")]),
    ("person", "残疾等级 = 1", [("type", "要加引号")]),
    ("person", "残疾等级 >= '二级'", [("type", "in (…)")]),
    ("person", "出生日期 > 1950", [("type", "'1950'")]),
    ("person", "出生日期 > '去年'", [("type", "日期写作")]),
    ("person", "出生日期 > '2023-02-29'", [("type", "日期写作")]),
    ("person", "年龄 >= '80'", [("type", "不加引号")]),
    ("person", "联系电话 = 138", [("type", "'138'")]),
    ("person", "是否独居 = '可能' or 年龄 = null", [("type", "is null"), ("type", "'是' 或 '否'")]),
    ("person", "年龄 and 是否独居", [("type", "不是条件")]),
    ("person", "年龄", [("type", "is not null")]),
    ("person", "1 < 年龄 < 3", [("type", "between"), ("type", "'是' 或 '否'")]),
    ("person", "姓名 + 1 > 2", [("type", "不是数字")]),
    ("person", "年龄 like '8%'", [("type", "只用于文字")]),
    ("person", "姓名 like 年龄", [("type", "加引号的文字")]),
    ("person", "耕地面积 > 5万元", [("unit", "亩")]),
    ("person", "津贴 > 个人年收入", [("unit", "元/月")]),
    ("person", "年龄 > 99999999999999999", [("number", "太大")]),
    ("person", "年龄 > 80个月", [("unit", "个月")]),
    ("person", "年龄 > 80光年", [("number", "80光年")]),
    ("person", "企业名称 = '甲'", [("other-subject", "企业")]),
    ("person", "户.年龄 > 3", [("other-subject", "年龄")]),
    ("household", "年龄 >= 80", [("other-subject", "户主.年龄")]),
    ("household", "人.年龄 >= 80", [("other-subject", "户主")]),
    (
        "household",
        "person.age >= 80 and 村 = '甲' and 没有 is null",
        [("other-subject", "户主.年龄"), ("unknown-name", "没有")],
    ),
    ("person", "(年龄 > 3", [("brackets", "右括号")]),
    ("person", "年龄 > 3)", [("syntax", "第 7 个字")]),
    ("person", "年龄 >", [("syntax", "第 4 个字")]),
    ("person", "姓名 = '赵", [("quote", "第 6 个字")]),
    ("person", "年龄 > 3; drop table person", [("character", "“;”")]),
    ("person", "select 1", [("syntax", "1")]),
    ("person", "count(年龄) > 3", [("aggregate", "count")]),
    ("person", "年龄 in (select 1)", [("syntax", "1")]),
    ("person", "残疾等级 in ()", [("syntax", "没有值")]),
    ("person", "是否独居 is true", [("not-allowed", "是否独居 is")]),
    ("person", "(" * 40 + "年龄" + ")" * 40 + " > 1", [("too-deep", "括号")]),
    ("person", "not " * 400 + "是否独居", [("too-deep", "简单")]),
    ("person", "姓名 = '" + "赵" * 30_000 + "'", [("too-long", "太长")]),
]


@pytest.mark.parametrize(("subject", "typed", "meant"), ACCEPTED, ids=[case[1] for case in ACCEPTED])
def test_accepted(subject: str, typed: str, meant: str | None) -> None:
    condition = parse_filter(typed, REGISTRY, subject=subject)
    shown = text_of(condition.expr)
    assert meant is None or shown == meant
    assert parse_filter(shown, REGISTRY, subject=subject).expr == condition.expr
    assert condition.text == typed


@pytest.mark.parametrize(("subject", "typed", "problems"), REFUSED, ids=[case[1][:30] for case in REFUSED])
def test_refused(subject: str, typed: str, problems: list[tuple[str, str]]) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse_filter(typed, REGISTRY, subject=subject)
    found = caught.value.problems
    assert [problem.code for problem in found] == [f"expression.{code}" for code, _ in problems]
    for problem, (_, word) in zip(found, problems, strict=True):
        assert word in problem.message + problem.hint


def test_a_word_that_means_two_elements_is_asked_about() -> None:
    registry = sample_registry()
    first, second = registry.elements["person.name"], registry.elements["person.phone"]
    registry.elements["person.name"] = replace(first, aliases=("称呼",))
    registry.elements["person.phone"] = replace(second, aliases=("称呼",))
    with pytest.raises(ExpressionError, match=r"姓名.*联系电话"):
        parse_filter("称呼 is null", registry, subject="person")


def test_in_words() -> None:
    condition = parse_filter(
        "年龄 >= 80 and (残疾等级 in ('一级') or 户.是否低保户 = '是')", REGISTRY, subject="person"
    )
    assert in_words(condition.expr) == "年龄不小于80，并且（残疾等级为一级，或者是低保户）"


def test_literals_become_parameters_in_order() -> None:
    condition = parse_filter("家庭年收入 > 2万元 and 姓名 like '赵%' and 年龄 >= 80", REGISTRY, subject="person")
    sql = condition_sql(condition, as_of=AS_OF)
    assert sql.text.count("?") == len(sql.params)
    assert sql.params == (Decimal(20000), "赵%", "1945-02-28", "1945-02-28", "2025-02-28")


def test_roles_name_the_tables_needed() -> None:
    condition = parse_filter("户主.年龄 < 60 and 是否低保户", REGISTRY, subject="person")
    assert condition.roles == {"head", "household"}


def test_a_derived_element_without_formula_is_an_error() -> None:
    registry = sample_registry()
    element = replace(registry.elements["person.phone"], derived=True)
    with pytest.raises(ExpressionError, match="没有计算办法"):
        Compiler(Scope(Moment(AS_OF))).element(element, element.subject)
