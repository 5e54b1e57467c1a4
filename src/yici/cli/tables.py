"""Tables on the terminal: words wrap, numbers, dates and codes are never cut; what does not fit goes into a next table.

On a terminal a table is as wide as that (or COLUMNS says); in a file or a pipe as wide as it needs.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

PIPED = 240
"""How wide a line may get where nobody's window ends."""
_NARROWEST = 6
# What must stay in one piece: a number, a date, a code, a Latin word; then one sign at a time.
_PIECES = re.compile(r"[!-~]+|\s+|.", re.DOTALL)
_CLOSING = frozenset("，。；：、）》〉”’％！？")


@dataclass(frozen=True, slots=True)
class _Column:
    """One column as plain text. `least` is how narrow it may get, `natural` how wide it is unwrapped."""

    head: str
    cells: tuple[str, ...]
    right: bool

    @property
    def natural(self) -> int:
        """The longest line of it."""
        return max((cell_len(line) for text in (self.head, *self.cells) for line in text.split("\n")), default=0)

    @property
    def least(self) -> int:
        """The longest piece that stays whole."""
        pieces = (piece for text in (self.head, *self.cells) for piece in pieces_of(text))
        return max(min(self.natural, _NARROWEST), *(cell_len(piece) for piece in pieces), 1)


def console_of() -> Console:
    """Where results are printed."""
    return Console() if sys.stdout.isatty() or os.environ.get("COLUMNS") else Console(width=PIPED)


def print_table(table: Table, *, keep: int = 1, console: Console | None = None) -> None:
    """Print a table of plain texts. Columns that do not fit stand in further tables, beside the first `keep` again."""
    console = console or console_of()
    if table.title:
        console.print(Text(str(table.title), style="bold"))
    columns = [
        _Column(str(each.header), tuple(map(str, each.cells)), each.justify == "right") for each in table.columns
    ]
    if len(_parts(columns, keep, console.width)) > 1:
        # What is empty everywhere need not make a second table.
        columns = [column for n, column in enumerate(columns) if n < keep or any(column.cells)]
    ends = [row.end_section for row in table.rows]
    for part in _parts(columns, keep, console.width):
        console.print(_drawn([columns[place] for place in part], ends, console.width), highlight=False)


def pieces_of(text: str) -> list[str]:
    """The pieces a text may be wrapped between; what closes (，）) stays with what it closes."""
    found: list[str] = []
    for piece in _PIECES.findall(text):
        if found and piece in _CLOSING and not found[-1].isspace():
            found[-1] += piece
        else:
            found.append(piece)
    return found


def wrapped(text: str, width: int) -> str:
    """The text in lines of that width, broken between pieces only."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in pieces_of(paragraph):
            if line and cell_len(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return "\n".join(lines)


def _parts(columns: Sequence[_Column], keep: int, width: int) -> list[list[int]]:
    """The places of the columns of every table: at least one that is new in each."""
    first = list(range(min(keep, len(columns))))
    parts = [list(first)]
    for place in range(len(first), len(columns)):
        least = sum(columns[each].least + 3 for each in (*parts[-1], place)) + 1
        if least > width and len(parts[-1]) > len(first):
            parts.append(list(first))
        parts[-1].append(place)
    return parts


def _drawn(columns: Sequence[_Column], ends: Sequence[bool], width: int) -> Table:
    table = Table(header_style="bold")
    widths = _widths(columns, width - 3 * len(columns) - 1)
    for column, wide in zip(columns, widths, strict=True):
        table.add_column(
            Text(wrapped(column.head, wide)), min_width=wide, overflow="fold",
            justify="right" if column.right else "left",
        )  # fmt: skip
    for number, end in enumerate(ends):
        cells = (Text(wrapped(column.cells[number], wide)) for column, wide in zip(columns, widths, strict=True))
        table.add_row(*cells, end_section=end)
    return table


def _widths(columns: Sequence[_Column], room: int) -> list[int]:
    """How wide each column gets: what it needs at least, then those first that need little more."""
    widths = [column.least for column in columns]
    left = room - sum(widths)
    order = sorted(range(len(columns)), key=lambda place: columns[place].natural - widths[place])
    for number, place in enumerate(order):
        more = max(0, min(columns[place].natural - widths[place], left // (len(order) - number)))
        widths[place] += more
        left -= more
    return widths
