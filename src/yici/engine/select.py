"""Rows of the projection for forms: the elements asked for, of the subjects that meet a filter, in roster order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from yici.core.elements import Element, Kind, Registry
from yici.core.expressions import Filter, Moment
from yici.core.expressions.compiling import APART, Sql, joined
from yici.core.expressions.derived import alias_of
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.workdays import at_work

Value = str | int | Decimal | bool | None


def select_rows(
    projection: Projection,
    registry: Registry,
    *,
    subject: str,
    elements: Sequence[str],
    filter: Filter | None = None,
    units: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    as_of: date,
    most: int | None = None,
    with_unit: bool = False,
) -> list[dict[str, Value]]:
    """One dict a subject: the elements by id, with "key" and "household".

    `units` keeps subjects of these villages, `keys` only the subjects named. Person elements asked for a household are
    those of its head. Rows come by household number, relation to the head, ID number; enterprises by credit code,
    others by key; with `most` the first so many of them, `with_unit` each with the village it is in as "unit".
    """
    alias = alias_of(subject)
    read = _rows(subject, filter, as_of)
    columns = [(_column(read, registry.elements[name]), name) for name in elements]
    home = {"person": "p.household", "household": "h.key"}.get(subject, "NULL")
    unit = [f"{alias}.unit"] if with_unit else []
    shown = [f"{alias}.key", home, *unit, *(sql for sql, _ in columns)]
    meeting = _meeting(read, filter, units, keys)
    text = f"SELECT {', '.join(shown)} FROM {meeting.text} ORDER BY {_order(subject, registry)}"  # noqa: S608
    params: list[object] = list(meeting.params)
    if most is not None:
        text, params = f"{text} LIMIT ?", [*params, most]
    rows = projection.con.execute(text, params).fetchall()
    kinds = [registry.elements[name].kind for _, name in columns]
    names = ["key", "household", *(["unit"] if with_unit else []), *(name for _, name in columns)]
    plain = len(names) - len(kinds)
    return [dict(zip(names, (*row[:plain], *map(_plain, row[plain:], kinds)), strict=True)) for row in rows]


def count_rows(
    projection: Projection,
    *,
    subject: str,
    filter: Filter | None = None,
    units: Sequence[str] | None = None,
    as_of: date,
) -> int:
    """How many rows `select_rows` would give."""
    read = _rows(subject, filter, as_of)
    meeting = _meeting(read, filter, units, None)
    text = f"SELECT count(*) FROM {meeting.text}"  # noqa: S608 (values are parameters)
    return int(projection.con.execute(text, list(meeting.params)).fetchall()[0][0])


def _rows(subject: str, filter: Filter | None, as_of: date) -> Rows:
    """What compiles the columns and the filter."""
    return Rows(subject, at_work(Moment(as_of), [] if filter is None else [filter.expr]))


# Which subjects' elements a row about a subject can show.
_REACHES = {"person": ("person", "household"), "household": ("household", "person")}


def _column(rows: Rows, element: Element) -> str:
    if element.subject not in _REACHES.get(rows.subject, (rows.subject,)):
        return "NULL"  # Not applicable: a firm's element on a roster of people.
    return rows.element(
        element, "head" if rows.subject == "household" and element.subject == "person" else element.subject
    )


def _meeting(rows: Rows, filter: Filter | None, units: Sequence[str] | None, keys: Sequence[str] | None) -> Sql:
    """The tables and the WHERE clause; nothing that anybody typed stands in its text. Columns are compiled before."""
    alias, within = rows.alias, list[Sql]()
    if units is not None:
        # An enterprise whose village is unknown belongs to whoever asks: its address rarely names one.
        unknown = "e.unit IS NULL OR " if alias == "e" else ""
        within.append(Sql(f"({unknown}{alias}.unit IN (SELECT unnest(?)))", (list(units),)))  # type: ignore[arg-type]
    if keys is None:
        # Who is kept apart (key "?…") may be somebody known already; nobody is listed twice before a person has judged.
        within.append(Sql(f"NOT starts_with({alias}.key, '{APART}')"))
    else:
        within.append(Sql(f"{alias}.key IN (SELECT unnest(?))", (list(keys),)))  # type: ignore[arg-type]
    where = [] if filter is None else [joined("({})", rows.truth(filter.expr))]
    tables, inside = rows.tables([] if units is None and keys is None else within)
    conditions = [*within, *where]
    params = tuple(p for part in (inside, *conditions) for p in part.params)
    return Sql(f"{tables} WHERE {' AND '.join(part.text for part in conditions)}", params)


def _order(subject: str, registry: Registry) -> str:
    if subject != "person":
        return f"{alias_of(subject)}.key"
    relation = registry.elements.get("person.relation_to_head")
    if relation is None:
        return "p.household NULLS LAST, p.key"
    labels = [code.label for code in registry.codes_of(relation)]
    listed = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    place = f'list_position([{listed}], p."person.relation_to_head")'
    return f"p.household NULLS LAST, {place} NULLS LAST, p.key"


def _plain(value: object, kind: Kind) -> Value:
    """A Decimal without the zeros its column's scale adds: 12.500000 → 12.5."""
    if isinstance(value, Decimal):
        number = value.normalize()
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
    if isinstance(value, float):
        return Decimal(repr(value))
    return value  # type: ignore[return-value]
