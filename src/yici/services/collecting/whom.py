"""Of whom a collection's form is filled: once a unit, or, for a card (一人一份), once for every subject meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from yici.core.errors import Conflict, ExpressionError, NotFound, Problem
from yici.core.expressions import in_words, parse_filter
from yici.core.recognition.template import Template
from yici.engine.projection import Projection
from yici.engine.schema import table_of
from yici.services.cards import Deck, card_kind
from yici.services.form_values import FormRequest, filters_of, find_focus
from yici.services.pool import Pool
from yici.storage.collections import CollectionRow

MOST_NAMED = 2000
MISSING = Problem(
    "whom-missing", "这张表一人（户）一份，还没有说填谁。",
    "请写筛选条件（如：年龄 >= 80），或列出名单，或勾选“所有人都填”。",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a form is filled for. `each` is the kind of subject that has a copy of its own, "" for a form that is filled
    once a unit. `where` is the filter, `named` are keys of subjects that are meant instead."""

    where: str = ""
    each: str = ""
    named: tuple[str, ...] = ()

    def deck(self, unit: str | None, as_of: date) -> Deck:
        """The cards of one unit."""
        return Deck(self.each, as_of, unit, self.where, self.named or None)


@dataclass(frozen=True, slots=True)
class ForWhom:
    """For pages: the name of the kind that has a copy each ("" for none), the filter and what it means in words, how
    many are named, whether the form has rows at all, and whether nobody was told."""

    kind: str
    where: str
    words: str
    named: int
    lists: bool
    missing: bool


def whom_of(row: CollectionRow, template: Template) -> Whom:
    """Whom a collection is about. A card nobody is told for is filled for nobody, once a unit."""
    each = card_kind(template) if row.where or row.named or row.everybody else ""
    return Whom(row.where, each, row.named if each else ())


def lacks_whom(row: CollectionRow, template: Template) -> bool:
    """Whether the form is a card and nobody said of whom."""
    return bool(card_kind(template)) and not (row.where or row.named or row.everybody)


def check_whom(row: CollectionRow, template: Template) -> None:
    """Raise Conflict for a card that nobody said of whom it is."""
    if lacks_whom(row, template):
        raise Conflict(MISSING)


def told_whom(row: CollectionRow, template: Template, pool: Pool) -> ForWhom:
    """Whom a collection is about, for a page."""
    kind = pool.registry.subjects.get(card_kind(template))
    lists = any(area.kind == "rows" and area.subject and not area.members for area in template.areas)
    words = _in_words(row, template, kind.id if kind else "", pool) if row.where else ""
    return ForWhom(kind.name if kind else "", row.where, words, len(row.named), lists, lacks_whom(row, template))


def _in_words(row: CollectionRow, template: Template, each: str, pool: Pool) -> str:
    try:
        if each:
            filters = [parse_filter(row.where, pool.registry, subject=each)]
        else:
            request = FormRequest(None, row.where, None, timezone.localdate(row.at))
            filters = [one for one in filters_of(template, request, pool).values() if one is not None]
    except ExpressionError:
        return ""  # Words of definitions that are gone; the filter itself is shown.
    return in_words(filters[0].expr, pool.registry) if filters else ""


def named_keys(lines: Sequence[str], each: str, pool: Pool) -> tuple[str, ...]:
    """The keys of the subjects a list names by ID number, household number or credit code, in its order, each once; of
    people for a household's card their households. Raises Conflict naming every line that is nobody."""
    wanted = [(place, line.strip()) for place, line in enumerate(lines, 1) if line.strip()]
    if len(wanted) > MOST_NAMED:
        raise Conflict(Problem("named-many", f"名单最多 {MOST_NAMED} 个。", "人多时请写筛选条件。"))
    found, problems = [], []
    with pool.projection() as projection:
        for place, text in wanted:
            key = _focus(text, projection, pool).get(each)
            if key is None:
                problems.append(place)
            else:
                found.append(key)
    if problems:
        shown = "、".join(str(place) for place in problems[:20]) + ("…" if len(problems) > 20 else "")
        hint = "每行一个身份证号、户编号或统一社会信用代码；新来的人请先录入。"
        raise Conflict(Problem("named-unknown", f"名单第 {shown} 行在库里没有找到。", hint))
    return tuple(dict.fromkeys(found))


def _focus(text: str, projection: Projection, pool: Pool) -> Mapping[str, str]:
    try:
        return find_focus(text, projection, pool.registry)
    except NotFound:
        return {}


def kinds_of(keys: set[str], projection: Projection, pool: Pool) -> dict[str, str]:
    """What kind of subject each key names; the first kind that has it."""
    found: dict[str, str] = {}
    for kind in ("person", "household", *(k for k in pool.registry.subjects if k not in ("person", "household"))):
        left = sorted(keys - found.keys())
        if not left:
            break
        rows = projection.con.execute(
            f"SELECT key FROM {table_of(kind)} WHERE key IN (SELECT unnest(?))",  # noqa: S608 (registry's names)
            [left],
        ).fetchall()
        found |= {str(key): kind for (key,) in rows}
    return found
