"""How a value is typed into a ledger: notations, blanks, lost digits, spellings. The truth behind it is kept apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from yici.demo.pack import pack

Typed = str | int | float | datetime | None
DATES: dict[str, Callable[[str], Typed]] = {
    "ymd": lambda iso: iso.replace("-", ""),
    "dash": lambda iso: iso,
    "cell": datetime.fromisoformat,
    "dot": lambda iso: ".".join(str(int(part)) for part in iso.split("-")),
    "slash": lambda iso: "/".join(str(int(part)) for part in iso.split("-")),
    "cn": lambda iso: "{}年{}月{}日".format(*(int(part) for part in iso.split("-"))),
    "month": lambda iso: "{}.{:02d}".format(*(int(part) for part in iso.split("-")[:2])),
}
MIXED = ("ymd", "dash", "cell", "dot", "slash", "cn")


def spell(rng: Random, kind: str, value: Any, style: str) -> tuple[Typed, Any]:
    """The typed cell, and what it still says of the value: None where the digits are lost."""
    if kind == "date":
        notation = rng.choice(MIXED) if style in ("mixed", "") else style
        return DATES[notation](value), value[:7] if notation == "month" else value
    if kind == "id_number":
        return _identity(rng, value, style)
    if kind == "bool":
        return {"10": int(value), "tick": "√" if value else None}.get(style, "是" if value else "否"), value
    if kind == "code":
        return rng.choice(pack("spellings").get(value, [value])), value
    if kind == "person_name":
        return _name(rng, value), value
    if kind in ("decimal", "integer"):
        return _number(rng, value, style)
    if style == "number" and str(value).isdecimal() and rng.random() < 0.5:
        return int(value), value
    return value, value


def _identity(rng: Random, value: str, style: str) -> tuple[Typed, str | None]:
    if style == "number" and value.isdecimal() and rng.random() < 0.12:
        return float(value), None
    if style == "quote":
        return f"'{value}" if rng.random() < 0.3 else value, value
    if style == "mess" and rng.random() < 0.08:
        spaced = f"{value[:6]} {value[6:14]} {value[14:]}"
        return rng.choice([spaced, value + " ", value.lower(), "'" + value]), value
    return value, value


def _name(rng: Random, value: str) -> str:
    if len(value) == 2 and rng.random() < 0.15:
        return f"{value[0]}{rng.choice([' ', '　', '  '])}{value[1]}"
    return value + " " if rng.random() < 0.01 else value


def _number(rng: Random, value: float, style: str) -> tuple[Typed, float]:
    if style == "wan":
        shown = round(value / 10_000, 2)
        return shown, round(shown * 10_000, 2)
    if style == "unwan":
        shown = round(value * 10_000)
        return (f"{shown:,}.00" if rng.random() < 0.3 else shown), shown / 10_000
    plain = int(value) if float(value).is_integer() else value
    if style == "people":
        return (f"{plain}人" if rng.random() < 0.3 else plain), value
    if style == "yuan" and rng.random() < 0.2:
        return rng.choice([f"{plain}元", f"{plain:,}", str(plain)]), value
    return plain, value
