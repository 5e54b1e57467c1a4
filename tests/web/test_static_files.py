"""The static files of a data folder are collected once for each set of them, whoever starts beside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test.utils import override_settings

from yici.web.server import collect_static


def test_they_are_collected_again_when_they_have_changed_or_are_gone(tmp_path: Path) -> None:
    own, root = tmp_path / "own", tmp_path / "web-static"
    own.mkdir()
    with override_settings(STATIC_ROOT=root, STATICFILES_DIRS=[own]):
        for number, content in enumerate(("a{}", "b{}")):
            (own / "a.css").write_text(content)
            os.utime(own / "a.css", (10**9 + number * 10**8,) * 2)
            if (root / "a.css").exists():
                os.utime(root / "a.css", (10**9,) * 2)
            collect_static(tmp_path)
            assert (root / "a.css").read_text() == content
        (root / "staticfiles.json").unlink()
        collect_static(tmp_path)
        assert (root / "staticfiles.json").is_file()


def test_nothing_is_touched_when_these_very_ones_lie_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(STATIC_ROOT=tmp_path / "web-static"):
        collect_static(tmp_path)
        monkeypatch.setattr("django.core.management.call_command", lambda *_, **__: pytest.fail("collected again"))
        collect_static(tmp_path)
