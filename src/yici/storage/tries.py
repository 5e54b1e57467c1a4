"""Wrong passwords and codes: counted with the account, or apart for a browser its owner has signed in with before.

So a stranger who types wrong passwords locks out strangers, and not the owner at the own desk. Source of the rule:
OWASP, "Slow down online guessing attacks with device cookies".
"""

from __future__ import annotations

from datetime import datetime

from yici.storage.host import models

STRANGER = ""
"""The device of whoever comes with a browser that is not known to the account."""


def is_locked(account: models.Account, device: str, at: datetime) -> bool:
    """Whether the account takes no password from that device now."""
    until = account.locked_until
    if device:
        until = models.DeviceTries.objects.filter(account=account, device=device).values_list(
            "locked_until", flat=True
        ).first()  # fmt: skip
    return until is not None and until > at


def note_failure(account: int, device: str, *, most: int, until: datetime) -> bool:
    """Count a wrong try; lock at the last one allowed. Whether it is locked now. Inside a transaction."""
    if device:
        # So that two first tries at once do not both make the row.
        models.Account.objects.select_for_update().get(pk=account)
        row = models.DeviceTries.objects.get_or_create(account_id=account, device=device)[0]
    else:
        row = models.Account.objects.select_for_update().get(pk=account)
    row.failures += 1
    if row.failures >= most:
        row.failures, row.locked_until = 0, until
    row.save(update_fields=["failures", "locked_until"])
    return bool(row.locked_until == until)


def note_success(account: int, device: str, *, at: datetime) -> None:
    """Note a sign-in. That the owner is at the own desk sets back nothing of what strangers tried."""
    if device:
        models.DeviceTries.objects.filter(account=account, device=device).delete()
        models.Account.objects.filter(pk=account).update(last_login=at)
    else:
        models.Account.objects.filter(pk=account).update(failures=0, locked_until=None, last_login=at)
