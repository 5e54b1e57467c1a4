"""Colours that people who see colours differently can tell apart, on a white ground and on a dark one.

The eight of Okabe and Ito (2008) without black and yellow for series; a single-hue ramp from light to dark for maps,
so that the order also survives printing in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
BLACK, WHITE = "#000000", "#FFFFFF"
RAMP = ("#EAF3FA", "#BDD9EE", "#7FB6DC", "#3D8AC0", "#0B559F")


@dataclass(frozen=True, slots=True)
class Palette:
    """What a chart is drawn with beside the colours of its data: letters, lines, the ground, units without a number."""

    ink: str
    soft_ink: str
    grid: str
    ground: str
    missing: str


PAPER = Palette("#222222", "#555555", "#DDDDDD", WHITE, "#E6E6E6")
# The colours the pages have in their dark theme (web/static/web/yici.css).
NIGHT = Palette("#E6EAF0", "#A4B0BE", "#38424F", "#1C222B", "#4A5563")


def series_colour(index: int) -> str:
    """The colour of the nth series; after six they begin again."""
    return SERIES[index % len(SERIES)]


def ramp_colour(share: float) -> str:
    """The colour of a place that lies at this share, 0 to 1, between the smallest and the largest value."""
    at = min(max(share, 0.0), 1.0) * (len(RAMP) - 1)
    index = min(int(at), len(RAMP) - 2)
    low, high = _channels(RAMP[index]), _channels(RAMP[index + 1])
    mixed = (round(a + (b - a) * (at - index)) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def ink_on(colour: str) -> str:
    """Black or white letters, whichever can be read better on this colour; with black one of them always can."""
    ground = _luminance(colour)
    return BLACK if _contrast(ground, 0.0) >= _contrast(ground, 1.0) else WHITE


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    return _contrast(_luminance(one), _luminance(other))


def _contrast(one: float, other: float) -> float:
    high, low = max(one, other), min(one, other)
    return (high + 0.05) / (low + 0.05)


def _channels(colour: str) -> Sequence[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (n / 255 for n in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
