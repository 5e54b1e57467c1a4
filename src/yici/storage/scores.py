"""Runs of assessments: kept as they were worked out, with objections and adjustments. Nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from yici.core.indicators.measured import Adjustment, AdjustmentKind, ItemScore, Measured, Score, Scores, Thing
from yici.core.indicators.runs import Run
from yici.core.periods import Period
from yici.storage import audit
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection as it stands. `upheld` is None while it is open."""

    number: int
    run: int
    item: str
    thing: str
    reason: str
    by: str
    upheld: bool | None
    answer: str


def save_run(run: Run, *, actor: str) -> Run:
    """Keep a run; it comes back with its number."""
    with transaction.atomic():
        number = audit.next_number("score")
        row = models.ScoreRun.objects.create(
            seq=number, scheme=run.scheme, title=run.title, version=run.version, definition=run.definition,
            period=run.period.name, start=run.period.start, end=run.period.end, as_of=run.as_of,
            records_until=run.records_until, sequence=run.sequence, unit=run.unit, previous_id=run.previous,
            reason=run.reason, published=run.published, days=run.days, notes=list(run.scores.notes), by=actor,
        )  # fmt: skip
        models.ScoreRow.objects.bulk_create(
            [_row(row, place, score) for place, score in enumerate(run.scores.scores)], batch_size=500
        )
        detail = {"run": number, "version": run.version, "period": run.period.name, "sequence": run.sequence,
                  "previous": run.previous, "reason": run.reason}  # fmt: skip
        audit.append(actor=actor, action="score.run", thing=run.scheme, detail=detail)
    return replace(run, number=number, by=actor)


def load_run(number: int) -> Run | None:
    """The run of that number."""
    row = models.ScoreRun.objects.select_related("previous").filter(seq=number).first()
    if row is None:
        return None
    rows = models.ScoreRow.objects.filter(run=row).order_by("place")
    return _run(row, Scores(tuple(map(_score, rows)), tuple(row.notes)))


def all_runs(scheme: str | None = None) -> list[Run]:
    """Every run without its scores, the latest last."""
    rows = models.ScoreRun.objects.select_related("previous").order_by("seq")
    return [_run(row, Scores(())) for row in (rows.filter(scheme=scheme) if scheme else rows)]


def latest_run(scheme: str, period: Period, unit: str) -> Run | None:
    """The last run of a scheme for that period and unit, without its scores."""
    rows = models.ScoreRun.objects.select_related("previous").filter(
        scheme=scheme, start=period.start, end=period.end, unit=unit
    )
    row = rows.order_by("-seq").first()
    return None if row is None else _run(row, Scores(()))


def add_objection(*, run: int, item: str, thing: str, reason: str, actor: str) -> int:
    """Keep an objection; its number."""
    with transaction.atomic():
        number = audit.next_number("objection")
        models.ScoreObjection.objects.create(seq=number, run_id=run, item=item, thing=thing, reason=reason, by=actor)
        detail = {"objection": number, "run": run, "item": item, "reason": reason}
        audit.append(actor=actor, action="score.object", thing=thing, detail=detail)
    return number


def answer_objection(*, number: int, upheld: bool, answer: str, actor: str) -> bool:
    """Answer an objection once; False when there is none of that number that is open."""
    with transaction.atomic():
        open_ones = models.ScoreObjection.objects.filter(seq=number, upheld__isnull=True)
        done = open_ones.update(upheld=upheld, answer=answer, answered_by=actor, answered_at=timezone.now())
        if done:
            detail = {"objection": number, "upheld": upheld, "answer": answer}
            audit.append(actor=actor, action="score.answer", thing=str(number), detail=detail)
    return bool(done)


def objections_to(run: int | None = None) -> list[Objection]:
    """Every objection, or those to one run, the oldest first."""
    rows = models.ScoreObjection.objects.select_related("run").order_by("seq")
    return [
        Objection(row.seq, row.run.seq, row.item, row.thing, row.reason, row.by, row.upheld, row.answer)
        for row in (rows.filter(run_id=run) if run is not None else rows)
    ]


def add_adjustment(*, scheme: str, period: Period, adjustment: Adjustment, actor: str) -> int:
    """Keep an adjustment that counts from the next run on; its number."""
    with transaction.atomic():
        number = audit.next_number("adjustment")
        models.ScoreAdjustment.objects.create(
            seq=number, scheme=scheme, start=period.start, end=period.end, thing=adjustment.thing,
            kind=adjustment.kind.value, points=adjustment.points, item=adjustment.item, reason=adjustment.reason,
            document=adjustment.document, by=actor,
        )  # fmt: skip
        detail = {"adjustment": number, "scheme": scheme, "period": period.name, "kind": adjustment.kind.value,
                  "points": str(adjustment.points), "item": adjustment.item, "reason": adjustment.reason,
                  "document": adjustment.document}  # fmt: skip
        audit.append(actor=actor, action="score.adjust", thing=adjustment.thing, detail=detail)
    return number


def adjustments_for(scheme: str, period: Period) -> list[Adjustment]:
    """The adjustments in force for a scheme and period."""
    rows = models.ScoreAdjustment.objects.filter(
        scheme=scheme, start=period.start, end=period.end, withdrawn_at__isnull=True
    )
    return [_adjustment(row) for row in rows.order_by("seq")]


@dataclass(frozen=True, slots=True)
class Decided:
    """An adjustment with its number, who decided it and when; `withdrawn` when it counts no more."""

    number: int
    adjustment: Adjustment
    by: str
    at: datetime
    withdrawn: datetime | None


def decided_for(scheme: str, period: Period) -> list[Decided]:
    """Every adjustment for a scheme and period, those taken back too, the oldest first."""
    rows = models.ScoreAdjustment.objects.filter(scheme=scheme, start=period.start, end=period.end)
    return [Decided(row.seq, _adjustment(row), row.by, row.at, row.withdrawn_at) for row in rows.order_by("seq")]


def withdraw_adjustment(*, number: int, actor: str) -> bool:
    """Take an adjustment back: it counts no more from the next run on. False when there is none of that number."""
    with transaction.atomic():
        rows = models.ScoreAdjustment.objects.filter(seq=number, withdrawn_at__isnull=True)
        done = rows.update(withdrawn_at=timezone.now())
        if done:
            audit.append(actor=actor, action="score.adjust_back", thing=str(number), detail={"adjustment": number})
    return bool(done)


def scores_of(things: Iterable[str]) -> list[tuple[Run, Score]]:
    """The scores of things in every run that no other corrects, the latest first; the runs come without scores."""
    corrected = models.ScoreRun.objects.filter(previous__isnull=False).values("previous")
    rows = models.ScoreRow.objects.filter(thing__in=list(things)).exclude(run__in=corrected)
    found = rows.select_related("run", "run__previous").order_by("-run__seq", "place")
    return [(_run(row.run, Scores(())), _score(row)) for row in found]


def _adjustment(row: models.ScoreAdjustment) -> Adjustment:
    kind, points = AdjustmentKind(row.kind), Decimal(row.points)
    return Adjustment(row.thing, kind, points, row.reason, row.document, row.item)


def _row(run: models.ScoreRun, place: int, score: Score) -> models.ScoreRow:
    thing = score.thing
    content = {
        "known": str(score.known), "open": str(score.open), "adjusted": str(score.adjusted),
        "notes": list(score.notes), "grade": thing.grade, "vetoes": list(thing.vetoes), "doubts": list(thing.doubts),
        "items": [_item_json(item) for item in score.items],
    }  # fmt: skip
    total = None if score.total is None else round(score.total, 10)
    return models.ScoreRow(run=run, place=place, thing=thing.id, name=thing.name, unit=thing.unit,
                           excluded=thing.excluded, total=total, rank=score.rank, grade=score.grade,
                           content=content)  # fmt: skip


def _item_json(item: ItemScore) -> dict[str, Any]:
    measured = item.measured
    return {
        "item": item.item, "points": _text(item.points), "weight": _text(item.weight), "how": item.how,
        "low": _text(item.low), "high": _text(item.high), "value": _text(measured.value), "unknown": measured.unknown,
        "without": measured.without, "stages": [_text(stage) for stage in measured.stages],
        "missing": list(measured.missing),
    }  # fmt: skip


def _score(row: models.ScoreRow) -> Score:
    content = row.content
    thing = Thing(row.thing, row.name, row.unit, row.excluded, content["grade"], tuple(content["vetoes"]),
                  tuple(content["doubts"]))  # fmt: skip
    items = tuple(_item(each) for each in content["items"])
    return Score(thing, items, None if row.total is None else Decimal(row.total), Decimal(content["known"]),
                 Decimal(content["open"]), Decimal(content["adjusted"]), row.rank, row.grade,
                 tuple(content["notes"]))  # fmt: skip


def _item(each: Mapping[str, Any]) -> ItemScore:
    measured = Measured(_decimal(each["value"]), each["unknown"], each["without"],
                        tuple(_decimal(stage) for stage in each["stages"]), tuple(each["missing"]))  # fmt: skip
    return ItemScore(each["item"], measured, _decimal(each["points"]), Decimal(each["weight"]), each["how"],
                     _decimal(each["low"]), _decimal(each["high"]))  # fmt: skip


def _run(row: models.ScoreRun, scores: Scores) -> Run:
    previous = row.previous.seq if row.previous else None
    period = Period(row.start, row.end, row.period)
    return Run(row.seq, row.scheme, row.title, row.version, period, row.as_of, row.sequence, scores, row.unit,
               row.records_until, previous, row.reason, row.published, row.days, row.by, row.definition)  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
