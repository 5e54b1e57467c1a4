"""The import wizard: upload, look, correct a heading, import, withdraw; each only for whom it is."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from openpyxl import load_workbook
from pool_ledgers import EAST, SON, WEST, ledger

from conftest import Office
from yici.services import importing
from yici.services.batches import batches_of
from yici.services.ledgers import ImportOutcome, import_ledger
from yici.services.records import show_subject
from yici.services.word_offers import offers
from yici.storage import audit

HEAD = ["姓名", "公民身份号码", "联系电话", "手机靓号", "村（社区）"]
OWN = [["单桂兰", EAST, "13853811001", "13853811009", "柳东村"], ["单建国", SON, "12345", "", "柳东村"]]


def upload(client: Client, path: Path, **said: str) -> Any:
    given = {"department": "柳东村", "as_of": "2026-06-30"} | said
    return client.post("/imports", given | {"file": SimpleUploadedFile("走访台账.xlsx", path.read_bytes())})


def test_a_ledger_is_looked_at_corrected_imported_and_withdrawn(office: Office, tmp_path: Path) -> None:
    client = office.as_("clerk")
    place = upload(client, ledger(tmp_path / "a.xlsx", OWN, HEAD))["Location"]
    text = client.get(place).content.decode()
    assert "手机靓号" in text
    assert "联系电话 1 格" in text
    assert "12345" not in text
    assert not batches_of(home=office.home)
    marked = client.get(f"{place}/marked")
    assert isinstance(marked, HttpResponse)
    assert load_workbook(BytesIO(marked.content)).active is not None
    assert office.as_("steward").get(place).status_code == 404
    assert office.as_("steward").post(f"{place}/run").status_code == 404
    meant = {"word": "手机靓号", "subject": "person", "element": "person.guardian_phone"}
    assert client.post(f"{place}/heading", meant).status_code == 302
    assert client.post(f"{place}/heading", meant | {"element": "nothing"}).status_code == 404
    assert client.post(f"{place}/run")["Location"] == "/imports"
    (golden,) = show_subject(home=office.home, key=EAST)
    assert "person.guardian_phone" in {known.element.id for known in golden.values}
    (row,) = batches_of(home=office.home)
    assert client.post(f"/imports/{row.batch}/withdraw").status_code == 403
    assert office.as_("steward").post(f"/imports/{row.batch}/withdraw").status_code == 302
    assert "已撤回" in client.get("/imports").content.decode()
    assert row.file_name not in office.as_("clerk-west").get("/imports").content.decode()
    assert client.get(place).status_code == 404


def test_a_preview_is_kept_until_something_it_depends_on_changes(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[Path] = []

    def counted(**given: Any) -> ImportOutcome:
        runs.append(given["path"])
        return import_ledger(**given)

    monkeypatch.setattr(importing, "import_ledger", counted)
    client = office.as_("clerk")
    place = upload(client, ledger(tmp_path / "a.xlsx", OWN, HEAD))["Location"]
    first = client.get(place).content.decode()
    assert client.get(place).content.decode().count("<option") == first.count("<option") > 0
    assert len(runs) == 1
    meant = {"word": "手机靓号", "subject": "person", "element": "person.guardian_phone"}
    client.post(f"{place}/heading", meant)
    assert 'value="person.guardian_phone" selected' in client.get(place).content.decode()
    assert len(runs) == 2
    client.post(f"{place}/heading", meant | {"element": ""})
    assert 'value="person.guardian_phone" selected' not in client.get(place).content.decode()
    assert len(runs) == 3
    other = upload(client, ledger(tmp_path / "b.xlsx", OWN, HEAD))["Location"]
    client.get(other)
    client.post(f"{other}/run")
    runs.clear()
    client.get(place)
    assert len(runs) == 1


def test_what_a_clerk_says_of_a_heading_holds_for_the_own_ledgers_until_the_steward_accepts_it(
    office: Office, tmp_path: Path
) -> None:
    clerk, steward = office.as_("clerk"), office.as_("steward")
    file = ledger(tmp_path / "a.xlsx", OWN, HEAD)

    def understood(client: Client, department: str) -> bool:
        place = upload(client, file, department=department)["Location"]
        return 'value="person.guardian_phone" selected' in client.get(place).content.decode()

    assert not understood(clerk, "柳东村")
    place = upload(clerk, file)["Location"]
    clerk.post(f"{place}/heading", {"word": "手机靓号", "subject": "person", "element": "person.guardian_phone"})
    assert understood(clerk, "柳东村")
    assert not understood(steward, "民政局")
    (offer,) = [one for one in offers(home=office.home) if one.word == "手机靓号"]
    assert offer.meaning == "person.guardian_phone" and offer.titles == ("走访台账.xlsx",)
    decided = {"number": list(offer.numbers), "decision": "accepted"}
    assert steward.post("/words/decide", decided).status_code == 302
    assert understood(steward, "民政局")


@pytest.mark.parametrize(
    ("login", "said", "status"),
    [
        ("clerk", {"department": "公安机关"}, 409),
        ("clerk", {"as_of": "2099-01-01"}, 409),
        ("clerk", {"as_of": "六月"}, 409),
        ("clerk", {"authority": "联系电话"}, 409),
        ("officer", {"department": "卫健局"}, 409),
        ("steward", {"department": "卫健局", "authority": "没有的项"}, 404),
        ("leader", {}, 403),
    ],
)
def test_what_is_said_about_a_ledger_is_checked(
    office: Office, tmp_path: Path, login: str, said: dict[str, str], status: int
) -> None:
    path = ledger(tmp_path / "a.xlsx", OWN, HEAD)
    assert upload(office.as_(login), path, **said).status_code == status
    assert not list((office.home / "uploads").glob("*")) if (office.home / "uploads").exists() else True


def test_a_clerk_imports_only_rows_of_the_own_village(office: Office, tmp_path: Path) -> None:
    client = office.as_("clerk")
    mixed = ledger(tmp_path / "b.xlsx", [*OWN, ["赵四海", WEST, "", "", "柳西村"]], HEAD)
    place = upload(client, mixed)["Location"]
    shown = client.get(place)
    assert shown.status_code == 422
    assert "柳西村" in shown.content.decode()
    assert client.post(f"{place}/run").status_code == 422
    assert not batches_of(home=office.home)


def test_the_steward_says_afterwards_what_a_ledger_covers(office: Office, tmp_path: Path) -> None:
    client, steward = office.as_("clerk"), office.as_("steward")
    client.post(f"{upload(client, ledger(tmp_path / 'a.xlsx', OWN, HEAD))['Location']}/run")
    (row,) = batches_of(home=office.home)
    where = f"/imports/{row.batch}/covers"
    assert client.post(where, {"covers": "柳东村"}).status_code == 403
    assert "名册范围：" not in client.get("/imports").content.decode()
    wrong = steward.post(where, {"covers": "柳南村"})
    assert wrong.status_code == 404 and "柳南村" in wrong.content.decode()
    assert steward.post(where, {"covers": "柳西村、柳东村"})["Location"] == "/imports"
    assert "名册范围：" in client.get("/imports").content.decode()
    assert [set(one.covers) for one in batches_of(home=office.home)] == [{"柳东村", "柳西村"}]
    steward.post(where, {"covers": ""})
    said = [line.detail for line in audit.lines() if line.action == "batch.covers"]
    assert [len(one["after"]) for one in said] == [2, 0]
    assert steward.post("/imports/000000000000/covers", {"covers": ""}).status_code == 404


def test_a_file_that_is_none_is_refused(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK nonsense")
    client = office.as_("clerk")
    assert client.get(upload(client, path)["Location"]).status_code == 422
    assert client.post("/imports", {"department": "柳东村"}).status_code == 422
    for code in ("..", "0" * 32, "x"):
        assert client.get(f"/imports/{code}").status_code == 404


def test_the_wizard_in_a_browser(office: Office, browse: Callable[..., Any], tmp_path: Path) -> None:
    path = ledger(tmp_path / "走访.xlsx", OWN, HEAD)
    page = browse("clerk", "/imports", width=390)
    assert Axe().run(page).violations_count == 0
    page.set_input_files("#file", str(path))
    page.click("text=上传并预览")
    page.wait_for_selector("#table-1")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.click("form[action$=run] button")
    page.wait_for_selector(".notice.success")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
