"""`yici recognise`, `yici fill` and `yici bind`."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from yici.cli.numbers import left_out, numbers_table, of_another_day, questions
from yici.core.grid import column_name
from yici.core.recognition.template import Area, Slot
from yici.services.collecting.days import data_day
from yici.services.form_view import state_of, view_html
from yici.services.forms import FillOutcome, confirm_binding, fill_form, recognise_form
from yici.services.home import data_home, user_name
from yici.services.pool import Pool, open_pool

_STATES = {
    "certain": "[green]自动[/]",
    "suggested": "[yellow]待确认[/]",
    "unknown": "[dim]没有[/]",
    "fact": "[blue]表头[/]",
    "human": "[dim]人工[/]",
}
_KINDS = {"rows": "花名册", "cells": "卡片", "matrix": "交叉表"}
_REASONS = {
    "unknown label": "标签不认识",
    "nobody has it": "库里没有",
    "conflict": "来源不一致",
    "refused value": "格式不符",
    "not applicable": "不适用",
}
FORM = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("form", type=FORM)
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="把表样着色后存成网页。")
def recognise(form: Path, as_json: bool, html: Path | None) -> None:
    """识别一张空白表：打印各区域、填报项、绑定及依据。"""
    pool = open_pool(data_home())
    found = recognise_form(home=data_home(), form=form, pool=pool)
    if as_json:
        click.echo(json.dumps(found.template.as_json(), ensure_ascii=False))
        return
    if html is not None:
        html.write_text(view_html(found.grid, found.template, pool.registry), "utf-8")
        click.echo(f"已存为 {html}")
        return
    console = Console()
    console.print(f"[bold]{found.template.title or form.name}[/]  指纹 {found.template.fingerprint}")
    for area in found.template.areas:
        console.print(_area_table(area, pool))
    for heading in found.template.headings:
        console.print(f"表头 {heading.sheet}!{column_name(heading.col)}{heading.row}：{' '.join(heading.text.split())}")


def _area_table(area: Area, pool: Pool) -> Table:
    where = f"第 {area.first_row} 行起，空行 {area.blank_rows}" if area.kind == "rows" else str(area.span)
    table = Table(title=f"{area.sheet} · {_KINDS[area.kind]} · {where}", title_justify="left", header_style="bold")
    for head in ("单元格", "标签", "状态", "数据元", "依据"):
        table.add_column(head, overflow="fold")
    for slot in area.slots:
        table.add_row(
            f"{column_name(slot.col)}{slot.row}", slot.label, _STATES[state_of(slot)], _filled_by(slot, pool),
            "；".join(slot.binding.evidence),
        )  # fmt: skip
    return table


def _filled_by(slot: Slot, pool: Pool) -> str:
    element = slot.binding.element
    if slot.binding.figure is not None:
        return slot.binding.figure.text
    if element is None:
        return {"unit": "填报单位", "date": "填报日期"}.get(slot.binding.fact or "", "")
    name = pool.registry.elements[element].name
    return f"户主的{name}" if slot.binding.of == "head" else name


@click.command()
@click.argument("form", type=FORM)
@click.option("-o", "--out", type=click.Path(dir_okay=False, path_type=Path), help="填好的表存到哪里。")
@click.option("--unit", help="村（社区）或乡镇，含其下各级。")
@click.option("--where", help="筛选条件，如：年龄 >= 80 and 是否低保户 = '是'")
@click.option("--subject", help="卡片填谁：身份证号、户编号或统一社会信用代码。")
@click.option("--each", metavar="人|户|企业|…", help="每个对象一份（写对象的标识或名称），配合 --out-dir。")
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), help="每个对象一份时的文件夹。")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="以哪一天为准（缺省为今天）。")
@click.option("--gaps", type=click.Path(dir_okay=False, path_type=Path), help="缺项清单（JSON）存到哪里。")
@click.option("--explain", is_flag=True, help="说明每个填报项由什么填写、为什么空着，统计格的口径和数。")
@click.option("--last", type=FORM, help="上期填好的同一张表：口径有两可时，按哪一种算得出上期的数来定。")
@click.option("--last-as-of", type=click.DateTime(["%Y-%m-%d"]), help="上期表的截止日期。")
def fill(
    form: Path, out: Path | None, unit: str | None, where: str | None, subject: str | None, each: str | None,
    out_dir: Path | None, as_of: datetime | None, gaps: Path | None, explain: bool, last: Path | None,
    last_as_of: datetime | None,
) -> None:  # fmt: skip
    """从数据池填写一张空白表，保持原有版式。"""
    day = as_of.date() if as_of else date.today()  # noqa: DTZ011 (a form's date is the clerk's own calendar day)
    if each:
        if out_dir is None:
            raise click.UsageError("--each 需要 --out-dir 指定文件夹。")
        from yici.cli.cards import fill_each  # A progress bar costs an import that one form does not need.

        fill_each(form, each, out_dir, unit, where, day, gaps)
        return
    if (last is None) != (last_as_of is None):
        raise click.UsageError("--last 和 --last-as-of 要一起用。")
    if out is None:
        raise click.UsageError("请用 -o 指定填好的表存到哪里。")
    outcome = fill_form(
        actor=user_name(), home=data_home(), form=form, out=out, unit=unit, where=where, subject=subject,
        as_of=day, gaps=gaps, last=last, last_as_of=last_as_of.date() if last_as_of else None,
    )  # fmt: skip
    if subject and outcome.template and (until := data_day(outcome.template, day)) < day:
        click.echo(f"注意：标题说的是到 {until} 为止的一期，填的是 {day} 的数据；要那时的，请加 --as-of {until}。")
    _report(outcome, explain)


def _report(outcome: FillOutcome, explain: bool) -> None:
    rows = f"，{outcome.rows} 行" if outcome.rows else ""
    click.echo(
        f"已填 {outcome.out}：{outcome.cells_filled} 格{rows}，缺 {outcome.cells_gap} 格，"
        f"格式不符 {outcome.cells_refused} 格，用时 {outcome.seconds:.2f} 秒"
    )
    other_day = of_another_day(outcome.gaps)
    for line in (*(f"名单没有填：{note}。" for note in outcome.notes if note not in other_day), *other_day.values()):
        click.echo(line)
    for settled in outcome.settled:
        click.echo(f"按上期的数定了“{settled.word}”（{settled.cells} 格）：{settled.text}")
    for failed in outcome.numbers.failed:
        click.echo(f"核对不符 {failed.sheet}!{column_name(failed.col)}{failed.row}：{failed.words}")
    for line in (*left_out(outcome.unknowns), *questions(outcome.gaps, str(outcome.form))):
        click.echo(line)
    if not explain:
        return
    counts: dict[tuple[str, str], int] = {}
    for gap in outcome.gaps:
        counts[gap.label, str(gap.reason)] = counts.get((gap.label, str(gap.reason)), 0) + 1
    table = Table(title="为什么空着", title_justify="left", header_style="bold")
    for head in ("标签", "原因", "格数"):
        table.add_column(head, overflow="fold")
    for (label, reason), count in sorted(counts.items(), key=lambda pair: -pair[1]):
        table.add_row(label, _REASONS[reason], str(count))
    console = Console()
    pool = open_pool(data_home())
    for area in outcome.template.areas if outcome.template else []:
        console.print(_area_table(area, pool))
    if outcome.numbers.cells:
        console.print(numbers_table(outcome.numbers, pool.registry))
    console.print(table)


@click.command()
@click.argument("form", type=FORM)
@click.argument("cell")
@click.argument("element")
def bind(form: Path, cell: str, element: str) -> None:
    """确认一个填报项由哪个数据元填写（“-”表示系统没有），以后同样的表和词不再询问。

    统计格里，ELEMENT 写数据元或条件（残疾人证号 is not null）说明不认识的那个词指什么；标题里的词不限定统计哪些
    对象的，写“全部”；写统计式（count(人 where …)）定这一格的口径。
    """
    slot = confirm_binding(actor=user_name(), home=data_home(), form=form, cell=cell, element=element)
    click.echo(f"已记住：{slot.label} ← {element}")
