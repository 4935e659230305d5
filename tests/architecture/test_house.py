"""The house rules that import-linter does not know: what one slice may touch of another, and what loads when."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from pool.stages import SHARED_FILES, SLICES

ROOT = Path(__file__).resolve().parents[2]
POOL = ROOT / "pool"
# The roof wires and fills; it may use every room of a slice.
WIRING = {"app", "demo"}
FILES = sorted(p for p in POOL.rglob("*.py") if "__pycache__" not in p.parts)


def _imports(path: Path) -> list[str]:
    """Full names of modules of the house that a file imports, also inside functions."""
    package = path.relative_to(ROOT).with_suffix("").parts[:-1]
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(x for x in (base, node.module or "") if x)
            names += [f"{module}.{alias.name}" for alias in node.names]
    return [name for name in names if name.startswith("pool.")]


def foreign_rooms(path: Path) -> list[str]:
    """Imports of a file that reach into a closed room of another slice."""
    own = path.relative_to(POOL).parts[0]
    if own.removesuffix(".py") in WIRING:
        return []
    wrong = []
    for name in _imports(path):
        parts = name.split(".")[1:]
        if parts[0] not in SLICES or parts[0] in ("core", own) or len(parts) < 2:
            continue
        if parts[1] not in SHARED_FILES:
            wrong.append(name)
    return wrong


# What else may be used of a slice, and why.
OPEN_ROOMS = {
    "pool.assessment.calibration": "pure statistics, read by nobody but its own slice and the commands",
    "pool.allocation.engine": "pure, and published",
}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(POOL)))
def test_a_slice_touches_only_the_open_files_of_another(path: Path) -> None:
    wrong = [name for name in foreign_rooms(path) if not name.startswith(tuple(OPEN_ROOMS))]
    assert wrong == []


def test_the_check_above_can_fail(tmp_path: Path) -> None:
    spoiled = POOL / "awards" / "_spoiled_for_test.py"
    try:
        spoiled.write_text("from pool.people.forms import SignInForm\n", encoding="utf-8")
        assert foreign_rooms(spoiled) == ["pool.people.forms.SignInForm"]
    finally:
        spoiled.unlink()


HEAVY = ("reportlab", "pikepdf", "highspy", "openpyxl", "PIL", "numpy", "authlib")


def test_start_up_loads_nothing_heavy() -> None:
    code = (
        "import sys; from pool.app import create_app; create_app();"
        f"print(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    )
    environment = {"POOL_ENV": "test", "POOL_DATA_DIR": "/tmp", "PATH": "/usr/bin:/bin"}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert (result.stdout.strip(), result.returncode) == ("", 0), result.stderr


def test_only_config_reads_the_environment() -> None:
    readers = [
        str(path.relative_to(ROOT))
        for path in FILES
        if "environ" in path.read_text(encoding="utf-8") and "os.environ" in path.read_text(encoding="utf-8")
    ]
    assert readers == []


def test_only_the_clock_reads_the_time() -> None:
    calls = ("datetime.now(", "dt.datetime.now(", "utcnow(", "date.today(", "time.time(")
    readers = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.name != "clock.py" and any(call in path.read_text(encoding="utf-8") for call in calls)
    ]
    assert readers == []


def test_services_never_commit() -> None:
    """The edge commits: a door, a worker or a command. A service is one transaction's worth."""
    committing = [
        str(path.relative_to(ROOT))
        for path in [*POOL.glob("*/service*.py"), *POOL.glob("*/service/*.py")]
        if path.parent.name not in WIRING and "session.commit(" in path.read_text(encoding="utf-8")
    ]
    assert committing == []


FORBIDDEN_TEXT = (
    "/wo" + "rk/",
    "/ro" + "ot/",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "pypi.org/" + "simple",
)


def test_no_addresses_and_no_paths_of_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=True
    ).stdout.split("\n")
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if not path.is_file() or path.suffix in {".png", ".woff2", ".pdf", ".ico"}:
            continue
        body = path.read_text(encoding="utf-8", errors="ignore")
        found += [f"{name}: {word}" for word in FORBIDDEN_TEXT if word in body]
    assert found == []
