"""Texts of the services in the language of the page: states, outcomes, what waits, problems.

The services speak Chinese. In another language a text is looked up as it stands, or with its numbers, dates and quoted
words taken out (共缺 # 格，没有名为“#”的单位) and put back in their order. What an expression says is said again.
"""

from __future__ import annotations

import re

from django.utils.translation import get_language, gettext

from yici.core.expressions.wording import Words

_GIVEN = re.compile(r"(?<=“)[^”]*(?=”)|[0-9][0-9,.:-]*[0-9]|[0-9]")
_BETWEEN = {"、": ", ", "；": "; "}
_PARTED = re.compile("([、；])")
# A place in a ledger, within longer texts.
_PLACE = re.compile(r"第 ([0-9]+) 行")


def told(text: str) -> str:
    """The text in the active language; as it is where the catalogue has no other."""
    if not text or (get_language() or "zh").startswith("zh"):
        return text
    if isinstance(text, Words):
        return text.told(gettext)
    found = gettext(text)
    if found != text:
        return found
    if "\n" in text:
        return "\n".join(map(told, text.split("\n")))
    pattern = gettext(_GIVEN.sub("#", text))
    if pattern == _GIVEN.sub("#", text):
        if (listed := _listed(text)) is not None:
            return listed
        head, sign, rest = text.partition("：")
        if sign and (said := told(rest)) != rest:  # What a message is about, by its name: 照片.xlsx：没有…
            return f"{head}: {said}"
        return _PLACE.sub(lambda place: gettext("第 # 行").replace("#", place[1]), text)
    given = iter(_GIVEN.findall(text))
    return re.sub("#", lambda _: next(given, "#"), pattern)


def _listed(text: str) -> str | None:
    """A list of texts, each of which the catalogue knows; None when it does not know them all."""
    parts = _PARTED.split(text)
    if len(parts) == 1:
        return None
    said = [_BETWEEN[part] if part in _BETWEEN else told(part) for part in parts]
    return None if any(one == part for one, part in zip(said, parts, strict=True)) else "".join(said)
