"""What nobody should type, and somebody will: seeded noise for the parser."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import yaml

_DATA = yaml.safe_load((Path(__file__).parent / "noise.yaml").read_text(encoding="utf-8"))
VALID: list[str] = _DATA["valid"]
LANGUAGE: list[str] = _DATA["language"].split()
FOREIGN: list[str] = _DATA["foreign"].split()
ATTACKS: list[str] = _DATA["attacks"]
AROUND: list[tuple[str, str]] = _DATA["around"]
PLACES = [(0x20, 0x7F), (0x80, 0x250), (0x300, 0x370), (0x590, 0x6FF), (0x2000, 0x2070), (0x3000, 0x3100),
          (0x4E00, 0x9FFF), (0xD800, 0xE000), (0xFE00, 0xFF70), (0x1F300, 0x1F700), (0, 0x20)]  # fmt: skip


def noise(rng: random.Random) -> str:
    """One text of some kind of noise."""
    return rng.choice(_KINDS)(rng)


def _valid(rng: random.Random) -> str:
    return rng.choice(VALID)


def _soup(rng: random.Random) -> str:
    words = LANGUAGE if rng.random() < 0.5 else LANGUAGE + FOREIGN
    return rng.choice([" ", ""]).join(rng.choices(words, k=rng.randint(1, 40)))


def _mutated(rng: random.Random) -> str:
    text = rng.choice(VALID)
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(text) + 1)
        length = rng.randint(0, 3)
        piece = rng.choice(
            ["", rng.choice(LANGUAGE), rng.choice(FOREIGN), text[place : place + 5], rng.choice("()'\"、。")]
        )
        text = text[:place] + piece + text[place + length :]
    return text


def _attack(rng: random.Random) -> str:
    attack = rng.choice(ATTACKS)
    return rng.choice([attack, f"{rng.choice(VALID)} {rng.choice(['and', 'or', ';', ','])} {attack}", f"({attack})"])


def _nested(rng: random.Random) -> str:
    depth = rng.choice([2, 5, 20, 31, 90, 150, 400, 3000])
    before, after = rng.choice(AROUND)
    return before * depth + rng.choice(["年龄", "年龄 > 3", "是否独居", ""]) + after * depth


def _huge(rng: random.Random) -> str:
    size = rng.choice([16, 300, 1000, 5000, 25_000])
    word = rng.choice(
        ["年", "年龄且", "且", "或者", "年龄 ", "村（", "'", ".", "case ", "1,", "年龄 > 3 and ", "年龄 + "]
    )
    listed = ", ".join([rng.choice(["年龄", "“赵”", "3"])] * size)
    return rng.choice([
        word * size + rng.choice(["", "x", "年龄 > 3"]), f"年龄 in ({listed})", f"coalesce({listed}) > 1",
        f"年龄 > {'9' * size}", f"年龄 > 1e{size}", f"年龄 > 0.{'1' * size}", f"今天 + {'9' * size}年 > 今天",
        f"姓名 = '{'长' * size}'",
    ])  # fmt: skip


def _unicode(rng: random.Random) -> str:
    def char() -> str:
        return chr(rng.randrange(*rng.choice(PLACES)))

    text = rng.choice(["", *VALID])
    for _ in range(rng.randint(1, 12)):
        place = rng.randrange(len(text) + 1)
        text = text[:place] + char() * rng.choice([1, 1, 1, 20]) + text[place:]
    return text


_KINDS: list[Callable[[random.Random], str]] = [
    _valid,
    _soup,
    _soup,
    _mutated,
    _mutated,
    _mutated,
    _attack,
    _nested,
    _huge,
    _unicode,
]
