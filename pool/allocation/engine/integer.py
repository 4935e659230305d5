"""Bounded integer programmes in exact arithmetic, and upper bounds on them that are safe.

A programme is: maximise c·v subject to A·v ≤ b, lo ≤ v ≤ hi, v whole. For any multipliers Y ≥ 0

    c·v ≤ Y·b + Σ_j max over lo_j ≤ v_j ≤ hi_j of (c − Aᵀ·Y)_j · v_j        (weak duality)

holds for every allowed v, whatever the origin of Y. The multipliers come from a float solver; they
are rounded to whole multiples of 2⁻ˢʰⁱᶠᵗ and everything after that is whole numbers, so no rounding
can make the bound too low (Neumaier & Shcherbina, "Safe bounds in linear and mixed-integer linear
programming", Math. Program. 99, 2004, do the same with directed rounding).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
"""Array of whole numbers: int64, or Python ints (object) where int64 could overflow."""
Floats = NDArray[np.float64]

MOST_SHIFT, LEAST_SHIFT, WIDE_SHIFT = 60, 12, 40
"""Binary digits behind the point of a multiplier: at most, at least in int64, and in Python ints."""
SAFE = float(2**61)


@dataclass(frozen=True)
class IntegerProgram:
    """Data of one programme; columns of A are stored one after the other (CSC).

    `cost` (c) and `weight` (a second, spend-like measure) have one entry per column; `start`, `index`,
    `entry` hold A; `limit` (b) has one entry per row; `low` and `high` bound the columns. `decide`
    marks the columns to branch on first (the awards).
    """

    cost: Ints
    weight: Ints
    start: Ints
    index: Ints
    entry: Ints
    limit: Ints
    low: Ints
    high: Ints
    decide: NDArray[np.bool_]

    @property
    def columns(self) -> int:
        return len(self.cost)

    @property
    def rows(self) -> int:
        return len(self.limit)

    @cached_property
    def _column_of_entry(self) -> Ints:
        return np.repeat(np.arange(self.columns), np.diff(self.start))

    def column_of_entry(self) -> Ints:
        """The column that each stored entry belongs to."""
        return self._column_of_entry

    def activity(self, point: Ints) -> Ints:
        """A·v for a whole v, exact."""
        result = np.zeros(self.rows, dtype=np.int64)
        np.add.at(result, self.index, self.entry * point[self.column_of_entry()])
        return result

    def feasible(self, point: Ints) -> bool:
        inside = bool((point >= self.low).all() and (point <= self.high).all())
        return inside and bool((self.activity(point) <= self.limit).all())

    def impossible(self, low: Ints, high: Ints) -> bool:
        """Whether a row is broken by every point of a box, such as one that asks something of nobody."""
        column = self.column_of_entry()
        least = np.zeros(self.rows, dtype=np.int64)
        np.add.at(least, self.index, np.minimum(self.entry * low[column], self.entry * high[column]))
        return bool((least > self.limit).any())

    def value(self, point: Ints) -> int:
        return exact_dot(self.cost, point)

    def spend(self, point: Ints) -> int:
        return exact_dot(self.weight, point)


def exact_sum(numbers: Ints) -> int:
    """Sum as a Python int; int64 entries are summed in two halves so that nothing overflows."""
    if numbers.dtype == object:
        return int(sum(numbers.tolist()))
    return (int((numbers >> 31).sum()) << 31) + int((numbers & 0x7FFFFFFF).sum())


def exact_dot(one: Ints, other: Ints) -> int:
    """Inner product as a Python int, without overflow; `other` is the shorter in digits if either is."""
    if one.dtype != object and other.dtype != object:
        top = _top(other)
        if _top(one) * top < SAFE:
            return exact_sum(one * other)
        if top < 2.0**30:
            return (exact_sum((one >> 31) * other) << 31) + exact_sum((one & 0x7FFFFFFF) * other)
    return int(sum(int(a) * int(b) for a, b in zip(one.tolist(), other.tolist(), strict=True)))


def _top(numbers: Ints) -> float:
    return max(float(numbers.max()), -float(numbers.min())) if len(numbers) else 0.0


class Bounder:
    """Exact upper bounds and reduced costs of one programme under given multipliers."""

    def __init__(self, program: IntegerProgram) -> None:
        self.program = program
        self._columns = program.column_of_entry()
        self._size = np.abs(program.entry).astype(float)
        self._cost_size = np.abs(program.cost).astype(float)
        self._limit_size = np.maximum(np.abs(program.limit).astype(float), 1.0)
        width = np.maximum(np.abs(program.high), np.abs(program.low))
        self._span = np.maximum(width.astype(float), 1.0)

    def evaluate(self, multipliers: Floats, costs: bool = True) -> Evaluation:
        """Bound under multipliers (value per unit of row, floats; negative ones count as nought).

        With `costs` false the objective is taken as nought: a negative bound then proves that no
        allowed point exists (a Farkas certificate).
        """
        program = self.program
        positive = np.where(multipliers > 0.0, multipliers, 0.0)  # nan becomes nought as well
        # Every product, reduced cost and reduced cost times its column must fit 62 bits.
        pull_size = np.bincount(
            self._columns, weights=self._size * positive[program.index], minlength=program.columns
        )
        reach = float(((self._cost_size + pull_size) * self._span).max(initial=1.0)) * 2.0
        reach = max(reach, float((positive * self._limit_size).max(initial=0.0)) * 2.0)
        shift = min(MOST_SHIFT, math.floor(math.log2(SAFE / reach)))
        wide = shift < LEAST_SHIFT or program.cost.dtype == object
        if wide:
            shift = WIDE_SHIFT
            whole: Ints = np.array([int(number) for number in np.rint(positive * 2.0**shift)], dtype=object)
            entry, cost = program.entry.astype(object), program.cost.astype(object)
        else:
            whole = np.rint(positive * 2.0**shift).astype(np.int64)
            entry, cost = program.entry, program.cost
        running = np.zeros(len(entry) + 1, dtype=entry.dtype)
        # Differences of running sums: exact even where the running sum itself wraps round.
        np.cumsum(entry * whole[program.index], out=running[1:])
        pull = running[program.start[1:]] - running[program.start[:-1]]
        reduced = (cost << shift) - pull if costs else -pull
        constant = exact_dot(whole, program.limit)
        return Evaluation(reduced, constant, shift, whole)


@dataclass(frozen=True)
class Evaluation:
    """Reduced costs and constant in units of 2⁻ˢʰⁱᶠᵗ of the objective's unit."""

    reduced: Ints
    constant: int
    shift: int
    whole: Ints
    """The multipliers, in the same units."""

    def bound(self, low: Ints, high: Ints) -> int:
        """Upper bound on the objective inside the box, in units of 2⁻ˢʰⁱᶠᵗ."""
        return self.constant + exact_sum(np.where(self.reduced > 0, self.reduced * high, self.reduced * low))

    def tighten(self, low: Ints, high: Ints, slack: int) -> tuple[Ints, Ints]:
        """The box without the points that lose more than `slack` (≥ 0) against the bound."""
        reduced = self.reduced
        size = np.abs(reduced)
        size = np.where(size == 0, 1, size)
        if reduced.dtype != object:
            slack = min(slack, 2**62)
        room = np.minimum(slack // size, high - low)
        if room.dtype == object:
            room = room.astype(np.int64)
        tighter_low = np.where(reduced > 0, high - room, low)
        tighter_high = np.where(reduced < 0, low + room, high)
        return tighter_low, tighter_high


@dataclass(frozen=True)
class Core:
    """A programme without its settled columns and slack rows, and the way back."""

    program: IntegerProgram
    columns: Ints
    offset: int
    base: Ints

    def expand_floats(self, point: Floats) -> Floats:
        """A point of the core's relaxation as one of the whole programme's."""
        result = self.base.astype(float)
        result[self.columns] = point
        return result

    def narrow(self, row: tuple[Ints, Ints, int]) -> tuple[Ints, Ints, int] | None:
        """A row over all columns as a row over the core's; None when no column is left in it."""
        columns, entries, limit = row
        place = np.searchsorted(self.columns, columns)
        inside = self.columns[np.minimum(place, len(self.columns) - 1)] == columns
        if not inside.any():
            return None
        outside = ~inside
        limit -= int((entries[outside] * self.base[columns[outside]]).sum())
        return place[inside], entries[inside], limit

    def expand(self, point: Ints) -> Ints:
        result = self.base.copy()
        result[self.columns] = point
        return result


def reduce_box(program: IntegerProgram, low: Ints, high: Ints) -> Core:
    """Leave out columns with low = high and rows that cannot bind any more."""
    keep = np.flatnonzero(low < high)
    base = low.copy()
    fixed = base.copy()
    fixed[keep] = 0
    limit = program.limit - program.activity(fixed)
    of_entry = program.column_of_entry()
    reach = np.zeros(program.rows, dtype=np.int64)
    extreme = np.where(program.entry > 0, program.entry * high[of_entry], program.entry * low[of_entry])
    free = (low < high)[of_entry]
    np.add.at(reach, program.index[free], extreme[free])
    alive = reach > limit
    # A row without free columns that is broken must stay, so that the breach is seen.
    alive |= limit < 0
    renumber = np.cumsum(alive) - 1
    chosen = free & alive[program.index]
    position = np.full(program.columns, -1)
    position[keep] = np.arange(len(keep))
    counts = np.bincount(position[of_entry[chosen]], minlength=len(keep)) if len(keep) else np.zeros(0, int)
    index, entry, limit = renumber[program.index[chosen]], program.entry[chosen], limit[alive]
    if len(entry):
        # A·v is a multiple of the row's common divisor, so the limit may go down to one as well.
        divisor = np.zeros(len(limit), dtype=np.int64)
        np.gcd.at(divisor, index, entry)
        divisor[divisor == 0] = 1
        entry, limit = entry // divisor[index], limit // divisor
    core = IntegerProgram(
        cost=program.cost[keep],
        weight=program.weight[keep],
        start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        index=index,
        entry=entry,
        limit=limit,
        low=low[keep],
        high=high[keep],
        decide=program.decide[keep],
    )
    return Core(core, keep, exact_dot(program.cost, fixed), base)


def with_row(program: IntegerProgram, coefficients: Ints, limit: int) -> IntegerProgram:
    """The programme with one more row: coefficients·v ≤ limit."""
    columns = np.concatenate((program.column_of_entry(), np.flatnonzero(coefficients)))
    index = np.concatenate((program.index, np.full(np.count_nonzero(coefficients), program.rows)))
    entry = np.concatenate((program.entry, coefficients[np.flatnonzero(coefficients)]))
    order = np.argsort(columns, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=program.columns))))
    return replace(
        program,
        start=start.astype(np.int64),
        index=index[order],
        entry=entry[order],
        limit=np.concatenate((program.limit, np.array([limit], dtype=program.limit.dtype))),
    )
