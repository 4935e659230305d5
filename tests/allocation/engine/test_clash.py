"""When nothing is allowed: the set of rules named clashes, and no smaller set does."""

from __future__ import annotations

import itertools

from pool.allocation.engine import parse_problem, solve
from pool.allocation.engine.clash import rules_of, with_rules
from tests.allocation.engine.rounds import enumerate_best, small_round


def possible(problem_dict: dict, keys: set) -> bool:
    problem = with_rules(parse_problem(problem_dict), keys)
    return enumerate_best(problem.to_dict())[0] is not None


def test_the_set_is_smallest() -> None:
    seen = 0
    for seed in range(5000, 5400):
        problem = small_round(seed, most=5)
        outcome = solve(parse_problem(problem))
        if outcome.status != "infeasible":
            continue
        seen += 1
        named = {(c.kind, c.where, c.ids) for c in outcome.clash}
        assert not possible(problem, named), seed
        keys = rules_of(parse_problem(problem))
        for smaller in itertools.combinations(keys, len(named) - 1):
            assert possible(problem, set(smaller)), (seed, smaller, named)
        assert all(c.text for c in outcome.clash)
        if seen >= 15:
            break
    assert seen >= 10


def test_words_name_the_rules() -> None:
    problem = small_round(1)
    problem["ceiling"] = 0
    problem["applications"][0]["decision"] = "in"
    outcome = solve(parse_problem(problem))
    texts = [c.text for c in outcome.clash]
    name = problem["applications"][0]["id"]
    assert outcome.status == "infeasible"
    assert f"{name} must be awarded" in texts
    assert any("may cost at most € 0.00" in text for text in texts)


def test_a_region_that_nobody_takes_part_in_is_named_at_once() -> None:
    """Among a hundred free applications, where a search that only tries would have no end."""
    problem = {
        **small_round(2),
        "ceiling": 100_000,
        "amount_step": 1,
        "exclusive": [],
        "requires": [],
        "themes": [],
        "regions": [
            {"id": name, "min_awards": least, "max_awards": None, "max_amount": None}
            for name, least in (("west", 0), ("oost", 1))
        ],
        "applications": [
            {
                "id": f"A{place:03}",
                "merit": 60_000,
                "requested": 1_000,
                "minimum": 1_000,
                "regions": ["west"],
                "theme": None,
                "decision": "free",
            }
            for place in range(100)
        ],
    }
    outcome = solve(parse_problem(problem))
    assert outcome.status == "infeasible"
    assert [(c.kind, c.where, c.ids) for c in outcome.clash] == [("min_awards", "region", ("oost",))]
