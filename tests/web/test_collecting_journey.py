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

from conftest import Office
from yici.storage import models


def no_violations(page: Any) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def published(office: Office, folder: Path) -> str:
    stock(office, folder)
    with blank_form(folder, "联系电话", "血型").open("rb") as file:
        where = office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"]
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    sent = {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"}
    assert office.as_("officer").post(f"{where}/publish", sent).status_code == 302
    return str(where)


def test_nothing_is_lost_or_doubled_on_the_way(office: Office, tmp_path: Path, browse: Callable[..., Any]) -> None:
    where = published(office, tmp_path)
    page = browse("clerk", "/fillings", width=390)
    no_violations(page)
    page.wait_for_selector("#answers[data-ready]")
    asked = page.locator(".question")
    expect(asked).to_have_count(3)
    phone = page.locator('.question[data-element="person.phone"] input')
    page.context.set_offline(True)
    phone.fill("13900002222")
    for blood in page.locator('.question[data-label="血型"] input').all():
        blood.fill("A型")
    page.click("#answers button.button")
    page.wait_for_selector("#sending:has-text('网络断开')")
    assert models.Submission.objects.count() == 0
    page.context.set_offline(False)
    page.wait_for_selector("#sending:has-text('已保存入库')")
    expect(asked).to_have_count(0)
    assert models.Submission.objects.count() == 1
    assert models.FormAnswer.objects.count() == 2
    wait_until(page, "localStorage.length === 0")
    page.reload()
    with page.expect_navigation():
        page.click("button[aria-label^=报送]")
    leader = office.as_("leader")
    number = models.Filling.objects.get(unit="柳东村").pk
    assert "项填报等您审核" in leader.get("/").content.decode()
    assert leader.post("/reviews/many", {"fillings": [number], "step": "check"}).status_code == 302
    officer = browse("officer", f"/reviews/{number}")
    no_violations(officer)
    with officer.expect_navigation():
        officer.click("button[value=accept]")
    assert models.Filling.objects.get(pk=number).state == "accepted"
    answer = officer.context.request.get(f"{where}/download")
    assert answer.ok
    (tmp_path / "out.xlsx").write_bytes(answer.body())
    out, blank = (openpyxl.load_workbook(tmp_path / name).worksheets[0] for name in ("out.xlsx", "走访.xlsx"))
    assert [[c.value for c in row] for row in out["A1:E2"]] == [[c.value for c in row] for row in blank["A1:E2"]]
    assert out.merged_cells.ranges == blank.merged_cells.ranges
    assert out.column_dimensions["B"].width == blank.column_dimensions["B"].width
    rows = {row[1]: row for row in out.iter_rows(min_row=3, values_only=True)}
    assert (str(rows["王二"][3]), rows["王二"][4]) == ("13900002222", "A型")


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
    assert "通过没有差异的 1 张" in leader.get("/reviews").content.decode()
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
