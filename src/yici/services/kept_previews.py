"""The preview of a ledger kept beside its upload, as long as everything it depends on is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

from yici import __version__
from yici.core.ledgers.shown import Preview
from yici.storage.confirmations import all_aliases
from yici.storage.manifest import pool_sequence
from yici.storage.packs import packs_stamp
from yici.storage.units import all_areas

_KEPT = "preview.json"


def preview_stamp(*, scope: str, units: Collection[str] | None) -> str:
    """A hash of all a preview depends on besides its upload, which never changes: the words that hold in these
    ledgers, the units, the definitions, the pool that supports doubtful columns, and whose rows may be in it."""
    words = [[alias.word, alias.subject, alias.element, alias.scope] for alias in all_aliases()
             if alias.scope in ("", scope)]  # fmt: skip
    areas = [[area.name, area.parent] for area in all_areas()]
    ground = [__version__, packs_stamp(), words, areas, pool_sequence(), None if units is None else sorted(units)]
    return hashlib.sha256(json.dumps(ground, ensure_ascii=False).encode()).hexdigest()


def kept_preview(folder: Path, stamp: str) -> Preview | None:
    """The preview that was kept, while it stands."""
    try:
        kept: dict[str, Any] = json.loads((folder / _KEPT).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Preview.from_json(kept["preview"]) if kept["stamp"] == stamp else None


def keep_preview(folder: Path, stamp: str, preview: Preview) -> None:
    """Keep a preview in place of the one before; whoever reads at that moment gets one or the other whole."""
    half = folder / f"{_KEPT}.{stamp[:12]}"
    half.write_text(json.dumps({"stamp": stamp, "preview": asdict(preview)}, ensure_ascii=False, default=str), "utf-8")
    half.replace(folder / _KEPT)
