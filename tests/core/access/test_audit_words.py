"""Every action that is written into the audit has a name people read."""

from __future__ import annotations

import re
from pathlib import Path

from yici.core.access.audit_words import AUDIT_WORDS, audit_words
from yici.core.apps.states import STEP_NAMES as APP_STEPS
from yici.core.collections.states import STEP_NAMES

SOURCE = Path(__file__).parents[3] / "src/yici"
_CALL = re.compile(r"audit\.append\w*\((?:[^()]|\([^()]*\))*?action=\"([a-z_.]+)\"", re.DOTALL)


def test_every_action_has_a_name() -> None:
    written = {
        action
        for layer in ("services", "storage")
        for file in (SOURCE / layer).rglob("*.py")
        for action in _CALL.findall(file.read_text("utf-8"))
    }
    written |= {f"filling.{step}" for step in STEP_NAMES} | {f"app.{step}" for step in APP_STEPS}
    assert len(written) > 60
    assert not written - set(AUDIT_WORDS)
    assert audit_words("something.new") == "something.new"
