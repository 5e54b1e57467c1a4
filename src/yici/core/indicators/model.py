"""What an assessment scheme is made of. All of it is data from a pack; expressions stand as text until compiled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Value = str | int | Decimal | bool | None


class Evidence(StrEnum):
    """What an indicator is evidence of: what came of the work, how it is done, or that something was left behind."""

    RESULT = "实绩"
    PROCESS = "过程"
    TRACE = "痕迹"


class Direction(StrEnum):
    """Whether more is better, less is better, or nearer to the target is."""

    HIGHER = "越高越好"
    LOWER = "越低越好"
    TARGET = "接近目标"


class Purpose(StrEnum):
    """What a scheme is for. Only an assessment of units or people can refuse itself for counting traces."""

    ASSESSMENT = "考核"
    EVALUATION = "评价"
    STATISTICS = "统计"


class Method(StrEnum):
    """How a value becomes a part of the weight.

    TARGET: how far from `zero` (or 0) to `target` it got. BENCHMARK: value / base (less is better: base / value).
    MINMAX: its place between the lowest and the highest of all scored. RATE: the value is itself a part from 0 to 1
    (or percent). DEDUCTION: the weight less `points` for every `per`. BANDS: the part of the highest step it reaches.
    """

    TARGET = "目标值"
    BENCHMARK = "基准值"
    MINMAX = "极差"
    RATE = "比率"
    DEDUCTION = "扣分"
    BANDS = "分档"


class Missing(StrEnum):
    """What an unknown value makes of an item's points: unknown too, the mean of the others, nothing, or no item."""

    UNKNOWN = "待定"
    MEAN = "平均分"
    ZERO = "零分"
    DROP = "不计"


class BaseRule(StrEnum):
    """A base that follows from those scored, for the places that set it as a multiple of the mean."""

    MEAN = "平均值"
    MEDIAN = "中位数"


@dataclass(frozen=True, slots=True)
class Dated:
    """A value in force from a day on, until the next one. `note` says how certain it is."""

    since: date
    value: Value
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that changes with the years, referred to as 参数.名称; its values in order of their days."""

    name: str
    values: tuple[Dated, ...]

    def at(self, day: date) -> Value:
        """The value in force on that day; None before the first."""
        return next((dated.value for dated in reversed(self.values) if dated.since <= day), None)


@dataclass(frozen=True, slots=True)
class Stage:
    """What latent work (潜绩) should have come to after so many months, and the figure that shows it."""

    after: int
    words: str
    expression: str
    at_least: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Latent:
    """Work whose fruit comes late: begun on `since`, judged by its own indicator only after `months`, till then by
    the stages that are due; before the first is due the item does not count, and nobody loses by it."""

    since: date
    months: int
    stages: tuple[Stage, ...]


class Span(StrEnum):
    """The stretch of time an indicator looks at: the scheme's own period, or the calendar one its end lies in."""

    PERIOD = "本期"
    MONTH = "月"
    QUARTER = "季"
    YEAR = "年"


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured: 口径 in words and as an expression, the unit of its number, and what it is evidence of.

    An empty expression means that people report it by hand (`reported` says who); such an item is never scored.
    `latent` marks 潜绩, None is 显绩. `objectors` may object to it (基层, 企业 …).
    """

    id: str
    name: str
    definition: str
    expression: str
    unit: str = ""
    direction: Direction = Direction.HIGHER
    evidence: Evidence = Evidence.RESULT
    span: Span = Span.PERIOD
    latent: Latent | None = None
    objectors: tuple[str, ...] = ()
    reported: str = ""


@dataclass(frozen=True, slots=True)
class Without:
    """For whom an item does not apply (a firm that emits nothing), and what it gets instead."""

    when: str
    gets: Missing


@dataclass(frozen=True, slots=True)
class Scoring:
    """How an indicator's value becomes points. Numbers are figures or the names of parameters (参数.基准).

    `cap` and `floor` bound the part of the weight (1 is the whole); None: no bound.
    """

    method: Method
    target: Value = None
    zero: Value = None
    base: Value = None
    base_rule: BaseRule | None = None
    times: Decimal = Decimal(1)
    per: Decimal = Decimal(1)
    points: Decimal = Decimal(1)
    bands: tuple[tuple[Decimal, Decimal], ...] = ()
    cap: Decimal | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A leaf of the weighted tree: an indicator, its weight in points, and how it is scored."""

    indicator: Indicator
    weight: Decimal
    scoring: Scoring
    missing: Missing = Missing.UNKNOWN
    without: Without | None = None
    group: str = ""

    @property
    def id(self) -> str:
        """The indicator's id: an indicator stands in a scheme once."""
        return self.indicator.id

    @property
    def name(self) -> str:
        """The indicator's name."""
        return self.indicator.name


@dataclass(frozen=True, slots=True)
class Branch:
    """An inner node of the weighted tree; `weight` None means the sum of what hangs on it."""

    name: str
    weight: Decimal | None
    nodes: tuple[Branch | Item, ...]

    @property
    def items(self) -> Iterator[Item]:
        """The leaves below, in order."""
        for node in self.nodes:
            if isinstance(node, Item):
                yield node
            else:
                yield from node.items

    @property
    def total(self) -> Decimal:
        """What the leaves below add up to."""
        return sum((item.weight for item in self.items), Decimal(0))


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Who does not take part (T 不参评), and why. `when` is a condition on the subject."""

    when: str
    reason: str
    grade: str = "T"


@dataclass(frozen=True, slots=True)
class Scored:
    """What gets a score: the units of a kind (村, 乡镇; 下级 for those directly below the unit asked for), every
    subject of a type that meets `where`, or every organisation that `by` finds in the pool.

    `by` names organisations: subject type → the element that says which one a matter or project belongs to.
    """

    subject: str = ""
    kind: str = ""
    by: tuple[tuple[str, str], ...] = ()
    where: str = ""
    exclude: tuple[Exclusion, ...] = ()

    @property
    def by_figures(self) -> bool:
        """Whether figures are scored (of units, of organisations) rather than subjects one by one."""
        return not self.subject


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade by share of those ranked (percent), by points, or by both; the first that fits is given."""

    name: str
    share: Decimal | None = None
    at_least: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Veto:
    """A condition on a subject that allows no better grade than `grade`."""

    when: str
    grade: str
    reason: str


@dataclass(frozen=True, slots=True)
class AdjustmentRules:
    """How many points adjustments may add and take in all. A tolerance (容错) gives back at most what was lost."""

    plus: Decimal = Decimal(0)
    minus: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Publicity:
    """The days for which results are shown before they are final (公示)."""

    days: int = 0
    start: date | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """One version of an assessment scheme. Several of the same id, valid one after the other, are its versions.

    `definition` is the plain data it was read from; reading that again gives the same scheme.
    """

    id: str
    title: str
    version: str
    purpose: Purpose
    scored: Scored
    root: Branch
    since: date
    until: date | None = None
    issuer: str = ""
    document: str = ""
    source: str = ""
    example: bool = False
    parameters: tuple[Parameter, ...] = ()
    grades: tuple[Grade, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    adjustments: AdjustmentRules = field(default_factory=AdjustmentRules)
    publicity: Publicity = field(default_factory=Publicity)
    file: str = ""
    definition: object = field(default=None, compare=False, repr=False)

    @property
    def items(self) -> tuple[Item, ...]:
        """The leaves of the tree, in order."""
        return tuple(self.root.items)

    def in_force(self, day: date) -> bool:
        """Whether this version is the one for that day."""
        return self.since <= day and (self.until is None or day <= self.until)

    def figures(self, day: date) -> Mapping[str, Value]:
        """The parameters in force on that day, by name."""
        found = {parameter.name: parameter.at(day) for parameter in self.parameters}
        return {name: value for name, value in found.items() if value is not None}
