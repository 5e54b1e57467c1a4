"""Which browsers an account knows: those its owner has signed in with since the password was last changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yici.storage.accounts import Account
from yici.storage.tries import STRANGER


@dataclass(frozen=True, slots=True)
class Device:
    """A browser: its number, and the accounts signed in with it, each with the epoch of its sessions at that time."""

    number: str = STRANGER
    accounts: Mapping[int, int] = field(default_factory=dict)

    def known_to(self, account: Account) -> str:
        """The number under which wrong tries of this browser count for the account; STRANGER if it is not known. A
        changed or reset password ends the epoch, and with it what was known."""
        return self.number if self.accounts.get(account.pk) == account.session_epoch else STRANGER


UNKNOWN_DEVICE = Device()
