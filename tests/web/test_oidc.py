"""Signing in by an OpenID Connect provider: only for accounts that exist, and for nobody who is not who he says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings
from joserfc.jwk import RSAKey
from oidc_provider import CLIENT, SECRET, Provider

from conftest import PASSWORD, Office
from yici.services.auditing import audit_lines
from yici.services.identities import tie_by_administrator
from yici.storage import models
from yici.web.oidc_settings import Provider as Configured
from yici.web.oidc_settings import provider_of


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    with override_settings(OIDC=Configured(running.issuer, CLIENT, SECRET, "全省统一认证")):
        yield running
    running.stop()


def come_back(client: Client, provider: Provider, start: str = "/signin/outside") -> Any:
    """There and back; the answer to coming back."""
    answer = client.get(start)
    assert answer.status_code == 302 and answer["Location"].startswith(provider.issuer), answer.content.decode()
    return client.get(provider.authorize(answer["Location"]))


def tied(office: Office, provider: Provider, login: str = "officer") -> None:
    tie_by_administrator(actor="甲", home=office.home, login=login, issuer=provider.issuer, subject=provider.subject)


def test_an_account_is_tied_by_its_owner_and_signs_in(office: Office, provider: Provider) -> None:
    own = {"password": PASSWORD}
    unknown = come_back(Client(), provider)
    assert unknown.status_code == 403 and "还没有绑定账号" in unknown.content.decode()
    assert models.Account.objects.count() == 10
    owner = office.as_("officer")
    assert come_back(owner, provider, "/identity/tie")["Location"] == "/identity"
    asked = owner.get("/identity").content.decode()
    assert "周敏" in asked and not models.OutsideIdentity.objects.exists()
    # Whoever finds the screen unlocked ties no identity of his own to it.
    assert owner.post("/identity/confirm").status_code == 403
    assert owner.post("/identity/confirm", {"password": "别人的密码别人的密码"}).status_code == 403
    assert not models.OutsideIdentity.objects.exists()
    assert owner.post("/identity/confirm", own).status_code == 302
    assert owner.post("/identity/confirm", own).status_code == 404
    client = Client()
    assert "全省统一认证" in client.get("/signin").content.decode()
    assert come_back(client, provider)["Location"] == "/"
    assert client.get("/api/me").json()["login"] == "officer"
    actions = [(line.actor, line.action) for line in audit_lines(home=office.home, limit=99)]
    assert {("officer", "identity.add"), ("officer", "signin"), ("?", "signin.refused")} <= set(actions)
    other = office.as_("steward")
    come_back(other, provider, "/identity/tie")
    assert other.post("/identity/confirm", own).status_code == 409
    assert owner.post("/identity/untie").status_code == 403
    assert owner.post("/identity/untie", own).status_code == 302
    assert come_back(Client(), provider).status_code == 403


def test_a_closed_or_locked_account_stays_out(office: Office, provider: Provider) -> None:
    tied(office, provider)
    for _ in range(5):
        Client().post("/signin", {"login": "officer", "password": "x"})
    assert come_back(Client(), provider).status_code == 403
    models.Account.objects.update(locked_until=None)
    assert come_back(Client(), provider).status_code == 302
    office.as_("system").post("/accounts/officer/close")
    assert come_back(Client(), provider).status_code == 403


def test_our_second_factor_is_asked_all_the_same(office: Office, provider: Provider) -> None:
    tied(office, provider)
    models.FactorRule.objects.create(role="officer", by="甲")
    client = Client()
    come_back(client, provider)
    assert client.get("/collections")["Location"] == "/second-factor"


WRONG: list[dict[str, Any]] = [
    {"nonce": "another"}, {"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1000}, {"sub": ""}, {"sub": 7},
    {"aud": "another", "azp": CLIENT},
]  # fmt: skip


def test_a_token_that_is_not_for_this_sign_in_is_refused(office: Office, provider: Provider) -> None:
    tied(office, provider)
    for wrong in WRONG:
        provider.claims = lambda claims, wrong=wrong: claims | wrong  # type: ignore[misc]
        client = Client()
        assert come_back(client, provider).status_code == 403, wrong
        assert client.get("/api/me").status_code == 401, wrong


def test_another_key_another_state_and_another_browser_are_refused(office: Office, provider: Provider) -> None:
    tied(office, provider)
    client = Client()
    there = provider.authorize(client.get("/signin/outside")["Location"])
    assert Client().get(there).status_code in (403, 404)
    assert client.get(there.split("&state=")[0] + "&state=guessed").status_code == 403
    assert client.get("/signin/outside/back?error=access_denied").status_code == 403
    assert client.get("/signin/outside/back").status_code == 403
    provider.key = RSAKey.generate_key(2048, {"kid": "1"}, private=True)
    assert come_back(Client(), provider).status_code == 403
    provider.stop()
    assert Client().get("/signin/outside").status_code in (302, 403)


def test_without_a_provider_there_is_nothing(office: Office) -> None:
    assert Client().get("/signin/outside").status_code == 404
    assert "signin/outside" not in Client().get("/signin").content.decode()
    assert provider_of({}) is None
    for half in ({}, {"YICI_OIDC_CLIENT_ID": "x"}):
        with pytest.raises(ImproperlyConfigured):
            provider_of({"YICI_OIDC_ISSUER": "https://id.example", **half})
    whole = {"YICI_OIDC_CLIENT_ID": "x", "YICI_OIDC_CLIENT_SECRET": "y"}
    with pytest.raises(ImproperlyConfigured):
        provider_of({"YICI_OIDC_ISSUER": "http://id.example", **whole})
    assert provider_of({"YICI_OIDC_ISSUER": "https://id.example/", **whole}) == Configured(
        "https://id.example", "x", "y", "统一身份认证"
    )


def test_the_provider_is_no_way_round_a_reset_that_waits_or_was_refused(office: Office, provider: Provider) -> None:
    tied(office, provider)
    office.as_("system").post("/accounts/officer/reset")
    waiting = come_back(Client(), provider)
    assert waiting.status_code == 403 and "待安全管理员启用" in waiting.content.decode()
    seen = models.Account.objects.get(login="officer").held_since.isoformat()
    office.as_("security").post("/accounts/officer/refuse", {"since": seen, "reason": "没有申请"})
    assert come_back(Client(), provider).status_code == 403
