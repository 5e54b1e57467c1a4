"""Village names: which unit of the area tree a cell, sheet name, title or address names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from yici.core.recognition.labels import squash

_SUFFIX = re.compile(r"(?:村民委员会|居民委员会|村委会|居委会|行政村|自然村|社区|村|居|屯|庄)$")
_LABELLED = re.compile(
    r"(?:村\(社区\)|村/社区|村居|行政村|村名|村|社区|村委会|居委会|村\(居\)委会|所在村|所属村)(?:\(.{1,6}\))?:([^\s:,。;()]{2,20})"
)


class UnitNames:
    """The names of the area tree, with the spellings under which offices write them.

    Only units without any below them count as villages; a town named in a title says nothing about a row.
    """

    def __init__(self, parents: Mapping[str, str | None]) -> None:
        """`parents` maps each unit to the unit it lies in (None at the top)."""
        above = {parent for parent in parents.values() if parent}
        self._leaves = sorted((name for name in parents if name not in above), key=len, reverse=True)
        self._exact: dict[str, str | None] = {}
        for name in self._leaves:
            for spelling in self._spellings(name):
                # A spelling that two villages share names neither of them.
                known = self._exact.get(spelling, name)
                self._exact[spelling] = name if known == name else None
        for name in self._leaves:
            self._exact[squash(name)] = name
        self._upper = sorted(map(squash, above), key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._leaves)

    @staticmethod
    def _spellings(name: str) -> Iterable[str]:
        stem = _SUFFIX.sub("", squash(name))
        yield squash(name)
        if len(stem) >= 2:
            yield from (
                stem + tail for tail in ("", "村", "社区", "村委会", "居委会", "村民委员会", "居民委员会", "行政村")
            )

    def resolve(self, text: str) -> str | None:
        """The village that a cell names: 青石村, 青石, 某镇青石村. None when it names none or several."""
        word = squash(text)
        while word:
            if word in self._exact:
                return self._exact[word]
            upper = next((name for name in self._upper if word.startswith(name) and word != name), None)
            if upper is None:
                break
            word = word[len(upper) :]
        return self.mentioned(text)

    def mentioned(self, text: str) -> str | None:
        """The one village whose full name stands in a longer text (a title, an address); None for none or several."""
        rest = squash(text)
        found: set[str] = set()
        for name in self._leaves:
            if squash(name) in rest:
                found.add(name)
                rest = rest.replace(squash(name), " ")
        return found.pop() if len(found) == 1 else None


def labelled_village(lines: Iterable[str]) -> str | None:
    """The village that a line above a table states: 村(社区):青石村, 村委会(盖章):青石村."""
    for line in lines:
        if match := _LABELLED.search(re.sub(r"\s{2,}", " ", _half(line))):
            return match[1]
    return None


def _half(line: str) -> str:
    return re.sub(r"\s*([:()])\s*", r"\1", line.replace("：", ":").replace("（", "(").replace("）", ")"))
