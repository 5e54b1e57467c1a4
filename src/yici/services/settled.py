"""What the pool says of a few values, without waiting until everything that came before is resolved."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yici.engine.matching import identity_elements
from yici.engine.projection import Projection, open_published
from yici.engine.standing import golden_of, standing_of
from yici.services.pool import Pool, refresh_soon
from yici.storage.database import identity
from yici.storage.entries import Told, entries_after
from yici.storage.manifest import pool_sequence

# (type, key, element) of a value.
Asked = tuple[str, str, str]
# A household's head follows from these of its people.
_HEADS_OF = frozenset({"person.name", "person.relation_to_head"})
# Further behind than this, what came is not even looked at.
_FAR = 20_000
# So many entries behind, the golden records are brought up to date beside the requests. Bringing them up to date costs
# nearly as much after ten entries as after a thousand.
_BEHIND = 1_000


@dataclass(slots=True)
class Settled:
    """Golden values, as of the newest entry: (unit, element → value) of each subject by (type, key).

    What entries that came after `sequence` say instead stands in `newer`.
    """

    sequence: int
    golden: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]]
    newer: Mapping[Asked, Told]

    def unit_of(self, subject: str, key: str) -> str | None:
        """The subject's unit, "" when none is known; None when there is no such subject."""
        held = self.golden.get((subject, key))
        return held[0] if held is not None else None

    def golden_value(self, subject: str, key: str, element: str) -> Any:
        """The value by the golden records, whatever came after them; None when there is none."""
        return self.golden[subject, key][1].get(element) if (subject, key) in self.golden else None

    def says(self, subject: str, key: str, element: str, value: Any) -> bool:
        """Whether the pool holds this very value."""
        later = self.newer.get((subject, key, element))
        if later is None:
            return bool(self.golden_value(subject, key, element) == value)
        if isinstance(value, bool | str):
            return later.value == canonical(value)
        return bool(type(value)(later.value) == value)


def told_by(settled: Settled, pool: Pool, asked: Asked, day: date) -> bool:
    """Whether what the pool says now was stated for that day or one before it. False also where it follows from other
    values: of which day those are is not looked at."""
    later = settled.newer.get(asked)
    if later is not None:
        return later.as_of <= day
    there = open_published(pool.home, pool.registry, 0)
    if there is None:
        return False
    with there:
        stated = standing_of(there, *asked)[1]
    return stated is not None and stated <= day


def canonical(value: Any) -> str:
    """A value as entries hold it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def settle(pool: Pool, asked: Collection[Asked], also: Collection[str] = ()) -> Settled:
    """What the newest golden records would tell of these values, and of whose they are; of persons also of the elements
    `also`, which entries must not change without being seen: those of identity.

    Answers that come many a second need not wait until those before them are resolved: what came since the golden
    records were made is looked at, and where it might concern what is asked in any way but as a plain later value, they
    are brought up to date first.
    """
    if not asked:
        return Settled(0, {}, {})
    there = open_published(pool.home, pool.registry, 0)
    if there is not None:
        with there:
            since = _since(there.sequence)
            newer = _newer(there, since, asked) if since.plain and not since.elements & _wide(pool, asked) else None
            if newer is not None:
                if since.upto - there.sequence > _BEHIND:
                    refresh_soon(pool)
                return Settled(there.sequence, _golden(there, asked, also), newer)
    with pool.projection() as fresh:
        return Settled(fresh.sequence, _golden(fresh, asked, also), {})


def _wide(pool: Pool, asked: Iterable[Asked]) -> frozenset[str]:
    """The elements of which an entry about anybody may change what is asked, or whose it is."""
    elements = {element for _, _, element in asked}
    sources = {i.source for name, i in pool.registry.inferences.items() if name in elements}
    return identity_elements(pool.registry) | _HEADS_OF | sources


def _golden(
    projection: Projection, asked: Iterable[Asked], also: Collection[str]
) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
    keys: dict[str, set[str]] = {}
    elements: dict[str, set[str]] = {}
    for subject, key, element in asked:
        keys.setdefault(subject, set()).add(key)
        elements.setdefault(subject, set(also) if subject == "person" else set()).add(element)
    return {
        (subject, key): told
        for subject in keys
        for key, told in golden_of(projection, subject, keys[subject], sorted(elements[subject])).items()
    }


def _newer(projection: Projection, since: _Since, asked: Iterable[Asked]) -> dict[Asked, Told] | None:
    """The later values of what is asked; None where which one counts is not plain."""
    found: dict[Asked, Told] = {}
    for one in set(asked):
        told = since.by_value.get(one, ())
        if any(not entry.value or entry.authoritative or entry.department for entry in told):
            return None
        if not told:
            continue
        last = max(told, key=lambda entry: (entry.as_of, entry.seq))
        spoken, day = standing_of(projection, *one)
        if not spoken and (day is None or last.as_of >= day):
            found[one] = last
    return found


@dataclass(slots=True)
class _Since:
    """What came to the pool between two sequences. `plain` while it is entries only: a batch, a judgement or a unit
    may concern everybody."""

    start: int
    upto: int
    plain: bool = True
    elements: set[str] = field(default_factory=set)
    by_value: dict[Asked, list[Told]] = field(default_factory=dict)

    def add(self, upto: int, told: Sequence[Told]) -> None:
        """Take in what was read up to a sequence; what another thread has taken in already is not taken in again."""
        if upto <= self.upto:
            return
        news = [entry for entry in told if entry.seq > self.upto]
        self.plain = self.plain and len(news) == upto - self.upto
        for entry in news:
            self.elements.add(entry.element)
            self.by_value.setdefault((entry.subject, entry.key, entry.element), []).append(entry)
        self.upto = upto


# By database, in this process: each entry is read once, not once a request.
_SINCES: dict[tuple[str, ...], _Since] = {}
_READING = threading.Lock()


def _since(start: int) -> _Since:
    """What came after that sequence until now."""
    place = identity()
    kept = _SINCES.get(place)
    if kept is None or kept.start != start:
        kept = _Since(start, start)
        if pool_sequence() - start > _FAR:
            kept.plain = False
            return kept
    upto, told = entries_after(kept.upto)
    with _READING:
        kept.add(upto, told)
        _SINCES[place] = kept
    return kept
