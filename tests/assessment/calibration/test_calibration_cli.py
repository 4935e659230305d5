"""The command line, the report, and what the package may import."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import pool.assessment.calibration as package
from pool.assessment.calibration.__main__ import calibration_cli
from tests.assessment.calibration.tables import committee, of_rows

ROOT = Path(package.__file__).resolve().parents[3]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(calibration_cli, ["fit", *map(str, arguments)])
    return result.exit_code, result.output


def written(folder: Path, rows: str | None = None, header: str = "proposal,assessor,score") -> Path:
    if rows is None:
        table = committee(2, proposals=12, assessors=5).table
        rows = "\n".join(f"{s.proposal},{s.assessor},{s.value:.3f}" for s in table.scores)
    path = folder / "scores.csv"
    path.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("P1,A,1\nP1,B,x", "row 3, column score: 'x' is not a number"),
        ("P1,A,1\nP1,A,2", "row 3, column assessor: A already scored P1 in row 2"),
        ("P1,A,1\nP2,B,1", "all 2 scores are equal"),
        ("", "no scores"),
    ],
)
def test_bad_input_ends_with_two_and_writes_nothing(tmp_path: Path, rows: str, message: str) -> None:
    out = tmp_path / "out.json"
    code, output = run(written(tmp_path, rows), "--out", out)
    assert code == 2
    assert message in output
    assert "Traceback" not in output
    assert not out.exists()


def test_bad_options_and_files_end_with_two(tmp_path: Path) -> None:
    scores, out = written(tmp_path), tmp_path / "out.json"
    latin = tmp_path / "latin.csv"
    latin.write_bytes("proposal,assessor,score\nP1,A,1\nPé,B,2\n".encode("latin-1"))
    for arguments, message in (
        ((scores,), "--out"),
        ((tmp_path / "absent.csv", "--out", out), "does not exist"),
        ((scores, "--out", out, "--k", 0), "--k"),
        ((scores, "--out", out, "--k", 13), "k must lie in 1..12"),
        ((scores, "--out", out, "--model", "zscore"), "zscore"),
        ((scores, "--out", out, "--panel", "p1"), "column panel"),
        ((scores, "--out", out, "--scale", "6"), "--scale goes with"),
        ((scores, "--out", out, "--scale", "6", "--model", "snsf"), "lies outside scale 6 (1-6)"),
        ((scores, "--out", out, "--score-column", "grade"), "column grade"),
        ((latin, "--out", out), "row 3: is not UTF-8"),
        ((scores, "--out", tmp_path / "no" / "folder.json"), "cannot write"),
    ):
        code, output = run(*arguments)
        assert code == 2, output
        assert message in output
    assert not out.exists()


def test_a_fit_holds_everything_and_the_same_seed_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    scores = written(tmp_path)
    code, output = run(scores, "--out", first, "--k", 4, "--seed", 5)
    assert code == 0, output
    assert "36 scores of 12 proposals by 5 assessors" in output
    lines = scores.read_text().splitlines()
    scores.write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    run(scores, "--out", second, "--k", 4, "--seed", 5)
    assert first.read_bytes() == second.read_bytes()
    result = json.loads(first.read_text())
    assert (result["model"], result["k"], result["seed"], result["scale"]) == ("additive", 4, 5, None)
    assert len(result["input"]["sha256"]) == 64
    assert {"index", "gate", "groups", "remarks"} == set(result["coupling"])
    for one in result["proposals"]:
        assert set(one) == {
            "proposal", "panel", "scores", "raw", "raw_rank", "adjusted", "adjusted_rank", "expected_rank", "rank_50",
            "rank_90", "p_top_k",
        }  # fmt: skip
        assert one["rank_90"][0] <= one["rank_50"][0] <= one["rank_50"][1] <= one["rank_90"][1]
        assert one["rank_90"][0] <= one["expected_rank"] <= one["rank_90"][1]
    assert sum(one["p_top_k"] for one in result["proposals"]) == pytest.approx(4, abs=1e-3)
    assert sum(one["expected_rank"] for one in result["proposals"]) == pytest.approx(78, abs=1e-2)
    for one in result["assessors"]:
        assert one["severity_90"][0] < one["severity_90"][1]
    assert set(result["reliability"]) == {"alpha", "icc", "icc_mean", "icc_calibrated", "remarks"}
    assert all(remark["text"] for remark in result["reliability"]["remarks"])


def test_without_k_there_is_no_chance_of_a_place(tmp_path: Path) -> None:
    rows = "\n".join(f"{s.proposal},{s.assessor},{s.value}" for s in of_rows(
        ("P1", "A", 1.0), ("P1", "B", 2.0), ("P2", "A", 5.0), ("P2", "B", 3.0), ("P3", "A", 4.0)).scores)  # fmt: skip
    out = tmp_path / "out.json"
    code, _ = run(written(tmp_path, rows), "--out", out, "--model", "snsf")
    assert code == 0
    result = json.loads(out.read_text())
    assert result["scale"] == "6"
    assert all(one["p_top_k"] is None and "snsf_group" not in one for one in result["proposals"])


def test_mounting_the_command_loads_no_statistics() -> None:
    code = (
        "import sys, pool.assessment.calibration.__main__, pool.assessment.calibration.assignment, "
        "pool.assessment.calibration.words, pool.assessment.calibration.results;"
        "print([m for m in ('numpy', 'highspy', 'flask', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_room_is_pure() -> None:
    """Standard library, numpy, highspy; click at the command line alone; no clock and no unseeded chance."""
    allowed = set(sys.stdlib_module_names) - {"time", "datetime", "random", "os", "secrets", "uuid", "socket"}
    for path in Path(package.__file__).parent.glob("*.py"):
        extra = {"click"} if path.name == "__main__.py" else set()
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                assert name.split(".")[0] in allowed | extra | {"numpy", "highspy"}, (
                    f"{path.name} imports {name}"
                )
            if isinstance(node, ast.ImportFrom):
                assert node.level <= 1, f"{path.name} reaches outside its room"
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "default_rng"
            ):
                assert node.args, f"{path.name} draws without a seed"
