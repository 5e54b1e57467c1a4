"""Numbers people and firms are known by: ID numbers, credit codes, phones, bank cards, with right check digits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Strings = NDArray[np.object_]

ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
ID_CHECKS = np.array(list("10X98765432"), dtype=object)
USCC_SIGNS = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"), dtype=object)
USCC_WEIGHTS = np.array([3**power % 31 for power in range(17)])
# Halves of the order numbers that are used: those that end in 00 look like digits a spreadsheet has lost.
ORDERS = np.array([half for half in range(1, 500) if half % 50])
EPOCH = np.datetime64("1900-01-01")


def date_parts(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of days counted from 1900-01-01."""
    dates = EPOCH + days.astype("timedelta64[D]")
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    months = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    return years, months, of_month


def iso_dates(days: Ints) -> Strings:
    """ISO text of days counted from 1900-01-01."""
    return np.datetime_as_string(EPOCH + days.astype("timedelta64[D]"), unit="D").astype(object)


def id_numbers(
    prefixes: Ints, days: Ints, male: NDArray[np.bool_], turn: int = 0, turns: int = 1
) -> tuple[Strings, Ints]:
    """ID numbers of GB 11643 and the birth days they name, no two alike.

    `prefixes` are six-digit county codes, `days` birth days from 1900-01-01. Where several communities share their
    county codes, `turn` of `turns` keeps their order numbers apart. When a day has no order number left, the birth
    moves on by a day, which is why the days come back.
    """
    days = days.copy()
    room = len(ORDERS) // turns
    while True:
        group = (prefixes * 100_000 + days) * 2 + male
        order = np.argsort(group, kind="stable")
        starts = np.r_[True, group[order][1:] != group[order][:-1]]
        rank = np.empty(len(days), np.int64)
        at = np.arange(len(days))
        rank[order] = at - np.maximum.accumulate(np.where(starts, at, 0))
        if (rank < room).all():
            break
        days[rank >= room] += 1
    index = ORDERS[turn * room + (rank + days * 7) % room]
    return _with_check(prefixes, days, index * 2 + male), days


def _with_check(prefixes: Ints, days: Ints, sequence: Ints) -> Strings:
    years, months, of_month = date_parts(days)
    body = ((prefixes * 10_000 + years) * 10_000 + months * 100 + of_month) * 1_000 + sequence
    digits = body[:, None] // 10 ** np.arange(16, -1, -1) % 10
    check = ID_CHECKS[digits @ ID_WEIGHTS % 11]
    return np.array([f"{number}{sign}" for number, sign in zip(body.tolist(), check, strict=True)], dtype=object)


def credit_codes(rng: np.random.Generator, county: str, kinds: Sequence[str]) -> Strings:
    """Unified credit codes of GB 32100: `kinds` are their first two signs ("91" companies, "92" shops)."""
    size = len(kinds)
    signs = np.zeros((size, 17), np.int64)
    for at in (0, 1):
        signs[:, at] = [int(kind[at]) for kind in kinds]
    signs[:, 2:8] = [int(digit) for digit in county]
    signs[:, 8] = USCC_SIGNS.tolist().index("M")
    signs[:, 9] = USCC_SIGNS.tolist().index("A")
    signs[:, 10:16] = rng.integers(0, 31, (size, 6))
    signs[:, 16] = _organisation_check(signs[:, 8:16])
    check = (31 - signs @ USCC_WEIGHTS % 31) % 31
    return np.array(["".join(USCC_SIGNS[row]) for row in np.c_[signs, check]], dtype=object)


def _organisation_check(signs: Ints) -> Ints:
    """The ninth sign of the organisation code in a credit code (GB 11714); rows that need an X there get one."""
    values = np.array([int(sign) if sign.isdecimal() else ord(sign) - 55 for sign in USCC_SIGNS])
    check = (11 - values[signs] @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    signs_of: Ints = np.where(check == 10, USCC_SIGNS.tolist().index("X"), check % 11)
    return signs_of


def phones(rng: np.random.Generator, size: int, prefixes: Sequence[str]) -> Strings:
    """Mobile numbers that look right; nobody is meant by them."""
    heads = np.array(prefixes, dtype=object)[rng.integers(0, len(prefixes), size)]
    tails = rng.integers(0, 10**8, size)
    return np.array([f"{head}{tail:08d}" for head, tail in zip(heads, tails.tolist(), strict=True)], dtype=object)


def bank_cards(rng: np.random.Generator, issuers: Strings) -> Strings:
    """Card numbers of 19 digits that begin with the issuer's six and end with the Luhn digit."""
    tails = rng.integers(0, 10**12, len(issuers))
    bodies = [f"{issuer}{tail:012d}" for issuer, tail in zip(issuers, tails.tolist(), strict=True)]
    digits = np.array([list(body) for body in bodies], dtype=np.int64).reshape(-1, 18)
    doubled = digits[:, ::-1].copy()
    doubled[:, ::2] *= 2
    check = -(doubled // 10 + doubled % 10).sum(axis=1) % 10
    return np.array([f"{body}{digit}" for body, digit in zip(bodies, check.tolist(), strict=True)], dtype=object)
