"""The accounts page: what the system administrator makes there the security administrator releases."""

from __future__ import annotations

import re
from datetime import date

from django.test import Client
from django.test.utils import override_settings

from conftest import POSTS, Office
from yici.services.accounts import add_account


def made(office: Office, path: str, **sent: str) -> str:
    """The password the system administrator is shown."""
    page = office.as_("system").post(path, sent).content.decode()
    assert "还不能登录" in page
    found = re.search(r"<code>(.+?)</code>", page)
    assert found is not None
    return found[1]


def since(page: str) -> str:
    found = re.search(r'name="since" value="(.+?)"', page)
    assert found is not None
    return found[1]


def signed(login: str, password: str) -> tuple[int, str]:
    answer = Client().post("/signin", {"login": login, "password": password})
    return answer.status_code, answer.content.decode()


def test_a_new_steward_waits_for_the_security_administrator(office: Office) -> None:
    secret = made(office, "/accounts/add", login="new", full_name="新人", role="steward")
    status, page = signed("new", secret)
    assert status == 403 and "账号待安全管理员启用" in page and "请联系安全管理员" in page
    assert "待安全管理员启用" not in signed("new", "wrong")[1]
    assert "/accounts/new/release" not in office.as_("system").get("/accounts").content.decode()
    security = office.as_("security")
    assert "个账号等您启用" in security.get("/").content.decode()
    page = security.get("/accounts").content.decode()
    assert "待启用" in page and "system 于 " in page
    assert security.post("/accounts/new/release").status_code == 409
    assert security.post("/accounts/new/release", {"since": since(page)}).status_code == 302
    assert signed("new", secret)[0] == 302


def test_whose_password_was_reset_is_told_by_whom(office: Office) -> None:
    clerk = office.as_("clerk")
    secret = made(office, "/accounts/clerk/reset")
    assert clerk.get("/").status_code == 302
    security = office.as_("security")
    seen = since(security.get("/accounts").content.decode())
    security.post("/accounts/clerk/release", {"since": seen})
    client = Client()
    client.post("/signin", {"login": "clerk", "password": secret})
    page = client.get("/password").content.decode()
    assert "您的密码由 system 于 " in page and "由 security 启用" in page


def test_not_releasing_needs_a_reason(office: Office) -> None:
    secret = made(office, "/accounts/clerk/reset")
    security = office.as_("security")
    seen = since(security.get("/accounts").content.decode())
    without = security.post("/accounts/clerk/refuse", {"since": seen})
    assert without.status_code == 409 and "没有写不启用的理由" in without.content.decode()
    assert security.post("/accounts/clerk/refuse", {"since": seen, "reason": "没有申请"}).status_code == 302
    assert "登录名或密码不对" in signed("clerk", secret)[1]
    assert "待重置密码" in security.get("/accounts").content.decode()


def test_the_demos_people_wait_for_nobody(office: Office) -> None:
    add_account(
        actor="demo", home=office.home, login="demo-clerk", full_name="王小莲", posts=[POSTS["clerk"]],
        today=date(2026, 1, 1),
    )  # fmt: skip
    with override_settings(DEMO=True):
        page = office.as_("system").post("/accounts/demo-clerk/reset").content.decode()
        assert "初始密码" in page and "还不能登录" not in page
        assert Client().post("/signin/demo", {"login": "demo-clerk"}).status_code == 302
