"""`yici schemes list`, `show` and `lint`: assessment schemes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime

import click
from rich.table import Table

from yici.cli.tables import print_table
from yici.core.charts.model import shown
from yici.core.elements import Registry
from yici.core.indicators.linting import Finding
from yici.core.indicators.model import Scheme
from yici.services.schemes import find_scheme, lint_schemes, schemes_of
from yici.storage.packs import load_registry


@click.group()
def schemes() -> None:
    """考核方案：list 列出，show 查看，lint 体检。"""


@schemes.command("list")
def list_() -> None:
    """列出全部考核方案及其版本。"""
    table = Table(header_style="bold")
    table.add_column("标识", no_wrap=True)
    for column in ("名称", "版本", "用途", "评谁", "指标", "有效期", ""):
        table.add_column(column)
    registry = load_registry()
    for s in schemes_of():
        until = s.until or "今"
        whom, span = _whom(s, registry), f"{s.since} 至 {until}"
        table.add_row(s.id, s.title, s.version, s.purpose, whom, str(len(s.items)), span,
                      "示例" if s.example else "")  # fmt: skip
    print_table(table)


def _whom(scheme: Scheme, registry: Registry) -> str:
    by = "、".join(dict.fromkeys(text for _, text in scheme.scored.by))
    if by:
        return by
    subject = registry.subjects.get(scheme.scored.subject or "")
    return subject.name if subject else scheme.scored.kind or "下级单位"


@schemes.command()
@click.argument("name")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天有效的版本（默认今天）。")
def show(name: str, day: datetime | None) -> None:
    """查看一个方案的指标、口径、权重和计分方法。"""
    on = day.date() if day else date.today()  # noqa: DTZ011 (the clerk's own calendar day)
    scheme = find_scheme(name, day=on)
    table = Table("指标", "类别", "权重", "计分", "单位", "口径", title=scheme.title, title_justify="left",
                  header_style="bold")  # fmt: skip
    group = ""
    for item in scheme.items:
        if item.group != group:
            table.add_row(f"【{item.group}】", end_section=False)
        group = item.group
        kind = f"{item.indicator.evidence}{'·潜绩' if item.indicator.latent else ''}"
        what = item.indicator.definition or item.indicator.expression or f"{item.indicator.reported}填报"
        table.add_row(item.name, kind, shown(item.weight), item.scoring.method, item.indicator.unit, what)
    print_table(table)
    papers = "　".join(part for part in (scheme.issuer, scheme.document, scheme.source) if part)
    click.echo(f"{papers}　有效期 {scheme.since} 至 {scheme.until or '今'}{'　示例' if scheme.example else ''}")


@schemes.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def lint(names: tuple[str, ...], as_json: bool) -> None:
    """体检考核方案（标识、名称或 .yaml 文件；不写则全部）：有不予采用的问题时返回 1。"""
    findings = lint_schemes(names=names)
    if as_json:
        click.echo(json.dumps([_as_json(finding) for finding in findings], ensure_ascii=False, default=str))
    else:
        for finding in findings:
            click.echo(f"{'注意' if finding.warning else '不予采用'} {finding.problem}")
            if finding.proposal:
                print_table(_proposal(finding))
        errors = sum(not finding.warning for finding in findings)
        click.echo(f"{errors} 处不予采用，{len(findings) - errors} 处提请注意。" if findings else "没有发现问题。")
    if any(not finding.warning for finding in findings):
        raise SystemExit(1)


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "warning": finding.warning,
        **finding.problem.as_json(),
        "proposal": [asdict(line) for line in finding.proposal],
    }


def _proposal(finding: Finding) -> Table:
    table = Table("建议权重", "现在", "建议", header_style="bold")
    for line in finding.proposal:
        table.add_row(line.name, shown(line.before), shown(line.after))
    return table
