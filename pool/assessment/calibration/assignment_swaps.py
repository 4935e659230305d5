"""Swaps that couple the committee better without touching loads or any hard rule.

Two applications exchange an assessor: i gives j to k and takes l. Loads and numbers of scores stay. The goal is
a small sum over pairs of assessors of (number of applications they share)^2, because that sum is least when
everybody meets everybody equally often, where the coupling index is at its highest (scoring.md 5; the idea of
Cook et al., Management Science 51 (2005), 655, to spread co-assessment over all pairs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .design import Ints

Flags = npt.NDArray[np.bool_]
SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Board:
    """All I x J: `chosen` now, `allowed` at all, `fixed` for good, `knows` a theme; `experts` (I) needed."""

    chosen: Flags
    allowed: Flags
    fixed: Flags
    knows: Flags
    experts: Ints
    affinity: Ints


def meetings(chosen: Flags) -> Ints:
    """(J, J): number of applications each pair of assessors shares; the diagonal holds loads."""
    counts = chosen.astype(np.int64)
    return counts.T @ counts


def repeated(chosen: Flags) -> int:
    """The sum the swaps make small: over pairs of assessors, meetings squared."""
    return int((np.triu(meetings(chosen), 1) ** 2).sum())


def raise_coupling(board: Board, spare: float) -> Flags:
    """A better coupled copy of `board.chosen`, giving up at most the share `spare` (0..1) of affinity.

    That share holds for the total and for the worst-off application. First come the swaps that cost nothing.
    """
    own = (board.affinity * board.chosen).sum(axis=1)
    lowest = int(own.min()) if own.size else 0
    free = _sweep(board, 0, lowest)
    left = int(own.sum()) - int((board.affinity * free).sum())
    floor = int(np.ceil((1.0 - spare) * lowest))
    return _sweep(replace(board, chosen=free), int(spare * float(own.sum())) - left, floor)


def _sweep(board: Board, spare: int, floor: int) -> Flags:
    """Swaps that give up at most `spare` in all and bring no application below `floor`.

    Goes through the board in fixed order and takes the best partner for each exchange, until a sweep finds none;
    every swap lowers a whole number, so it ends.
    """
    x = board.chosen.astype(np.int64)
    a, knows = board.affinity, board.knows.astype(np.int64)
    shared = x.T @ x
    own, experts = (a * x).sum(axis=1), (knows * x).sum(axis=1)
    movable = (board.chosen & ~board.fixed).copy()
    for _ in range(SWEEPS):
        swapped = False
        for i in range(x.shape[0]):
            for j in np.flatnonzero(movable[i]):
                for taken in np.flatnonzero(board.allowed[i] & (x[i] == 0)):
                    if not movable[i, j]:
                        break
                    if own[i] - a[i, j] + a[i, taken] < floor:
                        continue
                    if experts[i] - knows[i, j] + knows[i, taken] < board.experts[i]:
                        continue
                    partner = movable[:, taken] & board.allowed[:, j] & (x[:, j] == 0)
                    partner &= own - a[:, taken] + a[:, j] >= floor
                    partner &= experts - knows[:, taken] + knows[:, j] >= board.experts
                    loss = a[i, j] - a[i, taken] + a[:, taken] - a[:, j]
                    partner &= loss <= spare
                    rows = np.flatnonzero(partner)
                    if not rows.size:
                        continue
                    difference = x[i] - x[rows]
                    difference[:, [j, taken]] = 0
                    # Change of the sum of squares when column `taken` gains and column j loses `difference`.
                    change = 2 * (difference @ (shared[taken] - shared[j]) + (difference**2).sum(axis=1))
                    best = int(np.argmin(change))
                    if change[best] >= 0:
                        continue
                    k, moved = int(rows[best]), difference[best]
                    for column, sign in ((taken, 1), (j, -1)):
                        shared[column] += sign * moved
                        shared[:, column] = shared[column]
                    x[i, [j, taken]], x[k, [j, taken]] = (0, 1), (1, 0)
                    movable[i, [j, taken]], movable[k, [j, taken]] = (False, True), (True, False)
                    own[i] += a[i, taken] - a[i, j]
                    own[k] += a[k, j] - a[k, taken]
                    experts[i] += knows[i, taken] - knows[i, j]
                    experts[k] += knows[k, j] - knows[k, taken]
                    spare -= int(loss[k])
                    swapped = True
        if not swapped:
            break
    return x.astype(np.bool_)
