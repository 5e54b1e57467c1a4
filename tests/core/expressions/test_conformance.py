"""One suite for every engine: the expressions and worlds of conformance/*.yaml."""

from __future__ import annotations

import pytest
from conformance_engines import FIGURES, ROWS
from conformance_world import World, worlds, written

WORLDS = worlds()


def test_the_suite_is_large() -> None:
    checks = sum(len(expected) for world in WORLDS for _, _, expected in world.cases)
    assert checks + sum(len(world.figures) for world in WORLDS) >= 1500
    assert sum(len(world.cases) + len(world.figures) for world in WORLDS) >= 300


@pytest.mark.parametrize("engine", ROWS)
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_rows(engine: str, world: World) -> None:
    wrong = []
    for subject in world.rows:
        cases = [(typed, expected) for of, typed, expected in world.cases if of == subject]
        if not cases:
            continue
        exprs = [world.expression(subject, typed) for typed, _ in cases]
        columns = ROWS[engine](world, subject, exprs)
        for (typed, expected), expr, column in zip(cases, exprs, columns, strict=True):
            found = tuple(written(value, expr) for value in column)
            if found != expected:
                wrong.append((typed, found, expected))
    assert not wrong


@pytest.mark.parametrize("engine", FIGURES)
@pytest.mark.parametrize("world", [world for world in WORLDS if world.figures], ids=lambda world: world.name)
def test_figures(engine: str, world: World) -> None:
    answers = FIGURES[engine](world, [world.figure(typed) for typed, _ in world.figures])
    found = [(typed, (written(a.value), a.unknown)) for (typed, _), a in zip(world.figures, answers, strict=True)]
    assert [pair for pair in found if pair not in world.figures] == []
