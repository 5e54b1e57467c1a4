"""The API: the same rights and masks as the pages, by token or session, and errors of one shape."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from collecting_office import LEGAL, blank_form, stock
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pool_ledgers import EAST, WEST, fill_pool, ledger

from conftest import PASSWORD, Office
from yici.services.auditing import audit_lines
from yici.services.jobs.worker import work_off
from yici.storage import models
from yici.web.api.pages import description
from yici.web.routes import all_routes, rules_of

PHONE = "person.phone"


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    fill_pool(office.home, tmp_path)
    return office


def code_of(system: System, words: str) -> str:
    hits = system.post("subjects/search", {"words": words})["hits"]
    (hit,) = [one for one in hits if one["subject"] == "person"]
    return str(hit["code"])


def test_every_operation_has_a_rule_of_its_own_method(office: Office) -> None:
    ruled = {(path, method) for path, route in all_routes() for method in rules_of(route.callback)}
    for address, methods in description()["paths"].items():
        for method in methods:
            path = address.lstrip("/").replace("{number}", "<number:number>").replace("{", "<").replace("}", ">")
            assert (path, method.upper()) in ruled, (method, path)


def test_nobody_gets_in_without_a_token_that_holds(office: Office) -> None:
    assert Client().get("/api/me").status_code == 401
    assert Client().get("/api/openapi.json").status_code == 401
    system = System(office, "officer")
    assert system.get("me")["login"] == "officer"
    office.as_("system").post(f"/tokens/{system.number}/revoke")
    answer = system.client.get("/api/me")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    for header in ("Bearer", "Bearer yici_wrong", "Bearer " + "x" * 3000, "Basic b2ZmaWNlcg=="):
        assert Client(headers={"authorization": header}).get("/api/me").status_code == 401
    # A wrong token is not made good by a session beside it.
    assert office.as_("clerk").get("/api/me", headers={"authorization": "Bearer yici_no"}).status_code == 401


def test_a_token_ends_on_its_day_and_with_its_account(office: Office) -> None:
    system = System(office, "officer")
    models.ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    system.get("me", 401)
    models.ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    system.get("me")
    office.as_("system").post("/accounts/officer/close")
    system.get("me", 401)


def test_a_token_opens_the_api_only_and_pages_are_left_to_sessions(office: Office) -> None:
    system = System(office, "steward")
    assert system.client.get("/pool").status_code == 302


def test_the_first_use_of_a_day_is_told(office: Office) -> None:
    system = System(office, "officer")
    for _ in range(3):
        system.get("me")
    lines = [line for line in audit_lines(home=office.home, limit=99) if line.action == "token.use"]
    assert [(line.actor, line.detail) for line in lines] == [("officer", {"token": system.number})]
    assert system.secret not in repr(audit_lines(home=office.home, limit=99))
    assert system.secret not in repr(list(models.ApiToken.objects.values()))


def test_a_session_needs_its_csrf_token(office: Office) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get("/signin").content.decode().split('csrfmiddlewaretoken" value="')[1].split('"')[0]
    client.post("/signin", {"login": "clerk", "password": PASSWORD, "csrfmiddlewaretoken": token})
    first = client.get("/api/units")
    assert (first.status_code, first.json()["problems"][0]["code"]) == (403, "password-change-needed")
    session = client.session
    session["must_change"] = False
    session.save()
    me = client.get("/api/me").json()
    body = {"words": "单"}
    assert client.post("/api/subjects/search", body, "application/json").status_code == 403
    good = client.post("/api/subjects/search", body, "application/json", headers={"x-csrftoken": me["csrf"]})
    assert good.status_code == 200


def test_a_token_is_made_by_its_owner_with_the_password_and_ended_by_administrators(office: Office) -> None:
    mine = {"words": "低保系统", "days": "30", "password": PASSWORD}
    officer, system = office.as_("officer"), office.as_("system")
    for password in ({"password": ""}, {"password": "别人的密码别人的密码"}):
        assert officer.post("/tokens/add", mine | password).status_code == 403
    odd = officer.post("/tokens/add", {"words": "", "days": "9999", "password": PASSWORD}).content.decode()
    assert "没有写令牌给哪个系统用" in odd and "有效期不在" in odd
    # The password the administrator gave him is known to the administrator too.
    assert officer.post("/tokens/add", mine).status_code == 403
    models.Account.objects.update(must_change=False)
    assert not models.ApiToken.objects.exists()
    assert "yici_" in officer.post("/tokens/add", mine).content.decode()
    made = models.ApiToken.objects.get()
    assert made.account.login == made.made_by == "officer"
    # Nobody makes one that acts as somebody else, least of all an administrator.
    for client in (system, office.as_("security"), office.as_("audit"), office.as_("clerk")):
        assert client.post("/tokens/add", mine | {"login": "officer"}).status_code in (403, 404)
    officer.post("/tokens/add", mine | {"login": "steward"})
    assert not models.ApiToken.objects.exclude(account__login="officer").exists()
    other = System(office, "steward").number
    assert officer.post(f"/tokens/{other}/revoke").status_code == 404
    assert "steward" in system.get("/tokens").content.decode()
    assert "steward" not in officer.get("/tokens").content.decode()
    assert system.post(f"/tokens/{other}/revoke").status_code == 302
    assert office.as_("security").post(f"/tokens/{made.pk}/revoke").status_code == 302
    assert system.post(f"/tokens/{other}/revoke").status_code == 404


def test_the_pool_is_read_with_masks_and_revealed_for_a_purpose(pool: Office) -> None:
    clerk = System(pool, "clerk")
    assert clerk.post("subjects/search", {"words": "赵四海"})["hits"] == []
    code = code_of(clerk, "单桂兰")
    page = clerk.get(f"subjects/{code}")
    assert page["name"] == "单桂兰" and EAST not in json.dumps(page)
    number = next(value for value in page["values"] if value["element"] == "person.id_number")
    assert number["masked"] and "****" in number["text"]
    details = clerk.get(f"subjects/{code}/values/{PHONE}")
    assert details["rivals"]
    clerk.post(f"subjects/{code}/values/person.id_number/reveal", {"purpose": "好奇"}, 409)
    told = clerk.post(f"subjects/{code}/values/person.id_number/reveal", {"purpose": "核对信息"})
    assert told == {"value": EAST}
    assert audit_lines(home=pool.home, limit=1)[0].action == "value.reveal"
    west = code_of(System(pool, "clerk-west"), "赵四海")
    clerk.get(f"subjects/{west}", 404)
    clerk.put(f"subjects/{west}/values/{PHONE}", {"value": "13800000000"}, 404)
    clerk.get(f"subjects/{WEST}", 404)
    edited = clerk.put(f"subjects/{code}/values/{PHONE}", {"value": "13811112222"})
    assert edited["counts"] and edited["value"]["name"] == "联系电话"
    clerk.put(f"subjects/{code}/values/{PHONE}", {"value": "12"}, 400)
    officer = System(pool, "officer")
    officer.get(f"subjects/{code}", 404)
    System(pool, "auditor").post("subjects/search", {"words": "单"}, 403)


def test_errors_have_one_shape(pool: Office) -> None:
    clerk = System(pool, "clerk")
    problem = clerk.post("subjects/search", {"wordz": "x"}, 422)["problems"][0]
    assert problem["where"] == {"field": "words"} and "没有填写" in problem["message"]
    clerk.get("nowhere", 404)
    clerk.get("fillings/99999999999999999999999999", 404)
    clerk.get("fillings/123456789012345", 404)
    clerk.get("questions", 422, limit=10**30)
    clerk.get("subjects/a%00b", 400)
    answer = clerk.client.delete("/api/me")
    assert (answer.status_code, answer["Allow"], answer.json()["problems"][0]["code"]) == (405, "GET", "wrong-method")
    for body in ("{", "", "[]", '{"words": "a", "words": "b"}', '{"words": NaN}', '{"words": "\\u0000"}',
                 '{"words": "\\ud800"}', "\ufeff{}", '{"words": ' + "9" * 5000 + "}", "[" * 100_000):  # fmt: skip
        sent = clerk.client.generic("POST", "/api/subjects/search", body, "application/json")
        assert sent.status_code in (400, 422), body[:50]
        assert sent.json()["problems"], body[:50]
    assert clerk.client.generic("POST", "/api/subjects/search", b"\xff\xfe{}").status_code == 400
    big = clerk.client.generic("POST", "/api/subjects/search", b" " * 6_000_000, "application/json")
    assert (big.status_code, big.json()["problems"][0]["code"]) == (413, "too-large")


def test_a_collection_is_proposed_answered_and_downloaded(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    officer, steward, clerk, leader = (System(office, login) for login in ("officer", "steward", "clerk", "leader"))
    file = SimpleUploadedFile("走访.xlsx", blank_form(tmp_path, "联系电话", "血型").read_bytes())
    number = officer.send("collections", {**LEGAL, "file": file})["id"]
    officer.send("collections", {**LEGAL, "organisation": "卫健局", "file": file}, 403)
    officer.send("collections", LEGAL, 422)
    assert officer.get(f"collections/{number}/admission")["verdict"] == "collect"
    officer.post(f"collections/{number}/decide", {"step": "approve"}, 404)
    assert steward.post(f"collections/{number}/decide", {"step": "approve"})["state"] == "approved"
    System(office, "officer-health").get(f"collections/{number}", 404)
    sent = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": 5}
    officer.post(f"collections/{number}/publish", {**sent, "units": ["没有这个镇"]}, 404)
    officer.post(f"collections/{number}/automatic", {"automatic": True}, 409)
    officer.post(f"collections/{number}/publish", {**sent, "recurring": "month", "automatic": True})
    assert officer.get(f"collections/{number}")["automatic"]
    assert officer.post(f"collections/{number}/automatic", {"automatic": False}) == {"automatic": False}
    assert not officer.get("collections")["items"][0]["automatic"]
    asked = clerk.get("questions", limit=2)
    assert (len(asked["items"]), asked["total"]) == (2, 3)
    items = clerk.get("questions")["items"]
    assert "11010" not in json.dumps(items)
    answers = [_answered(one) for one in items]
    submission = {"submission": "system-0001", "answers": answers}
    first = clerk.post("answers", submission)
    assert (first["accepted"], first["problems"], first["repeated"]) == (3, [], False)
    assert clerk.post("answers", submission) == {**first, "repeated": True}
    clerk.post("answers", {**submission, "answers": answers[:1]}, 409)
    clerk.post("answers", {"submission": "system-0002", "answers": [{**answers[0], "subject": "nobody"}]}, 404)
    wrong = clerk.post("answers", {"submission": "system-0003", "answers": [{"element": PHONE, "value": "1"}]})
    assert wrong["problems"][0]["place"] == 0
    filling = clerk.get("fillings")["items"][0]["id"]
    assert clerk.post(f"fillings/{filling}/submit")["state"] == "submitted"
    clerk.post(f"fillings/{filling}/submit", status=409)
    assert leader.get("reviews")["total"] == 1
    leader.post(f"fillings/{filling}/return", status=409)
    assert leader.post(f"fillings/{filling}/check")["state"] == "checked"
    assert len(officer.get(f"fillings/{filling}")["events"]) == 2
    assert officer.post(f"fillings/{filling}/accept")["state"] == "accepted"
    west = models.Filling.objects.get(unit="柳西村").pk
    clerk.post(f"fillings/{west}/submit", status=404)
    assert officer.file(f"collections/{number}/download").startswith(b"PK")
    assert officer.get("collections")["items"][0]["back"] == 1
    owing = officer.post(f"collections/{number}/close", status=409)
    assert "“柳西村”" in json.dumps(owing, ensure_ascii=False)
    assert officer.post(f"collections/{number}/close?confirm=true") == {"done": True}
    # The next period stands ready and is not sent: both go by what is chosen now.
    assert officer.post(f"collections/{number + 1}/automatic", {"automatic": True}) == {"automatic": True}
    told = {one["id"]: one["automatic"] for one in officer.get("collections")["items"]}
    assert told == {number: True, number + 1: True} and officer.get(f"collections/{number + 1}")["automatic"]


def _answered(question: dict[str, Any]) -> dict[str, Any]:
    asker = question["askers"][0]
    value = "13900002222" if question["element"] == PHONE else "A型"
    place = {} if question["element"] else {"sheet": asker["sheet"], "label": asker["label"]}
    return {"value": value, "element": question["element"], "subject": question["subject"],
            "filling": asker["filling"], **place}  # fmt: skip


def test_a_large_ledger_is_imported_by_a_job(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    monkeypatch.setattr("yici.services.importing.LARGE_LEDGER_BYTES", 100)
    clerk, steward = System(office, "clerk"), System(office, "steward")
    rows = [["单桂兰", EAST, "柳东村"], ["单无名", "12345", "柳东村"]]
    path = ledger(tmp_path / "大表.xlsx", rows, ["姓名", "公民身份号码", "村（社区）"])

    def begun() -> tuple[int, str]:
        file = SimpleUploadedFile("大表.xlsx", path.read_bytes())
        said = {"department": "柳东村", "as_of": "2026-06-30", "file": file}
        address = f"/api/imports/{clerk.send('imports', said)['code']}/run"
        answer = clerk.client.post(address, {}, "application/json")
        assert answer.status_code == 202
        assert answer["Location"] == answer.json()["address"] == f"/api/jobs/{answer.json()['job']}"
        assert clerk.client.post(address, {}, "application/json").json() == answer.json()
        return answer.json()["job"], f"jobs/{answer.json()['job']}"

    number, job = begun()
    seen = clerk.get(job)
    assert (seen["state"], seen["percent"], seen["imported"], seen["file"]) == ("waiting", 0, None, "")
    assert not clerk.get("imports")["items"]
    for path_of_it in (job, f"{job}/file"):
        steward.get(path_of_it, 404)
    steward.post(f"{job}/cancel", status=404)
    work_off(office.home)
    done = clerk.get(job)
    assert (done["state"], done["told"], done["problems"]) == ("done", "导入完成，2 行。", [])
    assert done["imported"]["new"] and done["imported"]["rows"] == 2 and done["imported"]["problems"]
    (table,) = done["imported"]["tables"]
    assert "12345" not in json.dumps(table, ensure_ascii=False) and table["problems"]
    assert clerk.get("imports")["items"][0]["batch"] == done["imported"]["batch"]
    clerk.post(f"{job}/cancel", status=409)
    clerk.get(f"{job}/file", 404)
    _, again = begun()
    work_off(office.home)
    assert not clerk.get(again)["imported"]["new"]
    _, third = begun()
    assert clerk.post(f"{third}/cancel")["state"] == "cancelled"
    assert [one["job"] for one in clerk.get("jobs")["items"]][-1] == number
    assert clerk.get("jobs")["total"] == 3 and steward.get("jobs")["total"] == 0


def test_ledgers_figures_rosters_policies_and_the_audit(pool: Office, tmp_path: Path) -> None:
    clerk, steward = System(pool, "clerk"), System(pool, "steward")
    path = ledger(
        tmp_path / "b.xlsx", [["单桂兰", EAST, "柳东村", "好"]], ["姓名", "公民身份号码", "村（社区）", "绰号"]
    )
    file = SimpleUploadedFile("b.xlsx", path.read_bytes())
    code = clerk.send("imports", {"department": "柳东村", "as_of": "2026-06-30", "file": file})["code"]
    table = clerk.get(f"imports/{code}")["tables"][0]
    assert [column["element"] for column in table["columns"]][:2] == ["person.name", "person.id_number"]
    steward.get(f"imports/{code}", 404)
    clerk.post(f"imports/{code}/headings", {"word": "绰号", "subject": "person", "element": ""})
    done = clerk.post(f"imports/{code}/run")
    assert done["new"] and clerk.get("imports")["items"][0]["batch"] == done["batch"]
    clerk.post(f"imports/{done['batch']}/covers", {"units": ["柳东村"]}, status=403)
    steward.post(f"imports/{done['batch']}/covers", {"units": ["没有村"]}, status=404)
    assert steward.post(f"imports/{done['batch']}/covers", {"units": ["柳东村"]}) == {"done": True}
    assert steward.get("imports")["items"][0]["covers"] == ["柳东村"]
    clerk.post(f"imports/{done['batch']}/withdraw", status=403)
    steward.post("imports/abc/withdraw", status=422)
    assert steward.post(f"imports/{done['batch']}/withdraw") == {"done": True}
    assert steward.get("imports")["items"][0]["withdrawn_at"]
    asked = clerk.post("figures", {"text": "count(人 where 年龄 >= 60)", "by": ["村"], "people": True})
    assert asked["total"]["value"] == 1 and [row["keys"] for row in asked["rows"]] == [["柳东村"]]
    assert asked["people"][0]["code"]
    clerk.post("figures", {"text": "count(人 where 年齡 >= 60)"}, 422)
    wanted = {"conditions": [{"element": "person.name", "operator": "has", "value": "单"}], "columns": ["person.name"]}
    assert clerk.post("rosters/preview", wanted)["count"] == 2
    household = {
        "members": [{"element": "person.name", "operator": "has", "value": "桂兰"}],
        "columns": ["person.name"],
    }
    assert clerk.post("rosters/preview", household)["count"] >= 1
    clerk.post("rosters/preview", {**household, "least": 0}, 422)
    assert clerk.file("rosters/download", wanted).startswith(b"PK")
    clerk.post("rosters/preview", {"columns": ["nothing"]}, 409)
    policy = clerk.get("policies", limit=1)["items"][0]
    assert clerk.get(f"policies/{policy['id']}")[0]["clauses"]
    assert "match" in steward.get(f"policies/{policy['id']}/match")
    steward.get("policies/nothing/match", 404)
    assert clerk.get(f"subjects/{code_of(clerk, '单桂兰')}/policies")
    assert clerk.get("elements", q="联系电话")["total"] >= 1
    assert clerk.get("units")["total"] == 3
    clerk.get("codes/nothing", 404)
    auditor = System(pool, "auditor")
    lines = auditor.get("audit", limit=2)
    assert lines[0]["seq"] == lines[1]["seq"] + 1
    assert auditor.get("audit", limit=1, before=lines[1]["seq"])[0]["seq"] == lines[1]["seq"] - 1
    assert auditor.get("audit/verify")["broken"] == []
    clerk.get("audit", 403)


def test_the_documentation_is_a_page_of_ours_in_both_languages(office: Office) -> None:
    client = office.as_("officer")
    page = client.get("/api/").content.decode()
    assert "/api/subjects/{code}/values/{element}/reveal" in page
    assert "style=" not in page and "<script>" not in page
    client.post("/preferences", {"yici-language": "en", "next": "/"})
    english = client.get("/api/").content.decode()
    summaries = {one["summary"] for methods in description()["paths"].values() for one in methods.values()}
    assert [words for words in summaries if f"<span>{words}</span>" in english] == []
