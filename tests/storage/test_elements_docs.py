"""docs/elements.md works as printed: its files are written, its commands run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from yici.cli import cli

PAGE = (Path(__file__).parents[2] / "docs" / "elements.md").read_text("utf-8")
FILES = re.findall(r"`(packs/[\w./-]+)`:\n\n```\w+\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
PRINTED = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)


def run(command: str) -> str:
    program, *arguments = shlex.split(command)
    assert program == "yici"
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YICI_HOME", str(tmp_path))
    for name, text in FILES:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


@pytest.mark.usefixtures("office")
def test_the_page_works_as_printed() -> None:
    assert len(FILES) == 4
    outputs = [run(command) for command in COMMANDS]
    assert len(outputs) == 8
    for line in PRINTED[0].splitlines():
        assert line in outputs[3]
    assert "养蜂箱数 蜜蜂箱数" in outputs[5]
    assert "蜂场编号" in outputs[-1]


@pytest.mark.usefixtures("office")
def test_unknown_names_are_answered_with_the_nearest() -> None:
    result = CliRunner().invoke(cli, ["elements", "show", "联系电活"])
    assert "联系电话" in str(result.exception)


def test_problems_of_a_folder_are_all_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(tmp_path))
    folder = tmp_path / "wrong"
    folder.mkdir()
    lines = "id,name,kind,authority\nperson.a,甲,decimal,某局\nperson.b,,text,某局\n"
    (folder / "elements.csv").write_text(lines, "utf-8")
    result = CliRunner().invoke(cli, ["elements", "check", str(folder)])
    text = str(result.exception)
    assert result.exit_code == 1
    assert all(code in text for code in ("element-unit", "element-name", "element-sensitivity", "element-definition"))
