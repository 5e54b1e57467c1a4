"""Names offered for a misspelt one are like it, or there are none."""

from __future__ import annotations

import pytest

from yici.services.nearest import nearest, nearest_words

WORDS = ["senior-allowance", "高龄津贴", "tekun", "特困人员救助供养", "township-results", "乡镇（村）实绩考核"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("高龄", ["高龄津贴"]), ("senior-alowance", ["senior-allowance"]), ("tekum", ["tekun"]), ("gaoling", []),
     ("特困", ["特困人员救助供养"]), ("", [])],
)  # fmt: skip
def test_nearest(typed: str, found: list[str]) -> None:
    assert nearest(typed, WORDS) == found
    assert bool(nearest_words(typed, WORDS)) is bool(found)
