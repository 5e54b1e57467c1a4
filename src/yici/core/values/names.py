"""Names of persons: blanks inside, dots of minority names, notes in brackets; titles and totals are not names."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.fuzz import ratio

from yici.core.values.model import Cleaned, Status, Value, ValueKind, refused
from yici.core.values.spelling import half_width, one_blank

_DOTS = re.compile(r"\s*[·•・．｡。‧∙⋅･⸱ꞏ᛫●]\s*|(?<=[^\W\d_a-zA-Z])\s*[.]\s*(?=[^\W\d_a-zA-Z])")
_NOTE = re.compile(r"^(.+?)\s*[(\[〔【].*[)\]〕】]$")
_BLANK = re.compile(r"\s+")
_NOT_NAMES = re.compile(
    "合计|小计|总计|共计|姓名|名单|名册|登记|填表|填报|审核|签字|签名|盖章|备注|附件|单位|同上|以下|空白|序号|说明|汇总|总人数|负责人|联系人|经办"
    "|村民|委员会|有限公司|^户主$|^本人$|^配偶$|^男$|^女$|^家属$|^其他$"
)
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ'’ .\-,·]+")
LONGEST = 40


class NameKind(ValueKind):
    """A person's name as on the ID card: 张可妍, 阿依古丽·买买提, MARY ANN SMITH."""

    def of_text(self, text: str) -> Cleaned:
        if len(text) <= 4 and _plain_chinese(text):
            return self._checked(text, Status.OK, "")
        text = half_width(text) if not text.isascii() else text
        status, reason = Status.OK, ""
        if note := _NOTE.match(text):
            text, status, reason = note[1], Status.FIXED, "note_removed"
        if _LATIN.fullmatch(text):
            return self._latin(one_blank(text), status, reason)
        text = _DOTS.sub("·", text).strip("·")
        return self._checked(_BLANK.sub("", text), status, reason)

    def of_number(self, text: str) -> Cleaned:
        return refused("not_a_name")

    def _latin(self, text: str, status: Status, reason: str) -> Cleaned:
        letters = sum(char.isalpha() for char in text)
        if letters < 2 or len(text) > LONGEST:
            return refused("not_a_name")
        return Cleaned(text, status, reason)

    def _checked(self, name: str, status: Status, reason: str) -> Cleaned:
        if not name or len(name) > LONGEST or _NOT_NAMES.search(name):
            return refused("not_a_name")
        if "*" in name or name.endswith(("某", "某某")):
            return refused("masked")
        if "?" in name or "□" in name or "\ufffd" in name or "\u25a1" in name:
            return refused("lost_character")
        private = False
        if not name.replace("·", "").isalpha():
            for char in name:
                kind = _sort_of(char)
                if kind == "other":
                    return refused("not_a_name")
                private = private or kind == "private"
        if private:
            return Cleaned(name, Status.DOUBTFUL, "private_character")
        if len(name) == 1:
            return Cleaned(name, Status.DOUBTFUL, "short_name")
        return Cleaned(name, status, reason)

    def likeness(self, a: Value, b: Value) -> float:
        left, right = str(a).replace("·", "").upper(), str(b).replace("·", "").upper()
        return 0.97 if left == right else min(0.9, ratio(left, right) / 100)


def _plain_chinese(text: str) -> bool:
    return all("\u4e00" <= char <= "\u9fff" for char in text)


def _sort_of(char: str) -> str:
    """Is a character part of a name: a letter, the dot, a stand-in for a rare character, or something else?"""
    if char == "·" or char.isalpha() or char in "〇々-'":
        return "letter"
    category = unicodedata.category(char)
    if category in ("Co", "Cn") or "\u2ff0" <= char <= "\u2fff":
        return "private"
    # Vowel signs and variation selectors belong to the letter before them.
    return "letter" if category in ("Mn", "Mc") else "other"
