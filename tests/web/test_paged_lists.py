"""Long lists: looked through by a few words, shown page by page; who did something is told by name."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from collecting_office import stock
from pool_ledgers import EAST, fill_pool

from conftest import Office
from yici.services.accounts import grant_elements
from yici.services.records import golden_record
from yici.storage.accounts import find_account
from yici.storage.collections import add_collection, add_form
from yici.storage.disputes import add_dispute
from yici.storage.outside import add_use
from yici.storage.references import references_of
from yici.storage.tokens import add_token


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


def test_doubts_are_looked_through_and_only_the_page_is_read(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_pool(office.home, tmp_path)
    clerk, steward = office.as_("clerk"), office.as_("steward")
    code = references_of([("person", EAST)])["person", EAST]
    clerk.post(f"/pool/{code}/person.phone/doubt", {"doubt": "号码换了"})
    about = {"subject": "person", "unit": "柳东村", "due": date(2026, 3, 2), "by": "clerk"}
    for number in range(4):
        add_dispute(key=EAST, element="person.sex", doubt=f"性别第{number}次", state="kept", **about)  # type: ignore[arg-type]
    add_dispute(key="gone", element="person.sex", doubt="已经撤回的批次", state="kept", **about)  # type: ignore[arg-type]
    monkeypatch.setattr("yici.web.paging.SHOWN", 3)
    read: list[object] = []

    def reading(*about: Any) -> Any:
        read.append(about)
        return golden_record(*about)

    monkeypatch.setattr("yici.services.disputes.golden_record", reading)
    first = steward.get("/disputes").content.decode()
    assert len(read) == 3 and "第 1 页，共 2 页，6 条" in first
    # What waits comes first, then the latest settled; one whose subject has gone is told without a link.
    assert first.index("号码换了") < first.index("已经撤回的批次") < first.index("性别第3次") and "已不在库里" in first
    assert "性别第0次" in steward.get("/disputes?page=2").content.decode()
    for asked, found in (("联系电话", 1), ("性别", 5), ("第2次", 1), ("西村", 0), ("桂兰", 5), ("单志远", 0)):
        page = steward.get("/disputes", {"words": asked}).content.decode()
        assert page.count('id="dispute-') == min(found, 3), asked
    assert "没有这样的疑义" in steward.get("/disputes", {"state": "changed"}).content.decode()
    # An answer without a reason is shown again with its words, on whatever page it was.
    number = re.search(r"/disputes/(\d+)/answer", first)
    assert number is not None
    wrong = steward.post(f"/disputes/{number[1]}/answer", {"value": "13900000001", "reason": " "}).content.decode()
    assert 'value="13900000001"' in wrong and wrong.count('id="dispute-') == 1 and "看全部" in wrong


def test_grants_tokens_and_demand_are_looked_through(office: Office) -> None:
    about = {"home": office.home, "today": date(2026, 3, 2), "actor": "security"}
    grant_elements(organisation="民政局", elements=["姓名"], purpose="慰问", **about)  # type: ignore[arg-type]
    grant_elements(
        organisation="卫健局",
        elements=["联系电话"],
        purpose="随访",
        until=date(2026, 3, 1),
        **about,  # type: ignore[arg-type]
    )
    security = office.as_("security")
    page = security.get("/grants", {"words": "联系"}).content.decode()
    assert "随访" in page and "慰问" not in page
    page = security.get("/grants", {"state": "running"}).content.decode()
    assert "慰问" in page and "随访" not in page
    assert "没有这样的授权" in security.get("/grants", {"words": "教育"}).content.decode()
    account = find_account("officer")
    assert account is not None
    at = datetime(2026, 3, 2, tzinfo=UTC)
    for words, until in (("养老系统", at + timedelta(days=90_000)), ("旧系统", at)):
        add_token(account.pk, words, words=words, start=words[:1], at=at, until=until)
    page = security.get("/tokens", {"state": "alive"}).content.decode()
    assert "养老系统" in page and "旧系统" not in page
    assert "旧系统" in security.get("/tokens", {"words": "旧"}).content.decode()
    add_use(
        form="f", title="养犬登记表", number="", fields=[], source="0" * 64, file_name="a.xlsx", by="clerk",
        unit="柳东村", department="公安局", asked=9, filled=3,
    )  # fmt: skip
    steward = office.as_("steward")
    assert "养犬登记表" in steward.get("/outside", {"words": "柳东"}).content.decode()
    assert "没有这样的表" in steward.get("/outside", {"state": "dismissed"}).content.decode()
