"""What people confirmed about forms: bindings of one form, words as aliases, and remembered templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection, transaction

from yici.storage import audit
from yici.storage.host import models


@dataclass(frozen=True, slots=True)
class Binding:
    """A confirmed binding: the slot by its cell and by its label path, and the element (None: nothing fills it)."""

    form: str
    sheet: str
    cell: str
    path: str
    element: str | None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Alias:
    """A confirmed word for an element. `scope` limits it to one office's forms; empty is everywhere."""

    word: str
    subject: str
    element: str | None
    scope: str = ""
    by: str = ""


def save_binding(binding: Binding, *, actor: str) -> None:
    """Remember a binding for a form's fingerprint, with its audit line. A later one for the same cell supersedes."""
    with transaction.atomic():
        models.ConfirmedBinding.objects.create(
            form=binding.form,
            sheet=binding.sheet,
            cell=binding.cell,
            path=binding.path,
            element=binding.element,
            by=binding.by or actor,
        )
        detail = {"sheet": binding.sheet, "cell": binding.cell, "path": binding.path, "element": binding.element}
        audit.append(actor=actor, action="binding.confirm", thing=binding.form, detail=detail)


def bindings_of(form: str) -> list[Binding]:
    """The bindings in force for a form's fingerprint."""
    latest: dict[tuple[str, str, str], Binding] = {}
    for row in models.ConfirmedBinding.objects.filter(form=form).order_by("id"):
        binding = Binding(row.form, row.sheet, row.cell, row.path, row.element, row.by)
        latest[row.sheet, row.cell, row.path] = binding
    return list(latest.values())


def save_alias(alias: Alias, *, actor: str) -> None:
    """Remember a word for an element, with its audit line. A later one for the same word supersedes."""
    with transaction.atomic():
        models.ConfirmedAlias.objects.create(
            word=alias.word,
            subject=alias.subject,
            element=alias.element,
            scope=alias.scope,
            by=alias.by or actor,
        )
        detail = {"subject": alias.subject, "element": alias.element, "scope": alias.scope}
        audit.append(actor=actor, action="alias.confirm", thing=alias.word, detail=detail)


def all_aliases() -> list[Alias]:
    """The aliases in force."""
    latest: dict[tuple[str, str, str], Alias] = {}
    for row in models.ConfirmedAlias.objects.order_by("id"):
        latest[row.word, row.subject, row.scope] = Alias(row.word, row.subject, row.element, row.scope, row.by)
    return list(latest.values())


def confirmations_stamp() -> tuple[int, int]:
    """What changes with every confirmation for all forms: the last numbers of aliases and bindings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT max(id) FROM storage_confirmedalias), (SELECT max(id) FROM storage_confirmedbinding)"
        )
        alias, binding = cursor.fetchone()
    return int(alias or 0), int(binding or 0)


def remember_template(fingerprint: str, content: Mapping[str, object], *, actor: str) -> None:
    """Remember what was recognised in a form, in place of what was remembered before."""
    with transaction.atomic():
        models.TemplateMemory.objects.update_or_create(fingerprint=fingerprint, defaults={"content": dict(content)})
        audit.append(actor=actor, action="template.remember", thing=fingerprint, detail={})


def template_of(fingerprint: str) -> dict[str, object] | None:
    """What is remembered of a form; None when it has not been seen."""
    return models.TemplateMemory.objects.filter(fingerprint=fingerprint).values_list("content", flat=True).first()
