"""`yici recount` and `yici who`: statistics forms after they were filled."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from yici.core.elements import Registry
from yici.core.fillplan import Gap
from yici.core.grid import address
from yici.services.figures import Numbers
from yici.services.home import data_home
from yici.services.recount import Behind, recount_form, who_counts, words_of
from yici.services.unknowns import Unknown, most_open

FORM = click.Path(exists=True, dir_okay=False, path_type=Path)
_ASKED = 5
DAY = click.DateTime(["%Y-%m-%d"])


def numbers_table(numbers: Numbers, registry: Registry) -> Table:
    """Each statistics cell with its figure in words and as text, and the number."""
    table = Table(title="统计口径", title_justify="left", header_style="bold")
    for head in ("单元格", "标签", "数", "口径", "统计式"):
        table.add_column(head, overflow="fold")
    for number in numbers.cells:
        label = f"{number.unit} / {number.slot.label}" if number.unit else number.slot.label
        words = words_of(number, registry) if number.slot.binding.certain else "；".join(number.figure.doubts)
        note = f"（{number.unknown} 个情况不明，未计）" if number.unknown else ""
        value = "" if number.written is None else str(number.written)
        table.add_row(address(number.slot.row, number.slot.col), label, value, words + note, number.figure.text)
    return table


def questions(gaps: Sequence[Gap], form: str) -> Iterator[str]:
    """The words that kept statistics cells empty, those of most cells first, each with how a person answers."""
    cells: dict[str, list[Gap]] = {}
    for gap in gaps:
        if gap.word:
            cells.setdefault(gap.word, []).append(gap)
    for word, found in sorted(cells.items(), key=lambda pair: -len(pair[1]))[:_ASKED]:
        whole = f"；标题里的词不限定对象，写 yici bind {form} {found[0].cell} 全部" if "标题" in found[0].doubt else ""
        yield f"“{word}”空了 {len(found)} 格。它指什么：yici bind {form} {found[0].cell} '数据元或条件'{whole}"


def of_another_day(gaps: Sequence[Gap]) -> dict[str, str]:
    """Why cells stay empty whose title names a period that was over on the day asked for → with the option to say."""
    cells: dict[str, list[Gap]] = {}
    for gap in gaps:
        if gap.day is not None:
            cells.setdefault(gap.doubt, []).append(gap)
    return {why: f"空了 {len(found)} 格：{why}（--as-of {found[0].day}）。" for why, found in cells.items()}


def left_out(unknowns: Sequence[Unknown]) -> Iterator[str]:
    """That some numbers leave out many of whom nobody knows, and which most."""
    if unknowns:
        yield f"有 {len(unknowns)} 格另有较多对象情况不明，没有算进去（缺项清单里逐格列出）："
        yield from (f"  {line}" for line in most_open(unknowns))


@click.command()
@click.argument("form", type=FORM)
@click.argument("filled", type=FORM)
@click.option("--unit", help="村（社区）或乡镇，含其下各级。")
@click.option("--where", help="筛选条件。")
@click.option("--as-of", type=DAY, help="以哪一天为准（缺省为今天）。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def recount(
    form: Path, filled: Path, unit: str | None, where: str | None, as_of: datetime | None, as_json: bool
) -> None:
    """按数据池重算一张填好的统计表（FORM 是空白表），列出对不上的格：差多少，什么口径；有没核对上的退出码为 1。"""
    found = recount_form(home=data_home(), form=form, filled=filled, unit=unit, where=where, as_of=_day(as_of))
    if as_json:
        lines = [
            {"sheet": d.sheet, "cell": d.cell, "label": d.label, "found": d.found, "wanted": _shown(d.wanted),
             "by": _shown(d.by), "words": d.words}
            for d in found.differences
        ]  # fmt: skip
        told = {"compared": found.compared, "differences": lines, "other_day": len(found.other_day)}
        click.echo(json.dumps(told, ensure_ascii=False))
        sys.exit(1 if found.differences or found.other_day else 0)
    click.echo(f"核对 {found.compared} 格，{len(found.differences)} 格对不上。")
    for past in dict.fromkeys(found.other_day):
        click.echo(f"{found.other_day.count(past)} 格没有核对：{past.words}（--as-of {past.day}）。")
    if not found.differences:
        # Cells nobody looked at must not pass for cells that agree.
        sys.exit(1 if found.other_day else 0)
    table = Table(header_style="bold")
    for head in ("单元格", "标签", "表上", "库里", "相差", "口径"):
        table.add_column(head, overflow="fold")
    for d in found.differences:
        by = "" if d.by is None else f"{d.by.normalize():+f}"
        table.add_row(f"{d.sheet}!{d.cell}", d.label, d.found, _shown(d.wanted), by, d.words)
    Console().print(table)
    sys.exit(1)


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else date.today()  # noqa: DTZ011 (the clerk's own calendar day)


@click.command()
@click.argument("form", type=FORM)
@click.argument("cell")
@click.option("--unit", help="村（社区）或乡镇，含其下各级。")
@click.option("--where", help="筛选条件。")
@click.option("--as-of", type=DAY, help="以哪一天为准（缺省为今天）。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def who(form: Path, cell: str, unit: str | None, where: str | None, as_of: datetime | None, as_json: bool) -> None:
    """列出统计表一个格子的数背后是哪些人、户、企业。"""
    found = who_counts(home=data_home(), form=form, cell=cell, unit=unit, where=where, as_of=_day(as_of))
    if as_json:
        lines = [{"figure": b.text, "subject": b.subject, "items": b.items} for b in found]
        click.echo(json.dumps(lines, ensure_ascii=False, default=str))
        return
    console = Console()
    for behind in found:
        click.echo(f"{cell} = {_shown(behind.value)}　{behind.words}：{len(behind.items)} 个")
        console.print(_items(behind))


def _items(behind: Behind) -> Table:
    table = Table(header_style="bold")
    heads = {"key": "编号", "name": "名称", "household": "户编号", "unit": "村（社区）", "value": "值"}
    shown = [key for key in heads if any(item.get(key) is not None for item in behind.items)]
    for key in shown:
        table.add_column(heads[key], overflow="fold")
    for item in behind.items:
        table.add_row(*(_shown(item.get(key)) for key in shown))
    return table
