"""Values that cannot both be right: a date that lies ahead, a birth date or sex other than the ID number's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yici.core.elements import Element, Kind
from yici.core.values.id_numbers import birth_date_of, sex_of

ID_NUMBER, BIRTH, SEX = "person.id_number", "person.birth_date", "person.sex"
AGAINST_ID = {BIRTH: "birth_not_of_id", SEX: "sex_not_of_id"}
"""Element → the reason when it says something else than the same person's ID number."""


def disagreement(element: Element, value: object, others: Mapping[str, str], today: date) -> str:
    """The reason code why a clean value cannot be right, "" when nothing speaks against it.

    `others` are clean values of the same subject by element (the ID number's is enough); dates known only to the year
    or month are compared as far as they go.
    """
    text = str(value)
    if element.kind is Kind.DATE and not element.future and text > today.isoformat()[: len(text)]:
        return "date_ahead"
    number = others.get(ID_NUMBER, "")
    if len(number) != 18:
        return ""
    told = {BIRTH: birth_date_of(number)[: len(text)], SEX: sex_of(number)}.get(element.id)
    return AGAINST_ID[element.id] if told is not None and told != text else ""
