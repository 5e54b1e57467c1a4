"""Answering in a browser: checks while typing, the table with its keys and clipboard, edits and sign-outs midway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from collecting_office import LEGAL, blank_form, stock
from django.contrib.sessions.models import Session
from playwright.sync_api import expect
from waiting import wait_until

from conftest import PASSWORD, Office, press
from kept_homes import prepared
from yici.core.values import kind_of
from yici.core.values.agreement import disagreement
from yici.core.values.rules import rule_of
from yici.storage import models
from yici.storage.packs import load_registry

SCRIPTS = Path(__file__).parents[2] / "src/yici/web/static/web/answers"
REGISTRY = load_registry()
TODAY = date(2026, 3, 2)
SAMPLES = (Path(__file__).parent / "typed_values.txt").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def checker(chromium: Any) -> Iterator[Any]:
    page = chromium.new_page()
    for name in ("check", "blocks"):
        page.add_script_tag(path=str(SCRIPTS / f"{name}.js"))
    yield page
    page.close()


def test_the_page_says_wrong_only_where_the_server_refuses(checker: Any) -> None:
    ids = ("id_number", "phone", "birth_date", "sex", "education", "marital_status", "name", "ethnicity")
    elements = [REGISTRY.elements[f"person.{name}"] for name in ids if f"person.{name}" in REGISTRY.elements]
    elements += [e for e in REGISTRY.elements.values() if e.kind in ("uscc", "bool", "integer", "decimal")][:12]
    rules = [rule_of(element, REGISTRY, TODAY) for element in elements]
    told = checker.evaluate(
        "([rules, texts]) => rules.map((rule) => texts.map((text) => yici.check(rule, text)))", [rules, SAMPLES]
    )
    stricter, refused = [], 0
    for element, verdicts in zip(elements, told, strict=True):
        kind = kind_of(element, REGISTRY)
        for text, verdict in zip(SAMPLES, verdicts, strict=True):
            value = kind.clean("s" + text).value
            if value is not None and disagreement(element, value, {}, TODAY):
                value = None
            refused += value is None
            if verdict["wrong"] and value is not None:
                stricter.append((element.id, text, verdict["wrong"], value))
            if not verdict["wrong"] and value is not None:
                # What the page makes of it means the same to the server.
                assert kind.clean("s" + verdict["value"]).value == value, (element.id, text, verdict)
    assert not stricter
    caught = sum(bool(verdict["wrong"]) for verdicts in told for verdict in verdicts)
    assert caught > refused * 0.45, (caught, refused)


def test_what_goes_across_two_answers_is_seen_while_typing(checker: Any) -> None:
    rule = rule_of(REGISTRY.elements["person.birth_date"], REGISTRY, TODAY)
    wrong = "([rule, text]) => yici.check(rule, text, '11010519491231002X').wrong"
    assert checker.evaluate(wrong, [rule, "1949-12-31"]) == ""
    assert checker.evaluate(wrong, [rule, "1950-12-31"]) == "birth_not_of_id"


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ('"两行\n一格"\t"说""是"""\n', [["两行 一格", '说"是"']]),
        ("合并\t\r\n\t后\r\n\r\n", [["合并", ""], ["", "后"], [""]]),
        ('5"管\t x ', [['5"管', "x"]]),
        ("一个", [["一个"]]),
    ],
)
def test_a_block_from_the_clipboard_is_read(checker: Any, text: str, cells: list[list[str]]) -> None:
    assert checker.evaluate("(text) => yici.blocks.read(text)", text) == cells
    again = checker.evaluate("(cells) => yici.blocks.read(yici.blocks.write(cells))", cells)
    assert [row for row in again if any(row)] == [row for row in cells if any(row)]


@pytest.fixture
def asked(office: Office, tmp_path: Path) -> Office:
    """An office whose clerk is asked for a phone, the education and the blood group."""
    prepared(office.home, "asked for three things", lambda: _ask(office, tmp_path))
    return office


def _ask(office: Office, tmp_path: Path) -> None:
    stock(office, tmp_path)
    with blank_form(tmp_path, "联系电话", "文化程度", "血型").open("rb") as file:
        where = office.as_("officer").post("/collections/propose", {**LEGAL, "file": file})["Location"]
    office.as_("steward").post(f"{where}/decide", {"step": "approve"})
    office.as_("officer").post(f"{where}/publish", {"units": ["柳河镇"], "as_of": "2026-02-28", "days": "5"})


def opened(browse: Callable[..., Any], width: int = 1280) -> Any:
    page = browse("clerk", "/fillings", width=width)
    page.wait_for_selector("#answers[data-ready]")
    return page


def kept(page: Any) -> None:
    """What is typed is kept encrypted, which is done a moment later: leaving the page must wait for it."""
    page.evaluate("window.yici.answers.kept()")


def nothing_kept(page: Any) -> None:
    wait_until(page, "localStorage.length === 0")


def told() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in models.Entry.objects.order_by("seq"):
        found.setdefault(row.element, []).append(row.value)
    return found


def test_the_table_has_the_keys_and_the_clipboard_of_an_office_program(
    asked: Office, browse: Callable[..., Any]
) -> None:
    page = opened(browse)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    assert "1949" not in page.content()
    page.click("[data-show=grid]")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    cell = page.locator("#grids tbody td")
    texts = lambda: [one.strip() for one in cell.all_text_contents()]  # noqa: E731
    assert page.locator("#grids tbody th").all_text_contents() == ["李一　户主", "王二　李一 户"]
    assert page.locator("#grids thead th").all_text_contents()[1:] == ["文化程度", "血型", "联系电话"]
    # The phone of 李一 is known and not asked.
    cell.nth(0).click()
    page.keyboard.type("初")
    page.keyboard.press("Enter")
    page.keyboard.type("高中一")
    page.keyboard.press("Tab")
    assert texts()[:4] == ["初中", "", "", "高中一"]
    assert cell.nth(3).get_attribute("aria-invalid") == "true"
    page.keyboard.press("ArrowLeft")
    assert "不在规定的选项之内" in page.locator(".grid-line").inner_text()
    page.evaluate("navigator.clipboard.writeText('\"A\\n型\"\\t12345\\r\\nB型\\t13900002222\\r\\n')")
    cell.nth(1).click()
    page.keyboard.press("Control+v")
    expect(cell).to_have_text(["初中", "A 型", "", "高中一", "B型", "13900002222"])
    assert "贴入 3 格" in page.locator(".grid-line").inner_text()
    assert "1 格不用填" in page.locator(".grid-line").inner_text()
    # The unseen editor lies in the active cell and must let its value show.
    editor = page.locator("#grids td .editor")
    expect(editor).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    expect(editor).to_have_css("border-top-width", "0px")
    page.keyboard.press("Control+z")
    assert texts() == ["初中", "", "", "高中一", "", ""]
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+c")
    cell.nth(1).click()
    page.keyboard.press("F2")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    assert texts()[1] == "A 型"
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    assert texts()[4] == "A 型"
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()").split() == ["A", "型", "A", "型"]
    kept(page)
    page.reload()
    page.wait_for_selector("#answers[data-view=grid][data-ready]")
    assert texts() == ["初中", "A 型", "", "高中一", "A 型", "13900002222"]
    page.click("#answers button.button")
    page.wait_for_selector("#sending:has-text('有 1 项要改')")
    expect(page.locator("#grids td.done")).to_have_count(4)
    assert told() == {"person.education": ["初中"], "person.phone": ["13900002222"]}
    assert models.FormAnswer.objects.count() == 2
    assert texts()[3] == "高中一"


def test_an_edit_while_its_answer_is_on_the_way_is_sent_after_it(asked: Office, browse: Callable[..., Any]) -> None:
    page = opened(browse, width=390)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    phone = page.locator('[data-element="person.phone"] input')
    phone.fill("123")
    phone.blur()
    assert "位数不对" in page.locator('[data-element="person.phone"] .error-text').inner_text()
    assert "位数不对" in page.locator("#said").text_content()
    held: list[Any] = []
    page.route("**/fillings/answers", lambda route: held.append(route))
    phone.fill("13900002222")
    with page.expect_request("**/fillings/answers"):
        page.click("#answers button.button")
    phone.fill("1390000333")
    with page.expect_response("**/fillings/answers"):
        held[0].continue_()
    page.unroute("**/fillings/answers")
    # What is not typed to its end is not sent.
    page.wait_for_selector("#sending:has-text('已保存入库')")
    assert told() == {"person.phone": ["13900002222"]}
    phone.press_sequentially("3")
    phone.blur()
    page.wait_for_selector('[data-element="person.phone"]', state="detached")
    assert told() == {"person.phone": ["13900002222", "13900003333"]}
    assert models.Submission.objects.count() == 2
    nothing_kept(page)


def test_pages_side_by_side_keep_what_the_other_holds(asked: Office, browse: Callable[..., Any]) -> None:
    page = opened(browse)
    beside = page.context.new_page()
    beside.goto(page.url)
    beside.wait_for_selector("#answers[data-ready]")
    page.context.set_offline(True)
    page.fill('[data-element="person.phone"] input', "13900002222")
    page.click("#answers button.button")
    page.wait_for_selector("#sending:has-text('网络断开')")
    asked_about: list[str] = []
    page.once("dialog", lambda dialog: (asked_about.append(dialog.message), dialog.dismiss()))
    page.click("form[data-hand-in] button")
    assert "还有 1 项没有送出" in asked_about[0]
    assert not models.Filling.objects.filter(state="submitted").exists()
    beside.fill('[data-label="血型"] input >> nth=0', "A型")
    beside.press('[data-label="血型"] input >> nth=0', "Tab")
    kept(beside)
    page.close()
    beside.context.set_offline(False)
    beside.reload()
    beside.wait_for_selector("#sending:has-text('已保存入库')")
    assert told() == {"person.phone": ["13900002222"]}
    assert beside.input_value('[data-label="血型"] input >> nth=0') == "A型"


def test_what_the_server_cannot_take_is_set_aside_and_sent_again_later(
    asked: Office, browse: Callable[..., Any]
) -> None:
    page = browse("clerk", "/", width=390)
    page.clock.install()
    page.goto("/fillings")
    page.wait_for_selector("#answers[data-ready]")
    first: list[str] = []

    def fail(route: Any) -> None:
        # Only the first submission breaks the server, whenever it comes; the others are taken.
        submission = route.request.post_data_json["submission"]
        first.append(submission)
        if submission == first[0]:
            route.fulfill(status=500, body="oops")
        else:
            route.continue_()

    page.route("**/fillings/answers", fail)
    page.fill('[data-element="person.phone"] input', "13900002222")
    with page.expect_response("**/fillings/answers"):
        page.click("#answers button.button")
    page.wait_for_selector("#sending:has-text('服务器忙')")
    blood = page.locator('[data-label="血型"] input >> nth=0')
    blood.fill("A型")
    page.click("#answers button.button")
    for pause in (10_000, 20_000):
        with page.expect_response("**/fillings/answers"):
            page.clock.fast_forward(pause)
    page.clock.fast_forward(40_000)
    page.wait_for_selector("#aside:has-text('没有收下 1 项')")
    page.wait_for_selector("#sending:has-text('已保存入库')")
    assert told() == {} and models.FormAnswer.objects.count() == 1
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    asked_about: list[str] = []
    page.once("dialog", lambda dialog: (asked_about.append(dialog.message), dialog.dismiss()))
    page.click("form[data-hand-in] button")
    assert "还有 1 项没有送出" in asked_about[0]
    # It is still aside after the page was closed.
    kept(page)
    page.reload()
    page.wait_for_selector("#aside:has-text('没有收下 1 项')")
    page.unroute("**/fillings/answers")
    page.fill('[data-element="person.phone"] input', "13900003333")
    page.click("#answers button.button")
    page.wait_for_selector("#aside", state="hidden")
    # The newer answer stands alone: the one set aside does not come after it.
    page.wait_for_selector("#sending:has-text('已保存入库')")
    assert told() == {"person.phone": ["13900003333"]}
    nothing_kept(page)


def test_answers_of_a_long_outage_go_by_themselves_when_the_server_is_back(
    asked: Office, browse: Callable[..., Any]
) -> None:
    page = browse("clerk", "/", width=390)
    page.clock.install()
    page.goto("/fillings")
    page.wait_for_selector("#answers[data-ready]")
    page.route("**/fillings/answers", lambda route: route.fulfill(status=502, body="no backend"))
    page.fill('[data-element="person.phone"] input', "13900002222")
    with page.expect_response("**/fillings/answers"):
        page.click("#answers button.button")
    for pause in (10_000, 20_000):
        with page.expect_response("**/fillings/answers"):
            page.clock.fast_forward(pause)
    page.clock.fast_forward(40_000)
    page.wait_for_selector("#aside:has-text('没有收下 1 项')")
    page.unroute("**/fillings/answers")
    with page.expect_response("**/fillings/answers"):
        page.clock.fast_forward(310_000)
    page.wait_for_selector("#sending:has-text('已保存入库')")
    page.wait_for_selector("#aside", state="hidden")
    assert told() == {"person.phone": ["13900002222"]}


def test_an_expired_sign_in_is_told_as_such_and_nobody_else_gets_the_answers(
    asked: Office, browse: Callable[..., Any]
) -> None:
    page = opened(browse)
    Session.objects.all().delete()
    page.fill('[data-element="person.phone"] input', "13900002222")
    page.click("#answers button.button")
    page.wait_for_selector("#sending:has-text('登录已过期，登录后自动送出')")
    kept(page)
    held = page.evaluate("Object.entries(localStorage).flat().join()")
    assert "yici-answers-" in held
    assert "13900002222" not in held
    page.click("#sending a")
    sign_in(page, "clerk-west")
    page.wait_for_selector("#answers[data-ready]")
    assert "13900002222" not in page.content()
    assert told() == {}
    Session.objects.all().delete()
    page.goto("/signin?next=/fillings")
    sign_in(page, "clerk", PASSWORD + "!")
    page.wait_for_selector("#sending:has-text('已保存入库')")
    assert told() == {"person.phone": ["13900002222"]}
    page.fill('[data-label="血型"] input >> nth=0', "A型")
    wait_until(page, "localStorage.length > 0")
    page.evaluate("document.querySelector('details.menu').open = true")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("form[action$='/signout'] button")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.once("dialog", lambda dialog: dialog.accept())
    page.click("form[action$='/signout'] button")
    page.wait_for_url("**/signin*")
    nothing_kept(page)


def sign_in(page: Any, login: str, password: str = PASSWORD) -> None:
    page.fill("#login", login)
    page.fill("#password", password)
    press(page)
    if page.url.endswith("/password"):
        for field, value in (("old", PASSWORD), ("new", PASSWORD + "!"), ("again", PASSWORD + "!")):
            page.fill(f"#{field}", value)
        press(page)
        page.goto("/fillings")
