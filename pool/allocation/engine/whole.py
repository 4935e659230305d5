"""The best whole amounts of one settled set of awards, exactly.

With the awards settled, value is linear in the amounts that are still open, and few rows bind: the
relaxation leaves a fraction in no more amounts than there are tight rows. Take its basis. Every whole
point is the corner of that basis less some steps of the amounts at their ends and of room left over in
the tight rows, each at a known price that is never negative; the amounts in the basis follow. So the
combinations are tried in order of their price until the amounts that follow are whole and allowed
(the group relaxation of Gomory, "On the relation between integer and noninteger solutions to linear
programs", PNAS 53, 1965). All of it in whole numbers, multiplied out by the basis' determinant.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import highspy
import numpy as np

from pool.allocation.engine.integer import IntegerProgram, Ints, reduce_box
from pool.allocation.engine.linear import LinearRelaxation

TRIES = 4_000
"""Combinations tried before the question is handed back."""
MOST_ROWS = 12
"""Tight rows up to which a basis is inverted in whole numbers."""


@dataclass(frozen=True)
class Whole:
    """`decided`: whether `point` (None: none reaches the floor) is proven to be the best of its box."""

    decided: bool
    point: Ints | None = None


OPEN = Whole(False)


def best_amounts(program: IntegerProgram, low: Ints, high: Ints, floor: int | None) -> Whole:
    """The best point of a box in which only amounts are open, if worth at least `floor`."""
    narrowed = narrow(program, low, high)
    if narrowed is None:
        return Whole(True)
    core = reduce_box(program, *narrowed)
    small = core.program
    if small.columns == 0:
        point = core.expand(np.zeros(0, dtype=np.int64))
        reached = program.feasible(point) and (floor is None or program.value(point) >= floor)
        return Whole(True, point if reached else None)
    corner = _Corner.of(small)
    if corner is None:
        return OPEN
    decided, found = corner.descend(None if floor is None else floor - core.offset)
    return Whole(decided, None if found is None else core.expand(found))


def narrow(program: IntegerProgram, low: Ints, high: Ints) -> tuple[Ints, Ints] | None:
    """The box without the ends that one row alone excludes; None when nothing is left."""
    column, row, entry = program.column_of_entry(), program.index, program.entry
    least = np.zeros(program.rows, dtype=np.int64)
    np.add.at(least, row, np.where(entry > 0, entry * low[column], entry * high[column]))
    room = program.limit - least
    if (room < 0).any():
        return None
    moves = room[row] // np.abs(entry)
    up, down = entry > 0, entry < 0
    tighter_low, tighter_high = low.copy(), high.copy()
    np.minimum.at(tighter_high, column[up], low[column[up]] + moves[up])
    np.maximum.at(tighter_low, column[down], high[column[down]] - moves[down])
    return None if (tighter_low > tighter_high).any() else (tighter_low, tighter_high)


@dataclass
class _Corner:
    """A basis of the relaxation in whole numbers; prices and basic amounts are `times` too large."""

    program: IntegerProgram
    matrix: Ints
    times: int
    basic: list[int]
    start: list[int]
    """Basic amounts at the corner."""
    value: int
    """Value of the corner."""
    ends: Ints
    """Every other amount at its end."""
    steps: list[tuple[int, int, int, int, list[int]]]
    """Price, most, column (−1: room in a row), direction, change of the basic amounts; by price."""

    @classmethod
    def of(cls, program: IntegerProgram) -> _Corner | None:
        relaxation = LinearRelaxation(program)
        if relaxation.solve().status != "optimal":
            return None
        basis = relaxation.solver.getBasis()
        inside, lower = highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kLower
        basic = [j for j, status in enumerate(basis.col_status) if status == inside]
        tight = [i for i, status in enumerate(basis.row_status) if status != inside]
        if len(basic) != len(tight) or len(basic) > MOST_ROWS:
            return None
        matrix = np.zeros((program.rows, program.columns), dtype=object)
        for j, i, entry in zip(
            program.column_of_entry().tolist(), program.index.tolist(), program.entry.tolist(), strict=True
        ):
            matrix[i, j] += entry
        inverse = _inverse([[int(matrix[i, j]) for j in basic] for i in tight])
        if inverse is None:
            return None
        times, inverted = inverse
        cost = [int(c) for c in program.cost.tolist()]
        low, high = program.low.tolist(), program.high.tolist()
        size = range(len(basic))
        prices = [sum(cost[basic[k]] * inverted[k][r] for k in size) for r in size]
        if any(price < 0 for price in prices):
            return None
        ends = np.array(low, dtype=object)
        steps: list[tuple[int, int, int, int, list[int]]] = []
        room = [int(program.limit[i]) for i in tight]
        value = 0
        others = set(range(program.columns)) - set(basic)
        for j in sorted(others):
            column = [int(matrix[i, j]) for i in tight]
            gain = times * cost[j] - sum(p * a for p, a in zip(prices, column, strict=True))
            up = gain < 0 or (gain == 0 and basis.col_status[j] == lower)
            ends[j] = low[j] if up else high[j]
            sign = 1 if up else -1
            room = [left - a * int(ends[j]) for left, a in zip(room, column, strict=True)]
            value += times * cost[j] * int(ends[j])
            change = [-sign * sum(inverted[k][r] * column[r] for r in size) for k in size]
            steps.append((abs(gain), high[j] - low[j], j, sign, change))
        for r in size:
            steps.append((prices[r], 2**62, -1, 0, [-inverted[k][r] for k in size]))
        start = [sum(inverted[k][r] * room[r] for r in size) for k in size]
        value += sum(cost[basic[k]] * start[k] for k in size)
        steps.sort(key=lambda step: (step[0], step[2]))
        return cls(program, matrix, times, basic, start, value, ends, steps)

    def descend(self, floor: int | None) -> tuple[bool, Ints | None]:
        """Whether it is decided, and the first allowed whole point in order of price."""
        most_loss = None if floor is None else self.value - floor * self.times
        if most_loss is not None and most_loss < 0:
            return True, None
        found = self._point(())
        if found is not None or not self.steps:
            return True, found
        steps = self.steps
        order = 0
        # Multisets of steps in order of price: add the last step once more, or swap it for the next.
        heap: list[tuple[int, int, tuple[int, ...], int]] = [(steps[0][0], order, (0,), 1)]
        tries = 0
        while heap:
            loss, _, chosen, repeats = heapq.heappop(heap)
            if most_loss is not None and loss > most_loss:
                return True, None
            tries += 1
            if tries > TRIES:
                return False, None
            last = chosen[-1]
            within = repeats <= steps[last][1]
            if within:
                found = self._point(chosen)
                if found is not None:
                    return True, found
                order += 1
                heapq.heappush(heap, (loss + steps[last][0], order, (*chosen, last), repeats + 1))
            if last + 1 < len(steps):
                order += 1
                following = loss - steps[last][0] + steps[last + 1][0]
                heapq.heappush(heap, (following, order, (*chosen[:-1], last + 1), 1))
        return True, None

    def _point(self, chosen: tuple[int, ...]) -> Ints | None:
        amounts, times = list(self.start), self.times
        for place in chosen:
            for k, change in enumerate(self.steps[place][4]):
                amounts[k] += change
        program = self.program
        for k, amount in enumerate(amounts):
            if amount % times:
                return None
            j = self.basic[k]
            if not program.low[j] <= amount // times <= program.high[j]:
                return None
        point = self.ends.copy()
        for place in chosen:
            _, _, column, sign, _ = self.steps[place]
            if column >= 0:
                point[column] += sign
        point[self.basic] = [amount // times for amount in amounts]
        whole = point.astype(np.int64)
        return whole if program.feasible(whole) else None


def _inverse(rows: list[list[int]]) -> tuple[int, list[list[int]]] | None:
    """Determinant (positive) and the matching multiple of the inverse; None when there is no inverse.

    Bareiss' elimination: every division comes out even.
    """
    size = len(rows)
    work = [[*row, *(int(i == k) for k in range(size))] for i, row in enumerate(rows)]
    before = 1
    for k in range(size):
        pivot = next((i for i in range(k, size) if work[i][k]), None)
        if pivot is None:
            return None
        if pivot != k:
            work[k], work[pivot] = work[pivot], [-number for number in work[k]]
        here = work[k][k]
        for i in range(size):
            if i != k:
                factor = work[i][k]
                work[i] = [(here * a - factor * b) // before for a, b in zip(work[i], work[k], strict=True)]
        before = here
    sign = 1 if before > 0 else -1
    return sign * before, [[sign * number for number in row[size:]] for row in work]
