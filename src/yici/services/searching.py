"""Finding people, households, firms and the rest by a few words, within what the actor may see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.elements import Element, Kind, Registry
from yici.core.identity import APART
from yici.engine.kept_answers import answered
from yici.engine.projection import Projection
from yici.engine.schema import literal, quoted, stored_elements, subjects_of, table_of
from yici.services.initials import AFTER, BEFORE, NONE, bits_by_initial
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen, units_in_reach
from yici.storage.references import references_of

MOST = 50
_LONGEST, _MOST_WORDS = 60, 4
_NUMBER = re.compile(r"[0-9]{3,18}[0-9Xx]?")
_CODE = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z-]{3,}")
_LETTERS = re.compile(r"[a-zA-Z]{2,6}")
_NUMBER_LENGTH = 18  # Of ID numbers and credit codes; so long a number is the end of none and no part of a phone.
_WHOLE = 6  # Whoever sees a value only masked must know it whole to find by it, and it must be of some length.
# Up to so many names with Latin letters in them are looked through alone for letters that others have as initials.
_FEW_LETTERED = 1_000
# A condition in SQL with its parameters.
_Way = tuple[str, list[object]]


class _Row(NamedTuple):
    """A row found: how near, what it is of, and its place in the table of the projection it was found in."""

    near: int
    subject: str
    key: str
    unit: str | None
    place: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One subject found: `code` stands for it in addresses; the texts are as the actor may see them."""

    code: str
    subject: str
    kind: str
    name: str
    unit: str
    facts: tuple[tuple[str, str], ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to. `more` when there are others than those shown; `by` names what was searched."""

    hits: tuple[Hit, ...]
    more: bool
    by: tuple[str, ...]


def search_pool(*, actor: Actor, home: Path, words: str) -> Found:
    """Subjects that fit all words: a name, its pinyin initials, an ID or household number or credit code (whole, or
    its last digits), a phone, an address. The nearest first, at most MOST."""
    terms = unicodedata.normalize("NFKC", words).strip()[:_LONGEST].split()[:_MOST_WORDS]
    pool = open_pool(home)
    reach = units_in_reach(actor, pool)
    searched = [(s, _searched(actor, pool.registry, s)) for s in subjects_of(pool.registry)]
    by = tuple(dict.fromkeys(element.name for _, elements in searched for element in elements))
    if not terms or reach == frozenset():
        return Found((), False, by if reach != frozenset() else ())
    rows: list[_Row] = []
    with pool.projection() as projection:
        types = tuple(subject for subject, _ in searched)
        there = answered(projection, ("there", types), partial(_look, projection, types))
        for subject, elements in searched:
            if subject not in there:
                continue  # Working out a question of the many ways to fit costs more than most tables do.
            rows += _matches(projection, actor, pool.registry, subject, elements, terms, reach)
        rows.sort(key=lambda row: row.near)
        hits = tuple(_hits(projection, actor, pool, rows[:MOST]))
    return Found(hits, len(rows) > MOST, by)


def _searched(actor: Actor, registry: Registry, subject: str) -> list[Element]:
    """The elements a subject is found by: its key, name, phones and addresses, as far as the actor may see them."""
    kinds = {Kind.NAME, Kind.PHONE, Kind.ADDRESS, Kind.ID_NUMBER, Kind.USCC}
    ids = {registry.subjects[subject].key, registry.name_of(subject)}
    generic = [e for e in stored_elements(registry, subject) if e.id in ids or (e.kind in kinds and _own(e, subject))]
    return [element for element in generic if sight(actor, element) is not Sight.HIDDEN]


def _own(element: Element, subject: str) -> bool:
    """Whether a name, number or phone is the subject's own rather than a guardian's or a legal person's."""
    last = element.id.partition(".")[2]
    own = {"phone", "id_number", "uscc", "head_id_number", "contact_phone"}
    return last in own or element.kind is Kind.ADDRESS


def _look(projection: Projection, subjects: tuple[str, ...]) -> frozenset[str]:
    """Those of which there is anybody, in one look."""
    looks = (f"(SELECT {literal(one)} FROM {table_of(one)} LIMIT 1)" for one in subjects)  # noqa: S608 (own names)
    return frozenset(row[0] for row in projection.con.execute(" UNION ALL ".join(looks)).fetchall())


def _lettered(projection: Projection, subject: str, name: str) -> list[int] | None:
    """Where names with Latin letters stand in their table; None where they are many."""
    column = quoted(name)
    rows = projection.con.execute(
        f"SELECT rowid FROM {table_of(subject)} WHERE strlen({column}) <> 3 * length({column})"  # noqa: S608 (own names)
        f" AND regexp_matches({column}, '[A-Za-z]') LIMIT {_FEW_LETTERED + 1}"
    ).fetchall()
    return [row[0] for row in rows] if len(rows) <= _FEW_LETTERED else None


def _matches(
    projection: Projection,
    actor: Actor,
    registry: Registry,
    subject: str,
    elements: list[Element],
    terms: list[str],
    reach: frozenset[str] | None,
) -> list[_Row]:
    """The rows that fit, the nearest first, one more than are shown."""
    ways = [list(_conditions(projection, actor, registry, subject, elements, term)) for term in terms]
    if not all(ways):
        return []
    if reach is not None:
        own = "unit IN (SELECT unnest(?))"
        ways.append([(f"({own} OR unit IS NULL)" if subject == "enterprise" else own, [sorted(reach)])])
    # One word in the whole pool: each way is taken on its own, not all with OR, as a whole number is then looked up in
    # the one block of its ordered column. Few units or more words are the quicker filter, and one sign fits so many
    # that ranking them once for each way costs more: there one pass does.
    apart = reach is None and len(terms) == 1 and len(terms[0]) > 1
    first = ways[0] if apart else [_either(ways[0])]
    others = [_either(some) for some in ways[1:]]
    name = quoted(registry.name_of(subject))
    nearest = f"ORDER BY near, unit, name, key LIMIT {MOST + 1}"
    rank = f"CASE WHEN key = ? OR {name} = ? THEN 0 WHEN starts_with({name}, ?) THEN 1 ELSE 2 END"
    ranked = f"SELECT {rank} AS near, key, unit, {name} AS name, rowid AS place FROM {table_of(subject)}"  # noqa: S608
    asked = [terms[0].upper(), terms[0], terms[0]]
    branches, params = [], list[object]()
    for way in first:
        branches.append(f"(FROM ({ranked} WHERE {' AND '.join(sql for sql, _ in (way, *others))} {nearest}))")
        params += [*asked, *(param for _, some in (way, *others) for param in some)]
    union = " UNION ".join(branches)
    found = projection.con.execute(f"SELECT near, key, unit, place FROM ({union}) {nearest}", params)  # noqa: S608
    return [_Row(near, subject, key, unit, place) for near, key, unit, place in found.fetchall()]


def _either(ways: list[_Way]) -> _Way:
    """One condition that holds when any of these does."""
    return "(" + " OR ".join(sql for sql, _ in ways) + ")", [param for _, some in ways for param in some]


def _conditions(
    projection: Projection, actor: Actor, registry: Registry, subject: str, elements: list[Element], term: str
) -> Iterator[_Way]:
    """The ways in which one word may fit, as SQL with parameters; columns are the registry's, values parameters."""
    number, upper = _NUMBER.fullmatch(term) is not None, term.upper()
    for element in elements:
        column = quoted(element.id)
        masked_only = sight(actor, element) is Sight.MASKED
        if element.id == "household.number" and not masked_only and _CODE.fullmatch(term):
            yield f"{column} = ?", [upper]
        if masked_only and element.kind not in (Kind.ID_NUMBER, Kind.USCC):
            if len(term) >= _WHOLE:
                yield f"{column} = ?", [term]
        elif element.kind in (Kind.ID_NUMBER, Kind.USCC):
            # The last four signs of a number are shown even masked; longer ends would tell what is hidden.
            if term.isascii():
                yield f"{column} = ?", [upper]
            if number and (len(term) == 4 or (_NUMBER_LENGTH > len(term) > 4 and not masked_only)):
                yield f"ends_with({column}, ?)", [upper]
        elif element.kind is Kind.PHONE:
            if number and len(term) < _NUMBER_LENGTH:
                yield f"contains({column}, ?)", [term]
        elif not (number and element.kind is Kind.NAME):
            own_name = element.id == registry.name_of(subject)
            letters = own_name and _LETTERS.fullmatch(term)
            yield _lettering(projection, subject, element.id, term) if letters else (f"contains({column}, ?)", [term])
    household = registry.elements.get("household.number")
    if subject == "person" and _CODE.fullmatch(term) and household and sight(actor, household) is Sight.PLAIN:
        yield "household = ?", [upper]


def _lettering(projection: Projection, subject: str, name: str, letters: str) -> _Way:
    """A name that has these letters in it, or as its initials: one look at the names for both. Few names have letters,
    and looking for some in every name takes as long as all else."""
    column = quoted(name)
    places = answered(projection, ("lettered", subject, name), partial(_lettered, projection, subject, name))
    within: _Way = f"contains({column}, ?)", [letters]
    if places is not None:
        within = f"(rowid IN (SELECT unnest(?)) AND {within[0]})", [places, letters]
    initials = _initials(column, letters.lower())
    return initials if places == [] else _either([within, initials])


def _initials(column: str, letters: str) -> _Way:
    """A name whose first characters begin with these letters in pinyin.

    Each letter is a row of bits, one a character: such a condition is answered while the names are read, so that of
    those who do not fit nothing else is read.
    """
    signs = [f"unicode({column})", *(f"unicode({column}[{place}])" for place in range(2, len(letters) + 1))]
    fits = (f"get_bit(?::BIT, least(greatest({sign} - {BEFORE}, 0), {AFTER - BEFORE})::INTEGER) = 1" for sign in signs)
    return "(" + " AND ".join(fits) + ")", [bits_by_initial().get(letter, NONE) for letter in letters]


def _hits(projection: Projection, actor: Actor, pool: Pool, rows: list[_Row]) -> Iterator[Hit]:
    registry = pool.registry
    codes = references_of((row.subject, row.key) for row in rows)
    values = {subject: _values(projection, registry, subject, rows) for subject in {row.subject for row in rows}}
    for _, subject, key, unit, _ in rows:
        here = narrowed(actor, unit, pool)
        elements, by_key = values[subject]
        name = ""
        facts = []
        for element, value in zip(elements, by_key[key], strict=True):
            one = seen(here, element, value)
            if element.id == registry.name_of(subject):
                name = one.text
            elif one.text:
                facts.append((element.name, one.text))
        kind = registry.subjects[subject].name
        yield Hit(codes[subject, key], subject, kind, name, unit or "", tuple(facts), key.startswith(APART))


def _values(
    projection: Projection, registry: Registry, subject: str, rows: list[_Row]
) -> tuple[list[Element], dict[str, tuple[object, ...]]]:
    """What is shown of each subject found: the elements, and by key their values."""
    names = dict.fromkeys(
        [registry.name_of(subject), registry.subjects[subject].key, f"{subject}.sex", f"{subject}.birth_date",
         f"{subject}.phone", f"{subject}.residence_address", f"{subject}.address"]
    )  # fmt: skip
    elements = [e for name in names if (e := registry.elements.get(name)) and not e.derived]
    places = [row.place for row in rows if row.subject == subject]
    columns = ", ".join(quoted(element.id) for element in elements)
    found = projection.con.execute(
        f"SELECT key, {columns} FROM {table_of(subject)} WHERE rowid IN (SELECT unnest(?))",  # noqa: S608
        [places],
    ).fetchall()
    return elements, {row[0]: tuple(row[1:]) for row in found}
