"""What a form prescribes about the writing of a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Writing = Literal["plain", "date", "words", "tick", "number"]


@dataclass(frozen=True, slots=True)
class Notation:
    """How a value must be written into a slot.

    kind "plain": the official way. "date": by `pattern`, a format text over y, m, d; `strict` when a value of less
    precision must not be written; without a pattern `precision` ("year", "month") cuts. "words": `words` says for each
    value (a label, 是 or 否) what is written. "tick": √ for yes, nothing for no. "number": in `unit`, rounded half up
    to `decimals` places, when given.
    """

    kind: Writing = "plain"
    pattern: str = ""
    precision: str = ""
    strict: bool = False
    words: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    decimals: int | None = None


PLAIN = Notation()


@dataclass(frozen=True, slots=True)
class Empty:
    """Known, and nothing is to be written: the √ column of a no."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The value cannot be written as the form prescribes. `reason` is a code of `values.REASONS`."""

    reason: str
