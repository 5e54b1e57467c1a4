"""docs/api.md works as it is printed: its requests, in order, get the answers shown (which may leave things out)."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from api_client import System
from click.testing import CliRunner
from pool_ledgers import fill_pool

from conftest import PASSWORD, Office
from yici.cli import cli
from yici.storage.accounts import find_account, set_password

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")


def within(shown: Any, told: Any) -> bool:
    """Whether what is shown is part of what was told."""
    if isinstance(shown, dict):
        return all(name in told and within(value, told[name]) for name, value in shown.items())
    if isinstance(shown, list) and shown:
        return all(any(within(one, other) for other in told) for one in shown)
    return bool(shown == told)


def test_the_requests_get_the_answers_shown(office: Office, tmp_path: Path) -> None:
    fill_pool(office.home, tmp_path)
    clerk, code = System(office, "clerk"), "CODE"
    blocks = re.findall(r"```http\n(\w+) (\S+)\n(.*?)```\n\n```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 7
    for method, path, body, shown in blocks:
        address, sent = path.replace("CODE", code), body.replace("CODE", code)
        told = clerk.client.generic(method, address, sent, "application/json").json()
        if "hits" in told:
            code = next(hit["code"] for hit in told["hits"] if hit["subject"] == "person")
        assert within(json.loads(shown), told), f"{method} {path}\n{json.dumps(told, ensure_ascii=False)}"


def test_the_commands_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YICI_HOME", str(tmp_path / "yici-data"))
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines():
        done = CliRunner().invoke(cli, shlex.split(line)[1:], input=PASSWORD, catch_exceptions=False)
        assert done.exit_code == 0, f"{line}\n{done.output}"
        # The department signs in and gives its account a password of its own.
        if account := find_account("welfare-system"):
            set_password(int(account.pk), PASSWORD, must_change=False)
