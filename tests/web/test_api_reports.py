"""The API beside the life of a form: doubts, the burden meter, the register of apps, assessment."""

from __future__ import annotations

import json
from pathlib import Path

from api_client import System
from pool_ledgers import fill_pool

from conftest import Office
from score_pool import make_score_pool

PHONE = "person.phone"
APP = {
    "name": "走访通", "kind": "mini", "organisation": "民政局", "purpose": "记走访", "functions": "走访记录",
    "fields": "姓名\n联系电话", "users": "12",
}  # fmt: skip


def test_a_doubt_is_raised_answered_and_seen_with_masks(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    clerk, steward = System(office, "clerk"), System(office, "steward")
    hits = clerk.post("subjects/search", {"words": "单桂兰"})["hits"]
    code = next(one["code"] for one in hits if one["subject"] == "person")
    clerk.post(f"subjects/{code}/values/{PHONE}/dispute", {"doubt": " "}, 409)
    assert clerk.post(f"subjects/{code}/values/{PHONE}/dispute", {"doubt": "号码已停机"})["due"]
    clerk.post(f"subjects/{code}/values/{PHONE}/dispute", {"doubt": "又一次"}, 409)
    (one,) = clerk.get("disputes")["items"]
    assert one["name"] == "单桂兰" and one["may_take_back"] and not one["may_answer"]
    clerk.post(f"disputes/{one['id']}/answer", {"reason": "我自己说的"}, 409)
    System(office, "clerk-west").post(f"disputes/{one['id']}/answer", {"reason": "不归我管"}, 404)
    steward.post(f"disputes/{one['id']}/answer", {"reason": ""}, 409)
    assert steward.post(f"disputes/{one['id']}/answer", {"reason": "打通了"}) == {"state": "kept"}
    clerk.post(f"disputes/{one['id']}/back", status=409)
    assert clerk.get("disputes")["items"][0]["answer"] == "打通了"


def test_the_burden_and_the_apps_of_a_department(office: Office) -> None:
    clerk = System(office, "clerk")
    told = clerk.get("burden", period="2026-01", by="organisation")
    assert (told["start"], told["total"]["forms"], told["rows"]) == ("2026-01-01", 0, [])
    assert "估算" in told["formula"]
    clerk.get("burden", 404, by="somebody")
    clerk.get("burden", 422, period="哪天都行")
    System(office, "system").get("burden", 403)
    assert office.as_("officer").post("/apps/propose", APP).status_code == 302
    (app,) = clerk.get("apps")["items"]
    assert (app["name"], app["fields"], app["state_name"]) == ("走访通", ["姓名", "联系电话"], "待准入评审")
    details = clerk.get(f"apps/{app['id']}")
    assert [step["step"] for step in details["steps"]] == ["propose"] and details["missing"] == []
    clerk.get("apps/999", 404)


def test_scores_are_told_within_reach_and_without_numbers_of_people(office: Office, tmp_path: Path) -> None:
    make_score_pool(office.home, tmp_path)
    assert office.as_("steward").post("/schemes/township-results/score", {"period": "2025"}).status_code == 302
    clerk, steward = System(office, "clerk"), System(office, "steward")
    assert "township-results" in {one["id"] for one in steward.get("schemes")["items"]}
    (run,) = steward.get("schemes/township-results")["runs"]
    whole, own = steward.get(f"scores/{run['id']}"), clerk.get(f"scores/{run['id']}")
    assert {"柳东村", "柳西村"} <= {one["name"] for one in whole["scores"]} and whole["hidden"] == 0
    assert [one["name"] for one in own["scores"]] == ["柳东村"] and own["hidden"]
    assert own["scores"][0]["items"][0]["how"]
    assert "id_number" not in json.dumps(whole)
    clerk.get("scores/999", 404)
    clerk.get("schemes/none", 404)
