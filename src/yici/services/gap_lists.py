"""The gaps of a filled form for people: what is missing, in which cells, of whom, why, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from yici.core.access.actors import Actor
from yici.core.access.fields import Sight, sight
from yici.core.fillplan import Gap, GapReason
from yici.engine.projection import Projection
from yici.engine.schema import quoted, table_of
from yici.services.pool import Pool
from yici.storage.references import references_of

REASONS = {
    GapReason.UNKNOWN_LABEL: "系统里没有这一项",
    GapReason.NOBODY_HAS_IT: "还没有人报过",
    GapReason.CONFLICT: "几个来源说法不一样",
    GapReason.REFUSED_VALUE: "台账里的写法读不懂，或与表的格式不符",
    GapReason.NOT_APPLICABLE: "没有选定填谁",
}
STEPS = {
    GapReason.UNKNOWN_LABEL: "请在表上手填。",
    GapReason.NOBODY_HAS_IT: "点姓名补上，以后各张表都有。",
    GapReason.CONFLICT: "到“来源不一致”选定一个。",
    GapReason.REFUSED_VALUE: "到“没有采用的格”更正。",
    GapReason.NOT_APPLICABLE: "在上面选定填谁，再填一次。",
}
ROUTES = {GapReason.CONFLICT: "conflicts", GapReason.REFUSED_VALUE: "refused"}
DOUBTFUL = ("词的意思待确认", "确认上面的词就能填。")
NO_NUMBER = ("没有这个数", "没有台账；请手填，或留空。")
OTHER_DAY = "标题说的是已经过了的一期"
ELSEWHERE = ("其他单位的各格", "不是您单位的", "留空，由那个单位填。")
NOBODY = "选定填谁以后自动填的各格"
_CELLS, _PEOPLE = 12, 30
_Key = tuple[str, str, GapReason, date | None]


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody a gap is about: the code for addresses, the name as the actor may see it, and the cell."""

    code: str
    name: str
    cell: str


@dataclass(slots=True)
class Missing:
    """One label with its gaps: how many, the first cells, of whom (the first ones), why, and the next step."""

    label: str
    reason: str
    step: str
    route: str = ""
    doubtful: bool = False
    count: int = 0
    cells: list[str] = field(default_factory=list)
    whom: list[Whom] = field(default_factory=list)


def gap_list(
    gaps: Sequence[Gap], *, actor: Actor, pool: Pool, projection: Projection, doubtful: Iterable[str] = (),
    card: bool = False,
) -> list[Missing]:  # fmt: skip
    """The gaps by label and reason, those that a confirmation would fill first, then the most frequent. `doubtful` are
    the cells of the blank form that wait for a confirmation, "sheet!cell" with the columns of rosters.
    `card` says that the form is about one subject."""
    unsure = {place.rpartition("!")[0] + "!" + _column(place) for place in doubtful}
    several = len({gap.sheet for gap in gaps}) > 1
    found: dict[_Key, Missing] = {}
    people: dict[_Key, list[Gap]] = {}
    for gap in gaps:
        nobody = gap.reason is GapReason.NOT_APPLICABLE
        key = (gap.sheet, (NOBODY if card else ELSEWHERE[0]) if nobody else gap.label, gap.reason, gap.day)
        line = found.get(key)
        if line is None:
            waits = gap.reason is GapReason.UNKNOWN_LABEL and f"{gap.sheet}!{_column(gap.cell)}" in unsure
            found[key] = line = _line(key[1], gap, waits)
        line.count += 1
        if len(line.cells) < _CELLS:
            line.cells.append(f"{gap.sheet}!{gap.cell}" if several else gap.cell)
        if gap.owner and gap.reason is not GapReason.UNKNOWN_LABEL and len(people.setdefault(key, [])) < _PEOPLE:
            people[key].append(gap)
    names = _names([gap for some in people.values() for gap in some], actor, pool, projection)
    for key, some in people.items():
        found[key].whom = [Whom(*names[pair], gap.cell) for gap in some if (pair := _subject(gap, pool)) in names]
    return sorted(found.values(), key=lambda line: (not line.doubtful, -line.count))


def _line(label: str, gap: Gap, waits: bool) -> Missing:
    if waits:
        return Missing(label, *DOUBTFUL, doubtful=True)
    if label == ELSEWHERE[0]:
        return Missing(*ELSEWHERE)
    if gap.day is not None:
        return Missing(label, OTHER_DAY, f"把上面的“数据截至”改为 {gap.day.isoformat()}，或请手填。")
    if gap.reason is GapReason.NOBODY_HAS_IT and not gap.owner:
        return Missing(label, *NO_NUMBER)
    return Missing(label, REASONS[gap.reason], STEPS[gap.reason], ROUTES.get(gap.reason, ""))


def _column(place: str) -> str:
    return place.rpartition("!")[2].rstrip("0123456789")


def _subject(gap: Gap, pool: Pool) -> tuple[str, str]:
    element = pool.registry.elements.get(gap.element)
    return (element.subject if element else "", gap.owner)


def _names(
    gaps: Sequence[Gap], actor: Actor, pool: Pool, projection: Projection
) -> dict[tuple[str, str], tuple[str, str]]:
    """(code, name) of the subjects of gaps. Those of whom the actor may not even see the name are left out."""
    pairs = {_subject(gap, pool) for gap in gaps}
    names: dict[tuple[str, str], str] = {}
    for subject in {subject for subject, _ in pairs if subject}:
        column = pool.registry.name_of(subject)
        if sight(actor, pool.registry.elements[column]) is not Sight.PLAIN:
            continue
        rows = projection.con.execute(
            f"SELECT key, {quoted(column)} FROM {table_of(subject)} WHERE key IN (SELECT unnest(?))",  # noqa: S608
            [[key for kind, key in pairs if kind == subject]],
        ).fetchall()
        names |= {(subject, str(key)): str(name or "（没有姓名）") for key, name in rows}
    codes = references_of(names)
    return {pair: (codes[pair], name) for pair, name in names.items()}
