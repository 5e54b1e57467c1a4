"""What the command-line library says itself is Chinese: mistakes in a command and its help."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from yici.cli.wording import WORDS

RUN = "from yici.cli import main; main()"


def said(*arguments: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=False,
        env=dict(os.environ) | {"PYTHONIOENCODING": "utf-8", "LANGUAGE": ""} | settings,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["nosuch"], "没有命令“nosuch”"),
        (["show"], "缺少参数"),
        (["match", "--as-of", "2026-13-40"], "“2026-13-40”的格式应为"),
        (["ask", "count(人)", "--chart", "c.txt"], "文件名请以 .svg、.png、.json 结尾"),
    ],
)
def test_mistakes_are_told_in_chinese(typed: list[str], words: str, tmp_path: Path) -> None:
    told = said(*typed, YICI_HOME=str(tmp_path / "none"))
    assert words in told
    assert not re.search(r"Usage|Error|Missing|Invalid|Try ", told)
    assert not (tmp_path / "none").exists(), "refused before anything was worked out"


def test_english_by_switch() -> None:
    assert "No such command" in said("nosuch", LANGUAGE="en")


def test_every_message_keeps_its_places() -> None:
    for english, chinese in WORDS.items():
        names = set(re.findall(r"\{(\w+)|%\((\w+)", chinese))
        assert names <= set(re.findall(r"\{(\w+)|%\((\w+)", english)), english
