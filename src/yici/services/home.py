"""Where the data lies and who is at work."""

from __future__ import annotations

import getpass
import os
from pathlib import Path


def data_home() -> Path:
    """The data folder named by YICI_HOME (default ./yici-data), made when missing."""
    home = Path(os.environ.get("YICI_HOME") or "yici-data").expanduser().absolute()
    home.mkdir(parents=True, exist_ok=True)
    return home


def user_name() -> str:
    """The name that audit lines carry on the command line: the account's."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
