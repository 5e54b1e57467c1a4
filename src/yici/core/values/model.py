"""What cleaning a cell gives: a value, how it was come by, and why not when there is none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from yici.core.values.spelling import is_ditto, is_empty_mark, tidy

Value = str | int | Decimal | bool | None


class Status(StrEnum):
    """How a value was come by.

    OK: the same meaning, at most spelled in the official way. FIXED: repaired by a rule that leaves no choice.
    DOUBTFUL: kept, but somebody should look. AMBIGUOUS: only part of it is certain (the value holds that part or
    None). LOST: the office program has destroyed digits. REFUSED: not a value of this kind. EMPTY: nothing was said.
    """

    OK = "ok"
    FIXED = "fixed"
    EMPTY = "empty"
    REFUSED = "refused"
    LOST = "lost"
    AMBIGUOUS = "ambiguous"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cell after cleaning. `reason` is a code of `REASONS`, or "" when there is nothing to explain."""

    value: Value
    status: Status
    reason: str = ""


BLANK = Cleaned(None, Status.EMPTY)
EMPTY_MARK = Cleaned(None, Status.EMPTY, "empty_mark")
NONE_STATED = Cleaned(None, Status.EMPTY, "none_stated")


def refused(reason: str) -> Cleaned:
    """No value, for that reason."""
    return Cleaned(None, Status.REFUSED, reason)


def ok(value: Value) -> Cleaned:
    """A value that needs no explanation."""
    return Cleaned(value, Status.OK)


class ValueKind(ABC):
    """A kind of value: `clean` reads a raw cell, `compare` says how alike two values are, `show` writes officially.

    Laws: `clean` never raises; for every value v that `clean` gives, cleaning "s" + show(v) gives v again.
    """

    none_is_empty = True
    """Does 无 mean that there is nothing to write (a phone), rather than being a value (free text)?"""

    def clean(self, raw: str | None) -> Cleaned:
        """Read a raw cell: a tagged string ("s" text, "n" number, "d" date, "b" bool, "e" error) or None."""
        if not raw:
            return BLANK
        tag, rest = raw[0], raw[1:]
        if tag == "n":
            return self.of_number(rest)
        if tag == "d":
            return self.of_date(rest)
        if tag == "b":
            return self.of_bool(rest == "1")
        if tag == "e":
            return refused("cell_error")
        text = tidy(rest if tag == "s" else raw)
        return self._of_tidy(text)

    def _of_tidy(self, text: str) -> Cleaned:
        if not text:
            return BLANK
        # No mark for an empty cell begins with a digit.
        if len(text) <= 8 and not text[0].isdecimal():
            if is_empty_mark(text):
                return EMPTY_MARK
            if self.none_is_empty and text == "无":
                return NONE_STATED
            if is_ditto(text):
                return refused("ditto")
        return self.of_text(text)

    @abstractmethod
    def of_text(self, text: str) -> Cleaned:
        """Read text that was typed: not empty, no blanks around it."""

    def of_number(self, text: str) -> Cleaned:
        """Read a number, given as the shortest text that stands for it."""
        return self.of_text(text)

    def of_date(self, text: str) -> Cleaned:
        """Read a date cell, given in ISO notation."""
        return refused("date_cell")

    def of_bool(self, value: bool) -> Cleaned:
        """Read a logical cell."""
        return refused("bool_cell")

    def compare(self, a: Value, b: Value) -> float:
        """How alike two clean values are, 0 to 1; 1 means the same. Something unknown is like nothing."""
        if a is None or b is None:
            return 0.0
        return 1.0 if a == b else self.likeness(a, b)

    def likeness(self, a: Value, b: Value) -> float:
        """How alike two different values are, below 1."""
        return 0.0

    def show(self, value: Value) -> str:
        """The official notation; "" for None."""
        return "" if value is None else str(value)
