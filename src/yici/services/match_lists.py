"""Lists of matches for clerks: who, where, with what outcome, why in words, and how much."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from yici.core.elements import Element, Registry
from yici.core.expressions.facts import DERIVED_FROM
from yici.core.expressions.moment import Moment
from yici.core.expressions.nodes import (
    Aggregate,
    Call,
    Expr,
    IsNull,
    Ref,
    register_of,
    registers_in,
    type_of,
    walk,
)
from yici.core.policies.compiling import Rule
from yici.core.policies.exclusion import reason_words
from yici.core.policies.shortfall import shortfalls
from yici.engine.policy_columns import vector_columns
from yici.engine.policy_settling import NOT_ELIGIBLE, UNKNOWN
from yici.engine.registers import KeptRegisters
from yici.engine.schema import quoted, table_of
from yici.services.matching import NEAR, OUTCOME_WORDS, Matching, PolicyMatch

MOST_ROWS = 100_000
"""A list is cut here: nobody reads on, and a workbook holds no more than ten times this."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list. `key` is the ID number, household number or credit code."""

    name: str
    key: str
    household: str
    unit: str
    outcome: str
    reasons: str
    amount: Decimal | None


def list_matches(matching: Matching, match: PolicyMatch, *, near_only: bool = False) -> Iterator[Listed]:
    """Everybody eligible, then the unknown, then the near misses (those first who miss least); or these alone."""
    wanted = NEAR if near_only else (pl.col("outcome") != NOT_ELIGIBLE) | NEAR
    rows = match.rows(wanted)
    order = pl.col("outcome").replace_strict({1: 0, 2: 1, 3: 2, -1: 3, 0: 4}, return_dtype=pl.Int8)
    rows = rows.join(_distances(matching, match, rows), on="key", how="left", maintain_order="left")
    rows = rows.sort(order, "failed", "distance", "unit", "household", "key", nulls_last=True).head(MOST_ROWS)
    words = _Words(matching, match, rows)
    names = subject_names(matching, match.rule.subject, rows["key"].to_list())
    for row in rows.iter_rows(named=True):
        amount = None if row["amount"] is None else Decimal(f"{row['amount']:.6f}").normalize()
        yield Listed(
            names.get(row["key"], ""), row["key"], row["household"] or "", row["unit"] or "",
            "差一点" if row["outcome"] == NOT_ELIGIBLE else OUTCOME_WORDS[row["outcome"]], words.of(row), amount,
        )  # fmt: skip


def subject_names(matching: Matching, subject: str, keys: Sequence[str]) -> dict[str, str]:
    """What subjects are called, by key."""
    column = quoted(matching.pool.registry.name_of(subject))
    rows = matching.projection.con.execute(
        f"SELECT key, {column} FROM {table_of(subject)} WHERE key IN (SELECT unnest(?))",  # noqa: S608 (own names)
        [list(keys)],
    ).fetchall()
    return {key: str(name) for key, name in rows if name is not None}


class _Words:
    """Reasons in words for the rows of one policy."""

    def __init__(self, matching: Matching, match: PolicyMatch, rows: pl.DataFrame) -> None:
        self.match, self.rule = match, match.rule
        self.missing = missing_of(matching, match.rule, rows.filter(pl.col("outcome") == UNKNOWN)["key"].to_list())
        self.missed = _missed(matching, match.rule, rows.filter(pl.col("outcome") == NOT_ELIGIBLE)["key"].to_list())

    def of(self, row: Mapping[str, object]) -> str:
        """The reasons of one row."""
        rule, key = self.rule, str(row["key"])
        match row["outcome"]:
            case -1:
                unknown = int(str(row["unknown"]))
                names = [n for place, _ in _clauses(rule, unknown) for n in self.missing.get((key, place), [])]
                clauses = "、".join(words for _, words in _clauses(rule, unknown))
                return f"缺：{'、'.join(dict.fromkeys(names)) or '有关数据'}（{clauses}）"
            case 0:
                parts = []
                for place, words in _clauses(rule, int(str(row["failed"]))):
                    far = self.missed.get((key, place), "")
                    parts.append(f"不符合“{words}”{f'：{far}' if far else ''}")
                return "；".join(parts)
            case 2:
                winner = int(str(row["winner"]))
                pair = self.match.matches.pair(self.match.place, winner)
                return reason_words(pair, self.match.matches.rules[winner], rule)
            case 3:
                return "与其他符合的政策不能同享，金额比不出高低，请选择一项"
        return "；".join(clause.words for clause in rule.clauses)


def _clauses(rule: Rule, mask: int) -> list[tuple[int, str]]:
    return [(place, clause.words) for place, clause in enumerate(rule.clauses) if mask >> place & 1]


Stand = Ref | Call
"""What a clause stands on: an element, or a look into a register, which is unknown only where it was not imported."""


def clause_needs(condition: Expr, registry: Registry) -> list[Stand]:
    """The elements a clause stands on, computed ones replaced by what they follow from."""
    found: dict[tuple[str, str], Stand] = {}
    registers = {id(register_of(call)): call for call in registers_in(condition)}
    for node in _own(condition):
        if isinstance(node, Ref) and id(node) in registers:
            found.setdefault((node.element.id, node.role), registers[id(node)])
        elif isinstance(node, Ref):
            parts = DERIVED_FROM.get(node.element.id, ())
            stored = [registry.elements[part] for part in parts if not registry.elements[part].derived]
            for element in stored or [node.element]:
                found[element.id, node.role] = Ref(element, node.role, type_of(element))
    return list(found.values())


def _own(expr: Expr) -> Iterator[Expr]:
    """The expression without the insides of aggregates, which are about other people."""
    inside = {id(node) for outer in walk(expr) if isinstance(outer, Aggregate) for node in walk(outer) if node != outer}
    return (node for node in walk(expr) if id(node) not in inside)


def ref_words(stand: Stand, subject: str) -> str:
    """An element's name with whose it is: 户.家庭年收入."""
    if isinstance(stand, Call):
        return f"{ref_words(register_of(stand), subject)}（名册未导入）"
    ref = stand
    whose = {"household": "户.", "head": "户主."}.get(ref.role, "") if ref.role != subject else ""
    return f"{whose}{ref.element.name}"


def missing_of(matching: Matching, rule: Rule, keys: Sequence[str]) -> dict[tuple[str, int], list[str]]:
    """(key, place of the clause) → names of the elements that clause lacks for that subject."""
    if not keys:
        return {}
    registry = matching.pool.registry
    needs = {place: clause_needs(condition, registry) for place, condition in enumerate(rule.conditions)}
    refs = list(dict.fromkeys(ref for own in needs.values() for ref in own))
    table = vector_columns(
        matching.projection, registry, rule.subject, [IsNull(ref) for ref in refs], [],
        moment=Moment(matching.day), keys=keys,
    )  # fmt: skip
    kept = KeptRegisters(matching.projection)
    units = [unit or "" for unit in table["unit"].to_list()]
    found: dict[tuple[str, int], list[str]] = {}
    for place, own in needs.items():
        condition = rule.conditions[place]
        members = {unit: list(dict.fromkeys(_member_elements(condition, registry, kept, unit))) for unit in {*units}}
        flags = [table[f"c{refs.index(ref)}"].to_list() for ref in own]
        for row, key in enumerate(table["key"].to_list()):
            lacking = [ref_words(ref, rule.subject) for ref, flag in zip(own, flags, strict=True) if flag[row]]
            names = [f"家庭成员的{element.name}" for element in members[units[row]]]
            # Known, yet not finely enough (a date without its day), or somebody else's: then all may be it.
            found[key, place] = lacking or names or [ref_words(ref, rule.subject) for ref in own]
    return found


def _member_elements(
    condition: Expr, registry: Registry, kept: Container[tuple[str, str]], unit: str
) -> Iterator[Element]:
    settled = {id(ref) for call in registers_in(condition) if ((ref := register_of(call)).element.id, unit) in kept}
    for node in walk(condition):
        if isinstance(node, Aggregate):
            for part in walk(node):
                if isinstance(part, Ref) and id(part) not in settled:
                    parts = DERIVED_FROM.get(part.element.id, ())
                    yield registry.elements[parts[0]] if parts else part.element


def _distances(matching: Matching, match: PolicyMatch, rows: pl.DataFrame) -> pl.DataFrame:
    """key, distance: how far near misses are from the one clause they fail; nobody where that has no distance."""
    near = rows.filter(pl.col("outcome") == NOT_ELIGIBLE)
    ordered = [(place, one) for place, each in enumerate(match.rule.conditions) for one in shortfalls(each)]
    if not near.height or not ordered:
        return pl.DataFrame(schema={"key": pl.String, "distance": pl.Float64})
    table = vector_columns(
        matching.projection, matching.pool.registry, match.rule.subject, [], [one.missed for _, one in ordered],
        moment=Moment(matching.day), keys=near["key"].to_list(),
    )  # fmt: skip
    failing = [
        pl.when(pl.col("failed") == 1 << place).then(pl.col(f"v{number}").cast(pl.Float64).clip(lower_bound=0))
        for number, (place, _) in enumerate(ordered)
    ]
    held = near.select("key", "failed").join(table, on="key")
    return held.select("key", pl.max_horizontal(failing).alias("distance"))


def _missed(matching: Matching, rule: Rule, keys: Sequence[str]) -> dict[tuple[str, int], str]:
    """(key, place of the clause) → by how much it is missed, in words."""
    if not keys:
        return {}
    registry = matching.pool.registry
    ordered = [(place, one) for place, condition in enumerate(rule.conditions) for one in shortfalls(condition)]
    table = vector_columns(
        matching.projection, registry, rule.subject, [], [one.missed for _, one in ordered],
        moment=Moment(matching.day), keys=keys,
    )  # fmt: skip
    found: dict[tuple[str, int], str] = {}
    for number, (place, one) in enumerate(ordered):
        for key, value in zip(table["key"].to_list(), table[f"v{number}"].to_list(), strict=True):
            if value is not None and value > 0:
                words = one.words(Decimal(f"{float(value):.6f}").normalize())
                found[key, place] = "，".join(filter(None, [found.get((key, place)), words]))
    return found
