"""Commands start in a process in which nothing has started Django yet, as the shell calls them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_worker_starts_by_itself(tmp_path: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment = plain | {"YICI_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    code = "from yici.cli import cli; cli(['worker', '--help'])"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "--once" in done.stdout, done.stderr
