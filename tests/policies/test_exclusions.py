"""Shipped policies that exclude each other: who gets what."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from yici.core.expressions.moment import Moment
from yici.core.policies.cases import judge, stage_cases
from yici.core.policies.compiling import rules_on
from yici.core.policies.exclusion import exclusion_pairs
from yici.core.policies.model import Case, Mode, Outcome, Policy
from yici.engine.policy_settling import settle
from yici.storage.packs import load_registry, shipped_packs
from yici.storage.policies import load_policies

REGISTRY = load_registry(())
POLICIES = load_policies(REGISTRY, shipped_packs())
SITUATIONS = yaml.safe_load((Path(__file__).parent / "exclusions.yaml").read_text("utf-8"))


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one["name"])
def test_who_gets_what(situation: dict[str, Any]) -> None:
    day, amounts = situation["day"], situation["amounts"]
    case = Case("", Outcome.ELIGIBLE, given=situation["given"], household=situation.get("household"))
    holder = Policy("any", "", "", situation["subject"], Mode.AUTOMATIC, (), day, cases=(case,))
    (staged,) = stage_cases(holder, REGISTRY)
    rules = rules_on([policy for policy in POLICIES if policy.id in amounts], REGISTRY, day=day)
    results = [judge(rule, staged.facts(), moment=Moment(day)) for rule in rules]
    assert {rule.id: result.amount for rule, result in zip(rules, results, strict=True)} == {
        name: None if amount is None else Decimal(amount) for name, amount in amounts.items()
    }
    eligible = [np.array([result.outcome is Outcome.ELIGIBLE]) for result in results]
    paid = [np.array([float(result.amount or 0)]) for result in results]
    settled = settle(eligible, paid, exclusion_pairs(rules))
    stays = [rule.id for place, rule in enumerate(rules) if eligible[place][0] and not settled.yields[place][0]]
    assert sorted(stays) == sorted(situation["stays"])
    assert not any(flags[0] for flags in settled.choice)
