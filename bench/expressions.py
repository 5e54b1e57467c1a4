"""How long the parser takes, over valid expressions and over noise: at most 50 ms each, and only clear errors.

Run: python bench/expressions.py [how many, 10000 by default]
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "expressions"))

from expression_noise import noise

from yici.core.errors import ExpressionError
from yici.core.expressions import parse_figure, parse_filter
from yici.storage.packs import load_registry

LIMIT_MS = 50.0


def main(count: int) -> int:
    registry = load_registry()
    parse_figure("count(人)", registry)  # Loads sqlglot.
    rng = random.Random(20261125)
    took: list[tuple[float, str]] = []
    outcomes: Counter[str] = Counter()
    for index in range(count):
        text = noise(rng)
        started = time.process_time()
        try:
            if index % 2:
                parse_figure(text, registry)
            else:
                parse_filter(text, registry, subject=("person", "household")[index // 2 % 2])
            outcomes["read"] += 1
        except ExpressionError:
            outcomes["refused"] += 1
        took.append(((time.process_time() - started) * 1000, text))
    took.sort(reverse=True)
    print(f"{count} fuzzed expressions: {outcomes['read']} read, {outcomes['refused']} refused, nothing else")
    slow, middle = took[count // 100][0], took[count // 2][0]
    print(f"worst {took[0][0]:.1f} ms, 99 of 100 within {slow:.1f} ms, median {middle:.2f} ms (processor time)")
    for milliseconds, text in took[:3]:
        print(f"  {milliseconds:6.1f} ms  {len(text)} characters  {text[:40]!r}")
    started = time.process_time()
    for _ in range(200):
        parse_figure("count(人 where 年龄 >= 60 and 性别 = '女') / count(人)", registry)
    print(f"a valid one: {(time.process_time() - started) * 1000 / 200:.2f} ms")
    return 0 if took[0][0] <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
