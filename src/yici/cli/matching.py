"""`yici match`: policies over everybody, with reasons, near misses, lists, changes and questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Table

from yici.cli.tables import print_table
from yici.engine.policy_settling import CHOICE, ELIGIBLE, NOT_ELIGIBLE, UNKNOWN, YIELDS
from yici.services.home import data_home, user_name
from yici.services.match_changes import changes_of
from yici.services.match_explaining import explain_matches
from yici.services.match_lists import list_matches
from yici.services.match_questions import open_questions
from yici.services.match_record import KINDS
from yici.services.match_workbook import write_lists, write_questions
from yici.services.matching import OUTCOME_WORDS, Matching, MatchReport, open_matching, record_open

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("wanted", nargs=-1, metavar="[政策]...")
@click.option("--unit", help="只看这个单位（区划）及其下级。")
@click.option("--as-of", type=_DAY, help="以哪一天为准（只看，不记录变化）；默认今天。")
@click.option("--explain", "key", help="一个人、户或企业的每项政策、每个条件。")
@click.option("--near", is_flag=True, help="列出只差一个条件的，以及差多少。")
@click.option("--changes", is_flag=True, help="列出变化：新符合、不再符合、新缺数据……")
@click.option("--since", type=_DAY, help="从哪一天起的变化。")
@click.option("--questions", is_flag=True, help="缺数据的变成待核实事项，最能定下结论的在前。")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="名单或待核实事项写成 xlsx。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def match(
    wanted: tuple[str, ...], unit: str | None, as_of: datetime | None, key: str | None, near: bool, changes: bool,
    since: datetime | None, questions: bool, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """用政策去找人：符合、不符合、缺数据各是谁，为什么，多少钱。"""
    today = date.today()  # noqa: DTZ011 (eligibility is meant by the clerk's own calendar day)
    day = as_of.date() if as_of else today
    matching = open_matching(home=data_home(), wanted=wanted, unit=unit, day=day)
    with matching.projection:
        recorded = None if as_of else record_open(matching, actor=user_name())
        if changes:
            _changes(matching, wanted, since, as_json)
        elif key:
            _explain(matching, key, as_json)
        else:
            report = matching.report(recorded)
            if questions:
                _questions(matching, report, out, as_json)
            else:
                _report(matching, report, near=near, out=out, as_json=as_json)


def _report(matching: Matching, report: MatchReport, *, near: bool, out: Path | None, as_json: bool) -> None:
    if out:
        for name, lines in write_lists(matching, report, out, near_only=near).items():
            click.echo(f"{name}：{lines} 行", err=as_json)
        click.echo(f"已写入 {out}", err=as_json)
    if as_json:
        click.echo(json.dumps(_as_json(matching, report, near=near), ensure_ascii=False, default=str))
        return
    table = Table("政策", "符合", "让位", "择一", "缺数据", "不符合", "差一点", "金额合计", header_style="bold")
    for one in report.policies:
        counts = [one.counts.get(o, 0) for o in (ELIGIBLE, YIELDS, CHOICE, UNKNOWN, NOT_ELIGIBLE)]
        total = "" if one.total is None else f"{one.total.normalize():f} {one.rule.policy.benefit.unit}"
        total += f"（{one.unpriced} 个金额待定）" if one.unpriced else ""
        table.add_row(f"{one.rule.policy.title}（{one.rule.id}）", *map(str, counts), str(one.near), total)
    print_table(table)
    _registers(report)
    for policy in report.not_in_force:
        click.echo(f"{policy.title} 在 {report.day} 不在有效期内。")
    if near and not out:
        _near(matching, report)
    if report.recorded and report.recorded.changes:
        click.echo(f"与上次相比有 {len(report.recorded.changes)} 处变化，用 yici match --changes 查看。")


def _registers(report: MatchReport) -> None:
    """The registers nobody has imported, once each: people need not be asked for what a department keeps."""
    for one in report.missing_registers:
        who = "、".join(one.authority) or "主管部门"
        several = f"{one.policies[0]}等 {len(one.policies)} 项政策" if len(one.policies) > 1 else one.policies[0]
        lacks = f"没有{units_words(one.lacking)}的" if one.lacking else "库里还没有导入这个名册"
        click.echo(f"缺名册：{one.name}（{lacks}，请{who}提供；影响{several}）")
    if any(one.lacking for one in report.missing_registers):
        click.echo("名册若本来就管到这些单位，用 yici covers 批次 单位 写明范围（如所在的乡镇），批次见 yici batches。")


def units_words(units: Sequence[str], most: int = 3) -> str:
    """The first units by name and how many more: 甲村、乙村等 8 个单位."""
    names = [unit or "单位不明者" for unit in units]
    return "、".join(names[:most]) + (f"等 {len(names)} 个单位" if len(names) > most else "")


def _near(matching: Matching, report: MatchReport) -> None:
    for one in report.policies:
        if one.near:
            table = Table("姓名", "编号", "村", "差在哪里", title=one.rule.policy.title, header_style="bold")
            for line, _ in zip(list_matches(matching, one, near_only=True), range(20), strict=False):
                table.add_row(line.name, line.key, line.unit, line.reasons)
            print_table(table)
            if one.near > 20:
                click.echo(f"共 {one.near} 个，只列前 20 个，全部请用 --out。")


def _as_json(matching: Matching, report: MatchReport, *, near: bool) -> dict[str, object]:
    policies = []
    for one in report.policies:
        counts = {OUTCOME_WORDS[outcome]: count for outcome, count in sorted(one.counts.items())}
        entry = {
            "policy": one.rule.id, "title": one.rule.policy.title, "counts": counts, "near": one.near,
            "total": one.total, "unpriced": one.unpriced, "unit": one.rule.policy.benefit.unit,
        }  # fmt: skip
        if near:
            entry["near_misses"] = [asdict(line) for line in list_matches(matching, one, near_only=True)]
        policies.append(entry)
    return {"as_of": report.day, "sequence": report.sequence, "policies": policies,
            "missing_registers": [asdict(one) for one in report.missing_registers]}  # fmt: skip


def _changes(matching: Matching, wanted: tuple[str, ...], since: datetime | None, as_json: bool) -> None:
    chosen = sorted(matching.chosen) if wanted else ()
    found = list(changes_of(since=since.date() if since else None, policies=chosen, units=matching.units))
    if as_json:
        click.echo(json.dumps([asdict(change) for change in found], ensure_ascii=False, default=str))
        return
    titles = {rule.id: rule.policy.title for rule in matching.rules}
    units = {rule.id: rule.policy.benefit.unit for rule in matching.rules}
    table = Table("日期", "政策", "编号", "村", "变化", "金额", "原因", header_style="bold")
    for change in found[-200:]:
        amounts = [f"{a.normalize():f}" if a is not None else "" for a in (change.amount_before, change.amount_after)]
        money = f"{' → '.join(amount or '无' for amount in amounts)} {units.get(change.policy, '')}".rstrip()
        money = money if any(amounts) else ""
        table.add_row(str(change.day), titles.get(change.policy, change.policy), change.key, change.unit,
                      KINDS[change.kind], money, change.cause)  # fmt: skip
    print_table(table)
    click.echo(f"共 {len(found)} 处变化" + ("，只列最近 200 处，全部请用 --json。" if len(found) > 200 else "。"))


def _explain(matching: Matching, key: str, as_json: bool) -> None:
    found = explain_matches(matching, key)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    for one in found:
        click.echo(f"{one.title}（{one.policy}）：{one.outcome}{f'　{one.amount} {one.unit}' if one.amount else ''}")
        for clause in one.clauses:
            click.echo(f"  {clause.verdict}　{clause.words}　{clause.seen}")
        if one.asked:
            click.echo(f"  要定下结论，可核实：{'；或 '.join(one.asked)}")


def _questions(matching: Matching, report: MatchReport, out: Path | None, as_json: bool) -> None:
    found = open_questions(matching, report.policies)
    titles = {rule.id: rule.policy.title for rule in matching.rules}
    registry = matching.pool.registry
    if out:
        write_questions(found, registry, titles, out, day=str(report.day))
        click.echo(f"已写入 {out}：{len(found)} 项。", err=as_json)
    if as_json:
        click.echo(json.dumps([asdict(question) for question in found], ensure_ascii=False))
        return
    table = Table("向谁核实", "编号", "村", "核实什么", "单独决定", "有助于", header_style="bold")
    for question in found[:40]:
        table.add_row(question.name, question.key, question.unit, registry.elements[question.element].name,
                      "、".join(titles[one] for one in question.alone), str(len(question.among)))  # fmt: skip
    print_table(table)
    _registers(report)
    click.echo(f"共 {len(found)} 项" + ("，只列前 40 项，全部请用 --out 或 --json。" if len(found) > 40 else "。"))
