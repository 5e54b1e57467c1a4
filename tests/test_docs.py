"""What the documents name and link to is there, and the operations guide works as printed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from yici.cli import cli
from yici.services.policies import policies_of
from yici.services.schemes import schemes_of

ROOT = Path(__file__).parents[1]


def test_links_between_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_policies_and_schemes_that_documents_name_in_commands_are_shipped() -> None:
    known = {one.id for one in (*policies_of(), *schemes_of())} | {one.title for one in (*policies_of(), *schemes_of())}
    found = []
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md")):
        for line in re.findall(
            r"^(?:\$ )?yici ((?:policies|schemes) show .+|match .+|score .+)$", page.read_text("utf-8"), re.M
        ):
            words = [word for word in shlex.split(line, comments=True) if not re.match(r"-|[\d.]+$", word)]
            named = words[2:3] if words[1:2] == ["show"] else words[1:2]
            if named and not line.split(maxsplit=1)[1].startswith("-"):
                found.append(named[0])
                assert named[0] in known, f"{page.name}: yici {line}"
    assert len(found) >= 3


def test_the_operations_guide_works_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YICI_HOME", str(tmp_path / "yici-data"))
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()]
    assert len(commands) >= 4
    for line in commands:
        program, *arguments = shlex.split(line)
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert program == "yici" and done.exit_code == 0, f"{line}\n{done.output}"
