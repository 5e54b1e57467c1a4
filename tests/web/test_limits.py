"""Rate limits: for accounts and addresses, over several processes, told with a time to wait; reading costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from api_client import System
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pool_ledgers import EAST, fill_pool

from conftest import PASSWORD, Office
from yici.services import limits
from yici.services.auditing import audit_lines
from yici.services.limits import Budget, seconds_to_wait
from yici.storage import models
from yici.storage.references import references_of
from yici.web.limit_table import DEFAULTS, Limit, limits_of


@contextmanager
def limited(**wanted: Limit) -> Iterator[None]:
    with override_settings(LIMITS={**DEFAULTS, **wanted}):
        yield


def test_searching_too_often_is_told_with_a_time_to_wait(office: Office) -> None:
    clerk, other = office.as_("clerk"), office.as_("clerk-west")
    with limited(search=Limit(3, 100, 600)):
        statuses = [clerk.post("/pool", {"words": "单"}).status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        answer = clerk.post("/pool", {"words": "单"})
        assert "操作太频繁" in answer.content.decode() and 0 < int(answer["Retry-After"]) <= 601
        fragment = clerk.post("/pool", {"words": "单"}, headers={"HX-Request": "true"})
        assert (fragment.status_code, fragment["HX-Retarget"]) == (429, "#problems")
        assert clerk.get("/pool").status_code == 200
        assert other.post("/pool", {"words": "单"}).status_code == 200
    told = [line for line in audit_lines(home=office.home, limit=99) if line.action == "limit.reached"]
    assert [(line.actor, line.thing) for line in told] == [("clerk", "search")]


def test_an_address_is_limited_over_all_its_accounts(office: Office) -> None:
    clerk, other = office.as_("clerk"), office.as_("clerk-west")
    with limited(search=Limit(100, 3, 600)):
        assert [c.post("/pool", {"words": "单"}).status_code for c in (clerk, other, clerk)] == [200] * 3
        assert other.post("/pool", {"words": "单"}).status_code == 429
        assert other.post("/pool", {"words": "单"}, REMOTE_ADDR="10.1.1.1").status_code == 200
        # What the sender says of where it comes from does not count.
        forged = {"x-forwarded-for": "10.9.9.9"}
        assert other.post("/pool", {"words": "单"}, headers=forged).status_code == 429
        with override_settings(PROXIES=1):
            assert (
                other.post("/pool", {"words": "单"}, headers={"x-forwarded-for": "1.1.1.1, 10.9.9.9"}).status_code
                == 200
            )


def test_an_ipv6_network_counts_as_one_address(office: Office) -> None:
    with limited(signin=Limit(100, 2, 600)):
        tried = [
            Client().post("/signin", {"login": "clerk", "password": "x"}, REMOTE_ADDR=f"2001:db8::{n}").status_code
            for n in range(3)
        ]
    assert tried == [403, 403, 429]


def test_an_ipv4_address_is_itself_however_the_server_listens(office: Office) -> None:
    with limited(signin=Limit(100, 2, 600)):
        tried = [
            Client().post("/signin", {"login": "clerk", "password": "x"}, REMOTE_ADDR=f"::ffff:10.0.0.{n}").status_code
            for n in range(3)
        ]
    assert tried == [403, 403, 403]


def test_signing_in_is_limited_without_keeping_others_out(office: Office) -> None:
    with limited(signin=Limit(3, 100, 600)):
        tried = [Client().post("/signin", {"login": "clerk", "password": "x"}).status_code for _ in range(4)]
        assert tried == [403, 403, 403, 429]
        right = {"login": "clerk", "password": PASSWORD}
        assert Client().post("/signin", right, REMOTE_ADDR="10.1.1.1").status_code == 302
        assert Client().post("/signin", {"login": "officer", "password": PASSWORD}).status_code == 302


def test_reveals_uploads_answers_and_the_api_have_limits_of_their_own(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    code = references_of([("person", EAST)])["person", EAST]
    clerk, system = office.as_("clerk"), System(office, "clerk")
    once = Limit(1, 100, 600)
    with limited(reveal=once, uploads=once, answers=once):
        for path, sent in (
            (f"/pool/{code}/person.id_number/reveal", {"for": "核对信息"}), ("/imports", {}), ("/fillings/answers", {}),
        ):  # fmt: skip
            assert clerk.post(path, sent).status_code != 429, path
            assert clerk.post(path, sent).status_code == 429, path
        # The same account over the API has the same budget.
        problem = system.post(f"subjects/{code}/values/person.id_number/reveal", {"purpose": "核对信息"}, 429)[
            "problems"
        ]
        assert problem[0]["code"] == "too-many-requests"
    with limited(api=Limit(2, 100, 600)):
        assert [system.client.get("/api/me").status_code for _ in range(3)] == [200, 200, 429]


def test_several_processes_share_a_limit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    budget, passed = Budget("试", "@甲", 200, 60), 0
    processes = [limits._Lots() for _ in range(3)]
    for number in range(300):
        monkeypatch.setattr(limits, "_lots", processes[number % 3])
        passed += not seconds_to_wait(home=office.home, budgets=[budget], at=1000.0)
    assert 200 - 3 * 4 <= passed <= 200
    assert seconds_to_wait(home=office.home, budgets=[budget], at=1000.0) == 21
    assert seconds_to_wait(home=office.home, budgets=[budget], at=1020.0) == 0
    assert models.RateCount.objects.filter(starts__lt=1020).count() == 0


def test_reading_writes_nothing_and_counting_writes_seldom(office: Office) -> None:
    system, client = System(office, "steward"), office.as_("steward")
    system.get("me")
    client.get("/elements")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/elements")
    assert not [q for q in queries.captured_queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    with CaptureQueriesContext(connection) as queries:
        for _ in range(24):
            system.get("me")
    assert len([q for q in queries.captured_queries if q["sql"].startswith("INSERT")]) <= 4


def test_an_office_changes_its_limits() -> None:
    found = limits_of("search=30/600/60, api=off")
    assert found["search"] == Limit(30, 600, 60) and "api" not in found
    for text in ("search=30", "serch=1/1/1", "search=0/1/1", "search=a/b/c"):
        with pytest.raises(ImproperlyConfigured):
            limits_of(text)
