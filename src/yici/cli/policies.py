"""`yici policies`: listing, showing, checking and testing the policies of the packs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Column, Table

from yici.cli.tables import print_table
from yici.core.policies.model import Policy
from yici.services.policies import find_policies, lint_policies, policies_of, run_policy_tests

_FOLDERS = click.option(
    "--pack", "packs", multiple=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="只看这个应用包目录（可重复）。",
)  # fmt: skip


@click.group()
def policies() -> None:
    """政策：条件、待遇和测试例，写在应用包的 policies/*.yaml 里。"""


@policies.command("list")
@_FOLDERS
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="只列这一天有效的。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def list_(packs: Sequence[Path], as_of: datetime | None, as_json: bool) -> None:
    """列出政策。"""
    found = [p for p in policies_of(folders=packs or None) if as_of is None or p.in_force(as_of.date())]
    if as_json:
        click.echo(json.dumps([asdict(policy) for policy in found], ensure_ascii=False, default=str))
        return
    table = Table(Column("标识", no_wrap=True), "名称", "办理", "有效期", "条件", "发文", header_style="bold")
    for policy in found:
        until = f"{policy.since} 至 {policy.until or '今'}"
        issuer = policy.issuer + ("（示例）" if policy.example else "")
        table.add_row(policy.id, policy.title, policy.mode, until, str(len(policy.clauses)), issuer)
    print_table(table)
    click.echo(f"共 {len(found)} 项。")


@policies.command()
@click.argument("policy")
@_FOLDERS
def show(policy: str, packs: Sequence[Path]) -> None:
    """查看一项政策的全部版本：条件、待遇、参数、依据。"""
    for found in find_policies(policies_of(folders=packs or None), [policy]):
        _show(found)


def _show(policy: Policy) -> None:
    click.echo(f"{policy.title}（{policy.id}）　{policy.mode}　{policy.since} 至 {policy.until or '今'}")
    click.echo(f"发文：{policy.issuer} {policy.document}{'　示例，非现行文件' if policy.example else ''}".rstrip())
    for text in policy.basis:
        click.echo(f"依据：{text}")
    if policy.source:
        source = policy.source
        click.echo(f"出处：{source.title} {source.date or ''} {source.note}".rstrip())
    for parameter in policy.parameters:
        steps = "；".join(
            f"{f'{dated.since} 起 ' if dated.since != date.min else ''}{dated.value}" for dated in parameter.values
        )
        click.echo(f"参数.{parameter.name}：{steps}")
    table = Table("条件", "文件怎么说", "怎么判断", header_style="bold")
    for clause in policy.clauses:
        table.add_row(clause.id, clause.words, clause.when)
    print_table(table)
    benefit = policy.benefit
    for grade in benefit.grades:
        click.echo(f"待遇：{grade.name}（{grade.when}）{grade.amount} {benefit.unit}")
    if benefit.amount or benefit.note:
        click.echo(f"待遇：{benefit.amount} {benefit.unit} {benefit.note}".rstrip())
    if policy.excludes:
        click.echo(f"不能同享：{'、'.join(policy.excludes)}（优先：{policy.prefer}）")


@policies.command()
@_FOLDERS
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def lint(packs: Sequence[Path], as_json: bool) -> None:
    """检查政策：不存在的数据元、矛盾或永不成立的条件、重叠或有空档的档次、失效日期、缺出处……有错误时退出码为 1。"""
    today = date.today()  # noqa: DTZ011 (validity is meant by the clerk's own calendar day)
    findings = lint_policies(today=today, folders=packs or None)
    errors = [finding for finding in findings if not finding.warning]
    if as_json:
        rows = [finding.problem.as_json() | {"warning": finding.warning} for finding in findings]
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for finding in sorted(findings, key=lambda finding: finding.warning):
            click.echo(f"{'提醒' if finding.warning else '错误'} {finding.problem}")
        click.echo(f"{len(errors)} 处错误，{len(findings) - len(errors)} 处提醒。")
    if errors:
        raise SystemExit(1)


@policies.command()
@click.argument("wanted", nargs=-1)
@_FOLDERS
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def test(wanted: tuple[str, ...], packs: Sequence[Path], as_json: bool) -> None:
    """运行政策文件里的测试例；有不符的退出码为 1。"""
    reports = run_policy_tests(wanted=wanted, folders=packs or None)
    wrong = [report for report in reports if report.wrong]
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], ensure_ascii=False))
    else:
        for report in wrong:
            click.echo(f"不符 {report.policy}“{report.case}”：{'；'.join(report.wrong)}")
        click.echo(f"{len(reports)} 例，{len(reports) - len(wrong)} 例相符，{len(wrong)} 例不符。")
    if wrong:
        raise SystemExit(1)
