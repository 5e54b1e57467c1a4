"""Raw cells: the text in which a ledger's cells travel, a letter for the kind and then the value.

`s` text as typed, `n` number, `d` date or date and time (ISO), `b` truth (b1, b0), `e` error (e#N/A); None is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Any


def raw_column(values: Sequence[Any]) -> list[str | None]:
    """The raw cells of one column of values as calamine or csv gives them ("" is empty)."""
    kinds = set(map(type, values))
    if kinds == {str}:
        return ["s" + v if v else None for v in values]
    return [_RAW[type(v)](v) for v in values]


def _raw_text(value: str) -> str | None:
    return "s" + value if value else None


def _raw_float(value: float) -> str:
    if not isfinite(value):
        return "e#NUM!"
    text = repr(value)
    return "n" + (text[:-2] if text.endswith(".0") else text)


def _raw_datetime(value: datetime) -> str:
    # Days are stored as floats; a fraction of a second is their rounding, not what anybody typed.
    whole = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    return "d" + (whole.isoformat() if whole.time() != time() else whole.date().isoformat())


def _raw_duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"s{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


_RAW: dict[type, Callable[[Any], str | None]] = {
    str: _raw_text,
    float: _raw_float,
    int: lambda v: f"n{v}",
    bool: lambda v: "b1" if v else "b0",
    datetime: _raw_datetime,
    date: lambda v: "d" + v.isoformat(),
    time: lambda v: "s" + v.isoformat("seconds"),
    timedelta: _raw_duration,
}
