"""What is to be written into a form: values by cell of the blank form, with why the rest stays empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

# A row takes some 20 µs: telling of each would cost more than the rows.
_TOLD_EVERY = 200
FillValue = str | int | float | Decimal
"""A str is always written as text (never as a formula); numbers are written as numbers."""


@dataclass(slots=True)
class RowsFill:
    """Rows for one roster area. All addresses are those of the blank form.

    `first_row` is the first blank data row and `blank_rows` how many blank data rows the form came with. `columns`
    are the columns written, in the order of the values in each row. `n_rows` is how many rows come. A None leaves the
    cell as it was. `vertical_merges` are (index of the first row, number of rows, column) to be merged downwards.
    """

    first_row: int
    blank_rows: int
    columns: tuple[int, ...]
    rows: Iterable[Sequence[FillValue | None]]
    n_rows: int
    vertical_merges: tuple[tuple[int, int, int], ...] = ()

    @property
    def inserted(self) -> int:
        """How many rows the area grows by."""
        return max(0, self.n_rows - self.blank_rows)


@dataclass(slots=True)
class SheetFill:
    """All that is written into one sheet (or Word table): single cells and roster areas from top to bottom."""

    sheet: str
    cells: dict[tuple[int, int], FillValue] = field(default_factory=dict)
    rows: list[RowsFill] = field(default_factory=list)

    def moved(self, row: int) -> int:
        """Where a row of the blank form stands in the filled one."""
        return row + sum(area.inserted for area in self.rows if row > area.first_row + area.blank_rows - 1)


@dataclass(slots=True)
class WorkbookFill:
    """A whole fill plan (填充方案)."""

    sheets: list[SheetFill] = field(default_factory=list)

    def tell_rows(self, progress: Callable[[int, int], None]) -> None:
        """Have `progress` told how many of all rows were written, as they are taken. What it raises ends it."""
        areas = [area for sheet in self.sheets for area in sheet.rows]
        total, before = sum(area.n_rows for area in areas), 0
        for area in areas:
            area.rows = _told(area.rows, before, total, progress)
            before += area.n_rows


def _told(
    rows: Iterable[Sequence[FillValue | None]], before: int, total: int, progress: Callable[[int, int], None]
) -> Iterator[Sequence[FillValue | None]]:
    for done, row in enumerate(rows, before + 1):
        yield row
        if done % _TOLD_EVERY == 0:
            progress(done, total)


class GapReason(StrEnum):
    """Why a data cell is left empty: the closed list of reasons."""

    UNKNOWN_LABEL = "unknown label"
    NOBODY_HAS_IT = "nobody has it"
    CONFLICT = "conflict"
    REFUSED_VALUE = "refused value"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Gap:
    """One data cell left empty (缺项): its address in the filled form, its label, its subject's key and why.

    `element` and `owner` (the key of the subject the element is of) tell what would fill it, where that is known.
    `doubt` says in words what keeps a statistics cell from being certain, `word` the one word a person may explain.
    `day` is the day to ask for instead, where the cell is empty because its title names a period that was over.
    """

    sheet: str
    cell: str
    label: str
    subject: str
    reason: GapReason
    element: str = ""
    owner: str = ""
    doubt: str = ""
    word: str = ""
    day: date | None = None

    def as_json(self) -> dict[str, str]:
        more = {"doubt": self.doubt, "word": self.word} if self.doubt else {}
        more |= {"day": self.day.isoformat()} if self.day is not None else {}
        return {
            "sheet": self.sheet,
            "cell": self.cell,
            "label": self.label,
            "subject": self.subject,
            "reason": str(self.reason),
            **more,
        }
