"""The frontier holds every best outcome for some weight of the spread, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from pool.allocation.engine import frontier, parse_problem, read_draws, solve, stability
from tests.allocation.engine.rounds import small_round


def test_corners_are_best_over_their_range() -> None:
    for seed in range(700, 730):
        problem = parse_problem(small_round(seed, most=8))
        found = frontier(problem)
        if solve(problem).status == "infeasible":
            assert found.corners == ()
            continue
        assert found.complete
        assert found.corners[0].scale_low == 0
        assert found.corners[-1].scale_high is None
        assert sum(corner.published for corner in found.corners) >= 1
        for corner, following in zip(found.corners, found.corners[1:], strict=False):
            assert corner.scale_high == following.scale_low
        # Steps scaled by whole numbers: the value at every scale is that of its corner.
        for scale in (0, 1, 2, 5, 100):
            scaled = replace(problem, steps=tuple(step * scale for step in problem.steps))
            best = solve(scaled).objective
            here = [
                corner
                for corner in found.corners
                if corner.scale_low <= scale
                and (corner.scale_high is None or Fraction(scale) <= corner.scale_high)
            ]
            assert all(corner.quality + scale * corner.bonus == best for corner in here)
            assert here


def test_the_published_corner_is_the_outcome() -> None:
    for seed in range(730, 750):
        problem = parse_problem(small_round(seed))
        outcome = solve(problem)
        if outcome.status == "optimal":
            published = [corner for corner in frontier(problem).corners if corner.published]
            assert outcome.objective in {corner.quality + corner.bonus for corner in published}


def test_stability_counts_what_solving_gives() -> None:
    problem = parse_problem(small_round(3))
    ids = [app.id for app in problem.applications]
    rows = [[app.merit for app in problem.applications], [0] * len(ids), [100_000] * len(ids)]
    lines = [",".join(ids), *(",".join(map(str, row)) for row in rows)]
    draws = read_draws(lines, problem)
    result = stability(problem, draws)
    expected = dict.fromkeys(ids, 0)
    for draw in draws:
        apps = tuple(replace(app, merit=draw[app.id]) for app in problem.applications)
        for name in solve(replace(problem, applications=apps)).awards:
            expected[name] += 1
    assert {share.id: share.awarded for share in result.applications} == expected
    assert (result.draws, result.unproven) == (3, 0)
