"""Ranks and grades: by share of those ranked, by points, or both; conditions that allow no better grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from yici.core.indicators.measured import Score
from yici.core.indicators.model import Grade, Veto

_COMPARED = Decimal("0.0001")


def rank_and_grade(scores: Sequence[Score], grades: Sequence[Grade], vetoes: Sequence[Veto]) -> list[Score]:
    """The scores in order, each with rank and grade: best first, then those unknown, then those not taking part.

    Equal totals (to the ten-thousandth of a point) share the better rank and so the grade. A share of 20 % of 7 is
    one place: shares are summed from the top and rounded half up. Who has no total gets neither rank nor grade.
    """
    ranked = sorted((s for s in scores if s.total is not None and not s.thing.excluded), key=_order)
    unknown = sorted((s for s in scores if s.total is None and not s.thing.excluded), key=lambda s: s.thing.name)
    out = sorted((s for s in scores if s.thing.excluded), key=lambda s: s.thing.name)
    limits = _limits(grades, len(ranked))
    graded: list[Score] = []
    rank, before = 0, Decimal("NaN")
    for place, score in enumerate(ranked, 1):
        points = _points(score)
        # The place of the first with these points: thousands of firms are ranked without comparing all with all.
        rank, before = (rank, before) if points == before else (place, points)
        graded.append(_graded(replace(score, rank=rank), grades, limits, vetoes))
    return [*graded, *unknown, *(replace(score, grade=score.thing.grade) for score in out)]


def _limits(grades: Sequence[Grade], count: int) -> list[int | None]:
    """The last rank of each grade by share; None for grades without a share."""
    summed = Decimal(0)
    limits: list[int | None] = []
    for grade in grades:
        if grade.share is None:
            limits.append(None)
            continue
        summed += grade.share
        limits.append(int((summed * count / 100).quantize(Decimal(1), ROUND_HALF_UP)))
    return limits


def _graded(score: Score, grades: Sequence[Grade], limits: Sequence[int | None], vetoes: Sequence[Veto]) -> Score:
    if not grades or score.rank is None or score.total is None:
        return score
    if score.thing.doubts:
        return replace(score, notes=(*score.notes, *score.thing.doubts))
    place = len(grades) - 1
    for index, (grade, limit) in enumerate(zip(grades, limits, strict=True)):
        if (limit is None or score.rank <= limit) and (grade.at_least is None or score.total >= grade.at_least):
            place = index
            break
    notes = list(score.notes)
    names = [grade.name for grade in grades]
    for number in score.thing.vetoes:
        veto = vetoes[number]
        if veto.grade in names and names.index(veto.grade) > place:
            place = names.index(veto.grade)
            notes.append(f"{veto.reason}，只能评{veto.grade}等")
    return replace(score, grade=names[place], notes=tuple(notes))


def _points(score: Score) -> Decimal:
    return (score.total or Decimal(0)).quantize(_COMPARED)


def _order(score: Score) -> tuple[Decimal, str, str]:
    return -_points(score), score.thing.name, score.thing.id
