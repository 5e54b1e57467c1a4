"""Rosters by choosing conditions, within what is granted; the register of elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from openpyxl import load_workbook
from pool_ledgers import EAST, fill_pool

from conftest import Office
from yici.services.accounts import grant_elements
from yici.services.auditing import audit_lines

NAME, PHONE, NUMBER = "person.name", "person.phone", "person.id_number"


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def make(
    client: Client, conditions: list[tuple[str, str, str]], columns: list[str],
    members: Sequence[tuple[str, str, str]] = (), **more: str,
) -> Any:  # fmt: skip
    sent: dict[str, Any] = {"of": "person", "column": columns}
    for which, some in (("", conditions), ("member-", members)):
        for place, name in enumerate(("element", "operator", "value")):
            sent[which + name] = [one[place] for one in some]
    return client.post("/rosters", sent | more)


def test_one_condition_is_shown_and_more_unfold_without_a_script(pool: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/rosters", width=360, java_script_enabled=False)
    shown = page.locator(".condition:visible")
    assert shown.count() == 1
    for place, (element, value) in enumerate(((("person.age"), "60"), (NAME, "桂"))):
        shown.nth(place).locator("[name=element]").select_option(element)
        shown.nth(place).locator("[name=operator]").select_option("has" if element == NAME else ">=")
        shown.nth(place).locator("[name=value]").fill(value)
        page.locator("summary:visible", has_text="再加一个条件").click()
    assert shown.count() == 3
    # Enter looks, as it did before.
    shown.nth(1).locator("[name=value]").press("Enter")
    page.wait_for_selector("#result")
    assert "person.age >= 60" in page.inner_text(".expression") and shown.count() == 2


@pytest.mark.parametrize("path", ["/elements", "/conflicts"])
def test_rows_are_told_as_cards_on_a_phone(pool: Office, browse: Callable[..., Any], path: str) -> None:
    page = browse("steward", path, width=360)
    assert page.locator(".stacking td:visible").count()
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every(one => one.scrollWidth <= one.clientWidth)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_conditions_make_an_expression_a_preview_and_a_workbook(pool: Office) -> None:
    client = pool.as_("clerk")
    old = [("person.age", ">=", "60"), (NAME, "has", "桂")]
    text = make(client, old, [NAME, NUMBER]).content.decode()
    assert "person.age &gt;= 60" in text
    assert "年龄不小于60" in text
    assert "单桂兰" in text
    assert "符合的有 1 个" in text
    assert EAST not in text
    got = make(client, old, [NAME, NUMBER], step="download", name="老人")
    sheet = load_workbook(BytesIO(got.content)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1:] == [["序号", "姓名", "公民身份号码"], [1, "单桂兰", EAST[:6] + "********" + EAST[-4:]]]
    last = audit_lines(home=pool.home, limit=1000)[-1]
    assert (last.action, last.detail["count"]) == ("roster.download", 1)


def test_somebody_of_the_household_is_what_the_conditions_are_about(pool: Office) -> None:
    client, disabled = pool.as_("clerk"), ("person.disability_grade", "known", "")
    text = make(client, [], [NAME], members=[disabled]).content.decode()
    assert "count(household.person where not (person.disability_grade is null)) &gt;= 1" in text
    assert "本户成员数（残疾等级有记录）不小于1" in text
    # The son's household has her, and he is no other than her by what he himself is.
    assert "单桂兰" in text and "单建国" in text and "符合的有 2 个" in text
    assert "符合的有 0 个" in make(client, [], [NAME], members=[disabled], least="2").content.decode()
    sons = make(client, [(NAME, "has", "建国")], [NAME], members=[disabled]).content.decode()
    assert "符合的有 1 个" in sons and "单桂兰" not in sons
    # One and the same person must meet all.
    both = [disabled, (NAME, "has", "建国")]
    assert "符合的有 0 个" in make(client, [], [NAME], members=both).content.decode()
    households = make(client, [], ["household.head_name"], members=[disabled], of="household").content.decode()
    assert "符合的有 1 个" in households and "单桂兰" in households


def test_conditions_on_the_household_are_checked_saved_and_granted_as_the_others(pool: Office) -> None:
    client, disabled = pool.as_("clerk"), ("person.disability_grade", "known", "")
    for least in ("0", "21", "", "多"):
        assert "要填 1 到 20 的数" in make(client, [], [NAME], members=[disabled], least=least).content.decode()
    # Without a condition on members it counts nothing, and what was typed there keeps nobody from the rest.
    assert (
        'name="least" inputmode="numeric" size="3" maxlength="3" autocomplete="off" value="1"'
        in make(client, [], [NAME], least="").content.decode()
    )
    assert make(client, [], [NAME], members=[("person.age", ">=", "很老")]).status_code == 409
    make(client, [], [NAME], members=[disabled], least="1", step="save", name="有残疾人的户")
    number = client.get("/rosters").content.decode().split("?saved=")[1].split('"')[0]
    again = client.get(f"/rosters?saved={number}").content.decode()
    assert "符合的有 2 个" in again and '<details class="members" open>' in again
    told = [line for line in audit_lines(home=pool.home, limit=99) if line.action == "roster.save"]
    assert told[-1].detail["conditions"] == ["person.disability_grade"]
    grant_elements(actor="甲", home=pool.home, organisation="民政局", elements=["姓名"], purpose="低保",
                   units=None, today=date(2026, 1, 1))  # fmt: skip
    assert make(pool.as_("officer"), [], [NAME], members=[disabled]).status_code == 409
    assert make(client, [], ["enterprise.name"], members=[disabled], of="enterprise").status_code == 409


def test_only_ones_own_village_and_only_what_is_granted(pool: Office) -> None:
    every = make(pool.as_("steward"), [], [NAME]).content.decode()
    assert "赵四海" in every
    assert "赵四海" not in make(pool.as_("clerk"), [], [NAME]).content.decode()
    assert "赵四海" not in make(pool.as_("clerk"), [], [NAME], unit="柳西村").content.decode()
    assert make(pool.as_("officer"), [], [NAME]).status_code == 409
    grant_elements(actor="甲", home=pool.home, organisation="民政局", elements=["姓名"], purpose="低保",
                   units=["柳东村"], today=date(2026, 1, 1))  # fmt: skip
    officer = pool.as_("officer")
    text = make(officer, [], [NAME]).content.decode()
    assert "单桂兰" in text
    assert "赵四海" not in text
    assert make(officer, [(PHONE, "=", "13900000009")], [NAME]).status_code == 409
    assert make(officer, [], [NAME, PHONE]).status_code == 409
    assert pool.as_("auditor").get("/rosters").status_code == 403


@pytest.mark.parametrize(
    "condition",
    [("person.age", ">=", "很老"), ("person.age", "has", "8"), ("person.sex", "=", ""), ("person.sex", "=", "雄"),
     (NAME, "; drop", "x"), ("nothing", "=", "1")],
)  # fmt: skip
def test_a_condition_that_makes_no_sense_is_told(pool: Office, condition: tuple[str, str, str]) -> None:
    answer = make(pool.as_("clerk"), [condition], [NAME])
    assert answer.status_code in (409, 422)
    assert "有问题需要处理" in answer.content.decode()


def test_quotes_and_formulas_stay_text(pool: Office) -> None:
    client = pool.as_("clerk")
    assert "符合的有 0 个" in make(client, [(NAME, "=", "x' or '1'='1")], [NAME]).content.decode()
    assert make(client, [(NAME, "has", "%")], [NAME]).status_code == 409


def test_a_filter_is_saved_for_its_owner_alone(pool: Office) -> None:
    client = pool.as_("clerk")
    assert make(client, [("person.sex", "=", "男")], [NAME], step="save", name="男子").status_code == 200
    page = client.get("/rosters").content.decode()
    assert "男子" in page
    number = page.split("?saved=")[1].split('"')[0]
    assert f'/rosters/{number}/forget" data-confirm="删除后不能恢复' in page
    assert "单桂兰" in client.get(f"/rosters?saved={number}").content.decode()
    other = pool.as_("steward")
    assert other.get(f"/rosters?saved={number}").status_code == 404
    other.post(f"/rosters/{number}/forget")
    assert "男子" in client.get("/rosters").content.decode()
    client.post(f"/rosters/{number}/forget")
    assert "男子" not in client.get("/rosters").content.decode()
    told = {line.action: line for line in audit_lines(home=pool.home, limit=99) if line.actor == "clerk"}
    assert told["roster.save"].detail["conditions"] == ["person.sex"]
    assert told["roster.forget"].detail == {"number": int(number)}


def test_the_register_tells_where_elements_occur(pool: Office) -> None:
    text = pool.as_("auditor").get("/elements?q=身份证").content.decode()
    assert "公民身份号码" in text
    assert 'data-label="出现的批次">2</td>' in text
    assert "男" in pool.as_("auditor").get("/elements/codes/sex").content.decode()
    assert pool.as_("auditor").get("/elements/codes/nothing").status_code == 404


def test_rosters_and_register_are_accessible(pool: Office, browse: Callable[..., Any]) -> None:
    page = browse("clerk", "/rosters")
    for path in ("/rosters", "/elements"):
        page.goto(path)
        if path == "/rosters":
            page.click("summary:has-text('户里要有这样的人')")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
