"""The closing table of `make test`: nothing that failed, was skipped or did not run is passed over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import check

ROOT = Path(__file__).resolve().parents[2]


def of(name: str) -> check.Part:
    return next(part for part in check.PARTS if part.name == name)


def test_the_last_line_adds_up_what_ran() -> None:
    text = check.summary(
        [
            (of("lint"), check.Result(ok=True, seconds=1.0)),
            (of("sqlite"), check.Result(ok=True, passed=40, skipped=1, counts=True, seconds=2.5)),
            (of("postgres"), check.Result(ok=False, passed=38, failed=2, counts=True, notes=["15.1"])),
        ]
    )
    assert text.splitlines()[-1] == "78 passed, 2 failed, 1 skipped"
    assert "FAILED: postgres" in text
    assert "All parts are green" not in text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("def test_a(): pass", (True, 1, 0, 0)),
        ("def test_a(): assert 0", (False, 0, 1, 0)),
        ("import pytest\ndef test_a(): pytest.skip('later')\ndef test_b(): pass", (True, 1, 0, 1)),
        ("import pytest\ndef test_a(): pytest.skip('later')", (False, 0, 0, 1)),
        ("", (False, 0, 0, 0)),
        ("import nothing_of_that_name", (False, 0, 1, 0)),
    ],
    ids=["passes", "fails", "skips one", "skips all", "holds no test", "does not import"],
)
def test_a_run_is_judged_by_what_it_did(
    body: str, expected: tuple[bool, int, int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "test_sample.py").write_text(body, encoding="utf-8")
    monkeypatch.setattr(check, "REPORTS", tmp_path)
    monkeypatch.setattr(check, "ROOT", tmp_path)
    result = check.pytest("sample", "-p", "no:cacheprovider", str(tmp_path))
    assert (result.ok, result.passed, result.failed, result.skipped) == expected


def test_an_unknown_part_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.check", "--only", "everything"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "no such part: everything" in done.stderr
