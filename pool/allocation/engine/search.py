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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pool.allocation.engine.cuts import Row, Separator, with_rows
from pool.allocation.engine.integer import (
    Evaluation,
    Floats,
    IntegerProgram,
    Ints,
    reduce_box,
    with_row,
)
from pool.allocation.engine.linear import Relaxed
from pool.allocation.engine.record import Best, Complete, Found, Limits
from pool.allocation.engine.shared import SharedRows
from pool.allocation.engine.tree import Node, Tree
from pool.allocation.engine.whole import best_amounts

__all__ = ["Best", "Complete", "Found", "Limits", "Search"]
CUT_ROUNDS, CUT_GAIN = 12, 0.02
"""Rounds of extra rows at the root, and the part of the gap that a round must close to go on."""

SHRUNK = 0.5
"""Part of the columns up to which a tree is made anew without those that are settled."""
Waiting = tuple[int, int, Node]
"""A box in the order of its bound."""


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
    rows: Sequence[Row] = ()
    """Rows that every allowed point keeps, to start with."""
    shared: SharedRows | None = None
    """Rows of the round: to start with, and more of them are looked for there first."""
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
        self._range = self.program.low, self.program.high
        self._weighed: dict[bytes, bool] = {}
        rows = [*self.rows, *(self.shared.rows if self.shared is not None else ())]
        self.tight = with_rows(self.program, rows) if rows else self.program
        """The programme with the rows found at the root, which every point still of interest keeps."""

    # -- the whole search -------------------------------------------------------------------------

    def run(self, low: Ints | None = None, high: Ints | None = None) -> Found:
        """Search inside a box (default: the programme's own)."""
        low = self.program.low if low is None else low
        high = self.program.high if high is None else high
        if (low > high).any() or self.program.impossible(low, high):
            return Found(self.best, None, 0, True)
        self._range = low, high
        if self._done():
            return self._close(self._ceiling(low, high))
        top = self._root(low, high)
        if top is None or top.core.program.columns == 0:
            return self._close(None)
        return self._tree(top)

    def _ceiling(self, low: Ints, high: Ints) -> int:
        """What no point of the box can be worth more than, rows aside."""
        return Evaluation(self.program.cost, 0, 0, self.program.limit).bound(low, high)

    def box(self, low: Ints, high: Ints) -> tuple[Ints, Ints] | None:
        """The part of a box that the relaxation leaves open for the target; None when it is empty."""
        core = reduce_box(self.program, low, high)
        if core.program.columns == 0:
            return low, high
        tree = Tree(self, core)
        node = Node(core.program.low, core.program.high, tree.loosest())
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

    def _root(self, low: Ints, high: Ints) -> Tree | None:
        """Relax, look for a first good point, drop what cannot matter, and do so again if it pays."""
        columns = 2 * self.program.columns + 1
        bound: int | None = None
        for turn in range(4):
            core = reduce_box(self.tight, low, high)
            if core.program.columns == 0:
                self.consider(core.expand(np.zeros(0, dtype=np.int64)))
                return None
            tree = Tree(self, core)
            node = Node(core.program.low, core.program.high, bound if bound is not None else tree.loosest())
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
            relaxed, evaluation = self._cut(tree, node, relaxed, evaluation, first=turn == 0)
            if not tree.within(node, evaluation):
                return None
            bound = node.bound
            if self.limits.late():
                tree.root = node
                return tree
            if turn < 2:
                tree.dive(node, relaxed)
            if self._done():
                return None
            if not tree.within(node, evaluation):
                return None
            low, high = low.copy(), high.copy()
            low[core.columns], high[core.columns] = node.low, node.high
        return self._last(low, high, bound)

    def _last(self, low: Ints, high: Ints, bound: int | None) -> Tree | None:
        """The tree over what is left, its relaxation as tight as the extra rows make it."""
        core = reduce_box(self.tight, low, high)
        if core.program.columns == 0:
            self.consider(core.expand(np.zeros(0, dtype=np.int64)))
            return None
        tree = Tree(self, core)
        node = Node(core.program.low, core.program.high, bound if bound is not None else tree.loosest())
        relaxed, evaluation = tree.relax(node)
        if evaluation is not None:
            relaxed, evaluation = self._cut(tree, node, relaxed, evaluation)
            if not tree.within(node, evaluation):
                return None
            tree.prices = evaluation
        tree.root = node
        return tree

    def _cut(
        self, tree: Tree, node: Node, relaxed: Relaxed, evaluation: Evaluation, first: bool = False
    ) -> tuple[Relaxed, Evaluation]:
        """Add rows that the relaxation breaks, as long as that brings the bound down."""
        if self.amount_of is None:
            return relaxed, evaluation
        find = self._finder(tree, first)
        kept = tree.program.rows
        gained = 0
        for _ in range(CUT_ROUNDS):
            if self.limits.late():
                break
            rows = find(relaxed.point)
            if not rows:
                break
            before = evaluation.bound(node.low, node.high) >> evaluation.shift
            tree.add_rows(rows)
            after, bounds = tree.relax(node)
            if bounds is None:
                break
            relaxed, evaluation = after, bounds
            gain = before - (evaluation.bound(node.low, node.high) >> evaluation.shift)
            gained += gain
            gap = gained
            if self.best.point is not None:
                gap = before + tree.core.offset - self.best.value
            if gain <= gap * CUT_GAIN:
                break
        self._keep_rows(tree, kept, relaxed)
        if first and self.shared is not None:
            self.shared.sort(tree.core.expand_floats(relaxed.point))
        return relaxed, evaluation

    def _finder(self, tree: Tree, first: bool) -> Callable[[Floats], list[Row]]:
        """What looks for rows that a point of the tree's relaxation breaks.

        What is found at the first root holds for the round and is shared; later for this search alone.
        """
        core, shared = tree.core, self.shared
        if first and shared is not None:
            return lambda point: [
                row for row in map(core.narrow, shared.broken(core.expand_floats(point))) if row is not None
            ]
        assert self.amount_of is not None
        position = np.full(self.program.columns + 1, -1)
        position[core.columns] = np.arange(len(core.columns))
        amount_of = position[self.amount_of[core.columns]]
        return Separator(tree.program, amount_of).broken

    def _keep_rows(self, tree: Tree, rows: int, relaxed: Relaxed) -> None:
        """Take the rows added after the first so many, as far as they bind, to the next root."""
        columns = tree.core.columns
        # The last rows have no price when the relaxation failed with them.
        priced = zip(tree.added, relaxed.multipliers[rows:].tolist(), strict=False)
        binding = [row for row, price in priced if price > 0]
        if binding:
            self.tight = with_rows(self.tight, [(columns[row[0]], row[1], row[2]) for row in binding])

    def _done(self) -> bool:
        return self.enough is not None and self.best.point is not None and self.best.value >= self.enough

    def _tree(self, tree: Tree) -> Found:
        found = self._open_boxes(tree)
        for low, high, value in self.pending:
            if value == self.best.value:
                self.weigh_spending(low, high, value)
        self.pending.clear()
        found.best, found.nodes = self.best, self.nodes
        return found

    def _open_boxes(self, tree: Tree) -> Found:
        assert tree.root is not None
        # The box with the highest bound first: it has to be opened in any case. Every eighth time
        # the search dives from there for a better outcome.
        order = 0
        waiting = [(-tree.root.bound, order, tree.root)]
        known = self.best
        while waiting:
            if self.best.value > known.value:
                known = self.best
                tree, waiting = self._shrunk(tree, waiting)
                if not waiting:
                    break
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

    def _shrunk(self, tree: Tree, waiting: list[Waiting]) -> tuple[Tree, list[Waiting]]:
        """The tree without the columns that a better outcome settled in all waiting boxes, if many are."""
        target = self.target()
        if tree.prices is None or target is None:
            return tree, waiting
        left = []
        for bound, order, node in waiting:
            box = tree.inside_root(node, target)
            if box is not None:
                left.append((bound, order, box))
        if not left:
            return tree, []
        low = np.minimum.reduce([node.low for _, _, node in left])
        high = np.maximum.reduce([node.high for _, _, node in left])
        if not 0 < np.count_nonzero(low < high) < SHRUNK * tree.program.columns:
            return tree, left
        smaller, columns = tree.narrowed(low, high)
        for _, _, node in left:
            node.low, node.high = node.low[columns], node.high[columns]
            node.branched = None
        return smaller, left

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

    def start_from(self, point: Ints) -> None:
        """Take the awards of a point, at their best amounts, as a first outcome if they are allowed."""
        decide = self.program.decide
        inside = (point >= self.program.low) & (point <= self.program.high)
        if inside[decide].all() and not self.weigh_awards(point):
            self.consider(point.copy())

    def weigh_awards(self, point: Ints) -> bool:
        """Find the best amounts for the awards in a whole point; False when that stays open."""
        program = self.program
        low, high = self._range
        decide = program.decide
        key = np.packbits(point[decide] > 0).tobytes()
        if key in self._weighed:
            return self._weighed[key]
        low, high = low.copy(), high.copy()
        low[decide] = high[decide] = point[decide]
        steps = ~decide & (program.weight == 0)
        whole = low.copy()
        self.complete(whole)
        low[steps] = high[steps] = whole[steps]
        found = best_amounts(program, low, high, self.target())
        self._weighed[key] = found.decided
        if found.point is not None and self.consider(found.point) and self.lots is not None:
            value = program.value(found.point)
            if value == self.best.value:
                # What it may cost is looked at once it is known that nothing is worth more.
                self.pending.append((low, high, value))
        return found.decided

    def weigh_amounts(self, low: Ints, high: Ints) -> None:
        """Several amounts are open for one set of awards: best value, then the range of spending."""
        inner = Search(self.program, self.complete, floor=self.target(), limits=self.limits)
        known = self.best.point
        if known is not None and (known >= low).all() and (known <= high).all():
            inner.best = Best(known, self.best.value, self.best.spend)
        found = inner.run(low, high)
        self.nodes += found.nodes
        if not found.complete and found.bound is not None:
            self.left_open = max(found.bound, self.left_open or found.bound)
        point = found.best.point
        if point is None or not self.consider(point) or found.best.value < self.best.value:
            return
        # What it may cost is looked at once it is known that nothing is worth more.
        self.pending.append((low, high, found.best.value))

    def weigh_spending(self, low: Ints, high: Ints, value: int) -> None:
        """Of one set of awards at one value, the outcomes that spend least and most."""
        pinned = Search(self.program, self.complete, floor=value).box(low, high)
        if pinned is None:
            return
        low, high = pinned
        still = np.flatnonzero((low < high) & ~self.program.decide & (self.program.weight > 0))
        if len(still) == 0 or (len(still) == 1 and self.program.cost[still[0]] != 0):
            return  # one amount alone follows from the value
        least, most = self._spend_limits(low, high, value)
        if least == most:
            return
        same = with_row(self.program, -self.program.cost, -value)
        for sign in (-1, 1):
            turned = replace(same, cost=sign * self.program.weight)
            if sign > 0 and self.best.by is not None:
                return  # it is known already that outcomes of equal value exist
            inner = Search(turned, self.complete, limits=self.limits)
            found = inner.run(low, high)
            self.nodes += found.nodes
            self.unsettled |= not found.complete
            if found.best.point is not None:
                self.consider(found.best.point)

    def _spend_limits(self, low: Ints, high: Ints, value: int) -> tuple[int, int]:
        """Bounds on what points of a box of the whole programme cost when they have this value."""
        tree = Tree(
            Search(self.program, self.complete, lots=[], floor=value), reduce_box(self.program, low, high)
        )
        node = Node(tree.program.low, tree.program.high, tree.loosest())
        most = self.program.spend(high)
        if tree.spend_row is not None:
            most = min(most, tree.base_spend + int(tree.program.limit[tree.spend_row]))
        _, evaluation = tree.relax(node)
        if evaluation is None:
            return self.program.spend(low), most
        exact = evaluation.bound(node.low, node.high)
        slack = exact - ((value - tree.core.offset) << evaluation.shift)
        return tree.base_spend + tree.least_spend(node, evaluation, max(0, slack)), most

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
