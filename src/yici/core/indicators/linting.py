"""The linter for schemes: what is refused (an error) and what deserves a look (a warning), all at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from yici.core.charts.model import shown
from yici.core.elements import Element, Kind, Registry
from yici.core.errors import Place, Problem
from yici.core.expressions import Figure, Filter, text_of
from yici.core.expressions.assuming import taken_for_no
from yici.core.indicators.compiling import ReadyItem, ReadyScheme, try_compile
from yici.core.indicators.measured import Scores
from yici.core.indicators.model import Branch, Direction, Evidence, Method, Purpose, Scheme
from yici.core.indicators.tracing import TraceWord, Weighting, evidence_of, proposal, traces_in
from yici.core.indicators.yardsticks import check_scoring

# The three results every assessment of units can carry, with the words that tell them.
_RESULTS = {"群众满意度": ("满意",), "矛盾化解率": ("化解",), "民生项目落地率": ("落地", "民生项目")}
_COVERAGE = ("覆盖率", "走访率", "入户率", "知晓率", "见面率", "建档率")
_TOTALS = (Decimal(1), Decimal(100), Decimal(1000))
_SHORTEST_NAME = 3
# From how many scored things on sameness says something.
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the linter says; a `warning` does not keep a scheme from being used. `proposal` is a better
    weighting, where there is one."""

    problem: Problem
    warning: bool = False
    proposal: tuple[Weighting, ...] = field(default=())


def check_schemes(schemes: Sequence[Scheme], registry: Registry, words: Sequence[TraceWord]) -> list[Finding]:
    """Everything there is to say about the schemes, each as of the day it comes into force and the day its last
    parameter does."""
    findings: list[Finding] = []
    for scheme in schemes:
        findings += check_scheme(scheme, registry, words)
    for number, one in enumerate(schemes):
        for other in schemes[number + 1 :]:
            day = max(one.since, other.since)
            if one.id == other.id and one.in_force(day) and other.in_force(day):
                message = f"有两个版本在同一天有效（{one.since} 起与 {other.since} 起）。"
                findings.append(_error(other, "scheme-versions", message, "请给前一个版本写上 valid 的 to。"))
    return findings


def check_scheme(scheme: Scheme, registry: Registry, words: Sequence[TraceWord]) -> list[Finding]:
    """Everything there is to say about one scheme."""
    days = sorted({scheme.since, *(d.since for p in scheme.parameters for d in p.values if d.since > scheme.since)})
    compiled = [try_compile(scheme, registry, day=day) for day in days]
    ready = compiled[0][0]
    findings = [Finding(problem) for _, problems in compiled for problem in problems]
    findings += _papers(scheme)
    findings += _weights(scheme)
    if scheme.purpose is Purpose.STATISTICS:
        return list(dict.fromkeys([*findings, *_registers(ready), *_by_hand(scheme, registry, words)]))
    for day in days:
        findings += [
            _error(scheme, problem.code, problem.message, problem.hint)
            for problem in check_scoring(scheme, scheme.figures(day))
        ]
    findings += _grades(scheme)
    findings += _registers(ready)
    findings += _evidence(scheme, ready, registry, words)
    findings += _by_hand(scheme, registry, words)
    findings += _twice(scheme, ready)
    findings += _exact(scheme)
    findings += _outcomes(scheme, registry)
    findings += _latent(scheme)
    return list(dict.fromkeys(findings))


def check_variance(scheme: Scheme, scores: Scores) -> list[Finding]:
    """Indicators in which everybody has the same value, or everybody full points: they decide nothing."""
    found = []
    hint = "请换一个能分出高下的指标、提高目标，或把权重让给别的指标。"
    for item in scheme.items:
        mine = [each for score in scores.scores for each in score.items if each.item == item.id]
        values = [each.measured.value for each in mine if each.measured.value is not None]
        points = [each.points for each in mine if each.points is not None]
        if len(values) >= _ENOUGH and len(set(values)) == 1:
            message = f"“{item.name}”人人都是 {shown(values[0])}{item.indicator.unit}，分不出高下。"
            found.append(_warning(scheme, "scheme-no-variance", message, hint))
        elif len(points) >= _ENOUGH and all(each == item.weight for each in points):
            message = f"“{item.name}”人人满分，分不出高下。"
            found.append(_warning(scheme, "scheme-no-variance", message, hint))
    return found


def _papers(scheme: Scheme) -> Iterator[Finding]:
    if scheme.until is not None and scheme.until < scheme.since:
        message = f"有效期从 {scheme.since} 到 {scheme.until}，前后颠倒。"
        yield _error(scheme, "scheme-valid", message, "请核对 valid 的 from 与 to。")
    if not scheme.source and not scheme.document:
        hint = "请写 document（文号），或 source（出处，一行字，如 某县考核办法〔2025〕3号，2025-01-10 印发）；"
        hint += "举例的也在 source 里写明是示例。"
        yield _warning(scheme, "scheme-source", "没有写出处。", hint)
    texts = " ".join(_texts(scheme))
    for parameter in scheme.parameters:
        if f"参数.{parameter.name}" not in texts:
            hint = "请在算式或 scoring 里写“参数.名称”，或删去它。"
            yield _warning(scheme, "scheme-parameter", f"参数“{parameter.name}”没有用到。", hint)
    if scheme.purpose is not Purpose.STATISTICS:
        if not any(item.indicator.objectors for item in scheme.items):
            hint = "请给指标写 objectors，如 [基层, 企业]：脱离实际的指标要有人能提出来。"
            yield _warning(scheme, "scheme-objectors", "没有写谁可以对指标提异议。", hint)
        if not scheme.publicity.days:
            hint = "请写 publicity: {days: 5}；公示期一般 3 至 7 天。"
            yield _warning(scheme, "scheme-publicity", "没有公示期。", hint)


def _texts(scheme: Scheme) -> Iterator[str]:
    yield scheme.scored.where
    yield from (text for _, text in scheme.scored.by)
    yield from (exclusion.when for exclusion in scheme.scored.exclude)
    yield from (veto.when for veto in scheme.vetoes)
    for item in scheme.items:
        yield item.indicator.expression
        yield item.without.when if item.without else ""
        yield from (str(value) for value in (item.scoring.target, item.scoring.zero, item.scoring.base) if value)
        if item.indicator.latent is not None:
            yield from (stage.expression for stage in item.indicator.latent.stages)


def _weights(scheme: Scheme) -> Iterator[Finding]:
    for item in scheme.items:
        if item.weight <= 0:
            message = f"“{item.name}”的权重是 {shown(item.weight)}。"
            yield _error(scheme, "scheme-weight", message, "权重要大于 0；加分减分写在 adjustments 里。")
    waiting = [scheme.root]
    while waiting:
        branch = waiting.pop(0)
        waiting += [node for node in branch.nodes if isinstance(node, Branch)]
        if branch.weight is not None and branch.weight != branch.total:
            message = f"“{branch.name}”写的是 {shown(branch.weight)}，下面的指标合计 {shown(branch.total)}。"
            yield _error(scheme, "scheme-weights", message, "请让各级权重对得上。")
    if scheme.purpose is not Purpose.STATISTICS and scheme.root.total not in _TOTALS:
        message = f"权重合计 {shown(scheme.root.total)}，不是 100。"
        yield _error(scheme, "scheme-weights", message, "请调整权重，使合计为 100。")


def _grades(scheme: Scheme) -> Iterator[Finding]:
    names = [grade.name for grade in scheme.grades]
    shares = [grade.share for grade in scheme.grades if grade.share is not None]
    if len(set(names)) != len(names):
        yield _error(scheme, "scheme-grades", "等次的名称有重复。", "请一个等次写一次。")
    if shares and (sum(shares) > 100 or (len(shares) == len(names) and sum(shares) != 100)):
        message = f"等次的比例合计 {shown(sum(shares, Decimal(0)))}%。"
        yield _error(scheme, "scheme-grades", message, "请使比例合计为 100，或最后一等不写 share。")
    floors = [grade.at_least for grade in scheme.grades if grade.at_least is not None]
    if floors != sorted(floors, reverse=True):
        yield _error(scheme, "scheme-grades", "等次的分数线不是从高到低。", "请从最好的等次写起。")
    if scheme.grades and scheme.grades[-1].at_least is not None:
        hint = "最后一等不写 at_least，其余的都归它。"
        yield _warning(scheme, "scheme-grades", f"分数低于最后一等的也会评为{names[-1]}。", hint)
    for veto in scheme.vetoes:
        if veto.grade not in names:
            message = f"否决“{veto.reason}”的等次“{veto.grade}”不存在。"
            yield _error(scheme, "scheme-grades", message, f"等次有：{'、'.join(names) or '无'}。")


def _registers(ready: ReadyScheme) -> Iterator[Finding]:
    """Who is on no register counts as "no" only where it was imported: `is null` does not ask that."""
    for each in ready.items:
        parts = [part for part in (each.value, each.without, *each.stages) if part is not None]
        for part in parts:
            expr = part.expr if isinstance(part, Figure | Filter) else part
            for typed, instead in taken_for_no(expr):
                message = f"“{each.item.name}”把“没有记录”当成“没有”：{typed}。"
                hint = f"名册没有导入的地方也会这样算；请改用 {instead}。"
                yield _warning(ready.scheme, "scheme-register", message, hint)


def _evidence(scheme: Scheme, ready: ReadyScheme, registry: Registry, words: Sequence[TraceWord]) -> Iterator[Finding]:
    """Traces that are counted, and whether they outweigh what came of the work."""
    evidence: dict[str, Evidence] = {}
    for each in ready.items:
        item = each.item
        names = [registry.elements[element].name for element in sorted(each.elements)]
        trace = traces_in(item.indicator, names, words)
        evidence[item.id] = evidence_of(item, trace)
        if trace is not None:
            declared = item.indicator.evidence
            message = f"“{item.name}”考的是{trace.counts}"
            if declared is Evidence.TRACE:
                yield _warning(scheme, "scheme-trace", f"{message}。", trace.instead)
            else:
                code, message = "scheme-trace-as-result", f"{message}，却标为{declared}；权重按痕迹计算。"
                yield _error(scheme, code, message, f"{trace.instead}确需保留的，改标 evidence: 痕迹。")
    traces, results = _summed(scheme, evidence, Evidence.TRACE), _summed(scheme, evidence, Evidence.RESULT)
    if traces >= results:
        listed = {e: "、".join(i.name for i in scheme.items if evidence[i.id] is e) or "无" for e in Evidence}
        message = (
            f"痕迹类权重 {shown(traces)}（{listed[Evidence.TRACE]}）不低于实绩类权重 {shown(results)}"
            f"（{listed[Evidence.RESULT]}），不予采用：考的是留下多少材料，不是办成多少事。"
        )
        better = proposal(scheme, evidence)
        hint = "建议改为：" + "；".join(str(line) for line in better if line.before != line.after) + "。"
        yield Finding(_problem(scheme, "scheme-trace-weight", message, hint), proposal=better)


def _summed(scheme: Scheme, evidence: Mapping[str, Evidence], kind: Evidence) -> Decimal:
    return sum((item.weight for item in scheme.items if evidence[item.id] is kind), Decimal(0))


def _by_hand(scheme: Scheme, registry: Registry, words: Sequence[TraceWord]) -> Iterator[Finding]:
    """What people would have to report, and whether the pool can tell."""
    for item in scheme.items:
        indicator = item.indicator
        if indicator.expression:
            continue
        elements = _told_by(f"{indicator.name} {indicator.definition}", registry)
        if elements:
            known = "、".join(f"“{element.name}”" for element in elements)
            message = f"“{indicator.name}”要{indicator.reported}填报，而数据池里有{known}。"
            hint = f"请改写 expression，如 {_expression_for(elements[0], registry)}，不再填报。"
            yield _error(scheme, "scheme-by-hand", message, hint)
        else:
            message = f"“{indicator.name}”要{indicator.reported}填报，不能自动计分。"
            hint = "请先把它登记为数据元，从业务系统取得；材料不作为计分依据。"
            if traces_in(indicator, (), words) is not None:
                hint = "痕迹不必专门收集，建议删去这一项，为基层减负。"
            yield _warning(scheme, "scheme-by-hand", message, hint)


def _told_by(text: str, registry: Registry) -> list[Element]:
    """The elements a text names in full, longest names first, at most three."""
    found: dict[str, int] = {}
    for element in registry.elements.values():
        if element.generic or element.identifies:
            continue
        names = [name for name in (element.name, *element.aliases) if len(name) >= _SHORTEST_NAME and name in text]
        if names:
            found[element.id] = max(map(len, names))
    return [registry.elements[name] for name in sorted(found, key=lambda name: -found[name])[:3]]


def _expression_for(element: Element, registry: Registry) -> str:
    subject = registry.subjects[element.subject].name
    if element.kind in (Kind.INTEGER, Kind.DECIMAL):
        return f"sum({subject}.{element.name})"
    if element.kind is Kind.BOOL:
        return f"count({subject} where {element.name} = '是')"
    return f"count({subject} where {element.name} …)"


def _twice(scheme: Scheme, ready: ReadyScheme) -> Iterator[Finding]:
    """The same thing counted under two names."""
    parsed = [each for each in ready.items if each.value is not None]
    for number, one in enumerate(parsed):
        for other in parsed[number + 1 :]:
            names = f"“{one.item.name}”和“{other.item.name}”"
            if _text(one) == _text(other):
                yield _error(scheme, "scheme-twice", f"{names}算的是同一件事，重复计分。", "请合并成一个指标。")
            elif one.elements and one.elements == other.elements:
                hint = "请确认不是把一件事考了两遍。"
                yield _warning(scheme, "scheme-twice", f"{names}用的是同样的数据元。", hint)


def _text(ready: ReadyItem) -> str:
    assert ready.value is not None
    return text_of(ready.value.expr if isinstance(ready.value, Figure) else ready.value)


def _exact(scheme: Scheme) -> Iterator[Finding]:
    """Targets of exactly everything: a visit rate of 100 % is a sign of invention, not a merit."""
    for item in scheme.items:
        whole = Decimal(100) if item.indicator.unit == "%" else Decimal(1)
        goal = item.scoring.target
        full = item.scoring.method is Method.TARGET and isinstance(goal, int | Decimal) and Decimal(goal) == whole
        rate = item.indicator.unit == "%" or "率" in item.name
        named = any(word in item.name for word in _COVERAGE)
        said = "100%" in f"{item.name}{item.indicator.definition}" or "百分之百" in item.indicator.definition
        if item.indicator.direction is Direction.HIGHER and ((full and rate) or (named and (full or said)) or said):
            message = f"“{item.name}”要求恰好 100%，只会逼出凑数。"
            hint = "请改为实际能达到的目标（如 90），并用抽查核实；恰好 100% 应当核查，不应加分。"
            yield _warning(scheme, "scheme-exact-target", message, hint)


def _outcomes(scheme: Scheme, registry: Registry) -> Iterator[Finding]:
    """The results an assessment of units can carry and does not."""
    if scheme.purpose is not Purpose.ASSESSMENT or not scheme.scored.by_figures:
        return
    names = " ".join(item.name for item in scheme.items)
    lacking = [name for name, words in _RESULTS.items() if not any(word in names for word in words)]
    if lacking:
        hint = "办事评价、矛盾调处和民生项目都在数据池里，可以直接计算，不用报材料；写法见 township-results 方案。"
        yield _warning(scheme, "scheme-outcomes", f"没有{'、'.join(lacking)}。", hint)


def _latent(scheme: Scheme) -> Iterator[Finding]:
    for item in scheme.items:
        latent = item.indicator.latent
        if latent is None:
            continue
        if latent.months <= 12:
            message = f"“{item.name}”标为潜绩，周期却只有 {latent.months} 个月。"
            yield _warning(scheme, "scheme-latent", message, "潜绩的周期要长于一年；不到一年见效的按显绩考。")
        if not latent.stages:
            hint = "请写 stages：到哪个月应当看到什么。"
            yield _warning(scheme, "scheme-latent", f"“{item.name}”没有阶段，满期之前看不出进展。", hint)
        late = [stage.words for stage in latent.stages if stage.after > latent.months]
        if late:
            message = f"“{item.name}”的阶段“{'、'.join(late)}”晚于周期。"
            yield _error(scheme, "scheme-latent", message, "请核对 stages 的 after 与 months。")


def _problem(scheme: Scheme, code: str, message: str, hint: str) -> Problem:
    return Problem(code, f"{scheme.id}：{message}", hint, Place(scheme.file))


def _error(scheme: Scheme, code: str, message: str, hint: str) -> Finding:
    return Finding(_problem(scheme, code, message, hint))


def _warning(scheme: Scheme, code: str, message: str, hint: str) -> Finding:
    return Finding(_problem(scheme, code, message, hint), warning=True)
