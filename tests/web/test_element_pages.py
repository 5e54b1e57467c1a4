"""The steward's page that makes what forms ask for and the register lacks into an element."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from collecting_office import LEGAL, blank_form, stock

from conftest import Office
from yici.core.access.actors import Actor, Post, Role
from yici.services.collecting.proposals import Proposal, propose
from yici.storage.packs import load_registry


@pytest.fixture
def asking(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office in which a form is proposed that asks for what the register lacks."""
    monkeypatch.setenv("YICI_HOME", str(office.home))
    stock(office, tmp_path)
    told = Proposal(**LEGAL | {"valid_until": date(2099, 1, 1)})  # type: ignore[arg-type]
    officer = Actor(1, "officer", posts=(Post(Role.OFFICER, organisation="民政局"),))
    propose(actor=officer, home=office.home, file=blank_form(tmp_path, "爱好特长"), proposal=told)
    return office


def test_the_steward_makes_a_word_of_a_form_an_element(asking: Office, browse: Callable[..., Any]) -> None:
    page = browse("steward", "/elements", width=360)
    page.get_by_role("link", name="登记数据元").click()
    page.get_by_role("link", name="登记 爱好特长").click()
    assert page.get_by_label("是谁的数据").input_value() == "person"
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("值是什么").select_option("text")
    page.get_by_label("数源部门").fill("民政部门")
    page.get_by_label("定义").fill("本人自述的爱好和特长")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/elements?q=*")
    assert "已登记“爱好特长”" in page.content()
    assert "本地登记" in page.content()
    assert load_registry().element("爱好特长").subject == "person"
    page.goto(page.url.partition("?")[0] + "/new")
    assert "表上要的，目录里都有" in page.content()


def test_what_is_wrong_is_told_and_what_was_typed_stays(asking: Office) -> None:
    client = asking.as_("steward")
    answer = client.post("/elements/new", {"word": "爱好特长", "name": "联系电话", "subject": "person", "kind": "code",
                                           "definition": "试", "options": "甲", "future": "1"})  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 409
    for words in ("没有写数源部门", "选项要 2 到 60 个", "已经是数据元“联系电话”的名称或别名", 'value="联系电话"'):
        assert words in text
    assert not (asking.home / "packs").exists() or not list((asking.home / "packs").rglob("*.csv"))


def test_only_the_steward_is_shown_the_way(asking: Office) -> None:
    assert "/elements/new" in asking.as_("steward").get("/elements").content.decode()
    for login in ("clerk", "officer", "auditor"):
        client = asking.as_(login)
        assert "/elements/new" not in client.get("/elements").content.decode()
        assert client.get("/elements/new").status_code == 403
        assert client.post("/elements/new", {"name": "爱好特长"}).status_code == 403
