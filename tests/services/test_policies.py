"""Policies as use cases: packs, cases, the examples of the documentation."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from yici.core.errors import NotFound, PackError
from yici.services.policies import find_policies, lint_policies, policies_of, run_policy_tests
from yici.storage.packs import load_registry
from yici.storage.policies import load_policies

ROOT = Path(__file__).parents[2]
SOUND = ROOT / "tests/core/policies/sound.yaml"
TODAY = date(2026, 11, 25)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "office/policies").mkdir(parents=True)
    shutil.copy(SOUND, tmp_path / "office/policies")
    return tmp_path / "office"


def test_cases_of_sound_policies_come_out_as_expected(pack: Path) -> None:
    reports = run_policy_tests(folders=[pack])
    assert len(reports) == 11 and not [report for report in reports if report.wrong]
    assert list(lint_policies(today=TODAY, folders=[pack])) == []


def test_a_case_that_comes_out_otherwise_is_told_in_words(pack: Path) -> None:
    file = pack / "policies/sound.yaml"
    file.write_text(
        file.read_text("utf-8").replace("expect: eligible, amount: 100}", "expect: eligible, amount: 90}", 1)
    )
    wrong = [report for report in run_policy_tests(folders=[pack]) if report.wrong]
    assert [report.case for report in wrong] == ["正好80岁"] and "金额应为 90，得到 100" in wrong[0].wrong[0]


def test_values_and_elements_of_cases_that_cannot_be_read(pack: Path) -> None:
    file = pack / "policies/sound.yaml"
    text = file.read_text("utf-8").replace("人员类别: 户籍人口}", "人员类别: 火星人, 年龄: 80, 没有的: 1}", 1)
    file.write_text(text, "utf-8")
    with pytest.raises(PackError) as caught:
        run_policy_tests(folders=[pack])
    assert len(caught.value.problems) == 3


def test_a_later_pack_replaces_all_versions(pack: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "policies").mkdir(parents=True)
    (other / "policies/a.yaml").write_text(
        SOUND.read_text("utf-8").split("---")[0].replace("高龄津贴", "新津贴", 1), "utf-8"
    )
    found = load_policies(load_registry(), [pack, other])
    assert [policy.title for policy in found if policy.id == "old-age"] == ["新津贴"]
    assert len(found) == 3


def test_yaml_that_does_not_parse_is_one_problem_among_others(pack: Path) -> None:
    (pack / "policies/bad.yaml").write_text("a: [", "utf-8")
    (pack / "policies/worse.yaml").write_text("id: x\n", "utf-8")
    with pytest.raises(PackError) as caught:
        policies_of(folders=[pack])
    assert {problem.where.file for problem in caught.value.problems} == {
        "office/policies/bad.yaml", "office/policies/worse.yaml",
    }  # fmt: skip


def test_an_unknown_policy_names_the_nearest(pack: Path) -> None:
    with pytest.raises(NotFound, match="old-age"):
        find_policies(policies_of(folders=[pack]), ["old-aeg"])


def test_the_examples_of_the_documentation(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    text = (ROOT / "docs/policies.md").read_text("utf-8")
    for number, example in enumerate(re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)):
        (tmp_path / f"policies/{number}.yaml").write_text(example, "utf-8")
    reports = run_policy_tests(folders=[tmp_path])
    assert len(reports) == 4 and not [report for report in reports if report.wrong]
    assert lint_policies(today=TODAY, folders=[tmp_path]) == []


def test_the_shipped_policies_are_sound() -> None:
    assert [f.problem for f in lint_policies(today=TODAY) if not f.warning] == []
    assert [report for report in run_policy_tests() if report.wrong] == []


def test_a_date_that_does_not_exist_is_told_by_its_place(tmp_path: Path) -> None:
    folder = tmp_path / "packs" / "own" / "policies"
    folder.mkdir(parents=True)
    (folder / "own.yaml").write_text("id: own\ntitle: 某项\nvalid: {from: 2019-13-01, to: null}\n", "utf-8")
    with pytest.raises(PackError) as caught:
        load_policies(load_registry(), [tmp_path / "packs" / "own"])
    assert any("valid.from" in problem.message and "2019-13-01" in problem.message for problem in caught.value.problems)
