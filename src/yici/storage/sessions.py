"""Sessions of the web, which the worker clears though it knows no web: by their table."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

_TABLE = "django_session"


def session_data(number: str, *, at: datetime) -> str | None:
    """What a session that has not ended holds, as it was written; None when there is none."""
    told = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        # Plain, since every request asks it.
        cursor.execute(f"SELECT session_data FROM {_TABLE} WHERE session_key = %s AND expire_date > %s", [number, told])  # noqa: S608
        row = cursor.fetchone()
    return str(row[0]) if row else None


def forget_ended(*, at: datetime) -> None:
    """Delete the sessions that ended before; where the web was never used there are none."""
    if _TABLE not in connection.introspection.table_names():
        return
    told = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {_TABLE} WHERE expire_date < %s", [told])  # noqa: S608 (own name)
