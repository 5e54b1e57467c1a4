"""Levels of the area tree."""

from __future__ import annotations

import pytest

from yici.core.areas import level_named, level_of, lowest, units_by_child, units_by_level
from yici.core.manifest import Area

AREAS = [
    Area("柳河县"), Area("东镇", "柳河县"), Area("西街道", "柳河县"), Area("甲村", "东镇"), Area("乙社区", "东镇"),
    Area("丙村", "乙社区"), Area("丁", "西街道", "社区"), Area("甲村一组", "甲村"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "kind", "level"),
    [("柳河县", "", "县"), ("张青社区", "", "村"), ("新区", "", "县"), ("某自治区", "", "省"), ("城关", "街道", "镇"),
     ("柳树", "", None), ("东风村民委员会", "", "村"), ("一网格", "", "网格")],
)  # fmt: skip
def test_the_level_of_a_unit(name: str, kind: str, level: str | None) -> None:
    assert level_of(Area(name, None, kind)) == level


def test_every_unit_is_in_the_nearest_of_the_level() -> None:
    villages = units_by_level(AREAS, "村")
    assert villages == {"甲村": "甲村", "乙社区": "乙社区", "丙村": "丙村", "丁": "丁", "甲村一组": "甲村"}
    assert lowest(AREAS, villages.values()) == ["甲村", "丙村", "丁"]
    assert units_by_level(AREAS, "镇")["甲村一组"] == "东镇"
    assert "柳河县" not in units_by_level(AREAS, "镇")
    assert units_by_child(AREAS, "柳河县")["丁"] == "西街道"
    assert set(units_by_child(AREAS, None).values()) == {"柳河县"}
    assert (level_named("乡镇（街道）"), level_named("性别")) == ("镇", None)


def test_a_circle_does_not_trap() -> None:
    circle = [Area("甲", "乙"), Area("乙", "甲")]
    assert units_by_level(circle, "村") == {}
    assert lowest(circle, ["甲", "乙"]) == []
