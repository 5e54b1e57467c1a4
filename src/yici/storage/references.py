"""References to subjects: what stands for an ID number in addresses of pages."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from django.db import connection

from yici.storage.host import models

Pair = tuple[str, str]
_AT_A_TIME = 400
# As `references_of` makes them: what looks otherwise is never asked for.
_CODE = re.compile(r"[0-9a-f]{32}")
_REFERRED = "SELECT code, subject, key FROM storage_subjectreference WHERE code IN "


def references_of(pairs: Iterable[Pair]) -> dict[Pair, str]:
    """The code of each (type, key); those that have none yet are given one."""
    wanted = list(dict.fromkeys(pairs))
    found = _known(wanted)
    missing = [pair for pair in wanted if pair not in found]
    if missing:
        # Another process may give one at the same moment: the first stands, so they are read again.
        models.SubjectReference.objects.bulk_create(
            [models.SubjectReference(code=uuid.uuid4().hex, subject=subject, key=key) for subject, key in missing],
            ignore_conflicts=True,
        )
        found |= _known(missing)
    return found


def referred_to(code: str) -> Pair | None:
    """The (type, key) a code stands for; None for a code never given."""
    return referred_among([code]).get(code)


def referred_among(given: Iterable[str]) -> dict[str, Pair]:
    """What each of these stands for, without those that are no codes."""
    codes = [code for code in dict.fromkeys(given) if _CODE.fullmatch(code)]
    found: dict[str, Pair] = {}
    for start in range(0, len(codes), _AT_A_TIME):
        some = codes[start : start + _AT_A_TIME]
        with connection.cursor() as cursor:
            cursor.execute(_REFERRED + f"({', '.join(['%s'] * len(some))})", some)
            found |= {code: (subject, key) for code, subject, key in cursor.fetchall()}
    return found


def _known(pairs: list[Pair]) -> dict[Pair, str]:
    found: dict[Pair, str] = {}
    for start in range(0, len(pairs), _AT_A_TIME):
        some = pairs[start : start + _AT_A_TIME]
        rows = models.SubjectReference.objects.filter(key__in=[key for _, key in some])
        found |= {(row.subject, row.key): row.code for row in rows}
    return {pair: found[pair] for pair in pairs if pair in found}
