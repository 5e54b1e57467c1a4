"""Counting requests so that all processes together keep to a limit."""

from __future__ import annotations

from django.db import connection

from yici.storage.host import models

# One statement, so that two processes never count the same request once only.
_TAKE = (
    "INSERT INTO storage_ratecount (key, starts, ends, count) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (key, starts) DO UPDATE SET count = storage_ratecount.count + excluded.count RETURNING count"
)


def take(key: str, *, starts: int, ends: int, requests: int) -> int:
    """Take `requests` out of the window of `key` that starts at that second; how many are taken out now."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [key, starts, ends, requests])
        total = int(cursor.fetchone()[0])
    if total == requests:
        # A window was begun: the place to forget those that are over.
        models.RateCount.objects.filter(ends__lte=starts).delete()
    return total
