"""Take the pictures of docs/tour.md: the demo office at work, from a form that is asked for to the roll-up.

python scripts/screenshots.py              make a demo pool, serve it, walk through it, write docs/tour/*.png
python scripts/screenshots.py --pool DIR   use the pool a demo made before (demo-out); it is changed by the walk

It waits for what the pages say, never for time. Chromium's path may be given as CHROMIUM.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
YICI = str(Path(sys.executable).parent / "yici")
OUT = ROOT / "docs" / "tour"
WIDEST, COLOURS, TALLEST = 900, 200, 1100
PEOPLE = "06-留守儿童关爱台账.xlsx", "07-独居老年人探访表.xlsx"
UP_WITHIN = 120


def main() -> None:
    """Make the pool when none is given, then walk."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--pool", type=Path, help="what `yici demo --out` made")
    given = parser.parse_args().pool
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        made = given or Path(folder) / "demo"
        if given is None:
            subprocess.run(  # noqa: S603 (our own command)
                [YICI, "demo", "--out", str(made)], check=True, stdout=subprocess.DEVNULL
            )
        with served(made / "data") as site, sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            Walk(browser, site, made).go()
            browser.close()
    print(f"{sum(file.stat().st_size for file in OUT.glob('*.png')) // 1024} KB in {OUT}")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a server for the pool, stopped at the end."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [YICI, "serve", "--demo", "--bind", bind]
    server = subprocess.Popen(command, env={**os.environ, "YICI_HOME": str(home)}, stdout=subprocess.PIPE,  # noqa: S603
                              stderr=subprocess.STDOUT, text=True)  # fmt: skip
    try:
        _answers(f"http://{bind}/signin", server)
        yield f"http://{bind}"
    finally:
        server.terminate()
        server.wait()


def _answers(address: str, server: subprocess.Popen[str]) -> None:
    """Ask until the server answers; the wait between two tries is that of the refused connection."""
    for _ in range(UP_WITHIN * 10):
        try:
            with urllib.request.urlopen(address, timeout=UP_WITHIN):  # noqa: S310 (our own server)
                return
        except OSError:
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
            raise SystemExit(server.stdout.read() if server.stdout else "the server did not start") from None
    raise SystemExit("the server does not answer")


class Walk:
    """One walk through the office; each step ends with a picture."""

    def __init__(self, browser: Browser, site: str, made: Path) -> None:
        self.browser, self.site, self.made = browser, site, made

    def go(self) -> None:
        """All steps in the order of the tour."""
        self.signing_in()
        where = self.asking()
        self.clerk(where)
        self.checking(where)
        self.finding()
        self.importing()
        self.resident()

    def as_(self, login: str, *, width: int = 1280, height: int = 800) -> Page:
        """A page signed in as one of the demo's people."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, base_url=self.site)
        page = context.new_page()
        page.goto("/signin")
        page.click(f'button[value="{login}"]')
        page.wait_for_selector("h1")
        return page

    def picture(self, page: Page, name: str, *, whole: bool = False, clip: str = "") -> None:
        """Write a picture: at most WIDEST wide, with few colours, so that all of them together stay small."""
        page.evaluate("document.activeElement && document.activeElement.blur()")
        raw = page.locator(clip).first.screenshot() if clip else page.screenshot(full_page=whole)
        image = Image.open(BytesIO(raw)).convert("RGB")
        if image.width > WIDEST:
            image = image.resize((WIDEST, image.height * WIDEST // image.width), Image.Resampling.LANCZOS)
        image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(OUT / f"{name}.png", optimize=True)

    def signing_in(self) -> None:
        page = self.browser.new_page(viewport={"width": 1280, "height": 800}, base_url=self.site)
        page.goto("/signin")
        page.wait_for_selector("button[value=demo-clerk]")
        self.picture(page, "01-signin")

    def asking(self) -> str:
        """An officer proposes, a steward admits, the officer sends it out; the collection's address."""
        officer = self.as_("demo-officer")
        officer.goto("/collections/propose")
        officer.set_input_files("#file", self.made / "空白表" / PEOPLE[1])
        officer.fill("#name", "独居老人探访")
        officer.fill("#purpose", "冬季走访，安排探访人")
        officer.fill("#where", "是否独居 = '是' and 年龄 >= 60")
        for field, words in (("number", "民统 12 表"), ("maker", "市民政局"), ("approval", "市统字〔2026〕12 号"),
                             ("valid_until", "2027-12-31")):  # fmt: skip
            officer.fill(f"#{field}", words)
        officer.click("main form button.button")
        officer.wait_for_selector("text=准入评审报告")
        self.picture(officer, "02-admission")
        where = officer.url.removeprefix(self.site)
        steward = self.as_("demo-steward")
        steward.goto(where)
        steward.click('button[value="approve"]')
        steward.wait_for_url("**/collections")
        officer.goto(where)
        for box in officer.locator('input[name="units"]').all():
            box.check()
        officer.click(f'form[action="{where}/publish"] button.button')
        officer.wait_for_selector("text=已派发")
        return where

    def clerk(self, where: str) -> None:
        page = self.as_("demo-clerk")
        page.wait_for_selector("text=张表等您填报")
        self.picture(page, "03-todo")
        page.goto("/fillings")
        page.wait_for_selector("#answers[data-ready]")
        page.click('button[data-show="grid"]')
        page.wait_for_selector("#grids table")
        self._paste(page)
        self.picture(page, "05-grid")
        phone = self.as_("demo-clerk", width=390, height=780)
        phone.goto("/fillings")
        phone.wait_for_selector("#answers[data-ready]")
        self.picture(phone, "04-phone")
        page.goto("/received")
        page.wait_for_selector("#files")
        self.picture(page, "06-received")
        page.set_input_files("#files", self.made / "空白表" / PEOPLE[0])
        page.click("main form button.button")
        page.wait_for_selector("text=格已填")
        self.picture(page, "07-received-one")

    def _paste(self, page: Page) -> None:
        """Paste a column as a spreadsheet does."""
        cell = page.locator('#grids [role="gridcell"], #grids td[tabindex], #grids td').first
        cell.click()
        page.evaluate(
            """text => { const data = new DataTransfer(); data.setData('text/plain', text);
               document.activeElement.dispatchEvent(new ClipboardEvent('paste',
                 { clipboardData: data, bubbles: true, cancelable: true })); }""",
            "王小莲\n王小莲\n赵大河",
        )

    def checking(self, where: str) -> None:
        clerk = self.as_("demo-clerk")
        clerk.goto("/fillings")
        clerk.click("button[aria-label^=报送]")
        clerk.wait_for_selector("text=已报送")
        leader = self.as_("demo-leader")
        leader.goto("/reviews")
        leader.wait_for_selector("tbody a")
        leader.click("tbody a >> nth=0")
        leader.wait_for_selector("h1 .tag")
        leader.click('button[value="check"]')
        leader.wait_for_selector("text=已处理 1 项")
        officer = self.as_("demo-officer")
        officer.goto("/reviews")
        officer.wait_for_selector("tbody a")
        self.picture(officer, "08-reviews")
        officer.click("tbody a >> nth=0")
        officer.wait_for_selector("h1 .tag")
        officer.click('button[value="accept"]')
        officer.wait_for_selector("text=已处理 1 项")
        officer.goto(where)
        officer.wait_for_selector(f'a[href^="{where}/download"], form[action^="{where}/download"]')
        self.picture(officer, "09-collection", whole=True)

    def finding(self) -> None:
        page = self.as_("demo-clerk")
        page.goto("/rosters")
        page.select_option('select[name="element"] >> nth=0', label="年龄")
        page.select_option('select[name="operator"] >> nth=0', ">=")
        page.fill('input[name="value"] >> nth=0', "80")
        page.click('button[value="look"]')
        page.wait_for_selector("#result")
        self.picture(page, "10-roster", whole=True)
        page.fill("#top-words", "张")
        page.press("#top-words", "Enter")
        page.wait_for_selector("main table a, main li a")
        page.click("main table a >> nth=0")
        page.wait_for_selector("section.card h2")
        self.picture(page, "11-subject")

    def importing(self) -> None:
        page = self.as_("demo-steward")
        page.goto("/imports")
        page.set_input_files("#file", min((self.made / "台账").rglob("*.xlsx")))
        page.fill("#department", "民政局")
        page.click("main form button.button")
        # A ledger of this size is read in the background; its page leads to what was read.
        page.locator("#job").get_by_role("link", name="查看").click()
        page.wait_for_selector("main table")
        self.picture(page, "12-import")

    def resident(self) -> None:
        page = self.as_("demo-resident", width=390, height=780)
        self.picture(page, "13-resident")
        page.goto("/mine/policies")
        page.wait_for_selector("section.card")
        self.picture(page, "14-policies")


if __name__ == "__main__":
    main()
