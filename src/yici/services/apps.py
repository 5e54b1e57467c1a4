"""The register of apps (政务应用): proposed, reviewed against what is there, counted, and taken down."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from yici.core.access.actors import Actor, Role, Thing
from yici.core.access.rules import can
from yici.core.apps.admission import Field, Other, Overlap, Review, asleep, fields_named, review
from yici.core.apps.states import APP_KINDS, LIVE, AppState, app_after, data_moved
from yici.core.collections.states import State
from yici.core.errors import Conflict, NotFound, Problem
from yici.services.agenda import SOURCES, Item
from yici.services.importing import departments_of
from yici.services.pool import open_pool
from yici.storage import apps_register, audit, collections
from yici.storage.apps_register import AppRow, StepRow
from yici.storage.batches import match_batches
from yici.storage.database import open_database

_MONTH = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*月?")
_NEEDS_WORDS = frozenset({"return", "refuse", "retire", "stay", "exported", "nothing"})
_LIVE_FORMS = (State.APPROVED, State.OPEN)
MOST_LINES = 2_000


@dataclass(frozen=True, slots=True)
class AppProposal:
    """What a department says of an app: functions and fields as lists of words."""

    name: str
    kind: str
    organisation: str
    purpose: str
    functions: tuple[str, ...]
    fields: tuple[str, ...]
    audience: str = ""
    users: int = 0


@dataclass(frozen=True, slots=True)
class AppShown:
    """An app as a page shows it: the report (now, or as it was decided upon), steps, why it is asleep, what of its data
    is still to be moved."""

    row: AppRow
    review: Review
    steps: tuple[StepRow, ...]
    asleep: str
    moved: Mapping[str, str]
    missing: tuple[Problem, ...]


def propose_app(*, actor: Actor, home: Path, proposal: AppProposal, number: int | None = None) -> int:
    """Propose an app, or with its number a returned one again; its number. Raises Conflict listing what is wrong."""
    pool = open_pool(home)
    if problems := _problems(proposal):
        raise Conflict(problems)
    fields = [asdict(field) for field in fields_named(proposal.fields, pool.registry)]
    values: dict[str, Any] = asdict(proposal) | {"functions": list(proposal.functions), "fields": fields}
    with transaction.atomic():
        if number is None:
            number = apps_register.add_app(**values, state=str(AppState.PROPOSED), by=actor.name)
        else:
            row = _locked(number)
            # The owner of a proposal is not changed by sending it again.
            del values["organisation"]
            apps_register.change_app(number, **values, state=str(app_after(row.state, "propose")))
        _note(actor, number, "propose", "")
    return number


def get_app(*, home: Path, number: int) -> AppRow:
    """One app. Raises NotFound."""
    open_database(home)
    row = apps_register.app_row(number)
    if row is None:
        raise _unknown()
    return row


def app_thing(*, home: Path, number: int) -> Thing:
    """An app as what rules of access ask about. Raises NotFound."""
    row = get_app(home=home, number=number)
    return Thing("app", organisation=row.organisation, owner=row.by, state=str(row.state))


def apps_shown(*, home: Path, today: date) -> list[tuple[AppRow, str]]:
    """Every app with why it is asleep. The register is open to everybody inside: it names no person."""
    open_database(home)
    return [(row, _asleep(row, today)) for row in apps_register.app_rows()]


def show_app(*, home: Path, number: int, today: date) -> AppShown:
    """One app as a page shows it. Raises NotFound."""
    row = get_app(home=home, number=number)
    steps = tuple(apps_register.steps_of(number))
    moved = _moved(steps)
    missing = tuple(data_moved(moved, _left(row, steps))) if row.state is AppState.RETIRING else ()
    kept = _kept(row.report) if row.report and row.state is not AppState.PROPOSED else None
    return AppShown(row, kept or review_app(home=home, row=row), steps, _asleep(row, today), moved, missing)


def review_app(*, home: Path, row: AppRow) -> Review:
    """The admission report of an app, made now: against the apps in use and the forms in force."""
    open_database(home)
    others = [
        Other("app", one.id, one.name, one.organisation, one.functions, one.fields)
        for one in apps_register.app_rows(states=LIVE)
        if one.id != row.id
    ]
    for form in collections.collections_in(states=_LIVE_FORMS):
        fields = tuple(Field(str(one["label"]).split("/")[-1].strip(), str(one["means"])) for one in form.form.fields)
        others.append(Other("form", form.id, form.name, form.organisation, (), fields))
    return review(row.name, row.organisation, row.functions, row.fields, others)


def step_app(
    *, actor: Actor, home: Path, number: int, step: str, remark: str = "", batch: str = "", today: date
) -> None:
    """Take one step with an app. `step`: admit, return, refuse (by the steward); retire, stay, exported, imported (with
    its batch), nothing, down. Raises Conflict for a step that cannot be taken, listing what is missing; NotFound."""
    open_database(home)
    if step in _NEEDS_WORDS and not remark.strip():
        raise Conflict(Problem("remark-missing", "没有写明理由或说明。", "请写清原因；导出的写文件和条数。"))
    with transaction.atomic():
        row = _locked(number)
        if step == "admit" and row.by == actor.name:
            raise Conflict(Problem("own-proposal", "自己申报的，不能由自己准入。", "请另一位数据专员评审。"))
        if step in ("exported", "imported", "nothing"):
            batch = _data_step(actor, row, step, batch)
        else:
            _state_step(home, row, step, today)
        _note(actor, number, step, remark.strip(), batch)


def count_actives(*, actor: Actor, home: Path, number: int, month: str, actives: str) -> None:
    """Note how many people used an app in a month. Raises Conflict, NotFound."""
    row = get_app(home=home, number=number)
    _write_counts(actor, {row.id: {_month(month): _count(actives)}})


def import_actives(*, actor: Actor, home: Path, text: str) -> int:
    """Take lines of name, month and people (as pasted from Excel, or with commas), all or none; how many.

    Raises Conflict with every line that cannot be taken: an unknown or foreign app, an odd month or number.
    """
    open_database(home)
    ours = {row.name: row for row in apps_register.app_rows(states=LIVE) if _may_count(actor, row)}
    lines = [line for line in text.splitlines() if line.strip()]
    found: dict[int, dict[str, int]] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines[:MOST_LINES], 1):
        cells = [cell.strip() for cell in re.split(r"[\t,，]", line)]
        try:
            found.setdefault(_named(ours, cells).id, {})[_month(cells[1])] = _count(cells[2])
        except Conflict as error:
            problems += [Problem(p.code, f"第 {number} 行：{p.message}", p.hint) for p in error.problems]
    if len(lines) > MOST_LINES or not lines:
        problems.append(Problem("lines", f"一次 1 到 {MOST_LINES} 行。", "每行：应用名称、月份、人数。"))
    if problems:
        raise Conflict(problems)
    _write_counts(actor, found)
    return sum(map(len, found.values()))


def _write_counts(actor: Actor, counts: Mapping[int, Mapping[str, int]]) -> None:
    with transaction.atomic():
        for number, months in counts.items():
            for month, actives in months.items():
                apps_register.set_month(number, month, actives, by=actor.name)
            audit.append(actor=actor.name, action="app.count", thing=str(number), detail=dict(months))


def _state_step(home: Path, row: AppRow, step: str, today: date) -> None:
    following = app_after(row.state, step)
    values: dict[str, Any] = {"state": str(following)}
    if step in ("admit", "return", "refuse"):
        values["report"] = asdict(review_app(home=home, row=row))
    if step == "admit":
        values["admitted_on"] = today
    if step == "down":
        steps = apps_register.steps_of(row.id)
        if missing := data_moved(_moved(steps), _left(row, steps)):
            raise Conflict(missing)
    apps_register.change_app(row.id, **values)


def _data_step(actor: Actor, row: AppRow, step: str, batch: str) -> str:
    """Check a step with an app's data; the content hash of the batch of an import."""
    if row.state is not AppState.RETIRING:
        raise Conflict(Problem("wrong-state", "还没有开始下架。", "请先写明理由，开始下架。"))
    if step == "nothing" and row.fields:
        names = "、".join(field.label for field in row.fields[:5])
        raise Conflict(Problem("has-data", f"登记里写着它收了{names}等数据。", "请导出并导入；或先更正登记。"))
    if step != "imported":
        return ""
    allowed = departments_of(actor)
    found = [one for one in (match_batches(batch.strip()) if batch.strip() else [])
             if not allowed or one.department in allowed]  # fmt: skip
    if len(found) != 1:
        raise Conflict(Problem("unknown-batch", "没有这个批次，或编号写得太短。", "在“导入台账”里看批次编号。"))
    return found[0].batch


def _left(row: AppRow, steps: Sequence[StepRow]) -> list[str]:
    """The fields the pool has elements for that no batch named since the taking down began has a column of."""
    since = max((place for place, one in enumerate(steps) if one.step == "retire"), default=0)
    named = {one.batch for one in steps[since:] if one.step == "imported"}
    columns = {name for batch in named for one in match_batches(batch) if one.withdrawn_at is None
               for name in one.columns}  # fmt: skip
    return [field.label for field in row.fields if field.means and field.means not in columns]


def _moved(steps: Sequence[StepRow]) -> dict[str, str]:
    """The steps with the data since the app last began to be taken down, each with its batch or remark."""
    found: dict[str, str] = {}
    for one in steps:
        if one.step == "retire":
            found = {}
        elif one.step in ("exported", "imported", "nothing"):
            found[one.step] = one.batch or one.remark
    return found


def _asleep(row: AppRow, today: date) -> str:
    if row.state is not AppState.RUNNING or row.admitted_on is None:
        return ""
    return asleep(row.users, row.months, row.admitted_on, today)


def _kept(report: Mapping[str, Any]) -> Review:
    overlaps = tuple(
        Overlap(**{**one, "fields": tuple(one["fields"]), "functions": tuple(one["functions"])})
        for one in report["overlaps"]
    )
    lists = {name: tuple(report[name]) for name in ("covered", "fresh", "forbidden")}
    return Review(overlaps, **lists, verdict=report["verdict"], because=report["because"])


def _locked(number: int) -> AppRow:
    row = apps_register.app_row(number, lock=True)
    if row is None:
        raise _unknown()
    return row


def _note(actor: Actor, number: int, step: str, remark: str, batch: str = "") -> None:
    apps_register.add_step(number, step, by=actor.name, remark=remark, batch=batch)
    audit.append(actor=actor.name, action=f"app.{step}", thing=str(number), detail={"remark": remark, "batch": batch})


def _problems(proposal: AppProposal) -> list[Problem]:
    found = []
    if not proposal.name.strip() or len(proposal.name) > 200:
        found.append(Problem("name-missing", "没有写应用名称，或太长。", "例如：民政通小程序。"))
    if proposal.kind not in APP_KINDS:
        found.append(Problem("kind-odd", "没有选择类型。", "手机应用、小程序、工作群等。"))
    if not proposal.organisation:
        found.append(Problem("organisation-missing", "没有写主管部门。", "请选择部门。"))
    if not proposal.purpose.strip():
        found.append(Problem("purpose-missing", "没有写用途。", "写清解决什么事。"))
    if not proposal.functions:
        found.append(Problem("functions-missing", "没有写功能。", "每行一项，如：低保申请。"))
    if proposal.users < 0:
        found.append(Problem("users-odd", "应用人数不对。", "写应该用它的人数。"))
    return found


def _named(ours: Mapping[str, AppRow], cells: Sequence[str]) -> AppRow:
    if len(cells) != 3:
        raise Conflict(Problem("line-odd", "不是三栏。", "每行：应用名称、月份、人数。"))
    if cells[0] not in ours:
        raise Conflict(Problem("unknown-app", f"没有在用的“{cells[0]}”，或不是您部门的。", "名称要和登记的一样。"))
    return ours[cells[0]]


def _may_count(actor: Actor, row: AppRow) -> bool:
    return bool(can(actor, "app.count", Thing("app", organisation=row.organisation)))


def _month(text: str) -> str:
    found = _MONTH.fullmatch(text.strip())
    if not found or not 1 <= int(found[2]) <= 12:
        raise Conflict(Problem("month-odd", f"看不懂月份“{text}”。", "写成 2026-11 或 2026年11月。"))
    return f"{found[1]}-{int(found[2]):02d}"


def _count(text: str) -> int:
    if not text.strip().isdecimal() or len(text.strip()) > 9:
        raise Conflict(Problem("count-odd", f"人数“{text}”不是整数。", "只写数字。"))
    return int(text.strip())


def _unknown() -> NotFound:
    return NotFound(Problem("unknown-app", "没有这个应用。", "请返回列表。"))


def _apps_waiting(actor: Actor, home: Path, today: date) -> list[Item]:
    if Role.STEWARD in actor.roles:
        rows = apps_register.app_rows(states=[AppState.PROPOSED])
        return [Item("个应用等待准入评审", len(rows), "apps")]
    if Role.OFFICER in actor.roles:
        rows = [row for row in apps_register.app_rows() if row.organisation in actor.organisations]
        back = sum(row.state is AppState.RETURNED for row in rows)
        idle = sum(bool(_asleep(row, today)) for row in rows)
        return [Item("个应用被退回，请补正", back, "apps"), Item("个应用没人用，请考虑下架", idle, "apps")]
    return []


SOURCES.append(_apps_waiting)
