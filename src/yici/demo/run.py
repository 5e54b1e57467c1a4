"""The demo from end to end: make the community, import its ledgers, fill its forms, and count what it came to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from yici.core.manifest import BatchFacts
from yici.demo.draw_docx import draw_docx
from yici.demo.draw_xlsx import draw_xlsx
from yici.demo.layout import FormLayout, load_forms
from yici.demo.department_ledgers import write_ledgers
from yici.demo.pack import PACK
from yici.demo.population.community import Community, make_community
from yici.services.forms import FillOutcome, fill_form
from yici.services.ledgers import authority_ids, import_ledger
from yici.services.pool import Pool, open_pool
from yici.services.subjects import first_subject
from yici.services.units import add_units

ACTOR = "demo"
SECONDS_A_CELL = 6.0
"""What typing one cell by hand takes, for the minutes saved; an assumption that is shown with the number."""
Step = Callable[[str, int, int], None]


@dataclass(slots=True)
class DemoOutcome:
    """What the demo came to."""

    out: Path
    ledgers: int = 0
    rows: int = 0
    refused_in: int = 0
    forms: list[FillOutcome] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def filled(self) -> int:
        return sum(form.cells_filled for form in self.forms)

    @property
    def minutes_saved(self) -> float:
        return self.filled * SECONDS_A_CELL / 60


def run_demo(out: Path, *, seed: int = 1, step: Step = lambda what, done, total: None) -> DemoOutcome:
    """Make the demo community in a folder, import its ledgers and fill its forms; `step` is told of the progress."""
    start = time.perf_counter()
    community = make_community(seed)
    outcome = DemoOutcome(out)
    home = out / "data"
    pool = open_pool(home)
    villages = list(dict.fromkeys(community.households["household.village"].to_list()))
    add_units(home=home, actor=ACTOR, parent=community.name, children=villages)
    _import(community, pool, outcome, seed, step)
    forms = load_forms(PACK / "forms")
    for number, form in enumerate(forms, 1):
        step(f"填表 {form.name}", number, len(forms))
        outcome.forms.append(_fill(form, community, pool, out))
    outcome.seconds = time.perf_counter() - start
    return outcome


def _import(community: Community, pool: Pool, outcome: DemoOutcome, seed: int, step: Step) -> None:
    folder = outcome.out / "台账"
    for number, ledger in enumerate(write_ledgers(community, folder, pool.registry, seed), 1):
        step(f"导入 {ledger.path.name}", number, 16)
        authority = authority_ids(ledger.authority, pool.registry)
        facts = BatchFacts(ledger.department, ledger.as_of, authority, ledger.path.name)
        done = import_ledger(path=ledger.path, facts=facts, home=pool.home, registry=pool.registry, actor=ACTOR)
        outcome.ledgers += 1
        outcome.rows += done.rows
        outcome.refused_in += done.problems


def _fill(form: FormLayout, community: Community, pool: Pool, out: Path) -> FillOutcome:
    (out / "空白表").mkdir(parents=True, exist_ok=True)
    name = f"{form.name}.{form.kind}"
    blank = (draw_docx if form.kind == "docx" else draw_xlsx)(form, out / "空白表" / name)
    request = form.request
    subject = None
    if each := request.get("each"):
        subject = first_subject(
            pool=pool, subject=each, unit=request.get("unit"), where=request.get("where"), as_of=community.as_of
        )
    filled = out / "已填" / name
    filled.parent.mkdir(parents=True, exist_ok=True)
    return fill_form(
        actor=ACTOR,
        home=pool.home,
        form=blank,
        out=filled,
        unit=request.get("unit"),
        where=None if subject else request.get("where"),
        subject=subject,
        as_of=community.as_of,
        gaps=filled.with_suffix(".gaps.json"),
        pool=pool,
    )
