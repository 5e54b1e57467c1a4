"""One-click rosters: conditions set by choosing, the expression they make, whom they meet, a workbook of these."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import transaction

from yici.core.access.actors import Actor
from yici.core.access.fields import SENSITIVE, Sight, sight
from yici.core.access.probing import masked_problem, refused_uses
from yici.core.access.rules import can
from yici.core.elements import Element, Kind
from yici.core.errors import Conflict, NotFound, Problem
from yici.core.expressions import Filter, in_words, parse_filter, text_of
from yici.core.jobs import LARGE_ROSTER_ROWS
from yici.engine.select import Value, select_rows
from yici.office.roster import roster_workbook
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen, units_in_reach
from yici.storage import audit, saved_filters
from yici.storage.database import open_database
from yici.storage.saved_filters import SavedRow

OPERATORS = {
    "=": "等于", "<>": "不等于", ">=": "大于或等于", "<=": "小于或等于", ">": "大于", "<": "小于",
    "has": "包含", "known": "已填", "unknown": "未填",
}  # fmt: skip
SHOWN = 20
_LONGEST = 100
_MOST = 10
_MOST_MEMBERS = 20
_DENIED = Problem("element-denied", "有的数据元没有授权给您。", "请从列表里选。")
_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_REACHES = {"person": ("person", "household"), "household": ("household",)}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as chosen: an element's id, an operator of OPERATORS, a value."""

    element: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A roster as chosen: of which subjects, the conditions that must all (or any) hold, the columns, the unit.

    `members` are what at least `least` people of the household must all meet: one condition more where there are any.
    """

    subject: str
    conditions: tuple[Condition, ...]
    columns: tuple[str, ...]
    any_holds: bool = False
    unit: str = ""
    members: tuple[Condition, ...] = ()
    least: int = 1

    @property
    def asked(self) -> list[str]:
        """The elements of all conditions."""
        return [one.element for one in (*self.conditions, *self.members)]


@dataclass(frozen=True, slots=True)
class Roster:
    """Whom the conditions meet: the expression as text and in words, how many, the rows as the actor sees them."""

    text: str
    words: str
    count: int
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def elements_for(actor: Actor, pool: Pool, subject: str) -> list[Element]:
    """The elements the actor may ask about and list for every subject in reach, in the order of the registry."""
    sure = _for_all(actor, pool)
    reached = _REACHES.get(subject, (subject,))
    return [
        element
        for name in reached
        for element in pool.registry.of_subject(name)
        if sight(sure, element) is not Sight.HIDDEN
    ]


def member_elements_for(actor: Actor, pool: Pool, subject: str) -> list[Element]:
    """The elements the actor may ask about of the people of a subject's household; none where it has no household."""
    return [e for e in elements_for(actor, pool, "person") if e.subject == "person"] if subject in _REACHES else []


def preview_roster(*, actor: Actor, home: Path, wanted: Wanted, today: date) -> Roster:
    """Whom the conditions meet, with an audit line where sensitive values have a part in it.

    Raises Conflict, ExpressionError, NotFound.
    """
    found, rows = _select(actor, home, wanted, today)
    if _is_sensitive(open_pool(home), wanted):
        _note(actor, "roster.look", wanted, found)
    return replace(found, rows=tuple(rows[:SHOWN]))


def download_roster(*, actor: Actor, home: Path, wanted: Wanted, title: str, today: date) -> bytes:
    """The roster as a workbook, with its audit line: which elements of how many subjects.

    Raises Conflict, ExpressionError, NotFound.
    """
    found, rows = _select(actor, home, wanted, today)
    _note(actor, "roster.download", wanted, found)
    return roster_workbook(title or "花名册", found.headings, rows)


def download_small_roster(*, actor: Actor, home: Path, wanted: Wanted, title: str, today: date) -> bytes | None:
    """As `download_roster`; None, and no audit line, for so many rows that making it is work for the background.

    The rows are looked for once: counting them first would read the pool twice.
    """
    found, rows = _select(actor, home, wanted, today, LARGE_ROSTER_ROWS + 1)
    if len(rows) > LARGE_ROSTER_ROWS:
        return None
    _note(actor, "roster.download", wanted, found)
    return roster_workbook(title or "花名册", found.headings, rows)


def save_filter(*, actor: Actor, home: Path, name: str, wanted: Wanted) -> None:
    """Save a roster's choices under a name, for the actor alone. Raises Conflict without a name or with bad choices."""
    pool = open_pool(home)
    _checked(actor, pool, wanted)
    if not name.strip() or len(name) > _LONGEST:
        raise Conflict(Problem("name-missing", "没有写名称，或名称太长。", "如 80岁以上老人。"))
    content = {"conditions": [asdict(one) for one in wanted.conditions], "any": wanted.any_holds, "unit": wanted.unit,
               "members": [asdict(one) for one in wanted.members], "least": wanted.least}  # fmt: skip
    # Neither the name nor the values go into the audit: they may name somebody.
    detail = {"of": wanted.subject, "elements": list(wanted.columns), "conditions": wanted.asked}
    with transaction.atomic():
        saved_filters.save(actor.name, name.strip(), subject=wanted.subject,
                           condition=json.dumps(content, ensure_ascii=False), columns=wanted.columns)  # fmt: skip
        audit.append(actor=actor.name, action="roster.save", thing="roster", detail=detail)


def saved_filters_of(*, actor: Actor, home: Path) -> list[SavedRow]:
    """The actor's saved filters."""
    open_database(home)
    return saved_filters.saved_of(actor.name)


def saved_filter(*, actor: Actor, home: Path, number: int) -> Wanted:
    """A saved roster's choices. Raises NotFound for another's."""
    open_database(home)
    row = saved_filters.saved_one(actor.name, number)
    if row is None:
        raise NotFound(Problem("unknown-filter", "没有这个筛选。", "请返回列表。"))
    content = json.loads(row.condition)
    # Filters saved before there were conditions on members have none.
    conditions, members = (
        tuple(Condition(**one) for one in content.get(name, ())) for name in ("conditions", "members")
    )
    return Wanted(
        row.subject, conditions, row.columns, content["any"], content["unit"], members, content.get("least", 1)
    )


def saved_expression(*, actor: Actor, home: Path, number: int) -> str:
    """The conditions of a saved roster as text of the expression language. Raises NotFound, Conflict."""
    condition = _checked(actor, open_pool(home), saved_filter(actor=actor, home=home, number=number))
    return text_of(condition.expr) if condition else ""


def forget_filter(*, actor: Actor, home: Path, number: int) -> None:
    """Delete one of the actor's saved filters. Raises NotFound for another's."""
    saved_filter(actor=actor, home=home, number=number)
    with transaction.atomic():
        saved_filters.forget(actor.name, number)
        audit.append(actor=actor.name, action="roster.forget", thing="roster", detail={"number": number})


def _select(
    actor: Actor, home: Path, wanted: Wanted, today: date, most: int | None = None
) -> tuple[Roster, list[tuple[str, ...]]]:
    pool = open_pool(home)
    condition = _checked(actor, pool, wanted)
    units = _units(actor, pool, wanted.unit)
    with pool.projection(today) as projection:
        found = select_rows(projection, pool.registry, subject=wanted.subject, elements=wanted.columns,
                            filter=condition, units=units, as_of=today, most=most)  # fmt: skip
    sure, elements = _for_all(actor, pool), [pool.registry.elements[name] for name in wanted.columns]
    rows = [tuple(_text(sure, element, row[element.id]) for element in elements) for row in found]
    text, words = (text_of(condition.expr), in_words(condition.expr, pool.registry)) if condition else ("", "")
    return Roster(text, words, len(rows), tuple(element.name for element in elements), ()), rows


def _is_sensitive(pool: Pool, wanted: Wanted) -> bool:
    """Whether sensitive values are listed (masked ones tell that there is one) or decide who is."""
    named = {*wanted.columns, *wanted.asked}
    return any(pool.registry.elements[name].sensitivity == SENSITIVE for name in named)


def _note(actor: Actor, action: str, wanted: Wanted, found: Roster) -> None:
    detail = {"elements": list(wanted.columns), "conditions": wanted.asked,
              "count": found.count, "unit": wanted.unit}  # fmt: skip
    audit.append_alone(actor=actor.name, action=action, thing=wanted.subject, detail=detail)


def _text(actor: Actor, element: Element, value: Value) -> str:
    return seen(actor, element, value).text


def _checked(actor: Actor, pool: Pool, wanted: Wanted) -> Filter | None:
    """The filter the conditions make, when the actor may use every element of it and of the columns."""
    if wanted.subject not in pool.registry.subjects:
        raise NotFound(Problem("unknown_subject_type", "没有这类对象。", "请从列表里选。"))
    allowed = {element.id: element for element in elements_for(actor, pool, wanted.subject)}
    problems: list[Problem] = []
    if not wanted.columns:
        problems.append(Problem("columns-missing", "没有选择要列出的栏。", "至少选一栏。"))
    if len(wanted.asked) > _MOST:
        problems.append(Problem("conditions-many", "条件太多。", f"最多 {_MOST} 条。"))
    if wanted.members and not 1 <= wanted.least <= _MOST_MEMBERS:
        problems.append(Problem("least-odd", "“户里至少几人”要填 1 到 20 的数。", "如 1。"))
    if any(name not in allowed for name in wanted.columns):
        problems.append(_DENIED)
    parts = _texts(wanted.conditions, allowed, problems)
    people = {element.id: element for element in member_elements_for(actor, pool, wanted.subject)}
    if members := _texts(wanted.members, people, problems):
        parts.append(f"count(household.person where {' and '.join(members)}) >= {wanted.least}")
    if problems:
        raise Conflict(problems)
    if not parts:
        return None
    joined = (" or " if wanted.any_holds else " and ").join(parts)
    condition = parse_filter(joined, pool.registry, subject=wanted.subject)
    sure, reveals = _for_all(actor, pool), bool(can(actor, "pool.reveal"))
    if refused := refused_uses([condition.expr], lambda one: sight(sure, one), reveals=reveals):
        raise Conflict(masked_problem(refused, reveals=reveals, what="筛选"))
    return condition


def _texts(conditions: Sequence[Condition], allowed: Mapping[str, Element], problems: list[Problem]) -> list[str]:
    """The conditions as texts of the language; what is wrong with them is added to the problems."""
    texts = []
    for one in conditions:
        part = _condition(allowed[one.element], one) if one.element in allowed else _DENIED
        if isinstance(part, str):
            texts.append(part)
        elif part not in problems:
            problems.append(part)
    return texts


def _condition(element: Element, one: Condition) -> str | Problem:
    """A condition as text of the language; the value is checked against its element's kind and quoted."""
    path = element.id
    if one.operator in ("known", "unknown"):
        return f"{path} is {'not ' if one.operator == 'known' else ''}null"
    value = one.value.strip()
    if one.operator not in OPERATORS or not value or len(value) > _LONGEST:
        return Problem("value-missing", f"“{element.name}”的条件没有写完整。", "请选择比较方式并填写值。")
    if element.kind in _NUMBERS:
        try:
            number = Decimal(value)
        except InvalidOperation:
            return Problem("value-odd", f"“{element.name}”要填数字。", "如 80。")
        if one.operator == "has" or not number.is_finite():
            return Problem("operator-odd", f"“{element.name}”是数字，不能用“包含”。", "请用大于、等于等。")
        return f"{path} {one.operator} {number:f}"
    quoted = value.replace("'", "''")
    if one.operator == "has":
        if "%" in quoted or "_" in quoted:
            return Problem("value-odd", "“包含”里不能有 % 和 _。", "请去掉它们。")
        return f"{path} like '%{quoted}%'"
    return f"{path} {one.operator} '{quoted}'"


def _units(actor: Actor, pool: Pool, unit: str) -> list[str] | None:
    reach = units_in_reach(actor, pool)
    if not unit:
        return None if reach is None else sorted(reach)
    below = pool.units_below(unit)
    return below if reach is None else [name for name in below if name in reach]


def _for_all(actor: Actor, pool: Pool) -> Actor:
    """The actor with those grants only that hold in every unit in reach: a roster shows the same columns of all."""
    if all(grant.units is None for grant in actor.grants):
        return actor
    reach = units_in_reach(actor, pool)
    everywhere = tuple(grant for grant in actor.grants if grant.units is None)
    if reach is None:
        return replace(actor, grants=everywhere)
    common = frozenset.intersection(*(narrowed(actor, unit, pool).granted for unit in reach)) if reach else frozenset()
    kept = tuple(replace(grant, elements=grant.elements & common) for grant in actor.grants)
    return replace(actor, grants=kept)
