"""The deployment files say what the program understands; systemd's own check where it is installed."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from yici.cli import cli

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def understood(words: list[str]) -> None:
    """Parse a command line of ours without running it."""
    command = cli.get_command(click.Context(cli), words[0])
    assert command is not None
    command.make_context(words[0], words[1:], resilient_parsing=False)


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_there_is(unit: Path, tmp_path: Path) -> None:
    read = configparser.RawConfigParser(strict=True)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(unit.read_text("utf-8"))
    program, *words = shlex.split(read["Service"]["ExecStart"])
    assert program == "/opt/yici/bin/yici"
    understood(words)
    if shutil.which("systemd-analyze") is None:
        return
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text("utf-8").replace(program, "/bin/true"), "utf-8")
    asked = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
    assert unit.name not in asked.stderr, asked.stderr


def test_the_environment_names_what_the_program_reads() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    for line in (DEPLOY / "yici.env.example").read_text("utf-8").splitlines():
        assert f'"{line.split("=")[0]}"' in source


def test_nginx_passes_on_what_the_settings_trust(tmp_path: Path) -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert text.count("{") == text.count("}")
    plain = re.sub(r"#.*", "", text)
    assert all(line.strip()[-1] in "{};" for line in plain.splitlines() if line.strip())
    for needed in ("X-Forwarded-Proto https", "X-Forwarded-For $remote_addr", "Host $host", "client_max_body_size"):
        assert needed in text


def test_the_container_copies_what_is_there_and_starts_a_command() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    for line in lines:
        if line.startswith("COPY"):
            assert all((ROOT / name).exists() for name in line.split()[1:-1])
    words = re.findall(r'"([^"]+)"', next(line for line in lines if line.startswith("CMD")))
    understood(words[1:])
