"""The worked example for everybody: the same answer as the engine, whatever the rules say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pool.allocation.engine import parse_problem, solve
from pool.rounds import example
from pool.rounds.inputs import RoundRules
from tests.support.world import RULES


def problem(found: example.Example, rules: RoundRules, steps: tuple[int, ...]) -> dict[str, Any]:
    """The example in the format of the engine."""
    free = {"min_awards": 0, "max_awards": None, "max_amount": None}
    regions = sorted({r for a in found.applications for r in a.regions})
    value: dict[str, Any] = {"basis": rules.value_basis}
    if rules.value_basis == "amount":
        value["reference_amount"] = rules.reference_amount
    return {
        "schema": "pool-allocation-problem/1",
        "name": "voorbeeld",
        "ceiling": found.ceiling,
        "amount_step": rules.amount_step,
        "value": value,
        "spread": {"steps": list(steps), "joint": rules.joint},
        "min_merit": rules.min_merit,
        "regions": [{"id": region, **free} for region in regions],
        "themes": [{"id": "thema", **free}],
        "applications": [
            {
                "id": a.name,
                "merit": a.merit,
                "requested": a.requested,
                "minimum": a.minimum,
                "regions": list(a.regions),
                "theme": "thema",
                "decision": "free",
            }
            for a in found.applications
        ],
        "exclusive": [],
        "requires": [],
        "ties": {"seed": rules.tie_seed},
    }


def check(rules: RoundRules) -> None:
    found = example.worked(rules)
    for mine, steps in ((found.with_spread, rules.spread_steps), (found.without_spread, ())):
        best = solve(parse_problem(problem(found, rules, steps)))
        assert mine.value + (mine.bonus if steps else 0) == best.objective
        assert mine.spent == best.spent
        assert {line.application.name: line.award for line in mine.lines if line.award} == best.awards


@pytest.mark.parametrize(
    "rules",
    [
        RULES,
        RoundRules(),
        replace(RULES, partial_awards=False),
        replace(RULES, joint="lead"),
        replace(RULES, value_basis="amount", reference_amount=10_000_000),
        replace(RULES, max_request=4_000_000),
        replace(RULES, amount_step=100_000),
        replace(RULES, min_merit=100_000),
    ],
)
def test_it_says_what_the_engine_says(rules: RoundRules) -> None:
    check(rules)


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(st.integers(0, 40_000), max_size=4).map(lambda x: tuple(sorted(x, reverse=True))),
    floor=st.integers(0, 100_000),
    partial=st.booleans(),
    joint=st.sampled_from(["every", "lead"]),
    basis=st.sampled_from(["application", "amount"]),
    step=st.sampled_from([1, 100, 50_000, 1_500_000]),
)
def test_it_says_what_the_engine_says_for_any_rules(
    steps: tuple[int, ...], floor: int, partial: bool, joint: str, basis: str, step: int
) -> None:
    check(
        replace(
            RULES,
            spread_steps=steps,
            min_merit=floor,
            partial_awards=partial,
            joint=joint,
            value_basis=basis,
            reference_amount=10_000_000,
            amount_step=step,
        )
    )


def test_spread_makes_a_difference_in_it() -> None:
    found = example.worked(RULES)
    assert found.differs
    assert len(found.with_spread.reached) > len(found.without_spread.reached)
    assert found.with_spread.bonus > found.without_spread.bonus > 0
    assert found.with_spread.spent <= found.ceiling


def test_nobody_can_ask_more_in_it_than_in_the_round() -> None:
    found = example.worked(replace(RULES, max_request=400_000))
    assert max(a.requested for a in found.applications) <= 400_000
