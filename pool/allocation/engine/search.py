"""Branch and bound with exact bounds: the proof that nothing better exists.

Every node solves the float relaxation inside its box, evaluates the multipliers in whole numbers and
drops every point of the box that provably cannot reach the best value known (reduced-cost fixing:
Nemhauser & Wolsey, "Integer and Combinatorial Optimization", II.5). What is left is split on one
column. A box is closed only by an exact bound or by an exact check, never by a float.

With `lots` the search goes on among outcomes of equal value: least spend first, then the set that is
first by lot, and notes whether such other outcomes exist (`ties`).
"""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pool.allocation.engine.cuts import Separator, with_rows
from pool.allocation.engine.integer import (
    Bounder,
    Core,
    Evaluation,
    Floats,
    IntegerProgram,
    Ints,
    reduce_box,
    with_row,
)
from pool.allocation.engine.linear import LinearRelaxation, Relaxed

FRACTION = 1e-6
"""How far from whole a float may be and still count as a whole hint."""
CUT_ROUNDS, CUT_GAIN = 12, 0.02
"""Rounds of extra rows at the root, and the part of the gap that a round must close to go on."""
Complete = Callable[[Ints], None]
"""Sets the columns that follow from the others (region steps) in a point, in place."""


@dataclass
class Limits:
    """When to stop without proof: nodes (repeatable) and, if given, a moment in `perf_counter` time."""

    nodes: int = 200_000
    deadline: float | None = None

    def late(self) -> bool:
        return self.deadline is not None and time.perf_counter() >= self.deadline

    def reached(self, nodes: int) -> bool:
        return nodes >= self.nodes or self.late()


@dataclass
class Best:
    """The best point so far, and another of equal value if one was met.

    `by` says what set the two apart: spend or lot.
    """

    point: Ints | None = None
    value: int = 0
    spend: int = 0
    rival: Ints | None = None
    by: str | None = None


@dataclass
class Found:
    """What a search ends with; `bound` is safe, None when it is proven that no point is allowed."""

    best: Best
    bound: int | None
    nodes: int
    complete: bool


@dataclass
class _Node:
    low: Ints
    high: Ints
    bound: int
    depth: int = 0
    branched: tuple[int, int, float, float] | None = None
    """Column last split, side taken (0 down, 1 up), how far it had to move, relaxed value before."""


@dataclass
class Search:
    """One search over one programme."""

    program: IntegerProgram
    complete: Complete
    lots: Sequence[int] | None = None
    """Deciding columns in order of the lots; None: any best point will do."""
    best: Best = field(default_factory=Best)
    limits: Limits = field(default_factory=Limits)
    enough: int | None = None
    """Stop at the first point of at least this value."""
    floor: int | None = None
    """Points below this value are of no interest."""
    amount_of: Ints | None = None
    """Per column the column of its open amount, or −1; with it, rows are tightened at the root."""
    on_node: Callable[[int, int, int | None], None] | None = None
    nodes: int = 0
    unsettled: bool = False
    """Whether a small question on amounts stayed open, so that ties are not proven settled."""
    left_open: int | None = None
    """Highest bound of a box that was given up."""
    pending: list[tuple[Ints, Ints, int]] = field(default_factory=list)
    """Boxes of one set of awards each, with the value reached there; what they may cost is still open."""
    open_bound: int | None = None
    """Highest bound of a box not searched when the search ended; None: everything was."""

    def __post_init__(self) -> None:
        self._order = None if self.lots is None else np.asarray(self.lots, dtype=np.int64)

    # -- the whole search -------------------------------------------------------------------------

    def run(self, low: Ints | None = None, high: Ints | None = None) -> Found:
        """Search inside a box (default: the programme's own)."""
        low = self.program.low if low is None else low
        high = self.program.high if high is None else high
        if (low > high).any():
            return Found(self.best, None, 0, True)
        top = self._root(low, high)
        if top is None or top.core.program.columns == 0:
            return self._close(None)
        return self._tree(top)

    def box(self, low: Ints, high: Ints) -> tuple[Ints, Ints] | None:
        """The part of a box that the relaxation leaves open for the target; None when it is empty."""
        core = reduce_box(self.program, low, high)
        if core.program.columns == 0:
            return low, high
        tree = _Tree(self, core)
        node = _Node(core.program.low, core.program.high, tree.loosest())
        relaxed, evaluation = tree.relax(node)
        if evaluation is None:
            return None if tree.infeasible(node, relaxed) else (low, high)
        if not tree.within(node, evaluation, ties=False):
            return None
        low, high = low.copy(), high.copy()
        low[core.columns], high[core.columns] = node.low, node.high
        return low, high

    def _close(self, open_bound: int | None) -> Found:
        if self.left_open is not None:
            open_bound = self.left_open if open_bound is None else max(open_bound, self.left_open)
        bound = open_bound
        if self.best.point is not None:
            bound = self.best.value if bound is None else max(bound, self.best.value)
        self.open_bound = open_bound
        return Found(self.best, bound, self.nodes, open_bound is None)

    def _root(self, low: Ints, high: Ints) -> _Tree | None:
        """Relax, look for a first good point, drop what cannot matter, and do so again if it pays."""
        columns = 2 * self.program.columns + 1
        bound: int | None = None
        for _ in range(4):
            core = reduce_box(self.program, low, high)
            if core.program.columns == 0:
                self.consider(core.expand(np.zeros(0, dtype=np.int64)))
                return None
            tree = _Tree(self, core)
            node = _Node(core.program.low, core.program.high, bound if bound is not None else tree.loosest())
            if core.program.columns > 0.8 * columns:
                return self._last(low, high, bound)
            columns = core.program.columns
            relaxed, evaluation = tree.relax(node)
            if evaluation is None:
                if relaxed.status != "optimal":
                    if tree.infeasible(node, relaxed):
                        return None
                    tree.root = node
                    return tree
                raise AssertionError("a relaxed node has an evaluation")
            if not tree.within(node, evaluation):
                return None
            bound = node.bound
            tree, relaxed, evaluation = self._cut(tree, node, relaxed, evaluation)
            if not tree.within(node, evaluation):
                return None
            bound = node.bound
            tree.dive(node, relaxed)
            if self._done():
                return None
            if not tree.within(node, evaluation):
                return None
            low, high = low.copy(), high.copy()
            low[core.columns], high[core.columns] = node.low, node.high
        return self._last(low, high, bound)

    def _last(self, low: Ints, high: Ints, bound: int | None) -> _Tree | None:
        """The tree over what is left, its relaxation as tight as the extra rows make it."""
        core = reduce_box(self.program, low, high)
        if core.program.columns == 0:
            self.consider(core.expand(np.zeros(0, dtype=np.int64)))
            return None
        tree = _Tree(self, core)
        node = _Node(core.program.low, core.program.high, bound if bound is not None else tree.loosest())
        relaxed, evaluation = tree.relax(node)
        if evaluation is not None:
            tree, relaxed, evaluation = self._cut(tree, node, relaxed, evaluation)
            if not tree.within(node, evaluation):
                return None
        tree.root = node
        return tree

    def _cut(
        self, tree: _Tree, node: _Node, relaxed: Relaxed, evaluation: Evaluation
    ) -> tuple[_Tree, Relaxed, Evaluation]:
        """Add rows that the relaxation breaks, as long as that brings the bound down."""
        if self.amount_of is None:
            return tree, relaxed, evaluation
        position = np.full(self.program.columns + 1, -1)
        position[tree.core.columns] = np.arange(len(tree.core.columns))
        separator = Separator(tree.program, position[self.amount_of[tree.core.columns]])
        for _ in range(CUT_ROUNDS):
            rows = separator.broken(relaxed.point)
            if not rows:
                break
            core = replace(tree.core, program=with_rows(tree.program, rows))
            tighter = _Tree(self, core)
            after, bounds = tighter.relax(node)
            if bounds is None:
                break
            before = evaluation.bound(node.low, node.high) >> evaluation.shift
            tree, relaxed, evaluation = tighter, after, bounds
            now = evaluation.bound(node.low, node.high) >> evaluation.shift
            if self.best.point is not None:
                gap = before + core.offset - self.best.value
                if before - now < gap * CUT_GAIN:
                    break
        return tree, relaxed, evaluation

    def _done(self) -> bool:
        return self.enough is not None and self.best.point is not None and self.best.value >= self.enough

    def _tree(self, tree: _Tree) -> Found:
        found = self._open_boxes(tree)
        for low, high, value in self.pending:
            if value == self.best.value:
                tree.weigh_spending(low, high, value)
        self.pending.clear()
        found.best, found.nodes = self.best, self.nodes
        return found

    def _open_boxes(self, tree: _Tree) -> Found:
        assert tree.root is not None
        # The box with the highest bound first: it has to be opened in any case. Every eighth time
        # the search dives from there for a better outcome.
        order = 0
        waiting = [(-tree.root.bound, order, tree.root)]
        while waiting:
            if self._done() or self.limits.reached(self.nodes):
                return self._close(-waiting[0][0])
            _, _, node = heapq.heappop(waiting)
            if not self.worth(node.bound):
                continue
            self.nodes += 1
            if self.on_node is not None and self.nodes % 100 == 0:
                self.on_node(self.nodes, node.bound, self.best.value if self.best.point is not None else None)
            for child in tree.split(node, dive=self.nodes % 8 == 1):
                order -= 1
                heapq.heappush(waiting, (-child.bound, order, child))
        return self._close(None)

    # -- the best point -----------------------------------------------------------------------------

    def target(self) -> int | None:
        """The least value that is still of interest."""
        if self.best.point is None:
            return self.floor
        wanted = self.best.value if self.lots is not None else self.best.value + 1
        return wanted if self.floor is None else max(wanted, self.floor)

    def worth(self, bound: int) -> bool:
        target = self.target()
        return target is None or bound >= target

    def consider(self, point: Ints) -> bool:
        """Weigh an allowed point of the whole programme against the best; say whether it is allowed."""
        self.complete(point)
        if not self.program.feasible(point):
            return False
        self._weigh(point)
        return True

    def _weigh(self, point: Ints) -> None:
        value, best = self.program.value(point), self.best
        if self.floor is not None and value < self.floor:
            return
        if best.point is None or value > best.value:
            self.best = Best(point.copy(), value, self.program.spend(point))
        elif value == best.value and self._order is not None:
            self._tie(point, value)

    def _tie(self, point: Ints, value: int) -> None:
        best, order = self.best, self._order
        assert best.point is not None
        assert order is not None
        spend = self.program.spend(point)
        differ = np.flatnonzero(point[order] != best.point[order])
        if spend == best.spend and not len(differ):
            return  # the same awards; amounts are settled afterwards
        if spend != best.spend:
            better, by = spend < best.spend, "spend"
        else:
            better, by = bool(point[order[differ[0]]]), "lot"
        if better:
            self.best = Best(point.copy(), value, spend, best.point, by)
        elif best.by != "lot":
            self.best = Best(best.point, value, best.spend, point.copy(), by)

    def can_win(self, low: Ints, high: Ints, least_spend: int) -> bool:
        """Whether a point of equal value in this box could matter for the tie (box of all columns)."""
        best, order = self.best, self._order
        if order is None or best.point is None:
            return True
        if least_spend < best.spend:
            return True
        if least_spend > best.spend:
            return best.by is None  # only to learn that money decided
        if best.by != "lot":
            return True
        hope, have = high[order], best.point[order]
        differ = np.flatnonzero(hope != have)
        return bool(len(differ)) and bool(hope[differ[0]] > have[differ[0]])


class _Tree:
    """The core that is left after the root, with its relaxation."""

    def __init__(self, search: Search, core: Core) -> None:
        self.search = search
        self.core = core
        self.program = core.program
        self.bounder = Bounder(core.program)
        self.relaxation = LinearRelaxation(core.program)
        self.root: _Node | None = None
        self.decide = core.program.decide
        self.split_costs = np.zeros((2, core.program.columns))
        self.split_counts = np.zeros((2, core.program.columns))
        costs = [abs(int(c)) for c in core.program.cost.tolist()]
        self.grain = math.gcd(*costs) or 1
        self.spend_row = self._find_spend_row() if search.lots is not None else None
        self.base_spend = search.program.spend(core.expand(np.zeros(core.program.columns, dtype=np.int64)))

    def loosest(self) -> int:
        low, high = self.program.low, self.program.high
        return Evaluation(self.program.cost, self.core.offset, 0, self.program.limit).bound(low, high)

    def relax(self, node: _Node) -> tuple[Relaxed, Evaluation | None]:
        relaxed = self.relaxation.solve(node.low, node.high)
        if relaxed.status != "optimal":
            return relaxed, None
        return relaxed, self.bounder.evaluate(relaxed.multipliers)

    def infeasible(self, node: _Node, relaxed: Relaxed) -> bool:
        """Whether the ray proves in whole numbers that no point of the box is allowed."""
        if relaxed.status != "infeasible":
            return False
        return self.bounder.evaluate(relaxed.multipliers, costs=False).bound(node.low, node.high) < 0

    def within(self, node: _Node, evaluation: Evaluation, ties: bool = True) -> bool:
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
            spend = self.base_spend + self._least_spend(node, evaluation, slack)
            low, high = self.core.base.copy(), self.core.base.copy()
            low[self.core.columns], high[self.core.columns] = node.low, node.high
            return self.search.can_win(low, high, spend)
        return True

    def _least_spend(self, node: _Node, evaluation: Evaluation, slack: int) -> int:
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

    def dive(self, node: _Node, relaxed: Relaxed) -> None:
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

    def _learn(self, node: _Node, exact: int, shift: int) -> float:
        """Note what the last split cost; returns the relaxed value of the node."""
        value = float(exact >> shift)
        if node.branched is not None:
            column, side, moved, before = node.branched
            self.split_costs[side, column] += max(0.0, before - value) / max(moved, 1e-6)
            self.split_counts[side, column] += 1
        return value

    def split(self, node: _Node, dive: bool = False) -> list[_Node]:
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
        else:
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
        free = np.flatnonzero(self.decide & (node.low < node.high))
        if len(free):
            sizes = np.abs(evaluation.reduced[free])
            column = int(free[int(np.argmin(sizes))])
            return self._children(node, column, relaxed.point[column])
        return self._leaf(node, relaxed)

    def _children(self, node: _Node, column: int, hint: float) -> list[_Node]:
        cut = min(max(math.floor(hint + FRACTION), int(node.low[column])), int(node.high[column]) - 1)
        down = _Node(node.low.copy(), node.high.copy(), node.bound, node.depth + 1)
        up = _Node(node.low.copy(), node.high.copy(), node.bound, node.depth + 1)
        down.high[column] = cut
        up.low[column] = cut + 1
        return [down, up] if hint >= cut + 0.5 else [up, down]

    def _halve_blindly(self, node: _Node) -> list[_Node]:
        """The solver gave no proof: split without a hint; a box of one point is checked exactly."""
        free = np.flatnonzero(node.low < node.high)
        if not len(free):
            self.search.consider(self.core.expand(node.low))
            return []
        first = free[np.argmax(self.decide[free])] if self.decide[free].any() else free[0]
        return self._children(node, int(first), float(node.low[first] + node.high[first]) / 2)

    def _leaf(self, node: _Node, relaxed: Relaxed) -> list[_Node]:
        """All awards are settled; only amounts (and steps, which follow) are open."""
        amounts = (~self.decide) & (self.program.weight > 0) & (node.low < node.high)
        open_columns = np.flatnonzero(amounts)
        idle = (self.program.cost[open_columns] == 0).any()
        if self.search.lots is not None and (len(open_columns) > 1 or idle):
            self._weigh_amounts(node)
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

    def _weigh_amounts(self, node: _Node) -> None:
        """Several amounts are open for one set of awards: best value, then the range of spending."""
        search, program = self.search, self.search.program
        low, high = self.core.base.copy(), self.core.base.copy()
        low[self.core.columns], high[self.core.columns] = node.low, node.high
        inner = Search(program, search.complete, floor=search.target(), limits=search.limits)
        known = search.best.point
        if known is not None and (known >= low).all() and (known <= high).all():
            inner.best = Best(known, search.best.value, search.best.spend)
        found = inner.run(low, high)
        search.nodes += found.nodes
        if not found.complete and found.bound is not None:
            search.left_open = max(found.bound, search.left_open or found.bound)
        point = found.best.point
        if point is None or not search.consider(point) or found.best.value < search.best.value:
            return
        # What it may cost is looked at once it is known that nothing is worth more.
        search.pending.append((low, high, found.best.value))

    def weigh_spending(self, low: Ints, high: Ints, value: int) -> None:
        """Of one set of awards at one value, the outcomes that spend least and most."""
        search, program = self.search, self.search.program
        pinned = Search(program, search.complete, floor=value).box(low, high)
        if pinned is None:
            return
        low, high = pinned
        still = np.flatnonzero((low < high) & ~program.decide & (program.weight > 0))
        if len(still) == 0 or (len(still) == 1 and program.cost[still[0]] != 0):
            return  # one amount alone follows from the value
        least, most = self._spend_limits(low, high, value)
        if least == most:
            return
        same = with_row(program, -program.cost, -value)
        for sign in (-1, 1):
            turned = replace(same, cost=sign * program.weight)
            if sign > 0 and search.best.by is not None:
                return  # it is known already that outcomes of equal value exist
            inner = Search(turned, search.complete, limits=search.limits)
            found = inner.run(low, high)
            search.nodes += found.nodes
            search.unsettled |= not found.complete
            if found.best.point is not None:
                search.consider(found.best.point)

    def _spend_limits(self, low: Ints, high: Ints, value: int) -> tuple[int, int]:
        """Bounds on what points of a box of the whole programme cost when they have this value."""
        program = self.search.program
        tree = _Tree(
            Search(program, self.search.complete, lots=[], floor=value), reduce_box(program, low, high)
        )
        node = _Node(tree.program.low, tree.program.high, tree.loosest())
        most = program.spend(high)
        if tree.spend_row is not None:
            most = min(most, tree.base_spend + int(tree.program.limit[tree.spend_row]))
        _, evaluation = tree.relax(node)
        if evaluation is None:
            return program.spend(low), most
        exact = evaluation.bound(node.low, node.high)
        slack = exact - ((value - tree.core.offset) << evaluation.shift)
        return tree.base_spend + tree._least_spend(node, evaluation, max(0, slack)), most
