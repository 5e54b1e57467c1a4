"""Taking answers: each checked by its element's own rules, written into the pool, and never twice."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from yici.core.access.actors import Actor, Thing
from yici.core.access.rules import can
from yici.core.collections.states import ANSWERABLE, FillingState
from yici.core.errors import Conflict, Place, Problem, Refused
from yici.core.values import kind_of
from yici.core.values.agreement import ID_NUMBER, disagreement
from yici.core.values.reasons import REASONS
from yici.engine.projection import Projection
from yici.engine.standing import golden_of
from yici.services.collecting.filling_things import filling_thing
from yici.services.collecting.slots import SlotCheck
from yici.services.pool import Pool, open_pool
from yici.services.settled import Asked, Settled, canonical, settle, told_by
from yici.storage import audit, collections
from yici.storage.collections import Asking, NewAnswer
from yici.storage.entries import NewEntry, add_entries
from yici.storage.references import Pair, referred_among

_ID = re.compile(r"[0-9A-Za-z-]{8,64}")
MOST = 2_000
_BOUND = 10**15


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the value of an element about a subject, or of a slot of one filling's form (`element` empty)."""

    value: str
    element: str = ""
    key: str = ""
    filling: int = 0
    sheet: str = ""
    label: str = ""

    @classmethod
    def from_json(cls, sent: Mapping[str, Any]) -> Answer:
        """An answer as a device sent it; what is of another shape becomes empty and is told as a problem later."""
        filling = sent.get("filling", 0)
        texts = {name: str(sent.get(name) or "")[:2000] for name in ("value", "element", "key", "sheet", "label")}
        return cls(**texts, filling=filling if type(filling) is int and 0 <= filling < _BOUND else 0)


@dataclass(slots=True)
class AnswerOutcome:
    """What became of a submission: how many answers were taken, how many told nothing new, and the problems of the
    others by their place in the list. `repeated` when the very same had come before."""

    accepted: int = 0
    unchanged: int = 0
    problems: dict[int, dict[str, str]] = field(default_factory=dict)
    repeated: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"problems": {str(place): problem for place, problem in self.problems.items()}}


def answer(*, actor: Actor, home: Path, submission: str, answers: Sequence[Answer], today: date) -> AnswerOutcome:
    """Take the answers of one submission, exactly once.

    `submission` was made on the device when the form was opened. The same id with the same content gets the first
    outcome again; with other content it is refused (Conflict), and so is nothing at all. An answer equal to what the
    pool holds of the form's day is no new source. Those that cannot be read are told and not taken; the others are.
    """
    _check(submission, answers)
    content = [asdict(one) for one in answers]
    digest = hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    if (earlier := _earlier(submission, digest)) is not None:
        return earlier
    pool = open_pool(home)
    elements = pool.registry.elements
    known = [one for one in answers if one.element in elements and not elements[one.element].derived]
    codes = referred_among(one.key for one in answers)
    asked = {(subject := elements[a.element].subject, _key(codes, subject, a.key), a.element) for a in known}
    settled, slots = settle(pool, asked, also=(ID_NUMBER,)), SlotCheck(home, pool)
    for subject, key, _ in asked:
        slots.told(key, settled.unit_of(subject, key))
    slots.look_up(codes.get(one.key, ("", one.key)) for one in answers if not one.element)

    def read() -> _Taking:
        taking = _Taking(actor, home, pool, settled, codes, today, slots)
        with closing(taking):
            for place, one in enumerate(answers):
                taking.take(place, one)
        return taking

    taking = read()
    try:
        while not _written(taking, submission, digest, content):
            # A form was handed in or ended meanwhile: what it takes now is another matter.
            taking = read()
    except IntegrityError:
        # The same submission came over a second connection at the same time, and was first.
        again = _earlier(submission, digest)
        if again is None:
            raise
        return again
    return taking.outcome


def _written(taking: _Taking, submission: str, digest: str, content: Any) -> bool:
    """Write a submission with what was read of it; False, and nothing is written, when a form it is for has another
    state than when it was read."""
    with transaction.atomic():
        if not taking.stands():
            return False
        collections.add_submission(submission, digest, content, taking.outcome.as_json(), by=taking.actor.name)
        taking.write()
    return True


def _check(submission: str, answers: Sequence[Answer]) -> None:
    if not _ID.fullmatch(submission):
        raise Conflict(Problem("submission-id", "提交编号不合要求。", "请刷新页面后再保存入库，已填的会保留。"))
    if not answers or len(answers) > MOST:
        raise Conflict(Problem("submission-size", f"一次提交 1 到 {MOST} 项。", "请分几次提交。"))


def _earlier(submission: str, digest: str) -> AnswerOutcome | None:
    found = collections.find_submission(submission)
    if found is None:
        return None
    before, outcome = found
    if before != digest:
        raise Conflict(
            Problem(
                "submission-differs", "这个编号已经提交过别的内容，这次没有保存。", "请刷新页面，核对后重新保存入库。"
            )
        )
    problems = {int(place): problem for place, problem in outcome["problems"].items()}
    return AnswerOutcome(outcome["accepted"], outcome["unchanged"], problems, repeated=True)


@dataclass(slots=True)
class _Taking:
    actor: Actor
    home: Path
    pool: Pool
    settled: Settled
    codes: Mapping[str, Pair]
    today: date
    checked: SlotCheck
    outcome: AnswerOutcome = field(default_factory=AnswerOutcome)
    entries: dict[tuple[str, date], list[NewEntry]] = field(default_factory=dict)
    slots: list[NewAnswer] = field(default_factory=list)
    past: dict[date, Projection] = field(default_factory=dict)
    fillings: dict[int, Asking | None] = field(default_factory=dict)

    def take(self, place: int, one: Answer) -> None:
        """Read one answer; what is wrong with it is kept by its place."""
        try:
            self._element(one) if one.element else self._slot(one)
        except (Conflict, Refused) as error:
            problem = error.problems[0]
            self.outcome.problems[place] = {"code": problem.code, "message": problem.message, "hint": problem.hint}

    def stands(self) -> bool:
        """Whether the forms are in the states in which they were read."""
        before = {number: row.state for number, row in self.fillings.items() if row is not None}
        return not before or collections.states_of(before) == before

    def write(self) -> None:
        """Write everything that was read. Only inside the submission's transaction."""
        # The counters of the pool and the audit come last: whoever waits for them must hold nothing we still need.
        if self.slots:
            collections.add_answers(self.slots, by=self.actor.name)
        told: list[audit.Deed] = [("answer.add", "form", {"slots": len(self.slots)})] if self.slots else []
        last = len(self.entries)
        for place, ((source, as_of), entries) in enumerate(self.entries.items(), 1):
            besides = told if place == last else []
            add_entries(entries, actor=self.actor.name, as_of=as_of, source=source, besides=besides)
        if told and not self.entries:
            audit.append_many(actor=self.actor.name, about=told)

    def _element(self, one: Answer) -> None:
        element = self.pool.registry.elements.get(one.element)
        if element is None or element.derived:
            raise Conflict(Problem("unknown-element", "没有这个数据元。", "请刷新页面。"))
        subject, key = element.subject, _key(self.codes, element.subject, one.key)
        unit = self.settled.unit_of(subject, key)
        if unit is None or not can(self.actor, "pool.edit", Thing(subject, unit=unit, subject=(subject, key))):
            raise Refused(Problem("not-yours", "这个人或这户不在您的范围内。", "请核对。"))
        cleaned = kind_of(element, self.pool.registry).clean("s" + one.value.strip())
        if cleaned.value is None:
            message, hint = REASONS.get(cleaned.reason, ("这个值读不懂。", "请核对后重填。"))
            where = Place(element=element.name)
            raise Conflict(Problem(cleaned.reason or "refused", f"{element.name}：{message}", hint, where))
        number = self.settled.golden_value("person", key, ID_NUMBER) if subject == "person" else None
        if reason := disagreement(element, cleaned.value, {ID_NUMBER: str(number or "")}, self.today):
            message, hint = REASONS[reason]
            raise Conflict(Problem(reason, f"{element.name}：{message}", hint, Place(element=element.name)))
        source, as_of = self._source(one.filling)
        if self.settled.says(subject, key, element.id, cleaned.value) and self._said_then(
            as_of, (subject, key, element.id), cleaned.value
        ):
            self.outcome.unchanged += 1
            return
        entry = NewEntry(subject, key, element.id, canonical(cleaned.value), one.value)
        self.entries.setdefault((source, as_of), []).append(entry)
        self.outcome.accepted += 1

    def _said_then(self, as_of: date, asked: Asked, value: Any) -> bool:
        """Whether what is said today was known already on the form's day: one told later is still asked for that day,
        and would be for ever if the answer counted for nothing."""
        if as_of >= self.today or told_by(self.settled, self.pool, asked, as_of):
            return True
        subject, key, element = asked
        # Made anew each time, so only for what is rarely sent: a value known, but from a later day.
        if as_of not in self.past:
            self.past[as_of] = self.pool.projection(as_of)
        _, values = golden_of(self.past[as_of], subject, [key], [element]).get(key, ("", {}))
        return bool(values.get(element) == value)

    def close(self) -> None:
        """Let go of the golden records of earlier days."""
        for projection in self.past.values():
            projection.close()

    def _source(self, filling: int) -> tuple[str, date]:
        """Where an answer comes from, and for which day: the day the asking form is about, never a later one."""
        row = self._asking(filling) if filling else None
        theirs = row is not None and row.state in ANSWERABLE and can(self.actor, "filling.answer", filling_thing(row))
        if not theirs or row is None or row.as_of is None:
            # Known to the pool all the same, but not told for that form: it is another unit's, or was sent already.
            return "", self.today
        return f"collection:{row.collection}", min(self.today, row.as_of)

    def _asking(self, filling: int) -> Asking | None:
        if filling not in self.fillings:
            self.fillings[filling] = collections.asking(filling)
        return self.fillings[filling]

    def _slot(self, one: Answer) -> None:
        row = self._asking(one.filling)
        if row is None or not can(self.actor, "filling.answer", filling_thing(row)):
            raise Refused(Problem("not-yours", "这项填报不在您的范围内。", "请核对。"))
        if row.state is FillingState.MISSED:
            hint = "要补报，请联系审核的人重新打开。"
            raise Conflict(Problem("collection-closed", "这项任务已经结束，这张表没有报送。", hint))
        if row.state not in ANSWERABLE:
            raise Conflict(Problem("filling-closed", "这张表已经报送，不能再填。", "要更正请先撤回。"))
        if not one.value.strip() or not one.label:
            raise Conflict(Problem("empty", "没有填写。", "不知道可以留空，不必保存。"))
        key = _key(self.codes, "", one.key)
        self.checked.check(row, key, one.sheet, one.label, one.value)
        self.slots.append(NewAnswer(row.collection, row.unit, key, one.sheet, one.label, one.value.strip()))
        self.outcome.accepted += 1


def _key(codes: Mapping[str, Pair], subject: str, given: str) -> str:
    """The key of a subject that a page named by its code (pages hold no ID numbers); a key stays what it is."""
    pair = codes.get(given)
    return pair[1] if pair is not None and subject in ("", pair[0]) else given
