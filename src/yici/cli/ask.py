"""`yici ask`: a question to the pool."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from yici.engine.figures import Answer
from yici.office.charts import check_ending
from yici.services.asking import Asked, Question, ask
from yici.services.home import data_home

_TOTAL = "全部"
_KINDS = {"柱": "bar", "线": "line", "图": "map", "bar": "bar", "line": "line", "map": "map"}


@click.command("ask")
@click.argument("expression")
@click.option("--by", multiple=True, help="分组：村、镇、下级，或数据元（性别、户.是否低保户…）；可以多次。")
@click.option("--of", help="条件说的是谁：人、户、企业…（缺省由数据元判断）。")
@click.option("--where", help="只在满足这个条件的对象里统计。")
@click.option("--unit", help="村（社区）或乡镇，含其下各级。")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="以哪一天为准（缺省为期末或今天）。")
@click.option("--period", help="报告期，如 2025、2025年第3季度、2025-10。")
@click.option("--explain", is_flag=True, help="说明这个数怎么算出来的。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
@click.option("--csv", "as_csv", is_flag=True, help="打印 CSV。")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="画成图：.svg、.png 或 .json。")
@click.option("--kind", type=click.Choice(list(_KINDS)), help="画哪种图：柱、线、图（分区图）。")
def ask_(
    expression: str, by: tuple[str, ...], of: str | None, where: str | None, unit: str | None, as_of: datetime | None,
    period: str | None, explain: bool, as_json: bool, as_csv: bool, chart: Path | None, kind: str | None,
) -> None:  # fmt: skip
    """向数据池提问：统计数（如 "count(人 where 年龄 >= 60)"）或条件（如 "年龄 >= 80"，即有多少个）。"""
    if chart is not None:
        check_ending(chart)
    question = Question(expression, by, where, unit, of, as_of.date() if as_of else None, period)
    today = date.today()  # noqa: DTZ011 (a figure's date is the clerk's own calendar day)
    asked = ask(home=data_home(), question=question, today=today, explain=explain)
    if as_json:
        click.echo(json.dumps(_as_json(asked), ensure_ascii=False))
    elif as_csv:
        _print_csv(asked)
    else:
        _print(asked)
    if chart is not None:
        from yici.services.asking_charts import draw  # Drawing costs imports that a number does not need.

        draw(asked, chart, kind=_KINDS[kind] if kind else None)  # type: ignore[arg-type]
        click.echo(f"已画成 {chart}", err=as_json or as_csv)


def _print(asked: Asked) -> None:
    console = Console()
    among = f"（只看{asked.where}）" if asked.where else ""
    console.print(f"[bold]{escape(asked.words)}[/]{escape(among)}　截至 {asked.moment.as_of}", highlight=False)
    doubtful = any(row.answer.unknown for row in asked.rows) or asked.total.unknown
    blank = any(row.answer.valueless for row in asked.rows) or asked.total.valueless
    table = Table(header_style="bold")
    for name in asked.by:
        table.add_column(escape(name), overflow="fold")
    for name in (f"结果（{asked.unit}）" if asked.unit else "结果", *_extra_heads(doubtful, blank)):
        table.add_column(name, justify="right")
    for row in asked.rows:
        table.add_row(*map(escape, row.keys), *_cells(asked, row.answer, doubtful, blank))
    if asked.rows:
        table.add_section()
    total = (_TOTAL, *[""] * (len(asked.by) - 1)) if asked.by else ()
    table.add_row(*total, *_cells(asked, asked.total, doubtful, blank))
    console.print(table)
    if asked.note:
        console.print(escape(asked.note), highlight=False)
    if asked.parts:
        _explain(asked, console)


def _extra_heads(doubtful: object, blank: object) -> list[str]:
    return [*(["无法判断"] if doubtful else []), *(["缺数值"] if blank else [])]


def _cells(asked: Asked, found: Answer, doubtful: object, blank: object) -> list[str]:
    extra = [*([str(found.unknown)] if doubtful else []), *([str(found.valueless)] if blank else [])]
    return [_shown(asked, found.value), *extra]


def _shown(asked: Asked, value: Decimal | int | str | bool | None) -> str:
    if value is None:
        return "不明"
    if isinstance(value, bool):
        return "是" if value else "否"
    if asked.is_share and not isinstance(value, str):
        return f"{_rounded(Decimal(value) * 100, '0.01')}%"
    return _rounded(value, "0.0001") if isinstance(value, Decimal) else str(value)


def _rounded(value: Decimal, to: str) -> str:
    text = f"{value.quantize(Decimal(to), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _explain(asked: Asked, console: Console) -> None:
    console.print(f"表达式：{asked.text}", highlight=False, markup=False)
    table = Table(title="怎么算出来的", title_justify="left", header_style="bold")
    for name in ("组成", "数", "无法判断", "表达式"):
        table.add_column(name, overflow="fold", justify="right" if name in ("数", "无法判断") else "left")
    for part in asked.parts:
        words = f"　其中只看：{part.words}" if part.within else part.words
        value = part.answer.value
        shown = _rounded(value, "0.0001") if isinstance(value, Decimal) else "不明" if value is None else str(value)
        table.add_row(escape(words), shown, str(part.answer.unknown), escape(part.text))
    console.print(table)


def _as_json(asked: Asked) -> dict[str, object]:
    return {
        "expression": asked.text,
        "words": asked.words,
        "as_of": asked.moment.as_of.isoformat(),
        "period_start": asked.moment.period_start.isoformat(),
        "where": asked.where,
        "unit": asked.unit,
        "by": list(asked.by),
        "rows": [{"keys": list(row.keys), **_numbers(row.answer)} for row in asked.rows],
        "total": _numbers(asked.total),
        **({"note": asked.note} if asked.note else {}),
        "parts": [{"words": part.words, "expression": part.text, **_numbers(part.answer)} for part in asked.parts],
    }


def _numbers(found: Answer) -> dict[str, object]:
    value = float(found.value) if isinstance(found.value, Decimal) else found.value
    return {"value": value, "unknown": found.unknown, "valueless": found.valueless}


def _print_csv(asked: Asked) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([*asked.by, asked.words, "无法判断", "缺数值"])
    for keys, found in [*((row.keys, row.answer) for row in asked.rows), (_total_keys(asked), asked.total)]:
        writer.writerow([*keys, "" if found.value is None else found.value, found.unknown, found.valueless])


def _total_keys(asked: Asked) -> tuple[str, ...]:
    return (_TOTAL, *[""] * (len(asked.by) - 1)) if asked.by else ()
