"""`yici score` and what follows: tables, JSON, workbook, pictures, objections; the scheme of docs/indicators.md."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from score_pool import make_score_pool
from yici.cli import cli
from yici.core.errors import UploadRefused, YiciError

DOCS = Path(__file__).parents[2] / "docs" / "indicators.md"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    make_score_pool(home, tmp_path_factory.mktemp("ledgers"))
    return home


@pytest.fixture
def pool(filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YICI_HOME", str(filled))
    monkeypatch.setenv("COLUMNS", "200")
    return filled


def yici(*words: str) -> Result:
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done


def number_of(done: Result) -> str:
    found = re.search(r"第 (\d+) 批，", done.output)
    assert found is not None
    return found[1]


def test_a_run_as_table_workbook_and_pictures(pool: Path, tmp_path: Path) -> None:
    out, svg, option = tmp_path / "scores.xlsx", tmp_path / "scores.svg", tmp_path / "scores.json"
    words = ("--unit", "柳河镇", "--explain", "柳东村", "--publish", "2026-03-02")
    done = yici("score", "township-results", "--period", "2025", *words, "--out", str(out), "--chart", str(svg))
    assert "73.22" in done.output and "公示 2026-03-02 至 2026-03-06" in done.output
    assert "S001、S002、S004，共 3 项" in done.output
    book = load_workbook(out)
    assert book.sheetnames == ["得分", "计算", "方案", "依据"]
    rows = list(book["得分"].iter_rows(min_row=4, max_row=6, values_only=True))
    assert [row[:4] for row in rows] == [
        (1, "柳东村", 73.22, "一般"),
        (2, "柳西村", 32.11, "一般"),
        (None, "柳南村", "待定", None),
    ]
    counted = {
        row[3] for row in book["依据"].iter_rows(min_row=2, values_only=True) if row[:2] == ("柳东村", "群众满意度")
    }
    assert counted == {"S001", "S002", "S003", "S004"}
    assert "柳东村" in svg.read_text("utf-8")
    yici("score", "township-results", "--period", "2025", "--map", "--chart", str(option))
    assert json.loads(option.read_text("utf-8"))["series"][0]["type"] == "heatmap"


def test_a_map_with_outlines(pool: Path, tmp_path: Path) -> None:
    ring = [[0, 30], [1, 30], [1, 31], [0, 30]]
    polygon = {"type": "Polygon", "coordinates": [ring]}
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": polygon} for name in ("柳东村", "柳西村")]
    geo = tmp_path / "villages.geojson"
    geo.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    svg = tmp_path / "map.svg"
    yici("score", "township-results", "--period", "2025", "--geo", str(geo), "--chart", str(svg))
    assert "没有图形：柳南村" in svg.read_text("utf-8")
    with pytest.raises(YiciError, match="分区图只能画单位"):
        yici("score", "mu-yield-large", "--period", "2025", "--geo", str(geo), "--chart", str(svg))
    with pytest.raises(UploadRefused, match="chart_suffix"):
        yici("score", "mu-yield-large", "--period", "2025", "--chart", str(tmp_path / "x.gif"))


def test_a_run_as_json(pool: Path) -> None:
    run = json.loads(yici("score", "mu-yield-small", "--period", "2025", "--json").output)
    assert [(s["thing"]["name"], s["grade"]) for s in run["scores"]] == [("戊加工", "B"), ("己加工", "C")]
    assert run["items"]["tax-per-mu"]["evidence"] == "实绩"


def test_what_firms_were_scored_from_is_in_the_workbook(pool: Path, tmp_path: Path) -> None:
    out = tmp_path / "firms.xlsx"
    yici("score", "mu-yield-large", "--period", "2025", "--out", str(out))
    rows = list(load_workbook(out)["依据"].iter_rows(min_row=2, values_only=True))
    assert ("甲制造", "亩均税收", "评价税收", "4819.4", "万元") in {(*row[:3], *row[4:]) for row in rows}
    assert ("丙制造", "研发经费占比", "研发投入", "缺数据", "万元") in {(*row[:3], *row[4:]) for row in rows}


def test_objection_adjustment_and_correction(pool: Path) -> None:
    run = number_of(yici("score", "township-results", "--period", "2025上半年"))
    said = yici("object", run, "delivered", "柳东村", "--reason", "广场并非上半年完工").output
    objection = re.search(r"已记录异议 (\d+)", said)
    assert objection is not None
    yici("answer", objection[1], "--reject", "--text", "按计划日期计算")
    yici(
        "adjust",
        run,
        "柳东村",
        "--kind",
        "加分",
        "--points",
        "2",
        "--reason",
        "获评示范村",
        "--document",
        "〔2026〕2号",
    )
    again = yici("rescore", run, "--reason", "加分").output
    assert f"与第 {run} 批比较，1 处不同" in again
    listed = yici("scores", "township-results").output
    assert f"第 {run} 批" in listed and "不采纳：按计划日期计算" in listed


def test_the_scheme_of_the_docs(pool: Path, tmp_path: Path) -> None:
    scheme = re.search(r"```yaml\n(id: my-village-results.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert scheme is not None
    file = tmp_path / "mine.yaml"
    file.write_text(scheme[1], "utf-8")
    assert "没有发现问题" in yici("schemes", "lint", str(file)).output
    done = yici("score", str(file), "--period", "2025")
    assert "第 1 名" not in done.output and "柳东村" in done.output
    shown = yici("schemes", "show", str(file)).output
    assert "群众满意度" in shown and "实绩" in shown
    file.unlink()
    again = yici("rescore", number_of(done), "--reason", "方案文件已不在")
    assert "相同" in again.output, "a run keeps the scheme it was scored by"


def test_the_docs_name_every_finding(pool: Path) -> None:
    text = DOCS.read_text("utf-8")
    sources = Path(__file__).parents[2] / "src" / "yici" / "core" / "indicators"
    codes = set(re.findall(r'"(scheme-[a-z-]+)"', (sources / "linting.py").read_text("utf-8")))
    assert {code for code in codes if code not in text} <= {"scheme-versions", "scheme-valid"}
