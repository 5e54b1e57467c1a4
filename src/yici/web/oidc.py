"""OpenID Connect: to the provider and back, with state, nonce and PKCE, by Authlib."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse

from yici.core.errors import Problem, Refused
from yici.web.oidc_settings import Provider

_SECONDS = 10
_log = logging.getLogger("yici.web")
# Only signatures with the provider's own key: never "none", never one that our secret could make, too.
_SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_FAILED = Problem("oidc-failed", "统一身份认证没有成功。", "请再试一次；仍不行请用密码登录，并告诉系统管理员。")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it is: `subject` never changes, `name` is for people to recognise."""

    issuer: str
    subject: str
    name: str


def go(request: HttpRequest, provider: Provider, back: str) -> HttpResponse:
    """Send the browser to the provider; it comes back to the address `back`. Raises Refused."""
    try:
        answer: HttpResponse = _app(provider).authorize_redirect(request, back)
    except _errors() as error:
        raise _failed(error) from error
    return answer


def come_back(request: HttpRequest, provider: Provider) -> Identity:
    """Who came back: state, PKCE, signature, issuer, audience, nonce and time were checked. Raises Refused."""
    try:
        app = _app(provider)
        # Authlib alone takes a token made for somebody else when it says that we asked for it (`azp`).
        expected = {
            "iss": {"essential": True, "value": app.load_server_metadata()["issuer"]},
            "aud": {"essential": True, "value": provider.client},
        }
        token = app.authorize_access_token(request, claims_options=expected)
        claims: dict[str, Any] = token.get("userinfo") or {}
    except _errors() as error:
        raise _failed(error) from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise Refused(_FAILED)
    name = claims.get("preferred_username") or claims.get("name") or subject
    return Identity(provider.issuer, subject, str(name)[:100])


@lru_cache(maxsize=4)
def _app(provider: Provider) -> Any:
    # Authlib is an optional package: it is loaded only where a provider was configured.
    from authlib.integrations.django_client import OAuth

    app = OAuth().register(
        "oidc", client_id=provider.client, client_secret=provider.secret,
        server_metadata_url=f"{provider.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "default_timeout": _SECONDS},
    )  # fmt: skip
    metadata = app.load_server_metadata()
    if str(metadata.get("issuer", "")).rstrip("/") != provider.issuer:
        raise ValueError("the provider calls itself otherwise")
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in _SIGNED]
    return app


def _failed(error: Exception) -> Refused:
    """What people are told; the kind of the error goes to the log, never its text, which may hold codes."""
    _log.warning("OpenID Connect: %s", type(error).__name__)
    return Refused(_FAILED)


def _errors() -> tuple[type[Exception], ...]:
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    return (AuthlibBaseError, JoseError, RequestException, ValueError, RuntimeError, KeyError)
