"""Rows by mixed-integer rounding: strong where amounts are divisible.

From one row Σ a_j·x_j + Σ g_k·s_k ≤ b with x whole and x, s ≥ 0 follows, for any whole δ > 0 and with
r = b mod δ, r_j = a_j mod δ,

    Σ ((δ − r)·⌊a_j/δ⌋ + max(0, r_j − r))·x_j + Σ min(0, g_k)·s_k ≤ (δ − r)·⌊b/δ⌋,

which is mixed-integer rounding multiplied out, so in whole numbers and exactly valid. Beforehand each award
may be counted from its upper end, and each open amount e_k from its lower or upper end or, when its award is
open too, from what that award allows: e_k = high·x_k − s_k (Marchand & Wolsey, "Aggregation and mixed integer
rounding to solve MIPs", Operations Research 49, 2001, whose choice of δ and of ends this follows).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pool.allocation.engine.integer import Floats, IntegerProgram, Ints

BROKEN = 1e-3
"""How far a point must lie outside a row to be worth adding it."""
DIVISORS, TURNED = 12, 8
"""Divisors tried per row, and awards tried from their other end."""


@dataclass
class _Best:
    distance: float
    divisor: int
    turned: NDArray[np.bool_]
    entries: Ints
    limit: int


@dataclass(frozen=True)
class _Awards:
    """What is left of a row when every amount is counted from one of its ends: whole columns ≥ 0."""

    entries: Ints
    point: Floats
    low: Ints
    high: Ints
    limit: int
    loose: float
    """What the amounts kept add at the point."""
    length: float
    """Their entries, squared and added."""

    def ends(self) -> NDArray[np.bool_]:
        """Which awards are nearer to their upper end."""
        return self.point - self.low > self.high - self.point

    def between(self) -> NDArray[np.bool_]:
        return (self.point - self.low > 1e-6) & (self.high - self.point > 1e-6)

    def best(self, turned: NDArray[np.bool_], divisors: Ints) -> _Best | None:
        """Of several divisors, each with its choice of ends (a row of `turned`), the farthest from the point."""
        entries = np.where(turned, -self.entries, self.entries)
        limit = self.limit - np.where(turned, self.entries * self.high, self.entries * self.low).sum(axis=1)
        point = np.where(turned, self.high - self.point, self.point - self.low)
        over = limit % divisors
        parts = entries // divisors[:, None]
        rests = entries - parts * divisors[:, None]
        rounded = (divisors - over)[:, None] * parts + np.maximum(0, rests - over[:, None])
        most = (divisors - over) * (limit // divisors)
        sizes = np.sqrt((rounded.astype(float) ** 2).sum(axis=1) + self.length)
        broken = (rounded * point).sum(axis=1) + self.loose - most
        distance = np.where((over > 0) & (sizes > 0), broken / np.maximum(sizes, 1.0), -np.inf)
        k = int(np.argmax(distance))
        if distance[k] == -np.inf:
            return None
        return _Best(float(distance[k]), int(divisors[k]), turned[k], rounded[k], int(most[k]))


class Rounder:
    """Rounds rows of one programme. `amount_of` gives per column that of its open amount, or −1."""

    def __init__(self, program: IntegerProgram, amount_of: Ints) -> None:
        self.program = program
        self.award_of = np.full(program.columns, -1)
        paired = np.flatnonzero(amount_of >= 0)
        self.award_of[amount_of[paired]] = paired

    def rounded(self, row: tuple[Ints, Ints, int], point: Floats) -> tuple[Ints, Ints, int] | None:
        """The row (columns, entries, limit) rounded so that the point breaks it most; None: it keeps all."""
        program = self.program
        of_row, numbers, limit = row
        whole = program.decide[of_row]
        entries = np.zeros(program.columns, dtype=np.int64)
        entries[of_row[whole]] = numbers[whole]
        amounts, gains = of_row[~whole], numbers[~whole]
        award, low, high = self.award_of[amounts], program.low[amounts], program.high[amounts]
        paired = award >= 0
        top = np.where(paired, high * point[award], high)
        from_top = top - point[amounts] < point[amounts] - low
        tied = from_top & paired
        np.add.at(entries, award[tied], gains[tied] * high[tied])
        limit -= int((gains * high)[from_top & ~paired].sum()) + int((gains * low)[~from_top].sum())
        kept = np.abs(gains) * np.where(from_top, gains > 0, gains < 0)
        away = np.where(from_top, top - point[amounts], point[amounts] - low)
        columns = np.flatnonzero(entries)
        awards = _Awards(
            entries[columns],
            point[columns],
            program.low[columns],
            program.high[columns],
            limit,
            -float((kept * away).sum()),
            float((kept.astype(float) ** 2).sum()),
        )
        best = self._search(awards)
        if best is None or best.distance < BROKEN:
            return None
        # Back to the columns as they are: x = low + x' or high − x', and e from its own end.
        result = np.zeros(program.columns, dtype=np.int64)
        result[columns] = np.where(best.turned, -best.entries, best.entries)
        limit = best.limit + int(
            np.where(best.turned, -best.entries * awards.high, best.entries * awards.low).sum()
        )
        result[amounts] = np.where(from_top, kept, -kept)
        np.add.at(result, award[tied], -(kept * high)[tied])
        limit += int((kept * high)[from_top & ~paired].sum()) - int((kept * low)[~from_top].sum())
        columns = np.flatnonzero(result)
        if not len(columns):
            return None
        divisor = int(np.gcd.reduce(result[columns]))
        return columns, result[columns] // divisor, limit // divisor

    @staticmethod
    def _search(awards: _Awards) -> _Best | None:
        """Divisors from the entries of awards in fractions, parts of the best of them, then other ends."""
        sizes = np.sort(np.abs(awards.entries[awards.between()]))
        # Each once. np.unique would do, but loads numpy.ma: as long as a whole search takes.
        divisors = sizes[(sizes > 1) & (np.diff(sizes, prepend=0) != 0)]
        if not len(divisors):
            return None
        if len(divisors) > DIVISORS:
            divisors = divisors[np.linspace(0, len(divisors) - 1, DIVISORS).astype(int)]
        ends = awards.ends()[None, :]
        best = awards.best(np.repeat(ends, len(divisors), axis=0), divisors)
        if best is None:
            return None
        parts = np.maximum(2, best.divisor // np.array([2, 4, 8]))
        other = awards.best(np.repeat(ends, len(parts), axis=0), parts)
        if other is not None and other.distance > best.distance:
            best = other
        middle = np.abs(awards.point - (awards.low + awards.high) / 2)
        near = np.argsort(middle, kind="stable")[:TURNED]
        near = near[awards.between()[near]]
        if len(near):
            turned = np.repeat(best.turned[None, :], len(near), axis=0)
            turned[np.arange(len(near)), near] ^= True
            other = awards.best(turned, np.full(len(near), best.divisor))
            if other is not None and other.distance > best.distance:
                best = other
        return best
