"""The admission review of apps: what is there already, what is forbidden, and what nobody uses."""

from __future__ import annotations

from datetime import date

import pytest

from yici.core.apps.admission import Field, Other, asleep, fields_named, review, same_function
from yici.core.apps.states import AppState, app_after, data_moved
from yici.core.errors import Conflict
from yici.storage.packs import load_registry

REGISTRY = load_registry()
OLD = Other("app", 1, "民政通", "民政局", ("低保申请", "高龄津贴申领"), fields_named(["姓名", "联系电话"], REGISTRY))
FORM = Other("form", 7, "走访表", "卫健局", (), (Field("血压"),))


def test_labels_become_elements_only_when_they_are_exactly_one() -> None:
    name, other, same = fields_named(["联系电话", "昨日血压", "手机号码"], REGISTRY)
    assert name.means == same.means == "person.phone"
    assert other == Field("昨日血压")


def test_overlap_is_told_by_fields_and_functions() -> None:
    fields = fields_named(["手机号码", "血压", "幸福指数"], REGISTRY)
    found = review("老年通", "老龄办", ["低保申请办理", "走访"], fields, [OLD, FORM])
    by_name = {one.name: one for one in found.overlaps}
    assert by_name["民政通"].functions == ("低保申请办理",)
    assert by_name["民政通"].function_share == 0.5
    assert by_name["走访表"].field_share == pytest.approx(1 / 3)
    assert found.covered == ("手机号码", "血压")
    assert found.fresh == ("幸福指数",)
    assert found.verdict == "merge"


@pytest.mark.parametrize(
    ("name", "organisation", "functions", "fields", "verdict"),
    [
        ("学习之星", "宣传部", ["每日签到"], (), "refuse"),
        ("镇事通", "柳河镇", ["办事指南"], (), "refuse"),
        ("电话簿", "老龄办", ["通讯录"], ("联系电话", "姓名"), "take"),
        ("水情", "水利局", ["水位上报"], ("水位",), "admit"),
        ("水情", "水利局", ["水位上报"], (), "admit"),
    ],
)
def test_verdicts(name: str, organisation: str, functions: list[str], fields: list[str], verdict: str) -> None:
    others = [OLD] if verdict != "take" else [Other("form", 2, "表", "某局", (), OLD.fields)]
    assert review(name, organisation, functions, fields_named(fields, REGISTRY), others).verdict == verdict


def test_functions_are_the_same_by_their_words() -> None:
    assert same_function("低保申请", "低保 申请")
    assert same_function("申请", "低保申请")
    assert not same_function("申", "低保申请")
    assert not same_function("高龄津贴", "低保申请")


@pytest.mark.parametrize(
    ("months", "admitted", "idle"),
    [
        ({}, date(2026, 1, 1), True),
        ({}, date(2026, 9, 1), False),
        ({"2026-08": 3, "2026-09": 0, "2026-10": 9}, date(2026, 1, 1), True),
        ({"2026-08": 3, "2026-09": 0, "2026-10": 10}, date(2026, 1, 1), False),
        ({"2026-10": 0}, date(2026, 1, 1), False),
        ({"2026-11": 90}, date(2026, 1, 1), True),
    ],
)
def test_an_app_nobody_uses(months: dict[str, int], admitted: date, idle: bool) -> None:
    assert bool(asleep(100, months, admitted, date(2026, 11, 25))) is idle


def test_data_is_moved_before_an_app_is_down() -> None:
    assert [one.code for one in data_moved({})] == ["not-exported", "not-imported"]
    assert [one.code for one in data_moved({"exported": "500 条"})] == ["not-imported"]
    assert not data_moved({"exported": "500 条", "imported": "ab12"})
    (left,) = data_moved({"exported": "500 条", "imported": "ab12"}, ["残疾等级"])
    assert left.code == "fields-left" and "残疾等级" in left.message
    assert not data_moved({"nothing": "只是群聊"})
    assert app_after(AppState.RETIRING, "down") is AppState.DOWN
    with pytest.raises(Conflict):
        app_after(AppState.RUNNING, "down")
