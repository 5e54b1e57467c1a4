"""`yici schemes`: what the commands print and what they return."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from yici.cli import cli
from yici.core.errors import NotFound

BAD = str(Path(__file__).with_name("data") / "bad_scheme.yaml")


def test_the_forty_twenty_scheme_is_refused_with_a_proposal() -> None:
    done = CliRunner().invoke(cli, ["schemes", "lint", BAD])
    assert done.exit_code == 1
    assert "痕迹类权重 80" in done.output and "不低于实绩类权重 20（工作实效）" in done.output
    assert "台账完备度 40 → 5" in done.output and "工作实效 20 → 90" in done.output
    for code in ("scheme-trace-weight", "scheme-trace-as-result", "scheme-trace", "scheme-by-hand",
                 "scheme-exact-target", "scheme-outcomes"):  # fmt: skip
        assert f"[{code}]" in done.output


def test_findings_as_json() -> None:
    done = CliRunner().invoke(cli, ["schemes", "lint", BAD, "--json"])
    findings = json.loads(done.output)
    weights = next(f for f in findings if f["code"] == "scheme-trace-weight")
    assert not weights["warning"] and [line["after"] for line in weights["proposal"]][-1] == "90"


def test_unknown_schemes_name_what_there_is() -> None:
    with pytest.raises(NotFound, match="没有考核方案"):
        CliRunner().invoke(cli, ["schemes", "lint", "nothing-like-it"], catch_exceptions=False)
    with pytest.raises(NotFound, match="找不到文件"):
        CliRunner().invoke(cli, ["schemes", "lint", "missing.yaml"], catch_exceptions=False)


def test_a_file_that_is_no_scheme_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("id: [", "utf-8")
    done = CliRunner().invoke(cli, ["schemes", "lint", str(file)])
    assert done.exit_code == 1 and "[pack-yaml]" in done.output
