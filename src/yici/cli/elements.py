"""`yici elements`: what is registered, and whether the definitions are sound."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from yici.core.element_check import check_registry
from yici.core.elements import Element, Registry
from yici.core.errors import NotFound, PackError, Problem
from yici.storage.packs import load_registry, local_packs

_WORDS_SHOWN = 60


@click.group()
def elements() -> None:
    """数据元：查看登记的数据元，检查定义。"""


@elements.command("list")
@click.option("--subject", help="只列一个主体：person、household、enterprise 或其中文名。")
def list_(subject: str | None) -> None:
    """列出登记的数据元。"""
    registry = load_registry()
    chosen = _subject_ids(registry, subject)
    table = Table("标识", "名称", "类型", "单位/代码表", "敏感程度", "别名", box=None, pad_edge=False)
    for element in registry.elements.values():
        if element.subject in chosen:
            words = len(element.aliases) + len(element.context_aliases)
            measure = element.unit or element.codes or ""
            table.add_row(element.id, element.name, element.kind.value, measure, element.sensitivity, str(words))
    # A fixed width keeps lines whole when the output goes to a file.
    Console(width=None if sys.stdout.isatty() else 160).print(table)


@elements.command()
@click.argument("name")
@click.option("--all", "everything", is_flag=True, help="列出全部别名。")
def show(name: str, everything: bool) -> None:
    """显示一个数据元的定义、代码和别名；NAME 是标识或名称。"""
    registry = load_registry()
    element = _find(registry, name)
    for label, value in _facts(element, registry, everything):
        if value:
            click.echo(f"{label}：{value}")
    for code in registry.codes_of(element)[: None if everything else _WORDS_SHOWN]:
        click.echo(f"  {code.code:<5} {code.label}　{_words(code.aliases, everything)}".rstrip())


@elements.command()
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path | None) -> None:
    """检查定义；FOLDER 是要加在基础包之上的定义目录。有问题时全部列出，以 1 退出。"""
    registry = load_registry([*local_packs(), *([folder] if folder else [])])
    problems = check_registry(registry)
    if problems:
        raise PackError(problems)
    defined = list(registry.elements.values())
    codes = sum(len(codes.codes) + len(codes.details) for codes in registry.code_lists.values())
    click.echo(f"数据元 {len(defined)} 个，代码表 {len(registry.code_lists)} 个（代码 {codes} 条），定义没有问题。")
    always = sum(len(element.aliases) for element in defined)
    in_context = sum(len(element.context_aliases) for element in defined)
    click.echo(f"别名 {always} 个，语境别名 {in_context} 个。")


def _subject_ids(registry: Registry, name: str | None) -> set[str]:
    if name is None:
        return set(registry.subjects)
    found = {subject.id for subject in registry.subjects.values() if name in (subject.id, subject.name)}
    if not found:
        known = "、".join(f"{subject.id}（{subject.name}）" for subject in registry.subjects.values())
        raise NotFound(Problem("subject-unknown", f"没有主体“{name}”。", f"已登记的有：{known}。"))
    return found


def _find(registry: Registry, name: str) -> Element:
    """The element of that id, name or alias. Raises NotFound with the nearest names."""
    try:
        return registry.element(name)
    except KeyError:
        meant = [e for e in registry.elements.values() if name in e.aliases or name in e.context_aliases]
    if len(meant) == 1:
        return meant[0]
    names = [element.name for element in registry.elements.values()]
    near = [e.name for e in meant] or difflib.get_close_matches(name, names, n=3, cutoff=0.3)
    hint = f"相近的有：{'、'.join(near)}。" if near else "用 yici elements list 查看全部。"
    raise NotFound(Problem("element-unknown", f"没有数据元“{name}”。", hint))


def _facts(element: Element, registry: Registry, everything: bool) -> list[tuple[str, str]]:
    listed = registry.code_lists.get(element.codes or "")
    flags = (("推算", element.derived), ("标识主体", element.identifies), ("需看主体", element.generic))
    return [
        ("标识", element.id),
        ("名称", element.name),
        ("主体", registry.subjects[element.subject].name),
        ("定义", element.definition),
        ("类型", element.kind.value),
        ("单位", element.unit or ""),
        ("代码表", f"{listed.id} {listed.name} {listed.standard}".rstrip() if listed else ""),
        ("敏感程度", element.sensitivity),
        ("共享属性", element.share),
        ("数源部门", "、".join(element.authority)),
        ("性质", "、".join(word for word, holds in flags if holds)),
        ("别名", _words(element.aliases, everything)),
        ("语境别名", _words(element.context_aliases, everything)),
    ]


def _words(words: tuple[str, ...], everything: bool) -> str:
    shown = words if everything else words[:_WORDS_SHOWN]
    rest = len(words) - len(shown)
    return " ".join(shown) + (f" …（另有 {rest} 个）" if rest else "")
