"""Background work in a browser: a ledger is read with a bar that moves, survives a reload, and ends when told to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from held_work import held_at
from playwright.sync_api import expect
from pool_ledgers import ledger
from test_imports import HEAD, OWN

from conftest import Office
from yici.services.batches import batches_of
from yici.services.jobs.worker import work_off


def test_a_ledger_is_read_with_progress_that_survives_a_reload_and_is_cancelled(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browse: Callable[..., Any]
) -> None:
    monkeypatch.setenv("YICI_HOME", str(office.home))
    monkeypatch.setattr("yici.services.importing.LARGE_LEDGER_BYTES", 100)
    page = browse("clerk", "/imports", width=390)
    page.set_input_files("#file", str(ledger(tmp_path / "走访.xlsx", OWN, HEAD)))
    page.click("text=上传并预览")
    expect(page.locator("#job .tag")).to_have_text("排队中")
    job = page.url

    def looked_at_and_cancelled(_number: int) -> None:
        bar = page.locator("#job progress[value]")
        expect(bar).to_be_visible()  # The page asks by itself how far it is.
        expect(page.locator("#job")).to_contain_text("正在读取台账 2 / 2")
        expect(page.locator("#job-notice")).to_contain_text("1 项后台任务")
        page.reload()
        expect(bar).to_be_visible()
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.goto(page.url.split("/jobs")[0] + "/imports")
        page.locator("#job-notice a").click()
        page.get_by_role("link", name="走访.xlsx").click()
        expect(bar).to_be_visible()
        page.locator("#job button").click()
        expect(page.locator("#job .tag")).to_have_text("正在取消")

    with monkeypatch.context() as holding:
        held_at(holding, 1, looked_at_and_cancelled)
        work_off(office.home)
    expect(page.locator("#job .tag")).to_have_text("已取消")
    (place,) = (office.home / "uploads").iterdir()
    assert not list(place.glob("preview*")) and not batches_of(home=office.home)
    # The upload stays: it is read again when its owner says so, and seen once it was.
    page.goto(job.split("/jobs")[0] + f"/imports/{place.name}")
    page.get_by_role("button", name="开始读取").click()
    expect(page.locator("#job .tag")).to_have_text("排队中")
    work_off(office.home)
    page.locator("#job").get_by_role("link", name="查看").click()
    page.wait_for_selector("#table-1")
