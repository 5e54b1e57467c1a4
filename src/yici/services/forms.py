"""Forms: recognise a blank form, fill it from the pool in its own layout, remember what a person confirmed."""

from __future__ import annotations

import difflib
import json
import re
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from yici.core.binding.lexicon import make_lexicon
from yici.core.captions.lexicon import CaptionWords, make_caption_lexicon
from yici.core.captions.lexicon import Lexicon as Captions
from yici.core.elements import Element, Kind, Registry
from yici.core.errors import ExpressionError, FormUnreadable, NotFound, Place, Problem
from yici.core.expressions import parse_figure, parse_filter
from yici.core.filling import with_refusals
from yici.core.fillplan import Gap
from yici.core.grid import Grid, address, parse_address
from yici.core.jobs import LARGE_RECEIVED_BYTES
from yici.core.recognition.labels import read_label, squash
from yici.core.recognition.recognise import recognise
from yici.core.recognition.template import Area, Slot, Template
from yici.office.content_size import content_size
from yici.office.forms import must_be_converted, read_form_source
from yici.office.patch import patch_form
from yici.services import kept_recognition
from yici.services.figures import FailedCheck, Numbers
from yici.services.form_memory import FormMemory, Known
from yici.services.form_values import FormRequest, Planned, plan_form, refused_cells
from yici.services.last_period import Settled, settle_by_last
from yici.services.pool import Pool, open_pool
from yici.services.unknowns import Unknown
from yici.storage.batch_files import hash_file
from yici.storage.captions import load_caption_words
from yici.storage.confirmations import (
    Alias,
    Binding,
    all_aliases,
    bindings_of,
    confirmations_stamp,
    save_alias,
    save_binding,
)  # fmt: skip
from yici.storage.confirmed_words import recognition_stamp, words_in_force
from yici.storage.database import identity, in_transaction

EXPRESSION = "="
"""Before what a person confirmed when it is an expression and not an element."""
EVERYBODY = "全部"
"""What a word of a title is confirmed as that does not restrict whom the form is about."""
_LONGEST = 250
_MEMORY = FormMemory()


@dataclass(frozen=True, slots=True)
class Recognised:
    """A form as recognised: its grid, its template, and the package to patch (converted when it came as .xls). `ground`
    is all it was recognised from but the registry: with the same of both it is the same."""

    grid: Grid
    template: Template
    source: Path
    ground: Hashable = ()


@dataclass(slots=True)
class FillOutcome:
    """What filling a form came to."""

    form: Path
    out: Path
    cells_filled: int
    cells_gap: int
    cells_refused: int
    rows: int
    seconds: float
    gaps: list[Gap] = field(default_factory=list)
    template: Template | None = None
    numbers: Numbers = field(default_factory=Numbers)
    settled: list[Settled] = field(default_factory=list)
    unknowns: list[Unknown] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def recognise_form(
    *, home: Path, form: Path, pool: Pool | None = None, scopes: Sequence[str] = (),
    waiting: Callable[[], None] | None = None,
) -> Recognised:  # fmt: skip
    """Recognise a form with everything people have confirmed so far, for all forms and in these scopes for this one.

    The same content is recognised once until something it depends on changes, and kept in the data folder for other
    processes. Raises UploadRefused when the file cannot be read, and what `waiting` raises, which is called again and
    again while a form of an old format is converted.
    """
    pool = pool or open_pool(home)
    # What a transaction reads may be taken back, with its numbers given out again.
    stamp = None if in_transaction() else recognition_stamp()
    asked = (str(pool.home), identity(), hash_file(form), tuple(scopes), stamp)
    known = _MEMORY.recall(asked, pool.registry) if stamp is not None else None
    if known is None:
        known = _looked_up(form, pool, scopes, waiting)
        if stamp is not None:
            _MEMORY.keep(asked, known)
    return Recognised(known.grid, replace(known.template, form=form.name), known.source or form, known.ground)


def _looked_up(form: Path, pool: Pool, scopes: Sequence[str], waiting: Callable[[], None] | None) -> Known:
    """A form with what was confirmed for it, by all that it is recognised from."""
    ground = _ground(form, pool)
    known = _MEMORY.recall(ground, pool.registry)
    if known is None:
        known = replace(_kept_or_made(form, ground, pool, waiting), ground=ground)
        _MEMORY.keep(ground, known)
    words = words_in_force(known.template.fingerprint, scopes)
    settled = {cell: meant for word in words for cell, meant in word.cells.items()}
    if not settled:
        return known
    return _with_words(known, settled, (*ground, tuple(sorted((c, meant or "") for c, meant in settled.items()))), pool)


def takes_long(*, home: Path, form: Path) -> bool:
    """Whether recognising a form is work for the background: one of an old format, which LibreOffice converts in two
    seconds, or a large one, that nobody has opened of late."""
    if content_size(form) <= LARGE_RECEIVED_BYTES and not must_be_converted(form):
        return False
    _, source, *more = _ground(form, pool := open_pool(home))
    return not kept_recognition.is_kept(pool, str(source), more)


def _ground(form: Path, pool: Pool) -> tuple[Hashable, ...]:
    """All that a form is recognised from but the registry."""
    areas = tuple(area.name for area in pool.areas())
    return str(pool.home), hash_file(form), areas, confirmations_stamp()


def _kept_or_made(
    form: Path, ground: tuple[Hashable, ...], pool: Pool, waiting: Callable[[], None] | None
) -> Known:  # fmt: skip
    _, source, *more = ground
    kept = kept_recognition.recall(pool, str(source), more)
    if kept is not None:
        return kept
    grid, package = read_form_source(form, waiting)
    made = Known(grid, _recognised(grid, pool, {}), None if package == form else package, pool.registry)
    return kept_recognition.keep(pool, str(source), more, made)


def _with_words(known: Known, settled: dict[str, str | None], key: Hashable, pool: Pool) -> Known:
    """A recognised form with the meanings of cells that were confirmed for this use of it."""
    found = _MEMORY.recall(key, pool.registry)
    if found is None:
        found = replace(known, template=_recognised(known.grid, pool, settled), ground=key)
        _MEMORY.keep(key, found)
    return found


def _recognised(grid: Grid, pool: Pool, settled: Mapping[str, str | None]) -> Template:
    learnt = {
        (alias.word.casefold(), alias.subject): alias.element
        for alias in all_aliases()
        if not alias.scope and not (alias.element or "").startswith(EXPRESSION)
    }
    lexicon = make_lexicon(pool.registry, learnt)
    captions = caption_lexicon(pool)
    template = recognise(grid, lexicon, captions=captions)
    confirmed = {f"{b.sheet}!{b.cell}": b.element for b in bindings_of(template.fingerprint)} | dict(settled)
    if confirmed:
        template = recognise(grid, lexicon, confirmed=confirmed, captions=captions)
    return template


def caption_lexicon(pool: Pool) -> Captions:
    """The words of statistics captions: the registry's, the packs', and the names of the area tree."""
    return make_caption_lexicon(
        pool.registry, load_caption_words(), regions=[area.name for area in pool.areas()],
        confirmed=_confirmed_words(pool.registry),
    )  # fmt: skip


def _confirmed_words(registry: Registry) -> list[CaptionWords]:
    """The caption words people have confirmed: conditions, and elements that are added up or are yes or no."""
    found: list[CaptionWords] = []
    for alias in all_aliases():
        meant = alias.element or ""
        element = registry.elements.get(meant)
        if meant == EXPRESSION + EVERYBODY:
            found.append(CaptionWords("whole", alias.subject, (alias.word,), ""))
        elif meant.startswith(EXPRESSION):
            found.append(CaptionWords("population", alias.subject, (alias.word,), meant.removeprefix(EXPRESSION)))
        elif element is not None and element.kind in (Kind.INTEGER, Kind.DECIMAL):
            found.append(CaptionWords("measure", element.subject, (alias.word,), element.id))
        elif element is not None and element.kind is Kind.BOOL:
            found.append(CaptionWords("population", element.subject, (alias.word,), f"{element.name} = '是'"))
    return found


def fill_form(
    *,
    actor: str,
    home: Path,
    form: Path,
    out: Path,
    unit: str | None = None,
    where: str | None = None,
    subject: str | None = None,
    as_of: date,
    gaps: Path | None = None,
    pool: Pool | None = None,
    last: Path | None = None,
    last_as_of: date | None = None,
    scopes: Sequence[str] = (),
    units: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> FillOutcome:
    """Fill a form from the pool as of a date and write it to `out`, with its gaps as JSON to `gaps`.

    `unit` restricts to a unit and all below it, `where` to subjects that meet a filter, `subject` names the one
    subject a card is about by ID number, household number or credit code. `last` is last period's filled copy, of
    `last_as_of`: it decides doubtful captions by its numbers. `scopes` are those of words confirmed for this use of the
    form. `units` restrict to some of the unit's: then `unit` is only what the heading names. The sender's file is never
    changed. `progress` is told how many rows were written; what it raises leaves no file.
    Raises UploadRefused, FormUnreadable, ExpressionError, NotFound.
    """
    start = time.perf_counter()
    pool = pool or open_pool(home)
    recognised = recognise_form(home=home, form=form, pool=pool, scopes=scopes)
    # Last period's copy changes bindings in place; what is remembered of the form stays as it is.
    template = recognised.template if last is None else deepcopy(recognised.template)
    if not template.areas and not template.headings:
        raise FormUnreadable(_nothing_to_fill(form))
    settled: list[Settled] = []
    if last is not None and last_as_of is not None:
        settled = settle_by_last(template, last, pool=pool, as_of=last_as_of, unit=unit, where=where)
    planned = plan_form(template, FormRequest(unit, where, subject, as_of, tuple(units)), pool)
    if progress is not None:
        planned.fill.tell_rows(progress)
    patch_form(recognised.source, planned.fill, out)
    # Only now are all gaps known: rows are planned as they are written.
    planned.tally.gaps = with_refusals(planned.tally.gaps, refused_cells(pool, as_of))
    if gaps is not None:
        write_gaps(gaps, planned.tally.gaps, planned.numbers.failed, planned.unknowns)
    outcome = _outcome(form, out, planned, template, time.perf_counter() - start)
    outcome.settled = settled
    return outcome


def _outcome(form: Path, out: Path, planned: Planned, template: Template, seconds: float) -> FillOutcome:
    tally = planned.tally
    return FillOutcome(
        form, out, tally.filled, tally.asked, tally.refused, planned.rows, seconds, list(tally.gaps), template,
        planned.numbers, unknowns=planned.unknowns, notes=planned.notes,
    )  # fmt: skip


def write_gaps(
    path: Path, gaps: Sequence[Gap], failed: Sequence[FailedCheck] = (), unknowns: Sequence[Unknown] = ()
) -> None:
    """Write the gap list as JSON: one object a data cell left empty, one a failed cross-check of numbers, and one a
    number that leaves out many of whom nobody knows."""
    found: list[Mapping[str, str | int]] = [gap.as_json() for gap in gaps]
    found += [unknown.as_json() for unknown in unknowns]
    found += [
        {"sheet": f.sheet, "cell": address(f.row, f.col), "label": f.words, "subject": "", "reason": "failed check"}
        for f in failed
    ]
    lines = ",\n".join(json.dumps(gap, ensure_ascii=False) for gap in found)
    path.write_text(f"[\n{lines}\n]\n" if lines else "[]\n", "utf-8")


def confirm_binding(*, actor: str, home: Path, form: Path, cell: str, element: str) -> Slot:
    """Remember that a slot of this form is filled with an element ("-": with none), and its word everywhere.

    In a statistics cell the element or condition is what the word nobody explained means, in every caption; "全部" says
    of a word of the title that it restricts nobody; a figure (count(人 where …)) is what this very cell asks for.
    `cell` is an address ("H4") or sheet and address ("Sheet1!H4").
    Raises NotFound for a cell that is no slot or an element that does not exist, ExpressionError.
    """
    pool = open_pool(home)
    template = recognise_form(home=home, form=form, pool=pool).template
    area, slot = _slot_at(template, cell, form)
    if slot.binding.figure is not None and element != "-":
        _confirm_caption(template, area, slot, element, pool.registry, actor)
        return slot
    found = None if element == "-" else find_element(pool.registry, element).id
    place = address(slot.row, slot.col)
    save_binding(Binding(template.fingerprint, area.sheet, place, slot.label, found), actor=actor)
    if len(slot.path) == 1 and area.subject:
        save_alias(Alias(_word(slot), area.subject, found), actor=actor)
    return slot


def _confirm_caption(
    template: Template, area: Area, slot: Slot, meant: str, registry: Registry, actor: str
) -> None:  # fmt: skip
    word = slot.binding.figure.word if slot.binding.figure is not None else ""
    known = next((e for e in registry.elements.values() if meant in (e.id, e.name)), None)
    if known is None and re.match(r"\s*(?:count|sum|avg|min|max|median|share)\s*\(", meant):
        text = EXPRESSION + parse_figure(meant, registry).text
        _fits(text)
        place = address(slot.row, slot.col)
        save_binding(Binding(template.fingerprint, area.sheet, place, slot.label, text), actor=actor)
        return
    if not word:
        raise NotFound(
            Problem(
                "no_word",
                "这一格没有不认识的词。",
                "要改这一格的口径，请写完整的统计式，如 count(人 where 年龄 >= 60)。",
            )
        )
    if meant.strip() == EVERYBODY:
        _confirm_everybody(template, area, slot, word, actor)
        return
    if known is not None:
        save_alias(Alias(word, known.subject, known.id), actor=actor)
        return
    subject = _subject_of_condition(meant, registry)
    _fits(meant)
    save_alias(Alias(word, subject, EXPRESSION + meant), actor=actor)


def _confirm_everybody(template: Template, area: Area, slot: Slot, word: str, actor: str) -> None:
    """Remember that a word of a title says nothing of whom the form is about; a word of the cell itself may not."""
    if word in squash("".join(slot.path)):
        raise NotFound(
            Problem(
                "no_word",
                f"“{word}”是这一格自己的词，不能说它指全部。",
                "请写它指什么：数据元、条件，或完整的统计式。",
            )
        )
    save_alias(Alias(word, "person", EXPRESSION + EVERYBODY), actor=actor)


def _subject_of_condition(text: str, registry: Registry) -> str:
    """The subject type a condition is about: the first that understands it. Raises ExpressionError."""
    refused: ExpressionError | None = None
    for subject in ("household", "person", "enterprise", *registry.added_subjects):
        try:
            parse_filter(text, registry, subject=subject)
        except ExpressionError as error:
            refused = error if refused is None or subject == "person" else refused
        else:
            return subject
    assert refused is not None
    raise refused


def _fits(text: str) -> None:
    if len(text) > _LONGEST:
        raise ExpressionError(
            Problem("expression.too-long", "口径太长，记不下。", f"请写得短一些（{_LONGEST} 字以内）。")
        )


def _word(slot: Slot) -> str:
    return read_label(slot.path[-1]).core


def _slot_at(template: Template, cell: str, form: Path) -> tuple[Area, Slot]:
    sheet, _, place = cell.rpartition("!")
    try:
        row, col = parse_address(place.upper())
    except ValueError:
        row, col = 0, 0
    for area in template.areas:
        if sheet and area.sheet != sheet:
            continue
        for slot in area.slots:
            in_rows = area.kind == "rows" and slot.col == col and slot.row <= row < slot.row + max(area.blank_rows, 1)
            if (slot.row, slot.col) == (row, col) or in_rows:
                return area, slot
    raise NotFound(
        Problem(
            "no_slot",
            f"{cell} 不是这张表的填报项。",
            "用 yici recognise 查看全部填报项及其单元格。",
            Place(form.name, cell=cell),
        )
    )


def find_element(registry: Registry, name: str) -> Element:
    """The element of that id or name. Raises NotFound with the nearest names."""
    try:
        return registry.element(name)
    except KeyError:
        near = difflib.get_close_matches(name, [e.name for e in registry.elements.values()], n=3, cutoff=0.4)
        hint = f"相近的有：{'、'.join(near)}。" if near else "用 yici elements list 查看全部数据元。"
        raise NotFound(Problem("unknown_element", f"没有名为“{name}”的数据元。", hint)) from None


def _nothing_to_fill(form: Path) -> Problem:
    return Problem(
        "nothing_to_fill",
        "没有在这个文件里找到可填的地方。",
        "请确认这是一张空白表（有表头和空格子）。",
        Place(form.name),
    )
