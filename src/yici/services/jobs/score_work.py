"""Scoring over many (实绩考核) in the background."""

from __future__ import annotations

from yici.core.periods import parse_period
from yici.services import score_pages, scoring_work
from yici.services.jobs.kinds import Result, Work

_MEASURING = "正在计量指标"


def score(work: Work) -> Result:
    """Score by a scheme: cancelled before the results are kept, nothing is."""
    scheme, unit = str(work.arguments["scheme"]), str(work.arguments["unit"]) or None
    period = parse_period(str(work.arguments["period"]))
    number = None
    if not work.first:
        # A run that was cut off after it had kept its results has scored all the same.
        number = scoring_work.scored_before(
            actor=work.actor, home=work.home, scheme=scheme, period=period, unit=unit
        )  # fmt: skip
    work.step(_MEASURING)
    number = number or score_pages.score_now(
        actor=work.actor, home=work.home, scheme=scheme, period=period, today=work.today, unit=unit,
        progress=work.progress,
    )  # fmt: skip
    return Result("已计分，结果和依据都已保存。", "score", str(number))


def score_again(work: Work) -> Result:
    """Score again what a run scored; both stay."""
    before, reason = int(work.arguments["number"]), str(work.arguments["reason"])
    number = None
    if not work.first:
        number = scoring_work.corrected_before(actor=work.actor, home=work.home, number=before, reason=reason)
    work.step(_MEASURING)
    number = number or score_pages.score_again(
        actor=work.actor, home=work.home, number=before, reason=reason, today=work.today, progress=work.progress
    )
    return Result("已重新计分，两批结果都保留。", "score", str(number))
