"""What the first pages say of a collection that is late, and of one that may be closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from test_collecting_journey import published

from conftest import Office
from yici.storage import models


def test_late_units_and_what_may_be_closed_are_on_the_first_page(office: Office, tmp_path: Path) -> None:
    where = published(office, tmp_path)
    officer, clerk = office.as_("officer"), office.as_("clerk")
    assert "逾期" not in officer.get("/").content.decode() + clerk.get("/").content.decode()
    models.Collection.objects.update(due=date(2026, 1, 5))
    seen = officer.get("/").content.decode()
    assert "项填报逾期没有报送" in seen and "涉及 2 个单位，请催报" in seen and f'href="{where}"' in seen
    assert "其中 1 张逾期" in clerk.get("/").content.decode()
    assert ">逾期</span>" in clerk.get("/fillings").content.decode()
    assert "逾期" not in office.as_("officer-health").get("/").content.decode()
    models.Filling.objects.update(state="accepted")
    seen = officer.get("/").content.decode()
    assert "个采集任务已全部通过，可以结束" in seen and "逾期" not in seen


def test_a_returned_form_says_so_and_why(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    clerk, leader = office.as_("clerk"), office.as_("leader")
    own = models.Filling.objects.get(unit="柳东村").pk
    clerk.post(f"/fillings/{own}/submit")
    assert "张表等您填报" not in clerk.get("/").content.decode()
    leader.post(f"/reviews/{own}/step", {"step": "return", "remark": "联系电话请补齐再报"})
    first, forms = clerk.get("/").content.decode(), clerk.get("/fillings").content.decode()
    assert "张表被退回，请更正后再报送" in first and "张表等您填报" not in first
    assert "<b>退回意见</b> 联系电话请补齐再报" in forms
    clerk.post(f"/fillings/{own}/submit")
    assert "联系电话请补齐再报" not in clerk.get("/fillings").content.decode()


def test_what_comes_back_stands_above_why_it_was_admitted(office: Office, tmp_path: Path) -> None:
    page = office.as_("officer").get(published(office, tmp_path)).content.decode()
    assert 0 < page.index("各单位填报") < page.index("准入评审报告")


@pytest.mark.parametrize(
    ("login", "words", "start"),
    [
        ("leader", "没有超过期限还没报的表", "填表负担"),
        ("auditor", "没有要处理的账号、授权或审计事项", "审计记录"),
        ("clerk", "库里有的不会再问您", "来表即填"),
    ],
)
def test_when_nothing_waits_the_page_says_what_would_stand_there(
    office: Office, login: str, words: str, start: str
) -> None:
    page = office.as_(login).get("/").content.decode()
    assert words in page
    assert start in page
