"""A form with one copy a person on its way through the pages: proposed for a list, answered, reviewed, downloaded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
from collecting_office import LEGAL, PEOPLE, id_number, stock

from conftest import Office
from yici.storage import models


def card(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["居民登记卡"], ["姓名", None, "身份证号码", None], ["联系电话", None, "血型", None]):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    file = folder / "登记卡.xlsx"
    book.save(file)
    return file


def test_one_copy_for_everybody_on_the_list(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    file, officer, clerk = card(tmp_path), office.as_("officer"), office.as_("clerk")
    typed = {**LEGAL, "name": "登记卡", "where": ""}
    with file.open("rb") as form:
        refused = officer.post("/collections/propose", {**typed, "file": form})
    assert refused.status_code == 409 and "还没有说填谁" in refused.content.decode()
    listed = "\r\n".join(id_number(person[3]) for person in PEOPLE[:2])
    with file.open("rb") as form:
        where = officer.post("/collections/propose", {**typed, "named": listed, "file": form})["Location"]
    page = officer.get(where).content.decode()
    assert "每个人一份：名单上的 2 个" in page and id_number(PEOPLE[0][3]) not in page
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    officer.post(f"{where}/publish", {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"})
    page = clerk.get("/fillings").content.decode()
    assert "共 2 份" in page and page.count('data-question="') == 3
    blood = [part.split('"')[0] for part in page.split('data-question="')[1:] if 'data-label="血型"' in part]
    outcome = clerk.post("/fillings/answers", {"submission": "device-0001", **{f"q-{one}": "A型" for one in blood}})
    assert outcome.status_code == 200 and len(blood) == 2
    own = models.Filling.objects.get(unit="柳东村").pk
    assert clerk.post(f"/fillings/{own}/submit").status_code == 302
    assert "王二" in office.as_("leader").get(f"/reviews/{own}").content.decode()
    assert "下载，每个人一份（压缩包）" in officer.get(where).content.decode()
    package = zipfile.ZipFile(io.BytesIO(b"".join(officer.post(f"{where}/download"))))  # type: ignore[arg-type]
    assert package.namelist() == ["01-柳东村/0001-李一.xlsx", "01-柳东村/0002-王二.xlsx"]
    sheet = openpyxl.load_workbook(io.BytesIO(package.read("01-柳东村/0001-李一.xlsx"))).worksheets[0]
    assert [cell.value for cell in sheet["A3:D3"][0]] == ["联系电话", "13800001111", "血型", "A型"]


def test_an_approved_card_for_nobody_is_put_right_on_its_page(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    officer, steward = office.as_("officer"), office.as_("steward")
    typed = {**LEGAL, "name": "登记卡", "where": "", "everybody": "1"}
    with card(tmp_path).open("rb") as form:
        where = officer.post("/collections/propose", {**typed, "file": form})["Location"]
    steward.post(f"{where}/decide", {"step": "approve"})
    assert f"{where}/publish" in officer.get(where).content.decode()
    assert 'value="return"' in steward.get(where).content.decode()
    # One that was approved before anybody looked at whom it is for.
    models.Collection.objects.update(everybody=False)
    page = officer.get(where).content.decode()
    assert f"{where}/publish" not in page and f"{where}/again" in page
    assert officer.post(f"{where}/again", typed)["Location"] == where
    assert models.Collection.objects.get().state == "proposed"


def test_a_card_proposed_for_nobody_can_be_returned_and_not_approved(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    officer, steward = office.as_("officer"), office.as_("steward")
    with card(tmp_path).open("rb") as form:
        where = officer.post("/collections/propose", {**LEGAL, "name": "登记卡", "where": "年龄 >= 60", "file": form})[
            "Location"
        ]
    models.Collection.objects.update(where="")
    page = steward.get(where).content.decode()
    assert "部门还没有说填谁，不能准入" in page and 'value="approve"' not in page and 'value="return"' in page
