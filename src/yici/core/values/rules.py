"""The rules of an element as plain data, for a check while somebody types.

The patterns, digits and words are those that `clean` itself uses. The check on the page is a convenience: it may say
"wrong" only where `clean` surely refuses, and whatever it lets through `clean` still decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from yici.core.elements import Element, Kind, Registry
from yici.core.values import agreement, booleans, codes, credit_codes, dates, id_numbers, phones
from yici.core.values.kinds import kind_of
from yici.core.values.reasons import REASONS
from yici.core.values.text import NumberedKind

MOST_OPTIONS = 400


def rule_of(element: Element, registry: Registry, today: date) -> dict[str, Any]:
    """What a page needs to check values of an element: `type`, the details of that type, and the words for what may be
    wrong (`words`, by reason code)."""
    make = _OF_KIND.get(element.kind, _text)
    rule = make(element, registry)
    rule |= {"element": element.id, "name": element.name}
    if element.kind is Kind.DATE and not element.future:
        rule["latest_day"] = today.isoformat()
    against = agreement.AGAINST_ID.get(element.id)
    if against:
        rule["against_id"] = against
    reasons = [*rule.pop("reasons", ()), *([against] if against else [])]
    rule["words"] = {code: " ".join(REASONS[code]) for code in reasons}
    return rule


def _text(element: Element, registry: Registry) -> dict[str, Any]:
    if isinstance(kind_of(element, registry), NumberedKind):
        return {"type": "numbered", "reasons": ("no_digits", "masked")}
    return {"type": "text"}


def _name(element: Element, registry: Registry) -> dict[str, Any]:
    return {"type": "name", "reasons": ("not_a_name", "masked")}


def _id_number(element: Element, registry: Registry) -> dict[str, Any]:
    return {
        "type": "id_number", "weights": id_numbers._WEIGHTS, "checks": id_numbers._CHECKS,
        "years": [id_numbers.EARLIEST, id_numbers.LATEST],
        "reasons": ("id_length", "id_characters", "id_date", "id_check_digit", "masked"),
    }  # fmt: skip


def _uscc(element: Element, registry: Registry) -> dict[str, Any]:
    return {
        "type": "uscc", "alphabet": credit_codes._ALPHABET, "weights": credit_codes._WEIGHTS,
        "reasons": ("uscc_length", "uscc_old_number", "uscc_check_digit", "masked"),
    }  # fmt: skip


def _phone(element: Element, registry: Registry) -> dict[str, Any]:
    patterns = (phones._MOBILE, phones._LANDLINE, phones._LOCAL, phones._SERVICE)
    return {
        "type": "phone", "patterns": [_anchored(pattern) for pattern in patterns],
        "reasons": ("phone_length", "phone_characters", "masked"),
    }  # fmt: skip


def _date(element: Element, registry: Registry) -> dict[str, Any]:
    return {
        "type": "date", "years": [dates.EARLIEST, dates.LATEST],
        "reasons": ("not_a_date", "date_impossible", "date_ahead"),
    }  # fmt: skip


def _number(element: Element, registry: Registry) -> dict[str, Any]:
    whole = element.kind is Kind.INTEGER
    return {
        "type": "integer" if whole else "decimal",
        "reasons": ("not_a_number", *(("not_an_integer", "negative") if whole else ())),
    }  # fmt: skip


def _bool(element: Element, registry: Registry) -> dict[str, Any]:
    return {
        "type": "bool", "yes": sorted(booleans._YES), "no": sorted(booleans._NO),
        "options": [{"label": "是", "code": "1"}, {"label": "否", "code": "0"}],
    }  # fmt: skip


def _code(element: Element, registry: Registry) -> dict[str, Any]:
    listed = registry.codes_of(element)
    name = registry.code_lists[element.codes].name if element.codes else ""
    if not 0 < len(listed) <= MOST_OPTIONS:
        return {"type": "text"}  # Thousands of classes (行业): typed, and checked when they arrive.
    return {
        "type": "code", "suffixes": codes._SUFFIXES, "own_words": f"{element.name}{name}()（）、",
        "coded": all(code.label == code.code for code in listed),
        "options": [{"label": c.label, "code": c.code, "aliases": c.aliases} for c in listed],
        "reasons": ("unknown_code", "several_codes"),
    }  # fmt: skip


def _anchored(pattern: re.Pattern[str]) -> str:
    return f"^(?:{pattern.pattern})$"


_OF_KIND: Mapping[Kind, Callable[[Element, Registry], dict[str, Any]]] = {
    Kind.NAME: _name, Kind.ID_NUMBER: _id_number, Kind.USCC: _uscc, Kind.PHONE: _phone, Kind.DATE: _date,
    Kind.INTEGER: _number, Kind.DECIMAL: _number, Kind.BOOL: _bool, Kind.CODE: _code,
}  # fmt: skip
