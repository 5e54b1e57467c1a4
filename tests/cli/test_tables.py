"""Tables on the terminal: whatever the width, numbers, dates and codes stand whole, and no column is lost."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from yici.cli.tables import print_table, wrapped

NUMBERS = ("92.08", "1234567.89", "2025-12-31", "410725196104137458", "township-results", "已知 38.5，待定 20")


def printed(width: int) -> str:
    table = Table(title="乡镇（村）实绩考核")
    for head in ("名称", "总分", "合计", "截至", "编号", "方案", "结论", "原因"):
        table.add_column(head, justify="right" if head == "总分" else "left")
    table.add_row("张青村", *NUMBERS, "没有公开的台账，也没有人说过这件事情到底办得怎么样")
    console = Console(file=io.StringIO(), width=width)
    print_table(table, console=console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 240])
def test_numbers_dates_and_codes_are_never_cut(width: int) -> None:
    text = printed(width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    for piece in re.findall(r"[!-~]+", "".join(f" {one} " for one in NUMBERS)):
        assert piece in text
    for head in ("名称", "总分", "合计", "截至", "编号", "方案", "结论", "原因"):
        assert head in text
    assert (text.count("张青村") > 1) is (width < 120), "the name stands beside every part"


def test_a_text_is_broken_between_signs_only_and_keeps_what_closes_it() -> None:
    assert wrapped("某民发〔2025〕12号", 8).split("\n") == ["某民发〔", "2025〕12", "号"]
    assert wrapped("已办，未办。", 6) == "已办，\n未办。"
    assert wrapped("甲\n乙", 8) == "甲\n乙"
