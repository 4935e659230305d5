"""Quality against regional spread: every best outcome as the spread steps are scaled from nought up.

With the steps scaled by t the best outcome maximises Q + t·B (quality and bonus in nano-points). The
outcomes that are best for some t are the corners of the upper hull of all (Q, B); between two corners
t changes hands at (Q₁ − Q₂) / (B₂ − B₁). All corners are found by asking, between two known ones, for
the weight at which they draw: either nothing is better there, or a new corner turns up (Aneja & Nair,
"Bicriteria transportation problem", Management Science 25, 1979).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from pool.allocation.engine.integer import Ints, with_row
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import Problem
from pool.allocation.engine.search import Limits, Search
from pool.allocation.engine.shared import SharedRows
from pool.allocation.engine.solver import NODES, best


@dataclass(frozen=True)
class Corner:
    """One outcome, best while the steps are scaled by anything from `scale_low` to `scale_high`.

    Quality and bonus (at the published steps) in nano-points, spent in cents, awards in cents per id;
    `scale_high` None is without end. `published`: the scale 1 lies in its range.
    """

    quality: int
    bonus: int
    spent: int
    awards: dict[str, int]
    scale_low: Fraction
    scale_high: Fraction | None
    published: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "quality": self.quality,
            "bonus": self.bonus,
            "spent": self.spent,
            "awards": [{"id": name, "amount": amount} for name, amount in self.awards.items()],
            "scale_low": _ratio(self.scale_low),
            "scale_high": None if self.scale_high is None else _ratio(self.scale_high),
            "published": self.published,
        }


def _ratio(scale: Fraction) -> dict[str, Any]:
    """Exact as two whole numbers, and rounded for people."""
    return {"numerator": scale.numerator, "denominator": scale.denominator, "about": round(float(scale), 6)}


@dataclass(frozen=True)
class Frontier:
    """All corners, from the one with the most quality to the one with the most spread.

    `complete` is false when a weight was not decided within the limit: corners may then be missing.
    """

    problem_sha256: str
    corners: tuple[Corner, ...]
    complete: bool

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": "pool-allocation-frontier/1",
            "problem_sha256": self.problem_sha256,
            "corners": [corner.to_dict() for corner in self.corners],
            "complete": self.complete,
        }


@dataclass(frozen=True)
class _Point:
    quality: int
    bonus: int
    point: Ints


class _Asker:
    def __init__(self, problem: Problem, limits: Limits) -> None:
        self.problem = problem
        self.limits = limits
        self.model = Model(problem)
        self.shared = SharedRows(problem)
        self.complete = True
        self.known: list[_Point] = []

    def _of(self, point: Ints) -> _Point:
        return _Point(self.model.quality(point), self.model.bonus(point), point)

    def best_at(self, quality: int, bonus: int) -> _Point | None:
        """A best point with these weights; None when nothing is allowed."""
        model = Model(self.problem, (quality, bonus))
        search = Search(
            model.program,
            model.earn_steps,
            limits=self.limits,
            amount_of=model.amount_of,
            shared=self.shared,
        )
        for known in self.known:
            search.consider(known.point.copy())
        found = search.run()
        self.complete = self.complete and found.complete
        return self._keep(found.best.point)

    def best_then(self, first: tuple[int, int], second: tuple[int, int]) -> _Point | None:
        """Of the best points with the first weights, one that is best with the second."""
        top = self.best_at(*first)
        if top is None:
            return None
        one, other = Model(self.problem, first).program, Model(self.problem, second).program
        program = replace(with_row(one, -one.cost, -one.value(top.point)), cost=other.cost)
        search = Search(program, self.model.earn_steps, limits=self.limits)
        search.consider(top.point.copy())
        found = search.run()
        self.complete = self.complete and found.complete
        return self._keep(found.best.point)

    def _keep(self, point: Ints | None) -> _Point | None:
        if point is None:
            return None
        self.model.earn_steps(point)
        kept = self._of(point)
        self.known.append(kept)
        return kept


def frontier(
    problem: Problem, progress: Callable[[dict[str, Any]], None] | None = None, limits: Limits | None = None
) -> Frontier:
    """All outcomes that are best for some scale of the steps; empty when nothing is allowed."""
    limits = limits or Limits(NODES)
    asker = _Asker(problem, limits)
    # At scale 1 the published rules decide, ties included.
    published = best(asker.model, limits)
    if published.point is None:
        return Frontier(problem.sha256, (), True)
    asker.complete = published.bound == published.value
    middle = asker._keep(published.point)
    left = asker.best_then((1, 0), (0, 1))
    right = asker.best_then((0, 1), (1, 0))
    assert middle is not None
    assert left is not None
    assert right is not None
    corners = {(left.quality, left.bonus): left, (right.quality, right.bonus): right}
    waiting = [(left, right)]
    while waiting:
        one, other = waiting.pop()
        gain, loss = other.bonus - one.bonus, one.quality - other.quality
        if gain <= 0 or loss <= 0:
            continue
        common = math.gcd(gain, loss)
        weights = gain // common, loss // common
        found = asker.best_at(*weights)
        assert found is not None
        if progress is not None:
            progress({"phase": "frontier", "corners": len(corners), "left": len(waiting)})
        if _worth(found, weights) > _worth(one, weights):
            corners[(found.quality, found.bonus)] = found
            waiting += [(one, found), (found, other)]
    corners[(middle.quality, middle.bonus)] = middle
    return Frontier(problem.sha256, _ranges(asker, _hull(list(corners.values()))), asker.complete)


def _worth(point: _Point, weights: tuple[int, int]) -> int:
    return weights[0] * point.quality + weights[1] * point.bonus


def _hull(points: list[_Point]) -> list[_Point]:
    """From most quality to most bonus, without points that lie inside the hull (on it may stay)."""
    points.sort(key=lambda item: (-item.quality, -item.bonus))
    kept: list[_Point] = []
    for point in points:
        if kept and point.bonus <= kept[-1].bonus:
            continue
        while len(kept) > 1 and _scale(kept[-2], kept[-1]) > _scale(kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def _scale(one: _Point, other: _Point) -> Fraction:
    """The scale at which the two are worth the same."""
    return Fraction(one.quality - other.quality, other.bonus - one.bonus)


def _ranges(asker: _Asker, hull: list[_Point]) -> tuple[Corner, ...]:
    corners = []
    for place, item in enumerate(hull):
        low = _scale(hull[place - 1], item) if place else Fraction(0)
        high = _scale(item, hull[place + 1]) if place + 1 < len(hull) else None
        awards = asker.model.awards(np.asarray(item.point))
        corners.append(
            Corner(
                quality=item.quality,
                bonus=item.bonus,
                spent=sum(awards.values()),
                awards=awards,
                scale_low=low,
                scale_high=high,
                published=low <= 1 and (high is None or high >= 1),
            )
        )
    return tuple(corners)
