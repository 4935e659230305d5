"""Rows that every allowed whole point keeps and the relaxation breaks: they bring its bound down.

Made from one row of money Σ a_j·v_j + Σ g_k·e_k ≤ b at a time (no entry negative), in whole numbers, so that
they are exactly valid.

* Cover: if Σ_{C} a_j > b then Σ_{C ∪ E} v_j ≤ |C| − 1, where E are those with a_j at least the largest in
  a minimal C (Balas, "Facets of the knapsack polytope", Math. Program. 8, 1975).
* Mixed-integer rounding, in `rounding`, which also sees the amounts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pool.allocation.engine.integer import Floats, IntegerProgram, Ints
from pool.allocation.engine.rounding import Rounder

Row = tuple[Ints, Ints, int]
"""A row: columns, their entries, and the limit."""
BROKEN = 1e-3
"""How far a cover must be broken to be worth adding."""
TIGHT = 0.02
"""Rows with more room than this part of their limit are left alone."""
LARGEST = 2.0**53
"""Rows in which sums could become larger are left alone: 64 bits must hold them."""


class Separator:
    """Finds rows of one programme that a point breaks.

    `amount_of` gives per column the column of its open amount, or −1.
    """

    def __init__(self, program: IntegerProgram, amount_of: Ints) -> None:
        self.program = program
        self.rounder = Rounder(program, amount_of)
        self.rows = self._rows()

    def _rows(self) -> list[Row]:
        """The rows in which awards count differently and nothing counts less than nought."""
        program = self.program
        of_entry = program.column_of_entry()
        reach = np.abs(program.entry).astype(float)
        reach *= np.maximum(np.abs(program.low), np.abs(program.high))[of_entry] + 1.0
        sizes = np.bincount(program.index, weights=reach, minlength=program.rows) + np.abs(program.limit)
        mine = program.decide[of_entry]
        most, least = np.zeros(program.rows, dtype=np.int64), np.full(program.rows, 2**62)
        np.maximum.at(most, program.index[mine], program.entry[mine])
        np.minimum.at(least, program.index[mine], program.entry[mine])
        chosen = (least < most) & (sizes * 2 < LARGEST)
        chosen[program.index[program.entry < 0]] = False
        order = np.argsort(program.index, kind="stable")
        ends = np.searchsorted(program.index[order], np.arange(program.rows + 1))
        rows = []
        for row in np.flatnonzero(chosen).tolist():
            places = order[ends[row] : ends[row + 1]]
            rows.append((of_entry[places], program.entry[places], int(program.limit[row])))
        return rows

    def broken(self, point: Floats) -> list[Row]:
        """New rows that the point breaks."""
        found = []
        for row in self.rows:
            columns, entries, limit = row
            if limit - float((entries * point[columns]).sum()) > TIGHT * abs(limit):
                continue
            found += [cut for cut in (self._cover(row, point), self.rounder.rounded(row, point)) if cut]
        return found

    def _cover(self, row: Row, point: Floats) -> Row | None:
        columns, entries, limit = row
        # What columns use in any case leaves that much less for the awards.
        limit -= int((entries * self.program.low[columns]).sum())
        mine = self.program.decide[columns] & (self.program.low[columns] == 0)
        columns, entries = columns[mine], entries[mine]
        slack = 1.0 - point[columns]
        # Awards that together exceed the limit, chosen for the least slack; greedy.
        order = np.argsort(slack / entries, kind="stable")
        size = int(np.searchsorted(np.cumsum(entries[order]), limit, side="right")) + 1
        if size > len(order) or limit < 0:
            return None
        chosen = order[:size]
        # Minimal: leave out, most slack first, whatever is not needed.
        total = int(entries[chosen].sum())
        kept = []
        for place in chosen[np.argsort(-slack[chosen], kind="stable")].tolist():
            if total - int(entries[place]) > limit:
                total -= int(entries[place])
            else:
                kept.append(place)
        inside = entries >= entries[kept].max()
        inside[kept] = True
        columns = columns[inside]
        if float(point[columns].sum()) <= len(kept) - 1 + BROKEN:
            return None
        return columns, np.ones(len(columns), dtype=np.int64), len(kept) - 1


def with_rows(program: IntegerProgram, rows: list[Row]) -> IntegerProgram:
    """The programme with these rows (columns, entries, limit) added."""
    columns = np.concatenate([program.column_of_entry(), *(row[0] for row in rows)])
    index = np.concatenate(
        [program.index, *(np.full(len(r[0]), program.rows + k) for k, r in enumerate(rows))]
    )
    entry = np.concatenate([program.entry, *(row[1] for row in rows)])
    order = np.argsort(columns, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=program.columns))))
    return replace(
        program,
        start=start.astype(np.int64),
        index=index[order],
        entry=entry[order],
        limit=np.concatenate((program.limit, np.array([row[2] for row in rows], dtype=np.int64))),
    )
