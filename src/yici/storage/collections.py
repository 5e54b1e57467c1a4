"""Collections, fillings and answers: every query has a name here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from yici.core.collections.states import FillingState, State
from yici.storage.database import day_of
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class KeptForm:
    """Which form it is, and where its file is kept."""

    id: int
    source: str
    file_name: str


@dataclass(frozen=True, slots=True)
class FormRow(KeptForm):
    """A blank form that is asked for, with its legal marks. `fields` are what it asks (see services/admission)."""

    title: str
    fingerprint: str
    fields: tuple[Mapping[str, Any], ...]
    number: str
    maker: str
    approval: str
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """A collection with its form; `counts` are its fillings by state."""

    id: int
    form: FormRow
    name: str
    organisation: str
    purpose: str
    where: str
    everybody: bool
    named: tuple[str, ...]
    urgent: bool
    state: State
    admission: Mapping[str, Any]
    remark: str
    into: int | None
    period: str
    recurring: str
    automatic_by: str
    automatic_since: date | None
    as_of: date | None
    due: date | None
    by: str
    at: datetime
    decided_by: str
    previous: int | None
    published_at: datetime | None
    counts: Mapping[FillingState, int]


@dataclass(frozen=True, slots=True)
class FillingRow:
    """One unit's filling."""

    id: int
    collection: int
    name: str
    organisation: str
    due: date | None
    unit: str
    state: FillingState
    known: int
    unknown: int
    cards: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a filling's life."""

    step: str
    remark: str
    by: str
    at: datetime


def add_form(**values: Any) -> int:
    """Keep a blank form; its number."""
    return int(models.AskedForm.objects.create(**values).pk)


def add_collection(**values: Any) -> int:
    """Add a collection; its number."""
    return int(models.Collection.objects.create(**values).pk)


def kept_forms() -> list[tuple[str, str]]:
    """(hash, file name) of every blank form that is kept."""
    return list(models.AskedForm.objects.order_by("pk").values_list("source", "file_name").distinct())


def names_of(numbers: Iterable[int]) -> dict[int, str]:
    """What collections are called."""
    return dict(models.Collection.objects.filter(pk__in=list(numbers)).values_list("pk", "name"))


def change_form(form: int, **values: Any) -> None:
    """Change the legal marks of a form."""
    models.AskedForm.objects.filter(pk=form).update(**values)


def change_collection(number: int, **values: Any) -> None:
    """Change a collection's row. Call it with the row locked by `lock_collection`."""
    models.Collection.objects.filter(pk=number).update(**values)


def keep_report(number: int, report: Mapping[str, Any]) -> None:
    """Keep the report of a collection that waits for its review; one decided meanwhile keeps its own."""
    waiting = [str(State.PROPOSED), str(State.RETURNED)]
    models.Collection.objects.filter(pk=number, state__in=waiting).update(admission=dict(report))


def merged_into(number: int) -> list[CollectionRow]:
    """The collections that were merged into one."""
    return _collections(Q(into_id=number, state=str(State.MERGED)))


def has_following(number: int) -> bool:
    """Whether a recurring collection's next one was made already."""
    return bool(models.Collection.objects.filter(previous_id=number).exists())


def urgent_asks(organisation: str, since: date) -> int:
    """How many urgent asks (一事一报) an organisation has proposed since a day."""
    rows = models.Collection.objects.filter(organisation=organisation, urgent=True, previous__isnull=True)
    return rows.filter(at__date__gte=since).count()


def lock_collection(number: int) -> State | None:
    """The state of a collection, its row locked until the transaction ends; None when there is none.

    Answers and fillings that name the collection may be added meanwhile: they hold the counters this transaction needs.
    """
    row = models.Collection.objects.select_for_update(no_key=True).filter(pk=number).first()
    return State(row.state) if row else None


def collection_row(number: int) -> CollectionRow | None:
    """One collection."""
    rows = _collections(Q(pk=number))
    return rows[0] if rows else None


def proposed_since(by: str, source: str, since: datetime) -> int | None:
    """The collection somebody proposed with the form of that hash since a moment; None when there is none."""
    rows = models.Collection.objects.filter(by=by, form__source=source, at__gte=since)
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def collection_rows(numbers: Iterable[int]) -> dict[int, CollectionRow]:
    """Those of these collections that there are, by number."""
    return {row.id: row for row in _collections(Q(pk__in=set(numbers)))}


def collections_in(
    *,
    organisations: Iterable[str] | None = None,
    units: Iterable[str] | None = None,
    states: Iterable[State] | None = None,
) -> list[CollectionRow]:  # fmt: skip
    """Collections, newest first: those of organisations, or sent to units, in some states; None leaves that open."""
    wanted = Q()
    if organisations is not None:
        wanted &= Q(organisation__in=list(organisations))
    if units is not None:
        wanted &= Q(pk__in=models.Filling.objects.filter(unit__in=list(units)).values("collection"))
    if states is not None:
        wanted &= Q(state__in=[str(state) for state in states])
    return _collections(wanted)


def fields_of_others(form: int) -> list[CollectionRow]:
    """The collections of other forms that are in force: what a new form's fields are compared with."""
    live = Q(state__in=[str(State.APPROVED), str(State.OPEN), str(State.CLOSED)])
    return _collections(live & ~Q(form_id=form))


def fields_waiting(form: int) -> list[CollectionRow]:
    """The proposals of other forms that wait for a decision, newest first."""
    return _collections(Q(state=str(State.PROPOSED)) & ~Q(form_id=form))


def approved_forms(fingerprint: str) -> list[int]:
    """The forms of a fingerprint whose collection a steward has approved, oldest first."""
    live = [str(State.APPROVED), str(State.OPEN), str(State.CLOSED)]
    rows = models.AskedForm.objects.filter(fingerprint=fingerprint, collection__state__in=live)
    return list(rows.order_by("pk").values_list("pk", flat=True).distinct())


def add_fillings(collection: int, units: Sequence[str], figures: Mapping[str, tuple[int, int, int]]) -> None:
    """Add a filling for each unit, with the numbers of known and unknown cells (now, and for the burden meter) and of
    cards."""
    models.Filling.objects.bulk_create(
        models.Filling(
            collection_id=collection, unit=unit, state=str(FillingState.OPEN), known=figures[unit][0],
            unknown=figures[unit][1], asked_known=figures[unit][0], asked_unknown=figures[unit][1],
            cards=figures[unit][2],
        )
        for unit in units
    )  # fmt: skip


def filling_row(number: int, *, lock: bool = False) -> FillingRow | None:
    """One filling; locked until the transaction ends when `lock`."""
    rows = models.Filling.objects.filter(pk=number)
    row = (rows.select_for_update(no_key=True) if lock else rows.select_related("collection").defer(*_DEFERRED)).first()
    return _filling(row) if row else None


@dataclass(frozen=True, slots=True)
class Asking:
    """A filling as whoever answers it meets it, with the form and the day of its collection."""

    id: int
    collection: int
    organisation: str
    unit: str
    state: FillingState
    as_of: date | None
    form: KeptForm


# One question, and plain, as whoever sends an answer waits for it.
_ASKING = (
    "SELECT f.id, c.id, c.organisation, f.unit, f.state, c.as_of, a.id, a.source, a.file_name FROM storage_filling f"
    " JOIN storage_collection c ON c.id = f.collection_id JOIN storage_askedform a ON a.id = c.form_id WHERE f.id = %s"
)


def asking(number: int) -> Asking | None:
    """One filling as whoever answers it meets it."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKING, [number])
        row = cursor.fetchone()
    if row is None:
        return None
    number, collection, organisation, unit, state, as_of, form, source, file_name = row
    kept = KeptForm(form, source, file_name)
    return Asking(number, collection, organisation, unit, FillingState(state), as_of and day_of(as_of), kept)


def states_of(numbers: Iterable[int]) -> dict[int, FillingState]:
    """The states of these fillings now."""
    found = models.Filling.objects.filter(pk__in=list(numbers)).values_list("pk", "state")
    return {number: FillingState(state) for number, state in found}


def fillings_in(
    *, units: Iterable[str] | None = None, collection: int | None = None, states: Iterable[FillingState] | None = None,
    organisations: Iterable[str] | None = None,
) -> list[FillingRow]:  # fmt: skip
    """Fillings of open collections, most urgent first; None leaves a condition open."""
    wanted = Q() if collection is not None else Q(collection__state=str(State.OPEN))
    if units is not None:
        wanted &= Q(unit__in=list(units))
    if collection is not None:
        wanted &= Q(collection_id=collection)
    if states is not None:
        wanted &= Q(state__in=[str(state) for state in states])
    if organisations is not None:
        wanted &= Q(collection__organisation__in=list(organisations))
    rows = models.Filling.objects.filter(wanted).select_related("collection").defer(*_DEFERRED)
    return [_filling(row) for row in rows.order_by("collection__due", "collection_id", "unit")]


def move_filling(number: int, state: FillingState, step: str, *, by: str, remark: str = "") -> None:
    """Put a filling into a state and note the step."""
    models.Filling.objects.filter(pk=number).update(state=str(state), changed_at=timezone.now())
    models.FillingEvent.objects.create(filling_id=number, step=step, by=by, remark=remark)


def count_cells(number: int, *, known: int, unknown: int) -> None:
    """Note how many cells of a filling the pool knows now."""
    models.Filling.objects.filter(pk=number).update(known=known, unknown=unknown)


def events_of(filling: int) -> list[Event]:
    """The steps of a filling, oldest first."""
    rows = models.FillingEvent.objects.filter(filling_id=filling).order_by("pk")
    return [Event(row.step, row.remark, row.by, row.at) for row in rows]


def last_steps(fillings: Iterable[int], step: str) -> dict[int, Event]:
    """The last step of that kind of each of these fillings that ever took it."""
    rows = models.FillingEvent.objects.filter(filling_id__in=list(fillings), step=step).order_by("pk")
    found = rows.values_list("filling_id", "step", "remark", "by", "at")
    return {number: Event(*what) for number, *what in found}


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """A value to be kept for a slot that is no element of the pool."""

    collection: int
    unit: str
    subject: str
    sheet: str
    label: str
    value: str


def add_answers(answers: Iterable[NewAnswer], *, by: str) -> None:
    """Keep values for slots that are no elements of the pool."""
    models.FormAnswer.objects.bulk_create(
        models.FormAnswer(
            collection_id=one.collection, unit=one.unit, subject=one.subject, sheet=one.sheet, label=one.label,
            value=one.value, by=by,
        )
        for one in answers
    )  # fmt: skip


def answers_of(collection: int, units: Iterable[str] | None = None) -> dict[tuple[str, str, str, str], str]:
    """The latest answers of a collection: (unit, subject, sheet, label) → value. Earlier ones are kept beside them."""
    rows = models.FormAnswer.objects.filter(collection_id=collection).order_by("pk")
    if units is not None:
        rows = rows.filter(unit__in=list(units))
    return {(row.unit, row.subject, row.sheet, row.label): row.value for row in rows}


@dataclass(frozen=True, slots=True)
class SlotAnswer:
    """A value told for a slot that is no element of the pool."""

    subject: str
    sheet: str
    label: str
    value: str
    by: str
    at: datetime


def slot_answers(collection: int, unit: str) -> list[SlotAnswer]:
    """Every answer of a unit for a collection's own slots, also those superseded; oldest first."""
    rows = models.FormAnswer.objects.filter(collection_id=collection, unit=unit).order_by("pk")
    return [SlotAnswer(row.subject, row.sheet, row.label, row.value, row.by, row.at) for row in rows]


def collections_telling(subject: str, key: str) -> list[int]:
    """The collections in which something was told about a subject, the latest first."""
    entries = models.Entry.objects.filter(subject=subject, key=key, source__startswith="collection:")
    told = {int(source.partition(":")[2]) for source in entries.values_list("source", flat=True)}
    told |= set(models.FormAnswer.objects.filter(subject=key).values_list("collection_id", flat=True))
    return sorted(told, reverse=True)


def find_submission(number: str) -> tuple[str, Mapping[str, Any]] | None:
    """The content's hash and the outcome of a submission that came before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content_hash, outcome FROM storage_submission WHERE id = %s", [number])
        row = cursor.fetchone()
    return (str(row[0]), json.loads(row[1])) if row else None


def add_submission(number: str, content_hash: str, content: Any, outcome: Mapping[str, Any], *, by: str) -> None:
    """Keep a submission for ever. Raises IntegrityError when another process was first."""
    models.Submission.objects.create(id=number, content_hash=content_hash, content=content, outcome=outcome, by=by)


def _collections(wanted: Q) -> list[CollectionRow]:
    rows = models.Collection.objects.filter(wanted).select_related("form").order_by("-pk")
    numbers = [row.pk for row in rows]
    counts: dict[int, dict[FillingState, int]] = {}
    found = models.Filling.objects.filter(collection_id__in=numbers).values("collection_id", "state")
    for part in found.annotate(how_many=Count("pk")):
        counts.setdefault(part["collection_id"], {})[FillingState(part["state"])] = part["how_many"]
    return [_collection(row, counts.get(row.pk, {})) for row in rows]


def _collection(row: Any, counts: Mapping[FillingState, int]) -> CollectionRow:
    return CollectionRow(
        id=row.pk,
        form=_form(row.form),
        name=row.name, organisation=row.organisation, purpose=row.purpose, where=row.where,
        everybody=row.everybody, named=tuple(row.named), urgent=row.urgent,
        state=State(row.state), admission=row.admission, remark=row.remark, into=row.into_id, period=row.period,
        recurring=row.recurring, automatic_by=row.automatic_by, automatic_since=row.automatic_since,
        as_of=row.as_of, due=row.due, by=row.by, at=row.at, decided_by=row.decided_by,
        previous=row.previous_id, published_at=row.published_at, counts=counts,
    )  # fmt: skip


def _form(row: Any) -> FormRow:
    return FormRow(
        row.pk, row.source, row.file_name, row.title, row.fingerprint, tuple(row.fields), row.number, row.maker,
        row.approval, row.valid_until,
    )  # fmt: skip


# The report and the list of names are long, and nobody who asks for a filling wants them.
_DEFERRED = ("collection__admission", "collection__named")


def _filling(row: Any) -> FillingRow:
    return FillingRow(
        row.pk, row.collection_id, row.collection.name, row.collection.organisation, row.collection.due, row.unit,
        FillingState(row.state), row.known, row.unknown, row.cards, row.changed_at,
    )  # fmt: skip
