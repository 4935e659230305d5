"""The rules of practice, to hold beside the optimum: rank and cut, rank and skip, value per euro.

All of them honour every bound, decision, exclusion and requirement: an application is taken only when
the awards so far and this one can still be completed to an allowed outcome (forced decisions and
least numbers of awards included). An application that requires another is considered as soon as
that other one is awarded. Lots break equal merit or equal value per euro.

* `rank_cut`: by merit; the first that does not fit under the ceiling gets its minimum if that fits,
  and there the list ends. Applications that another rule keeps out are passed over.
* `rank_skip`: by merit; as much of the amount as still fits, or passed over when its minimum does not.
* `ratio`: as `rank_skip`, in order of (value + next spread step of its regions) per cent requested.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from fractions import Fraction

import numpy as np

from pool.allocation.engine.integer import Ints
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import NANO_PER_THOUSANDTH
from pool.allocation.engine.search import Limits, Search

RULES = ("rank_cut", "rank_skip", "ratio")


class Greedy:
    """Takes applications one by one and keeps the promise that the rest can be completed."""

    def __init__(self, model: Model, limits: Limits) -> None:
        self.model = model
        self.limits = limits
        program = model.program
        kinds = [rule.kind for rule in model.rows.rules]
        self.ceiling_row = kinds.index("ceiling")
        upper = [kind in ("ceiling", "max_awards", "max_amount", "exclusive") for kind in kinds]
        self.upper = np.array(upper, dtype=bool)
        self.awards_row = np.array([kind == "min_awards" for kind in kinds], dtype=bool)
        self.steps: dict[int, int] = {}
        """Steps of money per awarded application (position in the model)."""
        self.room = program.limit.copy()
        self.witness: Ints | None = None
        self.needs: dict[int, list[int]] = {}
        for first, second in model.problem.requires:
            self.needs.setdefault(model.position[first], []).append(model.position[second])

    def start(self) -> bool:
        """Find one allowed outcome to begin with; False when there is none (or none was found)."""
        self.witness = self._complete({})
        return self.witness is not None

    def _load(self, i: int, steps: int) -> Ints:
        """What an award uses of every row."""
        program, model = self.model.program, self.model
        used = np.zeros(program.rows, dtype=np.int64)
        span = slice(program.start[i], program.start[i + 1])
        used[program.index[span]] += program.entry[span]
        more = steps - int(model.least[i])
        if more:
            j = model.extra_column[i]
            span = slice(program.start[j], program.start[j + 1])
            used[program.index[span]] += program.entry[span] * more
        return used

    def open(self, i: int) -> bool:
        """Whether nothing but bounds can keep the application out now."""
        allowed = bool(self.model.program.high[i])
        return allowed and i not in self.steps and all(j in self.steps for j in self.needs.get(i, ()))

    def fits_rows(self, i: int, steps: int) -> Ints:
        """Per upper row whether this award fits beside those taken."""
        fits: Ints = (self._load(i, steps) <= self.room) | ~self.upper
        return fits

    def take(self, i: int, steps: int) -> bool:
        """Award it if an allowed outcome can still be reached."""
        if not self.fits_rows(i, steps).all():
            return False
        taken = {**self.steps, i: steps}
        completion = self._extend(taken) or self._complete(taken)
        if completion is None:
            return False
        self.witness = completion if isinstance(completion, np.ndarray) else self.witness
        self.steps = taken
        self.room = self.room - self._load(i, steps)
        return True

    def take_most(self, i: int) -> bool:
        """Award as much of it as still fits, if an allowed outcome can then be reached; else its minimum."""
        least = int(self.model.least[i])
        below = range(least + 1, least + int(self.model.extra[i]))
        # The first amount that is too much: what fits, fits with less too.
        most = bisect_left(below, True, key=lambda steps: not self.fits_rows(i, steps).all())
        return self.take(i, least + most) or self.take(i, least)

    def _extend(self, taken: dict[int, int]) -> bool:
        """Whether these awards with the rest of the witness at its minimum are allowed."""
        assert self.witness is not None
        return self.model.program.feasible(self._point(taken, self.witness))

    def _point(self, taken: dict[int, int], witness: Ints) -> Ints:
        model = self.model
        point = np.zeros(model.program.columns, dtype=np.int64)
        point[: model.n] = witness[: model.n]
        for i, steps in taken.items():
            point[i] = 1
            if model.extra[i]:
                point[model.extra_column[i]] = steps - model.least[i]
        return point

    def _complete(self, taken: dict[int, int]) -> Ints | None:
        """An allowed outcome that contains these awards at these amounts, or None."""
        model = self.model
        low, high = model.program.low.copy(), model.program.high.copy()
        high[model.n :] = 0
        for i, steps in taken.items():
            low[i] = 1
            if model.extra[i]:
                j = model.extra_column[i]
                low[j] = high[j] = steps - model.least[i]
        if (low > high).any():
            return None
        nothing = replace(model.program, cost=np.zeros_like(model.program.cost))
        search = Search(nothing, lambda point: None, limits=self.limits, enough=0)
        return search.run(low, high).best.point

    def finish(self) -> None:
        """Add, best first, what is still needed for forced decisions and least numbers of awards."""
        model = self.model
        for i in self._by_merit():
            if i in self.steps or not self._still_needed():
                continue
            if self.open(i) and self._helps(i):
                self.take(i, int(model.least[i]))
        if self._still_needed():
            assert self.witness is not None
            for i in np.flatnonzero(self.witness[: model.n]).tolist():
                self.steps.setdefault(i, int(model.least[i]))

    def _still_needed(self) -> bool:
        alone = self._point(self.steps, np.zeros(self.model.n, dtype=np.int64))
        return not self.model.program.feasible(alone)

    def _helps(self, i: int) -> bool:
        if self.model.program.low[i]:
            return True
        alone = self._point(self.steps, np.zeros(self.model.n, dtype=np.int64))
        short = (self.model.program.activity(alone) > self.model.program.limit) & self.awards_row
        return bool((self._load(i, int(self.model.least[i]))[short] < 0).any())

    def _by_merit(self) -> list[int]:
        model = self.model
        lot = {i: place for place, i in enumerate(model.lots)}
        return sorted(range(model.n), key=lambda i: (-model.apps[i].merit, lot[i]))

    def rank(self, cut: bool) -> None:
        """By merit; with `cut` until the first that does not fit under the ceiling."""
        model = self.model
        waiting = self._by_merit()
        place = 0
        while place < len(waiting):
            i = waiting[place]
            place += 1
            if not self.open(i):
                continue
            whole, least = int(model.least[i] + model.extra[i]), int(model.least[i])
            if self.take(i, whole):
                # What required this one and ranks higher comes up now.
                later = [j for j in waiting[:place] if i in self.needs.get(j, ()) and j not in self.steps]
                waiting[place:place] = later
                continue
            fits_otherwise = self.fits_rows(i, whole)
            fits_otherwise[self.ceiling_row] = True
            taken = (self.take(i, least) if cut else self.take_most(i)) if least < whole else False
            if cut and (taken or fits_otherwise.all()):
                return

    def ratio(self) -> None:
        """By (value + next spread step) per cent requested, recounted after every award."""
        import heapq

        model, problem = self.model, self.model.problem
        lot = {i: place for place, i in enumerate(model.lots)}
        counts = dict.fromkeys(model.members, 0)
        steps = [*problem.steps, 0]

        def worth(i: int) -> Fraction:
            app = model.apps[i]
            extra = sum(
                steps[min(counts[name], len(steps) - 1)] * NANO_PER_THOUSANDTH
                for name in problem.counted_regions(app)
            )
            return Fraction(problem.value(app, app.requested) + extra, app.requested)

        heap = [(-worth(i), lot[i], i) for i in range(model.n) if model.program.high[i]]
        heapq.heapify(heap)
        held: dict[int, list[int]] = {}
        while heap:
            key, place, i = heapq.heappop(heap)
            now = -worth(i)
            if now > key:  # its regions have earned steps since; it comes up again later
                heapq.heappush(heap, (now, place, i))
                continue
            if not self.open(i):
                for j in self.needs.get(i, ()):
                    if j not in self.steps and i not in self.steps:
                        held.setdefault(j, []).append(i)
                continue
            whole, least = int(model.least[i] + model.extra[i]), int(model.least[i])
            if self.take(i, whole) or (least < whole and self.take_most(i)):
                for name in problem.counted_regions(model.apps[i]):
                    counts[name] += 1
                for j in held.pop(i, ()):
                    heapq.heappush(heap, (-worth(j), lot[j], j))


def follow(model: Model, rule: str, limits: Limits) -> Ints | None:
    """The point of the programme that the rule leads to, or None when nothing allowed exists."""
    greedy = Greedy(model, limits)
    if not greedy.start():
        return None
    if rule == "ratio":
        greedy.ratio()
    else:
        greedy.rank(cut=rule == "rank_cut")
    greedy.finish()
    point = greedy._point(greedy.steps, np.zeros(model.n, dtype=np.int64))
    model.earn_steps(point)
    assert model.program.feasible(point)
    return point
