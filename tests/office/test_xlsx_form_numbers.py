"""Numbers are shown as Excel shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yici.office.xlsx_form_numbers import BUILTIN_FORMATS, is_date_format, show_number


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (45357, "yyyy/m/d", "2024/3/6"),
        (45357.5, "yyyy-mm-dd hh:mm:ss", "2024-03-06 12:00:00"),
        (45357, 'yyyy"年"m"月"d"日"', "2024年3月6日"),
        (45357, '[$-804]yyyy"年"m"月"d"日";@', "2024年3月6日"),
        (45357.4, "yyyy.mm", "2024.03"),
        (45357, "aaaa", "星期三"),
        (45357, "mmm-yy", "Mar-24"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (1.5, "[h]:mm", "36:00"),
        (0.75, '上午/下午h"时"mm"分"', "下午6时00分"),
        (1234.5, "#,##0.00", "1,234.50"),
        (0.256, "0.0%", "25.6%"),
        (3, '0"人"', "3人"),
        (12, '"共"0"户"', "共12户"),
        (12, 'General"元"', "12元"),
        (-3.5, "0.00;(0.00)", "(3.50)"),
        (-33.3, "0.00_);[Red]\\(0.00\\)", "(33.30)"),
        (-5, "0", "-5"),
        (-0.001, "0.00", "0.00"),
        (0, "0;-0;;@", ""),
        (5, "000", "005"),
        (13812345678, "000-0000-0000", "138-1234-5678"),
        (1.005, "0.00", "1.01"),
        (12.3, "0.##", "12.3"),
        (12000, "0.00E+00", "1.20E+04"),
        (1234567, "0.0,", "1234.6"),
        (5, "@", "5"),
        (0, "General", "0"),
        (0.1 + 0.2, "General", "0.3"),
        (1e-5, "General", "1E-05"),
        (123456789012, "General", "1.23457E+11"),
        (12345678901, "General", "12345678901"),
        (3.14159265358979, "General", "3.141592654"),
    ],
)
def test_number_is_shown_as_excel_shows_it(value: float, code: str, shown: str) -> None:
    assert show_number(value, code) == shown


def test_calendar_of_1904() -> None:
    assert show_number(0, "yyyy-mm-dd", date1904=True) == "1904-01-01"


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15),
    st.sampled_from(sorted(BUILTIN_FORMATS.values())) | st.text("0#?.,%;\"'[]yYmdhs年月日E+-@_*\\ ", max_size=12),
)
def test_any_number_under_any_format_is_shown(value: float, code: str) -> None:
    assert isinstance(show_number(value, code), str)


@given(st.integers(-(10**9), 10**9))
def test_whole_numbers_keep_their_digits(value: int) -> None:
    assert show_number(value, "General") == show_number(value, "0") == str(value)


def test_formats_of_numbers_are_no_dates() -> None:
    for code in ("General", "0.00E+00", "0", "#,##0", '0"人"', "[Red]0", '0"days"', "@"):
        assert not is_date_format(code), code
