"""The rules of access: laws over every action and role, and the words of the answer."""

from __future__ import annotations

import itertools

import pytest

from yici.core.access.actors import ADMINISTRATORS, NOBODY, PUBLIC, Actor, Grant, Post, Role, Thing
from yici.core.access.fields import Sight, sight
from yici.core.access.rules import RULES, can
from yici.core.elements import Element, Kind

OWN = Thing(unit="柳东村", organisation="民政局", subject=("person", "1"))
OTHER = Thing(unit="柳西村", organisation="教育局", subject=("person", "2"))


def actor(*roles: Role) -> Actor:
    posts = tuple(Post(role, "柳东村", "民政局") for role in roles)
    return Actor(1, "甲", posts=posts, units=frozenset({"柳东村"}), subject=("person", "1"))


@pytest.mark.parametrize("action", RULES)
def test_nobody_may_do_anything(action: str) -> None:
    assert not can(NOBODY, action)


@pytest.mark.parametrize(("action", "role"), list(itertools.product(RULES, sorted(ADMINISTRATORS))))
def test_administrators_read_no_business_data(action: str, role: Role) -> None:
    area = action.split(".")[0]
    if can(actor(role), action, OWN):
        # Who was granted what, second factors, tokens and the kinds of jobs are administration, not business data.
        assert area in ("home", "account", "audit", "elements", "policy", "grant", "factor", "token", "job")


@pytest.mark.parametrize(("action", "role"), list(itertools.product(RULES, [Role.CLERK, *sorted(PUBLIC)])))
def test_what_is_elsewhere_is_not_within_reach_of_clerks_and_residents(action: str, role: Role) -> None:
    if can(actor(role), action, OTHER):
        assert action in (
            "home.view", "account.own", "elements.view", "policy.view", "collection.list", "scheme.view", "app.view",
            "again.view",  # The steward's answers are for everybody.
            "job.view",  # A job's owner is compared by the services.
            "score.object",  # The services let only those object who the indicator says may, for units of their own.
        )  # fmt: skip


def test_an_action_without_a_rule_is_an_error() -> None:
    with pytest.raises(KeyError):
        can(actor(Role.STEWARD), "pool.destroy")


def test_the_answer_says_why() -> None:
    assert can(actor(Role.CLERK), "pool.edit", OWN).because == "村社干部可以修改主记录"
    assert "只能" in can(actor(Role.CLERK), "pool.edit", OTHER).because
    assert "岗位" in can(actor(Role.LEADER), "pool.edit", OWN).because
    assert "没有登录" in can(NOBODY, "pool.edit", OWN).because


def test_several_posts_add_up() -> None:
    both = actor(Role.CLERK, Role.STEWARD)
    assert can(both, "pool.edit", OTHER)
    assert can(both, "filling.answer", OWN)


PHONE = Element("person.phone", "person", "联系电话", Kind.PHONE, sensitivity="个人信息")
ILLNESS = Element("person.chronic_disease", "person", "慢性病", Kind.TEXT, sensitivity="敏感个人信息")
VILLAGE = Element("household.village", "household", "村", Kind.REGION, sensitivity="一般", share="无条件共享")


def test_how_elements_are_shown() -> None:
    clerk, officer = actor(Role.CLERK), actor(Role.OFFICER)
    granted = Actor(1, "乙", posts=officer.posts, grants=(Grant(frozenset({PHONE.id, ILLNESS.id}), "慰问"),))
    shown = {
        who: [str(sight(person, element)) for element in (PHONE, ILLNESS, VILLAGE)]
        for who, person in (("clerk", clerk), ("officer", officer), ("granted", granted))
    }
    assert shown == {
        "clerk": [Sight.PLAIN, Sight.MASKED, Sight.PLAIN],
        "officer": [Sight.HIDDEN, Sight.HIDDEN, Sight.PLAIN],
        "granted": [Sight.MASKED, Sight.MASKED, Sight.PLAIN],
    }
    assert sight(actor(Role.RESIDENT), ILLNESS) is Sight.MASKED
