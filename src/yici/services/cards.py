"""One card a subject: the same blank card filled for many people, households or enterprises."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yici.core.errors import FormUnreadable, Place, Problem
from yici.core.expressions import parse_filter
from yici.core.filling import Row, bound, with_refusals
from yici.core.fillplan import Gap
from yici.core.recognition.template import Template
from yici.office.patch import prepare_form
from yici.services.form_values import FormRequest, Reading, Ready, plan_reading, refused_cells, select_for
from yici.services.forms import recognise_form
from yici.services.pool import open_pool

CHUNK = 500


@dataclass(slots=True)
class CardsOutcome:
    """What filling many cards came to; `gaps` are those of all cards, by file name."""

    files: list[Path] = field(default_factory=list)
    filled: int = 0
    asked: int = 0
    refused: int = 0
    gaps: dict[str, list[Gap]] = field(default_factory=dict)


def fill_cards(
    *,
    actor: str,
    home: Path,
    form: Path,
    each: str,
    out_dir: Path,
    unit: str | None = None,
    where: str | None = None,
    as_of: date,
    progress: Callable[[int, int], None] | None = None,
    scopes: Sequence[str] = (),
) -> CardsOutcome:
    """Fill one card for each subject of a kind ("person", "household", "enterprise" or one that a pack adds) in a unit
    that meets a filter.

    Files are numbered in the order of rosters and carry the subject's name, never its ID number.
    Raises UploadRefused, FormUnreadable, ExpressionError, NotFound.
    """
    pool = open_pool(home)
    recognised = recognise_form(home=home, form=form, pool=pool, scopes=scopes)
    kind = pool.registry.subject_type(each)
    each = kind.id if kind else each
    _check_subject(recognised.template, each, form)
    out_dir.mkdir(parents=True, exist_ok=True)
    prepared = prepare_form(recognised.source)
    refused = refused_cells(pool, as_of)
    outcome = CardsOutcome()
    name = pool.registry.name_of(each)
    with pool.projection(as_of) as projection:
        units = pool.units_below(unit) if unit else None
        base = Reading(pool, projection, FormRequest(unit, where, None, as_of), units, {})
        condition = parse_filter(where, pool.registry, subject=each) if where else None
        subjects = select_for(base, each, [name], filter_=condition)
        for start in range(0, len(subjects), CHUNK):
            chunk = subjects[start : start + CHUNK]
            ready = _read_ahead(recognised.template, base, each, chunk)
            for number, row in enumerate(chunk, start + 1):
                focus = _focus_of(each, row)
                request = FormRequest(unit, None, str(row["key"]), as_of)
                reading = Reading(pool, projection, request, units, focus, ready)
                planned = plan_reading(recognised.template, reading, {})
                out = out_dir / f"{number:04d}-{_file_name(row.get(name))}{recognised.source.suffix}"
                prepared.write(planned.fill, out)
                outcome.files.append(out)
                planned.tally.gaps = with_refusals(planned.tally.gaps, refused)
                outcome.gaps[out.name] = planned.tally.gaps
                outcome.filled += planned.tally.filled
                outcome.asked += planned.tally.asked
                outcome.refused += planned.tally.refused
                if progress is not None:
                    progress(number, len(subjects))
    return outcome


def _check_subject(template: Template, each: str, form: Path) -> None:
    about = {area.subject for area in template.areas if area.kind == "cells" and area.subject}
    if each not in about:
        raise FormUnreadable(
            Problem(
                "card_of_another_kind",
                f"这张表不是按“{each}”一份的卡片。",
                f"识别出的对象：{'、'.join(sorted(about)) or '无'}。",
                Place(form.name),
            )
        )


def _read_ahead(template: Template, base: Reading, each: str, chunk: Sequence[Row]) -> Ready:
    """Read what all cards of a chunk need in one query an area."""
    ready = Ready()
    homes = [str(row["household"]) for row in chunk if row.get("household")]
    for area in template.areas:
        elements = [str(slot.binding.element) for slot in area.slots if bound(slot)]
        if not elements:
            continue
        if area.members:
            ready.members[id(area)] = _members(base, elements, homes)
        elif area.kind == "cells":
            keys = [str(row["key"]) for row in chunk] if area.subject == each else homes
            rows = select_for(base, area.subject, elements, keys=keys) if keys else []
            ready.cards[id(area)] = {str(row["key"]): row for row in rows}
    return ready


def _members(base: Reading, elements: list[str], homes: list[str]) -> dict[str, list[Row]]:
    if not homes:
        return {}
    marks = ", ".join("?" for _ in homes)
    found = base.projection.con.execute(
        f"SELECT key FROM person WHERE household IN ({marks}) AND NOT starts_with(key, '?')",  # noqa: S608 (marks only)
        homes,
    ).fetchall()
    by_home: dict[str, list[Row]] = {}
    for row in select_for(base, "person", elements, keys=[str(key) for (key,) in found]):
        by_home.setdefault(str(row["household"]), []).append(row)
    return by_home


def _focus_of(each: str, row: Row) -> dict[str, str]:
    focus = {each: str(row["key"])}
    if row.get("household"):
        focus["household"] = str(row["household"])
    return focus


def _file_name(name: object) -> str:
    return re.sub(r"[^\w·一-龥]", "", str(name or "未名"))[:40]
