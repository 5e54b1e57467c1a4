"""Cases of policies put into one small pool, and rules run over it as SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from yici.core.elements import Registry
from yici.core.expressions.compiling import Sql
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import BOOL, Expr, Scalar
from yici.core.policies.cases import Staged, outcome_of
from yici.core.policies.compiling import Rule
from yici.core.policies.model import Outcome
from yici.engine.projection import Projection
from yici.engine.rows import Rows
from yici.engine.sample import Row, sample_projection


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


def by_sql(projection: Projection, exprs: Sequence[Expr], subject: str, key: str, moment: Moment) -> list[Scalar]:
    """What expressions come to for one subject, as DuckDB says."""
    rows = Rows(subject, moment)
    sql = rows.select([rows.shown(expr) for expr in exprs], within=[Sql(f"{rows.alias}.key = ?", (key,))])
    (found,) = projection.con.execute(sql.text, list(sql.params)).fetchall()
    # Numbers are kept to six decimals; a division is calculated in binary and would show more.
    return [
        round(Decimal(value), 6).normalize()
        if isinstance(value, int | float | Decimal) and expr.type != BOOL
        else value
        for expr, value in zip(exprs, found, strict=True)
    ]


def judged_by_sql(projection: Projection, rule: Rule, key: str) -> tuple[Outcome, int, int, Scalar]:
    """Outcome, the masks of false and unknown clauses, and the amount."""
    amounts = [] if rule.amount is None else [rule.amount]
    found = by_sql(projection, [*rule.conditions, *amounts], rule.subject, key, Moment(rule.day))
    verdicts = found[: len(rule.conditions)]
    failed = sum(1 << place for place, verdict in enumerate(verdicts) if verdict is False)
    unknown = sum(1 << place for place, verdict in enumerate(verdicts) if verdict is None)
    outcome = outcome_of(failed, unknown)
    paid = outcome is Outcome.ELIGIBLE and rule.amount is not None
    return outcome, failed, unknown, found[-1] if paid else None
