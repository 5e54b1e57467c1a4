"""The error tree. Every error says what is wrong, where, and what to do next.

YiciError
├── UploadRefused      a file that is not read: broken, hostile, locked, of another kind
├── FormUnreadable     a form in which nothing to fill was found
├── ExpressionError    a condition that cannot be understood
├── NotFound           a unit, subject, batch or element that does not exist
├── Conflict           something already there says otherwise
├── Refused            what the actor may not do, or a sign-in that failed
└── PackError          definitions that contradict themselves
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is: any of file, sheet, cell (A1 notation) and element id."""

    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    element: str | None = None

    def __str__(self) -> str:
        sheet_cell = "!".join(part for part in (self.sheet, self.cell) if part)
        return " ".join(part for part in (self.file, sheet_cell, self.element) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: a stable code, a message a clerk understands, a next step."""

    code: str
    message: str
    hint: str = ""
    where: Place = field(default_factory=Place)

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def __str__(self) -> str:
        place = str(self.where)
        text = f"[{self.code}] {place + '：' if place else ''}{self.message}"
        return f"{text} {self.hint}" if self.hint else text


class YiciError(Exception):
    """The root. Holds every problem found, never only the first."""

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UploadRefused(YiciError):
    """A file is not read at all."""


class FormUnreadable(YiciError):
    """Nothing to fill was found in a form."""


class ExpressionError(YiciError):
    """A condition cannot be understood; each problem names the word and the nearest ones."""


class NotFound(YiciError):
    """What was named does not exist."""


class Conflict(YiciError):
    """What is asked contradicts what is already recorded."""


class Refused(YiciError):
    """The actor may not do this, or could not be signed in."""


class PackError(YiciError):
    """Definitions in a pack contradict themselves."""
