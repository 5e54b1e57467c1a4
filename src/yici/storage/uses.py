"""In how many batches and forms each element occurs."""

from __future__ import annotations

from collections import Counter

from yici.storage.host import models


def element_uses() -> tuple[Counter[str], Counter[str]]:
    """(batches in force, forms asked for) that hold each element, by its id."""
    batches: Counter[str] = Counter()
    for columns in models.Batch.objects.filter(withdrawn_at__isnull=True).values_list("columns", flat=True):
        batches.update(set(columns))
    forms: Counter[str] = Counter()
    for fields in models.AskedForm.objects.values_list("fields", flat=True):
        forms.update({field["means"] for field in fields if field["kind"] == "element"})
    return batches, forms
