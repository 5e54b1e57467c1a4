"""Long lists: looked through by a few words, shown page by page; who did something is told by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from collecting_office import stock
from pool_ledgers import EAST, fill_pool

from conftest import Office
from yici.storage.collections import add_collection, add_form
from yici.storage.references import references_of


def headings(page: str) -> list[str]:
    """What the rows of the page's list are called."""
    return re.findall(r'<tr><th scope="row"><a href="[^"]+">([^<]+)</a>', page)


def ask(office: Office, *collections: tuple[str, str, str]) -> None:
    """Collections of one form: name, department, state."""
    form = add_form(source="0" * 64, file_name="走访.xlsx", title="走访", fingerprint="f", fields=[], by="officer")
    for name, organisation, state in collections:
        add_collection(form_id=form, name=name, organisation=organisation, purpose="慰问", state=state, by="officer")


def test_collections_are_looked_through_and_turned(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yici.web.paging.SHOWN", 2)
    ask(office, *((f"走访{number}", "民政局", "proposed") for number in range(5)), ("义诊", "卫健局", "closed"))
    steward = office.as_("steward")
    first = steward.get("/collections").content.decode()
    assert headings(first) == ["义诊", "走访4"] and "第 1 页，共 3 页，6 条" in first
    assert headings(steward.get("/collections?page=2").content.decode()) == ["走访3", "走访2"]
    assert headings(steward.get("/collections?page=99").content.decode()) == ["走访1", "走访0"]
    closed = steward.get("/collections", {"state": "closed"}).content.decode()
    assert headings(closed) == ["义诊"] and 'value="closed" selected' in closed
    assert headings(steward.get("/collections", {"words": "卫健"}).content.decode()) == ["义诊"]
    turned = steward.get("/collections", {"words": "走访", "page": "2"}).content.decode()
    assert headings(turned) == ["走访2", "走访1"] and "page=3" in turned and "words=%E8" in turned
    assert "没有这样的采集任务" in steward.get("/collections", {"words": "没有的"}).content.decode()
    # What is somebody else's is found by nothing.
    assert headings(office.as_("officer-health").get("/collections", {"words": "走访"}).content.decode()) == []


def test_accounts_are_looked_through(office: Office) -> None:
    system = office.as_("system")
    page = system.get("/accounts", {"words": "卫健局"}).content.decode()
    assert "<td>officer-health</td>" in page and "<td>officer</td>" not in page
    leaders = system.get("/accounts", {"of": "leader"}).content.decode()
    assert "<td>leader</td>" in leaders and "<td>clerk</td>" not in leaders
    assert "没有这样的账号" in system.get("/accounts", {"words": "无此人"}).content.decode()


def test_batches_are_looked_through_and_say_who_brought_them(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    steward = office.as_("steward")
    assert "人口.csv" in steward.get("/imports", {"words": "公安"}).content.decode()
    none = steward.get("/imports", {"words": "教育"}).content.decode()
    assert "人口.csv" not in none and "没有这样的批次" in none


def test_who_changed_a_value_is_told_by_name(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    code = references_of([("person", EAST)])["person", EAST]
    clerk = office.as_("clerk")
    clerk.post(f"/pool/{code}/person.education/edit", {"value": "大学本科"})
    assert "（clerk员）" in clerk.get(f"/pool/{code}").content.decode()
