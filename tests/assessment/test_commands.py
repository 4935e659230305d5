"""The statistics are reached through flask as well, with the same exit codes."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask

SCORES = "proposal,assessor,score\n" + "".join(
    f"p{p},a{a},{50 + 5 * p + 3 * a}\n" for p in range(4) for a in range(3)
)


def test_bad_input_is_refused_with_the_row(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("proposal,assessor,score\np1,a1,veel\n", encoding="utf-8")
    answer = app.test_cli_runner().invoke(
        args=["calibration", "fit", str(path), "--out", str(tmp_path / "result.json")]
    )
    assert answer.exit_code == 2
    assert "score" in answer.output


def test_a_fit_gives_ranks_per_proposal(app: Flask, tmp_path: Path) -> None:
    path, out = tmp_path / "scores.csv", tmp_path / "result.json"
    path.write_text(SCORES, encoding="utf-8")
    answer = app.test_cli_runner().invoke(
        args=["calibration", "fit", str(path), "--out", str(out), "--k", "2"]
    )
    assert answer.exit_code == 0, answer.output
    body = json.loads(out.read_text(encoding="utf-8"))
    assert len(body["proposals"]) == 4
