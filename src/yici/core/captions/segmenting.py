"""Cutting a caption into words of the lexicon, so that as little as possible is left over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from yici.core.captions import vocabulary as v
from yici.core.captions.ages import age_of, read_exact_age
from yici.core.captions.intervals import Interval, read_band
from yici.core.captions.lexicon import Lexicon
from yici.core.captions.model import AGE, Word, code_condition, order_of

_YEAR = re.compile(r"(20\d\d)年度?")
_RESIDUE = 100
_SIDE = re.compile(r"(?:学历|文化程度|文化)?(?:及其?|含|\(含\))?以(上|下)(?:学历|文化程度|文化)?(?:的)?")
_LEVEL = frozenset({"中专", "技工学校", "高中"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a caption with the senses it may have; without senses nobody explained it."""

    text: str
    senses: tuple[Word, ...] = ()
    band: Interval | None = None


def segment(text: str, lexicon: Lexicon, *, title: bool = False, prefer: frozenset[str] = frozenset()) -> list[Piece]:
    """The pieces of a normalised text. `title` takes in what titles say besides; `prefer` are the elements whose own
    code labels (一级, 其他) may stand here."""
    best: list[tuple[int, int, Piece] | None] = [None] * (len(text) + 1)
    cost = [0] + [10**9] * len(text)
    for at in range(len(text)):
        for piece, price in _starting(text, at, lexicon, title, prefer):
            end = at + len(piece.text)
            if cost[at] + price < cost[end]:
                cost[end] = cost[at] + price
                best[end] = (at, price, piece)
    pieces: list[Piece] = []
    end = len(text)
    while end:
        step = best[end]
        assert step is not None
        pieces.append(step[2])
        end = step[0]
    return _joined(list(reversed(pieces)))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Neighbouring characters that nobody explained as one piece."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and not piece.senses and not joined[-1].senses and not piece.band and not joined[-1].band:
            joined[-1] = Piece(joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined


def _starting(text: str, at: int, lexicon: Lexicon, title: bool, prefer: frozenset[str]) -> Sequence[tuple[Piece, int]]:
    """What may begin at a place, with its price: fewer and longer words are better, leaving out is worst."""
    found: list[tuple[Piece, int]] = [(Piece(text[at]), _RESIDUE)]
    if band := _band(text, at):
        found.append((band, 10))
    if ladder := _ladder(text, at, lexicon):
        found.append((ladder, 10))
    if year := _YEAR.match(text, at):
        found.append((Piece(year[0], (Word("period", year[1]),)), 10))
    if title and at == 0 and (region := v.TITLE_REGION.match(text)) and not v.TITLE_REGION_NOT.search(region[0]):
        found.append((Piece(region[0], (Word("filler", region[0]),)), 12))
    for name in lexicon.regions:
        if title and text.startswith(name, at):
            found.append((Piece(name, (Word("filler", name),)), 10))
    for length in range(1, min(lexicon.longest, len(text) - at) + 1):
        part = text[at : at + length]
        if senses := _senses(part, text, at, lexicon, title, prefer):
            found.append((Piece(part, senses), 10 - (length > 3)))
    return found


def _band(text: str, at: int) -> Piece | None:
    """A band of ages or amounts, or a single age, at a place."""
    if band := read_band(text, at):
        said = text[at : at + band.length]
        if not band.of_age:
            return Piece(said, (Word("band", said),), band)
        if condition := age_of(band):
            return Piece(said, (Word("condition", said, "person", AGE, condition),), band)
    if exact := read_exact_age(text, at):
        said = text[at : at + exact[0]]
        return Piece(said, (Word("condition", said, "person", AGE, exact[1]),))
    return None


def _ladder(text: str, at: int, lexicon: Lexicon) -> Piece | None:
    """大专以上, 初中及以下学历 at a place: a level of schooling and all beyond it."""
    for length in range(min(lexicon.longest, len(text) - at), 1, -1):
        word = lexicon.ladders.get(text[at : at + length].casefold())
        side = _SIDE.match(text, at + length) if word is not None else None
        if word is None or side is None or word.condition is None:
            continue
        element = lexicon.registry.elements[word.element]
        order = order_of(element, lexicon.registry)
        place = order.index(next(iter(word.condition.labels)))
        up = side[1] == "上"
        if order[place] in _LEVEL and not (order[place] == "高中" and up):
            continue  # 中专, 技校 and 高中 are one level: what lies below or above one of them nobody can tell.
        condition = code_condition(element, order[: place + 1] if up else order[place:], order)
        sense = Word("condition", text[at : side.end()], element.subject, element.id, condition)
        return Piece(text[at : side.end()], (sense,))
    return None


def _senses(part: str, text: str, at: int, lexicon: Lexicon, title: bool, prefer: frozenset[str]) -> tuple[Word, ...]:
    key = part.casefold()
    own = tuple(word for word in lexicon.in_context.get(key, ()) if word.element in prefer)
    if own:
        return own
    senses = tuple(word for word in lexicon.always.get(key, ()) if _may_stand(word, part, text, at, title))
    extra = tuple(lexicon.title.get(key, ())) if title else ()
    return senses or extra


def _may_stand(word: Word, part: str, text: str, at: int, title: bool) -> bool:
    """Single characters and bare heads stand only where a caption ends (人, 户, 数) or begins (总)."""
    end = at + len(part) == len(text)
    if word.kind == "every" and title:
        return True
    if word.kind in ("head", "every"):
        return end or text[at + len(part)] in "和及与、(占" or text[at + len(part) :] in ("合计", "总计", "小计")
    if word.kind == "total" and len(part) == 1:
        return (
            (end and at == 0) if part in "计合" else at == 0 or text[at + len(part) :] in ("数", "人数", "户数", "量")
        )
    if word.kind == "not":
        return not end
    return True


def senses_by_kind(pieces: Sequence[Piece]) -> Mapping[str, list[Piece]]:
    """The pieces by the kind of their first sense."""
    found: dict[str, list[Piece]] = {}
    for piece in pieces:
        found.setdefault(piece.senses[0].kind if piece.senses else "residue", []).append(piece)
    return found
