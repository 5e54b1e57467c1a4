"""Every page of the route table: no axe violation, not wider than the screen, by keyboard, light, nothing from outside.

The suite sees each page once, in one mode; YICI_WHOLE=1 sees all of them in every mode.
"""

from __future__ import annotations

import gzip
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from access_office import Doors, open_doors
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from page_probes import HELP, by_axe, by_keyboard, in_forced_colours, open_probed
from page_words import known_words, untranslated

from conftest import Office
from kept_homes import prepared
from yici.web.routes import all_routes, rules_of

TABLE = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text("utf-8"))
WHOLE = bool(os.environ.get("YICI_WHOLE"))
MODES: Mapping[str, tuple[int, Mapping[str, str]]] = {
    "light": (1280, {"yici-theme": "light", "yici-view": "dense"}),
    "dark": (1280, {"yici-theme": "dark", "yici-view": "dense"}),
    "elder": (1280, {"yici-theme": "light", "yici-view": "elder"}),
    "phone": (390, {"yici-theme": "light", "yici-view": "dense"}),
}
HEAVIEST = 150_000
TABS = 400 if WHOLE else 10
WIDER = """(size) => { if (size) document.documentElement.dataset.size = size;
  return document.documentElement.scrollWidth - innerWidth; }"""
_ASSET = re.compile(r'(?:src|href)="/static/([^"]+)"')
# Downloads and pictures are no pages, nor are steps of signing in that lead elsewhere, and pieces of a page.
_NO_PAGES = frozenset(
    ("collection-download", "import-marked", "figure-picture", "openapi", "burden-file", "burden-picture",
     "signin-code", "oidc-signin", "oidc-back", "identity", "identity-tie", "job-notice", "collection-report")
)  # fmt: skip
# Data of the ledgers and examples: names of people and files, words of forms.
_NAMES = ("单桂兰", "单建国", "赵四海", "柳河面粉有限公司", "本村台账", "张三", "序号", "走访慰问", "不小于",
          "80周岁以上老年人花名册")  # fmt: skip
# Words of the language in which figures are asked, and of the offices, told by the API in its English, too.
_OFFICE = ("村", "镇", "下级", "数据元", "免申即享", "快申快享", "申报", "办理业务", "核对信息", "联系本人", "回应疑义")


@dataclass(frozen=True, slots=True)
class Page:
    """A page to look at, and one who may."""

    name: str
    path: str
    login: str


def pages(doors: Doors) -> Iterator[Page]:
    """Every page that is read, once, as the first visitor whom the table lets in."""
    for _, pattern in all_routes():
        name = str(pattern.name)
        route = TABLE["routes"][name]
        if "GET" not in rules_of(pattern.callback) or name.startswith("api-") or name in _NO_PAGES:
            continue
        if not (route.get("public") or route["in"]):
            continue  # It is tried only on things that do not exist.
        login, thing = _first(route)
        arguments = TABLE["things"][route["about"]][thing] if "about" in route else {}
        filled = {key: doors.names[v[1:]] if str(v).startswith("$") else v for key, v in arguments.items()}
        yield Page(name, reverse(name, kwargs=filled), login)


def _first(route: Mapping[str, Any]) -> tuple[str, str]:
    if route.get("public"):
        return "nobody", ""
    who = route["in"]
    if isinstance(who, list):
        return who[0], ""
    login = next(login for login, things in who.items() if things)
    return login, who[login][0]


@pytest.fixture
def doors(office: Office, tmp_path: Path) -> Doors:
    return prepared(office.home, "doors", lambda: open_doors(office, tmp_path, TABLE["visitors"]))


def test_every_page_in_a_browser(doors: Doors, site: str, chromium: Any, capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[str] = []
    modes = itertools.cycle(MODES)
    context = open_probed(chromium, base_url=site)
    page, looked, told = context.new_page(), 0, set[str]()
    _listen(page, site, wrong)
    for one in pages(doors):
        for mode in MODES if WHOLE else [next(modes)]:
            _come_as(context, site, doors, one.login, mode)
            page.set_viewport_size({"width": MODES[mode][0], "height": 900})
            page.goto(one.path)
            if page.locator("[hx-trigger*=load], [data-chart]").count():
                page.wait_for_load_state("networkidle")  # Half a second of nothing: only where something comes later.
            looked += 1
            where = f"{one.name} ({one.path} as {one.login}, {mode})"
            found = by_axe(page, told) + page.evaluate(HELP) + by_keyboard(page, TABS) + _when_small(page, mode)
            wrong += [f"{where}: {problem}" for problem in found]
    context.close()
    with capsys.disabled():
        print(f"\npages looked at: {looked}, wrong: {len(wrong)}")
    assert not wrong, "\n".join(wrong)


def _listen(page: Any, site: str, wrong: list[str]) -> None:
    """Note requests to elsewhere, and errors of scripts and of the content policy."""
    inside = (site + "/", "data:")
    page.on("request", lambda one: None if one.url.startswith(inside) else wrong.append(f"outside: {one.url}"))
    page.on("console", lambda told: wrong.append(f"{page.url}: {told.text}") if told.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))


def _come_as(context: Any, site: str, doors: Doors, login: str, mode: str) -> None:
    context.clear_cookies()
    cookies = {**MODES[mode][1], **({"yici": doors.sessions[login]} if login in doors.sessions else {})}
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])


def _when_small(page: Any, mode: str) -> list[str]:
    """Whether the page scrolls sideways at 200 % of a small laptop's screen, or on the smallest phone: there also with
    the largest letters of the elders' view; and what is wrong on the phone in the machine's own contrast colours."""
    found, letters = [], ("large", "largest") if mode == "elder" else ("",)
    for width, size in [(640, letters[0]), *((360, size) for size in letters)]:
        page.set_viewport_size({"width": width, "height": 800})
        over = page.evaluate(WIDER, size)
        if over > 0:
            found.append(f"{over} px too wide at {width} px {size}")
    return found + in_forced_colours(page)


def test_every_page_is_light_and_says_everything_in_english(office: Office, doors: Doors) -> None:
    wrong = []
    known, assets = known_words((*_NAMES, *_OFFICE)), {}
    client = Client()
    for one in pages(doors):
        client.cookies.clear()
        if one.login in doors.sessions:
            client.cookies["yici"] = doors.sessions[one.login]
        client.cookies["yici-language"] = "en"
        answer = client.get(one.path)
        assert answer.status_code == 200, (one, answer.content.decode()[-3000:])
        text = answer.content.decode()
        weight = len(gzip.compress(text.encode())) + sum(_weight(name, assets) for name in set(_ASSET.findall(text)))
        if weight > HEAVIEST:
            wrong.append(f"{one.path}: {weight} bytes")
        wrong += [f"{one.name} {one.path}: not in English: {words}" for words in untranslated(text, known)]
        assert '<html lang="en"' in text
    assert not wrong, "\n".join(wrong)


def _weight(name: str, known: dict[str, int]) -> int:
    """What a static file weighs compressed; pictures are drawn by a library that does not count."""
    if name not in known:
        file = finders.find(name)
        known[name] = 0 if "echarts" in name else len(gzip.compress(Path(str(file)).read_bytes()))
    return known[name]
