"""Taking in many or large received forms (来表即填) in the background."""

from __future__ import annotations

from datetime import datetime

from yici.core.access.actors import Thing
from yici.core.errors import Conflict
from yici.services import receiving
from yici.services.jobs.kinds import Result, Work


def receive(work: Work) -> Result:
    """Try every form, then write them all: cancelled before that, none is taken in."""
    what, at = work.arguments["what"], datetime.fromisoformat(work.arguments["at"])
    unit, department = str(what["unit"]), str(what["department"])
    work.check("received.fill", Thing("outside", unit=unit, owner=work.actor.name))
    work.step("正在试填收到的表")
    named = [(str(source), str(name)) for source, name in what["files"]]
    files = receiving.laid_out(home=work.home, files=named, folder=work.folder)
    tried = receiving.prepare(
        actor=work.actor, home=work.home, files=files, unit=unit, department=department, today=work.today,
        progress=work.progress,
    )  # fmt: skip
    # It may be cancelled up to here; from the next line on the forms are in.
    work.step("正在收下")
    found = receiving.write(actor=work.actor, home=work.home, tried=tried, at=at)
    numbers, wrong = [one.number for one in found if one.number], receiving.problems_of(found)
    if not numbers:
        raise Conflict(wrong)
    # A line each, so that a page in another language finds every sentence.
    failed = "\n".join(text for problem in wrong for text in (problem.message, problem.hint) if text)
    told = f"已收下 {len(numbers)} 张。" + (f"\n没有收下的：\n{failed}" if failed else "")
    return Result(told, "received", outcome={"numbers": numbers})
