"""The verifier accepts what is true and rejects every change; a verifier that sleeps turns this red."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from pool.allocation.engine import parse_problem, solve, verify
from pool.allocation.engine import verify as verify_function
from pool.allocation.engine.__main__ import spoiled
from tests.allocation.engine.rounds import small_round

FILE = Path(__file__).resolve().parents[3] / "pool" / "allocation" / "engine" / "verify.py"


def solved(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    problem = small_round(seed)
    return problem, json.loads(json.dumps(solve(parse_problem(problem)).to_dict()))


@pytest.mark.parametrize("seed", range(40))
def test_rejects_every_change(seed: int) -> None:
    problem, outcome = solved(seed)
    assert verify(problem, outcome) == []
    if outcome["status"] == "infeasible":
        return
    for name, bad in spoiled(outcome):
        assert verify(problem, bad), name


def test_rejects_every_other_set_that_ties_by_one_swap() -> None:
    """Two equal applications, room for one: the lot decides, and the verifier knows it."""
    problem = small_round(3)
    twin = {
        "merit": 50_000,
        "requested": 100,
        "minimum": 100,
        "regions": [],
        "theme": None,
        "decision": "free",
    }
    problem.update(
        ceiling=100,
        amount_step=100,
        min_merit=0,
        value={"basis": "application"},
        regions=[],
        themes=[],
        exclusive=[],
        requires=[],
        applications=[{"id": "A", **twin}, {"id": "B", **twin}],
    )
    outcome = json.loads(json.dumps(solve(parse_problem(problem)).to_dict()))
    assert outcome["ties"]["by"] == "lot"
    assert verify(problem, outcome) == []
    loser = outcome["ties"]["rival"]
    outcome["ties"]["rival"], outcome["awards"] = outcome["awards"], loser
    assert any("should have won" in line for line in verify(problem, outcome))
    outcome["ties"] = {"met": False, "by": None, "settled": True, "order": [], "rival": None}
    assert any("drawn earlier by lot" in line for line in verify(problem, outcome))


def test_rejects_another_problem() -> None:
    problem, outcome = solved(3)
    problem["name"] = "another"
    assert any("another problem" in line for line in verify(problem, outcome))


def test_broken_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the recount away and the changes pass: the test above rests on it."""
    import sys

    module = sys.modules[verify_function.__module__]
    problem, outcome = solved(3)
    outcome["objective"] += 1
    outcome["bound"] += 1
    assert verify(problem, outcome)
    monkeypatch.setattr(module, "_totals", lambda *_: [])
    assert not verify(problem, outcome)


def test_stands_alone() -> None:
    allowed = {"hashlib", "json", "sys", "collections.abc", "fractions", "typing"}
    for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert node.module in allowed
