"""Rows found for one question of a round and used again for the next.

Many questions are asked of one round: with an application inside or outside, at other merits, at other
weights, at another amount. What is allowed hardly differs between them, so neither do the rows that bring
the relaxation's bound down. They are made here for the round without its threshold and decisions, in which
every application may be awarded or not; so they hold for every question that only restricts this, or
values it differently.

Where one application asks another amount, its own columns leave the rows. What remains holds: every row
comes from rows of money in which no entry is negative, so the other awards of an allowed outcome keep them
also without it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pool.allocation.engine.cuts import Row, Separator
from pool.allocation.engine.integer import Floats
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import Problem

MOST = 60
"""Rows kept: those that were of use last."""


class SharedRows:
    """Rows over the columns of `Model(problem)`, found so far."""

    def __init__(self, problem: Problem) -> None:
        apps = tuple(replace(app, decision="free") for app in problem.applications)
        self.model = Model(replace(problem, applications=apps, min_merit=0))
        program, amount_of = self.model.program, self.model.amount_of
        self.separator = Separator(program, amount_of)
        self.rows: list[Row] = []

    def broken(self, point: Floats) -> list[Row]:
        """New rows that a point of the relaxation breaks; kept for the next question as well."""
        found = self.separator.broken(point)
        self.rows = [*found, *self.rows]
        return found

    def sort(self, point: Floats) -> None:
        """Move the rows that bind at the point to the front, and forget those that were of no use for long."""
        room = [limit - float((entries * point[columns]).sum()) for columns, entries, limit in self.rows]
        sizes = [float(np.abs(entries).max()) for _, entries, _ in self.rows]
        order = sorted(range(len(room)), key=lambda k: room[k] > 1e-6 * sizes[k])
        self.rows = [self.rows[k] for k in order[:MOST]]

    def of(self, model: Model) -> tuple[SharedRows | None, list[Row]]:
        """What holds in a model: all of this, to be added to; or some rows; or, under other rules, nothing."""
        if _rules(model.problem) != _rules(self.model.problem):
            return None, []
        other = [
            i
            for i, (app, own) in enumerate(zip(model.apps, self.model.apps, strict=True))
            if (app.requested, app.minimum) != (own.requested, own.minimum)
        ]
        if not other:
            return self, []
        return None, self._without(other, model)

    def _without(self, other: list[int], model: Model) -> list[Row]:
        """The rows over the columns of a model in which these applications ask otherwise."""
        column_of = np.full(self.model.program.columns, -1)
        column_of[: self.model.n] = np.arange(self.model.n)
        paired = self.model.divisible
        column_of[self.model.extra_column[paired]] = model.extra_column[paired]
        column_of[other] = -1
        amounts = self.model.extra_column[other]
        column_of[amounts[amounts >= 0]] = -1
        result = []
        for columns, entries, limit in self.rows:
            there = column_of[columns] >= 0
            if there.sum() > 1:
                result.append((column_of[columns][there], entries[there], limit))
        return result


def _rules(problem: Problem) -> tuple[object, ...]:
    """What the rows of money depend on, amounts aside."""
    return (
        problem.ceiling,
        problem.amount_step,
        {region.id: region.max_amount for region in problem.regions},
        {theme.id: theme.max_amount for theme in problem.themes},
        {app.id: (problem.counted_regions(app), app.theme) for app in problem.applications},
    )
