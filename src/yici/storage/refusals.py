"""Counting refused requests, so that one line tells of many."""

from __future__ import annotations

from dataclasses import dataclass

from yici.storage.host import models

# isort: split
from django.db import connection

# One statement, so that two processes never both begin a minute.
_COUNT = (
    "INSERT INTO storage_refusal (login, route, minute, count) VALUES (%s, %s, %s, 1)"
    " ON CONFLICT (login, minute, route) DO UPDATE SET count = storage_refusal.count + 1 RETURNING count"
)
# Whoever takes them out tells of them: nobody else finds them.
_TAKE = "DELETE FROM storage_refusal WHERE minute < %s RETURNING login, route, minute, count"


@dataclass(frozen=True, slots=True)
class Refused:
    """So often an account was refused at a route in a minute."""

    login: str
    route: str
    minute: int
    count: int


def count(login: str, route: str, minute: int) -> int:
    """Count one more; how many there are of this account, route and minute now."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [login, route, minute])
        return int(cursor.fetchone()[0])


def routes_of(login: str, minute: int) -> int:
    """At how many routes an account was refused in a minute."""
    # Plain text, as whoever is refused waits for it: Django takes longer to write this than the database to answer.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM storage_refusal WHERE login = %s AND minute = %s", [login, minute])
        return int(cursor.fetchone()[0])


def forget(login: str, route: str, minute: int) -> None:
    """Count this route no more for itself."""
    models.Refusal.objects.filter(login=login, route=route, minute=minute).delete()


def take_before(minute: int) -> list[Refused]:
    """Take out the counts of minutes that are over."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [minute])
        return sorted((Refused(*row) for row in cursor.fetchall()), key=lambda one: (one.minute, one.login, one.route))
