"""Chinese numerals, as far as dates and small counts use them."""

from __future__ import annotations

import re

_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {
    "○": 0,
    "零": 0,
    "Ｏ": 0,
    "O": 0,
    "◯": 0,
}
_DIGITS |= {char: number for number, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_TENS = re.compile(r"([一二三四五六七八九])?十([一二三四五六七八九])?|廿([一二三四五六七八九])?|卅([一])?")


def digits_of(text: str) -> int | None:
    """Digit by digit: 一九九〇 → 1990; None when a character is no digit."""
    number = 0
    for char in text:
        digit = _DIGITS.get(char)
        if digit is None:
            return None
        number = number * 10 + digit
    return number if text else None


def below_hundred(text: str) -> int | None:
    """五 → 5, 十二 → 12, 二十 → 20, 廿三 → 23, 三一 → 31; None when it is no such number."""
    if found := _TENS.fullmatch(text):
        if text[0] in "廿卅":
            return {"廿": 20, "卅": 30}[text[0]] + (_DIGITS[text[1]] if len(text) > 1 else 0)
        return (_DIGITS[found[1]] if found[1] else 1) * 10 + (_DIGITS[found[2]] if found[2] else 0)
    return digits_of(text) if len(text) <= 2 else None
