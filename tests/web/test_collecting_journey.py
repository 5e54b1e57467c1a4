"""The whole journey in a browser: asked, answered through a broken connection, checked, accepted, downloaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
from axe_playwright_python.sync_playwright import Axe
from collecting_office import LEGAL, blank_form, stock
from playwright.sync_api import expect
from waiting import wait_until

from conftest import Office, press
from yici.storage import models


def no_violations(page: Any) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def go(page: Any, control: str) -> None:
    """Press a control and wait for the page that answers."""
    with page.expect_navigation():
        page.click(control)


def propose_by_hand(officer: Any, file: Path) -> None:
    """The officer chooses the blank form, says what it is for, and settles the one doubtful word by its key."""
    officer.get_by_role("link", name="报备新任务").click()
    officer.set_input_files("#file", file)
    for name, text in LEGAL.items():
        if officer.locator(f"#{name}").count():
            officer.fill(f"#{name}", text)
    press(officer)
    expect(officer.locator("[data-doubt]")).to_have_count(1)
    no_violations(officer)
    with officer.expect_navigation():
        officer.keyboard.press("1")
    expect(officer.locator(".form-view .certain small:has-text('健康')")).to_have_count(1)


def answer_by_phone(clerk: Any) -> None:
    """The clerk answers on a phone; the network goes as it is sent and comes back after: once is enough."""
    clerk.get_by_role("link", name="张表等您填报").click()
    clerk.wait_for_selector("#answers[data-ready]")
    no_violations(clerk)
    asked = clerk.locator(".question")
    expect(asked).to_have_count(5)
    clerk.context.set_offline(True)
    clerk.fill('.question[data-element="person.phone"] input', "13900002222")
    for label, text in (("血型", "A型"), ("健康情况如何", "健康")):
        for place in clerk.locator(f'.question[data-label="{label}"]').locator("input, select").all():
            place.select_option(text) if place.evaluate("e => e.tagName") == "SELECT" else place.fill(text)
    clerk.click("#answers button.button")
    clerk.wait_for_selector("#sending:has-text('网络断开')")
    assert models.Submission.objects.count() == 0
    clerk.context.set_offline(False)
    clerk.wait_for_selector("#sending:has-text('已保存入库')")
    expect(asked).to_have_count(0)
    assert models.Submission.objects.count() == 1
    wait_until(clerk, "localStorage.length === 0")
    clerk.reload()
    go(clerk, "button[aria-label^=报送]")


def test_nothing_is_lost_or_doubled_on_the_way(office: Office, tmp_path: Path, browse: Callable[..., Any]) -> None:
    stock(office, tmp_path)
    blank = blank_form(tmp_path, "联系电话", "血型", "健康情况如何")
    officer = browse("officer", "/collections")
    propose_by_hand(officer, blank)
    where = officer.url.partition("#")[0]
    steward = browse("steward", "/")
    steward.get_by_role("link", name="个采集任务等待准入评审").click()
    steward.get_by_role("link", name=LEGAL["name"]).click()
    go(steward, "button[value=approve]")
    officer.goto(where)
    officer.get_by_label("柳河镇").check()
    officer.fill("#as_of", "2026-02-28")
    officer.fill("#days", "5")
    go(officer, "form[action$='/publish'] button.button")
    answer_by_phone(browse("clerk", "/", width=390))
    leader = browse("leader", "/")
    leader.get_by_role("link", name="项填报等您审核").click()
    leader.get_by_label("柳东村").check()
    go(leader, "button[value=check]")
    officer.goto("/reviews")
    officer.get_by_role("link", name="柳东村").click()
    no_violations(officer)
    go(officer, "button[value=accept]")
    assert models.Filling.objects.get(unit="柳东村").state == "accepted"
    officer.goto(where)
    with officer.expect_download() as coming:
        officer.get_by_role("button", name="下载汇总").click()
    coming.value.save_as(tmp_path / "out.xlsx")
    as_the_sender_laid_out(tmp_path / "out.xlsx", blank)


def as_the_sender_laid_out(filled: Path, empty: Path) -> None:
    """The downloaded workbook is the sender's, with what the clerk told in it."""
    out, blank = (openpyxl.load_workbook(file).worksheets[0] for file in (filled, empty))
    assert [[c.value for c in row] for row in out["A1:F2"]] == [[c.value for c in row] for row in blank["A1:F2"]]
    assert out.merged_cells.ranges == blank.merged_cells.ranges
    assert out.column_dimensions["B"].width == blank.column_dimensions["B"].width
    rows = {row[1]: row for row in out.iter_rows(min_row=3, values_only=True)}
    assert (str(rows["王二"][3]), *rows["王二"][4:6]) == ("13900002222", "A型", "健康")
    assert len(rows) == 3


def published(office: Office, folder: Path) -> str:
    stock(office, folder)
    with blank_form(folder, "联系电话", "血型").open("rb") as file:
        where = office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"]
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    sent = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"}
    assert office.as_("officer").post(f"{where}/publish", sent).status_code == 302
    return str(where)


def test_a_plain_form_says_what_was_not_taken(office: Office, tmp_path: Path) -> None:
    published(office, tmp_path)
    client = office.as_("clerk")
    page = client.get("/fillings").content.decode()
    phone = page.split('data-element="person.phone"')[0].rsplit('data-question="', 1)[1].split('"')[0]
    answer = client.post("/fillings/answers", {"submission": "device-0001", f"q-{phone}": "123"})
    assert answer.status_code == 422
    assert "error-text" in answer.content.decode()
    west = models.Filling.objects.get(unit="柳西村").pk
    phone_given = client.post("/fillings/answers", {"submission": "device-0002", f"q-{phone}": "13900002222"})
    assert phone_given.status_code == 200
    assert client.post(f"/fillings/{west}/submit").status_code == 404
    assert client.get(f"/reviews/{west}").status_code == 404
    own = models.Filling.objects.get(unit="柳东村").pk
    client.post(f"/fillings/{own}/submit")
    assert "退回</button>" not in client.get(f"/reviews/{own}").content.decode()
    assert client.post(f"/reviews/{own}/step", {"step": "return", "remark": "自己退回"}).status_code == 409
    leader = office.as_("leader")
    seen = leader.get(f"/reviews/{own}").content.decode()
    # Who checks sees what was told, masked as everywhere; so does the department, before it has any other grant.
    assert "13900002222" not in seen
    for page in (seen, office.as_("officer").get(f"/reviews/{own}").content.decode()):
        assert "139****2222" in page and "未授权" not in page
    cell = seen.split('name="cell-')[1].split('"')[0]
    assert "通过没有差异的 1 张（其中 1 张还缺项）" in leader.get("/reviews").content.decode()
    assert leader.post(f"/reviews/{own}/step", {"step": "return", f"cell-{cell}": "请再核"}).status_code == 302
    assert "请再核" in client.get("/fillings").content.decode()
    client.post(f"/fillings/{own}/submit")
    assert client.post(f"/fillings/{own}/withdraw", {"remark": "写错了"}).status_code == 302
    client.post(f"/fillings/{own}/submit")
    assert leader.post("/reviews/many", {"step": "check-same"}).status_code == 302
    assert models.Filling.objects.get(pk=own).state == "checked"
    assert client.post(f"/fillings/{own}/withdraw", {"remark": "写错了"}).status_code == 409
    broken = client.post("/fillings/answers", "[]", content_type="application/json")
    assert broken.status_code == 400
