"""Yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from yici.core.values.model import BLANK, Cleaned, Value, ValueKind, ok, refused
from yici.core.values.spelling import half_width, plain_number, squash, words

_YES = words("是 √ ✓ ✔ ☑ ✅ 有 1 y yes true t 对 真 已 v 是的 打勾 勾")
_NO = words("否 × ✗ ✘ ✕ ❌ x 无 0 n no false f 没有 不是 未 非 不 错 假 没")
_UNTICKED = words("□ ☐ ○ ◯")
_NEGATIONS = ("不属于", "没有", "不是", "未", "不", "非", "没", "无")
_AFFIRMATIONS = ("属于", "已经", "已", "是", "有", "为")


class BoolKind(ValueKind):
    """Yes or no. `names` are what the element is called (是否低保户): 低保户 is a yes, 非低保户 a no.

    `legend` is what a heading says about its own marks (1 → 是, 2 → 否); it goes before everything else.
    """

    none_is_empty = False

    def __init__(self, names: Iterable[str] = (), *, legend: Mapping[str, str] | None = None) -> None:
        self._names = tuple({property_of(name) for name in names} - {""})
        self._legend = {squash(mark): squash(word) in _YES for mark, word in (legend or {}).items()}
        self._known: dict[str, Cleaned] = {word: ok(True) for word in _YES} | {word: ok(False) for word in _NO}
        self._known |= dict.fromkeys(_UNTICKED, BLANK) | {mark: ok(said) for mark, said in self._legend.items()}

    def _of_tidy(self, text: str) -> Cleaned:
        known = self._known.get(text)
        return known if known is not None else super()._of_tidy(text)

    def of_text(self, text: str) -> Cleaned:
        word = squash(half_width(text)).lower()
        known = self._known.get(word) or self._known.get(word.rstrip("。.,;"))
        if known is not None:
            return known
        said = self._stated(word)
        return refused("not_yes_no") if said is None else ok(said)

    def of_number(self, text: str) -> Cleaned:
        return self._known.get(plain_number(text) or "") or refused("not_yes_no")

    def of_bool(self, value: bool) -> Cleaned:
        return ok(value)

    def _stated(self, word: str) -> bool | None:
        """已通, 未通, 非低保户: a part of the element's own name, with or without a negation."""
        for prefixes, said in ((_NEGATIONS, False), (_AFFIRMATIONS, True), (("",), True)):
            for prefix in prefixes:
                rest = word.removeprefix(prefix)
                if word.startswith(prefix) and self._names_it(rest):
                    return said
        return None

    def _names_it(self, rest: str) -> bool:
        if not rest:
            return False
        return any(name == rest or name.startswith(rest) or (len(rest) > 1 and rest in name) for name in self._names)

    def show(self, value: Value) -> str:
        return "" if value is None else "是" if value else "否"


def property_of(name: str) -> str:
    """是否低保户 → 低保户: what the yes is about."""
    return re.sub(r"^(?:是否|是不是|有无|有否|是否为|是否属于)|\(.*\)|[?]$", "", squash(name)).lower()
