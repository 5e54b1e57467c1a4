"""The page on which a clerk drops any form, and the steward's pages about what was asked outside the platform."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from collecting_office import blank_form, stock
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conftest import Office
from yici.services.auditing import audit_lines


@pytest.fixture
def stocked(office: Office, tmp_path: Path) -> Office:
    stock(office, tmp_path)
    return office


def sent(office: Office, folder: Path, login: str, unit: str, *columns: str) -> str:
    with blank_form(folder, *columns).open("rb") as file:
        answer = office.as_(login).post("/received", {"files": file, "unit": unit, "department": "民政局"})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_a_form_comes_back_filled_to_its_clerk_alone(stocked: Office, tmp_path: Path) -> None:
    where = sent(stocked, tmp_path, "clerk", "柳东村", "联系电话", "血型")
    clerk = stocked.as_("clerk")
    page = clerk.get(where).content.decode()
    assert "格已填" in page and "王二" in page and "请在表上手填" in page
    assert "110105195001010" not in page
    answer = clerk.post(f"{where}/download")
    rows = list(openpyxl.load_workbook(BytesIO(b"".join(answer))).worksheets[0].iter_rows(min_row=3, values_only=True))  # type: ignore[arg-type]
    assert [row[1] for row in rows if row[1]] == ["李一", "王二"]
    assert clerk.post(where, {"unit": "柳西村", "where": ""}).status_code == 403
    assert clerk.post(where, {"unit": "柳东村", "where": "不认识的词 > 1"}).status_code == 422
    assert clerk.post(where, {"unit": "柳东村", "where": "年龄 >= 200"}).status_code == 302
    for other in ("clerk-west", "officer", "leader", "steward"):
        assert stocked.as_(other).get(where).status_code in (403, 404)
        assert stocked.as_(other).post(f"{where}/download").status_code in (403, 404)
    package = clerk.post("/received/package", {"use": where.rpartition("/")[2]})
    assert b"".join(package).startswith(b"PK")  # type: ignore[arg-type]
    package.close()
    assert stocked.as_("officer").get("/received").status_code == 403


def test_odd_numbers_and_long_names_are_no_error(stocked: Office, tmp_path: Path) -> None:
    clerk, huge = stocked.as_("clerk"), "9" * 5000
    assert clerk.post("/received/package", {"use": huge}).status_code == 409
    assert stocked.as_("steward").post("/words/decide", {"number": "9" * 19, "decision": "declined"}).status_code == 409
    for path in (f"/apps/{'9' * 19}", f"/scores/{'9' * 19}", f"/jobs/{'9' * 19}", f"/again/say/{'9' * 19}"):
        assert clerk.get(path).status_code == 404, path
    with blank_form(tmp_path, "联系电话").open("rb") as file:
        named = SimpleUploadedFile("表" * 115 + ".xlsx", file.read())
    assert clerk.post("/received", {"files": named, "unit": "柳东村"}).status_code == 302


def test_a_list_of_a_year_that_is_over_is_filled_as_of_its_end_and_the_day_can_be_chosen(
    stocked: Office, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    last = timezone.localdate().year - 1
    sheet.append([f"{last}年老年人走访慰问花名册"])
    sheet.merge_cells("A1:D1")
    sheet.append(["序号", "姓名", "身份证号码", "联系电话"])
    book.save(tmp_path / "去年.xlsx")
    clerk = stocked.as_("clerk")
    with (tmp_path / "去年.xlsx").open("rb") as file:
        where = str(clerk.post("/received", {"files": file, "unit": "柳东村"})["Location"])
    page = clerk.get(where).content.decode()
    assert f"按 {last}-12-31 的数据填" in page and "--as-of" not in page
    today = timezone.localdate().isoformat()
    refused = clerk.post(where, {"as_of": today})
    assert refused.status_code == 409 and f"请把“数据截至”改为 {last}-12-31" in refused.content.decode()
    assert clerk.post(where, {"as_of": "年底"}).status_code == 409
    assert clerk.post(where, {"as_of": f"{last}-06-30"}).status_code == 302
    assert f"按 {last}-06-30 的数据填" in clerk.get(where).content.decode()
    (chosen,) = [line for line in audit_lines(home=stocked.home, limit=99) if line.action == "outside.choose"]
    assert (chosen.actor, chosen.detail["as_of"]) == ("clerk", f"{last}-06-30")


def test_what_is_told_from_a_form_of_an_earlier_day_is_told_for_that_day(stocked: Office, tmp_path: Path) -> None:
    where, clerk = sent(stocked, tmp_path, "clerk", "柳东村", "联系电话"), stocked.as_("clerk")
    assert clerk.post(where, {"as_of": "2026-01-05"}).status_code == 302
    page = clerk.get(where).content.decode()
    link = "/pool/" + page.partition('href="/pool/')[2].partition('"')[0]
    assert link.endswith("?on=2026-01-05")
    told = clerk.get(link).content.decode()
    assert "您在补一张 2026-01-05 的表" in told and "/person.phone/edit?on=2026-01-05" in told
    assert "您在补一张" not in clerk.get(link.replace("2026-01-05", "不是日子")).content.decode()
    person = link.partition("?")[0]
    assert clerk.post(f"{person}/person.phone/edit?on=2026-01-05", {"value": "13800002222"}).status_code == 200
    rows = b"".join(clerk.post(f"{where}/download"))  # type: ignore[arg-type]
    sheet = openpyxl.load_workbook(BytesIO(rows)).worksheets[0]
    assert [row[3] for row in sheet.iter_rows(min_row=3, values_only=True) if row[1]] == ["13800001111", "13800002222"]


def test_several_files_one_of_them_no_form(stocked: Office, tmp_path: Path) -> None:
    clerk, good = stocked.as_("clerk"), blank_form(tmp_path, "联系电话")
    bad = tmp_path / "照片.xlsx"
    bad.write_bytes(b"no form")
    with good.open("rb") as first, bad.open("rb") as second:
        answer = clerk.post("/received", {"files": [first, second], "unit": "柳东村"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "照片.xlsx" in page and "全部下载" in page
    assert clerk.post("/received", {"unit": "柳东村"}).status_code == 409


def test_the_steward_sees_what_is_asked_outside_and_settles_it(stocked: Office, tmp_path: Path) -> None:
    sent(stocked, tmp_path, "clerk", "柳东村", "联系电话")
    sent(stocked, tmp_path, "clerk-west", "柳西村", "联系电话")
    steward = stocked.as_("steward")
    assert "张平台外要的表等您处理" in steward.get("/").content.decode()
    page = steward.get("/outside").content.decode()
    assert "老年人走访慰问花名册" in page and "重复" in page
    where = "/outside/" + page.partition('href="/outside/')[2].partition('"')[0]
    assert stocked.as_("clerk").get(where).status_code == 403
    assert steward.post(f"{where}/decide", {"step": "dismiss"}).status_code == 409
    answer = steward.post(f"{where}/decide", {"step": "propose", "organisation": "民政局"})
    assert answer["Location"].startswith("/collections/")
    assert "已转报备" in steward.get(where).content.decode()
    assert steward.get("/words").status_code == 200
    assert steward.get("/outside/99").status_code == 404


def test_a_clerk_drops_a_form_and_settles_its_word_by_a_key(
    stocked: Office, tmp_path: Path, browse: Callable[..., Any]
) -> None:
    page = browse("clerk", "/received", width=390)
    page.set_input_files("#files", str(blank_form(tmp_path, "健康情况如何")))
    page.click("main form button.button")
    page.wait_for_selector("[data-doubt]")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("1")
    page.wait_for_selector("[data-doubt]", state="detached")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    with page.expect_download() as download:
        page.click("text=下载填好的表")
    assert download.value.suggested_filename == "走访.xlsx"
