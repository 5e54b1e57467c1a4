"""The summary of an import, in the clerk's words."""

from __future__ import annotations

from collections import Counter

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Grid

from yici.core.elements import Registry
from yici.core.grid import address
from yici.core.ledgers.columns import Column, How, Unmapped
from yici.core.ledgers.reasons import CHECK_REASONS, COLUMN_REASONS, ROW_REASONS, SHEET_REASONS
from yici.core.values.reasons import REASONS
from yici.services.ledgers import ImportOutcome
from yici.services.ledgers_rows import TableReader

_STATUSES = {
    "refused": "未采用",
    "lost": "号码已损坏",
    "ambiguous": "部分采用",
    "doubtful": "存疑",
    "fixed": "已按规则更正",
}
_HOW = {How.LABEL: "按栏名", How.VALUES: "按内容"}


def print_outcome(console: Console, outcome: ImportOutcome, registry: Registry, *, dry_run: bool) -> None:
    """Print what an import came to: tables, columns, what was left out and why."""
    if not outcome.new:
        console.print(
            f"[bold]{escape(outcome.path.name)}[/]：以前导入过"
            f"（批次 {outcome.batch[:12]}，{outcome.rows} 行），没有重复导入。"
        )
        if outcome.report is not None:
            console.print(f"标注好的台账：{outcome.report}")
        return
    for reader in outcome.tables:
        _print_table(console, reader, registry)
    for one in outcome.skipped:
        place = f"第 {one.row} 行起的表" if one.row else "整张"
        console.print(f"工作表 [bold]{escape(one.sheet)}[/]（{place}）未导入：{SHEET_REASONS[one.reason]}。")
    for note in outcome.notes:
        console.print(f"提示：{escape(note)}")
    done = "检查完毕，没有写入" if dry_run else f"导入完成，批次 {outcome.batch[:12]}"
    tables = f"{len(outcome.tables)} 张表 {outcome.rows} 行"
    console.print(f"[bold]{escape(outcome.path.name)}[/]：{done}，{tables}，{_problem_count(outcome)} 个格需要看一看。")
    if outcome.report is not None:
        console.print(f"标注好的台账：{outcome.report}")


def _problem_count(outcome: ImportOutcome) -> int:
    """Cells that somebody should look at; those repaired by a rule that leaves no choice are none of them."""
    counted = (cleaner.counts.items() for reader in outcome.tables for cleaner in reader.cleaners.values())
    cells = sum(count for counts in counted for (status, _), count in counts if status != "fixed")
    return cells + sum(sum(reader.doubted.values()) for reader in outcome.tables)


def _print_table(console: Console, reader: TableReader, registry: Registry) -> None:
    plan = reader.plan
    rows = f"第 {plan.table.first_row}–{plan.table.last_row} 行"
    kind = registry.subjects[plan.mapped.subject].name
    console.rule(f"{escape(plan.sheet.name)}（{rows}）：按{kind}的台账读入 {reader.written} 行", align="left")
    grid = Grid("列", "栏名", "数据项", "依据", box=None, pad_edge=False)
    for column in plan.mapped.mapped:
        unit = f"（{column.unit}）" if column.unit else ""
        grid.add_row(
            address(1, column.col)[:-1],
            escape(column.heading),
            _name(registry, column.element) + unit,
            _HOW[column.how],
        )
    console.print(grid)
    console.print(f"所在村：{_village_words(reader)}")
    _print_unmapped(console, plan.mapped.columns, registry)
    _print_skipped(console, reader)
    _print_problems(console, reader)


def _village_words(reader: TableReader) -> str:
    """Where the rows' villages come from."""
    source = reader.plan.villages
    if source.col is not None:
        return f"取自“{escape(reader.plan.table.heading(source.col))}”栏"
    if source.name:
        return f"全表为 {source.name}"
    return "取自地址" if source.address_cols else "表里没有写明"


def _name(registry: Registry, element: str | None) -> str:
    return registry.elements[element].name if element else ""


def _print_unmapped(console: Console, columns: tuple[Column, ...], registry: Registry) -> None:
    for why in Unmapped:
        left = [column for column in columns if not column.element and column.why_not is why]
        if not left:
            continue
        names = "、".join(
            escape(column.heading)
            + (f"（{_name(registry, column.candidates[0])}？）" if why is Unmapped.UNSURE and column.candidates else "")
            for column in left
        )
        console.print(f"未对应的栏（{COLUMN_REASONS[why]}）：{names}")


def _print_skipped(console: Console, reader: TableReader) -> None:
    if reader.skipped:
        parts = (f"{ROW_REASONS[why]} {count}" for why, count in Counter(reader.skipped).most_common())
        where = f"（如第 {'、'.join(map(str, reader.nameless[:3]))} 行）" if reader.nameless else ""
        console.print(f"跳过的行：{'，'.join(parts)}{where}")


def _print_problems(console: Console, reader: TableReader) -> None:
    for cleaner in reader.cleaners.values():
        for (status, reason), count in cleaner.counts.most_common():
            examples = "；".join(
                f"{address(row, cleaner.col)} “{escape(text.strip()[:24])}”"
                for row, text in cleaner.examples[status, reason]
            )
            message = REASONS.get(reason, ("", ""))[0]
            console.print(
                f"{_STATUSES[status]}：{cleaner.element.name} {count} 格。{message}如 {examples}", highlight=False
            )
    for (element, reason), count in reader.doubted.most_common():
        console.print(f"存疑：{reader.registry.elements[element].name} {count} 格。{CHECK_REASONS[reason][0]}")
