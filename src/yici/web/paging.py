"""Long lists on screen: looked through by a few words, and shown page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from yici.web.converters import number_of
from yici.web.requests import Request

SHOWN = 50
_LONGEST = 60
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paged(Generic[Row]):
    """One page of a list: its rows, how many there are of `every` in the list, and the choices that led to them."""

    rows: Sequence[Row]
    number: int
    pages: int
    count: int
    every: int
    asked: Mapping[str, str]

    @property
    def before(self) -> int:
        """The page before; 0 when there is none."""
        return self.number - 1

    @property
    def after(self) -> int:
        """The page after; 0 when there is none."""
        return self.number + 1 if self.number < self.pages else 0

    @property
    def query(self) -> str:
        """The choices, as they stand in an address."""
        return urlencode({name: text for name, text in self.asked.items() if text})


def asked_of(request: Request, *names: str) -> dict[str, str]:
    """What a list is looked through for. A form sent back with a problem shows the whole list."""
    return {name: request.GET.get(name, "").strip()[:_LONGEST] for name in names}


def page_of(
    request: Request, rows: Sequence[Row], asked: Mapping[str, str], fits: Callable[[Row], bool]
) -> Paged[Row]:  # fmt: skip
    """The page of a list that is asked for; one past the last is the last, as lists become shorter."""
    found = [row for row in rows if fits(row)]
    pages = max(1, -(-len(found) // SHOWN))
    number = max(1, min(number_of(request.GET.get("page", "")) or 1, pages))
    return Paged(found[(number - 1) * SHOWN : number * SHOWN], number, pages, len(found), len(rows), asked)


def page_read(
    request: Request, asked: Mapping[str, str], *, count: int, every: int, read: Callable[[int, int], Sequence[Row]]
) -> Paged[Row]:  # fmt: skip
    """The page that is asked for of a list of which only that page is read: so many from a place on."""
    pages = max(1, -(-count // SHOWN))
    number = max(1, min(number_of(request.GET.get("page", "")) or 1, pages))
    return Paged(read((number - 1) * SHOWN, SHOWN), number, pages, count, every, asked)


def holds(words: str, *texts: str) -> bool:
    """Whether one of the texts holds the words, in whatever case."""
    return any(words.casefold() in text.casefold() for text in texts)
