"""What may stand in an address: numbers no database has ever given out are no address of ours."""

from __future__ import annotations

from django.urls import register_converter

MOST_DIGITS = 15
LARGEST = 10**MOST_DIGITS - 1


class NumberConverter:
    """The number of a row: at most fifteen digits. Larger ones do not fit into a column of SQLite."""

    regex = "[0-9]{1,%d}" % MOST_DIGITS  # noqa: UP031 (braces of a regular expression)

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """The number as text."""
        return str(value)


def number_of(text: str) -> int | None:
    """The number that a field of a form holds, within the same bounds; None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


register_converter(NumberConverter, "number")
