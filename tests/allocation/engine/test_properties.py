"""What must hold for every round: properties of the issue, on rounds made by Hypothesis."""

from __future__ import annotations

import random
from copy import deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pool.allocation.engine import explain, parse_problem, solve
from pool.allocation.engine.amounts import asking
from tests.allocation.engine.rounds import small_round

SOME = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
seeds = st.integers(10_000, 10**9)


@SOME
@given(seeds, st.randoms(use_true_random=False))
def test_order_of_input_changes_nothing(seed: int, rnd: random.Random) -> None:
    problem = small_round(seed)
    shuffled = deepcopy(problem)
    for name in ("applications", "regions", "themes", "exclusive", "requires"):
        rnd.shuffle(shuffled[name])
    for group in shuffled["exclusive"]:
        rnd.shuffle(group)
    one, other = solve(parse_problem(problem)), solve(parse_problem(shuffled))
    assert (one.awards, one.ties, one.bound, one.status) == (
        other.awards,
        other.ties,
        other.bound,
        other.status,
    )
    assert one.regions == other.regions


@SOME
@given(seeds, st.randoms(use_true_random=False))
def test_renaming_changes_nothing_without_a_tie(seed: int, rnd: random.Random) -> None:
    problem = small_round(seed)
    one = solve(parse_problem(problem))
    assume(one.ties.by in (None, "spend"))
    ids = [a["id"] for a in problem["applications"]]
    names = dict(zip(ids, rnd.sample([f"N{i}" for i in range(99)], len(ids)), strict=True))
    renamed = deepcopy(problem)
    for app in renamed["applications"]:
        app["id"] = names[app["id"]]
    for field in ("exclusive", "requires"):
        renamed[field] = [[names[name] for name in group] for group in problem[field]]
    other = solve(parse_problem(renamed))
    assert {names[name]: amount for name, amount in one.awards.items()} == other.awards
    assert other.ties.by == one.ties.by


@SOME
@given(seeds, st.integers(1, 500))
def test_more_ceiling_never_lowers_the_value(seed: int, more: int) -> None:
    problem = parse_problem(small_round(seed))
    one = solve(problem)
    assume(one.status == "optimal")
    assert solve(replace(problem, ceiling=problem.ceiling + more)).objective >= one.objective


@SOME
@given(seeds)
def test_removing_a_refused_application_changes_nothing(seed: int) -> None:
    problem = small_round(seed)
    one = solve(parse_problem(problem))
    refused = [a["id"] for a in problem["applications"] if a["id"] not in one.awards]
    assume(refused and one.status == "optimal")
    for name in refused:
        smaller = deepcopy(problem)
        smaller["applications"] = [a for a in problem["applications"] if a["id"] != name]
        groups = [[other for other in group if other != name] for group in problem["exclusive"]]
        smaller["exclusive"] = [group for group in groups if len(group) > 1]
        # What required it can no longer be awarded; what it required no longer matters.
        smaller["requires"] = [pair for pair in problem["requires"] if name not in pair]
        for first, second in problem["requires"]:
            if second == name:
                for app in smaller["applications"]:
                    if app["id"] == first:
                        app["decision"] = "out"
        assert solve(parse_problem(smaller)).awards == one.awards, name


def with_application(problem: Any, name: str, **changes: Any) -> Any:
    apps = tuple(replace(app, **changes) if app.id == name else app for app in problem.applications)
    return replace(problem, applications=apps)


@settings(SOME, max_examples=25)
@given(seeds)
def test_explanations_are_true_when_solved_again(seed: int) -> None:
    problem = parse_problem(small_round(seed, most=8))
    outcome = solve(problem)
    assume(outcome.status == "optimal")
    apps = {app.id: app for app in problem.applications}
    for item in explain(problem, outcome).applications:
        assert item.proven
        name, app = item.id, apps[item.id]

        def awarded(name: str = name, **changes: Any) -> int:
            return solve(with_application(problem, name, **changes)).awards.get(name, 0)

        if item.lowest_merit is None:
            assert not awarded(merit=100_000)
        elif app.decision == "free":
            assert awarded(merit=item.lowest_merit)
            assert item.lowest_merit == 0 or not awarded(merit=item.lowest_merit - 1)
        if item.amount and item.amount < app.requested:
            if item.full_merit is None:
                assert awarded(merit=100_000) < app.requested
            else:
                assert awarded(merit=item.full_merit) == app.requested
                assert awarded(merit=item.full_merit - 1) < app.requested
        if not item.amount:
            check_amount(problem, app, item.largest_amount, awarded)
        assert item.amount or item.binding


def check_amount(problem: Any, app: Any, amount: int | None, awarded: Any) -> None:
    def at(asked: int) -> int:
        changed = asking(app, asked)
        return awarded(requested=changed.requested, minimum=changed.minimum)

    step = problem.amount_step
    if amount is None:
        assert not any(at(asked) for asked in range(step, app.requested, step))
    else:
        assert at(amount)
        assert not at(amount + step)
