"""How Excel shows a number: General, fixed decimals, percentages, dates in every notation of a format code."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

# ECMA-376 part 1, 18.8.30: the format codes behind ids below 164; 27-36 and 50-58 as they are in zh-CN.
BUILTIN_FORMATS = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"',
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: '上午/下午h"时"mm"分"',
    35: '上午/下午h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    48: "##0.0E+0", 49: "@", 50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"',
    55: '上午/下午h"时"mm"分"', 56: '上午/下午h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"', 58: 'm"月"d"日"',
}  # fmt: skip

_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_(?:.)|\*(?:.)|\[(h+|m+|s+)\]|\[[^\]]*\]|(AM/PM|A/P|上午/下午)|(y+|m+|d+|h+|s+|e+|g+|a{3,4})|(\.0+(?=$|[^#?0]))|(.)',
    re.IGNORECASE | re.DOTALL,
)
_DATE_LETTER = re.compile(r"[ymdhse]|aaa", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DIGITS = re.compile(r"[0#?](?:[0#?,.]*[0#?])?,*")
# Sheets hold local times without a zone.
_START_1900, _START_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001
_DAYS = ("星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六")


def show_number(value: float, code: str, date1904: bool = False) -> str:
    """The text Excel displays for a number under a format code. `value` may be a serial date number."""
    sections = _sections(code)
    if is_date_format(code):
        return show_date(value, sections[0], date1904)
    section, value = _choose(value, sections)
    bare = _LITERAL.sub("", section)
    if "@" in bare or "general" in bare.lower() or (not _DIGITS.search(bare) and len(sections) == 1):
        prefix, _, suffix = re.sub("general|@", "\0", _plain(section), count=1, flags=re.IGNORECASE).partition("\0")
        return f"{prefix}{show_general(value)}{suffix}" if bare.strip() else show_general(value)
    return _show_digits(value, section)


@lru_cache(maxsize=4096)
def is_date_format(code: str) -> bool:
    """Whether a format code shows a number as a date or a time."""
    first = _LITERAL.sub("", _sections(code)[0])
    return bool(_DATE_LETTER.search(first)) and not re.search(r"general|[#?]|0(?!0*$)|E[+-]", first, re.IGNORECASE)


def show_general(value: float) -> str:
    """A number as a wide cell in the General format shows it: at most 11 characters, else with an exponent."""
    size = abs(value)
    if value == int(value) and size < 1e11:
        return str(int(value))
    if size >= 1e11 or size < 1e-4:
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        if "." in mantissa:
            mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa}E{exponent}"
    whole = len(str(int(size)))
    return f"{value:.{max(0, 10 - whole)}f}".rstrip("0").rstrip(".")


def to_datetime(serial: float, date1904: bool = False) -> dt.datetime | None:
    """The moment a serial number means (none before 1900 or after 9999). Day 60 of the 1900 system never was."""
    if not 0 <= serial < 2958466:
        return None
    start = _START_1904 if date1904 else _START_1900 if serial >= 60 else _START_1900 + dt.timedelta(days=1)
    return start + dt.timedelta(seconds=round(serial * 86400, 3))


@lru_cache(maxsize=4096)
def _sections(code: str) -> tuple[str, ...]:
    """The parts of a format code between semicolons that are not quoted: positive; negative; zero; text."""
    return tuple(re.sub(r'"[^"]*"|\\.|(;)', lambda m: "\0" if m[1] else m[0], code).split("\0"))


def _choose(value: float, sections: tuple[str, ...]) -> tuple[str, float]:
    if value < 0 and len(sections) > 1:
        return sections[1], -value
    if value == 0 and len(sections) > 2:
        return sections[2], value
    return sections[0], value


def _plain(text: str) -> str:
    """The literal text of a piece of a format code: quotes, escapes, paddings and conditions taken away."""
    text = re.sub(r"_.|\[[^\]]*\]", "", text)
    text = re.sub(r"\*.", "", text)
    return re.sub(r'"([^"]*)"|\\(.)', lambda m: m[1] if m[1] is not None else m[2], text)


def _show_digits(value: float, section: str) -> str:
    masked = _LITERAL.sub(lambda m: "\1" * len(m[0]), section)
    found = _DIGITS.search(masked)
    if found is None:
        return _plain(section)
    before, pattern, after = section[: found.start()], found[0], section[found.end() :]
    scientific = re.match(r"E[+-]0+", after, re.IGNORECASE)
    if scientific:
        after = after[scientific.end() :]
        places = len(pattern.partition(".")[2])
        mantissa, _, exponent = f"{value:.{places}E}".partition("E")
        width = scientific[0].count("0")
        return f"{_plain(before)}{mantissa}E{exponent[0]}{exponent[1:].lstrip('0').rjust(width, '0')}{_plain(after)}"
    if "/" in masked[found.end() :]:
        return show_general(value)
    if _DIGITS.search(masked, found.end()):
        return _show_mask(value, section)
    number = Decimal(repr(value)).scaleb(2 * masked.count("%") - 3 * (len(pattern) - len(pattern.rstrip(","))))
    text = _fixed(abs(number), pattern.rstrip(","))
    negative = number < 0 and text.strip("0.,") != ""
    return f"{'-' if negative else ''}{_plain(before)}{text}{_plain(after)}"


def _fixed(number: Decimal, pattern: str) -> str:
    whole_pattern, _, places_pattern = pattern.partition(".")
    places = len(places_pattern)
    rounded = (
        str(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)) if number < Decimal(10) ** 20 else f"{number:f}"
    )
    whole, _, part = rounded.partition(".")
    whole = whole.lstrip("0").rjust(whole_pattern.count("0"), "0")
    if "," in whole_pattern:
        whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole)
    least = len(places_pattern.rstrip("#?"))
    while len(part) > least and part.endswith("0"):
        part = part[:-1]
    return (
        f"{whole}.{part}"
        if places_pattern and (part or whole_pattern) and (part or least)
        else whole + ("." if pattern.endswith(".") else "")
    )


def _show_mask(value: float, section: str) -> str:
    """A number laid into a mask such as 000-0000, from the right."""
    digits = str(int(Decimal(repr(abs(value))).quantize(Decimal(1), ROUND_HALF_UP)))
    pieces: list[str] = []
    for piece in reversed(re.findall(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|.', section)):
        if piece in ("0", "#", "?"):
            pieces.append(digits[-1] if digits else ("0" if piece == "0" else ""))
            digits = digits[:-1]
        else:
            pieces.append(_plain(piece))
    return ("-" if value < 0 else "") + digits + "".join(reversed(pieces))


def show_date(value: float, section: str, date1904: bool = False) -> str:
    """A serial number as a date or time under one section of a format code; the plain number when it is no date."""
    moment = to_datetime(value, date1904)
    if moment is None:
        return show_general(value)
    tokens = list(_TOKEN.finditer(section))
    half_day = any(m[4] for m in tokens)
    shown: list[str] = []
    hour_before = False
    for index, m in enumerate(tokens):
        if m[3]:
            shown.append(_elapsed(value, m[3]))
            hour_before = m[3][0] in "hH"
        elif m[4]:
            chinese = m[4].startswith("上")
            shown.append(("上午", "下午")[moment.hour >= 12] if chinese else ("AM", "PM")[moment.hour >= 12])
        elif m[5]:
            letters = m[5].lower()
            minute = letters in ("m", "mm") and (hour_before or _before_seconds(tokens, index))
            shown.append(_date_piece(moment, letters, minute, half_day))
            hour_before = letters[0] == "h" or (hour_before and not minute)
        elif m[6]:
            shown.append("." + f"{moment.microsecond:06d}"[: len(m[6]) - 1])
        else:
            shown.append(m[1] if m[1] is not None else m[2] or m[7] or "")
    return "".join(shown).strip()


def _before_seconds(tokens: list[re.Match[str]], index: int) -> bool:
    following = next((m[5] or m[3] for m in tokens[index + 1 :] if m[5] or m[3]), "")
    return following[:1].lower() == "s"


def _elapsed(value: float, letters: str) -> str:
    unit = {"h": 24, "m": 1440, "s": 86400}[letters[0].lower()]
    return str(int(round(value * 86400) * unit / 86400)).rjust(len(letters), "0")


def _date_piece(moment: dt.datetime, letters: str, minute: bool, half_day: bool) -> str:
    kind, length = letters[0], len(letters)
    if kind == "y" or kind == "e":
        return f"{moment.year % 100:02d}" if length <= 2 and kind == "y" else f"{moment.year:04d}"
    if kind == "m" and not minute:
        return _month(moment, length)
    if kind == "d":
        return (str(moment.day), f"{moment.day:02d}", moment.strftime("%a"), moment.strftime("%A"))[min(length, 4) - 1]
    if kind == "a":
        day = _DAYS[moment.isoweekday() % 7]
        return day if length == 4 else day[2:]
    if kind == "g":
        return ""
    number = {"h": (moment.hour + 11) % 12 + 1 if half_day else moment.hour, "m": moment.minute, "s": moment.second}[
        kind
    ]
    return str(number) if length == 1 else f"{number:02d}"


def _month(moment: dt.datetime, length: int) -> str:
    names = (
        str(moment.month),
        f"{moment.month:02d}",
        moment.strftime("%b"),
        moment.strftime("%B"),
        moment.strftime("%b")[0],
    )
    return names[min(length, 5) - 1]
