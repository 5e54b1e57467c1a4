"""`yici explain`, and the tree it prints, which other commands print too."""

from __future__ import annotations

import json
from datetime import date, datetime

import click
from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from yici.core.elements import Registry
from yici.core.expressions.deciding import Deciders, Family
from yici.core.expressions.explaining import Explained, Seen
from yici.core.expressions.facts import REGISTER, Need
from yici.services.explaining import SubjectExplained, explain_key
from yici.services.home import data_home
from yici.storage.packs import load_registry

_STYLES = {True: "green", False: "red", None: "yellow"}
_ROLES = {"head": "户主的"}
MOST_SETS = 5


@click.command("explain")
@click.argument("key")
@click.argument("expression")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="以哪一天为准（缺省为今天）。")
@click.option("--json", "as_json", is_flag=True, help="打印 JSON。")
def explain_(key: str, expression: str, as_of: datetime | None, as_json: bool) -> None:
    """说明一个人、户或企业为什么符合（不符合、判断不了）一个条件：yici explain 编号 "年龄 >= 80"。"""
    today = date.today()  # noqa: DTZ011 (the day is the clerk's own calendar day)
    found = explain_key(home=data_home(), key=key, text=expression, as_of=as_of.date() if as_of else None, today=today)
    registry = load_registry()
    if as_json:
        click.echo(json.dumps(as_plain(found.explained, found.deciders), ensure_ascii=False, default=str))
        return
    console = Console()
    console.print(f"[bold]{escape(_title(found))}[/]　截至 {found.explained.moment.as_of}", highlight=False)
    console.print(tree_of(found.explained), highlight=False)
    if found.deciders is not None:
        for line in decider_lines(found.deciders, registry):
            console.print(escape(line), highlight=False)


def _title(found: SubjectExplained) -> str:
    return " ".join(part for part in (found.kind, found.key, found.name) if part)


def tree_of(explained: Explained) -> Tree:
    """The explanation as a tree: verdict, condition in words, the values seen with department and date."""
    tree = Tree(_line(explained))
    if explained.is_condition:
        for seen in explained.seen:
            tree.add(escape(seen_words(seen)))
    for part in explained.parts:
        tree.children.append(tree_of(part))
    return tree


def _line(explained: Explained) -> str:
    who = f"{escape(explained.who)}：" if explained.who else ""
    if not explained.is_condition:
        value = "未知" if explained.value is None else _shown(explained.value)
        note = f"（{explained.note}）" if explained.note else ""
        return f"{who}{escape(explained.words)} = {escape(value + note)}"
    style = _STYLES[explained.verdict]
    return f"{who}[{style}]{explained.verdict_words}[/]　{escape(explained.words)}"


def seen_words(seen: Seen) -> str:
    """One value as seen: 出生日期：1945-03-02（公安局 2025-01-01 人口第3行）."""
    name = f"{_ROLES.get(seen.role, '')}{seen.name}"
    if seen.value is None and seen.range is None:
        return f"{name}：{seen.note or '没有记录'}"
    value = _shown(seen.value) if seen.range is None else f"{_shown(seen.range[0])}至{_shown(seen.range[1])}"
    fact = seen.fact
    source = " ".join(part for part in (fact.department, fact.as_of, fact.place) if part) if fact else "推算"
    return f"{name}：{value}（{source}）" if source else f"{name}：{value}"


def decider_lines(found: Deciders, registry: Registry) -> list[str]:
    """What would decide, in words; at most MOST_SETS sets a side."""
    lines = []
    for words, family in (("可能符合", found.needs_to_hold), ("可能不符合", found.needs_to_fail)):
        if family:
            sets = "；或 ".join(_set_words(one, registry) for one in _shortest(family))
            more = f" 等 {len(family)} 种" if len(family) > MOST_SETS else ""
            lines.append(f"查明以下各项，就{words}：{sets}{more}")
    return lines


def _shortest(family: Family) -> Family:
    return family[:MOST_SETS]


def _set_words(needs: frozenset[Need], registry: Registry) -> str:
    return "、".join(need_words(need, registry) for need in sorted(needs))


def need_words(need: Need, registry: Registry) -> str:
    """A missing element in words, with whose it is."""
    element = registry.elements.get(need.element)
    name = element.name if element else need.element
    whose = f"（{need.key}）" if need.key else "（名册未导入）" if need.role == REGISTER else ""
    return f"{_ROLES.get(need.role, '')}{name}{whose}"


def as_plain(explained: Explained, found: Deciders | None = None) -> dict[str, object]:
    """The explanation as plain data for JSON."""
    plain: dict[str, object] = {
        "text": explained.text, "words": explained.words, "who": explained.who or None,
        "verdict": explained.verdict_words if explained.is_condition else None, "value": explained.value,
        "seen": [_seen_plain(seen) for seen in explained.seen], "parts": [as_plain(part) for part in explained.parts],
        "missing": [_need_plain(need) for need in explained.missing], "note": explained.note or None,
    }  # fmt: skip
    if found is not None:
        plain["to_hold"] = [[_need_plain(need) for need in sorted(one)] for one in found.needs_to_hold]
        plain["to_fail"] = [[_need_plain(need) for need in sorted(one)] for one in found.needs_to_fail]
    return plain


def _need_plain(need: Need) -> dict[str, str]:
    return {"element": need.element, "role": need.role, "key": need.key}


def _seen_plain(seen: Seen) -> dict[str, object]:
    fact = seen.fact
    return {
        "element": seen.element, "name": seen.name, "role": seen.role, "key": seen.key, "value": seen.value,
        "range": seen.range, "note": seen.note or None,
        "record": fact.record if fact else None, "as_of": fact.as_of if fact else None,
        "department": fact.department if fact else None, "place": fact.place if fact else None,
    }  # fmt: skip


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "").lstrip("-").isdigit() else text
