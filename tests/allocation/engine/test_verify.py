"""The verifier accepts what is true and rejects every change; a verifier that sleeps turns this red."""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pool.allocation.engine import parse_problem, solve, verify
from pool.allocation.engine import verify as verify_function
from pool.allocation.engine.__main__ import spoiled
from tests.allocation.engine.rounds import small_round

FILE = Path(__file__).resolve().parents[3] / "pool" / "allocation" / "engine" / "verify.py"


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def module() -> Any:
    """The file itself; the package gives the function of the same name."""
    return sys.modules[verify_function.__module__]


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
    assert any("had moeten winnen" in line for line in verify(problem, outcome))
    outcome["ties"] = {"met": False, "by": None, "settled": True, "order": [], "rival": None}
    assert any("eerder uit de loting" in line for line in verify(problem, outcome))


def test_rejects_another_problem() -> None:
    problem, outcome = solved(3)
    problem["name"] = "another"
    assert any("een andere vraag" in line for line in verify(problem, outcome))


def test_broken_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the recount away and the changes pass: the test above rests on it."""
    problem, outcome = solved(3)
    outcome["objective"] += 1
    outcome["bound"] += 1
    assert verify(problem, outcome)
    monkeypatch.setattr(module(), "_totals", lambda *_: [])
    assert not verify(problem, outcome)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((), "Gebruik: python verify.py"),
        (("vraag", "uitkomst", "meer"), "Gebruik: python verify.py"),
        (("vraag", "nergens"), "nergens is er niet"),
        (("vraag", "."), "kan niet worden gelezen"),
        (("vraag", "kapot"), "kapot is geen JSON"),
        (("vraag", "latin"), "latin is geen JSON"),
        (("lijst", "uitkomst"), "geen vraag en uitkomst"),
        (("leeg", "uitkomst"), "geen vraag en uitkomst"),
    ],
)
def test_what_cannot_be_read_is_said_in_dutch_and_is_2(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    files: tuple[str, ...],
    said: str,
) -> None:
    problem, outcome = solved(3)
    contents = {"vraag": problem, "uitkomst": outcome, "lijst": [], "leeg": {}}
    for name, content in contents.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "kapot").write_text('{"schema": ', encoding="utf-8")
    (tmp_path / "latin").write_bytes('{"schema": "één"}'.encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    assert module().main(list(files)) == 2
    assert said in capsys.readouterr().err


def test_one_fault_is_counted_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, outcome = solved(3)
    paths = [tmp_path / "vraag", tmp_path / "uitkomst"]
    for path, content in zip(paths, (problem, {**outcome, "spent": outcome["spent"] + 1}), strict=True):
        path.write_text(json.dumps(content), encoding="utf-8")
    assert module().main([str(path) for path in paths]) == 1
    last = capsys.readouterr().out.splitlines()
    assert last[-1] == "De uitkomst klopt niet: 1 fout."
    assert last[0].startswith("spent: er staat ")


ENGLISH = {
    "the",
    "not",
    "than",
    "though",
    "but",
    "which",
    "its",
    "cannot",
    "must",
    "more",
    "below",
    "are",
    "has",
}


def test_everything_it_prints_is_dutch_and_ascii() -> None:
    tree = ast.parse(FILE.read_text(encoding="utf-8"))
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
    printed = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    words = [text for text in printed if text not in docs]
    assert len(words) > 100
    for text in words:
        assert text.isascii(), text
        assert not ENGLISH & set(re.findall(r"[a-z]+", text.lower())), text


def test_stands_alone() -> None:
    allowed = {"hashlib", "json", "sys", "collections.abc", "fractions", "typing"}
    for node in ast.walk(ast.parse(FILE.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        if isinstance(node, ast.ImportFrom):
            assert node.module in allowed
