"""One's own record: golden values with source and date, sensitive ones masked until shown; doubts and answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from yici.core.access.actors import PUBLIC, Actor
from yici.core.access.fields import Sight, sight
from yici.core.disputes import DisputeState
from yici.core.errors import NotFound, Problem
from yici.services.agenda import SOURCES, Item
from yici.services.disputes import DisputeShown, disputes_for, raise_dispute, take_back_dispute
from yici.services.pool_sight import shown
from yici.services.residents.acting import Charge, acting_for, charges_of, own_code
from yici.services.residents.benefits import benefits_of
from yici.services.residents.questions import own_questions
from yici.services.subject_edits import Details, value_details
from yici.services.subject_pages import Line, SubjectPage, known_value, open_subject, subject_line, subject_page
from yici.storage import audit

OWN_LOOK = "本人查看"
_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A record as its person sees it; `is_own` unless it is that of the household or of a child."""

    code: str
    page: SubjectPage
    is_own: bool
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True)
class OwnValue:
    """One value with its source, what else was said, and the doubts about it."""

    code: str
    line: Line
    details: Details
    doubts: tuple[DisputeShown, ...]
    revealed: str = ""

    @property
    def doubtable(self) -> bool:
        """Whether a doubt may be raised now: one at a time."""
        return not any(one.row.state == DisputeState.OPEN for one in self.doubts)


def own_record(*, actor: Actor, home: Path, code: str, today: date) -> OwnRecord:
    """The record of the actor's subject (an empty code), its household or a child. Raises NotFound."""
    own = own_code(actor)
    acting = acting_for(actor=actor, home=home, code=code, today=today)
    page = subject_page(actor=acting, home=home, code=code or own, editing=False)
    charges = charges_of(actor=actor, home=home, today=today)
    return OwnRecord(code or own, page, code in ("", own), tuple(charges))


def own_value(*, actor: Actor, home: Path, code: str, element: str, today: date, reveal: bool = False) -> OwnValue:
    """One value of the record; whole, with an audit line, when it is to be shown. Raises NotFound."""
    acting = acting_for(actor=actor, home=home, code=code, today=today)
    line = subject_line(actor=acting, home=home, code=code, element=element, editing=False)
    details = value_details(actor=acting, home=home, code=code, element=element)
    raised = disputes_for(actor=actor, home=home, today=today)
    mine = tuple(one for one in raised if one.code == code and one.row.element == element)
    whole = _reveal(acting, home, code, element) if reveal else ""
    return OwnValue(code, line, details, mine, whole)


def doubt_own(*, actor: Actor, home: Path, code: str, element: str, doubt: str, today: date) -> date:
    """Doubt a value of the record; the day an answer is due. Raises NotFound, Conflict."""
    acting = acting_for(actor=actor, home=home, code=code, today=today)
    return raise_dispute(actor=acting, home=home, code=code, element=element, doubt=doubt, today=today)


def own_doubts(*, actor: Actor, home: Path, today: date) -> list[DisputeShown]:
    """The doubts one raised and the answers one gave that are checked, with what came of them; waiting ones first."""
    return disputes_for(actor=actor, home=home, today=today)


def take_back_own(*, actor: Actor, home: Path, number: int, now: datetime) -> None:
    """Take a doubt of one's own back. Raises NotFound, Conflict."""
    take_back_dispute(actor=actor, home=home, number=number, now=now)


def _reveal(acting: Actor, home: Path, code: str, element: str) -> str:
    opened = open_subject(actor=acting, home=home, code=code)
    about, known = known_value(opened, element)
    if known is None:
        raise NotFound(Problem("value-gone", "这一项现在没有值。", "请刷新后再看。"))
    if sight(opened.actor, about) is Sight.MASKED:
        detail = {"element": element, "subject": opened.subject, "for": OWN_LOOK}
        audit.append_alone(actor=acting.name, action="value.reveal", thing=code, detail=detail)
    return shown(known.value)


def _agenda(actor: Actor, home: Path, today: date) -> list[Item]:
    """What waits for a resident or a firm: answers to give, benefits to take up, doubts that were answered."""
    if not actor.roles & PUBLIC or actor.subject is None:
        return []
    benefits = benefits_of(actor=actor, home=home, today=today)
    questions = own_questions(actor=actor, home=home, today=today, benefits=benefits)
    doubts = disputes_for(actor=actor, home=home, today=today)
    waiting = [one.row for one in doubts if one.row.state == DisputeState.OPEN]
    settled = [one for one in doubts if one.row.answered_at and today - one.row.answered_at.date() <= _LATELY
               and one.row.state != DisputeState.TAKEN_BACK]  # fmt: skip
    automatic = sum(one.automatic for one in benefits.entitled)
    return [
        Item("个问题想问您", len(questions), "my-questions", detail="每个只答一次，不知道可以跳过"),
        Item("项政策您符合条件", len(benefits.entitled), "my-policies", detail=f"其中 {automatic} 项不用申请"),
        Item("条疑义有了答复", len(settled), "my-doubts"),
        Item("条疑义正在核实", len(waiting), "my-doubts", due=min((row.due for row in waiting), default=None)),
    ]


SOURCES.append(_agenda)
