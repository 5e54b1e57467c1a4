"""What a filling changes: for every value told what the pool had before, and what survivorship takes now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight
from yici.core.elements import Element, Kind
from yici.core.survivorship import RULE_WORDS, Rule, authorities, choose_rule
from yici.core.values import kind_of
from yici.engine.projection import Projection
from yici.engine.scan import ROW_BITS
from yici.engine.schema import quoted, source_table_of, table_of
from yici.services.collecting.questions import names_of
from yici.services.collecting.review_sight import as_reviewer
from yici.services.collecting.reviewing import fillings_to_review, steppable
from yici.services.collecting.told import Cell, told_cells
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import seen, shown
from yici.services.records import origins_of
from yici.services.subject_edits import rival_text
from yici.services.subject_pages import shown_text
from yici.storage.collections import FillingRow

HIDDEN = "（未授权）"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value told, as the actor may see it. `before` is what counted without it ("" for nothing), `taken` what
    counts now, by `rule`. `size` is how unlike both are (0 to 1); `code` names the cell on a page."""

    code: str
    address: tuple[str, str, str, str]
    who: str
    label: str
    told: str
    by: str
    earlier: tuple[str, ...] = ()
    before: str = ""
    before_source: str = ""
    before_as_of: str = ""
    taken: str = ""
    rule: str = ""
    size: float = 0.0
    overruled: bool = False

    @property
    def hidden(self) -> bool:
        """Whether what was told is not shown at all: in its place stand words of ours."""
        return self.told == HIDDEN

    @property
    def differs(self) -> bool:
        """Whether somebody should look: it contradicts what was known, or it does not count."""
        return self.size > 0 or self.overruled


@dataclass(frozen=True, slots=True)
class _Side:
    """A value of one record."""

    text: str
    record: int


def differences_of(*, actor: Actor, home: Path, row: FillingRow) -> list[Difference]:
    """Everything told in a filling, the largest differences first."""
    pool = open_pool(home)
    with pool.projection() as projection:
        cells = told_cells(collection=row.collection, unit=row.unit, pool=pool, projection=projection)
        looking = _Looking(as_reviewer(actor, row, pool), pool, projection, cells)
        found = [looking.difference(cell) for cell in cells]
    return sorted(found, key=lambda one: (not one.differs, -one.size, one.who, one.label))


def before_whole(*, actor: Actor, pool: Pool, projection: Projection, cell: Cell) -> str:
    """What counted of a cell before it was told, not masked: whoever asks has looked whether the actor may see it."""
    side = _Looking(actor, pool, projection, [cell]).stood_before(cell)
    return rival_text(pool.registry.elements[cell.element], side.text) if side and side.text else ""


def differing(*, actor: Actor, home: Path, rows: Iterable[FillingRow]) -> dict[int, int]:
    """How many values of each filling contradict what was known or do not count."""
    return {
        row.id: sum(one.differs for one in differences_of(actor=actor, home=home, row=row)) for row in rows
    }  # fmt: skip


def same_as_known(*, actor: Actor, home: Path, step: str = "", whole: bool = False) -> list[int]:
    """The fillings waiting for the actor in which nothing differs, of those that may take a step; `whole`: and in which
    nothing is missing."""
    rows = fillings_to_review(actor=actor, home=home)
    if step in ("accept", "check"):
        rows = steppable(actor, rows, step)
    counts = differing(actor=actor, home=home, rows=rows)
    return [row.id for row in rows if not counts[row.id] and not (whole and row.unknown)]


def code_of(address: tuple[str, str, str, str]) -> str:
    """What names a cell on a page, where no ID number may stand."""
    return hashlib.sha256("|".join(address).encode()).hexdigest()[:16]


class _Looking:
    """Looks up all cells at once: one look a element, not one a cell."""

    def __init__(self, actor: Actor, pool: Pool, projection: Projection, cells: Sequence[Cell]) -> None:
        self.actor, self.pool = actor, pool
        self.speakers = authorities(pool.manifest())
        self.golden: dict[tuple[str, str], tuple[object, int]] = {}
        self.rivals: dict[tuple[str, str], list[_Side]] = {}
        self.names = names_of({cell.key for cell in cells if cell.key}, projection, pool)
        for element, keys in _by_element(cells).items():
            self._look(projection, pool.registry.elements[element], keys)
        records = {golden[1] for golden in self.golden.values() if golden[1]}
        records |= {side.record for sides in self.rivals.values() for side in sides}
        self.origins = origins_of(projection, records)

    def _look(self, projection: Projection, element: Element, keys: list[str]) -> None:
        column, subject = quoted(element.id), element.subject
        rows = projection.con.execute(
            f"SELECT g.key, g.{column}, s.{column} FROM {table_of(subject)} g"  # noqa: S608 (registry's names)
            f" LEFT JOIN {source_table_of(subject)} s ON s.key = g.key WHERE g.key IN (SELECT unnest(?))",
            [keys],
        ).fetchall()
        for key, value, record in rows:
            self.golden[key, element.id] = (value, record or 0)
        rivals = projection.con.execute(
            "SELECT key, value, record FROM conflict WHERE subject = ? AND element = ? AND key IN (SELECT unnest(?))",
            [subject, element.id, keys],
        ).fetchall()
        for key, value, record in rivals:
            self.rivals.setdefault((key, element.id), []).append(_Side(str(value), record or 0))

    def difference(self, cell: Cell) -> Difference:
        """One cell as the actor may see it."""
        who = self.names.get(cell.key, "")
        earlier = [said.value for said in cell.said[:-1] if said.value != cell.last.value]
        element = self.pool.registry.elements.get(cell.element)
        if element is None:
            return Difference(code_of(cell.address), cell.address, who, cell.label, cell.last.value, cell.last.by,
                              tuple(earlier), taken=cell.last.value)  # fmt: skip
        before = self.stood_before(cell)
        value, record = self.golden.get((cell.key, cell.element), (None, 0))
        rivals = self.rivals.get((cell.key, cell.element), [])
        return Difference(
            code_of(cell.address), cell.address, who, element.name, self._seen(element, cell.last.value),
            cell.last.by, tuple(self._seen(element, text) for text in earlier),
            **self._before(element, before), taken=seen(self.actor, element, value).text,
            rule=self._rule(cell.element, record, rivals), size=_size(element, before, cell.last.value, self.pool),
            overruled=not _same(element, _canonical(value), cell.last.value),
        )  # fmt: skip

    def stood_before(self, cell: Cell) -> _Side | None:
        """What would count of a cell's element had nothing been told for this form."""
        own = {said.seq for said in cell.said}
        value, record = self.golden.get((cell.key, cell.element), (None, 0))
        if record >> ROW_BITS not in own:
            return _Side(_canonical(value), record)
        sides = [side for side in self.rivals.get((cell.key, cell.element), []) if side.record >> ROW_BITS not in own]
        return max(sides, key=self._rank(cell.element), default=None)

    def _seen(self, element: Element, text: str) -> str:
        one = seen(self.actor, element, shown_text(element, text))
        return HIDDEN if one.sight is Sight.HIDDEN else one.text

    def _before(self, element: Element, side: _Side | None) -> Mapping[str, str]:
        if side is None or not side.text:
            return {}
        origin = self.origins.get(side.record)
        return {
            "before": seen(self.actor, element, rival_text(element, side.text)).text,
            "before_source": (origin.department or "手工登记") if origin else "推算",
            "before_as_of": origin.as_of if origin else "",
        }

    def _side(self, element: str, record: int) -> tuple[bool, str]:
        origin = self.origins.get(record)
        return record >> ROW_BITS in self.speakers.get(element, frozenset()), origin.as_of if origin else ""

    def _rank(self, element: str) -> Callable[[_Side], tuple[bool, str, int]]:
        return lambda side: (*self._side(element, side.record), side.record)

    def _rule(self, element: str, record: int, sides: Sequence[_Side]) -> str:
        if not record:
            return RULE_WORDS[Rule.DERIVED]
        return RULE_WORDS[
            choose_rule(self._side(element, record), [self._side(element, side.record) for side in sides], agreed=False)
        ]


def _by_element(cells: Iterable[Cell]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cell in cells:
        if cell.element:
            found.setdefault(cell.element, []).append(cell.key)
    return found


def _canonical(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else shown(value)


def _same(element: Element, one: str, other: str) -> bool:
    if element.kind in (Kind.INTEGER, Kind.DECIMAL) and one and other:
        return Decimal(one) == Decimal(other)
    return one == other


def _size(element: Element, before: _Side | None, told: str, pool: Pool) -> float:
    """How unlike two values are: 0 the same or nothing before, 1 entirely."""
    if before is None or not before.text or _same(element, before.text, told):
        return 0.0
    return 1.0 - kind_of(element, pool.registry).compare(before.text, told)
