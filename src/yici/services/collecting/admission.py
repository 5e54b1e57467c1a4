"""The admission review (准入评审): what asking a form would cost, what the pool knows already, who asks the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from yici.core.collections.burden import MINUTES_SOURCE, minutes, minutes_left
from yici.core.recognition.template import Template
from yici.services.cards import card_kind
from yici.services.collecting.alike import AskedAlready, alike
from yici.services.collecting.trial import Trial, fields_of
from yici.services.collecting.trying import Progress, try_units
from yici.services.collecting.whom import Whom
from yici.services.pool import Pool
from yici.storage.collections import CollectionRow, FormRow


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that must be asked of people: its label, how many cells, and the element it is (empty: none)."""

    label: str
    cells: int
    element: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The admission report. `verdict` is "take" (the pool has all of it), "collect" (only the missing fields), or
    "return" (nothing was recognised in the form, or the law asks for more). Shares are from 0 to 1. `cards` are the
    copies of a form that is filled once for each subject, 0 for others. `alike_all` counts the collections that ask the
    same, of which `alike` names no more than can be read."""

    known: int
    unknown: int
    missing: tuple[Missing, ...]
    alike: tuple[AskedAlready, ...]
    legal: tuple[str, ...]
    minutes_by_hand: float
    minutes_left: float
    units: int
    verdict: str
    because: str
    formula: str = MINUTES_SOURCE
    cards: int = 0
    alike_all: int = 0

    @property
    def alike_more(self) -> int:
        """How many collections that ask the same are not named."""
        return max(0, self.alike_all - len(self.alike))

    @property
    def share(self) -> float:
        """The share of the data cells that the pool can fill now."""
        return self.known / (self.known + self.unknown) if self.known + self.unknown else 0.0

    def as_json(self) -> dict[str, Any]:
        """The report as it is kept with the decision."""
        return {**asdict(self), "share": self.share}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Report:
        """The report as it was kept."""
        # Reports kept before these were counted lack them.
        values = {name: kept[name] for name in cls.__slots__ if name in kept or name not in ("cards", "alike_all")}
        values["missing"] = tuple(Missing(**part) for part in kept["missing"])
        alike = [part | {"fields": tuple(part["fields"])} for part in kept["alike"]]
        values["alike"] = tuple(AskedAlready(**part) for part in alike)
        values["legal"] = tuple(kept["legal"])
        return cls(**values)


@dataclass(slots=True)
class Examined:
    """A report with the trials it was made from."""

    report: Report
    trials: list[Trial] = field(default_factory=list)


def examine(
    template: Template,
    form: FormRow,
    *,
    units: Sequence[str],
    whom: Whom,
    as_of: date,
    urgent: bool,
    others: Sequence[CollectionRow],
    pool: Pool,
    progress: Progress | None = None,
) -> Examined:
    """The admission report of a form for these units. Raises ExpressionError for a filter nobody understands, and
    whatever `progress` raises."""
    trials = try_units(template, units, whom=whom, as_of=as_of, pool=pool, progress=progress)
    known, unknown = sum(trial.known for trial in trials), sum(len(trial.gaps) for trial in trials)
    missing = _missing(trials)
    legal = legal_problems(form, as_of, urgent=urgent)
    verdict, because = _verdict(template, known, unknown, missing, legal)
    cards, same = sum(trial.cards for trial in trials), alike(fields_of(template, pool), others, pool.registry)
    if not whom.each and card_kind(template):
        verdict, because = "return", "这张表一人（户）一份，还没有说填谁。"
    elif whom.each and not cards:
        verdict, because = "return", "没有符合条件的对象，不用填。"
    report = Report(
        known=known, unknown=unknown, missing=missing, alike=same.named, alike_all=same.all, legal=legal,
        minutes_by_hand=minutes(known=known, unknown=unknown, forms=cards or len(units)),
        minutes_left=minutes_left(unknown=unknown, forms=sum(1 for trial in trials if trial.gaps)),
        units=len(units), verdict=verdict, because=because, cards=cards,
    )  # fmt: skip
    return Examined(report, trials)


def legal_problems(form: FormRow, today: date, *, urgent: bool) -> tuple[str, ...]:
    """What the form lacks of what a statistical form must carry (统计法 2024 第十三至十七条).

    A respondent may refuse a form without number, maker, approval and end of validity. An urgent ask (一事一报) may do
    without them, and is counted as such.
    """
    marks = {"表号": form.number, "制定机关": form.maker, "批准或备案文号": form.approval, "有效期限": form.valid_until}
    found = [] if urgent else [f"没有{name}" for name, value in marks.items() if not value]
    if form.valid_until is not None and form.valid_until < today:
        found.append(f"已过有效期（{form.valid_until.isoformat()}）")
    return tuple(found)


def _missing(trials: Sequence[Trial]) -> tuple[Missing, ...]:
    cells: Counter[str] = Counter()
    elements: dict[str, str] = {}
    for trial in trials:
        cells.update(trial.by_label)
        elements |= {gap.label: gap.element for gap in trial.gaps}
    return tuple(Missing(label, count, elements[label]) for label, count in cells.most_common())


def _verdict(
    template: Template, known: int, unknown: int, missing: Sequence[Missing], legal: Sequence[str]
) -> tuple[str, str]:
    if not template.areas or known + unknown == 0:
        return "return", "表里没有识别出要填的数据项，请换成空白表样。"
    if legal:
        return "return", f"{'、'.join(legal)}；请补齐，或改报一事一报。"
    if unknown == 0:
        return "take", "库里全有，直接取用，不必再问基层。"
    return "collect", f"只采集 {len(missing)} 项库里没有的，其余由库里预填。"
