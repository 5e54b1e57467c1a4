"""Nobody learns a value that is shown masked by filtering for it; ordinary filters go on working, and are noted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pool_ledgers import EAST, fill_pool

from conftest import Office
from yici.services.accounts import grant_elements
from yici.storage import audit

NAME, NUMBER, GRADE = "person.name", "person.id_number", "person.disability_grade"


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def roster(client: Client, element: str, operator: str, value: str = "", step: str = "look") -> Any:
    return client.post("/rosters", {"of": "person", "element": [element], "operator": [operator], "value": [value],
                                    "column": [NAME], "step": step, "name": "试"})  # fmt: skip


@pytest.mark.parametrize("step", ["look", "download", "save"])
def test_a_roster_does_not_tell_a_masked_number(pool: Office, step: str) -> None:
    for operator, value in (("has", EAST[:8]), ("=", EAST), ("<>", EAST)):
        answer = roster(pool.as_("clerk"), NUMBER, operator, value, step)
        assert answer.status_code == 409, operator
        text = answer.content.decode()
        assert "“公民身份号码”对您是遮住的，不能筛选" in text
        assert "单桂兰" not in text
    asked = {"columns": [NAME], "conditions": [{"element": NUMBER, "operator": "has", "value": EAST[:8]}]}
    api = pool.as_("clerk").post("/api/rosters/preview", asked, content_type="application/json")
    assert (api.status_code, api.json()["problems"][0]["code"]) == (409, "element-masked")


@pytest.mark.parametrize(
    "question",
    [{"text": f"count(人 where 公民身份号码 like '{EAST[:8]}%')"},
     {"text": "count(人)", "where": f"公民身份号码 = '{EAST}'"},
     {"text": "count(人)", "by": "公民身份号码"},
     {"text": f"count(人 where ((公民身份号码 = '{EAST}') is null))"},
     {"text": "count(人 where 银行账号 like '62%')"},
     {"text": f"count(人 where case when 公民身份号码 = '{EAST}' then 1 else 0 end = 1)"},
     {"text": f"count(户 where count(成员 where 公民身份号码 = '{EAST}') > 0)"}],
)  # fmt: skip
def test_a_figure_does_not_tell_a_masked_number(pool: Office, question: dict[str, str]) -> None:
    answer = pool.as_("clerk").post("/figures", question)
    assert answer.status_code == 403, answer.content.decode()
    assert "对您是遮住的，不能统计" in answer.content.decode()
    api = {key: [value] if key == "by" else value for key, value in question.items()}
    told = pool.as_("clerk").post("/api/figures", api, content_type="application/json")
    assert (told.status_code, told.json()["problems"][0]["code"]) == (403, "element-masked")


def test_ordinary_filters_of_ones_own_village_work_and_are_noted(pool: Office) -> None:
    clerk = pool.as_("clerk")
    assert "单桂兰" in roster(clerk, GRADE, "=", "二级").content.decode()
    (line,) = [line for line in audit.lines() if line.action == "roster.look"]
    assert (line.detail["conditions"], line.detail["count"]) == ([GRADE], 1)
    for element, operator, value in ((NUMBER, "known", ""), ("person.phone", "=", "13900000009"),
                                     ("person.age", ">=", "60"), ("person.chronic_disease", "has", "高血压"),
                                     ("household.dibao", "=", "是")):  # fmt: skip
        assert roster(clerk, element, operator, value).status_code == 200, element
    for text in ("count(人 where 残疾等级 = '二级')", "count(人 where 公民身份号码 is null)", "avg(人.个人年收入)"):
        assert clerk.post("/figures", {"text": text}).status_code == 200, text
    noted = [line.detail["elements"] for line in audit.lines() if line.action == "figure.sensitive"]
    assert noted == [["person.disability_grade"], ["person.id_number"], ["person.annual_income"]]
    clerk.get("/figures/picture/1")
    assert len([line for line in audit.lines() if line.action == "figure.sensitive"]) == len(noted)


def test_what_is_granted_masked_is_filtered_by_who_may_have_it_shown(pool: Office) -> None:
    grant_elements(actor="甲", home=pool.home, organisation="民政局", today=date(2026, 1, 1),
                   elements=[NAME, "person.phone", "person.age", GRADE], purpose="救助")  # fmt: skip
    officer = pool.as_("officer")
    assert roster(officer, GRADE, "=", "二级").status_code == 200
    assert roster(officer, "person.age", ">=", "60").status_code == 200
    assert roster(officer, "person.phone", "has", "139").status_code == 409
    assert roster(pool.as_("leader"), GRADE, "=", "二级").status_code == 409
