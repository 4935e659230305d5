"""The rules of practice against the same rules written out plainly, where only ceiling and threshold count."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from pool.allocation.engine import Problem, parse_problem, solve, verify
from tests.allocation.engine.rounds import small_round


def plain_round(seed: int) -> dict[str, Any]:
    """A random round with partial awards, without bounds, pairs, decisions and spread."""
    body = small_round(seed)
    free = [{**a, "decision": "free"} for a in body["applications"]]
    regions = [
        {"id": r["id"], "min_awards": 0, "max_awards": None, "max_amount": None} for r in body["regions"]
    ]
    themes = [
        {"id": t["id"], "min_awards": 0, "max_awards": None, "max_amount": None} for t in body["themes"]
    ]
    rnd = random.Random(seed)
    for application in free:
        application["requested"] *= 5
        application["minimum"] = application["requested"] - rnd.randint(0, 4) * body["amount_step"]
    ceiling = rnd.randint(0, sum(a["requested"] for a in free))
    return {
        **body,
        "applications": free,
        "regions": regions,
        "themes": themes,
        "exclusive": [],
        "requires": [],
        "ceiling": ceiling,
        "spread": {"steps": [], "joint": "every"},
    }


def by_hand(problem: Problem, rule: str) -> dict[str, int]:
    """The rule, written out. Amounts in cents per application that gets something."""

    def order(a: Any) -> tuple[Fraction, str]:
        worth = Fraction(problem.value(a, a.requested), a.requested) if rule == "ratio" else Fraction(a.merit)
        return -worth, problem.lot(a.id)

    awards, left = {}, problem.ceiling
    for a in sorted(problem.applications, key=order):
        if a.merit < problem.min_merit:
            continue
        amount = min(a.requested, left // problem.amount_step * problem.amount_step)
        if rule == "rank_cut":
            amount = a.requested if a.requested <= left else a.minimum
        if a.minimum <= amount <= left:
            awards[a.id] = amount
            left -= amount
        if rule == "rank_cut" and awards.get(a.id) != a.requested:
            break
    return awards


@pytest.mark.parametrize("rule", ["rank_cut", "rank_skip", "ratio"])
def test_a_rule_does_what_it_says(rule: str) -> None:
    parts = 0
    for seed in range(150):
        body = plain_round(seed)
        problem = parse_problem(body)
        outcome = solve(problem, rule)
        assert outcome.awards == by_hand(problem, rule), seed
        assert verify(body, outcome.to_dict()) == []
        parts += any(a.minimum < outcome.awards.get(a.id, 0) < a.requested for a in problem.applications)
    assert (parts > 10) == (rule != "rank_cut")


@pytest.mark.parametrize("rule", ["rank_cut", "rank_skip", "ratio"])
def test_every_rule_keeps_all_bounds(rule: str) -> None:
    done = 0
    for seed in range(150):
        body = small_round(seed)
        outcome = solve(parse_problem(body), rule)
        done += outcome.status != "infeasible"
        assert verify(body, outcome.to_dict()) == [], seed
    assert done > 100
