"""The demo from end to end: make the community, import its ledgers, fill its forms, and count what it came to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yici.core.collections.burden import minutes, minutes_left
from yici.core.manifest import BatchFacts
from yici.demo.draw_docx import draw_docx
from yici.demo.draw_xlsx import draw_xlsx
from yici.demo.layout import FormLayout, load_forms
from yici.demo.ledgers.claims import Claims
from yici.demo.ledgers.make import Maker
from yici.demo.pack import PACK, pack
from yici.demo.population.community import Community, make_community
from yici.services.forms import FillOutcome, fill_form
from yici.services.ledgers import ImportOutcome, authority_ids, import_ledger
from yici.services.pool import Pool, open_pool
from yici.services.subjects import first_subject
from yici.services.units import add_units

ACTOR = "demo"
Step = Callable[[str, int, int], None]


def silent(what: str, done: int, total: int) -> None:
    """A step nobody watches."""


@dataclass(slots=True)
class DemoOutcome:
    """What the demo came to: what was imported and filled, what the ledgers claimed, and how long it took (s)."""

    out: Path
    community: Community
    claims: Claims
    imports: list[ImportOutcome] = field(default_factory=list)
    forms: list[FillOutcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def home(self) -> Path:
        """The data folder the demo filled."""
        return self.out / "data"

    @property
    def ledgers(self) -> int:
        """How many ledgers were imported."""
        return len(self.imports)

    @property
    def rows(self) -> int:
        """Rows imported."""
        return sum(done.rows for done in self.imports)

    @property
    def refused_in(self) -> int:
        """Cells of the ledgers that were refused or are doubtful."""
        return sum(done.problems for done in self.imports)

    @property
    def filled(self) -> int:
        """Cells filled in all forms."""
        return sum(form.cells_filled for form in self.forms)

    @property
    def minutes_saved(self) -> float:
        """Minutes of filling the forms by hand, without those that asking for the gaps still takes (estimated)."""
        return sum(
            minutes(known=form.cells_filled, unknown=form.cells_gap) - minutes_left(unknown=form.cells_gap)
            for form in self.forms
        )


def run_demo(out: Path, *, seed: int = 1, step: Step = silent) -> DemoOutcome:
    """Make the demo community in a folder, import its ledgers and fill its forms; `step` is told of the progress."""
    start = time.perf_counter()
    outcome = import_community(out, seed=seed, step=step)
    pool = open_pool(outcome.home)
    forms = sorted(load_forms(PACK / "forms"), key=lambda form: form.name)
    for number, form in enumerate(forms, 1):
        step(f"填表 {form.name}", number - 1, len(forms))
        outcome.forms.append(_fill(form, outcome.community, pool, out))
    outcome.seconds = time.perf_counter() - start
    return outcome


def import_community(out: Path, *, seed: int, step: Step = silent) -> DemoOutcome:
    """Make the community, write its departments' ledgers and import them one by one."""
    community = make_community(seed)
    outcome = DemoOutcome(out, community, Claims())
    pool = open_pool(outcome.home)
    villages = list(dict.fromkeys(community.households["household.village"].to_list()))
    add_units(home=pool.home, actor=ACTOR, parent=community.name, children=villages)
    maker = Maker(community, pool.registry, seed, outcome.claims)
    folder = out / "台账"
    folder.mkdir(parents=True, exist_ok=True)
    definitions = pack("ledgers")
    for number, definition in enumerate(definitions, 1):
        step(f"导入 {definition['file']}", number - 1, len(definitions))
        outcome.imports.append(_import(maker.make(definition, folder), definition, community.name, pool))
    return outcome


def _import(path: Path, definition: dict[str, Any], community: str, pool: Pool) -> ImportOutcome:
    authority = authority_ids(definition.get("authority", ()), pool.registry)
    # Every ledger of the demo is about the whole community, so who is in none of its rows is not on its register.
    facts = BatchFacts(
        definition["department"], date.fromisoformat(str(definition["as_of"])), authority, path.name, (community,)
    )
    return import_ledger(path=path, facts=facts, home=pool.home, registry=pool.registry, actor=ACTOR)


def _fill(form: FormLayout, community: Community, pool: Pool, out: Path) -> FillOutcome:
    (out / "空白表").mkdir(parents=True, exist_ok=True)
    name = f"{form.name}.{form.kind}"
    blank = (draw_docx if form.kind == "docx" else draw_xlsx)(form, out / "空白表" / name)
    unit, where, each = (form.request.get(word) for word in ("unit", "where", "each"))
    subject = None
    if each:
        subject = first_subject(pool=pool, subject=each, unit=unit, where=where, as_of=community.as_of)
    filled = out / "已填" / name
    filled.parent.mkdir(parents=True, exist_ok=True)
    return fill_form(
        actor=ACTOR, home=pool.home, form=blank, out=filled, unit=unit, where=None if subject else where,
        subject=subject, as_of=community.as_of, gaps=filled.with_suffix(".gaps.json"), pool=pool,
    )  # fmt: skip
