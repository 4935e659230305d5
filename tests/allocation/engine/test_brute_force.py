"""The engine against trying everything: 3,000 small rounds with every feature, tie rule included."""

from __future__ import annotations

import json

import pytest

from pool.allocation.engine import parse_problem, solve, verify
from tests.allocation.engine.rounds import enumerate_best, small_round

CHUNK = 100


@pytest.mark.parametrize("chunk", range(30))
def test_agrees_with_enumeration(chunk: int) -> None:
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        # Few rounds of the full size: trying everything takes twice as long per application.
        problem = small_round(seed, most=12 if seed % 10 == 0 else 8)
        winner, by = enumerate_best(problem)
        outcome = solve(parse_problem(problem))
        if winner is None:
            assert outcome.status == "infeasible", seed
            assert outcome.clash, seed
        else:
            assert outcome.status == "optimal", seed
            assert outcome.awards == winner, seed
            assert outcome.ties.settled, seed
            assert outcome.ties.by == by, seed
            assert outcome.ties.met == (by is not None), seed
        assert verify(problem, json.loads(json.dumps(outcome.to_dict()))) == [], seed
