"""Code lists (代码表) with use counts: which elements use a list, and how many subjects in reach carry each code.

Counts keep to the rules of figures (services/figure_pages.py, coarse_figures.py): exact ones stand on what the actor
may see, leaders and departments get coarse ones of the rest, and who may ask no figures gets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yici.core.access.actors import Actor, Role
from yici.core.access.coarse import rounded, told
from yici.core.access.fields import SENSITIVE, sight
from yici.core.access.probing import refused_uses
from yici.core.access.rules import can
from yici.core.elements import Code, CodeList, Element
from yici.core.errors import NotFound, Problem, Refused
from yici.core.expressions import parse_expression
from yici.engine.code_uses import Units, Uses, code_uses, holders
from yici.engine.projection import Projection
from yici.engine.schema import quoted, table_of
from yici.services.figure_pages import reach_for
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen
from yici.storage import audit
from yici.storage.references import references_of

MOST = 100


@dataclass(frozen=True, slots=True)
class Count:
    """A number as somebody may see it: None where no number may be told, `coarse` rounded (0: fewer than five)."""

    number: int | None = None
    coarse: bool = False

    @property
    def text(self) -> str:
        """The number in words; a dash where none may be told."""
        if self.number is None:
            return "—"
        return told(self.number) if self.coarse else f"{self.number:,}"


@dataclass(frozen=True, slots=True)
class ElementUse:
    """What an actor may know of the use of one element of a list. `by_code` are the counts by label. `off` are subjects
    whose value is no label of the list, `unread` those for whom a ledger only had what could not be read."""

    element: Element
    kind: str
    known: Count
    off: Count
    unread: Count
    by_code: dict[str, Count]


@dataclass(frozen=True, slots=True)
class ListShown:
    """A code list and the use of each of its elements."""

    codes: CodeList
    uses: tuple[ElementUse, ...]

    @property
    def coarse(self) -> bool:
        """Whether any number of it is a coarse one."""
        return any(use.known.coarse for use in self.uses)


@dataclass(frozen=True, slots=True)
class Line:
    """One code with its parent in words and its counts, one for each element; none for narrower codes, which values
    are not kept as."""

    code: Code
    parent: str
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class OffList:
    """One subject whose value is no label of the list: `code` stands for it in addresses."""

    code: str
    element: Element
    name: str
    unit: str
    value: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """Among whom an element is counted for the actor, and whether only coarsely."""

    units: Units
    coarse: bool


def lists_shown(*, actor: Actor, home: Path) -> list[ListShown]:
    """Every code list of the register."""
    pool = open_pool(home)
    return _shown(actor, pool, list(pool.registry.code_lists.values()), "")


def list_shown(*, actor: Actor, home: Path, identity: str) -> ListShown:
    """One code list. Raises NotFound."""
    pool = open_pool(home)
    found = pool.registry.code_lists.get(identity)
    if found is None:
        raise NotFound(Problem("unknown-codes", "没有这个代码表。", "请返回数据元目录。"))
    return _shown(actor, pool, [found], identity)[0]


def lines_of(shown: ListShown) -> list[Line]:
    """The codes of a list, each followed by the narrower ones that roll up to it."""
    below: dict[str, list[Code]] = {}
    labels = {code.code: code.label for code in (*shown.codes.codes, *shown.codes.details)}
    for code in shown.codes.details:
        below.setdefault(code.parent, []).append(code)
    lines: list[Line] = []

    def add(code: Code) -> None:
        counts = () if code.parent else tuple(use.by_code[code.label] for use in shown.uses)
        lines.append(Line(code, labels.get(code.parent, code.parent), counts))
        for narrower in below.pop(code.code, ()):
            add(narrower)

    for code in shown.codes.codes:
        add(code)
    return lines


def off_list(*, actor: Actor, home: Path, shown: ListShown) -> list[OffList]:
    """Who has a value that is no label of the list, of those whose values the actor may see; at most MOST."""
    if not can(actor, "pool.view") or not any(use.off.number for use in shown.uses):
        return []
    pool, labels, found = open_pool(home), [code.label for code in shown.codes.codes], list[OffList]()
    with pool.projection() as projection:
        for use in shown.uses:
            scope = _scope(actor, pool, use.element)
            if use.off.number and scope is not None and not scope.coarse:
                rows = holders(projection, use.element, scope.units, but=labels, most=MOST - len(found))
                found += _off(actor, pool, projection, use.element, rows)
    return found


def _shown(actor: Actor, pool: Pool, lists: Sequence[CodeList], about: str) -> list[ListShown]:
    using: dict[str, list[Element]] = {}
    for element in pool.registry.elements.values():
        using.setdefault(element.codes or "", []).append(element)
    scopes = {
        element.id: (element, scope)
        for codes in lists
        for element in using.get(codes.id, ())
        if not element.derived and (scope := _scope(actor, pool, element)) is not None
    }
    with pool.projection() as projection:
        counted = code_uses(projection, [(element, scope.units) for element, scope in scopes.values()])
    _note(actor, scopes.values(), about)
    return [
        ListShown(codes, tuple(
            _use(pool, element, codes, counted.get(element.id), coarse=element.id in scopes and
                 scopes[element.id][1].coarse)
            for element in using.get(codes.id, ())
        ))
        for codes in lists
    ]  # fmt: skip


def _scope(actor: Actor, pool: Pool, element: Element) -> _Scope | None:
    """None where the actor may be told no number of the element."""
    if not can(actor, "figures.ask"):
        return None
    grouped = parse_expression(element.id, pool.registry, subject=element.subject)
    if not refused_uses([grouped], lambda one: sight(actor, one), reveals=bool(can(actor, "pool.reveal"))):
        with suppress(Refused):
            return _Scope(reach_for(actor, pool, frozenset([element.id])), coarse=False)
    if not actor.roles & {Role.LEADER, Role.OFFICER}:
        return None
    # As in figures: departments ask coarsely about everywhere, leaders about their own units.
    return _Scope(None if Role.OFFICER in actor.roles else actor.units, coarse=True)


def _use(pool: Pool, element: Element, codes: CodeList, uses: Uses | None, *, coarse: bool) -> ElementUse:
    def count(number: int) -> Count:
        if uses is None:
            return Count()
        return Count(rounded(number) if coarse else number, coarse)

    held = uses.held if uses is not None else {}
    labels = {code.label for code in codes.codes}
    return ElementUse(
        element, pool.registry.subjects[element.subject].name,
        known=count(uses.known if uses is not None else 0),
        off=count(sum(number for value, number in held.items() if value not in labels)),
        unread=count(uses.unread if uses is not None else 0),
        by_code={label: count(held.get(label, 0)) for label in labels},
    )  # fmt: skip


def _note(actor: Actor, counted: Iterable[tuple[Element, _Scope]], about: str) -> None:
    """The audit lines that figures write, too: of coarse counts, and of those that stand on sensitive values."""
    told_of = list(counted)
    for action, elements in (
        ("figure.coarse", [element.id for element, scope in told_of if scope.coarse]),
        ("figure.sensitive", [e.id for e, scope in told_of if not scope.coarse and e.sensitivity == SENSITIVE]),
    ):
        if elements:
            detail = {"elements": sorted(elements), "codes": about}
            audit.append_alone(actor=actor.name, action=action, thing="codes", detail=detail)


def _off(
    actor: Actor, pool: Pool, projection: Projection, element: Element, rows: Sequence[tuple[str, str, str]]
) -> list[OffList]:
    naming = pool.registry.elements[pool.registry.name_of(element.subject)]
    names = (
        {}
        if naming.derived
        else dict(
            projection.con.execute(
                f"SELECT key, {quoted(naming.id)} FROM {table_of(element.subject)} WHERE key IN (SELECT unnest(?))",  # noqa: S608
                [[key for key, _, _ in rows]],
            ).fetchall()
        )
    )
    codes = references_of((element.subject, key) for key, _, _ in rows)
    found = []
    for key, unit, value in rows:
        here = narrowed(actor, unit or None, pool)
        name, text = seen(here, naming, names.get(key)).text, seen(here, element, value).text
        found.append(OffList(codes[element.subject, key], element, name, unit, text))
    return found
