"""Proposing a collection, and deciding about it: 报备 and 准入评审."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from yici.core.access.actors import Actor, Thing
from yici.core.access.fields import Sight, sight
from yici.core.access.probing import masked_problem, refused_uses
from yici.core.collections.states import State, after
from yici.core.errors import Conflict, NotFound, Problem
from yici.core.expressions import parse_filter
from yici.core.recognition.marks import marks_of
from yici.core.recognition.template import Template
from yici.services.cards import card_kind
from yici.services.collecting.admission import Examined, Report, examine
from yici.services.collecting.days import data_day
from yici.services.collecting.kept_reports import is_large, standing_report
from yici.services.collecting.trial import fields_of, recognise_kept
from yici.services.collecting.trying import Progress
from yici.services.collecting.verdicts import check_decider, check_merge
from yici.services.collecting.whom import MISSING, check_whom, named_keys, whom_of
from yici.services.forms import Recognised, recognise_form
from yici.services.pool import Pool, open_pool
from yici.services.title_filter import title_filter
from yici.storage import audit, collections
from yici.storage.batch_files import hash_file, keep_original, writing
from yici.storage.collections import CollectionRow
from yici.storage.database import open_database

_BY_LIST = "一人（户）一份的表，要指定某些人请用名单；要一类人请换一个条件，如：年龄 >= 80。"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an officer says of the form that is asked for. `urgent` marks an unlisted ask (一事一报); `everybody` says
    that it is not only about those its title names. `named` are lines that name whom a card is about instead of a
    filter: ID numbers, household numbers, credit codes."""

    name: str
    organisation: str
    purpose: str = ""
    where: str = ""
    number: str = ""
    maker: str = ""
    approval: str = ""
    valid_until: date | None = None
    urgent: bool = False
    everybody: bool = False
    named: tuple[str, ...] = ()


def propose(
    *, actor: Actor, home: Path, file: Path, proposal: Proposal, whom_later: bool = False,
    waiting: Callable[[], None] | None = None,
) -> int:  # fmt: skip
    """Propose a collection: the form is kept and recognised; the collection waits for its review. Its number.

    The title and the marks printed on the form need not be told again, and a roster without a filter is of those its
    title names. A card (一人一份) must say of whom it is, unless that is told `whom_later`: until then it is not sent
    out.

    Raises UploadRefused for a file that cannot be read, ExpressionError for a filter, Conflict for what is missing, and
    what `waiting` raises, which is called while a form of an old format is converted, and before anything is written.
    """
    pool = open_pool(home)
    recognised = recognise_form(home=home, form=file, pool=pool, waiting=waiting)
    if waiting is not None:
        waiting()
    template = recognised.template
    if proposal.where:
        _check_filter(actor, proposal.where, template, pool)
    # Most forms are called by their titles: nobody should have to type one.
    proposal = replace(_completed(proposal, recognised, pool), name=proposal.name.strip() or template.title[:200])
    problems = _problems(proposal)
    each = card_kind(template)
    named = _named(proposal, each, pool)
    if each and not (whom_later or proposal.where or named or proposal.everybody):
        problems.append(MISSING)
    if problems:
        raise Conflict(problems)
    source = hash_file(file)
    with writing(home):
        keep_original(home, file, source)
    with transaction.atomic():
        form = collections.add_form(
            source=source, file_name=file.name, title=template.title or file.stem, fingerprint=template.fingerprint,
            fields=fields_of(template, pool), number=proposal.number, maker=proposal.maker,
            approval=proposal.approval, valid_until=proposal.valid_until, by=actor.name,
        )  # fmt: skip
        number = collections.add_collection(
            form_id=form, name=proposal.name, organisation=proposal.organisation, purpose=proposal.purpose,
            where=proposal.where, everybody=proposal.everybody, named=list(named), urgent=proposal.urgent,
            state=str(State.PROPOSED), by=actor.name,
        )  # fmt: skip
        detail = {"name": proposal.name, "form": source, "urgent": proposal.urgent}
        audit.append(actor=actor.name, action="collection.propose", thing=str(number), detail=detail)
    return number


def _completed(proposal: Proposal, recognised: Recognised, pool: Pool) -> Proposal:
    """The proposal with what the form itself says where the officer said nothing."""
    marks, title = marks_of(recognised.grid), title_filter(recognised.template, pool)
    told = proposal.everybody or any(line.strip() for line in proposal.named)
    where = proposal.where or (title.text if title is not None and not told else "")
    return replace(
        proposal, where=where, number=proposal.number or marks.number[:250], maker=proposal.maker or marks.maker[:250],
        approval=proposal.approval or marks.approval[:250], valid_until=proposal.valid_until or marks.valid_until,
    )  # fmt: skip


def get_collection(*, home: Path, number: int) -> CollectionRow:
    """One collection. Raises NotFound."""
    open_database(home)
    row = collections.collection_row(number)
    if row is None:
        raise NotFound(Problem("unknown-collection", "没有这个采集任务。", "请返回列表。"))
    return row


def collection_thing(*, home: Path, number: int) -> Thing:
    """A collection as what rules of access ask about. Raises NotFound."""
    row = get_collection(home=home, number=number)
    units = frozenset(filling.unit for filling in collections.fillings_in(collection=number))
    return Thing("collection", organisation=row.organisation, owner=row.by, state=str(row.state), units=units)


def admission(
    *, home: Path, number: int, units: list[str] | None = None, today: date, progress: Progress | None = None
) -> Examined:
    """The admission report of a proposed collection for these units (all villages when none are named), made now.
    Raises whatever `progress` raises."""
    row, pool = get_collection(home=home, number=number), open_pool(home)
    template = recognise_kept(home=home, form=row.form, pool=pool).template
    return examine(
        template, row.form, units=units or leaf_units(pool), whom=whom_of(row, template),
        as_of=row.as_of or data_day(template, today), urgent=row.urgent,
        others=collections.fields_of_others(row.form.id), pool=pool, progress=progress,
    )  # fmt: skip


def decide(
    *, actor: Actor, home: Path, number: int, step: str, remark: str = "", into: int | None = None, now: datetime
) -> State:
    """Approve, return, refuse or merge a proposed collection; the new state. The report is kept with it: the one made
    today while the pool is the same, else one made now. One over so many that it is made in the background is the last
    of today, and approving and merging wait for it. A collection that was approved and not sent may still be returned.
    A card nobody said of whom it is is not approved.

    `step` is "approve", "return", "refuse" or "merge"; all but approving need a remark or the collection merged into.
    Raises Conflict for a step that cannot be taken, for approving one's own, and for merging into what does not ask
    the same, NotFound.
    """
    row = get_collection(home=home, number=number)
    if step in ("approve", "merge"):
        check_decider(actor, row)
    report = _report_for(home, row, step, timezone.localdate(now))
    if step == "approve":
        check_whom(row, recognise_kept(home=home, form=row.form, pool=open_pool(home)).template)
    if step == "merge":
        assert report is not None
        check_merge(row, into, report)
    if step in ("return", "refuse") and not remark.strip():
        raise Conflict(Problem("remark-missing", "退回和不予采集要写明理由。", "请写清要补什么，或为什么不采。"))
    with transaction.atomic():
        state = collections.lock_collection(number)
        if state is None:
            raise NotFound(Problem("unknown-collection", "没有这个采集任务。", "请返回列表。"))
        following = after(state, step)
        collections.change_collection(
            number, state=str(following), admission=report.as_json() if report else {}, remark=remark, into_id=into,
            decided_by=actor.name, decided_at=now,
        )  # fmt: skip
        verdict = report.verdict if report else ""
        detail: dict[str, Any] = {"verdict": verdict, "remark": remark, "into": into}
        audit.append(actor=actor.name, action=f"collection.{step}", thing=str(number), detail=detail)
    return following


def _report_for(home: Path, row: CollectionRow, step: str, today: date) -> Report | None:
    """The report a decision is taken on; None only where none is needed and none was made. Raises Conflict for
    approving or merging before one over many was made."""
    kept = standing_report(home=home, row=row, today=today)
    if kept is not None and not kept.moved:
        return kept.report
    if not is_large(home=home, row=row, today=today):
        return admission(home=home, number=row.id, today=today).report
    # Where many write all day a report of this very moment never comes; its page says that the pool has moved.
    if kept is not None or step not in ("approve", "merge"):
        return kept.report if kept is not None else kept_report(row)
    message = "准入评审报告还没有按今天的情况算好。"
    raise Conflict(Problem("report-missing", message, "请点“按现在的库重算”，算好后再下结论。"))


def propose_again(*, actor: Actor, home: Path, number: int, proposal: Proposal) -> State:
    """Send a proposal again that was returned, or approved and not sent yet. Raises Conflict."""
    row, pool = get_collection(home=home, number=number), open_pool(home)
    recognised = recognise_kept(home=home, form=row.form, pool=pool)
    template = recognised.template
    if proposal.where:
        _check_filter(actor, proposal.where, template, pool)
    # A list that was told before stays where nothing else is told now: its numbers are not shown again, and whom the
    # title names is no answer to it.
    told = proposal.where or proposal.everybody or any(line.strip() for line in proposal.named)
    kept = () if told else tuple(row.named)
    problems, each, proposal = _problems(proposal), card_kind(template), _completed(proposal, recognised, pool)
    if kept:
        proposal = replace(proposal, where="")
    named = kept or _named(proposal, each, pool)
    if each and not (proposal.where or proposal.everybody or named):
        problems.append(MISSING)
    if problems:
        raise Conflict(problems)
    with transaction.atomic():
        state = collections.lock_collection(number)
        following = after(state or row.state, "propose")
        collections.change_form(
            row.form.id, number=proposal.number, maker=proposal.maker, approval=proposal.approval,
            valid_until=proposal.valid_until,
        )  # fmt: skip
        collections.change_collection(
            number, state=str(following), name=proposal.name, purpose=proposal.purpose, where=proposal.where,
            everybody=proposal.everybody, named=list(named), urgent=proposal.urgent,
        )  # fmt: skip
        audit.append(actor=actor.name, action="collection.propose", thing=str(number), detail={"again": True})
    return following


def kept_report(row: CollectionRow) -> Report | None:
    """The report that was kept with the decision, None before one."""
    return Report.from_json(row.admission) if row.admission else None


def leaf_units(pool: Pool) -> list[str]:
    """The units at the bottom of the area tree: villages and communities."""
    areas = pool.areas()
    parents = {area.parent for area in areas}
    return [area.name for area in areas if area.name not in parents]


def _problems(proposal: Proposal) -> list[Problem]:
    found = problems_told(proposal)
    if not proposal.name.strip():
        found.insert(0, Problem("name-missing", "没有写任务名称。", "例如：2026年第一季度低保对象核查。"))
    return found


def problems_told(proposal: Proposal) -> list[Problem]:
    """What is missing in a proposal whatever its form says."""
    found = []
    if not proposal.organisation:
        found.append(Problem("organisation-missing", "没有写制发部门。", "请选择部门。"))
    if not proposal.purpose.strip():
        found.append(Problem("purpose-missing", "没有写用途。", "基层有权知道这些数拿去做什么。"))
    return found


def _named(proposal: Proposal, each: str, pool: Pool) -> tuple[str, ...]:
    """The keys of those the proposal names. Raises Conflict for a list nobody can use."""
    lines = [line for line in proposal.named if line.strip()]
    if not lines:
        return ()
    if not each:
        raise Conflict(Problem("named-roster", "这张表不是一人（户）一份，不能用名单。", "请改写筛选条件。"))
    if proposal.where or proposal.everybody:
        raise Conflict(Problem("whom-twice", "名单和筛选条件只能用一个。", "请去掉一个。"))
    return named_keys(proposal.named, each, pool)


def _check_filter(actor: Actor, where: str, template: Template, pool: Pool) -> None:
    """Raise ExpressionError for a filter nobody understands, and Conflict for one that asks about single people by what
    the actor may not see: how many it meets, which the report says, would tell."""
    each = card_kind(template)
    subjects = {each} if each else {area.subject for area in template.areas if area.subject} or {"person"}
    exprs = [parse_filter(where, pool.registry, subject=subject).expr for subject in sorted(subjects)]
    # Whole groups (低保, 残疾) may be asked for by everybody: whether they get the answers is decided by a steward.
    refused = refused_uses(
        exprs, lambda one: Sight.PLAIN if sight(actor, one) is Sight.PLAIN else Sight.MASKED, reveals=True
    )
    if refused:
        raise Conflict(replace(masked_problem(refused, reveals=True, what="作筛选条件"), hint=_BY_LIST))
