"""The classification of industries (GB/T 4754): classes as codes whose value is the code itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from yici.core.elements import Code


def industry_codes(classes: Iterable[tuple[str, str]]) -> Iterator[Code]:
    """Codes for classes given as (code, name) in the standard's order, each section letter before its divisions.

    The element is 行业代码, so the label a value resolves to is the code ("1311"). Understood spellings are the code
    with its section letter (C1311) and, where only one class of the standard bears it, the class's name.
    """
    rows = list(classes)
    bearers = Counter(name for _, name in rows)
    section = ""
    for code, name in rows:
        section = code if code.isalpha() else section
        lettered = () if code.isalpha() else (section + code,)
        named = (name,) if bearers[name] == 1 else ()
        yield Code(code, code, lettered + named)
