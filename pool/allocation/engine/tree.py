"""The boxes of a search: relaxed, bounded in whole numbers, rounded to outcomes, and split.

A `Tree` belongs to one `search.Search` and works on the core that the root left open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pool.allocation.engine.cuts import Row, with_rows
from pool.allocation.engine.integer import (
    Bounder,
    Core,
    Evaluation,
    Floats,
    Ints,
    reduce_box,
)
from pool.allocation.engine.linear import LinearRelaxation, Relaxed

if TYPE_CHECKING:
    from pool.allocation.engine.search import Search

FRACTION = 1e-6
"""How far from whole a float may be and still count as a whole hint."""

MOST_EXCLUDED = 50
"""Sets of awards left out by a row of their own: every row makes the relaxation a little slower."""


@dataclass
class Node:
    low: Ints
    high: Ints
    bound: int
    depth: int = 0
    branched: tuple[int, int, float, float] | None = None
    """Column last split, side taken (0 down, 1 up), how far it had to move, relaxed value before."""


class Tree:
    """The core that is left after the root, with its relaxation."""

    def __init__(self, search: Search, core: Core) -> None:
        self.search = search
        self.core = core
        self.program = core.program
        self.bounder = Bounder(core.program)
        self.relaxation = LinearRelaxation(core.program)
        self.root: Node | None = None
        self.prices: Evaluation | None = None
        """The bound at the root."""
        self.added: list[Row] = []
        """Rows taken on."""
        self.excluded = 0
        self.decide = core.program.decide
        self.split_costs = np.zeros((2, core.program.columns))
        self.split_counts = np.zeros((2, core.program.columns))
        costs = [abs(int(c)) for c in core.program.cost.tolist()]
        self.grain = math.gcd(*costs) or 1
        self.spend_row = self._find_spend_row() if search.lots is not None else None
        self.base_spend = search.program.spend(core.expand(np.zeros(core.program.columns, dtype=np.int64)))

    def add_rows(self, rows: list[Row]) -> None:
        """Take on rows that every allowed point keeps."""
        self.added += rows
        self.program = with_rows(self.program, rows)
        self.core = replace(self.core, program=self.program)
        self.bounder = Bounder(self.program)
        self.relaxation.add_rows(self.program, rows)

    def loosest(self) -> int:
        low, high = self.program.low, self.program.high
        return Evaluation(self.program.cost, self.core.offset, 0, self.program.limit).bound(low, high)

    def relax(self, node: Node) -> tuple[Relaxed, Evaluation | None]:
        relaxed = self.relaxation.solve(node.low, node.high)
        if relaxed.status != "optimal":
            return relaxed, None
        return relaxed, self.bounder.evaluate(relaxed.multipliers)

    def infeasible(self, node: Node, relaxed: Relaxed) -> bool:
        """Whether the ray proves in whole numbers that no point of the box is allowed."""
        if relaxed.status != "infeasible":
            return False
        return self.bounder.evaluate(relaxed.multipliers, costs=False).bound(node.low, node.high) < 0

    def within(self, node: Node, evaluation: Evaluation, ties: bool = True) -> bool:
        """Lower the node's bound, drop what cannot reach the target; False closes the node."""
        exact = evaluation.bound(node.low, node.high)
        whole = (exact >> evaluation.shift) // self.grain * self.grain + self.core.offset
        node.bound = min(node.bound, whole)
        target = self.search.target()
        if target is None:
            return True
        slack = exact - ((target - self.core.offset) << evaluation.shift)
        if slack < 0 or node.bound < target:
            return False
        node.low, node.high = evaluation.tighten(node.low, node.high, slack)
        if (node.low > node.high).any():
            return False
        best = self.search.best
        if ties and self.search.lots is not None and best.point is not None and node.bound == best.value:
            spend = self.base_spend + self.least_spend(node, evaluation, slack)
            low, high = self.core.base.copy(), self.core.base.copy()
            low[self.core.columns], high[self.core.columns] = node.low, node.high
            return self.search.can_win(low, high, spend)
        return True

    def inside_root(self, node: Node, target: int) -> Node | None:
        """The part of a box that the root's bound leaves open for the target."""
        assert self.prices is not None
        assert self.root is not None
        prices, root = self.prices, self.root
        slack = prices.bound(root.low, root.high) - ((target - self.core.offset) << prices.shift)
        if slack < 0 or node.bound < target:
            return None
        low, high = prices.tighten(root.low, root.high, slack)
        node.low, node.high = np.maximum(low, node.low), np.minimum(high, node.high)
        return None if (node.low > node.high).any() else node

    def narrowed(self, low: Ints, high: Ints) -> tuple[Tree, Ints]:
        """The tree over what a box (of the core) leaves open, what was learnt included; and its columns."""
        core = self.core
        inner = reduce_box(self.program, low, high)
        base = core.base.copy()
        base[core.columns] = inner.base
        smaller = Tree(
            self.search,
            replace(inner, columns=core.columns[inner.columns], offset=core.offset + inner.offset, base=base),
        )
        smaller.split_costs = self.split_costs[:, inner.columns]
        smaller.split_counts = self.split_counts[:, inner.columns]
        smaller.excluded = self.excluded
        return smaller, inner.columns

    def least_spend(self, node: Node, evaluation: Evaluation, slack: int) -> int:
        """Lower bound on the spend of points in the box that reach the target.

        From the box itself, and from the row that counts the spend if it has a price: every unit left
        over costs that price, and all losses together stay within the slack.
        """
        least = int((self.program.weight * node.low).sum())
        if self.spend_row is not None:
            price = int(evaluation.whole[self.spend_row])
            if price > 0:
                least = max(least, int(self.program.limit[self.spend_row]) - slack // price)
        return least

    def _find_spend_row(self) -> int | None:
        """The row whose coefficients are the weights (the ceiling), if it can still bind."""
        program = self.program
        wanted = np.flatnonzero(program.weight)
        of_entry = program.column_of_entry()
        counts = np.bincount(program.index, minlength=program.rows)
        for row in np.flatnonzero(counts == len(wanted)).tolist()[:8]:
            mine = program.index == row
            if (of_entry[mine] == wanted).all() and (program.entry[mine] == program.weight[wanted]).all():
                return int(row)
        return None

    def dive(self, node: Node, relaxed: Relaxed) -> None:
        """Round one column after the other, re-solving in between, to find a first good point."""
        low, high = node.low.copy(), node.high.copy()
        few = len(low) < 1000
        for _ in range(200):
            columns = self._fractional(relaxed.point, low, high)
            if self.search.limits.late():
                return
            if few or not len(columns):
                self.round(relaxed.point)
            if not len(columns):
                return
            # Large programmes settle a fifth of the fractions at once, the nearest to whole first.
            chosen = columns[:1] if few else columns[: max(1, len(columns) // 5)]
            relaxed_after = self._settled(relaxed, low, high, chosen)
            if relaxed_after is None and len(chosen) > 1:
                chosen = chosen[:1]
                relaxed_after = self._settled(relaxed, low, high, chosen)
            if relaxed_after is None:
                # The other way, then, for this one column.
                other = 1.0 - np.rint(relaxed.point[chosen] - np.floor(relaxed.point[chosen]))
                low[chosen] = high[chosen] = np.floor(relaxed.point[chosen]).astype(np.int64) + other.astype(
                    np.int64
                )
                relaxed_after = self.relaxation.solve(low, high)
                if relaxed_after.status != "optimal":
                    return
            relaxed = relaxed_after

    def _settled(self, relaxed: Relaxed, low: Ints, high: Ints, chosen: Ints) -> Relaxed | None:
        """Settle columns at the nearest whole number and solve again; None, and as before, if impossible."""
        keep = low[chosen].copy(), high[chosen].copy()
        low[chosen] = high[chosen] = np.rint(relaxed.point[chosen]).astype(np.int64)
        after = self.relaxation.solve(low, high)
        if after.status == "optimal":
            return after
        low[chosen], high[chosen] = keep
        return None

    def _fractional(self, point: Floats, low: Ints, high: Ints) -> Ints:
        """Open awards that are not whole, the nearest to whole first."""
        free = np.flatnonzero(self.decide & (low < high))
        away = np.abs(point[free] - np.rint(point[free]))
        order = np.argsort(away, kind="stable")
        chosen: Ints = free[order[away[order] > FRACTION]]
        return chosen

    def round(self, point: Ints) -> bool:
        """Try the nearest whole point, amounts rounded down and then raised as far as they can."""
        program, search = self.program, self.search
        whole = np.where(self.decide, np.rint(point), np.floor(point + FRACTION)).astype(np.int64)
        whole = np.clip(whole, program.low, program.high)
        full = self.core.expand(whole)
        search.complete(full)
        self._raise_amounts(full)
        return search.consider(full)

    def _raise_amounts(self, full: Ints) -> None:
        """Give leftover room to the columns that are not awards and not steps, dearest first."""
        program = self.search.program
        amounts = self.core.columns[(~self.decide) & (self.program.weight > 0) & (self.program.cost > 0)]
        if not len(amounts):
            return
        room = program.limit - program.activity(full)
        if (room < 0).any():
            return
        for j in amounts[np.argsort(-program.cost[amounts], kind="stable")].tolist():
            span = slice(program.start[j], program.start[j + 1])
            rows, entries = program.index[span], program.entry[span]
            more = int(min((room[rows] // entries).min(), program.high[j] - full[j]))
            if more > 0:
                full[j] += more
                room[rows] -= entries * more

    def _choose(self, point: Floats, low: Ints, high: Ints) -> int | None:
        """The fractional award whose split promises to lower both bounds most; None: all are whole.

        Judged by what earlier splits of the same column cost per unit (pseudo-costs: Benichou et al.,
        "Experiments in mixed-integer linear programming", Math. Program. 1, 1971).
        """
        columns = self._fractional(point, low, high)
        if not len(columns):
            return None
        counts = self.split_counts[:, columns]
        tried = self.split_counts.sum()
        average = float(self.split_costs.sum() / tried) if tried else 1.0
        unit = np.where(counts > 0, self.split_costs[:, columns] / np.maximum(counts, 1), average)
        part = point[columns] - np.floor(point[columns])
        tiny = 1e-6 * average + 1e-9
        score = np.maximum(unit[0] * part, tiny) * np.maximum(unit[1] * (1.0 - part), tiny)
        return int(columns[int(np.argmax(score))])

    def _learn(self, node: Node, exact: int, shift: int) -> float:
        """Note what the last split cost; returns the relaxed value of the node."""
        value = float(exact >> shift)
        if node.branched is not None:
            column, side, moved, before = node.branched
            self.split_costs[side, column] += max(0.0, before - value) / max(moved, 1e-6)
            self.split_counts[side, column] += 1
        return value

    def split(self, node: Node, dive: bool = False) -> list[Node]:
        """Close the node or return the nodes it falls into, the more promising last."""
        relaxed, evaluation = self.relax(node)
        if evaluation is None:
            if self.infeasible(node, relaxed):
                return []
            return self._halve_blindly(node)
        relaxed_value = self._learn(node, evaluation.bound(node.low, node.high), evaluation.shift)
        if not self.within(node, evaluation):
            return []
        value_before = self.search.best.value if self.search.best.point is not None else None
        column = self._choose(relaxed.point, node.low, node.high)
        if dive and column is not None:
            self.dive(node, relaxed)
        elif value_before is None or self.search.nodes % 4 == 2:
            self.round(relaxed.point)
        best = self.search.best
        if best.point is not None and best.value != value_before and not self.within(node, evaluation):
            return []
        if column is not None and node.low[column] < node.high[column]:
            children = self._children(node, column, relaxed.point[column])
            part = float(relaxed.point[column] - math.floor(relaxed.point[column]))
            for child in children:
                up = int(child.low[column] > node.low[column])
                child.branched = (column, up, 1.0 - part if up else part, relaxed_value)
            return children
        settled = self._settle_awards(relaxed)
        if settled and not (self.decide & (node.low < node.high)).any():
            return []
        if best.value != self.search.best.value and not self.within(node, evaluation):
            return []
        if settled and self.excluded < MOST_EXCLUDED:
            self._exclude_awards(relaxed)
            return [node]
        free = np.flatnonzero(self.decide & (node.low < node.high))
        if len(free):
            sizes = np.abs(evaluation.reduced[free])
            column = int(free[int(np.argmin(sizes))])
            return self._children(node, column, relaxed.point[column])
        return self._leaf(node, relaxed)

    def _settle_awards(self, relaxed: Relaxed) -> bool:
        """The best amounts for the awards that the relaxation has made whole; False when left open."""
        whole = np.zeros(self.program.columns, dtype=np.int64)
        whole[self.decide] = np.rint(relaxed.point[self.decide])
        return self.search.weigh_awards(self.core.expand(whole))

    def _exclude_awards(self, relaxed: Relaxed) -> None:
        """Nothing is left to know about the awards that the relaxation has made whole: leave them out.

        At least one award must then differ, and if the relaxation knows no other way to come near, that
        closes the box at once.
        """
        columns = np.flatnonzero(self.decide)
        inside = np.rint(relaxed.point[columns]) > 0
        self.excluded += 1
        self.add_rows([(columns, np.where(inside, 1, -1), int(inside.sum()) - 1)])

    def _children(self, node: Node, column: int, hint: float) -> list[Node]:
        cut = min(max(math.floor(hint + FRACTION), int(node.low[column])), int(node.high[column]) - 1)
        down = Node(node.low.copy(), node.high.copy(), node.bound, node.depth + 1)
        up = Node(node.low.copy(), node.high.copy(), node.bound, node.depth + 1)
        down.high[column] = cut
        up.low[column] = cut + 1
        return [down, up] if hint >= cut + 0.5 else [up, down]

    def _halve_blindly(self, node: Node) -> list[Node]:
        """The solver gave no proof: split without a hint; a box of one point is checked exactly."""
        free = np.flatnonzero(node.low < node.high)
        if not len(free):
            self.search.consider(self.core.expand(node.low))
            return []
        first = free[np.argmax(self.decide[free])] if self.decide[free].any() else free[0]
        return self._children(node, int(first), float(node.low[first] + node.high[first]) / 2)

    def _leaf(self, node: Node, relaxed: Relaxed) -> list[Node]:
        """All awards are settled; only amounts (and steps, which follow) are open."""
        amounts = (~self.decide) & (self.program.weight > 0) & (node.low < node.high)
        open_columns = np.flatnonzero(amounts)
        idle = (self.program.cost[open_columns] == 0).any()
        if self.search.lots is not None and (len(open_columns) > 1 or idle):
            low, high = self.core.base.copy(), self.core.base.copy()
            low[self.core.columns], high[self.core.columns] = node.low, node.high
            self.search.weigh_amounts(low, high)
            return []
        if not len(open_columns):
            self.round(np.where(self.decide | (self.program.weight > 0), node.low, relaxed.point))
            return []
        away = np.abs(relaxed.point[open_columns] - np.rint(relaxed.point[open_columns]))
        column = int(open_columns[int(np.argmax(away))])
        hint = relaxed.point[column]
        if away.max() <= FRACTION:
            # Whole, and still no proof: the value found here stays below the rounded bound.
            best = self.search.best
            if best.point is not None and not (
                self.search.worth(node.bound) and (self.search.lots is None or node.bound > best.value)
            ):
                return []
            hint = float(np.rint(hint))
        return self._children(node, column, hint)
