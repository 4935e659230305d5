"""Commands: the engine's, loaded when called, and the second look at what is stored."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from pool.allocation import queries
from pool.allocation.cli import problems_of
from pool.allocation.models import Allocation, Scenario
from pool.core.db import db

ROOT = Path(__file__).resolve().parents[2]


def test_the_engines_commands_are_there(app: Flask, allocated: Scenario, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    shown = run(args=["allocation", "--help"]).output
    for name in ("solve", "verify", "explain", "frontier", "stability", "check", "recheck"):
        assert f"  {name} " in shown
    problem, outcome = tmp_path / "p.json", tmp_path / "o.json"
    problem.write_text(json.dumps(allocated.snapshot.problem))
    assert run(args=["allocation", "solve", str(problem), "--out", str(outcome)]).exit_code == 0
    assert run(args=["allocation", "verify", str(problem), str(outcome)]).exit_code == 0
    stored = queries.outcome(allocated)
    assert stored is not None
    again = json.loads(outcome.read_text())
    assert {**again, "seconds": 0} == {**stored, "seconds": 0}
    assert run(args=["allocation", "nonsense"]).exit_code == 2


def test_loading_the_commands_loads_no_solver() -> None:
    code = "import sys, pool.allocation.cli; print('highspy' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_everything_stored_holds(app: Flask, allocated: Scenario) -> None:
    result = app.test_cli_runner().invoke(args=["allocation", "recheck"])
    assert (result.exit_code, result.output) == (0, "1 outcomes checked, 0 problems\n")


def test_a_changed_outcome_is_found(app: Flask, allocated: Scenario) -> None:
    """The twin: with the guard of the database out of the way, a changed award shows."""
    assert allocated.allocation is not None
    changed = json.loads(allocated.allocation.document)
    changed["awards"][0]["amount"] -= 100
    allocated.allocation = None
    copy = Allocation(document=json.dumps(changed), sha256="0" * 64)
    with db.session.no_autoflush:
        allocated.allocation = copy
        found = problems_of(allocated)
    db.session.rollback()
    assert found[0] == "de uitkomst past niet bij haar SHA-256"
    assert any("nageteld" in line for line in found)


def test_the_database_itself_keeps_what_is_stored(app: Flask, allocated: Scenario) -> None:
    for table in ("allocation", "allocation_snapshot", "allocation_study"):
        with pytest.raises(DBAPIError, match="immutable"), db.session.begin_nested():
            db.session.execute(text(f"UPDATE {table} SET id = id + 1"))
