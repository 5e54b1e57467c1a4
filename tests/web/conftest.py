"""The web under test: a pool with two villages, one account for each role, Django's client and a real Chromium."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings

from kept_homes import prepared
from yici.core.access.actors import Post, Role
from yici.services.accounts import add_account
from yici.services.units import add_units

STATIC = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Chromium without its own windows, where the distribution has it apart: it does the same with a third of the work.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
PASSWORD = "白鹭飞过水田与青山 2026"
POSTS = {
    "clerk": Post(Role.CLERK, unit="柳东村"),
    "clerk-west": Post(Role.CLERK, unit="柳西村"),
    "officer": Post(Role.OFFICER, organisation="民政局"),
    "officer-health": Post(Role.OFFICER, organisation="卫健局"),
    "steward": Post(Role.STEWARD),
    "leader": Post(Role.LEADER, unit="柳河镇"),
    "auditor": Post(Role.AUDITOR),
    "system": Post(Role.SYSTEM_ADMIN),
    "security": Post(Role.SECURITY_ADMIN),
    "audit": Post(Role.AUDIT_ADMIN),
}


@dataclass(frozen=True, slots=True)
class Office:
    """A data folder with its people; `as_` signs somebody in with Django's client."""

    home: Path

    def as_(self, login: str) -> Client:
        client = Client()
        answer = client.post("/signin", {"login": login, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        session = client.session
        session["must_change"] = False
        session.save()
        return client


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    hosts = ["testserver", "127.0.0.1"]
    with override_settings(
        ALLOWED_HOSTS=hosts, HOME=home, STORAGES=STATIC, WHITENOISE_AUTOREFRESH=True, WHITENOISE_USE_FINDERS=True
    ):
        prepared(home, "office", lambda: _furnish(home))
        yield Office(home)


def _furnish(home: Path) -> None:
    add_units(home=home, actor="甲", parent="柳河镇", children=["柳东村", "柳西村"])
    for login, post in POSTS.items():
        add_account(
            actor="甲", home=home, login=login, full_name=f"{login}员", posts=[post], password=PASSWORD,
            today=date(2026, 1, 1),
        )  # fmt: skip


@pytest.fixture
def site(office: Office) -> Iterator[str]:
    """The address of a running server for the office."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        timeout = 10

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Waiting(ThreadedWSGIServer):
        # Its end waits for every request: one that outlived its page would open this test's database in the next test.
        daemon_threads = False

    server = Waiting(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    # Playwright's loop would make Django refuse its ordinary database calls in this thread.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Opens a page signed in as somebody: browse("clerk", "/", width=390). Requests to anywhere else are an error."""
    contexts: list[Any] = []

    def open_page(login: str | None, path: str, *, width: int = 1280, height: int = 800, **more: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": height}, base_url=site, **more)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _only(site, request.url))
        if login:
            page.goto("/signin")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            press(page)
            if page.url.endswith("/password"):
                _change(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def _change(page: Any) -> None:
    for field, value in (("old", PASSWORD), ("new", PASSWORD + "!"), ("again", PASSWORD + "!")):
        page.fill(f"#{field}", value)
    press(page)


def press(page: Any) -> None:
    """Press the button and wait for the page that answers: a click alone may return before it is there."""
    with page.expect_navigation():
        page.click("main button.button")


def _only(site: str, url: str) -> None:
    assert url.startswith((site, "data:")), f"a request to elsewhere: {url}"
