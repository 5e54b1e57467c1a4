"""The values a condition was decided by, in one line: the subject's own, then those of its household by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from yici.core.expressions.explaining import Explained, Seen

_OWN, _MEMBERS = 6, 3
"""So many values of the subject's own, and so many of its household's people, are told."""


def seen_line(told: Explained) -> str:
    """The values behind a condition. Of the household's people those come first who decide it, the rest are counted."""
    own = dict.fromkeys(seen for part in _own_parts(told) for seen in part.seen)
    lines = [_one(seen) for seen in list(own)[:_OWN]]
    people = sorted(_people(told), key=lambda one: one.rank)
    if people:
        shown = [one for one in people if one.rank < _IDLE][:_MEMBERS] or people[:_MEMBERS]
        more = len(people) - len(shown)
        lines.append(f"户.人：{'，'.join(one.words for one in shown)}{f'，另 {more} 人' if more else ''}")
    return "；".join(lines)


_IDLE = 2


@dataclass(slots=True)
class _Person:
    """One of the household's people: what was seen of it, and the least rank of what it was asked."""

    name: str
    seen: dict[Seen, None] = field(default_factory=dict)
    rank: int = _IDLE

    @property
    def words(self) -> str:
        """李四 年龄 7."""
        return " ".join([self.name, "、".join(_one(seen) for seen in self.seen)])


def _own_parts(told: Explained) -> Iterator[Explained]:
    if not told.who:
        yield told
        for part in told.parts:
            yield from _own_parts(part)


def _people(told: Explained) -> Iterable[_Person]:
    """The people behind the aggregates of a condition. Who counts goes before who does not; where the whole is unknown,
    who cannot be told goes first of all."""
    found: dict[str, _Person] = {}
    ranks = {True: 0, None: 1, False: _IDLE} if told.verdict is not None else {None: 0, True: 1, False: _IDLE}
    for part in _member_parts(told):
        key = part.facts.keys.get("person", part.who)
        person = found.setdefault(key, _Person(part.who))
        person.rank = min(person.rank, ranks[part.verdict] if part.is_condition else 0)
        person.seen |= dict.fromkeys(seen for each in _walk(part) for seen in each.seen)
    return found.values()


def _member_parts(told: Explained) -> Iterator[Explained]:
    if told.who:
        yield told
        return
    for part in told.parts:
        yield from _member_parts(part)


def _walk(told: Explained) -> Iterator[Explained]:
    yield told
    for part in told.parts:
        yield from _walk(part)


def _one(seen: Seen) -> str:
    value = (seen.note or "没有记录") if seen.value is None else _shown(seen.value)
    if seen.range:
        value = f"在 {seen.range[0]} 与 {seen.range[1]} 之间"
    fact = seen.fact
    source = f"（{fact.department} {fact.as_of} {fact.place}".rstrip() + "）" if fact and fact.department else ""
    return f"{seen.name} {value}{source}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
