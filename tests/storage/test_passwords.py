"""How passwords are kept: hashed by Argon2id, as OWASP asks of memory and rounds at the least."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test.utils import override_settings

from yici.storage import accounts, settings
from yici.storage.database import open_database

PASSWORD = "白鹭飞过水田与青山 2026"


@pytest.fixture
def kept(tmp_path: Path) -> accounts.models.Account:
    open_database(tmp_path)
    with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS):
        accounts.add_account("wang", "王", PASSWORD)
        account = accounts.find_account("wang")
        assert account is not None
        return account


def test_a_password_is_kept_as_argon2id(kept: accounts.models.Account) -> None:
    name, kind, version, costs, salt, _ = kept.password.split("$")
    assert (name, kind, version) == ("argon2", "argon2id", "v=19") and len(salt) >= 16
    cost = {word[0]: int(word[2:]) for word in costs.split(",")}
    assert cost["m"] >= 19 * 1024 and cost["t"] >= 2, "less than OWASP's password storage cheat sheet asks"


def test_only_the_right_one_fits_and_nobodys_is_hashed_alike(kept: accounts.models.Account) -> None:
    with override_settings(PASSWORD_HASHERS=settings.PASSWORD_HASHERS):
        assert accounts.password_right(kept, PASSWORD)
        assert not accounts.password_right(kept, PASSWORD + "!") and not accounts.password_right(None, PASSWORD)
    # Who is not there is compared with a hash of the same costs, so that the time tells nothing.
    assert accounts._NOBODYS.split("$")[:4] == kept.password.split("$")[:4]
