"""The result of binding a slot: what fills it, how sure that is, and the words that led there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yici.core.captions.model import Figured


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible element with a score from 0 to 1 and the alias that matched."""

    element: str
    score: float
    alias: str


@dataclass(frozen=True, slots=True)
class Binding:
    """What fills a slot (绑定).

    `element` is an element id, or None. `fact` names a fact about the request instead ("unit", "date"). `certain`
    means: filled without asking anybody. `of` says whose element it is where it is not the area's own subject
    ("head" for 户主). `figure` is the number a statistics cell asks for. `evidence` are the words that led there;
    `human` marks what only people fill.
    """

    element: str | None = None
    certain: bool = False
    fact: str | None = None
    human: bool = False
    of: str = ""
    confidence: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    evidence: tuple[str, ...] = ()
    figure: Figured | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "element": self.element,
            "expression": self.figure.text or None if self.figure else None,
            "certain": self.certain and (self.element is not None or self.figure is not None),
            "confidence": round(self.confidence, 3),
            "fact": self.fact,
            "human": self.human,
            "of": self.of,
            "evidence": list(self.evidence),
            "candidates": [
                {"element": c.element, "score": round(c.score, 3), "alias": c.alias} for c in self.candidates
            ],
        }
