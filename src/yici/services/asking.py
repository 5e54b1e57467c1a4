"""Questions to the pool: a figure or a condition, over everybody or by group, with what is behind the number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from yici.core.areas import BELOW, level_named, lowest, units_by_child, units_by_level
from yici.core.elements import Registry
from yici.core.errors import NotFound, Problem
from yici.core.expressions import (
    Figure,
    Filter,
    Moment,
    in_words,
    parse_expression,
    parse_figure,
    parse_filter,
    text_in_names,
    text_of,
)
from yici.core.expressions.names import Lexicon
from yici.core.expressions.nodes import Aggregate, Base, Expr, Junction, Ref
from yici.core.expressions.questions import read_question
from yici.core.expressions.workdays import lacking_words
from yici.core.periods import parse_period
from yici.engine.figures import Answer, Ask, Grouping, answer, answer_by
from yici.engine.projection import Projection
from yici.engine.workdays import at_work
from yici.services.pool import Pool, open_pool

Key = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    `text` is a figure, or a condition about one subject of the type `of`. `by` are areas' levels (村, 镇, 下级) or row
    expressions, usually an element's name. `where` narrows whom it is about, `unit` where they live. `as_of` is the day
    it is true for, by default the end of `period`, or today.
    """

    text: str
    by: tuple[str, ...] = ()
    where: str | None = None
    unit: str | None = None
    of: str | None = None
    as_of: date | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its keys as they are called, in the order of the groupings, and the answer."""

    keys: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class Part:
    """One aggregate of a figure, or one of the conditions joined in it, with the answer to it alone."""

    words: str
    text: str
    answer: Answer
    within: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer: `rows` by group (empty without groups) and `total` over all. `words` and `text` say what it is."""

    figure: Figure
    words: str
    text: str
    moment: Moment
    by: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Answer
    parts: tuple[Part, ...] = ()
    where: str = ""
    regions: Mapping[str, str] = field(default_factory=dict)
    """Group → the unit above it, when the groups are units."""
    whole: Ask | None = None
    """What was asked of the engine over all, for the list of who is behind the number."""
    groupings: tuple[Grouping, ...] = ()
    note: str = ""
    """Why some cannot be decided whose records are all there: the work calendar ends."""

    @property
    def unit(self) -> str:
        """What the numbers are counted in."""
        unit = self.figure.expr.type.unit
        return unit.text if unit else ""

    @property
    def is_share(self) -> bool:
        """Whether the number is a part of a whole, best shown in percent."""
        return isinstance(self.figure.expr, Aggregate) and self.figure.expr.op == "share"


@dataclass(frozen=True, slots=True)
class _Split:
    """One grouping: for the engine, and its groups in the order they are shown in."""

    grouping: Grouping
    order: Mapping[Key, int]
    always: tuple[str, ...] = ()
    """Groups that are shown even when nobody is in them."""


Within = Callable[[Pool, Sequence[Expr]], frozenset[str] | None]
"""Given the pool and all a question is made of: the units it may be asked about, None for all."""


def ask(*, home: Path, question: Question, today: date, explain: bool = False, within: Within | None = None) -> Asked:
    """Answer a question from the pool. Raises ExpressionError and NotFound, each naming the nearest right words.

    Whoever cannot be decided is not counted; every answer says how many these are. `within` keeps the question to
    the units its asker may ask about; it raises Refused where there are none.
    """
    pool = open_pool(home)
    figure = read_question(question.text, pool.registry, subject=_subject(question.of, pool.registry))
    moment = _moment(question, today)
    units = tuple(pool.units_below(question.unit)) if question.unit else None
    filters = _filters(question.where, figure, pool.registry)
    splits = [_split(word, figure, pool, question.unit) for word in question.by]
    if within is not None:
        units = _narrowed(units, within(pool, _exprs(figure, filters, splits)))
        splits = [_kept(split, units) for split in splits]
    whole = Ask(figure, units, filters)
    with pool.projection(moment.as_of) as projection:
        (total,) = answer(projection, pool.registry, [whole], moment=moment)
        rows = _rows(projection, pool.registry, whole, splits, moment)
        parts = _parts(projection, pool.registry, whole, moment) if explain else ()
    regions = {area.name: area.parent or "" for area in pool.areas()} if _is_map(splits) else {}
    return Asked(figure, in_words(figure.expr, pool.registry), text_in_names(figure.expr, pool.registry), moment,
                 question.by, rows, total,
                 parts, _where_words(filters, pool.registry), regions, whole,
                 tuple(split.grouping for split in splits),
                 _calendar_note([*(f.expr for f in filters.values()), figure.expr], total, moment))  # fmt: skip


def _calendar_note(exprs: Sequence[Expr], total: Answer, moment: Moment) -> str:
    """From which year on working days are not announced, where that may be why somebody cannot be decided."""
    calendar = at_work(moment, exprs).calendar
    if calendar is None or not (total.unknown or total.valueless or total.value is None):
        return ""
    first, last = calendar.first.year, calendar.last.year
    return f"工作日历是 {first} 年到 {last} 年的，涉及别的年份的判断不了：{lacking_words(last + 1, calendar)}。"


def _exprs(figure: Figure, filters: Mapping[str, Filter], splits: Sequence[_Split]) -> list[Expr]:
    """All a question is made of: what is counted, the conditions, the groups."""
    exprs = [figure.expr, *(each.expr for each in filters.values())]
    exprs += [expr for split in splits for expr in (split.grouping.exprs or {}).values()]
    return exprs


def _narrowed(units: tuple[str, ...] | None, reach: frozenset[str] | None) -> tuple[str, ...] | None:
    if reach is None:
        return units
    return tuple(sorted(reach)) if units is None else tuple(unit for unit in units if unit in reach)


def _kept(split: _Split, units: tuple[str, ...] | None) -> _Split:
    """The grouping with only those areas in which there is something to count."""
    found = split.grouping.units
    if units is None or found is None:
        return split
    inside = {unit: label for unit, label in found.items() if unit in units}
    labels = set(inside.values())
    always = tuple(label for label in split.always if label in labels)
    return replace(split, grouping=replace(split.grouping, units=inside), always=always)


def _subject(word: str | None, registry: Registry) -> str | None:
    if word is None:
        return None
    found = Lexicon.of(registry).population((word,))
    if found is None:
        names = "、".join(subject.name for subject in registry.subjects.values())
        raise NotFound(Problem("unknown_subject", f"没有叫“{word}”的主体。", f"可以是：{names}。"))
    return found.subject


def _moment(question: Question, today: date) -> Moment:
    if question.period is None:
        return Moment(question.as_of or today)
    period = parse_period(question.period)
    return Moment(question.as_of, period.start) if question.as_of else period.moment(today)


def _filters(where: str | None, figure: Figure, registry: Registry) -> dict[str, Filter]:
    """The further condition for every subject type that is counted. Raises ExpressionError."""
    if where is None:
        return {}
    return {subject: parse_filter(where, registry, subject=subject) for subject in _subjects(figure)}


def _subjects(figure: Figure) -> list[str]:
    return list(dict.fromkeys(aggregate.subject for aggregate in figure.aggregates))


def _where_words(filters: Mapping[str, Filter], registry: Registry) -> str:
    return next((in_words(each.expr, registry) for each in filters.values()), "")


def _split(word: str, figure: Figure, pool: Pool, unit: str | None) -> _Split:
    """A level of the area tree, or an expression about every subject type that is counted."""
    level = level_named(word)
    if level or word == BELOW:
        return _by_area(word, level, pool, unit)
    exprs = {subject: parse_expression(word, pool.registry, subject=subject) for subject in _subjects(figure)}
    return _Split(Grouping(exprs=exprs, name=word), _order(next(iter(exprs.values()), None), pool.registry))


def _by_area(word: str, level: str | None, pool: Pool, unit: str | None) -> _Split:
    areas = pool.areas()
    found = units_by_level(areas, level) if level else units_by_child(areas, unit)
    if unit is not None:
        inside = set(pool.units_below(unit))
        found = {name: label for name, label in found.items() if name in inside}
    if not found:
        hint = "用 yici units 查看区划；也可以写 --by 下级。"
        raise NotFound(Problem("unknown_level", f"区划里没有“{word}”这一级。", hint))
    labels = tuple(dict.fromkeys(found.values()))
    order: dict[Key, int] = {label: place for place, label in enumerate(labels)}
    return _Split(Grouping(units=found, name=word), order, tuple(lowest(areas, labels)))


def _order(expr: Expr | None, registry: Registry) -> dict[Key, int]:
    """Codes come in the order of their list, 是 before 否; everything else by its value."""
    if expr is not None and expr.type.base is Base.BOOL:
        return {True: 0, False: 1}
    if isinstance(expr, Ref) and expr.type.codes:
        codes = registry.code_lists[expr.type.codes].codes
        return {code.label: place for place, code in enumerate(codes)}
    return {}


def _is_map(splits: Sequence[_Split]) -> bool:
    return len(splits) == 1 and splits[0].grouping.units is not None


def _rows(
    projection: Projection, registry: Registry, whole: Ask, splits: Sequence[_Split], moment: Moment
) -> tuple[Row, ...]:
    if not splits:
        return ()
    groups = answer_by(
        projection, registry, [whole.figure], by=[split.grouping for split in splits], moment=moment,
        units=whole.units, filters=whole.filters,
    )  # fmt: skip
    found = {tuple(map(_key, group.keys)): group.answers[0] for group in groups}
    if len(splits) == 1 and splits[0].always:
        empty = replace(whole, filters={s: parse_filter("1 = 2", registry, subject=s) for s in _subjects(whole.figure)})
        (nothing,) = answer(projection, registry, [empty], moment=moment)
        found = {tuple[Key, ...]((label,)): nothing for label in splits[0].always} | found
    ranked = sorted(found, key=lambda keys: [_rank(key, split) for key, split in zip(keys, splits, strict=True)])
    return tuple(Row(tuple(_called(key) for key in keys), found[keys]) for keys in ranked)


def _key(value: Fraction | Key) -> Key:
    return Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value


def _rank(key: Key, split: _Split) -> tuple[int, int | Decimal, str]:
    """Known groups first, in their order; numbers by size, texts by spelling; what is not known last."""
    if key is None:
        return (3, 0, "")
    if key in split.order:
        return (0, split.order[key], "")
    return (1, key, "") if isinstance(key, int | Decimal) else (2, 0, str(key))


def _called(key: Key) -> str:
    if key is None:
        return "（不明）"
    return {True: "是", False: "否"}[key] if isinstance(key, bool) else str(key)


def _parts(projection: Projection, registry: Registry, whole: Ask, moment: Moment) -> tuple[Part, ...]:
    """Every aggregate by itself, and of each the conditions that are joined in it."""
    pieces: list[tuple[Aggregate, str, bool]] = []
    for aggregate in dict.fromkeys(whole.figure.aggregates):
        pieces.append((aggregate, in_words(aggregate, registry), False))
        joined = aggregate.where if isinstance(aggregate.where, Junction) else None
        for part in joined.parts if joined else ():
            counted = parse_figure(f"count({aggregate.subject} where {text_of(part)})", registry).expr
            assert isinstance(counted, Aggregate)
            pieces.append((counted, in_words(part, registry), True))
    asks = [replace(whole, figure=Figure(aggregate, "")) for aggregate, _, _ in pieces]
    answers = answer(projection, registry, asks, moment=moment)
    return tuple(
        Part(words, text_in_names(aggregate, registry), found, within)
        for (aggregate, words, within), found in zip(pieces, answers, strict=True)
    )
