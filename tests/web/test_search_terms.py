"""Searching finds exactly whom looking through every record would find, whatever came to the pool and went."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pool_ledgers import check_digit, ledger

from conftest import Office
from yici.core.access.actors import Actor, Post, Role
from yici.core.manifest import BatchFacts
from yici.services.batches import withdraw
from yici.services.initials import signs_by_initial
from yici.services.ledgers import import_ledger
from yici.services.pool import open_pool
from yici.services.searching import search_pool
from yici.services.subject_edits import edit_value
from yici.storage.batches import list_batches
from yici.storage.packs import load_registry
from yici.storage.references import references_of

_STEWARD = Actor(1, "steward", posts=(Post(Role.STEWARD),))
_SEEN = ("person.name", "person.phone", "person.residence_address")
_PEOPLE = [
    ("单桂兰", "13853811001", "柳东村1组3号"),
    ("单建国", "13853811002", "柳东村1组3号"),
    ("曾巧云", "13900002001", "柳东村2组12号"),
    ("赵四海", "13853811003", "柳西村2组5号"),
    ("赵仕浩", "", "柳西村1组8号"),
    ("A赵", "13811001385", ""),
]
_TERMS = ["单", "桂兰", "赵", "sgl", "dgl", "zs", "zsh", "cqy", "zqy", "zu", "A赵", "1385", "1001", "13853811003",
          "2组", "柳东村", "12", "13822223333", "没有这个人"]  # fmt: skip


@pytest.fixture
def pool(office: Office, tmp_path: Path) -> Office:
    head = ["户编号", "姓名", "公民身份号码", "联系电话", "现住址", "村（社区）"]
    for name, people in (("一", _PEOPLE[:4]), ("二", _PEOPLE[4:])):
        rows = [
            [f"H{name}", who, _number(name, place), phone, address, "柳西村" if "西" in address else "柳东村"]
            for place, (who, phone, address) in enumerate(people)
        ]
        path = ledger(tmp_path / f"台账{name}.xlsx", rows, head)
        facts = BatchFacts("公安机关", date(2026, 1, 31))
        import_ledger(path=path, facts=facts, home=office.home, registry=load_registry(), actor="甲")
    return office


def _number(ledger_name: str, place: int) -> str:
    return check_digit(f"370982196{4 if ledger_name == '一' else 5}0312{100 + place}2"[:17])


def _fits(term: str, key: str, name: str, others: list[str]) -> bool:
    """The rule for a steward, in words of its own."""
    number = re.fullmatch(r"[0-9]{3,18}", term)
    if number and len(term) >= 4 and key.endswith(term):
        return True
    texts = others if number else [name, *others]
    if any(term in text for text in texts):
        return True
    signs = [signs_by_initial().get(letter, ()) for letter in term] if re.fullmatch("[a-z]{2,6}", term) else []
    return bool(signs) and len(name) >= len(signs) and all(c in some for c, some in zip(name, signs, strict=False))


def _expected(home: Path, term: str) -> set[str]:
    columns = ", ".join(f'"{name}"' for name in _SEEN)
    with open_pool(home).projection() as projection:
        rows = projection.con.execute(f"SELECT key, {columns} FROM person").fetchall()
    return {
        key
        for key, name, *others in rows
        if _fits(term, key, name or "", [text for text in others if text])
    }  # fmt: skip


def _found(office: Office, term: str) -> set[str]:
    found = search_pool(actor=_STEWARD, home=office.home, words=term)
    keys = {code: key for (_, key), code in references_of(("person", k) for k in _keys(office)).items()}
    return {keys[hit.code] for hit in found.hits if hit.subject == "person"}


def _keys(office: Office) -> Iterator[str]:
    with open_pool(office.home).projection() as projection:
        rows = projection.con.execute("SELECT key FROM person").fetchall()
    yield from (row[0] for row in rows)


def _same(office: Office) -> None:
    for term in (*_TERMS, _number("一", 0), _number("二", 1)[-4:]):
        assert _found(office, term) == _expected(office.home, term), term


def test_the_answers_are_those_of_looking_through_all(pool: Office) -> None:
    _same(pool)
    assert _found(pool, "zsh") == {_number("一", 3), _number("二", 0)}
    code = references_of([("person", _number("一", 1))])["person", _number("一", 1)]
    edit_value(actor=_STEWARD, home=pool.home, code=code, element="person.phone", typed="13822223333",
               today=date(2026, 7, 1))  # fmt: skip
    assert _found(pool, "13822223333") == {_number("一", 1)}
    _same(pool)
    last = list_batches()[-1]
    withdraw(home=pool.home, actor="甲", batch=last.batch)
    assert _found(pool, "zsh") == {_number("一", 3)}
    _same(pool)
