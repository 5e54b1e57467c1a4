"""Which passwords everybody tries first, and which are nobody's but one's own."""

from __future__ import annotations

import pytest

from yici.services.passwords import new_secret, password_problems


def codes(password: str, login: str = "zhou", full_name: str = "张三丰") -> list[str]:
    return [problem.code for problem in password_problems(password, login=login, full_name=full_name)]


@pytest.mark.parametrize(
    "password",
    [
        "1q2w3e4r5t6y",  # One of the list.
        "Password2026!",  # One of the list, dressed up.
        "!!dragon201314",
        "iloveyouiloveyou",  # One of the list, twice.
        "abcdefghijklmn",
        "qwertyuiop12",
        "mnbvcxzlkjhgfdsa",
        "123456789012345",
        "aaaaaaaaaaaabbb",
    ],
)
def test_what_everybody_tries_is_refused(password: str) -> None:
    assert codes(password) == ["password-common"]


@pytest.mark.parametrize(
    "password", ["my-ZHOU-garden-7", "张三丰的密码不告诉你们呀", "zhangsanfeng-88-lake", "yici-wo-lai-deng-lu"]
)
def test_ones_own_names_are_refused(password: str) -> None:
    assert codes(password) == ["password-name"]


@pytest.mark.parametrize(
    "password", ["correct horse battery", "小河弯弯向东流过我们村口", "lan-shu-7-men-kou", "sunny zebra 41 kettle"]
)
def test_a_sentence_of_ones_own_is_taken(password: str) -> None:
    assert codes(password) == []
    # A login of one letter stands in every sentence.
    assert codes(password, login="e", full_name="") == []


def test_what_we_make_up_ourselves_is_taken() -> None:
    assert all(not codes(new_secret()) for _ in range(200))
