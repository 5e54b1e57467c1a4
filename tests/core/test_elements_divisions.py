"""Division codes: filling zeros, parents, and names as addresses begin."""

from __future__ import annotations

import pytest

from yici.core.divisions import divisions_of, full_name, short_code

ROWS = [
    ("41", "河南省"),
    ("4107", "新乡市"),
    ("410721", "新乡县"),
    ("11", "北京市"),
    ("1101", "市辖区"),
    ("110101", "东城区"),
]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("410000", "41"), ("410700", "4107"), ("410721", "410721"), ("410721000000", "410721"), ("41", "41"),
        ("410721100", "410721100"), ("410721100201", "410721100201"), (" 410721 ", "410721"), ("41072110", None),
        ("", None), ("新乡", None), ("４１", None),
    ],
)  # fmt: skip
def test_filling_zeros_do_not_count(written: str, code: str | None) -> None:
    assert short_code(written) == code


def test_names_run_from_the_province_down_without_fillers() -> None:
    divisions = divisions_of(ROWS)
    assert full_name("410721", divisions) == "河南省新乡市新乡县"
    assert full_name("110101", divisions) == "北京市东城区"
    assert divisions["410721"].parent == "4107"
    assert divisions["410721"].level == "县"


def test_a_missing_level_is_passed_over() -> None:
    assert divisions_of([("41", "河南省"), ("410721", "新乡县")])["410721"].parent == "41"
