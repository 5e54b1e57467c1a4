"""For whom somebody acts: oneself, the household one is the head of, and the children one is guardian of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor, Thing
from yici.core.errors import NotFound, Problem
from yici.engine.projection import Projection
from yici.services.pool import open_pool
from yici.storage.references import references_of, referred_to

ADULT = 18
# Whose child somebody is, is certain only between these: a grandchild may be that of the head's other son.
_PARENTS, _CHILDREN = ("户主", "配偶"), ("子", "女")
_FIELDS = '"person.name", "person.birth_date", "person.relation_to_head", "person.guardian_name"'
_NOT_FOUND = Problem("not-found", "没有找到，或不是您的信息。", "请返回首页。")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Charge:
    """What somebody answers for besides oneself: the own household, a child. `code` stands for it in addresses."""

    code: str
    subject: str
    name: str


@dataclass(frozen=True, slots=True)
class _Member:
    key: str
    name: str | None
    born: str | None
    relation: str | None
    guardian: str | None

    def is_minor(self, today: date) -> bool | None:
        """Whether somebody is under age; None where the birth date is not known to the day."""
        age = age_on(self.born, today)
        return None if age is None else age < ADULT


def age_on(born: str | None, today: date) -> int | None:
    """Full years since a birth date as the pool holds it; None where it is not known to the day."""
    if born is None or len(born) != len("2026-11-25"):
        return None
    day = date.fromisoformat(born)
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def own_code(actor: Actor) -> str:
    """What stands for the actor's own subject in addresses. Raises NotFound for an account tied to nobody."""
    if actor.subject is None:
        raise NotFound(_NOT_FOUND)
    return references_of([actor.subject])[actor.subject]


def own_thing(*, actor: Actor, home: Path, code: str, today: date) -> Thing:
    """What the gate asks about the subject of a code; the actor's own where the code is empty. Raises NotFound."""
    pair = referred_to(code) if code else actor.subject
    if pair is None:
        raise NotFound(_NOT_FOUND)
    answering = frozenset[Pair]()
    if actor.subject and pair != actor.subject and pair[0] in ("person", "household"):
        with open_pool(home).projection() as projection:
            answering = _guardians(projection, pair[1], today) if pair[0] == "person" else _head(projection, pair[1])
    return Thing(kind="subject", subject=pair, guardians=answering)


def acting_for(*, actor: Actor, home: Path, code: str, today: date) -> Actor:
    """The actor as the subject of the code: itself, its household or a child. Raises NotFound for anybody else."""
    thing = own_thing(actor=actor, home=home, code=code, today=today)
    if thing.subject != actor.subject and actor.subject not in thing.guardians:
        raise NotFound(_NOT_FOUND)
    return replace(actor, subject=thing.subject)


def charges_of(*, actor: Actor, home: Path, today: date) -> list[Charge]:
    """The household the actor is the head of, then the children it is guardian of, by name."""
    if actor.subject is None or actor.subject[0] != "person":
        return []
    with open_pool(home).projection() as projection:
        family = _family(projection, actor.subject[1])
        household = household_headed(projection, actor.subject[1])
    own = next((one for one in family if one.key == actor.subject[1]), None)
    children = [one for one in family if own and _is_guardian(own, one, family, today)]
    pairs = [("person", one.key) for one in children]
    codes = references_of([*pairs, ("household", household)] if household else pairs)
    found = sorted((Charge(codes["person", one.key], "person", one.name or "") for one in children), key=_by_name)
    return [Charge(codes["household", household], "household", ""), *found] if household else found


def household_headed(projection: Projection, key: str) -> str | None:
    """The key of the household a person is the only registered head of; None for everybody else."""
    rows = projection.con.execute(
        "SELECT household FROM person WHERE key = ? AND \"person.relation_to_head\" = '户主'", [key]
    ).fetchall()
    household = str(rows[0][0]) if rows and rows[0][0] else None
    return household if household and _head(projection, household) == {("person", key)} else None


def _head(projection: Projection, household: str) -> frozenset[Pair]:
    rows = projection.con.execute(
        "SELECT key FROM person WHERE household = ? AND \"person.relation_to_head\" = '户主'"
        " AND NOT starts_with(key, '?')",
        [household],
    ).fetchall()
    return frozenset(("person", str(row[0])) for row in rows) if len(rows) == 1 else frozenset()


def _by_name(charge: Charge) -> str:
    return charge.name


def _guardians(projection: Projection, key: str, today: date) -> frozenset[Pair]:
    family = _family(projection, key)
    child = next((one for one in family if one.key == key), None)
    if child is None:
        return frozenset()
    return frozenset(("person", one.key) for one in family if _is_guardian(one, child, family, today))


def _family(projection: Projection, key: str) -> list[_Member]:
    """The people of somebody's household, as far as it is certain who they are."""
    rows = projection.con.execute(
        f"SELECT key, {_FIELDS} FROM person WHERE household = (SELECT household FROM person WHERE key = ?)"  # noqa: S608
        " AND NOT starts_with(key, '?') ORDER BY key",
        [key],
    ).fetchall()
    return [_Member(*row) for row in rows]


def _is_guardian(adult: _Member, child: _Member, family: list[_Member], today: date) -> bool:
    """Whether an adult answers for a child: registered as its guardian by a name that is unique in the household, or,
    where nobody is registered, the head or the head's spouse for their own child."""
    if adult.key == child.key or child.is_minor(today) is not True or adult.is_minor(today) is not False:
        return False
    if child.guardian:
        named = [one for one in family if one.name == child.guardian]
        return len(named) == 1 and named[0].key == adult.key
    return adult.relation in _PARENTS and child.relation in _CHILDREN
