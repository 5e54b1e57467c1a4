"""What people confirmed about doubtful words of one form: in force, withdrawn, and offered for all forms."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from yici.storage import audit
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class WordRow:
    """A confirmed word: for which form and whose use of it, what it means by cell, and what became of it."""

    id: int
    form: str
    scope: str
    title: str
    word: str
    alias: str
    subject: str
    meaning: str
    cells: Mapping[str, str | None]
    by: str
    at: datetime
    withdrawn_by: str
    withdrawn_at: datetime | None
    decided: str


def confirm_word(
    *, form: str, scope: str, title: str, word: str, alias: str, subject: str, meaning: str,
    cells: Mapping[str, str | None], by: str,
) -> int:  # fmt: skip
    """Keep what a word of a form means, with its audit line; its number. An earlier one of the word in
    any of these cells is withdrawn."""
    with transaction.atomic():
        rows = models.ConfirmedWord.objects.filter(form=form, scope=scope, word=word, withdrawn_at__isnull=True)
        # The same word elsewhere in the form, of people and of households, may mean two things.
        before = [row.pk for row in rows if row.cells.keys() & cells.keys()]
        models.ConfirmedWord.objects.filter(pk__in=before).update(withdrawn_at=timezone.now(), withdrawn_by=by)
        row = models.ConfirmedWord.objects.create(
            form=form, scope=scope, title=title, word=word, alias=alias, subject=subject, meaning=meaning,
            cells=dict(cells), by=by,
        )  # fmt: skip
        detail = {"scope": scope, "word": word, "meaning": meaning, "cells": len(cells)}
        audit.append(actor=by, action="word.confirm", thing=form, detail=detail)
        return int(row.pk)


def withdraw_word(number: int, *, by: str) -> bool:
    """Take a confirmation back, with its audit line; False when it was not in force any more."""
    with transaction.atomic():
        row = models.ConfirmedWord.objects.select_for_update().filter(pk=number, withdrawn_at__isnull=True).first()
        if row is None:
            return False
        models.ConfirmedWord.objects.filter(pk=number).update(withdrawn_at=timezone.now(), withdrawn_by=by)
        audit.append(actor=by, action="word.withdraw", thing=row.form, detail={"scope": row.scope, "word": row.word})
        return True


def words_in_force(form: str, scopes: Sequence[str]) -> list[WordRow]:
    """The confirmations in force for a form in any of these scopes, oldest first."""
    rows = models.ConfirmedWord.objects.filter(form=form, scope__in=list(scopes), withdrawn_at__isnull=True)
    return [_row(row) for row in rows.order_by("pk")]


def recognition_stamp() -> tuple[object, ...]:
    """What changes with everything that recognising a form goes by in the database: words and bindings confirmed or
    taken back, the area tree. One question, as whoever sends an answer waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMP)
        return tuple(cursor.fetchone())


_STAMP = """
SELECT (SELECT max(id) FROM storage_confirmedalias), (SELECT max(id) FROM storage_confirmedbinding),
    (SELECT max(id) FROM storage_confirmedword),
    (SELECT count(*) FROM storage_confirmedword WHERE withdrawn_at IS NOT NULL),
    (SELECT value FROM storage_counter WHERE name = 'units')
"""


def word_history(form: str, scope: str) -> list[WordRow]:
    """Every confirmation of a form in a scope, newest first, those taken back included."""
    rows = models.ConfirmedWord.objects.filter(form=form, scope=scope).order_by("-pk")
    return [_row(row) for row in rows]


def word_row(number: int) -> WordRow | None:
    """One confirmation."""
    row = models.ConfirmedWord.objects.filter(pk=number).first()
    return _row(row) if row else None


def offered_words() -> list[WordRow]:
    """The confirmations in force that could stand in every form and nobody has decided about, newest first."""
    rows = models.ConfirmedWord.objects.filter(withdrawn_at__isnull=True, decided="").exclude(alias="")
    return [_row(row) for row in rows.order_by("-pk")]


def decide_words(numbers: Iterable[int], decided: str, *, by: str) -> None:
    """Note the decision about offered words. Call it inside the transaction of what follows from it."""
    rows = models.ConfirmedWord.objects.filter(pk__in=list(numbers))
    rows.update(decided=decided, decided_by=by, decided_at=timezone.now())


def _row(row: Any) -> WordRow:
    return WordRow(
        int(row.pk), row.form, row.scope, row.title, row.word, row.alias, row.subject, row.meaning, dict(row.cells),
        row.by, row.at, row.withdrawn_by, row.withdrawn_at, row.decided,
    )  # fmt: skip
