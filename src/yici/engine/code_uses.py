"""How many subjects carry each code: one grouped question to the golden records for all elements asked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from yici.core.elements import Element
from yici.engine.kept_answers import answered
from yici.engine.projection import Projection
from yici.engine.schema import literal, quoted, table_of

Units = frozenset[str] | None


@dataclass(slots=True)
class Uses:
    """Of one element: how many subjects hold each value, and how many have nothing but cells that could not be read."""

    held: dict[str, int] = field(default_factory=dict)
    unread: int = 0

    @property
    def known(self) -> int:
        """For how many subjects a value is known."""
        return sum(self.held.values())


def code_uses(projection: Projection, asked: Iterable[tuple[Element, Units]]) -> dict[str, Uses]:
    """The uses of each element among the subjects of some units (None: of all), by the element's id."""
    wanted = tuple(asked)
    question = ("code uses", tuple((element.id, units) for element, units in wanted))
    return answered(projection, question, partial(_counted, projection, wanted))


def _counted(projection: Projection, wanted: Sequence[tuple[Element, Units]]) -> dict[str, Uses]:
    found = {element.id: Uses() for element, _ in wanted}
    parts: list[str] = []
    params: list[object] = []
    refused = set(projection.con.execute("SELECT DISTINCT subject, element FROM refused").fetchall())
    for element, units in wanted:
        unread = [_unread(element, units)] if (element.subject, element.id) in refused else []
        for part in (_held(element, units), *unread):
            parts.append(part)
            params += [] if units is None else [sorted(units)]
    if not parts:
        return found
    for identity, value, count in projection.con.execute(" UNION ALL ".join(parts), params).fetchall():
        if value is None:
            found[identity].unread = int(count)
        else:
            found[identity].held[str(value)] = int(count)
    return found


def holders(
    projection: Projection, element: Element, units: Units, *, but: Iterable[str], most: int
) -> list[tuple[str, str, str]]:
    """(key, unit, value) of subjects whose value is none of those given, at most so many."""
    column = quoted(element.id)
    rows = projection.con.execute(
        f"SELECT g.key, g.unit, g.{column} FROM {table_of(element.subject)} g"  # noqa: S608 (registry's names)
        f" WHERE g.{column} IS NOT NULL AND NOT list_contains(?, g.{column}){_within(element, units)}"
        f" ORDER BY g.{column}, g.key LIMIT {most}",
        [list(but), *([] if units is None else [sorted(units)])],
    ).fetchall()
    return [(str(key), str(unit or ""), str(value)) for key, unit, value in rows]


def _held(element: Element, units: Units) -> str:
    column = quoted(element.id)
    return (
        f"SELECT {literal(element.id)} AS element, g.{column} AS value, count(*) AS n"  # noqa: S608 (registry's names)
        f" FROM {table_of(element.subject)} g WHERE g.{column} IS NOT NULL{_within(element, units)} GROUP BY ALL"
    )


def _unread(element: Element, units: Units) -> str:
    return (
        f"SELECT {literal(element.id)}, NULL, count(DISTINCT g.key) FROM refused r"  # noqa: S608 (registry's names)
        f" JOIN {table_of(element.subject)} g ON g.key = r.key WHERE r.subject = {literal(element.subject)}"
        f" AND r.element = {literal(element.id)} AND g.{quoted(element.id)} IS NULL{_within(element, units)}"
    )


def _within(element: Element, units: Units) -> str:
    """A firm whose unit is unknown belongs to whoever asks, as in figures."""
    if units is None:
        return ""
    unknown = " OR g.unit IS NULL" if element.subject == "enterprise" else ""
    return f" AND (g.unit IN (SELECT unnest(?)){unknown})"
