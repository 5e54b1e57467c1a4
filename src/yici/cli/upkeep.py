"""`yici backup`, `restore`, `doctor` and `audit`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from yici.services.auditing import AuditReport, audit_lines, check_audit
from yici.services.backups import BackupFacts, check_backup, make_backup, restore_backup
from yici.services.backups import Progress as Report
from yici.services.health import examine
from yici.services.home import data_home, user_name

_MARKS = {"ok": "[green]正常[/]", "warning": "[yellow]注意[/]", "error": "[red]有错[/]"}
OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=OUT)
def backup(file: Path) -> None:
    """把数据库、批次、原件和自定义数据元备份成一个文件，写完后逐项核对。"""
    with _bar("备份") as report:
        facts = make_backup(actor=user_name(), home=data_home(), out=file, progress=report)
    click.echo(f"已备份到 {file}：{_shown(facts)}，已逐项核对")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="只核对备份文件，不恢复。")
def restore(file: Path, check: bool) -> None:
    """把备份恢复到空的数据文件夹（YICI_HOME）；先核对整个文件，有一处不对就什么也不改。"""
    with _bar("核对") as report:
        if check:
            facts = check_backup(file, report)
        else:
            facts = restore_backup(actor=user_name(), home=data_home(), source=file, progress=report)
    click.echo(f"{'备份完好' if check else '已恢复'}：{_shown(facts)}")


@click.command()
@click.option("--quick", is_flag=True, help="不逐个核对批次文件的内容。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def doctor(quick: bool, as_json: bool) -> None:
    """检查数据库、审计、批次文件和运行环境；有错时退出码为 1。"""
    findings = examine(home=data_home(), deep=not quick)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        console = Console(highlight=False)
        for finding in findings:
            console.print(f"{_MARKS[finding.state]}  {finding.message} {finding.hint}".rstrip())
    if any(finding.state == "error" for finding in findings):
        sys.exit(1)


@click.group()
def audit() -> None:
    """审计记录：谁在什么时候做了什么。"""


@audit.command()
def verify() -> None:
    """核对审计链：每一条都接着上一条，没有被改、删、插；结果记入审计。"""
    with _bar("核对") as told:
        report: AuditReport = check_audit(actor=user_name(), home=data_home(), progress=told)
    if not report.recorded:
        click.echo("这次核对的结果没有能记入审计", err=True)
    if report.broken:
        click.echo(f"审计链在第 {'、'.join(map(str, report.broken[:10]))} 条处断开（共 {report.lines} 条）", err=True)
        sys.exit(1)
    click.echo(f"审计链完整：{report.lines} 条，链尾 {report.head[:16]}")


@audit.command("list")
@click.option("--last", default=20, show_default=True, help="最近多少条。")
def list_(last: int) -> None:
    """列出最近的审计记录。"""
    for line in audit_lines(home=data_home(), limit=last):
        click.echo(f"{line.seq:>6}  {line.at[:19]}  {line.actor}  {line.action}  {line.thing[:24]}")


def _shown(facts: BackupFacts) -> str:
    rows = sum(facts.rows.values())
    return f"{rows} 行记录，{facts.files} 个文件，{facts.bytes / 1e6:.1f} MB，数据池序号 {facts.sequence}"


@contextmanager
def _bar(what: str) -> Iterator[Report]:
    """A progress bar on standard error, gone when the work is done."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
