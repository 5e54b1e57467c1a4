"""Household blocks without merges: what a blank under a household's cells means."""

from __future__ import annotations

from dataclasses import dataclass

from yici.core.ledgers.columns import TableMap

# Elements that say which household a row belongs to, and the one that says who in it is the head.
HOUSEHOLD_KEYS = ("household.number", "household.head_name", "household.head_id_number")
MOST = 0.95


@dataclass(frozen=True, slots=True)
class BlockPattern:
    """How a table's rows look: counts of rows that begin a block (the household's cells filled) or continue one (all
    blank), those in between (some filled), and the heads of households among the first two."""

    begins: int
    continues: int
    between: int
    heads_begin: int
    heads_continue: int


def household_columns(mapped: TableMap) -> tuple[int, ...]:
    """The columns of household facts in a ledger of persons, when one of them says which household it is."""
    if mapped.subject != "person" or not any(mapped.of(key) for key in HOUSEHOLD_KEYS):
        return ()
    return tuple(column.col for column in mapped.mapped if (column.element or "").startswith("household."))


def are_blocks(pattern: BlockPattern) -> bool:
    """Whether blanks continue the household above: blocks begin with the head, and no continuation holds one.

    Rows in which only some of the household's cells are filled speak against it.
    """
    if not pattern.begins or not pattern.continues or pattern.between > 0.02 * (pattern.begins + pattern.continues):
        return False
    return pattern.heads_begin >= MOST * pattern.begins and pattern.heads_continue <= (1 - MOST) * pattern.continues
