"""Runs as tables and JSON for the terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from yici.core.charts.model import shown
from yici.core.indicators.measured import Score
from yici.core.indicators.model import Purpose, Scheme
from yici.core.indicators.runs import Change
from yici.services.scoring import Scored

_MANY = 50


def run_table(scored: Scored) -> Table:
    """The first things of a run: rank, total, grade and the points of every item; for statistics, the values."""
    scheme = scored.scheme
    plain = scheme.purpose is Purpose.STATISTICS
    if plain and len(scored.run.scores.scores) < len(scheme.items):
        return _standing(scored)
    count = len(scored.run.scores.scores)
    more = f"（前 {_MANY} 个，共 {count} 个）" if count > _MANY else ""
    title = f"{scheme.title}　{scored.run.period}{more}"
    table = Table(title=title, title_justify="left", header_style="bold")
    if not plain:
        table.add_column("名次", justify="right")
    table.add_column("名称")
    if not plain:
        table.add_column("总分", justify="right")
        table.add_column("等次")
    for item in scheme.items:
        weight = "" if plain else f"\n{shown(item.weight)}分"
        table.add_column(f"{item.name}{weight}", justify="right")
    for score in scored.run.scores.scores[:_MANY]:
        table.add_row(*_cells(score, scheme, plain))
    return table


def _standing(scored: Scored) -> Table:
    """Few units and many figures: a line for every figure."""
    title = f"{scored.scheme.title}　{scored.run.period}"
    scores = scored.run.scores.scores
    table = Table(
        "指标", *(score.thing.name for score in scores), title=title, title_justify="left", header_style="bold"
    )
    for item in scored.scheme.items:
        table.add_row(item.name, *(score.item(item.id).how for score in scores))
    return table


def _cells(score: Score, scheme: Scheme, plain: bool) -> list[str]:
    points = {item.item: item for item in score.items}
    if plain:
        return [score.thing.name, *(points[i.id].how if i.id in points else "" for i in scheme.items)]
    cells = [
        str(score.rank or ""),
        score.thing.name,
        total_text(score),
        score.grade or ("待定" if scheme.grades else ""),
    ]
    for item in scheme.items:
        each = points.get(item.id)
        cells.append("" if each is None else "不计" if not each.weight else shown(each.points))
    return cells


def total_text(score: Score) -> str:
    """The total, or what is certain of it and what is open."""
    if score.thing.excluded:
        return score.thing.excluded
    if score.total is not None:
        return shown(score.total)
    return f"已知 {shown(score.known)}，待定 {shown(score.open)}" if score.items else "缺数据"


def changes_table(changes: Sequence[Change], scheme: Scheme) -> Table:
    """What is otherwise than in the run before."""
    names = {item.id: item.name for item in scheme.items}
    table = Table("名称", "指标", "值：原", "值：现", "分：原", "分：现", "等次", header_style="bold")
    for c in changes[:200]:
        grades = f"{c.grades[0] or '—'} → {c.grades[1] or '—'}" if c.grades[0] != c.grades[1] else ""
        values = ("", "") if not c.item else (shown(c.before_value), shown(c.after_value))
        table.add_row(c.name, names.get(c.item, "总分"), *values, shown(c.before), shown(c.after), grades)
    return table


def run_json(scored: Scored) -> str:
    """The whole run as JSON: numbers as text, exactly as they were worked out."""
    run = scored.run
    content: dict[str, Any] = {
        "run": run.number, "scheme": run.scheme, "version": run.version, "period": run.period.name, "as_of": run.as_of,
        "sequence": run.sequence, "unit": run.unit, "previous": run.previous, "notes": run.scores.notes,
        "items": {item.id: {"name": item.name, "weight": item.weight, "unit": item.indicator.unit,
                            "evidence": item.indicator.evidence} for item in scored.scheme.items},
        "scores": [asdict(score) for score in run.scores.scores],
        "findings": [finding.problem.as_json() for finding in scored.findings],
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, default=str)
