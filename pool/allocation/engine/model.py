"""From a problem to an integer programme, and from a point of the programme back to awards.

Amounts are counted in steps of `amount_step`. Columns, in this order:

* x_i: 1 when application i is awarded (its minimum included), applications in order of id;
* e_i: steps awarded above the minimum, only for divisible applications;
* y_rk: 1 when region r earns its k-th spread step, only for steps above nought.

Rows: the ceiling; e_i ≤ (requested − minimum)·x_i; awards counted into the region steps; number and
amount bounds per region and theme; exclusive groups; requirements. As region steps do not increase,
the y need no order among themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pool.allocation.engine.integer import IntegerProgram, Ints, exact_dot
from pool.allocation.engine.problem import NANO_PER_THOUSANDTH, Application, Bounds, Problem


@dataclass(frozen=True)
class Rule:
    """What a row (or a column's bound) stands for, to tell a person which rule it is.

    `kind` is ceiling, min_awards, max_awards, max_amount, exclusive, requires, divisible, spread,
    in, out or threshold; `where` is region or theme for bounds, else empty; `ids` name what it is about.
    """

    kind: str
    where: str = ""
    ids: tuple[str, ...] = ()


class _Rows:
    """Collects a sparse matrix row by row."""

    def __init__(self) -> None:
        self.columns: list[int] = []
        self.numbers: list[int] = []
        self.sizes: list[int] = []
        self.limits: list[int] = []
        self.rules: list[Rule] = []

    def add(self, columns: Sequence[int], numbers: Sequence[int], limit: int, rule: Rule) -> None:
        self.columns.extend(columns)
        self.numbers.extend(numbers)
        self.sizes.append(len(columns))
        self.limits.append(limit)
        self.rules.append(rule)

    def by_column(self, count: int) -> tuple[Ints, Ints, Ints]:
        column = np.array(self.columns, dtype=np.int64)
        row = np.repeat(np.arange(len(self.sizes)), self.sizes)
        order = np.argsort(column, kind="stable")
        start = np.concatenate(([0], np.cumsum(np.bincount(column, minlength=count)))).astype(np.int64)
        return start, row[order], np.array(self.numbers, dtype=np.int64)[order]


class Model:
    """A problem as an integer programme; `apps` are its applications in order of id.

    `weights` scale quality and bonus (both whole, 1 and 1 for the published value): the frontier
    between quality and spread asks for other weights.
    """

    def __init__(self, problem: Problem, weights: tuple[int, int] = (1, 1)) -> None:
        self.problem = problem
        self.weights = weights
        self.apps: list[Application] = sorted(problem.applications, key=lambda a: a.id)
        self.position = {a.id: i for i, a in enumerate(self.apps)}
        step = problem.amount_step
        n = len(self.apps)
        self.n = n
        self.least = np.array([a.minimum // step for a in self.apps], dtype=np.int64)
        self.extra = np.array([(a.requested - a.minimum) // step for a in self.apps], dtype=np.int64)
        self.slope = np.array([problem.slope(a) for a in self.apps], dtype=np.int64)
        self.base_value = np.array([problem.value(a, a.minimum) for a in self.apps], dtype=np.int64)
        self.divisible = np.flatnonzero(self.extra > 0)
        self.extra_column = np.full(n, -1, dtype=np.int64)
        self.extra_column[self.divisible] = n + np.arange(len(self.divisible))
        places = [problem.counted_regions(a) for a in self.apps]
        self.members: dict[str, list[int]] = {r.id: [] for r in problem.regions}
        for i, names in enumerate(places):
            for name in names:
                self.members[name].append(i)
        self.shares = [len(names) for names in places]
        self.steps = [s * NANO_PER_THOUSANDTH for s in problem.steps if s > 0]
        self.region_ids = sorted(self.members)
        self.step_columns: list[tuple[list[int], int, int]] = []
        column = n + len(self.divisible)
        for name in self.region_ids:
            size = min(len(self.steps), len(self.members[name]))
            if size:
                self.step_columns.append((self.members[name], column, size))
                column += size
        # The same, laid out for whole-array arithmetic.
        self._members = np.array([i for members, _, _ in self.step_columns for i in members], dtype=np.int64)
        sizes = [len(members) for members, _, _ in self.step_columns]
        self._starts = (
            np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.int64) if sizes else np.zeros(0, int)
        )
        self._first_step = n + len(self.divisible)
        self._rank = np.array([k for _, _, size in self.step_columns for k in range(size)], dtype=np.int64)
        lengths = [size for _, _, size in self.step_columns]
        self._region = np.repeat(np.arange(len(lengths)), lengths)
        self.lots = sorted(range(n), key=lambda i: problem.lot(self.apps[i].id))
        self.rules_of_low: dict[int, Rule] = {}
        self.rules_of_high: dict[int, Rule] = {}
        self.amount_of = np.full(column, -1, dtype=np.int64)
        self.amount_of[:n] = self.extra_column
        """Per column of the programme the column of its open amount, or −1."""
        self.program = self._build(column)

    def _build(self, columns: int) -> IntegerProgram:
        n, problem = self.n, self.problem
        spread = [self.steps[k] for _, _, size in self.step_columns for k in range(size)]
        a, b = self.weights
        cost = [a * int(c) for c in np.concatenate((self.base_value, self.slope[self.divisible]))]
        cost += [b * c for c in spread]
        wide = max((abs(c) for c in cost), default=0) >= 2**53
        weight = np.concatenate((self.least, np.ones(len(self.divisible), dtype=np.int64)))
        weight = np.concatenate((weight, np.zeros(len(spread), dtype=np.int64)))
        low = np.zeros(columns, dtype=np.int64)
        high = np.ones(columns, dtype=np.int64)
        high[n : n + len(self.divisible)] = self.extra[self.divisible]
        for i, app in enumerate(self.apps):
            if app.decision == "in":
                low[i] = 1
                self.rules_of_low[i] = Rule("in", ids=(app.id,))
            elif app.decision == "out":
                high[i] = 0
                self.rules_of_high[i] = Rule("out", ids=(app.id,))
            elif app.merit < problem.min_merit:
                high[i] = 0
                self.rules_of_high[i] = Rule("threshold", ids=(app.id,))
        self.rows = self._rows()
        start, index, entry = self.rows.by_column(columns)
        return IntegerProgram(
            cost=np.array(cost, dtype=object if wide else np.int64),
            weight=weight,
            start=start,
            index=index,
            entry=entry,
            limit=np.array(self.rows.limits, dtype=np.int64),
            low=low,
            high=high,
            decide=np.arange(columns) < n,
        )

    def _rows(self) -> _Rows:
        problem, rows = self.problem, _Rows()
        self._amount_row(rows, range(self.n), problem.ceiling, [1] * self.n, Rule("ceiling"))
        for i in self.divisible.tolist():
            rule = Rule("divisible", ids=(self.apps[i].id,))
            rows.add([int(self.extra_column[i]), i], [1, -int(self.extra[i])], 0, rule)
        for members, first, size in self.step_columns:
            ys = list(range(first, first + size))
            rows.add(ys + members, [1] * size + [-1] * len(members), 0, Rule("spread"))
        for bound in problem.regions:
            self._bound_rows(rows, "region", bound, self.members[bound.id], self.shares)
        by_theme: dict[str, list[int]] = {t.id: [] for t in problem.themes}
        for i, app in enumerate(self.apps):
            if app.theme is not None:
                by_theme[app.theme].append(i)
        for bound in problem.themes:
            self._bound_rows(rows, "theme", bound, by_theme[bound.id], [1] * self.n)
        for group in problem.exclusive:
            members = [self.position[name] for name in group]
            rows.add(members, [1] * len(members), 1, Rule("exclusive", ids=group))
        for pair in problem.requires:
            first, second = (self.position[name] for name in pair)
            rows.add([first, second], [1, -1], 0, Rule("requires", ids=pair))
        return rows

    def _bound_rows(
        self, rows: _Rows, where: str, bound: Bounds, members: list[int], shares: Sequence[int]
    ) -> None:
        ones = [1] * len(members)
        if bound.min_awards > 0:
            rule = Rule("min_awards", where, (bound.id,))
            rows.add(members, [-one for one in ones], -bound.min_awards, rule)
        if bound.max_awards is not None:
            rows.add(members, ones, bound.max_awards, Rule("max_awards", where, (bound.id,)))
        if bound.max_amount is not None:
            rule = Rule("max_amount", where, (bound.id,))
            self._amount_row(rows, members, bound.max_amount, [shares[i] for i in members], rule)

    def _amount_row(
        self, rows: _Rows, members: Sequence[int], most: int, shares: Sequence[int], rule: Rule
    ) -> None:
        """Amounts, each divided by its number of shares, at most `most` cents; multiplied out."""
        times = math.lcm(*shares) if shares else 1
        columns: list[int] = []
        numbers: list[int] = []
        for i, share in zip(members, shares, strict=True):
            part = times // share
            columns.append(i)
            numbers.append(int(self.least[i]) * part)
            if self.extra[i]:
                columns.append(int(self.extra_column[i]))
                numbers.append(part)
        rows.add(columns, numbers, most * times // self.problem.amount_step, rule)

    # -- from points back to awards ---------------------------------------------------------------

    def awards(self, point: Ints) -> dict[str, int]:
        """Amount in cents per awarded id, in order of id."""
        amounts = self.steps_awarded(point) * self.problem.amount_step
        return {self.apps[i].id: int(amounts[i]) for i in np.flatnonzero(point[: self.n])}

    def steps_awarded(self, point: Ints) -> Ints:
        """Steps of money per application."""
        result = self.least * point[: self.n]
        result[self.divisible] += point[self.n : self.n + len(self.divisible)]
        return result

    def point(self, awards: dict[str, int]) -> Ints:
        """The point of the programme for these awards (cents per id)."""
        result = np.zeros(self.program.columns, dtype=np.int64)
        for name, amount in awards.items():
            i = self.position[name]
            result[i] = 1
            if self.extra[i]:
                result[self.extra_column[i]] = amount // self.problem.amount_step - self.least[i]
        self.earn_steps(result)
        return result

    def earn_steps(self, point: Ints) -> None:
        """Set the region steps to what the awards in the point earn."""
        if len(self._starts):
            counts = np.add.reduceat(point[self._members], self._starts)
            point[self._first_step :] = self._rank < counts[self._region]

    def quality(self, point: Ints) -> int:
        """Nano-points of quality, unweighted."""
        n, d = self.n, len(self.divisible)
        return exact_dot(self.base_value, point[:n]) + exact_dot(self.slope[self.divisible], point[n : n + d])

    def bonus(self, point: Ints) -> int:
        """Nano-points of spread bonus, unweighted."""
        return sum(
            sum(self.steps[: int(point[first : first + size].sum())]) for _, first, size in self.step_columns
        )
