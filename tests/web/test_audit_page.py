"""The audit on its page and through the API: who watches over it has no part in what is known of people."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from api_client import System
from django.utils import timezone
from pool_ledgers import EAST, SON, fill_pool
from test_collecting_journey import published

from conftest import Office
from yici.services.auditing import audit_lines, last_check, verify_audit
from yici.services.jobs.worker import work_off
from yici.storage.host import models
from yici.storage.judgements import DIFFERENT, add_judgement
from yici.storage.references import references_of


def test_no_number_and_no_value_of_anybody_is_told(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    code = references_of([("person", EAST)])["person", EAST]
    changed = office.as_("clerk").post(f"/pool/{code}/person.phone/edit", {"value": "13811112222"})
    assert changed.status_code == 200
    add_judgement(subject="person", left=EAST, right=SON, verdict=DIFFERENT, reason="单桂兰是母亲", actor="clerk")
    page = office.as_("auditor").get("/audit").content.decode()
    lines = System(office, "auditor").get("audit", limit=10)
    for word in (EAST, SON, "13811112222", "单桂兰"):
        assert word not in page and word not in str(lines), word
    entry = next(line for line in lines if line["action"] == "entry.add")
    assert entry["thing"] == "*" * 14 + EAST[-4:]
    assert (entry["detail"]["element"], entry["detail"]["value"]) == ("person.phone", "＊＊＊")
    # What is hashed stays as it was written.
    assert verify_audit(home=office.home).broken == ()
    assert EAST in {line.thing for line in audit_lines(home=office.home, limit=10)}


def test_things_are_told_in_words_where_they_are_known(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    filling = models.Filling.objects.get(unit="柳东村")
    assert office.as_("clerk").post(f"/fillings/{filling.pk}/submit").status_code == 302
    assert office.as_("clerk").get("/accounts").status_code == 403
    page = office.as_("auditor").get("/audit").content.decode()
    name, batch = filling.collection.name, models.Batch.objects.order_by("seq")[0]
    assert f"<td>{name} <small>{filling.collection_id}</small></td>" in page
    assert f"<td>{name} · 柳东村 <small>{filling.pk}</small></td>" in page
    # Of a refused page the name of the page is told, and what is signed in to is an account.
    assert "<td>账号 <small>accounts</small></td>" in page and "<td>账号 <small>account</small></td>" in page
    assert batch.file_name in page and batch.content[:12] in page and batch.content not in page


def test_the_chain_is_checked_at_the_press_of_a_button(office: Office) -> None:
    auditor = office.as_("auditor")
    home, page = (auditor.get(path).content.decode() for path in ("/", "/audit"))
    assert "上次核验审计链" in home and "从未" in home and "审计链从未核验过" in page
    # Looking at the page checks nothing.
    assert "审计链从未核验过" in auditor.get("/audit").content.decode()
    assert auditor.post("/audit/check").status_code == 302
    page = auditor.get("/audit").content.decode()
    assert "审计链完整" in page and "auditor" in page
    assert "完整，共" in auditor.get("/").content.decode()
    assert "上次备份" not in auditor.get("/").content.decode()
    system = office.as_("system").get("/").content.decode()
    assert "上次备份" in system and "从未" in system and "上次核验审计链" not in system
    models.AuditLine.objects.filter(seq=2).update(thing="another")
    auditor.post("/audit/check")
    assert "从第 2 条起对不上" in auditor.get("/audit").content.decode()
    assert "从第 2 条起对不上" in office.as_("audit").get("/").content.decode()


def test_a_long_chain_is_checked_in_the_background(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    monkeypatch.setattr("yici.services.auditing.LARGE_AUDIT_LINES", 0)
    auditor = office.as_("auditor")
    where = auditor.post("/audit/check")["Location"]
    assert where.startswith("/jobs/") and last_check() is None
    work_off(office.home)
    checked = last_check()
    assert checked is not None and checked.by == "auditor" and not checked.broken
    assert "审计链完整，共" in auditor.get(where).content.decode()


def rows(page: str) -> list[str]:
    """The lines a page shows, each as its HTML."""
    return page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:] if "<tbody>" in page else []


def test_lines_are_looked_for_by_who_what_and_day(office: Office) -> None:
    office.as_("clerk").post("/signout")
    office.as_("officer").post("/signout")
    auditor = office.as_("auditor")
    found = rows(auditor.get("/audit", {"what": "signout"}).content.decode())
    assert len(found) == 2 and "officer" in found[0] and "clerk" in found[1]
    assert len(rows(auditor.get("/audit", {"what": "signout", "who": "clerk"}).content.decode())) == 1
    today = timezone.localdate()
    asked = {"what": "signout", "since": today.isoformat(), "until": today.isoformat()}
    assert len(rows(auditor.get("/audit", asked).content.decode())) == 2
    earlier = auditor.get("/audit", {"until": (today - timedelta(days=1)).isoformat()}).content.decode()
    assert not rows(earlier) and "没有这样的审计记录" in earlier
    assert not rows(auditor.get("/audit", {"since": (today + timedelta(days=1)).isoformat()}).content.decode())
    wrong = auditor.get("/audit", {"since": "昨天"})
    assert wrong.status_code == 422 and "日期没有写对" in wrong.content.decode()


def test_earlier_lines_are_a_page_away(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yici.web.pages.audit._SHOWN", 4)
    auditor = office.as_("auditor")
    seen, address = [], "/audit?what=account.add"
    while address:
        page = auditor.get(address).content.decode()
        seen += [int(row.split(">")[1].split("<")[0]) for row in rows(page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/audit" + following[1].replace("&amp;", "&") if following else ""
    made = [line.seq for line in audit_lines(home=office.home, limit=999) if line.action == "account.add"]
    assert seen == made[::-1] and len(made) > 4
