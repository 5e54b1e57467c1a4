"""Importing a ledger: one file becomes one batch, whole or not at all."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from yici.core.binding.binder import Binder
from yici.core.binding.lexicon import make_lexicon
from yici.core.elements import Registry
from yici.core.errors import NotFound, Place, Problem, UploadRefused
from yici.core.ledgers.lexicon import lexicon_of
from yici.core.ledgers.reasons import SHEET_REASONS, SOLUTIONS
from yici.core.ledgers.units import UnitNames
from yici.core.manifest import BatchFacts
from yici.office.annotate import annotate_ledger
from yici.office.ledgers import read_ledger
from yici.services.ledgers_marks import MarkCollector
from yici.services.ledgers_plan import Skipped, TablePlan, Tools, plan_ledger
from yici.services.ledgers_pool import ProjectionValues
from yici.services.ledgers_rows import Chunk, TableReader, schema_of
from yici.storage.batches import find_batch, hash_file, write_batch
from yici.storage.confirmations import all_aliases
from yici.storage.database import open_database
from yici.storage.units import all_areas

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How an import goes: `dry_run` writes no batch; `progress` is told how many rows were read. `report` is
    where the sender's marked workbook goes, and `marking` is told how far writing that is. With `units` a ledger with
    rows of other villages, or of none that is stated, is refused."""

    dry_run: bool = False
    report: Path | None = None
    progress: Progress | None = None
    units: frozenset[str] | None = None
    marking: Progress | None = None


@dataclass(slots=True)
class ImportOutcome:
    """What one file came to. `new` is False when the same file with the same facts had been imported before."""

    path: Path
    batch: str = ""
    new: bool = True
    rows: int = 0
    problems: int = 0
    tables: list[TableReader] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    report: Path | None = None


def import_ledger(
    *,
    path: Path,
    facts: BatchFacts,
    home: Path,
    registry: Registry,
    actor: str,
    options: ImportOptions = ImportOptions(),
) -> ImportOutcome:
    """Import one ledger into the pool in the folder `home`, as one batch.

    Raises UploadRefused when the file cannot be read or holds no table of people, households or enterprises; then
    nothing is stored.
    """
    open_database(home)
    facts = replace(facts, file_name=facts.file_name or path.name)
    there = None if options.dry_run or options.report else find_batch(hash_file(path), facts)
    if there is not None:
        return ImportOutcome(path, there.batch, False, there.rows, there.problems)
    with read_ledger(path) as ledger:
        tools = replace(make_tools(home, registry, facts.department), authority=facts.authority)
        plans, skipped = plan_ledger(ledger, tools)
        if not plans:
            raise UploadRefused(_nothing_found(path, skipped))
        outcome = ImportOutcome(path, skipped=skipped, notes=list(ledger.notes))
        marks = MarkCollector(registry, wanted=options.report is not None)
        batches = _within(_batches(plans, facts, tools, outcome, marks, options.progress), options.units)
        if options.dry_run:
            outcome.rows = sum(batch.num_rows for batch in batches)
        else:
            written = write_batch(home, facts, batches, path, actor)
            outcome.batch, outcome.new = written.batch, written.new
            outcome.rows, outcome.problems = written.rows, written.problems
    if options.report is not None:
        annotate_ledger(path, options.report, marks.marks, options.marking)
        outcome.report = options.report
    return outcome


def ledgers_of(department: str) -> str:
    """The scope of words that hold in the ledgers of one department only."""
    return f"ledgers:{department}"


def make_tools(home: Path, registry: Registry, department: str = "") -> Tools:
    """What importing into that folder knows: the registry, words people confirmed (for everybody, or for the ledgers of
    this department), the area tree, the pool."""
    aliases = all_aliases()
    learnt = {
        (alias.word.casefold(), alias.subject): alias.element
        for scope in ("", ledgers_of(department)) for alias in aliases if alias.scope == scope
    }  # fmt: skip
    units = UnitNames({area.name: area.parent for area in all_areas()})
    binder = Binder(make_lexicon(registry, learnt))
    return Tools(registry, binder, lexicon_of(registry), units, ProjectionValues(home, registry))


def authority_ids(names: Sequence[str], registry: Registry) -> tuple[str, ...]:
    """The ids of the elements named (by id, official name or alias). Raises NotFound naming all unknown ones."""
    known = {element.name: element.id for element in registry.elements.values()}
    found: list[str] = []
    problems: list[Problem] = []
    for name in names:
        if name in registry.elements or name in known:
            found.append(known.get(name, name))
            continue
        near = difflib.get_close_matches(name, [*known, *registry.elements], n=3, cutoff=0.3)
        hint = f"相近的数据项：{'、'.join(near)}。" if near else "用 yici elements 查看全部数据项。"
        problems.append(Problem("unknown_element", f"没有名为“{name}”的数据项。", hint))
    if problems:
        raise NotFound(problems)
    return tuple(dict.fromkeys(found))


def _batches(
    plans: Sequence[TablePlan],
    facts: BatchFacts,
    tools: Tools,
    outcome: ImportOutcome,
    marks: MarkCollector,
    progress: Progress | None,
) -> Iterator[pa.RecordBatch]:
    """The typed rows of all tables, one after the other."""
    schema = schema_of(plans, tools.registry)
    total, done, start = sum(len(plan.rows) for plan in plans), 0, 0

    def seen(chunk: Chunk) -> None:
        nonlocal done
        done += len(chunk.rows)
        marks.take(chunk, reader)
        if progress is not None:
            progress(done, total)

    for plan in plans:
        reader = TableReader(plan, tools.registry, facts.as_of, schema, tools.units)
        outcome.tables.append(reader)
        yield from reader.read(start, seen)
        start += reader.written


def _within(batches: Iterator[pa.RecordBatch], units: frozenset[str] | None) -> Iterator[pa.RecordBatch]:
    """The rows, as long as all are of these units. Raises UploadRefused at the first chunk with others."""
    for batch in batches:
        if units is not None:
            others = {name.as_py() for name in batch.column("_village").unique()} - units
            if others:
                names = "、".join(sorted(name or "没有写明村" for name in others))
                hint = "村社干部只能导入本村的台账，每行要写明村；其他的请交数据专员导入。"
                raise UploadRefused(Problem("not-own-units", f"台账里有不属于您的范围的行：{names}。", hint))
        yield batch


def _nothing_found(path: Path, skipped: Sequence[Skipped]) -> list[Problem]:
    return [
        Problem(
            "no_table",
            f"没有可以导入的表：{SHEET_REASONS[one.reason]}。",
            SOLUTIONS["no_table"],
            Place(path.name, one.sheet),
        )
        for one in skipped
    ] or [Problem("no_table", "文件里没有任何内容。", SOLUTIONS["no_table"], Place(path.name))]
