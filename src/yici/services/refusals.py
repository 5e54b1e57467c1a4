"""Refused requests as audit lines (trust.md 16.3.2): who, at which door, how often; never what was asked for.

The first refusal of an account at a route in a minute is a line at once. Those after it in the same minute are counted,
and one more line tells how many they were once the minute is over: nobody fills the audit by knocking.
"""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, transaction

from yici.core.access.actors import Actor
from yici.storage import audit, refusals
from yici.storage.database import open_database

_log = logging.getLogger("yici.refusals")
_ACTION = "access.refused"
# Whoever tries one door after the other is told by so many lines a minute; all others count together.
_MOST_ROUTES = 20
_ELSEWHERE = "*"


def note_refusal(*, actor: Actor, route: str, action: str, status: int, at: datetime) -> None:
    """Note that an account was refused, in a transaction of its own, in the database in which it was found. One that
    cannot take it leaves a line in the log: whoever was refused stays refused."""
    minute = int(at.timestamp()) // 60
    try:
        with transaction.atomic():
            number = refusals.count(actor.name, route, minute)
            if number == 1 and refusals.routes_of(actor.name, minute) > _MOST_ROUTES:
                refusals.forget(actor.name, route, minute)
                route, action, number = _ELSEWHERE, "", refusals.count(actor.name, _ELSEWHERE, minute)
            if number == 1:
                detail = {"action": action, "status": status} if action else {"status": status}
                audit.append(actor=actor.name, action=_ACTION, thing=route, detail=detail)
    except DatabaseError:
        _log.exception("a refusal at %s was not noted", route)


def tell_counts(*, home: Path, at: datetime) -> int:
    """Tell of the minutes that are over how many more refusals there were than the one that is told already; the number
    of lines."""
    open_database(home)
    with transaction.atomic():
        # Only these are told: one alone has its line already.
        many = [one for one in refusals.take_before(int(at.timestamp()) // 60) if one.count > 1]
        for one in many:
            detail = {
                "more": one.count - 1,
                "minute": datetime.fromtimestamp(one.minute * 60, tz=at.tzinfo).isoformat(),
            }
            audit.append(actor=one.login, action=_ACTION, thing=one.route, detail=detail)
    return len(many)
