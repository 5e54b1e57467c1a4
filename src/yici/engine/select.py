"""Rows of the projection for forms: the elements asked for, of the subjects that meet a filter, in roster order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from yici.core.elements import Element, Kind, Registry
from yici.core.expressions import Filter, Moment, compile_filter, element_sql
from yici.core.expressions.derived import alias_of
from yici.core.expressions.nodes import Role
from yici.engine.projection import Projection
from yici.engine.schema import table_of
from yici.engine.workdays import at_work

Value = str | int | Decimal | bool | None
_HOUSEHOLD = " LEFT JOIN household h ON h.key = p.household"
_HEAD = ' LEFT JOIN person hd ON hd.key = h."household.head_id_number"'
_FROM = {"person": f"person p{_HOUSEHOLD}{_HEAD}", "household": f"household h{_HEAD}"}
_JOINED = ((_HEAD, "hd."), (_HOUSEHOLD, "h."))


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
    columns = [(_column(registry.elements[name], subject, as_of), name) for name in elements]
    home = {"person": "p.household", "household": "h.key"}.get(subject, "NULL")
    unit = [f"{alias}.unit"] if with_unit else []
    shown = [f"{alias}.key", home, *unit, *(sql for sql, _ in columns)]
    where, params = _where(alias, filter, units, keys, as_of)
    ends = f"{where} ORDER BY {_order(subject, registry)}"
    text = f"SELECT {', '.join(shown)} FROM {_read_from(subject, *shown, ends)}{ends}"  # noqa: S608 (own names)
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
    where, params = _where(alias_of(subject), filter, units, None, as_of)
    text = f"SELECT count(*) FROM {_read_from(subject, where)}{where}"  # noqa: S608 (values are parameters)
    return int(projection.con.execute(text, params).fetchall()[0][0])


def from_sql(subject: str) -> str:
    """The tables a row about a subject is read from, under the aliases compiled expressions refer to."""
    return _FROM.get(subject) or f"{table_of(subject)} {alias_of(subject)}"


def _read_from(subject: str, *texts: str) -> str:
    """`from_sql` without the tables that no text refers to: keys are unique, so such a join changes no row."""
    found, read = from_sql(subject), " ".join(texts)
    for join, alias in _JOINED:
        if not re.search(rf"\b{re.escape(alias)}", read):
            found = found.replace(join, "")
            continue
        read += join
    return found


# Which subjects' elements a row about a subject can show.
_REACHES = {"person": ("person", "household"), "household": ("household", "person")}


def _column(element: Element, subject: str, as_of: date) -> str:
    if element.subject not in _REACHES.get(subject, (subject,)):
        return "NULL"  # Not applicable: a firm's element on a roster of people.
    role: Role | None = "head" if subject == "household" and element.subject == "person" else None
    return element_sql(element, as_of=as_of, role=role)


def _where(
    alias: str, filter: Filter | None, units: Sequence[str] | None, keys: Sequence[str] | None, as_of: date
) -> tuple[str, list[object]]:
    """The WHERE clause with its parameters; nothing that anybody typed stands in its text."""
    parts: list[str] = []
    params: list[object] = []
    if filter is not None:
        compiled = compile_filter(filter, as_of=at_work(Moment(as_of), [filter.expr]))
        parts.append(f"({compiled.text})")
        params.extend(compiled.params)
    if units is not None and alias != "e":
        parts.append(f"{alias}.unit IN (SELECT unnest(?))")
        params.append(list(units))
    if units is not None and alias == "e":
        # An enterprise whose village is unknown belongs to whoever asks: its address rarely names one.
        parts.append("(e.unit IS NULL OR e.unit IN (SELECT unnest(?)))")
        params.append(list(units))
    if keys is None:
        # Who is kept apart (key "?…") may be somebody known already; nobody is listed twice before a person has judged.
        parts.append(f"NOT starts_with({alias}.key, '?')")
    if keys is not None:
        parts.append(f"{alias}.key IN (SELECT unnest(?))")
        params.append(list(keys))
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), params


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
