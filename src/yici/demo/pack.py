"""The demo's data: name lists, texts and definitions under packs/demo."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

PACK = Path(__file__).parent.parent / "packs" / "demo"


@cache
def pack(name: str) -> Any:
    """The value of packs/demo/NAME.yaml; read once a process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((PACK / f"{name}.yaml").read_text("utf-8"), loader)  # noqa: S506
