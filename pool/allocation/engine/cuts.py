"""Rows that every allowed whole point keeps and the relaxation breaks: they bring its bound down.

Made from one row Σ f_j ≤ b at a time, in whole numbers, so that they are exactly valid. Here
f_j = a_j·v_j + g_j·e_j is what application j uses of the row: a_j when awarded (v_j), and up to
u_j = a_j + g_j·high(e_j) with its open amount.

* Cover: if Σ_{C} a_j > b then Σ_{C ∪ E} v_j ≤ |C| − 1, where E are those with a_j at least the largest in
  a minimal C (Balas, "Facets of the knapsack polytope", Math. Program. 8, 1975).
* Flow cover: if λ = Σ_{C} u_j − b > 0 then Σ_{C} f_j ≤ b − Σ_{C} max(0, u_j − λ)·(1 − v_j) (Padberg, Van Roy &
  Wolsey, "Valid linear inequalities for fixed charge problems", Operations Research 33, 1985).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pool.allocation.engine.integer import Floats, IntegerProgram, Ints

BROKEN = 1e-3
"""How far a row must be broken, relative to its largest entry, to be worth adding."""


@dataclass(frozen=True)
class _Row:
    """One row over awards: entry, entry of the open amount, its column (−1: none), and highest use."""

    columns: Ints
    entries: Ints
    amount_columns: Ints
    amount_entries: Ints
    most: Ints
    limit: int


class Separator:
    """Finds broken covers of the rows of one programme.

    `amount_of` gives per column the column of its open amount, or −1.
    """

    def __init__(self, program: IntegerProgram, amount_of: Ints) -> None:
        self.program = program
        self.rows = self._rows(amount_of)

    def _rows(self, amount_of: Ints) -> list[_Row]:
        program = self.program
        of_entry = program.column_of_entry()
        negative = np.zeros(program.rows, dtype=bool)
        negative[program.index[program.entry < 0]] = True
        order = np.argsort(program.index, kind="stable")
        ends = np.searchsorted(program.index[order], np.arange(program.rows + 1))
        paired = program.decide.copy()
        paired[amount_of[amount_of >= 0]] = True
        held = paired & (program.low != 0)
        found = []
        for row in np.flatnonzero(~negative).tolist():
            places = order[ends[row] : ends[row + 1]]
            columns, entries = of_entry[places], program.entry[places]
            # What columns use at least in any case leaves that much less for the open awards.
            if held[columns].any():
                continue
            used = int((entries * program.low[columns]).sum())
            entry_of = dict(zip(columns.tolist(), entries.tolist(), strict=True))
            mine = program.decide[columns]
            if mine.sum() < 2 or (entries[mine] == entries[mine][0]).all():
                continue
            awards, uses = columns[mine], entries[mine]
            amounts = amount_of[awards]
            gains = np.array([entry_of.get(j, 0) if j >= 0 else 0 for j in amounts.tolist()], dtype=np.int64)
            amounts = np.where(gains > 0, amounts, -1)
            most = uses + gains * np.where(amounts >= 0, program.high[np.maximum(amounts, 0)], 0)
            found.append(_Row(awards, uses, amounts, gains, most, int(program.limit[row]) - used))
        return found

    def broken(self, point: Floats) -> list[tuple[Ints, Ints, int]]:
        """New rows (columns, entries, limit) that the point breaks."""
        result = []
        for row in self.rows:
            if float(row.most.sum()) <= row.limit:
                continue
            for cut in (self._cover(row, point), self._flow_cover(row, point)):
                if cut is not None:
                    result.append(cut)
        return result

    @staticmethod
    def _gather(weights: Ints, limit: int, slack: Floats) -> Ints | None:
        """Positions whose weights together exceed the limit, chosen for the least slack; greedy."""
        order = np.argsort(slack / weights, kind="stable")
        total = np.cumsum(weights[order])
        size = int(np.searchsorted(total, limit, side="right")) + 1
        return None if size > len(order) else order[:size]

    def _cover(self, row: _Row, point: Floats) -> tuple[Ints, Ints, int] | None:
        slack = 1.0 - point[row.columns]
        chosen = self._gather(row.entries, row.limit, slack)
        if chosen is None:
            return None
        # Minimal: leave out, most slack first, whatever is not needed.
        total = int(row.entries[chosen].sum())
        kept = []
        for place in chosen[np.argsort(-slack[chosen], kind="stable")].tolist():
            if total - int(row.entries[place]) > row.limit:
                total -= int(row.entries[place])
            else:
                kept.append(place)
        largest = int(row.entries[kept].max())
        inside = np.zeros(len(row.columns), dtype=bool)
        inside[kept] = True
        inside |= row.entries >= largest
        columns = row.columns[inside]
        if float(point[columns].sum()) <= len(kept) - 1 + BROKEN:
            return None
        return columns, np.ones(len(columns), dtype=np.int64), len(kept) - 1

    def _flow_cover(self, row: _Row, point: Floats) -> tuple[Ints, Ints, int] | None:
        chosen = self._gather(row.most, row.limit, 1.0 - point[row.columns])
        if chosen is None:
            return None
        over = int(row.most[chosen].sum()) - row.limit
        rest = np.maximum(row.most[chosen] - over, 0)
        if not rest.any():
            return None
        entries = row.entries[chosen] - rest
        limit = row.limit - int(rest.sum())
        columns = row.columns[chosen]
        with_amount = row.amount_columns[chosen] >= 0
        columns = np.concatenate((columns, row.amount_columns[chosen][with_amount]))
        entries = np.concatenate((entries, row.amount_entries[chosen][with_amount]))
        used = float((entries * point[columns]).sum())
        if used <= limit + BROKEN * float(np.abs(entries).max()):
            return None
        keep = entries != 0
        return columns[keep], entries[keep], limit


def with_rows(program: IntegerProgram, rows: list[tuple[Ints, Ints, int]]) -> IntegerProgram:
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
