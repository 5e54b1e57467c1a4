"""Proposing in the background: a large form, or one of an old format, which LibreOffice converts first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from yici.core.access.actors import Actor, Role
from yici.core.errors import Conflict, Problem, Refused
from yici.services.collecting.proposals import Proposal, problems_told, propose
from yici.services.forms import takes_long
from yici.services.received_files import keep_received
from yici.services.receiving import laid_out
from yici.storage import collections
from yici.storage.batch_files import hash_file
from yici.storage.database import open_database


def set_aside(*, home: Path, file: Path, proposal: Proposal, now: datetime) -> dict[str, Any] | None:
    """What a job is told to propose a form that takes long to recognise; None for one that is proposed at once. Raises
    Conflict for what is plainly missing."""
    if not takes_long(home=home, form=file):
        return None
    if problems := problems_told(proposal):
        raise Conflict(problems)
    until = proposal.valid_until
    # As it comes back from the database, or a second click would find nothing alike.
    told = asdict(proposal) | {"named": list(proposal.named), "valid_until": until.isoformat() if until else None}
    return {"what": {"files": [[keep_received(home, file), file.name]], "proposal": told}, "at": now.isoformat()}


def propose_kept(
    *, actor: Actor, home: Path, arguments: Mapping[str, Any], folder: Path, first: bool, waiting: Callable[[], None]
) -> int:
    """Propose what was set aside; the number of the collection. What an earlier attempt has proposed is not proposed
    again. Raises as `propose`, and Refused for an organisation that is no longer the actor's."""
    open_database(home)
    what, at = arguments["what"], datetime.fromisoformat(arguments["at"])
    proposal = _proposal(what["proposal"])
    if Role.STEWARD not in actor.roles and proposal.organisation not in actor.organisations:
        raise Refused(Problem("not-your-organisation", "只能替自己的部门报备。", "岗位变动后，请重新发起。"))
    (file,) = laid_out(home=home, files=[(str(source), str(name)) for source, name in what["files"]], folder=folder)
    before = None if first else collections.proposed_since(actor.name, hash_file(file), at)
    return before or propose(actor=actor, home=home, file=file, proposal=proposal, waiting=waiting)


def _proposal(told: Mapping[str, Any]) -> Proposal:
    until = told["valid_until"]
    return Proposal(**{
        **told, "named": tuple(told["named"]), "valid_until": date.fromisoformat(until) if until else None
    })  # fmt: skip
