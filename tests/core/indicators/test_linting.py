"""The linter for schemes: which findings a scheme gets, all at once."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yici.core.elements import Registry
from yici.core.errors import PackError
from yici.core.indicators.linting import check_scheme, check_schemes, check_variance
from yici.core.indicators.measured import Measured, Thing
from yici.core.indicators.model import Direction, Method, Scheme
from yici.core.indicators.reading import _KEYS, read_schemes
from yici.core.indicators.scoring import score_things
from yici.core.indicators.tracing import TraceWord
from yici.storage.packs import load_registry
from yici.storage.schemes import load_schemes, load_trace_words

CASES = yaml.safe_load(Path(__file__).with_name("linting.yaml").read_text("utf-8"))


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry([])


@pytest.fixture(scope="module")
def words() -> list[TraceWord]:
    return load_trace_words()


def scheme_of(case: dict[str, Any], registry: Registry, **more: object) -> Scheme:
    document = {
        "id": "case",
        "title": "例",
        "source": "测试",
        "valid": {"from": date(2025, 1, 1)},
        "scored": {"unit": "村"},
        "publicity": {"days": 5},
        "indicators": [_objectors(item) for item in case["items"]],
        **{key: case[key] for key in ("grades", "vetoes") if key in case},
        **more,
    }
    return read_schemes([("case.yaml", document)], registry)[0]


def _objectors(item: dict[str, Any]) -> dict[str, Any]:
    if "items" in item:
        return {**item, "items": [_objectors(each) for each in item["items"]]}
    return {"objectors": ["基层"], **item}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_findings(case: dict[str, Any], registry: Registry, words: list[TraceWord]) -> None:
    findings = check_scheme(scheme_of(case, registry), registry, words)
    codes = Counter(("~" if f.warning else "") + f.problem.code for f in findings)
    assert codes == Counter(case["codes"]), "\n".join(str(f.problem) for f in findings)
    text = "\n".join(str(f.problem) for f in findings)
    assert all(words in text for words in case.get("says", ()))
    assert all(f.problem.hint for f in findings), "every finding has a next step"


@pytest.mark.parametrize("case", [c for c in CASES if "scheme-trace-weight" in c["codes"]], ids=lambda c: c["name"])
def test_the_proposal_would_be_accepted(case: dict[str, Any], registry: Registry, words: list[TraceWord]) -> None:
    findings = check_scheme(scheme_of(case, registry), registry, words)
    lines = next(f.proposal for f in findings if f.proposal)
    assert sum(line.after for line in lines) == sum(line.before for line in lines) == 100
    after = {line.item: line.after for line in lines}
    items = [{**item, "weight": after.pop(item["id"])} for item in case["items"]]
    new = {"id": "new", "name": "民生项目落地率", "evidence": "实绩", "expression": "share(人 where 年龄 > 1)"}
    items += [{**new, "weight": weight} for weight in after.values()]
    again = check_scheme(scheme_of({"items": items}, registry), registry, words)
    assert "scheme-trace-weight" not in {f.problem.code for f in again}


def test_papers_and_versions(registry: Registry, words: list[TraceWord]) -> None:
    case = {"items": [{"id": "a", "name": "群众满意度、矛盾化解率、民生项目落地率", "weight": 100, "evidence": "实绩",
                       "objectors": [], "expression": "share(人 where 年龄 > 60)"}]}  # fmt: skip
    bare = scheme_of(case, registry, source=None, publicity=None, parameters={"没用": 3})
    codes = {f.problem.code for f in check_schemes([bare, bare], registry, words)}
    assert codes == {"scheme-source", "scheme-parameter", "scheme-objectors", "scheme-publicity", "scheme-versions"}


def test_indicators_that_are_the_same_for_everybody(registry: Registry) -> None:
    case = {"items": [{"id": "a", "name": "甲", "weight": 50, "evidence": "实绩", "expression": "x"},
                      {"id": "b", "name": "乙", "weight": 50, "evidence": "实绩", "expression": "x"}]}  # fmt: skip
    scheme = scheme_of(case, registry)
    measured = {str(n): {"a": Measured(Decimal("0.5")), "b": Measured(Decimal(1 + n))} for n in range(3)}
    things = [Thing(name, name) for name in measured]
    said = [f.problem.message for f in check_variance(scheme, score_things(scheme, things, measured, day=scheme.since))]
    assert said == ["case：“甲”人人都是 0.5，分不出高下。", "case：“乙”人人满分，分不出高下。"]


def test_what_cannot_be_read_is_said_at_once(registry: Registry) -> None:
    document = {
        "id": "Bad Id",
        "title": "",
        "valid": {"from": "soon"},
        "scored": {"unit": "村", "subject": "dragon"},
        "indicators": [
            {"id": "a", "name": "甲", "weight": "many", "evidence": "感觉", "scoring": {"method": "估计"}, "colour": 1},
            {"id": "a", "name": "乙", "weight": 1, "evidence": "实绩", "expression": "count(人)", "scoring": 3},
        ],
        "grades": "A",
    }
    with pytest.raises(PackError) as caught:
        read_schemes([("bad.yaml", document)], registry)
    codes = {problem.code for problem in caught.value.problems}
    assert codes >= {"scheme-id", "scheme-text", "scheme-date", "scheme-valid", "scheme-subject", "scheme-scored",
                     "scheme-number", "scheme-word", "scheme-key", "scheme-indicator", "scheme-shape"}  # fmt: skip
    with pytest.raises(PackError):
        read_schemes([("bad.yaml", [1])], registry)


WORDS = ["实绩", "基准值", "目标值", "平均值", "参数.甲", "count(人)", "下级", "enterprise"]
NUMBERS = st.one_of(st.none(), st.booleans(), st.integers(-5, 200), st.floats())
PLAIN = st.one_of(NUMBERS, st.text(max_size=5), st.dates(), st.datetimes(), st.sampled_from(WORDS))
KEYS = st.sampled_from(sorted({key for keys in _KEYS.values() for key in keys.split()}))
NESTED = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(KEYS, NESTED, max_size=12))
def test_whatever_stands_in_a_file_is_a_scheme_or_said_to_be_none(registry: Registry, document: dict[str, Any]) -> None:
    frame = {"id": "x", "title": "例", "valid": {"from": date(2025, 1, 1)}, "scored": {"unit": "村"}}
    for content in (document, {**frame, "indicators": [{**frame, **document, "weight": 3}]}):
        try:
            schemes = read_schemes([("any.yaml", content)], registry)
        except PackError as error:
            assert all(problem.hint for problem in error.problems)
        else:
            check_schemes(schemes, registry, [])


FIGURES = ("target", "zero", "base", "times", "per", "points", "cap", "floor")
SCORINGS = st.fixed_dictionaries(
    {"method": st.sampled_from(list(Method))}, optional=dict.fromkeys(FIGURES, st.integers(-5, 200) | st.floats())
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(SCORINGS, st.sampled_from(list(Direction)), st.lists(st.none() | st.decimals(-9, 9, places=2), max_size=5))
def test_what_the_linter_lets_pass_can_be_scored(
    registry: Registry, scoring: dict[str, Any], direction: Direction, values: list[Decimal | None]
) -> None:
    item = {
        "id": "a",
        "name": "甲",
        "weight": 100,
        "evidence": "实绩",
        "expression": "count(人)",
        "direction": direction,
    }
    try:
        scheme = scheme_of({"items": [{**item, "scoring": {**scoring, "bands": [[1, 1]]}}]}, registry)
    except PackError:
        return
    things = [Thing(str(n), str(n)) for n in range(len(values))]
    measured = {str(n): {"a": Measured(value)} for n, value in enumerate(values)}
    if not [f for f in check_scheme(scheme, registry, []) if not f.warning]:
        for score in score_things(scheme, things, measured, day=scheme.since).scores:
            known = score.item("a").measured.value is not None
            assert known or score.total is None, "what is unknown has no total"


def test_shipped_schemes_are_clean(words: list[TraceWord]) -> None:
    registry = load_registry()
    findings = check_schemes(load_schemes(registry), registry, words)
    assert not [str(f.problem) for f in findings]
