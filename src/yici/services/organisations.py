"""Departments as a tree (局 → 科室): who is below whom. Whoever is above sees which collections those below have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from yici.core.errors import Conflict, Problem
from yici.storage import audit, organisations
from yici.storage.database import open_database

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Node:
    """A department in the tree: how deep it is, and what is right below it."""

    name: str
    depth: int
    below: tuple[Node, ...]

    @property
    def indented(self) -> str:
        """The name as a line of a list that shows the tree."""
        return "　" * self.depth + self.name


def organisation_tree(*, home: Path) -> list[Node]:
    """The departments, each followed by those below it."""
    open_database(home)
    below: dict[str, list[str]] = {}
    for name, parent in organisations.all_organisations():
        below.setdefault(parent, []).append(name)

    def under(parent: str, depth: int) -> tuple[Node, ...]:
        return tuple(Node(name, depth, under(name, depth + 1)) for name in below.get(parent, ()))

    return list(_walked(under("", 0)))


def _walked(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walked(node.below)


def move_organisation(*, actor: str, home: Path, name: str, parent: str) -> bool:
    """Put a department below another, or at the top with an empty `parent`; one that is new is made. Whether it was.

    Raises Conflict for a name that is none, for one that is not there, and for a department below itself.
    """
    open_database(home)
    name, parent = name.strip(), parent.strip()
    if not name or len(name) > _LONGEST:
        raise Conflict(Problem("organisation-name", "没有写部门名称，或写得太长。", f"请写 {_LONGEST} 字以内。"))
    with transaction.atomic():
        organisations.lock_organisations()
        above = dict(organisations.all_organisations())
        if parent and parent not in above:
            raise Conflict(Problem("organisation-odd", f"没有“{parent}”这个部门。", "请先新增上级部门。"))
        if name == parent or name in _over(parent, above):
            message = f"“{parent}”就是“{name}”，或在它下面，不能作它的上级。"
            raise Conflict(Problem("organisation-circle", message, "请先把下级移开，或选别的上级。"))
        made = organisations.move(name, parent)
        detail = {"under": parent, "from": above.get(name, ""), "new": made}
        audit.append(actor=actor, action="organisation.move", thing=name, detail=detail)
    return made


def _over(name: str, above: Mapping[str, str]) -> list[str]:
    """The departments above one, the nearest first."""
    found = []
    while name := above.get(name, ""):
        found.append(name)
    return found
