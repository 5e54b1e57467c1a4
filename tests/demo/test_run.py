"""The main job on the demo community: what the ledgers claim is in the pool, and forms say what the pool holds."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner
from filled_forms import Answers, agrees, cells

from yici.cli import cli
from yici.core.expressions import parse_figure
from yici.core.expressions.moment import Moment
from yici.core.recognition.plain import template_from_json, template_to_json
from yici.demo.layout import load_forms
from yici.demo.ledgers.claims import Claims
from yici.demo.pack import PACK
from yici.demo.run import DemoOutcome, run_demo
from yici.demo.truth import compare
from yici.engine.figures import Ask, answer
from yici.services.pool import open_pool
from yici.services.subjects import first_subject

FORMS = load_forms(PACK / "forms")
README = Path(__file__).parents[2] / "README.md"
TOUR = re.findall(r"^\$ yici (.+)$", README.read_text("utf-8"), re.MULTILINE)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoOutcome:
    """What `yici demo` made in an empty folder, with all that is known of it beside the files."""
    made: list[DemoOutcome] = []

    def run(*given: Any, **more: Any) -> DemoOutcome:
        made.append(run_demo(*given, **more))
        return made[-1]

    out = tmp_path_factory.mktemp("demo") / "demo-out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("yici.cli.demo.run_demo", run)
        done = CliRunner().invoke(cli, ["demo", "--out", str(out)], catch_exceptions=False)
    assert done.exit_code == 0 and "共 28 张" in done.output
    return made[0]


def test_what_is_recognised_comes_back_from_plain_json(demo: DemoOutcome) -> None:
    """Rosters, cards, member tables, cross tables: every shape of form there is."""
    templates = [form.template for form in demo.forms if form.template is not None]
    assert len(templates) == 28
    for template in templates:
        assert template_from_json(json.loads(json.dumps(template_to_json(template)))) == template


def test_the_tour_of_the_readme(demo: DemoOutcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """It works as it is printed, in order, in the folder where the demo was made."""
    folder = demo.out.parent
    monkeypatch.chdir(folder)
    monkeypatch.setenv("YICI_HOME", str(folder / "yici-data"))
    assert len(TOUR) >= 8
    for line in TOUR:
        done = CliRunner().invoke(cli, shlex.split(line), catch_exceptions=False)
        assert done.exit_code == 0, f"{line}\n{done.output}"
    assert (folder / "filled.xlsx").exists() and (folder / "gaps.json").exists() and any((folder / "cards").iterdir())
    assert (folder / "report.xlsx").exists()


def test_the_pool_holds_what_the_ledgers_claim(demo: DemoOutcome) -> None:
    with open_pool(demo.home).projection() as projection:
        comparison = compare(projection, demo.claims)
    assert (comparison.missing, comparison.wrong) == (Counter(), Counter()), comparison.examples
    assert comparison.right > 90_000


def test_every_form_is_filled_and_every_gap_has_its_reason(demo: DemoOutcome) -> None:
    assert len(demo.forms) == len(FORMS) >= 24
    for done in demo.forms:
        assert done.cells_filled > 0, done.form.name
        gaps = json.loads(done.out.with_suffix(".gaps.json").read_text("utf-8"))
        assert len(gaps) == done.cells_gap
        assert all(gap["reason"] for gap in gaps)


@pytest.mark.parametrize("form", [f for f in FORMS if f.kind == "xlsx"], ids=lambda form: form.name)
def test_filled_cells_say_what_the_claims_say(demo: DemoOutcome, form: object) -> None:
    answers = Answers(demo.community, demo.claims)
    request = form.request
    subject = None
    if each := request.get("each"):
        subject = first_subject(
            pool=open_pool(demo.home), subject=each, unit=request.get("unit"), where=request.get("where"),
            as_of=demo.community.as_of,
        )  # fmt: skip
    checked = list(cells(form, demo.out / "已填" / f"{form.name}.xlsx", answers, subject))
    wrong = [(where, shown, wanted) for where, shown, wanted in checked if shown not in (None, "") and wanted is None]
    wrong += [one for one in checked if one[1] not in (None, "") and one[2] is not None and not agrees(one[1], one[2])]
    missed = [one for one in checked if one[1] in (None, "") and one[2] not in (None, False)]
    assert not wrong
    assert len(missed) <= 0.02 * len(checked), missed[:5]
    # Two forms name people without a number: nothing tells their rows apart from outside. Statistics hold no claims.
    assert checked or form.name[:2] in ("07", "11", "31", "32", "33", "34")


def test_results_of_villages_reckoned_from_the_pool_are_those_of_the_truth(demo: DemoOutcome) -> None:
    matters, projects = demo.community.matters, demo.community.projects
    pool, moment = open_pool(demo.home), Moment(demo.community.as_of)
    texts = (
        "count(事项 where 是否解决 = '是') / count(事项 where 是否解决 is not null)",
        "count(事项 where 是否化解 = '是') / count(事项 where 是否化解 is not null)",
        "count(民生项目 where 是否落地 = '是') / count(民生项目)",
        "avg(民生项目.群众测评得分 where 是否落地 = '是')",
    )
    columns = ("matter.solved", "matter.resolved", "project.delivered", "project.rating")
    villages = matters["matter.village"].unique().sort().to_list()
    asks = [Ask(parse_figure(text, pool.registry), units=(village,)) for village in villages for text in texts]
    with pool.projection() as projection:
        answers = iter(answer(projection, pool.registry, asks, moment=moment))
    for village in villages:
        for column in columns:
            table = matters if column.startswith("matter.") else projects
            own = table.filter(pl.col(f"{column.split('.')[0]}.village") == village)
            assert float(next(answers).value) == pytest.approx(own[column].cast(float).mean(), abs=1e-6), (
                village,
                column,
            )


def test_survivorship_of_claims() -> None:
    claims = Claims()
    early, late = date(2025, 1, 1), date(2026, 1, 1)
    for value, rank in (
        ("a", (False, late, 1)),
        ("b", (True, early, 2)),
        ("c", (False, late, 3)),
        ("d", (True, early, 4)),
    ):
        claims.add("k", "person.phone", value, rank)
    assert claims.golden() == {("k", "person.phone"): "d"}


def test_outputs_lie_where_the_table_says(demo: DemoOutcome, tmp_path: Path) -> None:
    for folder in ("台账", "空白表", "已填"):
        assert any((demo.out / folder).iterdir())
    assert demo.minutes_saved > 60
