"""The best whole amounts of a settled set of awards, against trying every amount."""

from __future__ import annotations

import itertools
import random

import numpy as np

from pool.allocation.engine.integer import IntegerProgram
from pool.allocation.engine.whole import best_amounts


def random_programme(rnd: random.Random) -> IntegerProgram:
    """A few columns with short ranges and rows whose entries do not divide one another."""
    columns, rows = rnd.randint(1, 5), rnd.randint(1, 4)
    matrix = [[rnd.choice([0, 1, 1, 2, 3, 6, -1]) for _ in range(columns)] for _ in range(rows)]
    entries = [(j, i, matrix[i][j]) for j in range(columns) for i in range(rows) if matrix[i][j]]
    counts = np.bincount([j for j, _, _ in entries], minlength=columns)
    low = np.array([rnd.randint(0, 2) for _ in range(columns)])
    return IntegerProgram(
        cost=np.array([rnd.choice([0, 3, 5, 5, 7, 11, -2]) for _ in range(columns)]),
        weight=np.ones(columns, dtype=np.int64),
        start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        index=np.array([i for _, i, _ in entries], dtype=np.int64),
        entry=np.array([entry for _, _, entry in entries], dtype=np.int64),
        limit=np.array([rnd.randint(-2, 20) for _ in range(rows)]),
        low=low,
        high=low + np.array([rnd.randint(0, 5) for _ in range(columns)]),
        decide=np.zeros(columns, dtype=bool),
    )


def test_agrees_with_trying_everything() -> None:
    decided = 0
    for seed in range(300):
        rnd = random.Random(seed)
        program = random_programme(rnd)
        ranges = [range(a, b + 1) for a, b in zip(program.low, program.high, strict=True)]
        values = [
            program.value(np.array(point))
            for point in itertools.product(*ranges)
            if program.feasible(np.array(point))
        ]
        floor = rnd.choice([None, max(values, default=0) - 3, max(values, default=0) + 1])
        wanted = [value for value in values if floor is None or value >= floor]
        found = best_amounts(program, program.low, program.high, floor)
        if found.point is not None:
            assert found.decided, seed
            assert program.feasible(found.point), seed
            assert program.value(found.point) == max(values), seed
        elif found.decided:
            assert not wanted, seed
        decided += found.decided
    assert decided > 250
