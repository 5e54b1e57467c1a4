"""Marks and words that a heading explains: （1男 2女）, （是填1，否填0）, （是/否）, （打√）."""

from __future__ import annotations

import re

from yici.core.values.spelling import half_width, squash

_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_FILLER = re.compile(r"填写|填报|填|为|写|表示|代表|[打划画选](?=[√×])|[“”\"'‘’]|即|请")
_CIRCLED = {chr(0x2460 + n): str(n + 1) for n in range(20)}
_WORD = r"[^\d\s,;、./=:()\[\]|]+(?:[(][^()\d]*[)])?"
_MARK_FIRST = re.compile(rf"\s*[(]?([0-9]{{1,2}})[)]?\s*[.、:\-—=]?\s*({_WORD})\s*[,;、.。/|]?")
_LETTER_FIRST = re.compile(r"\s*[(]?([A-Z])[)]?\s*[.、:\-—=]?\s*([^\dA-Z\s,;、./=:()\[\]|]+)\s*[,;、.。/|]?")
_WORD_FIRST = re.compile(rf"\s*({_WORD}?)\s*[:\-—=]?\s*([0-9]{{1,2}}|[√×])\s*[,;、.。/|]?")
_SPLIT = re.compile(r"\s*[/、,;|]\s*|\s+|或者?")
_TICK = re.compile(r"[打划画用填写选]\s*[“\"'‘(]?\s*[√✓✔]|[打划画]\s*[勾钩]|^\s*[“\"]?[√✓✔][”\"]?\s*$|[√✓✔]选")
_CROSS = re.compile(r"[×xX✗](?![a-z])")


def bracketed(label: str) -> list[str]:
    """What stands in brackets, half-width, innermost, in order."""
    return [text for text in _BRACKETS.findall(half_width(label)) if text.strip()]


def legend_of(label: str) -> dict[str, str]:
    """word → mark, for a heading that explains at least two: （1男 2女） → {男: 1, 女: 2}. Else empty."""
    flat = half_width(label)
    for text in (*bracketed(label), *_tails(flat)):
        found = _pairs(_FILLER.sub("", _uncircle(text)))
        if len(found) > 1:
            return found
    return {}


def _tails(flat: str) -> list[str]:
    """Unbracketed explanations: what follows the first mark or the last colon."""
    tails = [flat[match.start() :] for match in re.finditer(r"[(]?(?<!\d)[01](?!\d)|①", flat)][:1]
    return [*tails, flat.rpartition(":")[2]]


def _uncircle(text: str) -> str:
    return "".join(_CIRCLED.get(char, char) for char in text)


def _pairs(text: str) -> dict[str, str]:
    """All of a text read as pairs of mark and word, one way or the other; empty when some of it is neither."""
    for pattern, mark, word in ((_MARK_FIRST, 1, 2), (_LETTER_FIRST, 1, 2), (_WORD_FIRST, 2, 1)):
        found: dict[str, str] = {}
        at = 0
        while match := pattern.match(text, at):
            found[squash(match[word])] = match[mark]
            at = match.end()
        if not text[at:].strip(" 。.,;") and len(set(found.values())) == len(found):
            return found
    return {}


def listed_words(label: str) -> list[tuple[str, ...]]:
    """Every bracket that lists words: （是/否） → [("是", "否")]."""
    lists = []
    for text in bracketed(label):
        words = tuple(word for word in _SPLIT.split(_FILLER.sub("", text).strip()) if word)
        if len(words) > 1:
            lists.append(words)
    return lists


def wants_tick(label: str) -> bool:
    """Does the heading ask for a √ where it holds, and nothing where not?"""
    texts = bracketed(label) or [half_width(label)]
    return any(_TICK.search(text) for text in texts) and not wants_cross(label)


def wants_cross(label: str) -> bool:
    """Does the heading ask for √ or ×?"""
    return any("√" in text and _CROSS.search(text) for text in bracketed(label))
