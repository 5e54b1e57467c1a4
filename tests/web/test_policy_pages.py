"""Policies on screen: what they say, whom of one's own units they fit, nothing about what is not granted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from access_office import acting
from axe_playwright_python.sync_playwright import Axe
from pool_ledgers import EAST, WEST, fill_pool

from conftest import Office
from yici.core.errors import Refused
from yici.services import policy_pages
from yici.services.jobs.catalogue import KINDS
from yici.services.jobs.kinds import Work
from yici.services.jobs.worker import work_off
from yici.services.policies import policies_of
from yici.services.records import edit_subject
from yici.storage import audit
from yici.storage.references import references_of


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def old_age() -> str:
    return next(p.id for p in policies_of() if "高龄" in p.title and p.subject == "person")


def test_the_list_and_every_policy_can_be_read(pool: Office) -> None:
    client = pool.as_("auditor")
    assert old_age() in client.get("/policies").content.decode()
    for policy in policies_of():
        answer = client.get(f"/policies/{policy.id}?match=1")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert policy.issuer in text
        assert '<dl class="numbers">' not in text
    assert client.get("/policies/nothing").status_code == 404


@pytest.mark.parametrize(("login", "sees", "not_sees"), [("clerk", "单桂兰", "赵四海"), ("clerk-west", "", "单桂兰")])
def test_matching_lists_only_ones_own_people(pool: Office, login: str, sees: str, not_sees: str) -> None:
    text = pool.as_(login).get(f"/policies/{old_age()}?match=1").content.decode()
    assert '<dl class="numbers">' in text
    assert sees in text
    assert not_sees not in text
    assert EAST not in text


def test_who_has_no_grant_sees_no_match(pool: Office) -> None:
    for login in ("leader", "officer"):
        text = pool.as_(login).get(f"/policies/{old_age()}?match=1").content.decode()
        assert '<dl class="numbers">' not in text
        assert "notice warning" in text
        work = Work(
            acting(login), pool.home, {"policy": old_age()}, pool.home, date(2026, 11, 25), True, lambda *_: None
        )
        with pytest.raises(Refused, match="授权"):
            KINDS["match"].run(work)
        assert not (pool.home / "名单.xlsx").exists()


def test_of_many_people_changes_are_looked_for_in_the_background(pool: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(pool.home))
    monkeypatch.setattr(policy_pages, "LARGE_MATCH_PEOPLE", 1)
    steward, where = pool.as_("steward"), f"/policies/{old_age()}"
    assert f"{where}/record" in steward.get(f"{where}/work").content.decode()
    job = steward.post(f"{where}/record")["Location"]
    assert steward.post(f"{where}/record")["Location"] == job
    work_off(pool.home)
    page = steward.get(job).content.decode()
    assert "处变化" in page and f"{where}/work" in page


def test_who_fits_a_policy_is_told_with_an_audit_line(pool: Office) -> None:
    client, policy = pool.as_("clerk"), old_age()
    for path in (f"/policies/{policy}?match=1", f"/policies/{policy}/work", f"/api/policies/{policy}/match"):
        before = len(audit.lines())
        assert client.get(path).status_code == 200
        assert [(one.action, one.thing) for one in audit.lines()[before:]] == [("policy.list", policy)], path


def test_all_policies_of_one_person(pool: Office, browse: Callable[..., Any]) -> None:
    codes = references_of([("person", EAST), ("person", WEST)])
    east, west = codes["person", EAST], codes["person", WEST]
    client = pool.as_("clerk")
    assert old_age() in client.get(f"/policies/of/{east}").content.decode()
    assert client.get(f"/policies/of/{west}").status_code == 404
    assert pool.as_("auditor").get(f"/policies/of/{east}").status_code == 404
    page = browse("clerk", "/policies", width=390)
    for path in ("/policies", f"/policies/{old_age()}?match=1", f"/policies/of/{east}"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_a_policy_leaves_to_do(pool: Office, browse: Callable[..., Any]) -> None:
    where = f"/policies/{old_age()}/work"
    steward, clerk = pool.as_("steward"), pool.as_("clerk")
    assert clerk.post(f"/policies/{old_age()}/record").status_code == 403
    assert "还没有查过变化" in steward.get(where).content.decode()
    assert steward.post(f"/policies/{old_age()}/record").status_code == 302
    page = steward.get(where).content.decode()
    assert "没有变化" in page
    assert "柳东村" in page
    assert "柳西村" in page
    mine = clerk.get(where).content.decode()
    assert "柳西村" not in mine.split("<main")[1]
    edit_subject(home=pool.home, key=EAST, values={"人员类别": "户籍人口"}, by="甲", as_of=date(2026, 4, 1))
    assert steward.post(f"/policies/{old_age()}/record").status_code == 302
    changed = clerk.get(where).content.decode()
    assert "新符合" in changed
    assert "单桂兰" in changed
    assert "单桂兰" not in pool.as_("clerk-west").get(where).content.decode()
    for login in ("leader", "officer"):
        text = pool.as_(login).get(where).content.decode()
        assert "少于5" in text
        assert "赵四海" not in text
        assert EAST not in text
    shown = browse("steward", where, width=360)
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_questions_of_a_policy_are_those_of_ones_own_units(pool: Office) -> None:
    asked = [p.id for p in policies_of() if p.subject == "person"]
    clerk = pool.as_("clerk")
    pages = (clerk.get(f"/policies/{name}/work").content.decode() for name in asked)
    text = next(page for page in pages if "问到就能定的" in page)
    assert "赵四海" not in text
