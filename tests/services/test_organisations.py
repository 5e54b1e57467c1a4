"""The tree of departments: no circles, and whoever is above is told what is below, at any depth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from yici.core.access.actors import Actor, Post, Role, Thing
from yici.core.access.rules import can
from yici.core.errors import Conflict
from yici.services.accounts import add_account
from yici.services.organisations import move_organisation, organisation_tree
from yici.storage import accounts, audit
from yici.storage.database import open_database

DAY = date(2026, 3, 2)


def head() -> Actor:
    account = accounts.find_account("head")
    assert account is not None
    return accounts.actor_of(account, today=DAY)


def test_a_bureau_oversees_its_sections(tmp_path: Path, database: str) -> None:
    open_database(tmp_path)
    for name, parent in (("民政局", ""), ("救助科", "民政局"), ("低保股", "救助科"), ("卫健局", "")):
        assert move_organisation(actor="安全", home=tmp_path, name=name, parent=parent)
    told = [one.indented for one in organisation_tree(home=tmp_path)]
    assert sorted(told) == sorted(["卫健局", "民政局", "　救助科", "　　低保股"])
    assert told.index("民政局") + 1 == told.index("　救助科") == told.index("　　低保股") - 1
    for parent in ("低保股", "民政局", "没有的局"):
        with pytest.raises(Conflict):
            move_organisation(actor="安全", home=tmp_path, name="民政局", parent=parent)
    post = Post(Role.OFFICER, organisation="民政局")
    add_account(actor="甲", home=tmp_path, login="head", full_name="局", posts=[post], today=DAY)
    assert head().overseen == {"救助科", "低保股"} and head().organisations == {"民政局"}
    below, other = Thing(organisation="低保股"), Thing(organisation="卫健局")
    assert can(head(), "collection.view", below) and not can(head(), "collection.view", other)
    for action in ("collection.propose", "collection.publish", "filling.review", "filling.accept", "filling.download"):
        assert not can(head(), action, below)
    # A section that is moved takes with it what is below it.
    assert not move_organisation(actor="安全", home=tmp_path, name="救助科", parent="卫健局")
    assert head().overseen == frozenset()
    line = audit.last_line("organisation.move")
    assert line is not None and dict(line.detail) == {"under": "卫健局", "from": "民政局", "new": False}


def test_who_leads_a_bureau_sees_what_it_and_its_sections_collect() -> None:
    post = Post(Role.LEADER, unit="柳河县", organisation="民政局")
    leader = Actor(1, "lin", posts=(post,), units=frozenset({"柳河县"}), overseen=frozenset({"救助科"}))
    elsewhere = frozenset({"别处"})
    assert can(leader, "collection.view", Thing(organisation="救助科", units=elsewhere))
    assert not can(leader, "collection.view", Thing(organisation="卫健局", units=elsewhere))
    assert not can(leader, "filling.review", Thing(organisation="救助科", unit="别处"))
