"""Who was refused at which door is an audit line: one at once, the others of the same minute counted, nothing told of
whom it was about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conftest import Office
from yici.core.access.actors import Actor, Post, Role
from yici.services.auditing import verify_audit
from yici.services.refusals import note_refusal, tell_counts
from yici.storage import audit
from yici.storage.audit import Wanted

AT = datetime(2026, 3, 2, 9, 30, 5, tzinfo=UTC)


def lines() -> list[tuple[str, str, dict[str, object]]]:
    found = audit.lines(wanted=Wanted(action="access.refused"))
    return [(line.actor, line.thing, dict(line.detail)) for line in found]


def test_a_refused_page_is_a_line_without_what_was_asked(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yici.web.middleware.gate.now", lambda: AT)
    officer = office.as_("officer")
    assert officer.get("/accounts").status_code == 403
    for _ in range(3):
        assert officer.get("/collections/99999?words=11010519491231002X").status_code == 404
    told = [("officer", "accounts", {"action": "account.list", "status": 403}),
            ("officer", "collection", {"action": "collection.view", "status": 404})]  # fmt: skip
    assert lines() == told
    # A page that opens, and one that does not exist, are no refusals.
    assert [officer.get(path).status_code for path in ("/", "/no-such-page")] == [200, 404]
    assert lines() == told
    # The minute over, its count is told once.
    later = AT + timedelta(minutes=1)
    assert (tell_counts(home=office.home, at=later), tell_counts(home=office.home, at=later)) == (1, 0)
    assert lines()[2:] == [("officer", "collection", {"more": 2, "minute": "2026-03-02T09:30:00+00:00"})]
    assert not verify_audit(home=office.home).broken


def test_nobody_fills_the_audit_by_trying_every_door(office: Office) -> None:
    knocker = Actor(7, "knocker", posts=(Post(Role.OFFICER, organisation="教育局"),))
    for number in range(60):
        note_refusal(actor=knocker, route=f"door-{number % 30}", action="a", status=404, at=AT)
    assert [thing for _, thing, _ in lines()] == [*(f"door-{number}" for number in range(20)), "*"]
    assert tell_counts(home=office.home, at=AT + timedelta(minutes=1)) == 21
    # All sixty are told, one way or the other.
    assert len(lines()) - 21 + sum(int(str(detail.get("more", 0))) for _, _, detail in lines()) == 60
