"""Divisions that come with Yici, and tables that users bring."""

from __future__ import annotations

from pathlib import Path

import pytest

from yici.core.divisions import full_name
from yici.core.errors import NotFound, PackError
from yici.storage.divisions import load_divisions


def test_the_country_is_there_down_to_counties() -> None:
    divisions = load_divisions()
    assert [sum(d.level == level for d in divisions.values()) for level in ("省", "市", "县")] == [31, 342, 2975]
    assert full_name("371502", divisions) == "山东省聊城市东昌府区"
    assert all(d.parent in divisions for d in divisions.values() if d.level != "省")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_of_ones_own_reaches_villages(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "区划.csv"
    rows = "序号,代码,名称\n1,410721000000,新乡县\n2,410721100000,某镇\n3,410721100201,某村\n\n4,410721,新乡县\n"
    file.write_bytes(rows.encode(encoding))
    divisions = load_divisions(file)
    assert full_name("410721100201", divisions) == "新乡县某镇某村"
    assert [d.level for d in divisions.values()] == ["县", "乡", "村"]


def test_every_wrong_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("代码,名称\n41,河南省\n4107x,新乡市\n410721,\n41,河北省\n", "utf-8")
    with pytest.raises(PackError) as caught:
        load_divisions(file)
    assert [problem.message[:3] for problem in caught.value.problems] == ["第3行", "第4行", "第5行"]


def test_what_is_not_such_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_divisions(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_text("姓名,电话\n", "utf-8")
    with pytest.raises(PackError, match="divisions-header"):
        load_divisions(tmp_path / "b.csv")
