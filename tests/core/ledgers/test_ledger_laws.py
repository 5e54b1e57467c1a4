"""Laws: whatever stands around them, every person of a ledger is found once, and nothing else is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_text import id_number

from yici.core.binding.binder import Binder
from yici.core.binding.lexicon import make_lexicon
from yici.core.grid import Span
from yici.core.ledgers.cells import Raw
from yici.core.ledgers.lexicon import lexicon_of
from yici.core.ledgers.mapping import map_table
from yici.core.ledgers.sheet import ListSheet
from yici.core.ledgers.tables import find_tables
from yici.storage.packs import load_registry

REGISTRY = load_registry()
LEXICON = lexicon_of(REGISTRY)
BINDER = Binder(make_lexicon(REGISTRY))
HEADINGS: list[Raw] = ["s序号", "s姓名", "s性别", "s身份证号码", "s出生日期", "s家庭住址", "s备注"]
ABOVE = [
    ["s某镇人员台账"],
    ["s填报单位：某镇", None, None, "s填报日期：2025年6月30日"],
    [None],
    ["s附件2"],
    ["s（2025年6月）"],
]
BETWEEN: list[list[Raw]] = [
    [],
    ["s小计", "s3人"],
    [None, "s青石村小计", None, None, None, "n3"],
    HEADINGS,
    ["s续表"],
    ["s一、青石村"],
    ["n7"],
]
BELOW: list[list[Raw]] = [
    ["s合　计", None, "n9"],
    ["s填表人：白九九", None, None, "s审核人：", None, "s2025年6月30日"],
    ["s注：本表每半年更新一次。"],
    ["s说明：1.姓名与身份证一致；2.人户分离的以户籍地为准。"],
]
AddedRows = st.lists(st.tuples(st.integers(0, 11), st.sampled_from(BETWEEN)), max_size=5)


def person(number: int) -> list[Raw]:
    born = f"19{40 + number}-03-0{1 + number % 9}"
    sex = "s男" if number % 2 else "s女"
    return [
        f"n{number + 1}",
        f"s白{number}",
        sex,
        "s" + id_number(born, number),
        "d" + born,
        f"s青石村{number}号",
        None,
    ]


def drawn(above: list[list[Raw]], added: list[tuple[int, list[Raw]]], below: list[list[Raw]], shift: int) -> ListSheet:
    body = [person(number) for number in range(12)]
    for place, row in sorted(added, key=lambda one: -one[0]):
        body.insert(place, row)
    indent: list[Raw] = [None] * shift
    rows = [*above, HEADINGS, *body, *below]
    return ListSheet("名册", [indent + row for row in rows])


def people_found(sheet: ListSheet) -> list[str]:
    found = []
    for table in find_tables(sheet, LEXICON).tables:
        rows = [row for row in range(table.first_row, table.last_row + 1) if row not in table.skipped]
        mapped = map_table(table, {col: sheet.column(col, rows) for col in table.paths}, BINDER)
        column = mapped.of("person.id_number")
        assert column is not None and mapped.of("person.birth_date") is not None
        found += [raw for raw in sheet.column(column.col, rows) if raw]
        assert len(rows) == sum(raw is not None for raw in sheet.column(column.col, rows)), "only records are left"
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ABOVE), max_size=4), AddedRows, st.lists(st.sampled_from(BELOW)), st.integers(0, 2))
def test_everybody_is_found_once_and_nothing_else(
    above: list[list[Raw]], added: list[tuple[int, list[Raw]]], below: list[list[Raw]], shift: int
) -> None:
    assert people_found(drawn(above, added, below, shift)) == [person(number)[3] for number in range(12)]


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(HEADINGS))), st.booleans())
def test_the_order_of_columns_and_merged_headings_change_nothing(order: list[int], merged: bool) -> None:
    heading: list[Raw] = [HEADINGS[place] for place in order]
    body = [[person(number)[place] for place in order] for number in range(12)]
    tall = [Span(1, col, 2, col) for col in range(1, len(order) + 1)] if merged else []
    under: list[list[Raw]] = [[None]] if merged else []
    rows = [heading, *under, *body]
    assert people_found(ListSheet("名册", rows, tall)) == [person(number)[3] for number in range(12)]
