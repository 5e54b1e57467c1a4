"""Every route × every visitor × own and others' things in every state × every method, against access.yaml.

The suite tries every door that is closed, and some of those that open; YICI_WHOLE=1 tries all of them, by all methods
and as fragments, too.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from access_office import TOLD, TOLD_WEST, Doors, close_those_closed, open_doors
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse
from pool_ledgers import EAST, SON, WEST

import yici
from conftest import Office
from yici.core.access.rules import RULES
from yici.web.routes import all_routes, rules_of

TABLE = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text("utf-8"))
VISITORS: Mapping[str, Mapping[str, Any]] = TABLE["visitors"]
WHOLE = bool(os.environ.get("YICI_WHOLE"))
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LEAST = 5_000
FIRST, EACH = 1, 29
_IN = {"柳东村": ("单桂兰", "单建国", "13853811001", "13853811002", "13900000009", EAST, SON, TOLD),
       "柳西村": ("赵四海", "13853811003", WEST, TOLD_WEST)}  # fmt: skip
# What reading may write: the session, the code that stands for a subject the first time it is named, the audit, and
# how often somebody was refused.
_NOTES_OF_READING = ("storage_subjectreference", "django_session", "storage_auditline", "storage_counter",
                     "storage_refusal")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Try:
    """One call: who, by which method, which address; whether the table lets that visitor in."""

    route: str
    login: str
    method: str
    path: str
    served: bool
    let_in: bool
    fragment: bool = False
    thing: str = ""

    def __str__(self) -> str:
        return f"{self.method}{' (fragment)' * self.fragment} {self.path} as {self.login}"


@dataclass(slots=True)
class Matrix:
    """The office, its doors, and what was found wrong."""

    doors: Doors
    client: Client
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def filled(self, given: Mapping[str, object], login: str = "") -> dict[str, Any]:
        """Arguments with the words with $ filled in; $unit is the visitor's own."""
        names = {**self.doors.names, "unit": VISITORS.get(login, {}).get("unit", "")}
        return {
            name: names[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for name, value in given.items()
        }

    def call(self, one: Try, sends: Mapping[str, Any]) -> HttpResponseBase:
        """One request; whatever it changed is taken back."""
        client = self.client
        client.cookies.clear()
        if key := self.doors.sessions.get(one.login):
            client.cookies["yici"] = key
        data: dict[str, Any] = {"data": sends} if one.method == "POST" else {}
        if one.method in ("POST", "PUT", "PATCH") and one.path.startswith("/api/"):
            data = {"data": dict(sends), "content_type": "application/json"}
        headers = {"hx-request": "true"} if one.fragment else {}
        with override_settings(LIMITS={}), transaction.atomic(), self._no_writing(one):
            answer: HttpResponseBase = getattr(client, one.method.lower())(one.path, **data, headers=headers)
            transaction.set_rollback(True)
        return answer

    @contextmanager
    def _no_writing(self, one: Try) -> Iterator[None]:
        """Note every statement of a reading request that writes."""

        def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            word = sql.lstrip().split(" ", 1)[0].upper()
            if word in ("INSERT", "UPDATE", "DELETE", "REPLACE") and not any(n in sql for n in _NOTES_OF_READING):
                self.wrong.append(f"{one} wrote: {sql[:80]}")
            return execute(sql, params, many, context)

        if one.method == "POST":
            yield
        else:
            with connection.execute_wrapper(look):
                yield


def doors_of(route: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """(name, arguments) of the things a route is tried on."""
    yield from TABLE["things"][route["about"]].items() if "about" in route else [("", {})]


def lets_in(route: Mapping[str, Any], thing: str, login: str, method: str) -> bool:
    """Whether the table opens the thing to the visitor."""
    if route.get("public"):
        return True
    if login == "first-day":
        return bool(route.get("first_day"))
    who = route.get(f"in_{method}", route["in"])
    return login in who and (not isinstance(who, dict) or thing in who[login])


def test_every_route_is_in_the_table() -> None:
    known = {str(route.name) for _, route in all_routes()}
    missing, gone = sorted(known - TABLE["routes"].keys()), sorted(TABLE["routes"].keys() - known)
    assert not missing, f"write who may open these pages into routes: of tests/web/access.yaml: {missing}"
    assert not gone, f"tests/web/access.yaml names pages that are no more: {gone}"


def test_every_rule_is_used_by_a_page() -> None:
    used = {rule.action for _, route in all_routes() for rule in rules_of(route.callback).values()}
    source = Path(yici.__file__).parent
    asked = re.compile(r"""\bcan\([^()]*?,\s*"([a-z.]+)\"""")
    used |= {found for layer in ("services", "web") for file in (source / layer).rglob("*.py")
             for found in asked.findall(file.read_text("utf-8"))}  # fmt: skip
    assert sorted(RULES.keys() - used) == [], "rules of core/access/rules.py that no page asks for"


def test_every_door_opens_exactly_to_whom_the_table_says(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matrix = Matrix(open_doors(office, tmp_path, VISITORS), Client(raise_request_exception=False))
    close_those_closed(office, VISITORS)
    for one, route in _tries(matrix):
        answer = matrix.call(one, matrix.filled(route.get("sends", {}), one.login))
        matrix.seen[f"{'in' if one.let_in else 'out'} {answer.status_code}"] += 1
        matrix.wrong += _judged(one, answer, route)
        matrix.wrong += [f"{one}: shows {word}" for word in _told(one, answer)]
    calls = sum(matrix.seen.values())
    with capsys.disabled():
        print(f"\naccess matrix: {calls} calls, {len(matrix.wrong)} wrong; {dict(sorted(matrix.seen.items()))}")
    assert not matrix.wrong, "\n".join([f"{len(matrix.wrong)} wrong", *matrix.wrong[:60]])
    assert calls >= LEAST


def _tries(matrix: Matrix) -> Iterator[tuple[Try, Mapping[str, Any]]]:
    for _, pattern in all_routes():
        name, served = str(pattern.name), rules_of(pattern.callback).keys()
        route = TABLE["routes"][name]
        opened: Counter[str] = Counter()
        for thing, arguments in doors_of(route):
            path = reverse(name, kwargs=matrix.filled(arguments))
            for login in VISITORS:
                for method in METHODS:
                    let_in = lets_in(route, thing, login, method)
                    if WHOLE or _tried(method, served, opened, let_in=let_in):
                        yield Try(name, login, method, path, method in served, let_in, thing=thing), route
                if WHOLE and "GET" in served:
                    let_in = lets_in(route, thing, login, "GET")
                    yield Try(name, login, "GET", path, True, let_in, fragment=True, thing=thing), route


def _tried(method: str, served: Any, opened: Counter[str], *, let_in: bool) -> bool:
    """What the suite tries: every method that is served where it is refused. Where it opens, as that is what takes
    long, only the first time and every 29th; and there one method that is not served."""
    if not let_in:
        return method in served and method != "HEAD"
    opened[method] += 1
    return opened[method] % EACH == FIRST and method in (*served, "PUT") and method != "HEAD"


def _judged(one: Try, answer: HttpResponseBase, route: Mapping[str, Any]) -> list[str]:
    """What is wrong about the answer."""
    status = answer.status_code
    denied = status in (401, 403, 404) or (
        status == 302 and (answer["Location"].startswith("/signin?next=") or answer["Location"] == "/password")
    )
    if status >= 500 or status == 429:
        return [f"{one}: {status}"]
    if not one.served:
        return [] if status == 405 or denied else [f"{one}: {status} for a method not served"]
    if route.get("public"):
        return []
    if not one.let_in:
        return [] if denied else [f"{one}: {status}, should be refused"]
    if "answers" in route:
        return [] if status == route["answers"] else [f"{one}: {status}, should be {route['answers']}"]
    return [f"{one}: {status}, should be let in"] if denied else []


def _told(one: Try, answer: HttpResponseBase) -> list[str]:
    """Words about people that this visitor must not see, whatever the answer is."""
    parts = answer.streaming_content if answer.streaming else [answer.content]  # type: ignore[attr-defined]
    text = b"".join(parts).decode(errors="replace")
    return [word for word in _hidden_from(one) if word in text]


def _hidden_from(one: Try) -> tuple[str, ...]:
    everything = tuple(word for words in _IN.values() for word in words)
    if not one.let_in:
        return everything if one.method != "POST" else ()
    visitor = VISITORS[one.login]
    match visitor.get("role"):
        case "clerk" | "leader":
            theirs = _IN["柳西村"] * (visitor["unit"] == "柳东村") + _IN["柳东村"] * (visitor["unit"] == "柳西村")
            # A firm of one's village is seen with its legal representative, wherever he lives.
            return tuple(word for word in theirs if one.thing != "firm" or word != "赵四海")
        case "officer" | "steward":
            return everything if one.login == "officer-school" else ()
        case "resident":
            return _IN["柳西村"]
        case "enterprise":
            return tuple(word for word in everything if word != "赵四海")  # Its legal representative.
    return everything
