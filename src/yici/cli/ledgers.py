"""`yici import`: departments' ledgers into the pool."""

from __future__ import annotations

import os
import re
import sys
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from yici.cli.ledgers_summary import print_outcome
from yici.core.elements import Registry
from yici.core.errors import Problem, YiciError
from yici.core.manifest import BatchFacts
from yici.services.ledgers import ImportOptions, ImportOutcome, authority_ids, import_ledger
from yici.services.pool import area_names, open_pool
from yici.storage.packs import load_registry


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--department", required=True, help="台账由哪个部门提供，如 民政局。")
@click.option(
    "--as-of", "as_of", required=True, type=click.DateTime(["%Y-%m-%d"]), help="数据截止日期，如 2025-12-31。"
)
@click.option("--authority", default="", help="该部门是哪些数据项的数源，用逗号分开（名称或编号）。")
@click.option(
    "--covers", default="", help="名册管到哪些单位（含其下各级），用逗号分开：这些单位里不在名册上的，就是“否”。"
    "不写则只算部门名称里写明的单位，或该列人人有值的村；事后可用 yici covers 补写。",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="只检查，不写入。")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="把有问题的格标注在原表上，另存为此文件。"
)
@click.option("--by", default="", help="经办人。")
def import_(
    files: tuple[Path, ...],
    department: str,
    as_of: datetime,
    authority: str,
    covers: str,
    dry_run: bool,
    report: Path | None,
    by: str,
) -> None:
    """把部门台账导入数据池。每个文件成为一个批次：要么整个导入，要么完全不导入。"""
    registry = load_registry()
    home = Path(os.environ.get("YICI_HOME", "yici-data"))
    units = area_names(_names(covers), open_pool(home).areas()) if covers else ()
    facts = BatchFacts(department, _day(as_of), authority_ids(_names(authority), registry), covers=units)
    # Written to a file or a pipe, lines are as wide as a table needs, not as an imagined terminal.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    problems: list[Problem] = []
    for number, path in enumerate(files):
        options = ImportOptions(dry_run, _report_path(report, number, path, len(files)))
        try:
            outcome = _with_progress(console, path, facts, home, registry, options, by or department)
        except YiciError as error:
            problems.extend(error.problems)
            continue
        print_outcome(console, outcome, registry, dry_run=dry_run)
    if problems:
        raise YiciError(problems)


def _with_progress(
    console: Console,
    path: Path,
    facts: BatchFacts,
    home: Path,
    registry: Registry,
    options: ImportOptions,
    actor: str,
) -> ImportOutcome:
    """Import one file; a bar appears on a terminal when there is more than a moment's work."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"导入 {escape(path.name)}", total=None)

        def shown(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return import_ledger(
            path=path, facts=facts, home=home, registry=registry, actor=actor,
            options=ImportOptions(options.dry_run, options.report, shown),
        )  # fmt: skip


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[,，、;；\s]+", text) if name]


def _report_path(report: Path | None, number: int, path: Path, count: int) -> Path | None:
    """One report a file: with several files the name carries the ledger's own."""
    if report is None or count == 1:
        return report
    return report.with_name(f"{report.stem}-{number + 1}-{path.stem}{report.suffix}")


def _day(moment: datetime) -> date:
    return moment.date()
