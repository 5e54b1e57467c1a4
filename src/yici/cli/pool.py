"""`yici units`, `batches`, `covers`, `withdraw`, `conflicts`, `show`, `edit` and `judge`."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from yici.cli.tables import print_table
from yici.services.batches import batches_of
from yici.services.batches import cover as cover_batch
from yici.services.batches import withdraw as withdraw_batch
from yici.services.home import data_home, user_name
from yici.services.judgements import judge_subjects
from yici.services.records import (
    GoldenRecord,
    Origin,
    edit_subject,
    list_conflicts,
    show_subject,
    values_not_in_force,
)
from yici.services.units import add_units, load_units, units_of


@click.command()
@click.argument("names", nargs=-1)
def units(names: tuple[str, ...]) -> None:
    """区划：units 上级 下级… 登记；units load 文件.csv 批量导入；不带参数则列出。"""
    if names[:1] == ("load",):
        if len(names) != 2 or not Path(names[1]).is_file():
            raise click.UsageError("用法：yici units load 文件.csv")
        click.echo(f"已导入 {load_units(home=data_home(), actor=user_name(), file=Path(names[1]))} 个单位。")
        return
    if names:
        areas = add_units(home=data_home(), actor=user_name(), parent=names[0], children=names[1:])
        click.echo(f"已登记 {areas[0].name} 及其下 {len(areas) - 1} 个单位。")
        return
    branches: dict[str, Tree] = {}
    root = Tree("区划")
    for area in units_of(home=data_home()):
        parent = branches.get(area.parent or "", root)
        branches[area.name] = parent.add(area.name)
    Console().print(root)


@click.command()
def batches() -> None:
    """列出导入的批次。"""
    table = Table("批次", "文件", "部门", "截止日期", "行", "存疑", "名册范围", "状态", header_style="bold")
    for row in batches_of(home=data_home()):
        state = "已撤回" if row.withdrawn_at else "有效"
        table.add_row(row.batch[:12], row.file_name, row.department, str(row.as_of), str(row.rows),
                      str(row.problems), "、".join(row.covers), state)  # fmt: skip
    print_table(table)


@click.command()
@click.argument("batch")
@click.argument("units", nargs=-1)
@click.option("--clear", is_flag=True, help="不再写明范围，改回按各村的行判断。")
def covers(batch: str, units: tuple[str, ...], clear: bool) -> None:
    """事后写明一个批次是哪些单位（含其下各级）的完整名册，代替以前写的：covers 批次 单位…"""
    if bool(units) == clear:
        raise click.UsageError("请写单位，如 yici covers 批次 柳河镇；要撤销写明的范围用 --clear。")
    row, before = cover_batch(home=data_home(), actor=user_name(), batch=batch, units=units)
    said = "、".join(row.covers) or "没有写明（按各村的行判断）"
    click.echo(f"{row.batch[:12]}（{row.file_name}）的名册范围：{said}。")
    if {*before} != {*row.covers}:
        click.echo(f"改回原来的：yici covers {row.batch[:12]} {' '.join(before) or '--clear'}")


@click.command()
@click.argument("batch")
def withdraw(batch: str) -> None:
    """撤回一个批次，完全消除它的影响。"""
    row = withdraw_batch(home=data_home(), actor=user_name(), batch=batch)
    click.echo(f"已撤回 {row.batch[:12]}（{row.file_name}）。再次导入同一文件即可恢复。")


@click.command()
@click.option("--element", help="只看一个数据元。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def conflicts(element: str | None, as_json: bool) -> None:
    """列出来源不一致的值。"""
    found = list_conflicts(home=data_home(), element=element)
    if as_json:
        rows = [
            {
                "subject": r.subject, "key": r.key, "element": r.element, "chosen": r.chosen, "value": r.value,
                "source": _source(r.origin),
            }
            for r in found
        ]  # fmt: skip
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("对象", "编号", "数据元", "采用的值", "不同的值", "来源", header_style="bold")
    for r in found[:200]:
        table.add_row(r.kind, r.key, r.element, r.chosen, r.value, _source(r.origin))
    print_table(table)
    click.echo(f"共 {len(found)} 处不一致" + ("，只列出前 200 处，全部请用 --json。" if len(found) > 200 else "。"))


@click.command()
@click.argument("key")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="以哪一天为准。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def show(key: str, as_of: datetime | None, as_json: bool) -> None:
    """查看一个人、户、企业或其他对象的主记录：每个值的来源、日期、不同说法和采用的规则。"""
    records = show_subject(home=data_home(), key=key, as_of=as_of.date() if as_of else None)
    if as_json:
        click.echo(json.dumps([_record_json(record) for record in records], ensure_ascii=False, default=str))
        return
    for record in records:
        title = f"{record.kind} {record.key}　{record.unit}"
        table = Table(
            "数据元", "值", "来源", "规则", "不同说法", title=title, title_justify="left", header_style="bold"
        )
        for known in record.values:
            rivals = "；".join(f"{value}（{_source(origin)}）" for value, origin in known.rivals)
            table.add_row(known.element.name, _shown(known.value), _source(known.origin), known.rule, rivals)
        print_table(table)


def _record_json(record: GoldenRecord) -> dict[str, object]:
    return {
        "subject": record.subject,
        "key": record.key,
        "unit": record.unit,
        "values": [
            {
                "element": known.element.id, "name": known.element.name, "value": known.value, "rule": known.rule,
                "source": _source(known.origin),
                "rivals": [{"value": value, "source": _source(origin)} for value, origin in known.rivals],
            }
            for known in record.values
        ],
    }  # fmt: skip


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").isdigit() else text


def _source(origin: Origin | None) -> str:
    if origin is None:
        return ""
    place = f" {origin.sheet}第{origin.line}行" if origin.line else ""
    return f"{origin.department} {origin.as_of}{place}"


@click.command()
@click.argument("key")
@click.argument("changes", nargs=-1, required=True)
@click.option("--by", required=True, help="经办人。")
@click.option("--department", default="", help="代表哪个部门（数源部门的修改优先）。")
def edit(key: str, changes: tuple[str, ...], by: str, department: str) -> None:
    """修改一个对象的值：yici edit 编号 联系电话=13800000000 --by 姓名"""
    if any("=" not in change for change in changes):
        raise click.UsageError("修改写成 数据元=值，如 联系电话=13800000000")
    values = dict(change.split("=", 1) for change in changes)
    today = date.today()  # noqa: DTZ011 (an edit is dated by the clerk's own calendar day)
    changed = edit_subject(home=data_home(), key=key, values=values, by=by, as_of=today, department=department)
    names = "、".join(element.name for element in changed)
    click.echo(f"已记入：{names}。" if names else "与现有的值相同，没有记入。")
    for known in values_not_in_force(home=data_home(), key=key, elements=[element.id for element in changed]):
        source = known.origin.department if known.origin else ""
        click.echo(
            f"但“{known.element.name}”仍以{source}的“{known.value}”为准：{known.rule}。用 yici show {key} 查看。"
        )


@click.command()
@click.argument("left")
@click.argument("right")
@click.option("--same", "verdict", flag_value="same", help="是同一个对象。")
@click.option("--different", "verdict", flag_value="different", help="不是同一个对象。")
@click.option("--undo", "verdict", flag_value="undo", help="收回先前的判定。")
@click.option("--subject", default="person", help="哪一类对象：人、户、企业，或应用包增加的（标识或名称）。")
@click.option("--by", required=True, help="经办人。")
def judge(left: str, right: str, verdict: str | None, subject: str, by: str) -> None:
    """判定两个对象是否同一个；后来的判定取代先前的。"""
    if verdict is None:
        raise click.UsageError("请写明 --same、--different 或 --undo")
    same = None if verdict == "undo" else verdict == "same"
    judge_subjects(home=data_home(), actor=by, subject=subject, left=left, right=right, same=same)
    words = {"same": "是同一个", "different": "不是同一个", "undo": "的判定已收回"}
    click.echo(f"已记录：{left} 与 {right} {words[verdict]}。")
