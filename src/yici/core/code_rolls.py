"""How code lists are put together: narrower codes rolled up to the labels in use, industries from their classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from yici.core.elements import Code, CodeList


def roll_up(codes: CodeList, entries: Sequence[Code]) -> CodeList:
    """The list with its entries; the words of narrower entries become aliases of the entry they roll up to.

    A narrower entry may have a narrower one below it. One whose chain of parents ends nowhere or runs in a circle
    counts for no label; the linter (core/element_check.py) reports it.
    """
    by_code = {entry.code: entry for entry in entries}
    inherited: dict[str, list[str]] = {}
    for entry in entries:
        root = _root(entry, by_code)
        if entry.parent and root is not None:
            inherited.setdefault(root.code, []).extend((entry.label, *entry.aliases))
    main = tuple(_with_words(entry, inherited.get(entry.code, ())) for entry in entries if not entry.parent)
    return replace(codes, codes=main, details=tuple(entry for entry in entries if entry.parent))


def industry_codes(classes: Iterable[tuple[str, str]]) -> Iterator[Code]:
    """Codes for classes of GB/T 4754 given as (code, name) in its order, each section letter before its divisions.

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


def _root(entry: Code, by_code: dict[str, Code]) -> Code | None:
    """The entry without a parent at the end of the chain; None when there is none."""
    seen = {entry.code}
    while entry.parent:
        above = by_code.get(entry.parent)
        if above is None or above.code in seen:
            return None
        seen.add(above.code)
        entry = above
    return entry


def _with_words(entry: Code, words: Sequence[str]) -> Code:
    if not words:
        return entry
    aliases = tuple(word for word in dict.fromkeys((*entry.aliases, *words)) if word != entry.label)
    return replace(entry, aliases=aliases)
