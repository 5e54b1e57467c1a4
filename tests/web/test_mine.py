"""Residents and firms about themselves: only their own, masked until shown, doubts and answers that clerks check."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pool_ledgers import check_digit, ledger

from conftest import PASSWORD, Office
from yici.core.access.actors import Post, Role
from yici.core.manifest import BatchFacts
from yici.services.accounts import add_account
from yici.services.ledgers import import_ledger
from yici.storage.audit import lines
from yici.storage.packs import load_registry
from yici.storage.references import references_of

YEAR = timezone.localdate().year
MOTHER, FATHER, CHILD, NEPHEW, OLD = (
    check_digit(body) for body in
    ("37098219850312122", "37098219830715451", f"370982{YEAR - 8}0101451", f"370982{YEAR - 9}0101453",
     "37098219400312123")
)  # fmt: skip
FIRM = "91371082MA3C00001R"
_HEAD = ["户编号", "与户主关系", "姓名", "公民身份号码", "监护人姓名", "健康状况", "人员类别", "村（社区）"]
_PEOPLE = [
    ["H1", "户主", "周母", MOTHER, "", "健康", "户籍人口", "柳东村"],
    ["H1", "配偶", "周父", FATHER, "", "健康", "户籍人口", "柳东村"],
    ["H1", "子", "周小宝", CHILD, "", "健康", "户籍人口", "柳东村"],
    ["H1", "其他", "吴小侄", NEPHEW, "", "健康", "户籍人口", "柳东村"],
    ["H2", "户主", "单桂兰", OLD, "", "良好", "户籍人口", "柳东村"],
]
# Links within a text are smaller than a thumb; all else is not.
TARGETS = (
    "a:not(.skip, p a, dd a, h2 a, details:not(.fold) li a), summary, button, label:has(input),"
    " input:not([type=hidden], [type=radio])"
)
# Every text that is seen, wherever on the page.
FINE_PRINT = """() => [...document.querySelectorAll('body, body *')].filter((e) => e.offsetParent !== null
  && !e.closest('.unseen') && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())
  && parseFloat(getComputedStyle(e).fontSize) < 18).map((e) => e.outerHTML.slice(0, 120))"""
SMALL = "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 59.5).map(e => e.outerHTML)"


@dataclass(frozen=True, slots=True)
class Street:
    """An office whose pool has two households; `codes` stand for its people."""

    office: Office
    codes: dict[str, str]

    def as_(self, login: str) -> Client:
        return self.office.as_(login)


@pytest.fixture
def street(office: Office, tmp_path: Path) -> Street:
    file = ledger(tmp_path / "户籍台账.xlsx", _PEOPLE, _HEAD)
    facts = BatchFacts("公安机关", date(2026, 1, 31))
    import_ledger(path=file, facts=facts, home=office.home, registry=load_registry(), actor="甲")
    for login, key in (("mother", MOTHER), ("old", OLD)):
        add_account(
            actor="甲", home=office.home, login=login, full_name=login, posts=[Post(Role.RESIDENT)],
            subject=("person", key), password=PASSWORD, today=date(2026, 1, 1),
        )  # fmt: skip
    keys = {"mother": MOTHER, "father": FATHER, "child": CHILD, "nephew": NEPHEW, "old": OLD}
    codes = references_of([*(("person", key) for key in keys.values()), ("household", "H1"), ("household", "H2")])
    named = {name: codes["person", key] for name, key in keys.items()}
    return Street(office, named | {"home": codes["household", "H1"], "other": codes["household", "H2"]})


def test_the_own_record_is_shown_masked_and_nobody_elses(street: Street) -> None:
    text = street.as_("mother").get("/mine").content.decode()
    assert "周母" in text
    assert "公安机关 2026-01-31" in text
    assert MOTHER not in text
    for name in ("周父", "吴小侄", "单桂兰"):
        assert name not in text
    assert "周小宝" in text  # Her own child, under age.


@pytest.mark.parametrize(("who", "status"), [("mother", 200), ("home", 200), ("child", 200), ("father", 404),
                                             ("nephew", 404), ("old", 404), ("other", 404)])  # fmt: skip
def test_rows_are_those_of_oneself_the_own_household_and_the_own_child(street: Street, who: str, status: int) -> None:
    client, code = street.as_("mother"), street.codes[who]
    element = "household.number" if who in ("home", "other") else "person.name"
    for path in (f"/mine/of/{code}", f"/mine/of/{code}/{element}"):
        assert client.get(path).status_code == status, path
    assert client.post(f"/mine/of/{code}/{element}/show").status_code == status
    assert client.get(f"/pool/{code}").status_code == 404


def test_a_registered_guardian_decides(street: Street, tmp_path: Path) -> None:
    rows = [["H1", "子", "周小宝", CHILD, "周父", "健康", "户籍人口", "柳东村"],
            ["H1", "其他", "吴小侄", NEPHEW, "周母", "健康", "户籍人口", "柳东村"]]  # fmt: skip
    file = ledger(tmp_path / "儿童台账.xlsx", rows, _HEAD)
    facts = BatchFacts("民政部门", date(2026, 2, 28))
    import_ledger(path=file, facts=facts, home=street.office.home, registry=load_registry(), actor="甲")
    client = street.as_("mother")
    assert client.get(f"/mine/of/{street.codes['child']}").status_code == 404
    assert client.get(f"/mine/of/{street.codes['nephew']}").status_code == 200


def test_showing_a_sensitive_value_is_noted(street: Street) -> None:
    client, code = street.as_("mother"), street.codes["mother"]
    path = f"/mine/of/{code}/person.id_number"
    assert MOTHER not in client.get(path).content.decode()
    assert MOTHER in client.post(f"{path}/show").content.decode()
    line = lines(limit=1)[0]
    assert (line.actor, line.action, line.thing, line.detail["for"]) == ("mother", "value.reveal", code, "本人查看")


def test_a_doubt_is_raised_seen_answered_and_read(street: Street) -> None:
    client, code = street.as_("mother"), street.codes["mother"]
    path = f"/mine/of/{code}/person.health_status"
    assert "没有写明疑义" in client.post(f"{path}/doubt", {"doubt": " "}).content.decode()
    assert client.post(f"{path}/doubt", {"doubt": "我有高血压"}).status_code == 302
    assert client.post(f"{path}/doubt", {"doubt": "再来一次"}).status_code == 409
    shown = client.get("/mine/doubts").content.decode()
    assert "我有高血压" in shown
    assert "待校核" in shown
    clerk = street.as_("clerk")
    number = re.search(r"/disputes/(\d+)/answer", clerk.get("/disputes").content.decode())
    assert number
    clerk.post(f"/disputes/{number[1]}/answer", {"value": "", "reason": "体检表写的是健康"})
    assert "体检表写的是健康" in client.get("/mine/doubts").content.decode()
    assert "条疑义有了答复" in client.get("/").content.decode()
    other = street.as_("old")
    assert "高血压" not in other.get("/mine/doubts").content.decode()
    assert other.post(f"/mine/doubts/{number[1]}/back").status_code == 404


def test_benefits_are_told_in_plain_words(street: Street) -> None:
    text = street.as_("old").get("/mine/policies").content.decode()
    assert "高龄津贴" in text
    assert "不用申请" in text
    assert "元/月" in text
    assert "年满80周岁" in text
    assert "还要知道：" in text
    assert "等部门登记：" in text
    assert "单桂兰" not in street.as_("mother").get("/mine/policies").content.decode()


def test_an_answer_that_decides_about_money_is_checked_by_a_clerk_first(street: Street) -> None:
    client = street.as_("old")
    asked, path = (
        "/mine/questions?of=person.annual_income",
        f"/mine/questions/{street.codes['old']}/person.annual_income",
    )
    first = client.get(asked).content.decode()
    assert path in first
    assert "村里核实后才算数" in first
    assert client.post(path, {"value": " "}).status_code == 409
    assert client.post(path, {"value": "很多"}).status_code == 409
    assert client.post(path, {"value": "2000"}).status_code == 302
    assert client.post(path, {"value": "3000"}).status_code == 409
    assert path not in client.get(asked).content.decode()
    assert "本人填报：2000" in street.as_("clerk").get("/disputes").content.decode()
    assert "还没有" in client.get(f"/mine/of/{street.codes['old']}/person.annual_income").content.decode()


def test_the_own_phone_is_taken_at_once_but_never_overwritten(street: Street) -> None:
    client, code = street.as_("old"), street.codes["old"]
    path = f"/mine/questions/{code}/person.phone"
    assert client.post(path, {"value": "123"}).status_code == 409
    assert client.post(path, {"value": "13853811001"}).status_code == 302
    shown = client.get(f"/mine/of/{code}/person.phone").content.decode()
    assert "13853811001" in shown
    assert client.post(path, {"value": "13853811009"}).status_code == 302
    assert "13853811001" in client.get(f"/mine/of/{code}/person.phone").content.decode()
    assert "13853811009" in client.get("/mine/doubts").content.decode()


def test_a_clerk_opens_an_account_at_the_counter(street: Street) -> None:
    clerk, code = street.as_("clerk"), street.codes["father"]
    path = f"/pool/{code}/counter"
    assert path in clerk.get(f"/pool/{code}").content.decode()
    refused = clerk.post(path, {"login": "zhoufu", "document": "借书证"})
    assert refused.status_code == 409
    assert "证件" in refused.content.decode()
    text = clerk.post(path, {"login": "zhoufu", "document": "居民身份证"}).content.decode()
    secret = re.search(r"<code>([^<]+)</code>", text)
    assert secret
    assert [line.action for line in lines(limit=3)][-2:] == ["account.add", "account.counter"]
    client = Client()
    assert client.post("/signin", {"login": "zhoufu", "password": secret[1]}).status_code == 302
    assert "已有账号 zhoufu" in clerk.get(path).content.decode()
    again = clerk.post(path, {"document": "户口簿"}).content.decode()
    assert secret[1] not in again
    assert client.get("/mine").status_code == 302  # The reset ended the session.
    assert clerk.post(f"/pool/{street.codes['child']}/counter", {"login": "x", "document": "户口簿"}).status_code == 409
    assert street.as_("clerk-west").get(path).status_code == 404
    assert street.as_("officer").get(path).status_code == 404


def test_no_password_of_an_office_is_given_out_at_the_counter(street: Street) -> None:
    posts = [Post(Role.RESIDENT), Post(Role.STEWARD)]
    add_account(
        actor="甲", home=street.office.home, login="zhoufu", full_name="周父", posts=posts, subject=("person", FATHER),
        password=PASSWORD, today=date(2026, 1, 1),
    )  # fmt: skip
    answer = street.as_("clerk").post(f"/pool/{street.codes['father']}/counter", {"document": "居民身份证"})
    assert answer.status_code == 409
    assert "工作岗位" in answer.content.decode()
    assert Client().post("/signin", {"login": "zhoufu", "password": PASSWORD}).status_code == 302


def test_a_resident_on_a_phone_in_the_elders_view(street: Street, browse: Callable[..., Any]) -> None:
    page = browse("old", "/", width=390)
    assert page.get_attribute("html", "data-view") == "elder"
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        own = f"/mine/of/{street.codes['old']}/person.health_status"
        for path in ("/", "/mine", own, "/mine/policies", "/mine/questions", "/mine/doubts"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
            small = page.eval_on_selector_all(TARGETS, SMALL)
            assert small == [], path
            tops = "q => document.querySelector(q).getBoundingClientRect().top"
            assert page.evaluate(tops, "main h1") < page.evaluate(tops, "nav.side"), path
            assert page.evaluate(FINE_PRINT) == [], path
