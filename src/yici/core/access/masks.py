"""Masks: what is shown of a personal value before somebody needs the whole of it."""

from __future__ import annotations

import re

from yici.core.elements import Element, Kind

_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "司徒")
# An address is shown down to its street or village: what comes after these signs stays hidden.
_STREET = re.compile(r"^(.*?(?:街道|镇|乡|社区|村|路|街|巷))")
_HIDDEN = "＊＊＊"


def masked(element: Element, value: str) -> str:
    """The value as it is shown masked: 110101********1237, 138****1234, 张*, the street of an address."""
    if not value:
        return value
    match element.kind:
        case Kind.ID_NUMBER:
            return _ends(value, 6, 4)
        case Kind.PHONE:
            return _ends(value, 3, 4)
        case Kind.NAME:
            return _name(value)
        case Kind.ADDRESS:
            street = _STREET.match(value)
            return (street[1] if street else value[:3]) + _HIDDEN
    if re.fullmatch(r"\w{8,}", value) and any(sign.isdigit() for sign in value):
        return _ends(value, 0, 4)
    return _HIDDEN


def _ends(value: str, first: int, last: int) -> str:
    if len(value) <= first + last:
        return "*" * len(value)
    return value[:first] + "*" * (len(value) - first - last) + value[len(value) - last :]


def _name(value: str) -> str:
    family = 2 if value.startswith(_COMPOUND) and len(value) > 2 else 1
    return value[:family] + "*" * max(1, len(value) - family)
