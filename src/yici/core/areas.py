"""Levels of the area tree (村, 镇, 县): which unit of a level every unit lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yici.core.manifest import Area

# How units of a level end, by their kind or else their name; the first level that fits counts (社区 before 区).
_ENDINGS: dict[str, tuple[str, ...]] = {
    "网格": ("网格",),
    "组": ("组",),
    "村": ("村", "社区", "居委会", "村委会", "居民委员会", "村民委员会"),
    "镇": ("镇", "乡", "街道", "办事处", "苏木"),
    "省": ("省", "自治区"),
    "市": ("市", "州", "盟", "地区"),
    "县": ("县", "旗", "区"),
}
_WORDS: dict[str, str] = {
    "网格": "网格", "组": "组", "小组": "组", "村民小组": "组",
    "村": "村", "社区": "村", "村社": "村", "村居": "村", "村（社区）": "村", "村(社区)": "村", "行政村": "村",
    "镇": "镇", "乡": "镇", "街道": "镇", "乡镇": "镇", "镇街": "镇", "乡镇街道": "镇",
    "乡镇（街道）": "镇", "乡镇(街道)": "镇",
    "县": "县", "区县": "县", "县区": "县", "市": "市", "地市": "市", "省": "省",
}  # fmt: skip
BELOW = "下级"
"""The units directly below the one that is asked about."""


def level_named(word: str) -> str | None:
    """The level a word names (乡镇 → 镇, 社区 → 村); None for any other word."""
    return _WORDS.get(word.strip())


def level_of(area: Area) -> str | None:
    """The level of a unit, by its kind or else by how its name ends."""
    for text in (area.kind, area.name):
        for level, endings in _ENDINGS.items():
            if text.endswith(endings):
                return level
    return None


def units_by_level(areas: Sequence[Area], level: str) -> dict[str, str]:
    """Every unit that lies in one of the level → that one, in the order of the areas."""
    by_name = {area.name: area for area in areas}
    return _nearest(areas, {area.name for area in areas if level_of(by_name[area.name]) == level})


def units_by_child(areas: Sequence[Area], top: str | None) -> dict[str, str]:
    """Every unit below `top` → the one directly below it that it lies in; from the roots without `top`."""
    return _nearest(areas, {area.name for area in areas if area.parent == top})


def lowest(areas: Sequence[Area], labels: Iterable[str]) -> list[str]:
    """Those of the units that none of the others lies in, in their order."""
    wanted = list(dict.fromkeys(labels))
    others = [area for area in areas if area.name in set(wanted)]
    above = {name for area in others for name in _above(areas, area.name)}
    return [label for label in wanted if label not in above]


def _above(areas: Sequence[Area], name: str) -> set[str]:
    parents = {area.name: area.parent for area in areas}
    passed: set[str] = set()
    step = parents.get(name)
    while step is not None and step not in passed:
        passed.add(step)
        step = parents.get(step)
    return passed


def _nearest(areas: Sequence[Area], wanted: set[str]) -> dict[str, str]:
    parents = {area.name: area.parent for area in areas}
    found: dict[str, str] = {}
    for area in areas:
        name: str | None = area.name
        passed: set[str] = set()
        while name is not None and name not in wanted and name not in passed:
            passed.add(name)
            name = parents.get(name)
        if name in wanted and name is not None:
            found[area.name] = name
    return found
