"""How sure an award is: the share of draws of the merits in which each application is awarded.

The draws (say, from the posterior of a calibration) are taken as they are; each is a round of its own
with the same rules, settled by the same lots.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pool.allocation.engine.integer import Ints
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import MERIT_MAX, FieldError, Problem, ProblemError
from pool.allocation.engine.search import Limits
from pool.allocation.engine.shared import SharedRows
from pool.allocation.engine.solver import best

NODES = 20_000
"""Boxes searched per draw."""
HINTS = 2
"""Outcomes of earlier draws that a draw starts from."""


@dataclass(frozen=True)
class Share:
    """In how many draws an application is awarded, in how many of those whole, and the sum awarded (cents)."""

    id: str
    awarded: int
    whole: int
    amount: int

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "awarded": self.awarded, "whole": self.whole, "amount": self.amount}


@dataclass(frozen=True)
class Stability:
    """Shares over `draws` rounds. `unproven` counts draws whose best outcome was not proven in time, or
    whose ties were not settled (they count with what was found); `infeasible` those in which nothing
    was allowed (they count as nothing awarded)."""

    problem_sha256: str
    draws: int
    unproven: int
    infeasible: int
    applications: tuple[Share, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": "pool-allocation-stability/1",
            "problem_sha256": self.problem_sha256,
            "draws": self.draws,
            "unproven": self.unproven,
            "infeasible": self.infeasible,
            "applications": [share.to_dict() for share in self.applications],
        }


def read_draws(lines: Iterable[str], problem: Problem) -> list[dict[str, int]]:
    """Draws from CSV text: a header with ids, then a row of merits in thousandths per draw.

    Raises `ProblemError` naming the line and column of every wrong value.
    """
    known = {app.id for app in problem.applications}
    errors: list[FieldError] = []
    reader = csv.reader(lines)
    header = next(reader, [])
    for name in sorted({name for name in header if name not in known or header.count(name) > 1}):
        errors.append(FieldError("line 1", repr(name), "must be the id of an application, once"))
    for name in sorted(known - set(header)):
        errors.append(FieldError("line 1", name, "has no column"))
    draws: list[dict[str, int]] = []
    for number, row in enumerate(reader, 2):
        if len(row) != len(header):
            errors.append(FieldError(f"line {number}", f"{len(row)} values", f"must have {len(header)}"))
            continue
        for name, text in zip(header, row, strict=True):
            if not (text.isascii() and text.isdigit() and int(text) <= MERIT_MAX):
                why = f"must be a whole number of thousandths from 0 to {MERIT_MAX}"
                errors.append(FieldError(f"line {number}, {name}", repr(text), why))
        if not errors:
            draws.append({name: int(text) for name, text in zip(header, row, strict=True)})
    if errors:
        raise ProblemError(errors)
    return draws


class _Memory:
    """The best outcomes of earlier draws: often one of them is the best of the next as well."""

    def __init__(self) -> None:
        self.points: list[Ints] = []
        self.known: set[bytes] = set()

    def keep(self, point: Ints) -> None:
        key = point.tobytes()
        if key not in self.known:
            self.known.add(key)
            self.points.append(point)

    def nearest(self, model: Model) -> list[Ints]:
        """The allowed ones that are worth most now."""
        program = model.program
        if not self.points:
            return []
        points = np.array(self.points)
        inside = ((points >= program.low) & (points <= program.high)).all(axis=1)
        worth = points[inside].astype(float) @ program.cost.astype(float)
        order = np.argsort(-worth, kind="stable")[:HINTS]
        return [points[inside][place] for place in order.tolist()]


def stability(
    problem: Problem,
    draws: Sequence[Mapping[str, int]],
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> Stability:
    """Solve the round once per draw (merits in thousandths per id) and count."""
    apps = sorted(problem.applications, key=lambda app: app.id)
    awarded = dict.fromkeys((app.id for app in apps), 0)
    whole, amounts = dict(awarded), dict(awarded)
    unproven = infeasible = 0
    memory = _Memory()
    shared = SharedRows(problem)
    for number, draw in enumerate(draws, 1):
        merits = tuple(replace(app, merit=draw[app.id]) for app in apps)
        model = Model(replace(problem, applications=merits))
        answer = best(model, Limits(NODES), hints=memory.nearest(model), shared=shared)
        if answer.point is None:
            infeasible += answer.bound is None
            unproven += answer.bound is not None
            continue
        memory.keep(answer.point)
        unproven += answer.bound != answer.value or not answer.ties.settled
        for name, amount in model.awards(answer.point).items():
            awarded[name] += 1
            amounts[name] += amount
            whole[name] += amount == model.apps[model.position[name]].requested
        if progress is not None:
            progress({"phase": "stability", "done": number, "of": len(draws)})
    shares = tuple(Share(app.id, awarded[app.id], whole[app.id], amounts[app.id]) for app in apps)
    return Stability(problem.sha256, len(draws), unproven, infeasible, shares)
