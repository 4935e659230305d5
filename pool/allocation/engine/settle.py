"""Amounts of the winning set: of all that give the same value for the same money, the highest in lot order.

Asks small programmes in which the awards are settled and only amounts are open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pool.allocation.engine.integer import IntegerProgram, Ints, with_row
from pool.allocation.engine.search import Complete, Limits, Search

NODES = 3000
"""Boxes searched per small programme before the question is called too large."""


@dataclass(frozen=True)
class Settled:
    """`point` with its amounts settled; `other` an equal one with other amounts, if there is one."""

    point: Ints
    other: Ints | None
    exact: bool


def settle_amounts(
    program: IntegerProgram, complete: Complete, point: Ints, lots: list[int], amount_of: Ints
) -> Settled:
    """Raise amounts in lot order as far as value and spend of the point allow.

    `amount_of` gives per application the column of its open amount, or −1.
    """
    low, high = point.copy(), point.copy()
    mine = np.array([amount_of[i] for i in lots if amount_of[i] >= 0 and point[i]], dtype=np.int64)
    steps = program.weight == 0
    low[mine], high[mine] = program.low[mine], program.high[mine]
    low[steps], high[steps] = program.low[steps], program.high[steps]
    if len(mine) < 2:
        return Settled(point, None, True)
    value, spend = program.value(point), program.spend(point)
    # Drop the amounts that the exact bound already pins down.
    probe = Search(program, complete, lots=lots, floor=value)
    probe.best.point, probe.best.value, probe.best.spend = point, value, spend
    pinned = probe.box(low, high)
    if pinned is None:
        return Settled(point, None, True)
    low, high = pinned
    open_columns = [int(j) for j in mine if low[j] < high[j]]
    if len(open_columns) < 2:
        return Settled(point, None, True)
    same = with_row(with_row(program, -program.cost, -value), program.weight, spend)
    best, other, exact = point.copy(), None, True
    for column in open_columns:
        for sign in (-1, 1) if other is None else (1,):
            unit = np.zeros(program.columns, dtype=np.int64)
            unit[column] = sign
            search = Search(replace(same, cost=unit), complete, limits=Limits(NODES))
            search.best.point, search.best.value = best, sign * int(best[column])
            found = search.run(low, high)
            exact = exact and found.complete
            reached = found.best.point
            assert reached is not None
            if reached[column] != best[column]:
                if sign > 0:
                    best, reached = reached, best
                other = reached
        low, high = low.copy(), high.copy()
        low[column] = high[column] = best[column]
    return Settled(best, other, exact)
