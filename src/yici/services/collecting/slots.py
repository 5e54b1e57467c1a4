"""Which slots of its form a filling takes answers for: those the form has, about those its unit is asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yici.core.errors import Conflict, Problem, Refused
from yici.core.recognition.template import Area, Slot
from yici.engine.projection import Projection, open_published
from yici.engine.standing import golden_of
from yici.services.collecting.questions import asked_by
from yici.services.collecting.slot_kinds import is_numeric, plain_number
from yici.services.collecting.trial import recognise_kept
from yici.services.pool import Pool
from yici.storage import collections
from yici.storage.collections import Asking
from yici.storage.references import Pair

# Of a form, by (sheet, label).
_Slots = Mapping[tuple[str, str], tuple[Area, Slot]]


@dataclass(slots=True)
class SlotCheck:
    """The answers of one submission for forms' own slots are checked with one of these: what is looked up for one of
    them serves the others."""

    home: Path
    pool: Pool
    units: dict[str, set[str]] = field(default_factory=dict)
    forms: dict[int, _Slots] = field(default_factory=dict)
    below: dict[str, frozenset[str]] = field(default_factory=dict)
    asked: dict[int, frozenset[str]] = field(default_factory=dict)

    def told(self, key: str, unit: str | None) -> None:
        """Take the unit of a subject that was found already; None for one there is not."""
        if unit is not None:
            self.units.setdefault(key, set()).update([unit] if unit else [])

    def look_up(self, subjects: Iterable[Pair]) -> None:
        """Find the units of these subjects (type, key), all at once; of those of no known type ("") in every table."""
        wanted = {(kind, key) for kind, key in subjects if key and not (kind and key in self.units)}
        if not wanted:
            return
        there = open_published(self.pool.home, self.pool.registry, 0)
        if there is not None:
            with there:
                self._read(there, wanted)
        if left := {(kind, key) for kind, key in wanted if key not in self.units}:
            with self.pool.projection() as fresh:
                self._read(fresh, left)

    def check(self, asking: Asking, key: str, sheet: str, label: str, value: str) -> None:
        """Raise Conflict for a slot the form has not and for words where it plainly takes a number, Refused for
        somebody the filling does not ask about."""
        found = self._slots(asking).get((sheet, label))
        if found is None:
            raise Conflict(Problem("no-such-slot", f"表里没有“{label}”这一格。", "请刷新页面后再填。"))
        _, slot = found
        if is_numeric(slot.path, slot.number_format) and plain_number(value) is None:
            hint = "只写数，不带单位和“约”字；没有就写 0，不知道可以留空。"
            raise Conflict(Problem("number-odd", f"{label}：要填一个数。", hint))
        units = self.units.get(key, set())
        if not key or asking.unit in units or units & self._below(asking.unit):
            return
        # A member of one of its households may be of another unit, or of none that is known.
        if key not in self._asked(asking):
            raise Refused(Problem("not-yours", "这个人或这户不在这项填报里。", "请刷新页面，核对后再填。"))

    def _read(self, projection: Projection, wanted: set[Pair]) -> None:
        untold = {key for kind, key in wanted if not kind}
        for kind in self.pool.registry.subjects:
            keys = untold | {key for subject, key in wanted if subject == kind}
            for key, (unit, _) in golden_of(projection, kind, keys, ()).items() if keys else ():
                self.units.setdefault(key, set()).update([unit] if unit else [])

    def _slots(self, asking: Asking) -> _Slots:
        form = asking.form
        if form.id not in self.forms:
            template = recognise_kept(home=self.home, form=form, pool=self.pool).template
            self.forms[form.id] = template.slots_by_place()
        return self.forms[form.id]

    def _below(self, unit: str) -> frozenset[str]:
        if unit not in self.below:
            self.below[unit] = frozenset(self.pool.units_below(unit))
        return self.below[unit]

    def _asked(self, asking: Asking) -> frozenset[str]:
        row = collections.filling_row(asking.id) if asking.id not in self.asked else None
        if row is not None:
            told = (key for _, key, _, _ in collections.answers_of(row.collection, [row.unit]))
            asked = (question.key for question in asked_by(home=self.home, row=row, pool=self.pool))
            self.asked[row.id] = frozenset([*told, *asked])
        return self.asked.get(asking.id, frozenset())
