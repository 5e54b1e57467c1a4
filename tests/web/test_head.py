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
            assert head.wsgi_request.method == "HEAD" and not head.content, path
            tried += 1
    assert tried > 30


def test_what_is_refused_stays_without_a_body_and_names_the_methods(office: Office) -> None:
    clerk = office.as_("clerk")
    gone = clerk.head("/rosters?saved=999999")
    assert gone.status_code == 404 and not gone.content
    assert clerk.post("/help")["Allow"] == "GET, HEAD"
