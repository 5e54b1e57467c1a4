"""Codes: a label of a closed list, however it is spelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from yici.core.elements import Code
from yici.core.values.model import NONE_STATED, Cleaned, Status, Value, ValueKind, ok, refused
from yici.core.values.spelling import plain_number, squash

_SUFFIXES = ("毕业", "文化", "程度", "学历", "水平", "在读", "人员", "性")
"""Words that say what sort of thing a label is, and so may follow any label."""
_REMEMBERED = 50_000
"""How many spellings a kind remembers; a column of free text tried as codes has no end of them."""


class CodeKind(ValueKind):
    """A label of a code list. Known spellings: label, alias, code number, and the residue rule.

    Residue rule: a spelling that is a label plus or minus only words of the element's own name (中度 for 中度失能 in
    失能等级, 高中文化 for 高中 in 文化程度) means that label, when it can mean only one.
    """

    none_is_empty = False

    def __init__(
        self, codes: Sequence[Code], names: Iterable[str] = (), *, legend: Mapping[str, str] | None = None
    ) -> None:
        self.labels = tuple(code.label for code in codes)
        self._words = frozenset("".join(squash(name) for name in names))
        self._known = {key: ok(label) for key, label in _spellings(codes).items()}
        self._coded = bool(codes) and all(code.label == code.code for code in codes)
        self._keys = {squash(label): label for label in self.labels}
        for mark, word in (legend or {}).items():
            self._known[_key(mark)] = self.of_text(word)

    def _of_tidy(self, text: str) -> Cleaned:
        known = self._known.get(text)
        if known is not None:
            return known
        # A list may itself hold 无 or 未知: only what it does not know is an empty mark.
        known = self._known.get(_key(text))
        if known is not None:
            return known
        if text == "无":
            return NONE_STATED
        return super()._of_tidy(text)

    def of_text(self, text: str) -> Cleaned:
        key = _key(text)
        known = self._known.get(key)
        if known is None:
            known = self._by_residue(key)
            if len(self._known) < _REMEMBERED:
                self._known[key] = known
        return known

    def of_number(self, text: str) -> Cleaned:
        return self.of_text(plain_number(text) or text)

    def _by_residue(self, key: str) -> Cleaned:
        found = {label for spelling, label in self._keys.items() if self._explains(key, spelling)}
        if len(found) == 1 and not self._coded:
            return ok(found.pop())
        if self._coded and key.isdecimal() and len(key) == max(map(len, self.labels)) and key[:-1] in self._keys:
            # Classifications are revised: a class of an older edition, in a group that is still listed, is kept.
            return Cleaned(key, Status.DOUBTFUL, "code_unlisted")
        return refused("several_codes" if found else "unknown_code")

    def _explains(self, key: str, label: str) -> bool:
        if len(key) < len(label):
            return bool(key) and label.startswith(key) and self._empty_words(label[len(key) :])
        rest = key.replace(label, "", 1)
        return rest != key and self._empty_words(rest)

    def _empty_words(self, rest: str) -> bool:
        for suffix in _SUFFIXES:
            rest = rest.replace(suffix, "")
        return set(rest) <= self._words | {"(", ")", "、"}

    def nearest(self, text: str, limit: int = 3) -> list[str]:
        """The labels spelled most like a text, best first."""
        found = process.extract(squash(text), self.labels, scorer=fuzz.WRatio, limit=limit, score_cutoff=30)
        return [label for label, _, _ in found]

    def likeness(self, a: Value, b: Value) -> float:
        return 0.0


def _key(text: str) -> str:
    return squash(text).upper().replace("（", "(").replace("）", ")")


def _spellings(codes: Sequence[Code]) -> dict[str, str]:
    """Every spelling that means one label: labels before aliases before code numbers; what means two is left out."""
    known = {_key(code.label): code.label for code in codes}
    for layer in (_aliases, _numbers, _short_numbers):
        pairs = [(_key(spelling), code.label) for code in codes for spelling in layer(code)]
        owners = Counter(key for key, _ in set(pairs))
        known |= {key: label for key, label in pairs if key and owners[key] == 1 and key not in known}
    return known


def _aliases(code: Code) -> Iterable[str]:
    return code.aliases


def _numbers(code: Code) -> Iterable[str]:
    return (code.code,)


def _short_numbers(code: Code) -> Iterable[str]:
    """01 as a number is 1."""
    return (code.code.lstrip("0"),) if code.code.isdecimal() else ()
