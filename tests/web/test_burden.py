"""The burden meter on screen, and what people say without a name was asked again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from collecting_office import LEGAL, blank_form, stock
from django.core.management import call_command

from conftest import Office
from kept_homes import prepared
from yici.core.periods import around
from yici.services import asked_again
from yici.services.burden import Scope, demands_in, meter
from yici.storage import asked_again as rows
from yici.storage import audit, collections
from yici.web.requests import today


@pytest.fixture
def asked(office: Office, tmp_path: Path) -> Office:
    """Two forms that both ask for the telephone number; the first was sent out to two villages."""
    prepared(office.home, "asked for the telephone twice", lambda: _ask(office, tmp_path))
    return office


def _ask(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    officer, steward = office.as_("officer"), office.as_("steward")
    for name in ("老年人走访", "老年人体检"):
        with blank_form(tmp_path, "联系电话", "血型").open("rb") as file:
            where = officer.post("/collections/propose", {**LEGAL, "name": name, "file": file})["Location"]
        assert steward.post(f"{where}/decide", {"step": "approve"}).status_code == 302
        sent = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"}
        if name == "老年人走访":
            assert officer.post(f"{where}/publish", sent).status_code == 302


def first_filling(unit: str = "柳东村") -> int:
    return next(row.id for row in collections.fillings_in(units=[unit]))


def test_the_meter_counts_what_was_known_when_it_was_asked(asked: Office) -> None:
    month = around(today(), "month")
    demands = demands_in(home=asked.home, period=month, scope=Scope())
    assert {(one.unit, one.known, one.unknown) for one in demands} == {("柳东村", 5, 3), ("柳西村", 2, 2)}
    collections.count_cells(demands[0].number, known=8, unknown=0)
    assert demands_in(home=asked.home, period=month, scope=Scope()) == demands
    found = meter(demands, period=month, by="unit", scope=Scope(), today=today())
    assert found.comparison is not None
    assert found.comparison.clerks == 2
    page = asked.as_("steward").get("/burden?by=unit").content.decode()
    assert "老年人走访" in page
    assert "19 张表" in page
    assert "不是本单位的实测" in page
    assert "抄一格" in page
    narrowed = asked.as_("steward").get("/burden", {"by": "unit", "only": "柳西村"}).content.decode()
    assert "只看单位：柳西村" in narrowed
    assert asked.as_("steward").get("/burden?period=什么").status_code == 422
    assert asked.as_("steward").get("/burden?by=size").status_code == 404


def test_everybody_sees_the_burden_of_their_own(asked: Office) -> None:
    clerk = asked.as_("clerk").get("/burden").content.decode()
    assert "柳东村" in clerk
    assert "柳西村" not in clerk
    officer = asked.as_("officer")
    assert "柳西村" in officer.get("/burden").content.decode()
    assert officer.get("/burden?by=person").status_code == 404
    assert "没有向您的范围要过表" in asked.as_("officer-health").get("/burden").content.decode()
    assert asked.as_("system").get("/burden").status_code == 403


def test_the_meter_is_taken_away_and_counted_again(asked: Office) -> None:
    answer = asked.as_("leader").get("/burden/file?by=unit")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["汇总", "明细", "算法"]
    costs = {row[0]: row[1] for row in book["算法"].iter_rows(min_row=3, values_only=True)}
    lines = list(book["明细"].iter_rows(min_row=3, values_only=True))
    by_hand = sum(
        (
            costs["开表和报送一张表（秒）"]
            + line[7] * costs["抄一格已有的（秒）"]
            + line[8] * costs["问一格没有的（秒）"]
        )
        / 60
        for line in lines
    )
    total = next(book["汇总"].iter_rows(min_row=3, values_only=True))
    assert total[6] == pytest.approx(by_hand, abs=0.06)
    text = asked.as_("leader").get("/burden/file?as=csv").content.decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert asked.as_("leader").get("/burden/picture?by=unit").content.startswith(b"<?xml")
    assert sum(line.action == "burden.export" for line in audit.lines()) == 2


def test_nobody_is_named_who_says_it_was_asked_again(asked: Office, tmp_path: Path) -> None:
    filling = first_filling()
    clerk = asked.as_("clerk")
    mine = clerk.get("/fillings").content.decode()
    assert f"/again/say/{filling}?label=" in mine
    page = clerk.get(f"/again/say/{filling}", {"label": "联系电话"}).content.decode()
    assert "老年人体检" in page
    assert "可能猜得到" in page
    assert asked.as_("clerk-west").get(f"/again/say/{filling}").status_code == 404
    assert clerk.get(f"/again/say/{filling}", {"label": "没有这一项"}).status_code == 404
    for label in ("联系电话", "联系电话", ""):
        assert clerk.post(f"/again/say/{filling}", {"label": label}).status_code == 302
    found = rows.again_rows(waiting=True)
    assert sorted((row.label, row.times, row.units) for row in found) == [("", 1, ()), ("联系电话", 1, ())]
    line = next(line for line in audit.lines() if line.action == "again.say")
    assert line.actor == asked_again.NOBODY
    dump = io.StringIO()
    call_command("dumpdata", "storage.AskedAgain", "storage.AskedAgainMark", "storage.AuditLine", stdout=dump)
    told = [row for row in json.loads(dump.getvalue()) if row["fields"].get("action") in (None, "again.say")]
    assert told
    assert "clerk" not in json.dumps(told)


def test_marks_of_yesterday_are_gone(asked: Office) -> None:
    from datetime import timedelta

    from django.db import transaction

    day = today()
    with transaction.atomic():
        assert rows.mark_once(account=1, what="1|电话", day=day, most=2)
        assert not rows.mark_once(account=1, what="1|电话", day=day, most=2)
        assert rows.mark_once(account=1, what="1|住址", day=day, most=2)
        assert not rows.mark_once(account=1, what="1|姓名", day=day, most=2)
        assert rows.mark_once(account=2, what="1|电话", day=day, most=2)
        assert rows.mark_once(account=1, what="1|电话", day=day + timedelta(days=1), most=2)
    from yici.storage.host import models

    assert set(models.AskedAgainMark.objects.values_list("day", flat=True)) == {day + timedelta(days=1)}


def test_the_steward_answers_for_all_to_read(asked: Office) -> None:
    asked.as_("clerk").post(f"/again/say/{first_filling()}", {"label": "联系电话"})
    steward = asked.as_("steward")
    assert "又要了一遍" in steward.get("/").content.decode()
    number = rows.again_rows(waiting=True)[0].id
    assert "老年人体检" in steward.get("/again").content.decode()
    assert steward.post(f"/again/{number}", {"answer": "kept"}).status_code == 409
    assert asked.as_("officer").post(f"/again/{number}", {"answer": "kept", "reason": "x"}).status_code == 403
    assert "被基层反映" in asked.as_("officer").get("/").content.decode()
    answer = {"answer": "told", "reason": "下月起改由库里取"}
    assert steward.post(f"/again/{number}", answer).status_code == 302
    assert steward.post(f"/again/{number}", answer).status_code == 409
    for who in ("clerk-west", "clerk", "leader"):
        assert "下月起改由库里取" in asked.as_(who).get("/again").content.decode()
    asked.as_("clerk").post(f"/again/say/{first_filling()}", {"label": "血型"})
    assert len(rows.again_rows(waiting=True)) == 1


def test_the_pages_are_accessible(asked: Office, browse: Callable[..., Any]) -> None:
    asked.as_("clerk").post(f"/again/say/{first_filling()}", {"label": "联系电话"})
    page = browse("steward", "/burden?by=unit")
    for path in ("/burden?by=unit", "/again"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto("/burden")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
