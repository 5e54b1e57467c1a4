"""Aggregates, dates, functions, case and parameters: what is accepted, how it is shown again, what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from expression_sample import sample_registry

from yici.core.elements import Element, Kind, Registry, SubjectType
from yici.core.errors import ExpressionError
from yici.core.expressions import in_words, parse_expression, parse_figure, parse_filter, text_in_names, text_of
from yici.core.expressions.names import Lexicon
from yici.core.expressions.nodes import Base, Expr

REGISTRY = sample_registry()
CASES = yaml.safe_load((Path(__file__).parent / "language.yaml").read_text(encoding="utf-8"))
PARAMETERS = {"起始年龄": 80, "线": "5万元", "开始": date(2020, 1, 1), "等级": ["一级", "二级"], "减": -3}


def parsed(subject: str, text: str, registry: Registry = REGISTRY) -> Expr:
    if subject == "figure":
        return parse_figure(text, registry, parameters=PARAMETERS).expr
    return parse_expression(text, registry, subject=subject, parameters=PARAMETERS)


@pytest.mark.parametrize(("subject", "typed", "text", "words"), CASES["accepted"], ids=lambda v: str(v)[:40])
def test_accepted(subject: str, typed: str, text: str, words: str | None) -> None:
    expr = parsed(subject, typed)
    assert text_of(expr) == text
    assert parsed(subject, text_of(expr)) == expr
    assert parsed(subject, text_in_names(expr, REGISTRY)) == expr
    assert words is None or in_words(expr, REGISTRY) == words


@pytest.mark.parametrize(("subject", "typed", "problems"), CASES["refused"], ids=lambda v: str(v)[:40])
def test_refused(subject: str, typed: str, problems: list[tuple[str, str]]) -> None:
    with pytest.raises(ExpressionError) as caught:
        parsed(subject, typed)
    found = caught.value.problems
    assert [problem.code for problem in found] == [f"expression.{code}" for code, _ in problems]
    for problem, (_, word) in zip(found, problems, strict=True):
        assert word in problem.message + problem.hint


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("count(人)", "人"), ("count(企业)", "个"), ("sum(户.耕地面积)", "亩"), ("avg(人.津贴) * 12", "元/月"),
        ("sum(户.耕地面积) / count(人)", "亩/人"), ("share(人 where 是否独居)", ""), ("year(今天)", None),
        ("months_between(期初, 今天)", "月"), ("60% * 2", "%"),
    ],
)  # fmt: skip
def test_units_of_figures(text: str, unit: str | None) -> None:
    type_ = parsed("figure", text).type
    assert type_.base is Base.NUMBER
    assert (type_.unit.text if type_.unit else None) == unit


def test_subjects_of_packs_have_their_own_elements() -> None:
    registry = sample_registry()
    registry.subjects["project"] = SubjectType("project", "民生项目", "project.number", ("项目",))
    for id_, name, kind in (("project.number", "项目编号", Kind.TEXT), ("project.cost", "总投资", Kind.DECIMAL)):
        registry.elements[id_] = Element(id_, "project", name, kind, unit="万元" if kind is Kind.DECIMAL else None)
    figure = parsed("figure", "sum(项目.总投资) / count(民生项目 where 总投资 > 100万元)", registry)
    assert text_of(figure) == "sum(project.cost) / count(project where project.cost > 100万元)"
    assert in_words(figure, registry) == "民生项目的总投资合计÷民生项目数（总投资大于100万元）"
    assert parse_filter("总投资 > 5", registry, subject="project").roles == {"project"}
    with pytest.raises(ExpressionError, match="other-subject"):
        parse_filter("总投资 > 年龄", registry, subject="project")


def test_the_lexicon_follows_the_registry() -> None:
    registry: Any = sample_registry()
    lexicon = Lexicon.of(registry)
    assert Lexicon.of(registry) is lexicon
    registry.elements["person.new"] = Element("person.new", "person", "新数据元", Kind.TEXT)
    assert Lexicon.of(registry) is not lexicon
    assert parse_filter("新数据元 is null", registry, subject="person")
