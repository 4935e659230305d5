"""Very large rounds: a proven bound and an outcome close to it, without searching over everything.

The relaxation of the whole gives prices and, from them, a safe bound. Most applications stand far from
the edge under these prices; only those that the relaxation leaves in fractions and those nearest the
edge are searched over (the core of Balas & Zemel, "An algorithm for large zero-one knapsack problems",
Operations Research 28, 1980). What can then still matter, by exact reduced costs, is searched within the
limits; the answer says how far it may be from the best.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from pool.allocation.engine.integer import Bounder, Evaluation, Floats, Ints
from pool.allocation.engine.linear import LinearRelaxation
from pool.allocation.engine.model import Model
from pool.allocation.engine.search import Best, Found, Limits, Search

COLUMNS = 6_000
"""Programmes with more columns than this are not searched as a whole."""
CORE = 1_000
"""Applications nearest the edge that are searched over, beside those left in fractions."""
NEAR = 1_000_000
"""A gap of one part in so many is near enough to stop at when time runs short."""
NODES = 40
"""Boxes searched in the core for a first outcome."""
Tell = Callable[[int, int, int | None], None]


class Prices:
    """The relaxation of the whole: its point, and what turning each application round would cost."""

    def __init__(self, model: Model) -> None:
        self.model = model
        program = model.program
        self.pair_columns = model.extra_column[model.divisible]
        relaxed = LinearRelaxation(program).solve()
        self.point: Floats = relaxed.point
        self.evaluation: Evaluation = Bounder(program).evaluate(relaxed.multipliers)
        self.bound = self.evaluation.bound(program.low, program.high) >> self.evaluation.shift
        self.found = relaxed.status == "optimal"

    def size(self) -> Floats:
        """What it costs per application to turn it round, in nano-points; the lowest of its columns."""
        model = self.model
        reduced = self.evaluation.reduced.astype(float) / 2.0**self.evaluation.shift
        size: Floats = np.abs(reduced[: model.n])
        size[model.divisible] = np.minimum(
            size[model.divisible], np.abs(reduced[self.pair_columns]) * model.extra[model.divisible]
        )
        return size

    def around(self, count: int) -> tuple[Ints, Ints]:
        """The relaxation's point, open for all it leaves in fractions and those nearest the edge."""
        model, program = self.model, self.model.program
        whole = np.rint(self.point)
        broken = np.abs(self.point - whole) > 1e-7
        open_apps = broken[: model.n]
        open_apps[model.divisible] |= broken[self.pair_columns]
        open_apps[np.argsort(self.size(), kind="stable")[:count]] = True
        low = np.clip(whole.astype(np.int64), program.low, program.high)
        high = low.copy()
        low[model.program.weight == 0], high[model.program.weight == 0] = 0, 1
        near = np.flatnonzero(open_apps)
        pairs = model.extra_column[near]
        columns = np.concatenate((near, pairs[pairs >= 0]))
        low[columns], high[columns] = program.low[columns], program.high[columns]
        return low, high


def approximate(model: Model, limits: Limits, tell: Tell) -> Found:
    """A safe bound and the best outcome found in the core, within the limits."""
    began = time.perf_counter()
    prices = Prices(model)
    if not prices.found:
        # Without a relaxation there is no core; the ordinary search also proves what is impossible.
        return Search(model.program, model.earn_steps, limits=limits, on_node=tell).run()
    tell(0, prices.bound, None)
    low, high = prices.around(CORE)
    soon = limits.deadline
    if soon is not None:
        # A first outcome is worth running late for, within measure.
        now = time.perf_counter()
        soon = max(soon, now + (now - began) / 2)
    first = Search(model.program, model.earn_steps, limits=Limits(NODES, soon), on_node=tell)
    best = first.run(low, high).best
    if best.point is None:
        return Found(best, prices.bound, first.nodes, False)
    tell(first.nodes, prices.bound, best.value)
    if limits.deadline is not None and prices.bound - best.value <= best.value // NEAR:
        # Searching all that is left takes at least as long as coming here did.
        now = time.perf_counter()
        if limits.deadline - now < now - began:
            return Found(best, prices.bound, first.nodes, False)
    # Whatever the exact bound does not exclude is searched; if that ends, the answer is proven for
    # the whole round, and its ties are settled.
    evaluation, program = prices.evaluation, model.program
    slack = evaluation.bound(program.low, program.high) - (best.value << evaluation.shift)
    low, high = evaluation.tighten(program.low, program.high, slack)
    search = Search(
        program,
        model.earn_steps,
        lots=model.lots,
        amount_of=model.amount_of,
        best=Best(best.point, best.value, best.spend),
        limits=limits,
        on_node=tell,
    )
    found = search.run(low, high)
    bound = prices.bound if found.bound is None else min(found.bound, prices.bound)
    return Found(found.best, max(bound, found.best.value), first.nodes + found.nodes, found.complete)
