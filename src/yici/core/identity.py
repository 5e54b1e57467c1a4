"""Identity: whose record a row is. The parts that need no table: folding of judgements and names of units."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from yici.core.manifest import Area, Verdict

APART = "?"
"""Keys of subjects that no number identifies begin with this character: they wait for a person's judgement."""

HEAD = "户主"
"""The label of the head of a household in the code list of relations (GB/T 4761)."""

# What a unit's name may end in besides the name people call it by; longer ones first.
_COMMITTEES = ("社区居民委员会", "居民委员会", "村民委员会", "社区居委会", "村委会", "居委会", "街道办事处", "办事处")
_KINDS = (*_COMMITTEES, "社区", "街道", "行政村", "自然村", "村", "镇", "乡", "县")


def fold(verdicts: Iterable[Verdict], subject: str) -> dict[str, str]:
    """For every key judged the same as another, the key under which all of them are kept.

    A key that a number identifies is preferred to one kept apart, then the one named first (left) in the judgement.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.get(key, key) != key:
            key = parent[key]
        return key

    for verdict in verdicts:
        if verdict.subject == subject and verdict.same:
            left, right = root(verdict.left), root(verdict.right)
            if left != right:
                numbered = left.startswith(APART) and not right.startswith(APART)
                keep, drop = (right, left) if numbered else (left, right)
                parent[drop] = keep
    return {key: root(key) for key in parent if root(key) != key}


def different(verdicts: Iterable[Verdict], subject: str) -> set[tuple[str, str]]:
    """Pairs of keys judged different, in both orders."""
    pairs = [(v.left, v.right) for v in verdicts if v.subject == subject and not v.same]
    return {*pairs, *((right, left) for left, right in pairs)}


def unit_names(texts: Iterable[str], areas: Sequence[Area]) -> dict[str, str]:
    """For every spelling of a unit the unit meant: 张青社区张青村 → 张青村, 张青 → 张青村 when only one fits.

    A spelling that fits no unit, or several, stays as it is: it is not guessed.
    """
    names = [area.name for area in areas]
    parents = {area.parent for area in areas if area.parent}
    stems: dict[str, list[str]] = {}
    for name in names:
        stems.setdefault(_stem(name), []).append(name)
    known = set(names)
    return {text: _unit_name(text, known, names, stems, parents) for text in texts}


def _unit_name(
    text: str, known: set[str], names: Sequence[str], stems: Mapping[str, list[str]], parents: set[str]
) -> str:
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if plain in known:
        return plain
    endings = [name for name in names if plain.endswith(name)] or [name for name in names if name in plain]
    if endings:
        return _smallest(plain, endings, parents)
    fitting = stems.get(_stem(plain), [])
    leaves = [name for name in fitting if name not in parents]
    found = leaves if len(leaves) == 1 else fitting
    return found[0] if len(found) == 1 else plain


def _smallest(text: str, names: Sequence[str], parents: set[str]) -> str:
    """The unit that stands last in a text that names one or several, those with nothing below them first."""
    leaves = [name for name in names if name not in parents] or list(names)
    return max(leaves, key=lambda name: (text.rfind(name) + len(name), len(name)))


def _stem(name: str) -> str:
    """A unit's name without the word for its kind."""
    for kind in _KINDS:
        if name.endswith(kind) and len(name) > len(kind):
            return name.removesuffix(kind)
    return name
