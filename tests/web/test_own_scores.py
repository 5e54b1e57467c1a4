"""Firms and cadres see and object to their own results; points by decision with reason, document and a way back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from collecting_office import PEOPLE, id_number, stock

from conftest import PASSWORD, Office
from score_pool import credit_code, make_score_pool
from yici.core.access.actors import Post, Role
from yici.core.manifest import BatchFacts
from yici.services.accounts import add_account
from yici.services.ledgers import import_ledger
from yici.storage.packs import load_registry

OWN = id_number(PEOPLE[0][3])


@pytest.fixture
def scored(office: Office, tmp_path: Path) -> Office:
    """Firms and cadres scored for 2025, with an account for one of each and for a firm that is not scored there."""
    make_score_pool(office.home, tmp_path)
    stock(office, tmp_path)
    cadres = tmp_path / "干部证件.csv"
    cadres.write_text(f"干部编号,干部身份证号码\nG01,{OWN}\n", "utf-8")
    facts = BatchFacts("组织部", date(2025, 12, 31))
    import_ledger(path=cadres, facts=facts, home=office.home, registry=load_registry(), actor="王")
    people = {
        "firm": (Role.ENTERPRISE, ("enterprise", credit_code(1))),
        "firm-small": (Role.ENTERPRISE, ("enterprise", credit_code(7))),
        "cadre": (Role.RESIDENT, ("person", OWN)),
    }
    for login, (role, subject) in people.items():
        add_account(
            actor="甲", home=office.home, login=login, full_name=login, posts=[Post(role)], subject=subject,
            password=PASSWORD, today=date(2026, 1, 1),
        )  # fmt: skip
    for scheme in ("mu-yield-large", "digital-literacy"):
        assert office.as_("steward").post(f"/schemes/{scheme}/score", {"period": "2025"}).status_code == 302
    return office


def test_ones_own_results_are_seen_and_objected_to(scored: Office) -> None:
    firm, cadre, steward = scored.as_("firm"), scored.as_("cadre"), scored.as_("steward")
    assert "我的考核评价结果" in firm.get("/mine").content.decode()
    assert "我的考核评价结果" not in scored.as_("firm-small").get("/mine").content.decode()
    page = firm.get("/mine/scores").content.decode()
    assert "亩均税收" in page and "乙制造" not in page and 'action="/mine/scores/1"' in page
    item = page.split('name="item" value="')[1].split('"')[0]
    assert firm.post("/mine/scores/1", {"item": item, "reason": " "}).status_code == 409
    assert firm.post("/mine/scores/1", {"item": item, "reason": "用地应为 90 亩"}).status_code == 302
    assert firm.post("/mine/scores/1", {"item": item, "reason": "再提一次"}).status_code == 409
    assert firm.post("/mine/scores/2", {"item": item, "reason": "别人的"}).status_code == 404
    assert scored.as_("clerk").post("/mine/scores/1", {"item": item, "reason": "x"}).status_code in (403, 404)
    seen = steward.get("/scores/1").content.decode()
    assert "用地应为 90 亩" in seen and "（企业）" in seen
    number = seen.split('name="objection" value="')[1].split('"')[0]
    steward.post("/scores/1/answer", {"objection": number, "upheld": "yes", "answer": "已更正用地"})
    assert "已更正用地" in firm.get("/mine/scores").content.decode()
    own = cadre.get("/mine/scores").content.decode()
    assert "思维认知" in own and "李秀英" not in own
    item = own.split('name="item" value="')[1].split('"')[0]
    assert cadre.post("/mine/scores/2", {"item": item, "reason": "补考 95 分"}).status_code == 302


def test_points_are_given_by_decision_and_taken_back(scored: Office) -> None:
    steward = scored.as_("steward")
    given = {
        "at": "0",
        "kind": "加分",
        "points": "2",
        "item": "",
        "reason": "省级表彰",
        "document": "考核办〔2026〕3号",
    }
    for wrong in ({"points": "两分"}, {"points": "-1"}, {"points": "NaN"}, {"kind": "奖金"}, {"document": ""}):
        assert steward.post("/scores/2/adjust", {**given, **wrong}).status_code == 409, wrong
    assert steward.post("/scores/2/adjust", {**given, "kind": "容错"}).status_code == 409
    assert steward.post("/scores/2/adjust", {**given, "at": "99"}).status_code == 404
    assert scored.as_("leader").post("/scores/2/adjust", given).status_code == 403
    assert steward.post("/scores/2/adjust", given).status_code == 302
    page = steward.get("/scores/2").content.decode()
    assert "省级表彰" in page and "考核办〔2026〕3号" in page
    number = page.split('name="adjustment" value="')[1].split('"')[0]
    assert steward.post("/scores/2/adjust/back", {"adjustment": number}).status_code == 302
    assert steward.post("/scores/2/adjust/back", {"adjustment": number}).status_code == 404
    assert "已撤回" in steward.get("/scores/2").content.decode()
