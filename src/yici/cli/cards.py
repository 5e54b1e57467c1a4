"""`yici fill --each`: one card a subject, with a progress bar."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from yici.services.cards import fill_cards
from yici.services.collecting.days import data_day
from yici.services.forms import recognise_form
from yici.services.home import data_home, user_name


def fill_each(
    form: Path, each: str, out_dir: Path, unit: str | None, where: str | None, day: date, gaps: Path | None
) -> None:
    """Fill the cards and print what came of them. Who gets one is as of the day: never one after the title's period."""
    template = recognise_form(home=data_home(), form=form).template
    if (last := data_day(template, day)) < day:
        raise click.UsageError(
            f"标题说的是到 {last} 为止的一期，而问的是 {day} 的；请加 --as-of {last}，或换上新标题的表。"
        )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("填写卡片", total=None)
        outcome = fill_cards(
            actor=user_name(), home=data_home(), form=form, each=each, out_dir=out_dir, unit=unit, where=where,
            as_of=day, progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    if gaps is not None:
        listed = [{"file": name, **gap.as_json()} for name, found in outcome.gaps.items() for gap in found]
        gaps.write_text(json.dumps(listed, ensure_ascii=False, indent=1), "utf-8")
    click.echo(
        f"已填 {len(outcome.files)} 份，存于 {out_dir}：{outcome.filled} 格，缺 {outcome.asked} 格，"
        f"格式不符 {outcome.refused} 格"
    )
