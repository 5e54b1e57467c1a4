"""What lies behind a run: every number explained down to its rows; the run as a workbook and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yici.core.charts.model import Chart, Series, shown
from yici.core.errors import NotFound, Problem
from yici.core.expressions import Figure, Filter, in_words, parse_filter
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import Aggregate
from yici.core.indicators.compiling import ReadyItem, compile_scheme
from yici.core.indicators.measured import ItemScore, Score
from yici.core.indicators.model import Purpose
from yici.core.indicators.moments import moment_of
from yici.engine.figures import Ask, items_of
from yici.engine.projection import Projection
from yici.engine.row_values import row_values
from yici.office.charts import read_shapes, render_chart
from yici.office.score_report import write_report
from yici.services.measuring import ALL
from yici.services.pool import Pool, open_pool
from yici.services.records import Origin, show_subject
from yici.services.scoring import Scored

_ROWS = 10


def explain_thing(*, home: Path, scored: Scored, thing: str) -> str:
    """Where every point of one thing comes from, as text: definition, expression, value, calculation and rows.

    Raises NotFound when the run has no such thing.
    """
    score = _find(scored, thing)
    pool = open_pool(home)
    with pool.projection(scored.run.records_until) as projection:
        return "\n".join(Explainer(pool, scored, projection).lines(score))


def write_run(*, home: Path, scored: Scored, out: Path) -> None:
    """The run as a workbook: the list, every item's calculation, the scheme, and the rows behind figures."""
    pool = open_pool(home)
    with pool.projection(scored.run.records_until) as projection:
        explainer = Explainer(pool, scored, projection)
        rows = (row for score in scored.run.scores.scores for row in explainer.rows(score))
        write_report(scored.run, scored.scheme, rows, out)


def chart_of_run(*, home: Path, scored: Scored, path: Path, as_map: bool = False, geo: Path | None = None) -> None:
    """The totals (for statistics, the first indicator) as bars or as a map by unit."""
    pool = open_pool(home)
    areas = {area.name: area for area in pool.areas()}
    scheme, run = scored.scheme, scored.run
    taking = [score for score in run.scores.scores if not score.thing.excluded and score.thing.id != ALL]
    first = scheme.items[0]
    plain = scheme.purpose is Purpose.STATISTICS
    values = tuple((s.item(first.id).measured.value if plain else s.total) for s in taking)
    name, unit = (first.name, first.indicator.unit) if plain else ("总分", "分")
    names = tuple(score.thing.name for score in taking)
    groups: tuple[str, ...] = ()
    if as_map:
        missing = [n for n in names if n not in areas]
        if missing:
            hint = "分区图只能画单位；企业和干部请画柱状图。"
            raise NotFound(Problem("chart-no-map", f"“{missing[0]}”不是区划表里的单位。", hint))
        groups = tuple(areas[n].parent or "" for n in names)
    shapes = read_shapes(geo, {n: areas[n].code for n in names}) if geo is not None else ()
    title = f"{scheme.title}　{run.period}" + (f"　{name}" if plain else "")
    note = f"第 {run.number} 批，数据池，截至 {run.as_of}"
    chart = Chart("map" if as_map else "bar", title, names, (Series(name, values),), unit, note, groups, shapes)
    render_chart(chart, path)


def _find(scored: Scored, thing: str) -> Score:
    try:
        return scored.run.scores.of(thing)
    except KeyError:
        names = "、".join(score.thing.name for score in scored.run.scores.scores[:8])
        raise NotFound(Problem("unknown_thing", f"这一批里没有“{thing}”。", f"有：{names}。")) from None


class Explainer:
    """Goes back from points to values, and from values to the rows they count."""

    def __init__(self, pool: Pool, scored: Scored, projection: Projection) -> None:
        self.pool, self.scored, self.projection = pool, scored, projection
        run = scored.run
        ready = compile_scheme(scored.scheme, pool.registry, day=run.as_of)
        self.ready = {each.item.id: each for each in ready.items}
        self.by = scored.scheme.scored.by
        self.moment = Moment(run.as_of, run.period.start)
        self.seen = {} if scored.scheme.scored.by_figures else self._subjects()

    def _belonging(self, name: str) -> dict[str, Filter]:
        """The condition, by subject type, that something belongs to the organisation of that name."""
        registry = self.pool.registry
        return {
            subject: parse_filter(f"({text}) = 参数.谁", registry, subject=subject, parameters={"谁": name})
            for subject, text in self.by
        }

    def _subjects(self) -> dict[str, dict[str, object]]:
        """What is known of every subject: key → element name → value."""
        exprs = [each.value for each in self.ready.values() if each.value and not isinstance(each.value, Figure)]
        rows = row_values(self.projection, self.pool.registry, subject=self.scored.scheme.scored.subject, values=exprs,
                          conditions=[], moment=self.moment)  # fmt: skip
        return {row.key: row.seen for row in rows}

    def lines(self, score: Score) -> Iterator[str]:
        """The explanation of one thing, line by line."""
        grade = f"，{score.grade}" if score.grade else ""
        rank = f"，第 {score.rank} 名" if score.rank else ""
        yield f"{score.thing.name}：总分 {shown(score.total)}{rank}{grade}"
        for note in score.notes:
            yield f"  注意：{note}"
        for item in score.items:
            yield from self._item(score, item)

    def _item(self, score: Score, item: ItemScore) -> Iterator[str]:
        ready = self.ready[item.item]
        indicator = ready.item.indicator
        kind = f"{indicator.evidence}，{'潜绩' if indicator.latent else '显绩'}"
        yield f"· {indicator.name}（{shown(ready.item.weight)}分，{kind}）：{item.how}"
        if indicator.definition:
            yield f"    口径：{indicator.definition}"
        if ready.value is None:
            return
        expr = ready.value.expr if isinstance(ready.value, Figure) else ready.value
        yield f"    算式：{in_words(expr, self.pool.registry)}"
        if item.measured.unknown:
            yield f"    另有 {item.measured.unknown} 项因缺数据未计入"
        if isinstance(ready.value, Figure):
            yield from self._counted(score, ready)
        else:
            yield from self._seen(score, ready)

    def _counted(self, score: Score, ready: ReadyItem) -> Iterator[str]:
        assert isinstance(ready.value, Figure)
        for _, part, found in self.behind(score, ready):
            listed = "、".join(f"{row['name'] or row['key']}" for row in found[:_ROWS])
            more = f" 等 {len(found)} 项" if len(found) > _ROWS else f"，共 {len(found)} 项"
            yield f"    {part}：{listed}{more}" if found else f"    {part}：没有"

    def behind(self, score: Score, ready: ReadyItem) -> Iterator[tuple[Aggregate, str, list[dict[str, object]]]]:
        """Each population of a figure, in words, with its items."""
        assert isinstance(ready.value, Figure)
        whole = score.thing.id == ALL
        named = bool(self.by) and not whole
        top = self.scored.run.unit if whole or named else score.thing.id
        filters = self._belonging(score.thing.id) if named else {}
        ask = Ask(ready.value, tuple(self.pool.units_below(top)) if top else None, filters)
        moment = moment_of(ready.item.indicator.span, self.moment)
        for aggregate in dict.fromkeys(ready.value.aggregates):
            found = items_of(self.projection, self.pool.registry, ask, aggregate, moment=moment)
            # What belongs to no unit is counted for none (services/measuring.py).
            yield (
                aggregate,
                in_words(aggregate, self.pool.registry),
                [row for row in found if whole or named or row["unit"] is not None],
            )

    def _seen(self, score: Score, ready: ReadyItem) -> Iterator[str]:
        """The values of one subject an expression is made of, each with its record."""
        wanted = ready.elements
        for record in show_subject(home=self.pool.home, key=score.thing.id, as_of=self.scored.run.records_until):
            for known in record.values:
                if known.element.id in wanted:
                    value = f"{_plain(known.value)}{known.element.unit or ''}"
                    yield f"    {known.element.name} {value}{_source(known.origin)}"

    def rows(self, score: Score) -> Iterator[tuple[str, str, str, str, str, str]]:
        """For the workbook: thing, indicator, population in words, item key, item name, unit; of a subject's own
        values: thing, indicator, element, its key, the value, its unit."""
        seen = self.seen.get(score.thing.id, {})
        for item in score.items:
            ready = self.ready[item.item]
            for element in sorted(ready.elements) if not isinstance(ready.value, Figure) else ():
                known = self.pool.registry.elements[element]
                value = "缺数据" if seen.get(known.name) is None else _plain(seen[known.name])
                yield score.thing.name, ready.item.name, known.name, score.thing.id, value, known.unit or ""
            if isinstance(ready.value, Figure):
                for _, part, found in self.behind(score, ready):
                    for row in found:
                        yield (score.thing.name, ready.item.name, part, str(row["key"]), str(row["name"] or ""),
                               str(row["unit"] or ""))  # fmt: skip


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").isdigit() else text


def _source(origin: Origin | None) -> str:
    if origin is None:
        return ""
    place = f" {origin.sheet}第{origin.line}行" if origin.line else ""
    return f"（{origin.department} {origin.as_of}{place}）"
