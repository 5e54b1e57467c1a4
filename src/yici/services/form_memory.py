"""What a process remembers of recognised forms, so that the same content is read and recognised once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from yici.core.elements import Registry
from yici.core.grid import Grid
from yici.core.recognition.template import Template

# Each form stands here twice, under what it was recognised from and under what tells at once that this is the same.
MOST = 96


@dataclass(frozen=True, slots=True)
class Known:
    """A recognised form: `source` is the converted package to patch, None when the form itself is. `ground` is all it
    was recognised from but the registry. The template is shared: whoever changes it copies it first."""

    grid: Grid
    template: Template
    source: Path | None
    registry: Registry
    ground: Hashable = ()


class FormMemory:
    """The forms recognised last, at most MOST. Threads share it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, Known] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, key: Hashable, registry: Registry) -> Known | None:
        """What is remembered under a key, when it was recognised with this very registry."""
        with self._lock:
            known = self._kept.get(key)
            if known is None or known.registry is not registry or (known.source and not known.source.exists()):
                return None
            self._kept.move_to_end(key)
            return known

    def keep(self, key: Hashable, known: Known) -> None:
        """Remember a form under a key; the one not asked for longest is forgotten."""
        with self._lock:
            self._kept[key] = known
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
