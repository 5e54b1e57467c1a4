"""`yici burden`: what was asked of people in a period, and what the pool took over."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from yici.core.collections.burden import KEYS, Burden
from yici.core.periods import around, parse_period
from yici.services.burden import Meter, Scope, demands_in, meter
from yici.services.burden_files import save_burden
from yici.services.home import data_home


@click.command()
@click.option("--period", help="时期，如 2026年11月、2026Q4、2026年第48周（默认本月）。")
@click.option("--by", type=click.Choice(list(KEYS)), default="unit", help="按什么看。")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="另存为 .xlsx 或 .csv 文件。")
def burden(period: str | None, by: str, out: Path | None) -> None:
    """填表负担：要了多少张表、多少格，人工要多少分钟，系统省下多少分钟。"""
    today = date.today()  # noqa: DTZ011 (the clerk's own calendar day)
    span = parse_period(period) if period else around(today, "month")
    demands = demands_in(home=data_home(), period=span, scope=Scope())
    found = meter(demands, period=span, by=by, scope=Scope(), today=today)
    _print(found)
    if out is not None:
        save_burden(found, out)
        click.echo(f"已写入 {out}")


def _print(found: Meter) -> None:
    table = Table(title=f"填表负担 {found.period}", title_justify="left", header_style="bold")
    for heading in (KEYS[found.by][0], "表", "平台外", "格", "已有", "人工（分）", "还要（分）", "省下（分）"):
        table.add_column(heading)
    for name, part in (*found.rows, ("合计", found.total)):
        table.add_row(name, *_numbers(part))
    Console().print(table)
    told = found.comparison
    if told is not None:
        click.echo(
            f"减负前的参照数：每人每个工作日 {told.before.forms:g} 张表、{told.before.hours:g} 小时；{told.clerks} 人 "
            f"{told.days} 个工作日是 {told.forms:.0f} 张、{told.minutes:.0f} 分钟。来源：{told.before.source}。"
            f"{told.note and f'{told.note}。'}"
        )
    click.echo(found.formula)


def _numbers(part: Burden) -> list[str]:
    minutes = (part.minutes_asked, part.minutes_left, part.minutes_saved)
    return [*map(str, (part.forms, part.outside, part.cells, part.known)), *(f"{one:.0f}" for one in minutes)]
