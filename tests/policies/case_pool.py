"""Cases of policies put into one small pool, and rules run over it as SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from yici.core.elements import Registry
from yici.core.expressions.compiling import compile_value
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import BOOL, Expr, Scalar
from yici.core.policies.cases import Staged, outcome_of
from yici.core.policies.compiling import Rule
from yici.core.policies.model import Outcome
from yici.engine.projection import Projection
from yici.engine.sample import Row, sample_projection
from yici.engine.select import from_sql

ALIASES = {"person": "p", "household": "h", "enterprise": "e"}


def pool_of(registry: Registry, staged: Sequence[Staged], registers: Sequence[tuple[str, Row]] = ()) -> Projection:
    """Every case a household, a person or an enterprise of its own; the n-th case's subject has the key "n".

    `registers` are further rows, of people kept apart, that keep registers.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    for subject, row in registers:
        rows[subject].append(row)
    for number, one in enumerate(staged):
        home = f"h{number}" if one.subject == "person" else str(number)
        known = one.household is not None
        if known:
            head = {"household.head_id_number": f"{number}-{one.head}"} if one.head else {}
            rows["household"].append({"key": home, **head, **(one.household or {})})
        if one.subject == "person" and not known:
            rows["person"].append({"key": str(number), **one.own})
        if one.subject not in ("person", "household"):
            rows[one.subject].append({"key": str(number), **one.own})
        for key, person in one.people.items():
            rows["person"].append(
                {"key": str(number) if key == "self" else f"{number}-{key}", "household": home, **person}
            )
    return sample_projection(registry, rows)


def by_sql(projection: Projection, expr: Expr, subject: str, key: str, moment: Moment) -> Scalar:
    """What an expression comes to for one subject, as DuckDB says."""
    sql = compile_value(expr, moment=moment)
    text = f"SELECT {sql.text} FROM {from_sql(subject)} WHERE {ALIASES[subject]}.key = ?"
    ((value,),) = projection.con.execute(text, [*sql.params, key]).fetchall()
    # Numbers are kept to six decimals; a division is calculated in binary and would show more.
    return (
        round(Decimal(value), 6).normalize()
        if isinstance(value, int | float | Decimal) and expr.type != BOOL
        else value
    )


def judged_by_sql(projection: Projection, rule: Rule, key: str) -> tuple[Outcome, int, int, Scalar]:
    """Outcome, the masks of false and unknown clauses, and the amount."""
    moment = Moment(rule.day)
    verdicts = [by_sql(projection, condition, rule.subject, key, moment) for condition in rule.conditions]
    failed = sum(1 << place for place, verdict in enumerate(verdicts) if verdict is False)
    unknown = sum(1 << place for place, verdict in enumerate(verdicts) if verdict is None)
    outcome = outcome_of(failed, unknown)
    paid = outcome is Outcome.ELIGIBLE and rule.amount is not None
    return outcome, failed, unknown, by_sql(projection, rule.amount, rule.subject, key, moment) if paid else None
