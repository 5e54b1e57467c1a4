"""Nobody learns of one person what is not granted by asking coarse questions that differ by that one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from pool_ledgers import _HEAD, check_digit, ledger

from conftest import Office
from kept_homes import prepared
from yici.core.manifest import BatchFacts
from yici.services.ledgers import import_ledger
from yici.storage.packs import load_registry


def _row(place: int) -> list[str]:
    """Every tenth is disabled; the sexes and the villages take turns; one born each 150 days from 1930."""
    born = date(1930, 1, 5) + timedelta(days=150 * place)
    number = check_digit(f"370982{born:%Y%m%d}{100 + place:03d}")
    village = "柳东村" if place % 4 < 2 else "柳西村"
    return [f"H{place:03d}", "户主", f"单{place:03d}", number, "", "", "二级" if place % 10 == 0 else "", village]


@pytest.fixture
def many(office: Office, tmp_path: Path) -> Office:
    path = ledger(tmp_path / "残疾台账.xlsx", [_row(place) for place in range(160)], _HEAD)
    facts = BatchFacts("残联", date(2026, 3, 31))

    def bring() -> None:
        import_ledger(path=path, facts=facts, home=office.home, registry=load_registry(), actor="甲")

    prepared(office.home, "160 people", bring)
    return office


def test_probing_is_refused_whatever_the_value_is(many: Office) -> None:
    client = many.as_("officer")
    one = "年龄 between 90 and 90 and 性别 = '{}'"
    probes = [
        "出生日期 < '1950-03-07'",
        *(f"年龄 < 60 or (残疾等级 = '二级' and {one.format(sex)})" for sex in "男女"),
        *(f"年龄 < 60 or (not 残疾等级 = '二级' and {one.format(sex)})" for sex in "男女"),
        "年龄 < 60 or (残疾等级 = '二级' and 残疾等级 in ('二级') and 年龄 = 90)",
        "年龄 < 60 and not (残疾等级 = '二级' and 年龄 = 40)",
        "年龄 < 60 or (年龄 < 50 and 残疾等级 = '二级')",
    ]
    for probe in probes:
        answer = client.post("/figures", {"text": f"count(人 where {probe})"})
        assert answer.status_code == 403, probe
        assert "授权" in answer.content.decode()
    narrowed = {"text": "count(人 where 年龄 < 60)", "where": "年龄 <> 40 or 残疾等级 = '二级'"}
    assert client.post("/figures", narrowed).status_code == 403


@pytest.mark.parametrize("by", ["", "村", "性别"])
@pytest.mark.parametrize("where", ["年龄 >= 60", "性别 = '女'", "年龄 between 60 and 75", "残疾等级 = '二级'"])
def test_ordinary_questions_are_answered(many: Office, where: str, by: str) -> None:
    answer = many.as_("officer").post("/figures", {"text": f"count(人 where {where})", "by": by})
    assert answer.status_code == 200, answer.content.decode()
