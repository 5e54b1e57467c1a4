"""Signing in, being refused, timing out, and what may never happen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from conftest import PASSWORD, Office
from yici.services.auditing import audit_lines
from yici.storage.host import models
from yici.web.routes import all_routes, routes_without_rule


def test_every_route_has_a_rule(office: Office) -> None:
    assert len(list(all_routes())) > 8
    assert not routes_without_rule()


def test_whoever_has_not_signed_in_is_sent_to_do_so_and_back(office: Office) -> None:
    answer = Client().get("/accounts?x=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/signin?next=%2Faccounts%3Fx%3D1"
    signed = Client().post("/signin", {"login": "clerk", "password": PASSWORD, "next": "/accounts?x=1"})
    assert signed["Location"] == "/accounts?x=1"
    elsewhere = Client().post("/signin", {"login": "clerk", "password": PASSWORD, "next": "https://evil.example/"})
    assert elsewhere["Location"] == "/"


def test_a_fragment_leads_back_to_its_page_and_to_no_other_site(office: Office) -> None:
    told = {
        "http://testserver/pool?on=2026-01-01#found": "/signin?next=%2Fpool%3Fon%3D2026-01-01",
        "http://evil.example/pool": "/signin",
        "https://testserver/pool": "/signin",
        "javascript:alert(1)": "/signin",
        "": "/signin",
    }
    for current, back in told.items():
        answer = Client().post("/pool", {"words": "x"}, headers={"HX-Request": "true", "HX-Current-URL": current})
        assert (answer.status_code, answer["HX-Redirect"]) == (401, back), current
    # What looks like a page of ours but is an address of another is not followed after signing in.
    odd = {"HX-Request": "true", "HX-Current-URL": "http://testserver//evil.example/"}
    where = Client().post("/pool", {"words": "x"}, headers=odd)["HX-Redirect"]
    page = Client().get(where).content.decode()
    assert 'name="next" value="/"' in page or "evil.example" not in page


def test_a_first_password_must_be_changed_before_anything_else(office: Office) -> None:
    client = Client()
    client.post("/signin", {"login": "clerk", "password": PASSWORD})
    assert client.get("/")["Location"] == "/password"
    wrong = client.post("/password", {"old": PASSWORD, "new": "12345", "again": "12345"})
    assert wrong.status_code == 422
    assert "少于 12 位" in wrong.content.decode()
    new = "三只白鹭 飞过 一条河 与 山"
    assert client.post("/password", {"old": PASSWORD, "new": new, "again": new})["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_wrong_password_is_told_and_the_name_kept(office: Office) -> None:
    answer = Client().post("/signin", {"login": "clerk", "password": "wrong"})
    assert answer.status_code == 403
    assert "登录名或密码不对" in answer.content.decode()
    assert 'value="clerk"' in answer.content.decode()


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_a_session_idles_for_half_an_hour_at_most(office: Office, minutes: int, status: int) -> None:
    client = office.as_("clerk")
    session = client.session
    session["seen"] -= timedelta(minutes=minutes).total_seconds()
    session.save()
    assert client.get("/").status_code == status


def test_a_session_lasts_twelve_hours_at_most(office: Office) -> None:
    client = office.as_("clerk")
    session = client.session
    session["since"] -= timedelta(hours=12, minutes=1).total_seconds()
    session.save()
    assert client.get("/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(office: Office) -> None:
    client = office.as_("clerk")
    key = client.cookies["yici"].value
    client.post("/signout")
    client.cookies["yici"] = key
    assert client.get("/").status_code == 302
    last = audit_lines(home=office.home, limit=1)[0]
    assert (last.actor, last.action) == ("clerk", "signout")


def test_a_closed_account_is_out_at_its_next_request(office: Office) -> None:
    client = office.as_("clerk")
    assert office.as_("system").post("/accounts/clerk/close").status_code == 302
    assert client.get("/").status_code == 302


def test_what_is_not_allowed_says_so(office: Office) -> None:
    answer = office.as_("clerk").get("/accounts")
    assert answer.status_code == 403
    assert "岗位不能查看账号" in answer.content.decode()
    assert office.as_("auditor").get("/audit").status_code == 200


def test_forms_need_their_token(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/signin", {"login": "clerk", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面已经过期" in answer.content.decode()


def test_every_answer_carries_the_headers(office: Office) -> None:
    for path in ("/", "/signin", "/nowhere"):
        answer = Client().get(path)
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "no-store"


def test_the_demo_sign_in_is_shut_unless_it_is_a_demo(office: Office) -> None:
    assert Client().post("/signin/demo", {"login": "demo-clerk"}).status_code == 404


def test_english_by_switch_only(office: Office) -> None:
    client = Client(headers={"accept-language": "en"})
    assert "登录名" in client.get("/signin").content.decode()
    client.post("/preferences", {"yici-language": "en", "next": "/signin"})
    assert "Sign in" in client.get("/signin").content.decode()


def test_an_account_is_added_and_its_first_password_shown_once(office: Office) -> None:
    client = office.as_("system")
    answer = client.post("/accounts/add", {"login": "new", "full_name": "新人", "role": "clerk", "unit": "柳东村"})
    assert "初始密码" in answer.content.decode()
    bad = client.post("/accounts/add", {"login": "new", "role": "clerk"})
    assert bad.status_code == 409
    assert "已经有人用" in bad.content.decode() and "要属于一个单位" in bad.content.decode()
    assert office.as_("security").post("/accounts/add", {"login": "x", "role": "clerk"}).status_code == 403


def test_signing_in_with_a_browser(office: Office, browse: Any) -> None:
    page = browse("steward", "/")
    assert page.inner_text("h1") == "今天要做什么"
    assert not page.evaluate("document.querySelectorAll('[style]').length")


def test_what_no_browser_of_ours_sends_breaks_nothing(office: Office) -> None:
    clerk, officer = office.as_("clerk"), office.as_("officer")
    huge, odd = "9" * 30, "９" * 5000
    for path in (f"/collections/{huge}", f"/reviews/{huge}", f"/collections/{10**14}", "/pool/a%00b"):
        assert clerk.get(path).status_code in (400, 404), path
    for number in (huge, odd, "-1", "1.5", "", "\0"):
        assert clerk.get("/rosters", {"saved": number}).status_code in (200, 400), number
        answer = office.as_("leader").post("/reviews/many", {"fillings": [number], "step": "check"})
        assert answer.status_code in (400, 409), number
    assert officer.post("/collections/propose", {"name": "a\0b"}).status_code == 400
    for body in (b"\xff", b'{"submission": "device-0001", "answers": [{"filling": 1e400}]}', b"[" * 9999):
        assert clerk.generic("POST", "/fillings/answers", body, "application/json").status_code == 400
    many = b'{"submission": "device-0001", "answers": [{"filling": 99999999999999999999, "value": "x", "label": "y"}]}'
    assert clerk.generic("POST", "/fillings/answers", many, "application/json").status_code == 200
    assert clerk.generic("POST", "/fillings/answers", b" " * 6_000_000, "application/json").status_code == 400
    assert clerk.generic("POST", "/pool", b"--x", "multipart/form-data; boundary=" + "x" * 300).status_code == 400
    assert Client(headers={"host": "evil.example"}).get("/signin").status_code == 400


def _wrong(client: Client, times: int = 5) -> None:
    for _ in range(times):
        assert client.post("/signin", {"login": "clerk", "password": "wrong"}).status_code == 403


def test_a_stranger_locks_out_strangers_and_not_the_owner_at_the_own_desk(office: Office) -> None:
    right = {"login": "clerk", "password": PASSWORD}
    desk = Client()
    assert desk.post("/signin", right).status_code == 302
    desk.post("/signout")
    _wrong(Client())
    assert Client().post("/signin", right).status_code == 403
    assert desk.post("/signin", right).status_code == 302
    # Nor does the owner's sign-in give strangers their tries back.
    assert Client().post("/signin", right).status_code == 403


def test_the_own_desk_has_tries_of_its_own(office: Office) -> None:
    right = {"login": "clerk", "password": PASSWORD}
    desk = Client()
    desk.post("/signin", right)
    desk.post("/signout")
    _wrong(desk)
    assert desk.post("/signin", right).status_code == 403
    assert Client().post("/signin", right).status_code == 302


def test_a_desk_is_known_only_to_those_who_signed_in_there(office: Office) -> None:
    desk = Client()
    desk.post("/signin", {"login": "steward", "password": PASSWORD})
    desk.post("/signout")
    _wrong(desk)  # The clerk never signed in here: this is a stranger's browser, and locks as one.
    assert Client().post("/signin", {"login": "clerk", "password": PASSWORD}).status_code == 403


def test_a_desk_is_known_until_the_password_changes(office: Office) -> None:
    right = {"login": "clerk", "password": PASSWORD}
    desk = Client()
    desk.post("/signin", right)
    desk.post("/signout")
    models.Account.objects.filter(login="clerk").update(session_epoch=9)
    _wrong(Client())
    assert desk.post("/signin", right).status_code == 403


def test_a_forged_device_is_a_strangers(office: Office) -> None:
    forged = Client()
    forged.cookies["yici-device"] = "eyJkZXZpY2UiOiJ4In0:1u:x"
    _wrong(forged)
    assert Client().post("/signin", {"login": "clerk", "password": PASSWORD}).status_code == 403


def test_the_help_is_open_to_everybody_and_says_whom_to_call(office: Office) -> None:
    page = Client().get("/help").content.decode()
    assert "YICI_CONTACT" in page and "填报：只填库里没有的" in page and "看自己的信息" in page
    with override_settings(CONTACT="王主任 0631-5550000"):
        page = office.as_("clerk").get("/help").content.decode()
    assert "王主任 0631-5550000" in page and "YICI_CONTACT" not in page and "看自己的信息" not in page
    assert '<a href="/fillings">填报' in page and '<a href="/collections/propose">' not in page


def test_the_elders_view_has_three_sizes_of_letters(office: Office) -> None:
    client = Client()
    assert "yici-size" not in client.get("/signin").content.decode()
    client.post("/preferences", {"yici-view": "elder"})
    assert 'data-size="large"' in client.get("/signin").content.decode()
    client.post("/preferences", {"yici-size": "largest"})
    client.post("/preferences", {"yici-size": "odd"})
    page = client.get("/signin").content.decode()
    assert 'data-size="largest"' in page and 'value="largest" aria-pressed="true"' in page
