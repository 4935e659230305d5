"""Every wrong field is refused with its path, what was found and why."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from typing import Any

import pytest

from pool.allocation.engine import ProblemError, canonical_json, parse_problem, sha256
from tests.allocation.engine.rounds import small_round

BASE = small_round(3)
WRONG: list[tuple[str, Any, str]] = [
    ("schema", "pool-allocation-problem/2", "schema"),
    ("name", 3, "name"),
    ("name", "\ud800", "name"),
    ("ceiling", -1, "ceiling"),
    ("ceiling", 1.0, "ceiling"),
    ("ceiling", True, "ceiling"),
    ("ceiling", 10**14, "ceiling"),
    ("amount_step", 0, "amount_step"),
    ("value", {"basis": "euro"}, "value.basis"),
    ("value", {"basis": "amount"}, "value.reference_amount"),
    ("value", {"basis": "application", "reference_amount": 3}, "value.reference_amount"),
    ("value", [], "value"),
    ("spread", {"steps": [1, 2], "joint": "every"}, "spread.steps[1]"),
    ("spread", {"steps": [-1], "joint": "every"}, "spread.steps[0]"),
    ("spread", {"steps": [], "joint": "some"}, "spread.joint"),
    ("min_merit", "0", "min_merit"),
    ("regions", {}, "regions"),
    ("exclusive", [["A00"]], "exclusive[0]"),
    ("exclusive", [["A00", "A00"]], "exclusive[0][1]"),
    ("requires", [["A00", "nobody"]], "requires[0][1]"),
    ("requires", [["A00", "A01", "A02"]], "requires[0]"),
    ("ties", {}, "ties.seed"),
    ("extra", 1, "extra"),
]
WRONG_APPLICATION: list[tuple[str, Any]] = [
    ("id", ""),
    ("merit", 100_001),
    ("merit", 1.5),
    ("requested", 0),
    ("minimum", 0),
    ("regions", ["nowhere"]),
    ("theme", "nothing"),
    ("decision", "maybe"),
]


@pytest.mark.parametrize(("field", "value", "path"), WRONG)
def test_wrong_field(field: str, value: Any, path: str) -> None:
    problem = deepcopy(BASE)
    problem[field] = value
    with pytest.raises(ProblemError) as caught:
        parse_problem(problem)
    assert path in [error.path for error in caught.value.errors]
    assert all(error.what and error.why for error in caught.value.errors)


@pytest.mark.parametrize(("field", "value"), WRONG_APPLICATION)
def test_wrong_application_field(field: str, value: Any) -> None:
    problem = deepcopy(BASE)
    problem["applications"][1][field] = value
    with pytest.raises(ProblemError) as caught:
        parse_problem(problem)
    assert all(error.path.startswith(f"applications[1].{field}") for error in caught.value.errors)


@pytest.mark.parametrize("field", sorted(BASE))
def test_every_field_is_required(field: str) -> None:
    problem = deepcopy(BASE)
    del problem[field]
    with pytest.raises(ProblemError, match=f"{field}: missing"):
        parse_problem(problem)


def test_amounts_are_multiples_and_in_order() -> None:
    problem = deepcopy(BASE)
    problem["amount_step"] = 100
    problem["applications"][0].update(requested=150, minimum=300)
    with pytest.raises(ProblemError) as caught:
        parse_problem(problem)
    paths = [error.path for error in caught.value.errors]
    assert "applications[0].requested" in paths
    assert "applications[0].minimum" in paths


def test_all_errors_at_once() -> None:
    problem = deepcopy(BASE)
    problem["ceiling"], problem["min_merit"] = None, None
    with pytest.raises(ProblemError) as caught:
        parse_problem(problem)
    assert len(caught.value.errors) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', b"\xff", '{"name": 1, "name": 2}'])
def test_not_a_problem(text: str | bytes) -> None:
    with pytest.raises(ProblemError):
        parse_problem(text)


def test_round_trip_and_hash() -> None:
    for seed in range(50):
        problem = small_round(seed)
        parsed = parse_problem(json.dumps(problem))
        assert parsed.to_dict() == problem
        assert canonical_json(parsed) == canonical_json(problem)
        assert parsed.sha256 == sha256(problem)
        assert parse_problem(parsed.to_dict()) == parsed


def test_importing_the_package_loads_no_solver() -> None:
    code = "import sys, pool.allocation.engine; sys.exit('highspy' in sys.modules or 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], check=False).returncode == 0
