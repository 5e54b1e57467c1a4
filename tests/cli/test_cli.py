"""The command line: what is printed, what it exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from yici.cli import cli


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("YICI_HOME", str(tmp_path / "data"))
    runner = CliRunner()

    def call(*arguments: str) -> str:
        result = runner.invoke(cli, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return call


@pytest.fixture
def form(tmp_path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "姓名", "身份证号", "政治面貌", "爱好"])
    book.save(tmp_path / "form.xlsx")
    return tmp_path / "form.xlsx"


def test_ids_of_policies_are_never_cut(run, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("COLUMNS", "80")
    assert "disabled-living-allowance" in run("policies", "list")


def test_every_command_has_help(run) -> None:  # type: ignore[no-untyped-def]
    for name in cli.list_commands(None):  # type: ignore[arg-type]
        assert run(name, "--help")


def test_units_are_kept_as_a_tree(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("units", "柳河镇", "柳东村", "柳西村")
    (tmp_path / "more.csv").write_text("名称,上级\n柳东一组,柳东村\n", "utf-8")
    assert "1 个单位" in run("units", "load", str(tmp_path / "more.csv"))
    assert "柳东一组" in run("units")


def test_recognise_prints_json_and_a_page(run, form: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(run("recognise", str(form), "--json"))
    (area,) = found["areas"]
    assert area["columns"]["B"] == {**area["columns"]["B"], "element": "person.name", "certain": True}
    assert area["columns"]["E"]["certain"] is False
    run("recognise", str(form), "--html", str(tmp_path / "page.html"))
    assert "公民身份号码" in (tmp_path / "page.html").read_text("utf-8")
    assert "政治面貌" in run("recognise", str(form))


def test_a_fill_without_data_says_so(run, form: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    out = run("fill", str(form), "-o", str(tmp_path / "out.xlsx"), "--as-of", "2026-06-30", "--explain")
    assert "已填" in out and (tmp_path / "out.xlsx").exists()


def test_an_edit_that_does_not_count_says_so(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "人口.csv").write_text("姓名,身份证号,婚姻状况\n李一,11010519491231002X,已婚\n", "utf-8")
    run(
        "import",
        str(tmp_path / "人口.csv"),
        "--department",
        "民政局",
        "--as-of",
        "2026-01-01",
        "--authority",
        "婚姻状况",
    )
    told = run("edit", "11010519491231002X", "婚姻状况=丧偶", "--by", "王干部")
    assert "已记入：婚姻状况" in told and "仍以民政局的“已婚”为准" in told
    assert "仍以" not in run("edit", "11010519491231002X", "联系电话=13800001111", "--by", "王干部")
