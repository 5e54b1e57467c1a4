"""Grants (授权): which elements a department may read, of which units, for what and until when; given and ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from yici.core.access.fields import OPEN, SENSITIVE
from yici.core.errors import Conflict, NotFound, Problem
from yici.services.accounts import grant_elements
from yici.services.pool import open_pool
from yici.storage import accounts, audit
from yici.storage.accounts import GrantRow
from yici.storage.database import open_database

_LONGEST = 255
STATE_NAMES = {"running": "在期", "ready": "未开始", "ended": "已结束"}


@dataclass(frozen=True, slots=True)
class GrantShown:
    """A grant as it is shown: `elements` by their names, `state` is ready, running or ended."""

    row: GrantRow
    elements: tuple[str, ...]
    sensitive: int
    state: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An element that may be granted. `open` ones everybody inside sees anyway."""

    id: str
    name: str
    sensitive: bool
    open: bool


def grants_shown(*, home: Path, today: date) -> list[GrantShown]:
    """All grants, those in force first."""
    registry = open_pool(home).registry
    found = []
    for row in accounts.list_grants():
        known = [registry.elements[one] for one in row.elements if one in registry.elements]
        state = "ended" if row.until and row.until <= today else "ready" if row.since > today else "running"
        sensitive = sum(1 for element in known if element.sensitivity == SENSITIVE)
        found.append(GrantShown(row, tuple(element.name for element in known), sensitive, state))
    return sorted(found, key=lambda one: (one.state == "ended", -one.row.id))


def choices(*, home: Path) -> list[tuple[str, list[Choice]]]:
    """The elements that may be granted, by what they are about."""
    registry = open_pool(home).registry
    return [
        (subject.name, [
            Choice(e.id, e.name, e.sensitivity == SENSITIVE, e.share == OPEN and e.sensitivity == "一般")
            for e in registry.of_subject(subject.id) if not e.derived
        ])
        for subject in registry.subjects.values()
    ]  # fmt: skip


def give_grant(
    *, actor: str, home: Path, organisation: str, elements: Sequence[str], purpose: str, units: Sequence[str],
    until: date | None, today: date,
) -> int:  # fmt: skip
    """Let a department read elements; of how many. No units: of all. Raises Conflict listing everything that is wrong,
    NotFound for an unknown element or unit."""
    open_database(home)
    problems = []
    if organisation not in accounts.organisation_names():
        problems.append(Problem("organisation-odd", f"没有“{organisation}”这个部门。", "请先新增这个部门的经办账号。"))
    if not elements:
        problems.append(Problem("elements-missing", "没有选择数据元。", "只选用途需要的。"))
    if not purpose.strip() or len(purpose) > _LONGEST:
        problems.append(Problem("purpose-missing", "没有写用途，或写得太长。", "如 低保资格核查。"))
    if until is None or until <= today:
        problems.append(Problem("until-odd", "截止日没有写，或不在今天以后。", "写成 2027-12-31；到期可以再授权。"))
    if problems:
        raise Conflict(problems)
    ids = grant_elements(
        actor=actor, home=home, organisation=organisation, elements=elements, purpose=purpose.strip(),
        units=units or None, today=today, until=until,
    )  # fmt: skip
    return len(ids)


def end_grant(*, actor: str, home: Path, number: int, today: date) -> str:
    """End a grant at once; whose it was. It is kept for the record. Raises NotFound when it is not in force."""
    open_database(home)
    with transaction.atomic():
        organisation = accounts.end_grant(number, on=today)
        if organisation is None:
            raise NotFound(Problem("unknown-grant", "没有这项授权，或已经结束。", "请刷新后再看。"))
        audit.append(actor=actor, action="grant.end", thing=organisation, detail={"grant": number})
    return organisation
