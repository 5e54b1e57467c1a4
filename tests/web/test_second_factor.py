"""The second factor: set up, asked at sign-in, lost, required of a role, reset; and every way around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone
from waiting import wait_until

from conftest import PASSWORD, Office
from yici.services.auditing import audit_lines
from yici.storage import models
from yici.web.limit_table import Limit

RIGHT = {"login": "steward", "password": PASSWORD}
OWN = {"password": PASSWORD}


class Clock:
    """The moment as sign-in sees it: codes are used once, so tests step on by half minutes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = timezone.now()
        for module in (
            "yici.web.pages.factors",
            "yici.web.pages.signin",
            "yici.web.middleware.actor",
            "yici.web.requests",
        ):
            monkeypatch.setattr(f"{module}.now", self.now)

    def now(self) -> datetime:
        return self.at

    def on(self, seconds: int = 30) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def enrolled(office: Office, clock: Clock, login: str = "steward") -> tuple[pyotp.TOTP, list[str]]:
    """The app of somebody who set it up, and the recovery codes."""
    client = office.as_(login)
    client.post("/second-factor/begin")
    text = client.get("/second-factor").content.decode()
    found = re.search(r"<code>((?:[A-Z2-7]{4} ?){8})</code>", text)
    assert found and "data:image/svg+xml" in text
    totp = pyotp.TOTP(found[1].replace(" ", ""))
    assert client.post("/second-factor/confirm", OWN | {"code": "000000"}).status_code == 409
    done = client.post("/second-factor/confirm", OWN | {"code": totp.at(clock.at)}).content.decode()
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", done)
    assert len(codes) == 10
    assert codes[0] not in client.get("/second-factor").content.decode()
    clock.on()
    return totp, codes


def test_an_unlocked_screen_is_not_enough_to_set_it_up(office: Office, clock: Clock) -> None:
    client = office.as_("clerk")
    client.post("/second-factor/begin")
    found = re.search(r"<code>((?:[A-Z2-7]{4} ?){8})</code>", client.get("/second-factor").content.decode())
    assert found
    totp = pyotp.TOTP(found[1].replace(" ", ""))
    # Somebody else's phone would be asked from then on.
    assert client.post("/second-factor/confirm", {"code": totp.at(clock.at)}).status_code == 403
    assert not models.SecondFactor.objects.filter(confirmed_at__isnull=False).exists()
    assert "factor.begin" in {line.action for line in audit_lines(home=office.home, limit=9)}


def test_a_code_is_asked_and_used_once(office: Office, clock: Clock) -> None:
    totp, codes = enrolled(office, clock)
    client = Client()
    assert client.post("/signin", {**RIGHT, "next": "/elements"})["Location"] == "/signin/code"
    assert client.get("/elements").status_code == 302
    assert client.get("/api/me").status_code == 401
    code = totp.at(clock.at)
    assert client.post("/signin/code", {"code": "12345"}).status_code == 403
    assert client.post("/signin/code", {"code": f"{code[:3]} {code[3:]}"})["Location"] == "/elements"
    again = Client()
    again.post("/signin", RIGHT)
    assert again.post("/signin/code", {"code": code}).status_code == 403
    clock.on()
    assert again.post("/signin/code", {"code": totp.at(clock.at - timedelta(seconds=30))}).status_code == 403
    assert again.post("/signin/code", {"code": totp.at(clock.at)}).status_code == 302
    actions = [line.action for line in audit_lines(home=office.home, limit=99) if line.actor == "steward"]
    assert {"factor.add", "signin.half", "signin", "signin.refused"} <= set(actions)
    kept = repr(audit_lines(home=office.home, limit=99)) + repr(list(models.SecondFactor.objects.values()))
    assert totp.secret not in kept and codes[0] not in repr(list(models.RecoveryCode.objects.values()))


def test_a_recovery_code_opens_once(office: Office, clock: Clock) -> None:
    _, codes = enrolled(office, clock)
    first, second = Client(), Client()
    for client in (first, second):
        client.post("/signin", RIGHT)
    assert first.post("/signin/code", {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert second.post("/signin/code", {"code": codes[3]}).status_code == 403


def test_wrong_codes_lock_the_account_and_the_password_sets_no_count_back(office: Office, clock: Clock) -> None:
    totp, _ = enrolled(office, clock)
    for _ in range(5):
        client = Client()
        assert client.post("/signin", RIGHT).status_code == 302
        assert client.post("/signin/code", {"code": "000000"}).status_code == 403
    assert Client().post("/signin", RIGHT).status_code == 403
    assert client.post("/signin/code", {"code": totp.at(clock.at)}).status_code == 403
    clock.on(16 * 60)
    late = Client()
    late.post("/signin", RIGHT)
    assert late.post("/signin/code", {"code": totp.at(clock.at)}).status_code == 302


def test_codes_cannot_be_tried_without_end(office: Office, clock: Clock) -> None:
    totp, _ = enrolled(office, clock)
    client = Client()
    client.post("/signin", RIGHT)
    client.post("/signin/code", {"code": totp.at(clock.at)})
    steps = [client.post(f"/second-factor/{step}", OWN | {"code": "1"}).status_code for step in ("codes", "remove") * 6]
    assert steps[0] == 403 and steps[-1] == 429
    assert audit_lines(home=office.home, limit=2)[0].action == "proof.refused"
    assert models.DeviceTries.objects.get(account__login="steward").locked_until  # Wrong codes lock here too.
    limits = settings.LIMITS | {"signin": Limit(2, 100, 900)}
    with override_settings(LIMITS=limits):
        half = Client()
        half.post("/signin", RIGHT)
        tried = [half.post("/signin/code", {"code": "1", "login": f"x{n}"}).status_code for n in range(3)]
    assert tried == [403, 403, 429]


def test_half_a_sign_in_lasts_five_minutes(office: Office, clock: Clock) -> None:
    totp, _ = enrolled(office, clock)
    client = Client()
    assert client.post("/signin/code", {"code": totp.at(clock.at)})["Location"] == "/signin"
    client.post("/signin", RIGHT)
    clock.on(301)
    assert client.post("/signin/code", {"code": totp.at(clock.at)})["Location"] == "/signin"


def test_a_role_must_have_one(office: Office, clock: Clock) -> None:
    security, steward = office.as_("security"), office.as_("steward")
    assert office.as_("system").get("/second-factor/rules").status_code == 403
    assert security.post("/second-factor/rules", {"roles": ["steward", "resident", "x"]}).status_code == 302
    assert [row.role for row in models.FactorRule.objects.all()] == ["steward"]
    assert steward.get("/elements").status_code == 302
    client = office.as_("steward")
    assert client.get("/elements")["Location"] == "/second-factor"
    assert client.get("/api/units").json()["problems"][0]["code"] == "factor-needed"
    totp, _ = enrolled(office, clock)
    again = Client()
    again.post("/signin", RIGHT)
    again.post("/signin/code", {"code": totp.at(clock.at)})
    clock.on()
    assert again.post("/second-factor/remove", OWN | {"code": totp.at(clock.at)}).status_code in (302, 409)
    assert models.SecondFactor.objects.count() == 1
    assert office.as_("clerk").get("/elements").status_code == 200


def test_it_is_given_up_with_a_code_and_reset_by_the_security_administrator(office: Office, clock: Clock) -> None:
    totp, codes = enrolled(office, clock, "clerk")
    client = Client()
    client.post("/signin", {"login": "clerk", "password": PASSWORD})
    client.post("/signin/code", {"code": totp.at(clock.at)})
    session = client.session
    session["must_change"] = False
    session.save()
    clock.on()
    assert client.post("/second-factor/codes", OWN | {"code": "1"}).status_code == 403
    for step in ("codes", "remove"):
        assert client.post(f"/second-factor/{step}", {"code": totp.at(clock.at)}).status_code == 403
    fresh = client.post("/second-factor/codes", OWN | {"code": totp.at(clock.at)}).content.decode()
    assert "备用码（只显示这一次）" in fresh and codes[0] not in fresh
    clock.on()
    assert client.post("/second-factor/remove", OWN | {"code": totp.at(clock.at)}).status_code == 200
    assert models.SecondFactor.objects.count() == models.RecoveryCode.objects.count() == 0
    enrolled(office, clock)
    assert office.as_("system").post("/second-factor/reset/steward").status_code == 403
    assert office.as_("security").post("/second-factor/reset/steward").status_code == 302
    assert office.as_("security").post("/second-factor/reset/steward").status_code == 404
    assert Client().post("/signin", RIGHT)["Location"] == "/"


def test_setting_it_up_in_a_browser(office: Office, browse: Callable[..., Any]) -> None:
    page = browse("officer", "/second-factor", width=390)
    page.click("text=开始设置")
    page.wait_for_selector(".enrol img")
    wait_until(page, "document.querySelector('.enrol img').naturalWidth > 100")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
