"""Laws of ID numbers and credit codes, and what follows from them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yici.core.values import Status, age_on, birth_date_of, lost_prefix, sex_of
from yici.core.values.credit_codes import UsccKind, uscc_check
from yici.core.values.id_numbers import IdNumberKind, check_character

KIND = IdNumberKind()
BIRTHS = st.dates(date(1900, 1, 1), date(2030, 12, 31))


def make(area: int, born: date, sequence: int) -> str:
    first17 = f"{area}{born:%Y%m%d}{sequence:03}"
    return first17 + check_character(first17)


IDS = st.builds(make, st.integers(110000, 659999), BIRTHS, st.integers(1, 999)).filter(lambda i: not i.endswith("000"))


@given(IDS)
def test_a_valid_number_is_kept(number: str) -> None:
    cleaned = KIND.clean("s" + number)
    assert (cleaned.value, cleaned.status) == (number, Status.OK)


@given(IDS, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_a_changed_digit_is_refused(number: str, at: int, digit: str) -> None:
    changed = number[:at] + digit + number[at + 1 :]
    if changed != number:
        assert KIND.clean("s" + changed).value is None


@given(IDS)
def test_a_number_cell_has_lost_digits_but_keeps_a_prefix(number: str) -> None:
    if number.endswith("X"):
        return
    for raw in ("n" + repr(float(number[:15] + "000")), "n" + number):
        assert KIND.clean(raw).status == Status.LOST
        assert lost_prefix(raw) == number[:15]


@pytest.mark.parametrize(
    "raw", [None, "", "s", "s1.30102E+17", "s130102199005071237", "n5", "sabc", "d1990-05-07", "n1e99"]
)
def test_no_prefix(raw: str | None) -> None:
    assert lost_prefix(raw) is None


def test_prefix_of_saved_text() -> None:
    assert lost_prefix("s130102199005071000") == "130102199005071"
    assert lost_prefix("s1.30102199005071E+17") == "130102199005071"


@given(st.integers(110000, 659999), st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 995))
def test_fifteen_digits_become_eighteen(area: int, born: date, sequence: int) -> None:
    old = f"{area}{born:%y%m%d}{sequence:03}"
    assert KIND.clean("s" + old).value == make(area, born, sequence)


@given(IDS)
def test_facts_in_the_number(number: str) -> None:
    assert birth_date_of(number).replace("-", "") == number[6:14]
    assert sex_of(number) == ("男" if int(number[16]) % 2 else "女")


@given(
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.sampled_from(["91", "92", "93", "12", "52"])
)
def test_credit_codes_check(tail: str, head: str) -> None:
    first17 = f"{head}130102{tail}"
    kind = UsccKind()
    good = first17 + uscc_check(first17)
    assert kind.clean("s" + good).status == Status.OK
    bad = first17 + ("1" if good[17] != "1" else "2")
    assert (kind.clean("s" + bad).value, kind.clean("s" + bad).status) == (bad, Status.DOUBTFUL)


@pytest.mark.parametrize(
    ("birth", "as_of", "age"),
    [
        ("1950-03-07", date(2025, 3, 6), 74),
        ("1950-03-07", date(2025, 3, 7), 75),
        ("1950-03-07", date(1950, 3, 7), 0),
        ("1950-03-07", date(1950, 3, 6), None),
        ("2004-02-29", date(2025, 2, 28), 20),
        ("2004-02-29", date(2025, 3, 1), 21),
        ("1950-03", date(2025, 12, 31), 75),
        ("1950-03", date(2025, 3, 15), None),
        ("1950-03", date(2025, 3, 31), 75),
        ("1950-03", date(2025, 2, 28), 74),
        ("1950", date(2025, 12, 31), 75),
        ("1950", date(2025, 6, 30), None),
    ],
)
def test_age_on(birth: str, as_of: date, age: int | None) -> None:
    assert age_on(birth, as_of) == age
