"""Doubtful values of what a clerk's open forms ask for: sources disagree, and a rule chose what the form gets.

They are known, so nothing waits for them: a form may be handed in as it is. Whoever looks settles them for every form.
"""

from __future__ import annotations

from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.collections.states import ANSWERABLE
from yici.services.queues import Queue, conflicts_for
from yici.storage import collections
from yici.storage.database import open_database


def doubtful_for(*, actor: Actor, home: Path) -> Queue:
    """The values on which sources disagree, of the actor's units and of elements their open forms ask for."""
    open_database(home)
    open_ones = collections.fillings_in(units=actor.units, states=ANSWERABLE)
    asking = collections.collection_rows(row.collection for row in open_ones)
    asked = {str(entry["means"]) for row in asking.values() for entry in row.form.fields if entry["kind"] == "element"}
    return conflicts_for(actor=actor, home=home, elements=frozenset(asked)) if asked else Queue((), False)
