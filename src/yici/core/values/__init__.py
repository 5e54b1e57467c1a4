"""Kinds of value: reading raw cells, comparing values, writing them officially.

A cell is never guessed: what cannot be read is refused with a reason, and the original text is kept by the caller.
"""

from yici.core.values.ages import age_on
from yici.core.values.id_numbers import birth_date_of, lost_prefix, sex_of
from yici.core.values.kinds import clean_values, explain, kind_of
from yici.core.values.model import Cleaned, Status, Value, ValueKind
from yici.core.values.reasons import REASONS
from yici.core.values.units import convert, convertible, measure_of

__all__ = [
    "REASONS",
    "Cleaned",
    "Status",
    "Value",
    "ValueKind",
    "age_on",
    "birth_date_of",
    "clean_values",
    "convert",
    "convertible",
    "explain",
    "kind_of",
    "lost_prefix",
    "measure_of",
    "sex_of",
]
