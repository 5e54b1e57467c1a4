"""Forms asked for outside the platform (平台外要数): counted when clerks have them filled, settled by a steward."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor, Role
from yici.core.access.rules import can
from yici.core.collections.burden import minutes
from yici.core.errors import Conflict, NotFound, Problem, Refused
from yici.services.agenda import SOURCES, Item
from yici.services.clerks import full_names
from yici.services.collecting.alike import Alike, alike
from yici.services.collecting.proposals import Proposal, propose
from yici.services.pool import open_pool
from yici.services.received_files import received_path
from yici.storage import audit, collections, outside
from yici.storage.database import open_database
from yici.storage.outside import DISMISSED, OPEN, PROPOSED, DemandRow, UseRow

STATE_NAMES = {OPEN: "待处理", PROPOSED: "已转报备", DISMISSED: "不处理"}


@dataclass(frozen=True, slots=True)
class Demand:
    """A form asked for outside the platform, with what it cost so far.

    `uses` is how often it was received, by `people` clerks of `units`; it is repeated when that is more than once.
    `asked` are the data cells of all uses, `filled` those the pool knew. `minutes` is what filling all of it by hand
    costs (core/collections: minutes). `state` is "open", "proposed" or "dismissed".
    """

    id: int
    form: str
    title: str
    number: str
    department: str
    state: str
    reason: str
    collection: int | None
    uses: int
    people: int
    units: tuple[str, ...]
    first: datetime
    last: datetime
    asked: int
    filled: int
    minutes: float

    @property
    def is_repeated(self) -> bool:
        """Whether more than one clerk, or one more than once, had to fill it."""
        return self.uses > 1


def demands(
    *, home: Path, since: datetime | None = None, until: datetime | None = None, units: Collection[str] | None = None
) -> list[Demand]:  # fmt: skip
    """What was asked for outside the platform from `since` until before `until`, in some units; the most repeated
    first. None leaves a condition open. Only uses that meet the conditions are counted; a demand without any is left
    out. Every use is a form that a clerk had to fill beside the platform's own: the burden meter counts uses."""
    open_database(home)
    found: dict[int, list[UseRow]] = {}
    for use in outside.uses(units=units, since=since, until=until):
        found.setdefault(use.demand, []).append(use)
    rows = {row.id: row for row in outside.demand_rows()}
    counted = [_demand(rows[number], uses) for number, uses in found.items()]
    return sorted(counted, key=lambda one: (-one.uses, -one.asked, one.title))


def demand_of(*, home: Path, number: int) -> tuple[Demand, list[UseRow], Alike]:
    """One demand with its uses, newest first, and the collections that ask for the same already. Raises NotFound."""
    open_database(home)
    row, uses = outside.demand_row(number), outside.uses(demand=number)
    if row is None or not uses:
        raise NotFound(Problem("unknown-demand", "没有这张平台外的表。", "请返回列表。"))
    names = full_names()
    named = [replace(use, by=names.get(use.by) or use.by) for use in uses]
    return _demand(row, uses), named, alike(row.fields, collections.fields_of_others(0), open_pool(home).registry)


def dismiss(*, actor: Actor, home: Path, number: int, reason: str) -> None:
    """Decide that nothing follows from a demand, with the reason. Raises Refused, NotFound, Conflict."""
    open_database(home)
    _allowed(actor)
    if not reason.strip():
        raise Conflict(Problem("reason-missing", "不处理要写明理由。", "如：一次性的应急统计，以后不再要。"))
    with transaction.atomic():
        _open_row(number)
        outside.settle_demand(number, state=DISMISSED, reason=reason.strip(), collection=None, by=actor.name)
        audit.append(actor=actor.name, action="outside.dismiss", thing=str(number), detail={"reason": reason.strip()})


def reopen(*, actor: Actor, home: Path, number: int) -> None:
    """Take the dismissal of a demand back. Raises Refused, NotFound, Conflict when it is not dismissed."""
    open_database(home)
    _allowed(actor)
    with transaction.atomic():
        row = outside.demand_row(number, lock=True)
        if row is None or row.state != DISMISSED:
            raise Conflict(_SETTLED)
        outside.settle_demand(number, state=OPEN, reason="", collection=None, by=actor.name)
        audit.append(actor=actor.name, action="outside.reopen", thing=str(number), detail={})


def propose_for(*, actor: Actor, home: Path, number: int, organisation: str, urgent: bool) -> int:
    """Turn a demand into a proposal (报备) of the department that asks for it; the collection's number.

    Raises Refused, NotFound, Conflict when it is settled already, no department is named, or the received file is not
    kept any more.
    """
    open_database(home)
    _allowed(actor)
    demand, uses, _ = demand_of(home=home, number=number)
    file = next((path for use in uses if (path := received_path(home, use.source, use.file_name)).exists()), None)
    if file is None:
        problem = Problem("file-gone", "收到的空白表已过保存期。", "请向部门要一份空白表，在“采集任务”里报备。")
        raise Conflict(problem)
    purpose = f"由平台外要数转来：{demand.people} 人收到 {demand.uses} 次"
    proposal = Proposal(
        demand.title[:200], organisation.strip() or demand.department, purpose, number=demand.number, urgent=urgent
    )
    with transaction.atomic():
        _open_row(number)
        collection = propose(actor=actor, home=home, file=file, proposal=proposal, whom_later=True)
        outside.settle_demand(number, state=PROPOSED, reason="", collection=collection, by=actor.name)
        audit.append(
            actor=actor.name, action="outside.propose", thing=str(number), detail={"collection": collection}
        )  # fmt: skip
    return collection


def _demand(row: DemandRow, uses: Sequence[UseRow]) -> Demand:
    told = Counter(use.department for use in uses if use.department)
    asked, filled = sum(use.asked for use in uses), sum(use.filled for use in uses)
    return Demand(
        row.id, row.form, row.title, row.number, max(told, key=lambda one: told[one]) if told else row.department,
        row.state, row.reason, row.collection, len(uses), len({use.by for use in uses}),
        tuple(dict.fromkeys(use.unit for use in uses)), min(use.at for use in uses), max(use.at for use in uses),
        asked, filled, minutes(known=filled, unknown=asked - filled, forms=len(uses)),
    )  # fmt: skip


_SETTLED = Problem("demand-settled", "这张表已经处理过了。", "请刷新页面。")


def _open_row(number: int) -> DemandRow:
    row = outside.demand_row(number, lock=True)
    if row is None:
        raise NotFound(Problem("unknown-demand", "没有这张平台外的表。", "请返回列表。"))
    if row.state != OPEN:
        raise Conflict(_SETTLED)
    return row


def _allowed(actor: Actor) -> None:
    verdict = can(actor, "outside.decide")
    if not verdict:
        raise Refused(Problem("not-allowed", f"{verdict.because}。", "请找数据专员。"))


def _waiting(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.STEWARD not in actor.roles:
        return []
    repeated = sum(1 for one in demands(home=home) if one.state == OPEN)
    return [Item("张平台外要的表等您处理", repeated, "outside")]


SOURCES.append(_waiting)
