"""`yici score`, `rescore`, `scores`, `object`, `answer` and `adjust`: assessment by schemes."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click
from rich.table import Table

from yici.cli.score_tables import changes_table, run_json, run_table
from yici.cli.tables import print_table
from yici.core.indicators.measured import AdjustmentKind
from yici.core.periods import parse_period
from yici.office.charts import check_ending
from yici.services.home import data_home, user_name
from yici.services.score_details import chart_of_run, explain_thing, write_run
from yici.services.scoring import Scored, adjust, answer_to, object_to, objections_of, rescore, runs_of, score

_DAY = click.DateTime(["%Y-%m-%d"])


def _today() -> date:
    return date.today()  # noqa: DTZ011 (the clerk's own calendar day)


@click.command("score")
@click.argument("scheme")
@click.option("--period", "period_text", required=True, help="时期：2025、2025Q3、2025年10月、2025-01-01..2025-03-31。")
@click.option("--unit", help="只评这个单位以下的。")
@click.option("--as-of", type=_DAY, help="只用这一天及以前的记录（默认全部）。")
@click.option("--publish", type=_DAY, help="从哪一天起公示。")
@click.option("--explain", "explain", help="说明一个单位（企业、干部）的每一分从哪里来。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="写成 .xlsx。")
@click.option("--chart", type=click.Path(dir_okay=False, path_type=Path), help="画成 .svg、.png 或 .json。")
@click.option("--geo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="分区图的 GeoJSON。")
@click.option("--map", "as_map", is_flag=True, help="画成分区图（默认柱状图）。")
def score_(
    scheme: str, period_text: str, unit: str | None, as_of: datetime | None, publish: datetime | None,
    explain: str | None, as_json: bool, out: Path | None, chart: Path | None, geo: Path | None, as_map: bool,
) -> None:  # fmt: skip
    """按考核方案评分：全部取自数据池，不交任何材料；结果连同依据一起保存。"""
    if chart is not None:
        check_ending(chart)
    scored = score(home=data_home(), actor=user_name(), scheme=scheme, period=parse_period(period_text), unit=unit,
                   today=_today(), records_until=as_of.date() if as_of else None,
                   publish=publish.date() if publish else None)  # fmt: skip
    _show(scored, as_json)
    if explain:
        click.echo(explain_thing(home=data_home(), scored=scored, thing=explain))
    if out:
        write_run(home=data_home(), scored=scored, out=out)
        click.echo(f"已写入 {out}")
    if chart:
        chart_of_run(home=data_home(), scored=scored, path=chart, as_map=as_map or geo is not None, geo=geo)
        click.echo(f"已画成 {chart}")


def _show(scored: Scored, as_json: bool) -> None:
    if as_json:
        click.echo(run_json(scored))
        return
    print_table(run_table(scored), keep=2)
    run = scored.run
    for note in run.scores.notes:
        click.echo(f"注意：{note}。")
    for finding in scored.findings:
        click.echo(f"注意 {finding.problem}")
    shown = f"，公示 {run.published} 至 {run.published_until}" if run.published_until else ""
    click.echo(f"第 {run.number} 批，{run.title}（{run.version} 版），{run.period}，截至 {run.as_of}{shown}。")


@click.command("rescore")
@click.argument("run", type=int)
@click.option("--reason", required=True, help="为什么重新计分。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def rescore_(run: int, reason: str, as_json: bool) -> None:
    """数据更正、容错或加减分之后重新计分：两批结果都保留，列出差别。"""
    scored, found = rescore(home=data_home(), actor=user_name(), run=run, reason=reason, today=_today())
    _show(scored, as_json)
    if not as_json:
        if found:
            print_table(changes_table(found, scored.scheme), keep=2)
        click.echo(f"与第 {run} 批比较，{len(found)} 处不同。" if found else f"与第 {run} 批相同。")


@click.command("scores")
@click.argument("scheme", required=False)
def scores(scheme: str | None) -> None:
    """列出考核批次和异议。"""
    table = Table("批次", "方案", "版本", "时期", "单位", "截至", "更正", "原因", "公示", header_style="bold")
    for run in runs_of(home=data_home(), scheme=scheme):
        published = f"{run.published} 至 {run.published_until}" if run.published_until else ""
        table.add_row(str(run.number), run.scheme, run.version, run.period.name, run.unit, str(run.as_of),
                      f"第 {run.previous} 批" if run.previous else "", run.reason, published)  # fmt: skip
    print_table(table)
    for each in objections_of(home=data_home()):
        state = "待答复" if each.upheld is None else f"{'采纳' if each.upheld else '不采纳'}：{each.answer}"
        click.echo(f"异议 {each.number}：第 {each.run} 批 {each.thing} {each.item}，{each.reason}（{each.by}）{state}")


@click.command("object")
@click.argument("run", type=int)
@click.argument("item")
@click.argument("thing")
@click.option("--reason", required=True, help="异议的理由。")
@click.option("--who", default="", help="谁提的：方案里可提异议的一方，如 基层、企业。")
def object_(run: int, item: str, thing: str, reason: str, who: str) -> None:
    """对一批结果里某单位的某个指标提出异议：yici object 批次 指标 单位 --reason 理由"""
    number = object_to(home=data_home(), actor=user_name(), run=run, item=item, thing=thing, reason=reason, who=who)
    click.echo(f"已记录异议 {number}。数据更正后用 yici rescore {run} --reason … 重新计分。")


@click.command("answer")
@click.argument("objection", type=int)
@click.option("--uphold/--reject", "upheld", required=True, help="采纳或不采纳。")
@click.option("--text", required=True, help="答复。")
def answer(objection: int, upheld: bool, text: str) -> None:
    """答复一条异议。"""
    answer_to(home=data_home(), actor=user_name(), objection=objection, upheld=upheld, answer=text)
    click.echo(f"已答复异议 {objection}：{'采纳' if upheld else '不采纳'}。")


@click.command("adjust")
@click.argument("run", type=int)
@click.argument("thing")
@click.option("--kind", type=click.Choice([kind.value for kind in AdjustmentKind]), required=True, help="哪一类。")
@click.option("--points", required=True, help="多少分（正数）。")
@click.option("--item", default="", help="容错写明是哪个指标。")
@click.option("--reason", required=True, help="理由。")
@click.option("--document", required=True, help="依据的文件或决定。")
def adjust_(run: int, thing: str, kind: str, points: str, item: str, reason: str, document: str) -> None:
    """容错、加分、减分：写明理由和依据，下一次计分时生效，不超过方案的上限。"""
    try:
        number_of_points = Decimal(points)
    except ArithmeticError:
        raise click.BadParameter(f"“{points}”不是一个数。", param_hint="--points") from None
    number = adjust(home=data_home(), actor=user_name(), run=run, thing=thing, kind=kind, points=number_of_points,
                    reason=reason, document=document, item=item)  # fmt: skip
    click.echo(f"已记录调整 {number}。用 yici rescore {run} --reason … 重新计分。")
