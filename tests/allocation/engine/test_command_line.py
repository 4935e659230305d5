"""The command line: exit codes, files written, and the check of the stored optima."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pool.allocation.engine.__main__ import check_pair, engine_cli
from tests.allocation.engine.rounds import small_round

STORED = Path(__file__).resolve().parents[4] / "shared" / "data" / "problems"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(small_round(3)), encoding="utf-8")
    return problem, tmp_path / "out.json"


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(engine_cli, [str(argument) for argument in arguments])


def test_solve_verify_explain_frontier_stability(files: tuple[Path, Path], tmp_path: Path) -> None:
    problem, out = files
    assert run("solve", problem, "--out", out).exit_code == 0
    assert run("verify", problem, out).exit_code == 0
    explained = tmp_path / "explained.json"
    assert run("explain", problem, out, "--out", explained).exit_code == 0
    assert json.loads(explained.read_text())["applications"]
    assert run("frontier", problem, "--out", tmp_path / "frontier.json").exit_code == 0
    ids = [a["id"] for a in small_round(3)["applications"]]
    draws = tmp_path / "draws.csv"
    draws.write_text(",".join(ids) + "\n" + ",".join("50000" for _ in ids) + "\n")
    assert run("stability", problem, draws, "--out", tmp_path / "shares.json").exit_code == 0


@pytest.mark.parametrize("rule", ["rank_cut", "rank_skip", "ratio"])
def test_rules_of_practice(files: tuple[Path, Path], rule: str) -> None:
    problem, out = files
    assert run("solve", problem, "--rule", rule, "--out", out).exit_code == 0
    assert run("verify", problem, out).exit_code == 0


def test_bad_input_is_2(files: tuple[Path, Path], tmp_path: Path) -> None:
    problem, out = files
    wrong = small_round(3)
    wrong["ceiling"] = -1
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(wrong))
    result = run("solve", bad, "--out", out)
    assert result.exit_code == 2
    assert "ceiling: -1" in result.stderr
    assert not out.exists()
    assert run("verify", problem, bad).exit_code in (1, 2)
    assert run("explain", problem, bad).exit_code == 2
    bad.write_text("A,B\n1,2\n")
    assert run("stability", problem, bad).exit_code == 2


def test_a_spoiled_outcome_is_1(files: tuple[Path, Path]) -> None:
    problem, out = files
    run("solve", problem, "--out", out)
    spoiled = json.loads(out.read_text())
    spoiled["spent"] += 1
    out.write_text(json.dumps(spoiled))
    assert run("verify", problem, out).exit_code == 1


def test_no_proof_is_3(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from pool.allocation.engine import solver
    from tests.allocation.engine.rounds import middling_round

    problem, out = files
    problem.write_text(json.dumps(middling_round(4)))
    monkeypatch.setattr(solver, "NODES", 1)
    result = run("solve", problem, "--out", out)
    assert result.exit_code == 3
    assert json.loads(out.read_text())["status"] == "gap"
    assert run("verify", problem, out).exit_code == 0


def test_stored_optima() -> None:
    if not STORED.is_dir():
        pytest.skip(f"NOT CHECKED: {STORED} with the stored optima is not there")
    result = run("check", STORED)
    assert result.exit_code == 0, result.output


def test_check_is_not_asleep(tmp_path: Path) -> None:
    """The broken twin: a wrong stored optimum turns the check red."""
    problem = small_round(3)
    assert check_pair(problem, {"objective": 1, "least_spend": 1})
    (tmp_path / "x.json").write_text(json.dumps(problem))
    (tmp_path / "x.optimum.json").write_text(json.dumps({"objective": 1}))
    assert run("check", tmp_path).exit_code == 1
    assert run("check", tmp_path / "..").exit_code == 2
