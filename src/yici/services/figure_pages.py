"""Figures as an actor may ask them: within one's units, over elements one may see, with who is behind the number."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yici.core.access.actors import Actor
from yici.core.access.fields import SENSITIVE, Sight, sight
from yici.core.access.probing import masked_problem, refused_uses
from yici.core.access.rules import can
from yici.core.charts.model import ChartKind
from yici.core.elements import Element
from yici.core.errors import Problem, Refused
from yici.core.expressions.nodes import Aggregate, Expr, Ref, walk
from yici.engine.figures import items_of
from yici.services.asking import Asked, Question, ask
from yici.services.asking_charts import draw
from yici.services.pool import Pool, open_pool
from yici.services.pool_sight import narrowed, seen, shown, units_in_reach
from yici.storage import audit
from yici.storage.references import references_of

MOST = 200
EXAMPLES = (
    "count(人 where 年龄 >= 60)",
    "count(人 where 残疾等级 in ('一级', '二级'))",
    "count(户 where 是否低保户 = '是')",
    "avg(人.年龄)",
    "share(人 where 性别 = '女')",
)


@dataclass(frozen=True, slots=True)
class Behind:
    """One subject that is counted: `code` stands for it in addresses; name and value as the actor may see them."""

    code: str
    name: str
    unit: str
    value: str


def figure_for(*, actor: Actor, home: Path, question: Question, today: date, again: bool = False) -> Asked:
    """The answer, over the units the actor may ask about, with an audit line where it stands on sensitive values and
    was not given before (`again`). Raises ExpressionError, NotFound, Refused."""
    elements: set[str] = set()

    def within(pool: Pool, exprs: Sequence[Expr]) -> frozenset[str] | None:
        elements.update(node.element.id for expr in exprs for node in walk(expr) if isinstance(node, Ref))
        _check_masked(actor, exprs)
        return reach_for(actor, pool, frozenset(elements))

    asked = ask(home=home, question=question, today=today, explain=True, within=within)
    known = open_pool(home).registry.elements
    sensitive = sorted(one for one in elements if known[one].sensitivity == SENSITIVE)
    if sensitive and not again:
        detail = {"elements": sensitive, "by": list(question.by), "unit": question.unit or ""}
        audit.append_alone(actor=actor.name, action="figure.sensitive", thing="figure", detail=detail)
    return asked


def _check_masked(actor: Actor, exprs: Sequence[Expr]) -> None:
    """Refuse a question that would tell a value the actor sees only masked."""
    reveals = bool(can(actor, "pool.reveal"))
    if refused := refused_uses(exprs, lambda one: sight(actor, one), reveals=reveals):
        raise Refused(masked_problem(refused, reveals=reveals, what="统计"))


def reach_for(actor: Actor, pool: Pool, elements: frozenset[str]) -> frozenset[str] | None:
    """The units in whose records the actor may see all these elements, None for all. Raises Refused naming those that
    are hidden everywhere: who may not see a value must not find it out by counting, either."""
    reach = units_in_reach(actor, pool)
    known = [pool.registry.elements[element] for element in sorted(elements)]
    if not actor.grants and reach is not None:
        allowed = reach if all(sight(actor, one) is not Sight.HIDDEN for one in known) else frozenset[str]()
    elif all(sight(narrowed(actor, None, pool), one) is not Sight.HIDDEN for one in known):
        return reach
    else:
        units = reach if reach is not None else frozenset(area.name for area in pool.areas())
        allowed = frozenset(unit for unit in units if _sees(narrowed(actor, unit, pool), known))
    if not allowed:
        hidden = "、".join(one.name for one in known if sight(actor, one) is Sight.HIDDEN)
        message = f"没有“{hidden}”的授权，不能统计。" if hidden else "没有可以统计的单位。"
        raise Refused(Problem("figure-not-granted", message, "需要时请安全管理员给部门授权。"))
    return allowed


def _sees(actor: Actor, elements: list[Element]) -> bool:
    return all(sight(actor, element) is not Sight.HIDDEN for element in elements)


def people_behind(*, actor: Actor, home: Path, asked: Asked) -> tuple[list[Behind], bool]:
    """Who is counted, at most MOST, and whether there are more. Names and values are masked as on a subject's page."""
    pool = open_pool(home)
    aggregate = next(iter(asked.figure.aggregates), None)
    if aggregate is None or asked.whole is None:
        return [], False
    with pool.projection(asked.moment.as_of) as projection:
        items = items_of(projection, pool.registry, asked.whole, aggregate, moment=asked.moment)
    some = items[:MOST]
    codes = references_of((aggregate.subject, item["key"]) for item in some)
    told = []
    for item in some:
        here = narrowed(actor, item["unit"], pool)
        name = seen(here, pool.registry.elements[pool.registry.name_of(aggregate.subject)], item["name"]).text
        value = _value(here, aggregate, item["value"])
        told.append(Behind(codes[aggregate.subject, item["key"]], name, item["unit"] or "", value))
    return told, len(items) > MOST


def _value(actor: Actor, aggregate: Aggregate, value: object) -> str:
    """What is summed of one subject, only where all it is made of may be seen whole."""
    if value is None or aggregate.value is None:
        return ""
    refs = [node.element for node in walk(aggregate.value) if isinstance(node, Ref)]
    return shown(value) if all(sight(actor, element) is Sight.PLAIN for element in refs) else "＊＊＊"


def picture_of(asked: Asked, kind: ChartKind | None = None, *, suffix: str = ".svg", dark: bool = False) -> bytes:
    """The answer as a static SVG, or with suffix .json as an ECharts option: bars, a line or a map by unit. Raises
    YiciError where there is nothing to draw."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"figure{suffix}"
        draw(asked, path, kind=kind, dark=dark)
        return path.read_bytes()
