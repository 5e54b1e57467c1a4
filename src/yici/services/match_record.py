"""Keeping matches up to date: only who was touched is judged again, and what became another is put on record.

The state of the last run lies in files beside the projection; a run counts from the moment its row is committed. See
docs/decisions/0007-matches.md.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from yici.core.elements import Registry
from yici.core.expressions.moment import Moment
from yici.core.expressions.words import text_of
from yici.core.policies.compiling import Rule
from yici.engine import match_state as state
from yici.engine.build import fingerprint
from yici.engine.policy_matching import match_subjects
from yici.engine.policy_settling import CHOICE, ELIGIBLE, GONE, NOT_ELIGIBLE, UNKNOWN, YIELDS
from yici.engine.projection import Projection
from yici.engine.registers import KeptRegisters, registers_of
from yici.engine.touched import touched_since
from yici.services.match_causes import Causes, definitions
from yici.storage.database import locked
from yici.storage.matches import Change, NewRun, Run, add_run, last_run

VERSION = "2"
FIRST, DATA, DAY, POLICY, REGISTER = "first", "data", "day", "policy", "register"
"""Why a run was made: nothing to compare with, records, another day, another definition, a register that
is kept in other units than before: then everybody has to be judged again."""

KINDS = {
    "eligible": "新符合", "lost": "不再符合", "unknown": "新缺数据", "ruled_out": "查明不符合",
    "amount": "金额变化", "yields": "让位于其他政策", "choice": "需要择一",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a run came to: how many subjects were judged, and the changes; `run` 0: nothing was to be done."""

    run: int
    cause: str
    judged: int
    changes: tuple[Change, ...] = ()


def record_matches(
    *, home: Path, registry: Registry, projection: Projection, rules: Sequence[Rule], day: date, actor: str
) -> Recorded:
    """Bring the recorded matches up to the projection and that day, and add what changed to the list of changes.

    Never goes back: a projection or a day before the last run's changes nothing. One process at a time does it.
    """
    (home / state.FOLDER).mkdir(parents=True, exist_ok=True)
    with locked(home / state.FOLDER / "lock"):
        work = _Recorder(home, registry, projection, rules, day, last_run())
        return work.record(actor)


@dataclass(slots=True)
class _Recorder:
    home: Path
    registry: Registry
    projection: Projection
    rules: Sequence[Rule]
    day: date
    last: Run | None
    marks: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        base = f"{VERSION} {fingerprint(self.registry)}"
        kept = KeptRegisters(self.projection)
        self.marks = {rule.id: _mark(rule, base, kept) for rule in self.rules}

    def record(self, actor: str) -> Recorded:
        last = self.last if self.last and self._is_there(self.last) else None
        if last and (last.day, last.sequence) > (self.day, self.projection.sequence):
            return Recorded(0, "", 0)
        cause = self._cause(last)
        if not cause:
            return Recorded(0, "", 0)
        touched = touched_since(self.projection, last.sequence) if last and cause == DATA else None
        if cause == DATA and touched is not None and not any(touched.values()):
            touched = {}
        changes: list[Change] = []
        files: dict[str, list[str]] = {}
        judged = 0
        for subject, rules in by_subject(self.rules).items():
            keys = None if touched is None else touched.get(subject, [])
            old = list(last.files.get(subject, [])) if last else []
            if keys == []:
                files[subject] = old
                continue
            files[subject], count, found = self._judge(subject, rules, keys, old)
            judged += count
            changes += self._changes(subject, found, last)
        return self._commit(cause, files, judged, changes, actor)

    def _is_there(self, run: Run) -> bool:
        return state.is_there(self.home, [name for names in run.files.values() for name in names])

    def _cause(self, last: Run | None) -> str:
        """Why there is something to do; "" when there is not."""
        if last is None:
            return FIRST
        if dict(last.marks) != dict(self.marks):
            return REGISTER if definitions(last.marks) == definitions(self.marks) else POLICY
        if last.day != self.day:
            return DAY
        return DATA if last.sequence != self.projection.sequence else ""

    def _judge(
        self, subject: str, rules: Sequence[Rule], keys: Sequence[str] | None, old: list[str]
    ) -> tuple[list[str], int, pl.DataFrame]:
        """Judge everybody or the touched; the files of the new state, how many were judged, the changed rows."""
        matches = match_subjects(self.projection, self.registry, rules, moment=Moment(self.day), keys=keys)
        now = state.state_table(matches)
        compared = [rule.id for rule in rules if self.last is not None and rule.id in self.last.marks and old]
        if keys is None:
            before = state.read_state(self.home, old) if compared else now
            found = state.changed_rows(before, now, compared)
            return [state.write_state(self.home, now)], now.height, found
        before = state.read_state(self.home, old, keys)
        found = state.changed_rows(before, now, compared)
        files = [*old, state.write_state(self.home, state.with_gone(now, keys))]
        if state.is_long(self.home, files):
            files = [state.write_state(self.home, state.read_state(self.home, files))]
        return files, now.height, found

    def _changes(self, subject: str, rows: pl.DataFrame, last: Run | None) -> Iterable[Change]:
        if last is None or not rows.height:
            return
        causes = Causes.of(
            self.projection, self.registry, subject, last, self.marks, self.day, rows["key"].unique().to_list()
        )
        for policy, key, unit, before, after, was, becomes in rows.iter_rows():
            kind = kind_of_change(before, after)
            if kind:
                yield Change(
                    policy, subject, key, unit or "", kind, before, after, _exact(was), _exact(becomes),
                    causes.words(policy, key, gone=after == GONE),
                )  # fmt: skip

    def _commit(
        self, cause: str, files: Mapping[str, list[str]], judged: int, changes: Sequence[Change], actor: str
    ) -> Recorded:
        counts = Counter(change.kind for change in changes)
        new = NewRun(self.projection.sequence, self.day, cause, self.marks, files, judged, counts)
        run = add_run(new, changes, actor=actor)
        state.sweep(self.home, [name for names in files.values() for name in names])
        return Recorded(run, cause, judged, tuple(changes))


def by_subject(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """The rules by whom they are about."""
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.subject, []).append(rule)
    return found


def kind_of_change(before: int, after: int) -> str:
    """What it means for the subject that one outcome became another; "" when nothing does."""
    match before, after:
        case 1, 1:
            return "amount"
        case _, 1:
            return "eligible"
        case _, -1:
            return "unknown"
        case _, 2:
            return "yields"
        case _, 3:
            return "choice"
        case _ if before in (ELIGIBLE, YIELDS, CHOICE):
            return "lost"
        case _ if before == UNKNOWN and after == NOT_ELIGIBLE:
            return "ruled_out"
    return ""


def _mark(rule: Rule, base: str, kept: KeptRegisters) -> str:
    """A hash of everything that decides a rule's outcomes besides the day and the data; its registers, kept where."""
    policy = rule.policy
    texts = [text_of(expression) for expression in rule.expressions]
    parts = [base, texts, policy.benefit.unit, sorted(policy.excludes), policy.prefer, policy.stacks]
    mark = hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]
    held = {one.id: sorted(kept.units(one.id)) for one in registers_of(rule.expressions)}
    return " ".join([mark, *(f"{element}@{_short(units)}" for element, units in sorted(held.items()) if units)])


def _short(units: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(units, ensure_ascii=False).encode()).hexdigest()[:8]


def _exact(amount: float | None) -> Decimal | None:
    return None if amount is None else Decimal(f"{amount:.6f}")
