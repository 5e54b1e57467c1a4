"""What nobody states but follows from a code: only where a rule says so, and never against a record."""

from __future__ import annotations

from pathlib import Path

from small_pool import add, golden, project

from yici import storage

DIGITAL = "enterprise.digital_class"
CODES = {"3911": "数字产品制造业", "6431": "数字要素驱动业", "6421": "数字技术应用业", "1411": None, "6429": None}


def test_the_longest_prefix_decides_and_what_no_rule_names_stays_unknown(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    add(tmp_path, "市场监管局", "2026-01-01", [{"enterprise.name": c, "enterprise.industry": c} for c in CODES])
    found = {row["enterprise.name"]: row.get(DIGITAL) for row in golden(tmp_path, "enterprise").values()}
    assert found == CODES


def test_a_stated_value_goes_first_and_an_edit_of_the_code_is_followed(tmp_path: Path) -> None:
    storage.setup(tmp_path)
    firm = {"enterprise.name": "张青电子", "enterprise.industry": "3911"}
    add(tmp_path, "市场监管局", "2026-01-01", [firm])
    with project(tmp_path) as projection:
        (record,) = projection.con.execute(f'SELECT "{DIGITAL}" FROM enterprise_source').fetchall()
    assert record == (0,)
    add(tmp_path, "市场监管局", "2026-02-01", [firm | {"enterprise.industry": "1411"}])
    assert DIGITAL not in next(iter(golden(tmp_path, "enterprise").values()))
    add(tmp_path, "统计局", "2026-01-02", [firm | {DIGITAL: "数字技术应用业"}])
    assert next(iter(golden(tmp_path, "enterprise").values()))[DIGITAL] == "数字技术应用业"
