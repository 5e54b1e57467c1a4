"""Administrative divisions (行政区划): codes of GB/T 2260, extended to townships and villages (GB/T 10114)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LEVELS = {2: "省", 4: "市", 6: "县", 9: "乡", 12: "村"}
"""Length of a code without its filling zeros → the level it stands for."""

_FILLERS = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
"""Names that only fill a level of the code, and that nobody writes in an address."""


@dataclass(frozen=True, slots=True)
class Division:
    """A division. `code` has no filling zeros (41, 4107, 410721, …); `parent` is the code of the one it lies in."""

    code: str
    name: str
    parent: str | None = None

    @property
    def level(self) -> str:
        return LEVELS[len(self.code)]


def short_code(code: str) -> str | None:
    """A code without the zeros that fill it up (410721000000 → 410721); None when it is not a division code."""
    text = code.strip()
    if not text.isdecimal() or not text.isascii():
        return None
    for length in LEVELS:
        if len(text) >= length and not text[length:].strip("0"):
            return text[:length]
    return None


def divisions_of(rows: Iterable[tuple[str, str]]) -> dict[str, Division]:
    """Divisions by code, from (code without filling zeros, name); the parent is the nearest listed shorter code."""
    names = dict(rows)
    return {code: Division(code, name, _parent(code, names)) for code, name in names.items()}


def full_name(code: str, divisions: Mapping[str, Division]) -> str:
    """The name with those above it, as an address begins: 河南省新乡市新乡县. Raises KeyError for an unknown code."""
    division: Division | None = divisions[code]
    names: list[str] = []
    while division is not None:
        if division.name not in _FILLERS:
            names.append(division.name)
        division = divisions[division.parent] if division.parent else None
    return "".join(reversed(names))


def _parent(code: str, names: Mapping[str, str]) -> str | None:
    lengths = [length for length in LEVELS if length < len(code)]
    return next((code[:length] for length in reversed(lengths) if code[:length] in names), None)
