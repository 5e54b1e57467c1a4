"""Laws: what is compiled means what a naive evaluator says; printed text parses to the same tree; noise only errs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from expression_sample import AS_OF, create_tables, insert, random_people, sample_registry
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_evaluator import Undecidable, evaluate

from compiled_alone import condition_sql
from yici.core.errors import ExpressionError
from yici.core.expressions import parse_filter, text_of

# YICI_WHOLE=1 tries many more; each is run for every row by the slow evaluator.
EXAMPLES = 1500 if os.environ.get("YICI_WHOLE") else 80
REGISTRY = sample_registry()
FROM = 'FROM person p LEFT JOIN household h ON h."key" = p."household" ORDER BY p."key"'

ops = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
whole = st.integers(-2, 90).map(str)
plain = st.one_of(whole, st.sampled_from(["0.5", "79.5", "20000", "3.25"]))
money = st.sampled_from(["个人年收入", "家庭年收入", "家庭人均年收入", "20000", "30000元", "2万元", "1.5万元"])
area = st.sampled_from(["耕地面积", "住房面积", "3亩", "2000平方米", "2"])
years = st.one_of(st.sampled_from(["年龄", "80岁"]), whole)
members = st.one_of(st.sampled_from(["家庭人口数", "3人"]), whole)
dates = st.sampled_from(["'1945'", "'1945-02'", "'1945-02-28'", "'2024-02-29'", "'2024-02'", "'1950.3'"])


@st.composite
def sums(draw: st.DrawFn, leaves: st.SearchStrategy[str]) -> str:
    """A number, or a small calculation with numbers of the same sort."""
    left = draw(leaves)
    shape = draw(st.sampled_from(["", "", "+", "-", "*", "/", "neg"]))
    if shape == "neg":
        return f"-{left}"
    if shape in "*/" and shape:
        return f"({left} {shape} {draw(st.sampled_from(['2', '3', '家庭人口数']))})"
    return f"({left} {shape} {draw(leaves)})" if shape else left


@st.composite
def simple(draw: st.DrawFn) -> str:
    """One condition."""
    op = draw(ops)
    same = draw(st.sampled_from(["=", "<>"]))
    numbers = draw(st.sampled_from([money, area, years, members]))
    return draw(
        st.sampled_from([
            f"{draw(sums(numbers))} {op} {draw(sums(numbers))}",
            f"年龄 {op} {draw(plain)}",
            f"{draw(plain)} {op} 年龄",
            f"年龄 in ({draw(whole)}, 79, 80)",
            f"年龄 between {draw(whole)} and 80",
            f"津贴 {op} 100元/月",
            f"出生日期 {op} {draw(dates)}",
            f"{draw(dates)} {op} 出生日期",
            f"出生日期 {op} 入党日期",
            f"入党日期 between {draw(dates)} and {draw(dates)}",
            f"出生日期 in ({draw(dates)}, {draw(dates)})",
            f"残疾等级 {same} '二级'",
            "残疾等级 not in ('一级', '3级')",
            f"姓名 {same} '赵一'",
            "姓名 like '赵_'",
            "村（社区） not like '%甲%'",
            f"户.户联系电话 {same} 联系电话",
            f"是否低保户 {same} '是'",
            "是否独居",
            f"是否独居 {same} 是否低保户",
            draw(st.sampled_from(["年龄", "出生日期", "家庭人口数", "残疾等级", "家庭人均年收入"])) + " is null",
        ])
    )  # fmt: skip


conditions = st.recursive(
    simple(),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "且"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda c: f"not ({c})"),
    ),
    max_leaves=4,
)


World = tuple[duckdb.DuckDBPyConnection, list[dict[str, dict[str, Any] | None]], dict[str, int]]


@pytest.fixture(scope="module", params=[1, 2])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    people, households = random_people(request.param)
    with duckdb.connect() as con:
        create_tables(con, REGISTRY)
        insert(con, "person", people)
        insert(con, "household", households)
        by_key = {household["key"]: household for household in households}
        ordered = sorted(people, key=lambda person: str(person["key"]))
        rows = [{"person": p, "household": by_key.get(p["household"])} for p in ordered]
        yield con, rows, dict(Counter(p["household"] for p in people if p["household"]))


@given(text=conditions)
@settings(max_examples=EXAMPLES, deadline=None)
def test_compiled_means_what_the_naive_evaluator_says(world: World, text: str) -> None:
    con, rows, sizes = world
    condition = parse_filter(text, REGISTRY, subject="person")
    sql = condition_sql(condition, as_of=AS_OF)
    got = [row[0] for row in con.execute(f"SELECT {sql.text} {FROM}", list(sql.params)).fetchall()]
    for row, verdict in zip(rows, got, strict=True):
        try:
            expected = evaluate(condition.expr, row, sizes, AS_OF)
        except Undecidable:
            continue
        assert verdict is expected, (text, row)


@given(text=conditions)
@settings(max_examples=80, deadline=None)
def test_printed_text_parses_to_the_same_tree(text: str) -> None:
    condition = parse_filter(text, REGISTRY, subject="person")
    shown = text_of(condition.expr)
    assert parse_filter(shown, REGISTRY, subject="person").expr == condition.expr
    assert sql_of(shown) == sql_of(text)


def sql_of(text: str) -> Any:
    return condition_sql(parse_filter(text, REGISTRY, subject="person"), as_of=AS_OF)


TOKENS = (
    "年龄 是否低保户 户 人 . and or not 且 或 非 >= = < in ( ) between '是' “一级” 80 5万元 like is null , - / * -- "
    "/* ; select from x ' \" 村（社区） 残疾等级 true case when :: [ 1e9 exists @a $1 ? # \\ 0x1 \x00 '1950' 出生日期"
)
words = st.sampled_from([*TOKENS.split(" "), " "])
noise = st.one_of(
    st.lists(words, max_size=25).map(" ".join), st.lists(words, max_size=12).map("".join), st.text(max_size=40)
)


@given(text=noise)
@settings(max_examples=400, deadline=None)
def test_noise_is_an_error_or_compiles_to_what_the_engine_accepts(world: World, text: str) -> None:
    con = world[0]
    try:
        sql = condition_sql(parse_filter(text, REGISTRY, subject="person"), as_of=AS_OF)
    except ExpressionError as error:
        assert all(problem.message and problem.code.startswith("expression.") for problem in error.problems)
        return
    con.execute(f"SELECT {sql.text} {FROM}", list(sql.params)).fetchall()


@given(literal=st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_typed_text_reaches_the_sql(literal: str) -> None:
    quoted = "'" + literal.replace("'", "''") + "'"
    if any(quote in literal for quote in "‘’＇"):
        return
    sql = condition_sql(parse_filter(f"姓名 = {quoted}", REGISTRY, subject="person"), as_of=AS_OF)
    assert sql.text == '(p."person.name" = ?)'
    assert sql.params == (literal,)
