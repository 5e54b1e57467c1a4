"""Checks between the cells of a row: sex and birth against the ID number, age against birth at the ledger's date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

# Offices count completed years or, in the old way, one or two more.
_AGE_BELOW, _AGE_ABOVE = -1, 2


@dataclass(frozen=True, slots=True)
class Doubt:
    """A check that failed in some rows: the element, the reason's code, and in which rows (a boolean array)."""

    element: str
    reason: str
    rows: pa.Array


def birth_from_id(ids: pa.Array) -> pa.Array:
    """The ISO birth dates in valid 18-character ID numbers."""
    parts = (pc.utf8_slice_codeunits(ids, start, stop) for start, stop in ((6, 10), (10, 12), (12, 14)))
    return pc.binary_join_element_wise(*parts, "-")


def sex_from_id(ids: pa.Array) -> pa.Array:
    """男 or 女 by the seventeenth digit (odd: male)."""
    odd = pc.is_in(pc.utf8_slice_codeunits(ids, 16, 17), pa.array(list("13579")))
    return pc.if_else(pc.is_valid(ids), pc.if_else(odd, "男", "女"), None)


def doubts_of(values: Mapping[str, pa.Array], ages: pa.Array | None, as_of: date) -> list[Doubt]:
    """All checks over one chunk of a ledger of persons. `ages` are what the ledger says, which is not kept."""
    ids, found = values.get("person.id_number"), []
    birth, sex = values.get("person.birth_date"), values.get("person.sex")
    if ids is not None and birth is not None:
        stated = _cut_like(birth_from_id(ids), birth)
        found.append(Doubt("person.birth_date", "birth_differs_from_id", _different(stated, birth)))
    if ids is not None and sex is not None:
        found.append(Doubt("person.sex", "sex_differs_from_id", _different(sex_from_id(ids), sex)))
    born = birth_from_id(ids) if ids is not None else birth
    if ages is not None and born is not None:
        found.append(Doubt("person.age", "age_differs_from_birth", _age_differs(ages, born, as_of)))
    return [doubt for doubt in found if pc.any(doubt.rows).as_py()]


def whole_birth(birth: pa.Array, ids: pa.Array) -> pa.Array:
    """Birth dates known only to the year or month, completed from an ID number that says the same so far."""
    stated = birth_from_id(ids)
    same = pc.equal(_cut_like(stated, birth), birth)
    return pc.if_else(pc.fill_null(same, False), stated, birth)


def _cut_like(stated: pa.Array, dates: pa.Array) -> pa.Array:
    """Full dates cut to the precision (year, month, day) of other dates."""
    size = pc.utf8_length(dates)
    month = pc.if_else(pc.equal(size, 7), pc.utf8_slice_codeunits(stated, 0, 7), stated)
    return pc.if_else(pc.equal(size, 4), pc.utf8_slice_codeunits(stated, 0, 4), month)


def _different(a: pa.Array, b: pa.Array) -> pa.Array:
    return pc.fill_null(pc.not_equal(a, b), False)


def _age_differs(ages: pa.Array, born: pa.Array, as_of: date) -> pa.Array:
    whole = pc.if_else(pc.equal(pc.utf8_length(born), 10), born, None)
    year = pc.cast(pc.utf8_slice_codeunits(whole, 0, 4), pa.int64())
    passed = pc.less_equal(pc.utf8_slice_codeunits(whole, 5, 10), as_of.strftime("%m-%d"))
    completed = pc.subtract(pc.subtract(as_of.year, year), pc.if_else(passed, 0, 1))
    gap = pc.subtract(ages, completed)
    return pc.fill_null(pc.or_(pc.less(gap, _AGE_BELOW), pc.greater(gap, _AGE_ABOVE)), False)
