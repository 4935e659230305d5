"""The way of very large rounds gives the same answers, and an honest gap when it is cut short."""

from __future__ import annotations

import json

import pytest

from pool.allocation.engine import large, parse_problem, solve, solver, verify
from tests.allocation.engine.rounds import middling_round, small_round


def test_same_answers_as_the_ordinary_search(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = [parse_problem(small_round(seed)) for seed in range(300, 350)]
    rounds += [parse_problem(middling_round(seed, 40)) for seed in range(3)]
    ordinary = [solve(problem) for problem in rounds]
    monkeypatch.setattr(large, "COLUMNS", 0)
    for problem, expected in zip(rounds, ordinary, strict=True):
        outcome = solve(problem)
        assert outcome.status == expected.status
        assert outcome.awards == expected.awards
        assert outcome.bound == expected.bound
        assert (outcome.ties.by, outcome.ties.settled) == (expected.ties.by, expected.ties.settled)


def test_cut_short_it_says_how_far_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = middling_round(1)
    best = solve(parse_problem(problem)).objective
    monkeypatch.setattr(large, "COLUMNS", 0)
    monkeypatch.setattr(large, "NODES", 1)
    monkeypatch.setattr(solver, "NODES", 1)
    outcome = solve(parse_problem(problem))
    assert outcome.objective <= best <= outcome.bound
    assert verify(problem, json.loads(json.dumps(outcome.to_dict()))) == []


def test_the_answer_is_repeatable() -> None:
    problem = parse_problem(middling_round(2))
    one, other = solve(problem), solve(problem)
    assert (one.awards, one.bound, one.nodes, one.ties) == (
        other.awards,
        other.bound,
        other.nodes,
        other.ties,
    )
