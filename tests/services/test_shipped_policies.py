"""The policies that come with the program: enough of them, each with its source, and the page about them up to date."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from yici.core.policies.model import Outcome, Policy
from yici.storage.packs import load_registry, shipped_packs
from yici.storage.policies import load_policies

ROOT = Path(__file__).parents[2]
POLICIES = load_policies(load_registry(()), shipped_packs())


def test_there_are_thirty_or_more() -> None:
    assert len({policy.id for policy in POLICIES}) >= 30
    assert {policy.subject for policy in POLICIES} >= {"person", "household", "enterprise"}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.id}-{policy.since.year}")
def test_each_names_its_source_and_shows_how_it_is_meant(policy: Policy) -> None:
    assert policy.source and policy.source.title and policy.source.date and policy.source.note
    assert policy.basis
    assert len(policy.cases) >= 4
    assert {case.expect for case in policy.cases} == set(Outcome)
    assert all(case.as_of for case in policy.cases)
    if policy.issuer.startswith("某") or policy.source.note.startswith("未核实"):
        assert policy.example, "a local figure or one that nobody could check is an example"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: f"{policy.id}-{policy.since.year}")
def test_where_a_register_was_never_imported_nobody_counts_as_unlisted(policy: Policy) -> None:
    if "listed(" in " ".join([*(clause.when for clause in policy.clauses), policy.benefit.amount]):
        cases = [case for case in policy.cases if case.without]
        assert cases and all(case.expect is Outcome.UNKNOWN and case.missing for case in cases)


def test_the_page_about_them_is_up_to_date() -> None:
    script = runpy.run_path(str(ROOT / "scripts/policies_shipped.py"))
    assert script["PAGE"].read_text("utf-8") == script["page"](), "run: python scripts/policies_shipped.py"
