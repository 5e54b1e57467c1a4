"""Pages with a million people behind them: `python bench/pages.py [--scale 292] [--rounds 20] [--port 8388]`.

Makes a city and imports its register once, into a folder outside the repository (`--cache`); starts `yici serve` on it,
signs a steward and a clerk of one village in, and asks for each page over HTTP. Beside every search stands a peer
measured in the same run, turn by turn: one statement over the same golden records in one process, without gates,
masks, ranks or a page, `SELECT … WHERE name LIKE '%…%' LIMIT 51`. Prints the load, p50, p95, the CPU the server used,
and the ratio of the p50s.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, urlencode

from submissions import PASSWORD, SERVE, Browser, _used

PEER = (
    'SELECT key, "person.name", "person.phone", "person.residence_address" FROM person'
    " WHERE {column} LIKE '%' || ? || '%' LIMIT 51"
)
COLUMNS = {"name": '"person.name"', "ID": '"person.id_number"', "phone": '"person.phone"',
           "address": '"person.residence_address"'}  # fmt: skip
LOGINS = ("steward", "clerk")
# Their pages are of accounts and of the audit alone.
OTHERS = ("system", "auditor")
# So many people are on the roster that is measured; a few more where several were born on one day.
ROWS = 50
TOWN = "山河市"


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody to look for."""

    key: str
    name: str
    phone: str
    address: str
    unit: str
    code: str
    born: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A page asked for, by whom, and the peer beside it (empty: there is none)."""

    words: str
    page: Callable[[Browser, Sample], int]
    peer: str = ""
    who: tuple[str, ...] = LOGINS


def make(home: Path, scale: int) -> None:
    """The pool, unless it is there: a register of people, every village in the area tree."""
    from yici.core.manifest import BatchFacts
    from yici.demo.scale import write_city
    from yici.services.ledgers import import_ledger
    from yici.services.pool import open_pool
    from yici.services.units import add_units
    from yici.storage.packs import load_registry

    if (home / "made").exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        city = write_city(Path(folder), seed=1, scale=scale)
        import_ledger(path=city.register, facts=BatchFacts("公安局", date(2026, 6, 30)), home=home,
                      registry=load_registry(), actor="甲")  # fmt: skip
    with open_pool(home).projection() as projection:
        units = [row[0] for row in projection.con.execute("SELECT DISTINCT unit FROM person ORDER BY 1").fetchall()]
    add_units(home=home, actor="甲", parent=TOWN, children=[unit for unit in units if unit])
    (home / "made").touch()


def sign_up(home: Path) -> None:
    """The accounts that ask, where a pool made before has them not: a clerk of the first village, and the others."""
    from yici.core.access.actors import Post, Role
    from yici.services.accounts import add_account
    from yici.services.pool import open_pool
    from yici.storage import accounts

    with open_pool(home).projection() as projection:
        ((unit,),) = projection.con.execute("SELECT min(unit) FROM person").fetchall()
    posts = (Post(Role.STEWARD), Post(Role.CLERK, unit=unit), Post(Role.SYSTEM_ADMIN), Post(Role.AUDITOR))
    for login, post in zip((*LOGINS, *OTHERS), posts, strict=True):
        if accounts.find_account(login) is None:
            add_account(actor="甲", home=home, login=login, full_name="王小莲", password=PASSWORD, posts=[post],
                        today=date(2026, 1, 1))  # fmt: skip
        account = accounts.find_account(login)
        assert account is not None
        accounts.set_password(account.pk, PASSWORD, must_change=False)


def samples(home: Path, count: int) -> list[Sample]:
    """People of the clerk's village, so that the same questions have answers for both."""
    from yici.services.pool import open_pool
    from yici.storage.references import references_of

    with open_pool(home).projection() as projection:
        rows = projection.con.execute(
            'SELECT key, "person.name", "person.phone", "person.residence_address", unit FROM person'
            ' WHERE unit = (SELECT min(unit) FROM person) AND "person.phone" IS NOT NULL'
            ' AND "person.residence_address" IS NOT NULL ORDER BY key LIMIT ?',
            [count],
        ).fetchall()
        born = projection.con.execute(
            'SELECT "person.birth_date" FROM person WHERE unit = (SELECT min(unit) FROM person)'
            ' AND "person.birth_date" IS NOT NULL ORDER BY 1 DESC LIMIT 1 OFFSET ?',
            [ROWS - 1],
        ).fetchone()
    if born is None:
        raise SystemExit(f"no village has {ROWS} people: make a larger city")
    codes = references_of(("person", row[0]) for row in rows)
    return [Sample(*row, code=codes["person", row[0]], born=str(born[0])) for row in rows]


def searching(words: Callable[[Sample], str]) -> Callable[[Browser, Sample], int]:
    """The search page for some words about somebody."""
    return lambda browser, one: _post(browser, "/pool", {"words": words(one)})


def seeing(path: str) -> Callable[[Browser, Sample], int]:
    """A page by its address."""
    return lambda browser, one: browser.ask("GET", path.format(code=one.code))[0]


def roster(element: str, operator: str, value: Callable[[Sample], str]) -> Callable[[Browser, Sample], int]:
    """A roster of the village of whoever meets a condition, to the last byte of the workbook."""

    def click(browser: Browser, one: Sample) -> int:
        columns = ["person.name", "person.sex", "person.birth_date"]
        form = {"of": "person", "element": element, "operator": operator, "value": value(one), "step": "download",
                "unit": one.unit, "column": columns, "name": "花名册"}  # fmt: skip
        return _post(browser, "/rosters", form)

    return click


def _post(browser: Browser, path: str, form: dict[str, object]) -> int:
    return browser.ask("POST", path, urlencode(form, doseq=True, quote_via=quote), _FORM)[0]


_FORM = "application/x-www-form-urlencoded"
ASKS = (
    Ask("search name", searching(lambda one: one.name), "name"),
    Ask("search ID", searching(lambda one: one.key), "ID"),
    Ask("search ID, last four", searching(lambda one: one.key[-4:]), "ID"),
    Ask("search phone", searching(lambda one: one.phone), "phone"),
    Ask("search initials", searching(lambda _: "wxm")),
    Ask("search address", searching(lambda one: one.address), "address"),
    Ask("first page", seeing("/")),
    Ask("conflicts", seeing("/conflicts")),
    Ask("imports", seeing("/imports")),
    Ask("elements", seeing("/elements")),
    Ask("rosters", seeing("/rosters")),
    Ask("subject", seeing("/pool/{code}")),
    Ask("refused", seeing("/refused")),
    Ask("judgements", seeing("/judgements")),
    Ask("disputes", seeing("/disputes")),
    Ask("code lists", seeing("/elements/codes")),
    Ask("collections", seeing("/collections")),
    Ask("fillings", seeing("/fillings"), who=("clerk",)),
    Ask("reviews", seeing("/reviews")),
    Ask("policies", seeing("/policies")),
    Ask("burden", seeing("/burden")),
    Ask("jobs", seeing("/jobs")),
    Ask("accounts", seeing("/accounts"), who=("system",)),
    Ask("audit", seeing("/audit"), who=("auditor",)),
    Ask("roster of 50, to file", roster("person.birth_date", ">=", lambda one: one.born)),
    Ask("roster by name, to file", roster("person.name", "=", lambda one: one.name), "name"),
)


def measure(
    browser: Browser, ask: Ask, people: Sequence[Sample], server: int, peer: Callable[[str, Sample], None]
) -> tuple[list[float], list[float], float, set[int]]:
    """(milliseconds of each page, of each peer, CPU milliseconds a page, states). The first look is not counted."""
    pages, peers, states = [], [], set()
    ask.page(browser, people[0])
    used = 0.0
    for one in people:
        before, start = _used(server), time.perf_counter()
        states.add(ask.page(browser, one))
        pages.append((time.perf_counter() - start) * 1000)
        used += _used(server) - before
        if ask.peer:
            start = time.perf_counter()
            peer(ask.peer, one)
            peers.append((time.perf_counter() - start) * 1000)
    return pages, peers, used * 1000 / len(people), states


def at(took: Sequence[float], share: float) -> float:
    """The time that so large a share stays within."""
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(port: int, server: int, home: Path, rounds: int) -> None:
    """Ask for every page as either person and print what it took."""
    from yici.services.pool import open_pool

    people = samples(home, rounds)
    with open_pool(home).projection() as projection:
        ((count,),) = projection.con.execute("SELECT count(*) FROM person").fetchall()

        def peer(what: str, one: Sample) -> None:
            value = {"name": one.name, "ID": one.key, "phone": one.phone, "address": one.address}[what]
            projection.con.execute(PEER.format(column=COLUMNS[what]), [value]).fetchall()

        print(f"{count:,} people, {len(people)} rounds, load {os.getloadavg()[0]:.1f}", flush=True)
        print(f"{'who':8} {'page':22} {'p50 ms':>7} {'p95 ms':>7} {'CPU ms':>7} {'peer p50':>9} {'ratio':>6}  states")
        for login in (*LOGINS, *OTHERS):
            browser = Browser(port, login)
            for ask in [one for one in ASKS if login in one.who]:
                pages, peers, used, states = measure(browser, ask, people, server, peer)
                beside = f"{at(peers, 0.5):9.0f} {at(pages, 0.5) / at(peers, 0.5):6.1f}" if peers else f"{'':16}"
                print(f"{login:8} {ask.words:22} {at(pages, 0.5):7.0f} {at(pages, 0.95):7.0f} {used:7.0f} {beside}"
                      f"  {sorted(states)}", flush=True)  # fmt: skip
        print(f"load {os.getloadavg()[0]:.1f} at the end")


def main() -> None:
    """Make the pool, serve it, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=int, default=292, help="292: a million people")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--port", type=int, default=8388)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "yici-bench-pages")
    given = parser.parse_args()
    home = given.cache / str(given.scale)
    home.mkdir(parents=True, exist_ok=True)
    # One account asks here what many do; the limits have tests of their own.
    os.environ |= {"YICI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yici.web.settings", "YICI_LIMITS": "search=off"}
    os.environ.pop("DATABASE_URL", None)
    from yici.storage.database import open_database

    open_database(home)
    make(home, given.scale)
    sign_up(home)
    command = [sys.executable, "-c", SERVE, "serve", "--no-worker", "--bind", f"127.0.0.1:{given.port}"]
    server = subprocess.Popen([*command, "--workers", "2", "--threads", "4"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                Browser(given.port, LOGINS[0])
                break
            except OSError:
                time.sleep(0.1)
        table(given.port, server.pid, home, given.rounds)
    finally:
        server.terminate()
        server.wait(60)


if __name__ == "__main__":
    main()
