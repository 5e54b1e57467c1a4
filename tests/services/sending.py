"""Sending a collection to few units, in one step: what the web does when nobody need wait."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from yici.core.access.actors import Actor
from yici.services.collecting.publishing import plan_sending, send


def publish(*, actor: Actor, home: Path, now: datetime, **about: Any) -> date:
    """Plan and send at once; the day it is due."""
    return send(actor=actor, home=home, sending=plan_sending(home=home, now=now, **about), now=now)
