"""HEAD passes without a CSRF token: it reads as GET does, and never does what POST does."""

from __future__ import annotations

import pytest
from django.test.utils import override_settings

from conftest import Office
from yici.web.routes import all_routes, rules_of


@pytest.mark.parametrize("login", ["clerk", "steward"])
def test_head_answers_as_get_does(office: Office, login: str) -> None:
    client, tried = office.as_(login), 0
    with override_settings(LIMITS={}):
        for path, route in all_routes():
            if "<" in path or "HEAD" not in rules_of(route.callback):
                continue
            read, head = client.get(f"/{path}"), client.head(f"/{path}")
            assert head.status_code == read.status_code, path
            tried += 1
    assert tried > 30
