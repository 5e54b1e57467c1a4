"""What somebody may have meant by a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_ALIKE = 60
"""Names less alike than this (of 100) are not offered: they would only lead astray."""


def nearest(name: str, words: Iterable[str], limit: int = 3) -> list[str]:
    """The words most like a name, the nearest first; none where nothing is like it.

    A word that holds the name, or that it holds, is like it however long the rest is.
    """
    known = list(dict.fromkeys(words))
    wanted = name.casefold().strip()
    if not wanted:
        return []
    part = [word for word in known if len(wanted) > 1 and (wanted in word.casefold() or word.casefold() in wanted)]
    alike = process.extract(wanted, known, scorer=fuzz.ratio, processor=str.casefold, limit=limit, score_cutoff=_ALIKE)
    return list(dict.fromkeys([*sorted(part, key=len), *(word for word, _, _ in alike)]))[:limit]


def nearest_words(name: str, words: Iterable[str]) -> str:
    """The same as a sentence; "" where nothing is like it."""
    found = nearest(name, words)
    return f"最接近的有：{'、'.join(found)}。" if found else ""
