"""Why a match became another, in words: the edit, the ledger, the policy or the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from yici.core.elements import Registry
from yici.engine.projection import Projection
from yici.engine.scan import ROW_BITS
from yici.storage.matches import Run, arrivals_between, entries_between


@dataclass(slots=True)
class Causes:
    """What happened since the last run, subject by subject."""

    last: Run
    marks: Mapping[str, str]
    day: date
    told: dict[str, list[str]] = field(default_factory=dict)
    arrived: set[str] = field(default_factory=set)
    ledgers: str = ""

    @classmethod
    def of(
        cls,
        projection: Projection,
        registry: Registry,
        subject: str,
        last: Run,
        marks: Mapping[str, str],
        day: date,
        keys: Sequence[str],
    ) -> Causes:
        """The causes for some subjects of a type. A member's edit is a cause for the whole household."""
        found = cls(last, marks, day)
        if projection.sequence == last.sequence:
            return found
        edits = entries_between(last.sequence, projection.sequence)
        homes = _households(projection, subject, keys, [key for _, key, _, _ in edits])
        by_key: dict[str, list[str]] = {}
        for _, key, element, by in edits:
            by_key.setdefault(key, []).append(f"{_name(registry, element)}由{by}修改")
        for key in keys:
            near = [key, *homes.get(key, ())]
            found.told[key] = list(dict.fromkeys(words for each in near for words in by_key.get(each, ())))
        found.ledgers = "、".join(arrivals_between(last.sequence, projection.sequence)[:3])
        if found.ledgers:
            found.arrived = _arrived(projection, last.sequence)
        return found

    def words(self, policy: str, key: str, *, gone: bool) -> str:
        """The cause of one change."""
        if gone:
            return "对象已不在库中"
        if edits := self.told.get(key):
            return "；".join(edits[:3])
        if key in self.arrived:
            return f"导入：{self.ledgers}"
        if self.last.marks.get(policy) != self.marks.get(policy):
            return self._redefined(policy)
        if self.last.day != self.day:
            return f"日期从 {self.last.day} 到 {self.day}"
        return f"导入：{self.ledgers}" if self.ledgers else "相关的人、户或来源有变动"

    def _redefined(self, policy: str) -> str:
        """What else decides for everybody: the policy itself, or whether its registers are kept."""
        if definitions(self.last.marks).get(policy) != definitions(self.marks).get(policy):
            return "政策或参数变动"
        before, now = (_registers(marks.get(policy, "")) for marks in (self.last.marks, self.marks))
        arrived = f"：{self.ledgers}" if self.ledgers else ""
        if now.keys() - before.keys():
            return f"首次导入名册{arrived}"
        return "名册已不在库中" if before.keys() - now.keys() else f"名册的范围变了{arrived}"


def _registers(mark: str) -> dict[str, str]:
    """Register → a hash of the units it is kept for."""
    return {element: units for element, _, units in (one.partition("@") for one in mark.split()[1:])}


def definitions(marks: Mapping[str, str]) -> dict[str, str]:
    """The marks of policies without the registers that were kept."""
    return {policy: mark.partition(" ")[0] for policy, mark in marks.items()}


def _name(registry: Registry, element: str) -> str:
    known = registry.elements.get(element)
    return known.name if known else element


def _households(
    projection: Projection, subject: str, keys: Sequence[str], edited: Sequence[str]
) -> dict[str, list[str]]:
    """Subject → its household and those of its people who were edited."""
    if subject not in ("person", "household") or not edited:
        return {}
    rows = projection.con.execute(
        """
        WITH home AS (SELECT key AS member, household FROM person WHERE key IN (SELECT unnest($edited))
            UNION SELECT key, key FROM household WHERE key IN (SELECT unnest($edited)))
        SELECT p.key, h.member FROM person p JOIN home h USING (household)
            WHERE $subject = 'person' AND p.key IN (SELECT unnest($keys))
        UNION SELECT h.household, h.member FROM home h
            WHERE $subject = 'household' AND h.household IN (SELECT unnest($keys))
        """,
        {"edited": list(edited), "keys": list(keys), "subject": subject},
    ).fetchall()
    found: dict[str, list[str]] = {}
    for key, member in sorted(rows):
        found.setdefault(key, []).append(member)
    return found


def _arrived(projection: Projection, since: int) -> set[str]:
    """Everybody of whom a record arrived after that sequence."""
    rows = projection.con.execute(
        "SELECT DISTINCT unnest([person, household, enterprise, added_key]) FROM record_row WHERE id >= ?",
        [(since + 1) << ROW_BITS],
    ).fetchall()
    return {row[0] for row in rows if row[0] is not None}
