"""Which OpenID Connect provider signs people in, as the environment says. The settings read this."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_OWN = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider and what it knows this office as. `name` stands on the button."""

    issuer: str
    client: str
    secret: str
    name: str


def provider_of(environment: Mapping[str, str]) -> Provider | None:
    """The provider, None where no issuer is named. Raises ImproperlyConfigured for half a configuration."""
    issuer = environment.get("YICI_OIDC_ISSUER", "").rstrip("/")
    if not issuer:
        return None
    client, secret = environment.get("YICI_OIDC_CLIENT_ID", ""), environment.get("YICI_OIDC_CLIENT_SECRET", "")
    if not client or not secret:
        raise ImproperlyConfigured("YICI_OIDC_ISSUER needs YICI_OIDC_CLIENT_ID and YICI_OIDC_CLIENT_SECRET")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in _OWN:
        raise ImproperlyConfigured("YICI_OIDC_ISSUER must be an https address")
    if importlib.util.find_spec("authlib") is None:
        raise ImproperlyConfigured("YICI_OIDC_ISSUER needs: pip install 'yici[oidc]'")
    return Provider(issuer, client, secret, environment.get("YICI_OIDC_NAME", "统一身份认证"))
