"""The register of apps on screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from collecting_office import stock

from conftest import Office
from yici.services.batches import batches_of
from yici.storage import audit

OLD = {
    "name": "民政通", "kind": "mini", "purpose": "办低保", "functions": "低保申请\n高龄津贴申领",
    "fields": "姓名、联系电话", "audience": "村社干部", "users": "200",
}  # fmt: skip
NEW = {"name": "老年通", "kind": "app", "purpose": "关爱老人", "functions": "低保申请", "fields": "手机号码；幸福指数"}


def proposed(office: Office, login: str, what: dict[str, str], decision: str = "admit") -> str:
    where = str(office.as_(login).post("/apps/propose", what)["Location"])
    if decision:
        assert office.as_("steward").post(f"{where}/decide", {"step": decision, "remark": "同意"}).status_code == 302
    return where


def test_a_new_app_is_compared_with_those_there_are(office: Office) -> None:
    old = proposed(office, "officer", OLD)
    where = proposed(office, "officer-health", NEW, "")
    assert "个应用等待准入评审" in office.as_("steward").get("/").content.decode()
    page = office.as_("steward").get(where).content.decode()
    assert "民政通" in page
    assert "大半相同" in page
    assert "还没有人收：幸福指数" in page
    assert office.as_("officer").post(f"{where}/decide", {"step": "admit"}).status_code == 404
    steward = office.as_("steward")
    assert steward.post(f"{where}/decide", {"step": "refuse"}).status_code == 409
    assert steward.post(f"{where}/decide", {"step": "return", "remark": "并入民政通"}).status_code == 302
    assert office.as_("officer").post(f"{where}/again", NEW).status_code == 404
    assert office.as_("officer-health").post(f"{where}/again", NEW | {"functions": "血压随访"}).status_code == 302
    assert steward.post(f"{where}/decide", {"step": "admit"}).status_code == 302
    assert steward.post(f"{where}/decide", {"step": "admit"}).status_code == 409
    assert "大半相同" not in office.as_("clerk").get(old).content.decode()
    assert office.as_("clerk").get("/apps/propose").status_code == 403
    assert office.as_("officer").post("/apps/propose", {"name": "x"}).status_code == 409
    assert office.as_("system").get("/apps").status_code == 403


def test_a_steward_does_not_admit_what_he_proposed(office: Office) -> None:
    where = proposed(office, "steward", OLD | {"organisation": "民政局"}, "")
    refused = office.as_("steward").post(f"{where}/decide", {"step": "admit"})
    assert refused.status_code == 409 and "自己申报的" in refused.content.decode()


def test_use_is_told_by_month_and_imported_all_or_none(office: Office) -> None:
    where = proposed(office, "officer", OLD)
    officer = office.as_("officer")
    assert officer.post(f"{where}/month", {"month": "2026-10", "actives": "12"}).status_code == 302
    assert officer.post(f"{where}/month", {"month": "十月", "actives": "12"}).status_code == 409
    bad = officer.post("/apps/counts", {"lines": "民政通\t2026-09\t5\n老年通,2026-09,3\n民政通,2026-13,1"})
    assert bad.status_code == 409
    assert "第 2 行" in bad.content.decode()
    assert "第 3 行" in bad.content.decode()
    assert "2026-09" not in officer.get(where).content.decode()
    assert officer.post("/apps/counts", {"lines": "民政通\t2026年9月\t5"}).status_code == 302
    assert "2026-09" in officer.get(where).content.decode()
    assert office.as_("officer-health").post("/apps/counts", {"lines": "民政通,2026-09,5"}).status_code == 409
    assert any(line.action == "app.count" for line in audit.lines())


def test_an_app_goes_down_when_its_data_is_in_the_pool(office: Office, tmp_path: Path) -> None:
    where = proposed(office, "officer", OLD)
    officer = office.as_("officer")

    def step(name: str, **more: str) -> int:
        return officer.post(f"{where}/retire", {"step": name, **more}).status_code

    assert office.as_("officer-health").post(f"{where}/retire", {"step": "retire", "remark": "x"}).status_code == 404
    assert step("exported", remark="500 条") == 409
    assert step("retire") == 409
    assert step("retire", remark="没人用") == 302
    assert step("down") == 409
    assert step("nothing", remark="没有") == 409
    assert step("exported", remark="民政通.xlsx 500 条") == 302
    assert step("imported", batch="zz") == 409
    stock(office, tmp_path)
    batch = batches_of(home=office.home)[0].batch
    assert batch[:12] not in officer.get(where).content.decode()  # Another department's ledger.
    assert step("imported", batch=batch) == 409
    moved = {"step": "imported", "batch": batch}
    assert office.as_("steward").post(f"{where}/retire", moved).status_code == 302
    assert step("down") == 302
    page = officer.get(where).content.decode()
    assert "已下架" in page
    assert batch[:12] in page
    # A ledger that has none of what the app kept proves nothing.
    kept = proposed(office, "officer", OLD | {"name": "助残通", "fields": "残疾等级、姓名"})
    for one in ({"step": "retire", "remark": "没人用"}, {"step": "exported", "remark": "3 条"}):
        assert officer.post(f"{kept}/retire", one).status_code == 302
    assert office.as_("steward").post(f"{kept}/retire", moved).status_code == 302
    refused = officer.post(f"{kept}/retire", {"step": "down"})
    assert refused.status_code == 409 and "没有这些项：残疾等级" in refused.content.decode()
    chat = proposed(office, "officer", {"name": "低保群", "kind": "chat", "purpose": "通知", "functions": "通知"})
    for name in ("retire", "nothing", "down"):
        assert officer.post(f"{chat}/retire", {"step": name, "remark": "群解散"}).status_code == 302


def test_the_pages_of_apps_are_accessible(office: Office, browse: Callable[..., Any]) -> None:
    where = proposed(office, "officer", OLD)
    office.as_("officer").post(f"{where}/retire", {"step": "retire", "remark": "没人用"})
    page = browse("officer", "/apps", width=360)
    for path in ("/apps", "/apps/propose", where):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
