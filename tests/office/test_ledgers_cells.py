"""Raw cells: what each kind of value becomes on its way out of a ledger."""

from __future__ import annotations

import datetime as dt

import pytest

from yici.office.ledgers_cells import raw_column


@pytest.mark.parametrize(
    ("value", "raw"),
    [
        ("", None),
        (" 甲 ", "s 甲 "),
        ("=1+1", "s=1+1"),
        (19480308.0, "n19480308"),
        (3, "n3"),
        (12.5, "n12.5"),
        (-0.5, "n-0.5"),
        (4.1e17, "n4.1e+17"),
        (float("inf"), "e#NUM!"),
        (True, "b1"),
        (False, "b0"),
        (dt.date(1976, 4, 26), "d1976-04-26"),
        (dt.datetime.fromisoformat("1976-04-26T00:00:00"), "d1976-04-26"),
        (dt.datetime.fromisoformat("1976-04-26T10:00:00"), "d1976-04-26T10:00:00"),
        (dt.datetime.fromisoformat("1976-04-25T23:59:59.999"), "d1976-04-26"),
        (dt.datetime.fromisoformat("1976-04-26T09:59:59.999"), "d1976-04-26T10:00:00"),
        (dt.time(8, 30), "s08:30:00"),
        (dt.timedelta(hours=30, minutes=5), "s30:05"),
    ],
)
def test_every_kind_has_its_letter(value: object, raw: str | None) -> None:
    assert raw_column([value]) == [raw]
    assert raw_column(["文", value, ""]) == ["s文", raw, None]
