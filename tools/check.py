"""Prove the project: run the parts in order, all of them even when one fails, and say what ran.

    python -m tools.check                        everything, as `make test`
    python -m tools.check --only postgres,lint   some parts
    python -m tools.check --quick                what one runs between two edits, as `make check`

Exit code 1 when a part failed. A part that ran no test has failed too: it proved nothing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.support import postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / ".cache" / "check"
WORKERS = os.environ.get("JOBS", "2")


@dataclass
class Result:
    ok: bool
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    counts: bool = False  # whether this part counts tests at all


@dataclass(frozen=True)
class Part:
    name: str
    what: str
    run: Callable[[], Result]


def call(*command: str | Path, **environment: str) -> int:
    # Without the folders, which say nothing and differ per machine.
    shown = [str(part).removeprefix(f"{BIN}/").replace(f"{ROOT}/", "") for part in command]
    print("$", *shown, flush=True)
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **environment}, check=False
    )
    return done.returncode


def lint() -> Result:
    # Both, so that one round of mending is enough.
    found = call(BIN / "ruff", "check", ".")
    shape = call(BIN / "ruff", "format", "--check", ".")
    return Result(found == 0 and shape == 0)


def types() -> Result:
    return Result(call(BIN / "mypy") == 0)


def imports() -> Result:
    return Result(call(BIN / "lint-imports") == 0)


def pytest(name: str, *arguments: str, **environment: str) -> Result:
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    # `python -m`, so that the root of the project is on the path. -r fEs: nothing fails or is skipped unnamed.
    code = call(
        *(sys.executable, "-m", "pytest", "-r", "fEs", f"--junitxml={report}", *arguments), **environment
    )
    result = Result(ok=code == 0, counts=True)
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - written by pytest just now
            number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
            result.failed += number["failures"] + number["errors"]
            result.skipped += number["skipped"]
            result.passed += number["tests"] - sum(number[k] for k in ("failures", "errors", "skipped"))
    if result.passed + result.failed == 0:
        result.ok = False
        result.notes.append("no test ran")
    elif code and not result.failed:
        result.notes.append(f"pytest ended with {code}")
    return result


def quick() -> Result:
    choice = "not browser and not slow and not faults"
    return pytest("quick", "-n", WORKERS, "-m", choice, POOL_TEST_DB="sqlite")


def sqlite() -> Result:
    return pytest("sqlite", "-n", WORKERS, "-m", "not browser", POOL_TEST_DB="sqlite")


def postgresql() -> Result:
    try:
        with postgres.running() as server:
            note = f"{server.version} ({server.source})"
            print(f"{note}, up in {server.seconds:.1f} s", flush=True)
            result = pytest(
                "postgres",
                *("-n", WORKERS, "-m", "not browser"),
                POOL_TEST_DB="postgresql",
                TEST_PG_URL=server.url,
            )
    except postgres.NoPostgres as error:
        print(error, flush=True)
        return Result(ok=False, notes=["no PostgreSQL"], counts=True)
    result.notes.append(note)
    return result


def browser() -> Result:
    found = find_browser()
    if not found:
        for get in ways_to_get_a_browser():
            call(*get, DEBIAN_FRONTEND="noninteractive")
            if found := find_browser():
                break
    if not found:
        call(sys.executable, "-m", "tests.support.browser")  # says what to do
        return Result(ok=False, notes=["no browser"], counts=True)
    print(found, flush=True)
    # One process: for a handful of journeys, starting a second browser costs more than it saves.
    result = pytest("browser", "-m", "browser", POOL_TEST_DB="sqlite")
    result.notes.append(found.partition(" at ")[0])
    return result


def find_browser() -> str:
    command = [sys.executable, "-m", "tests.support.browser"]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    )
    return done.stdout.strip()


def ways_to_get_a_browser() -> list[tuple[str | Path, ...]]:
    ways: list[tuple[str | Path, ...]] = []
    root = os.geteuid() == 0
    # A CI machine gets its browser as a system package (.ci/run); it may reach no other place.
    if not os.environ.get("CI"):
        ways.append((BIN / "playwright", "install", *(["--with-deps"] if root else []), "chromium"))
    if root and shutil.which("apt-get"):
        # libatomic1 is for the Node.js inside Playwright; a bare Debian lacks it.
        update = "apt-get -q update && apt-get -qy install --no-install-recommends chromium libatomic1"
        ways.append(("sh", "-c", update))
    return ways


PARTS = (
    Part("lint", "ruff: style and formatting", lint),
    Part("types", "mypy, strict", types),
    Part("imports", "import-linter: who may import whom", imports),
    Part("quick", "quick tests on SQLite", quick),
    Part("sqlite", "all tests on SQLite", sqlite),
    Part("postgres", "all tests on PostgreSQL", postgresql),
    Part("browser", "journeys in a real Chromium", browser),
)
QUICK = ("lint", "types", "imports", "quick")
FULL = tuple(part.name for part in PARTS if part.name != "quick")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help=f"only {', '.join(QUICK)}")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(part.name for part in PARTS)}")
    given = parser.parse_args()
    chosen = [name for name in given.only.replace(",", " ").split() if name] or list(
        QUICK if given.quick else FULL
    )
    if unknown := sorted(set(chosen) - {part.name for part in PARTS}):
        parser.error(f"no such part: {', '.join(unknown)}")
    REPORTS.mkdir(parents=True, exist_ok=True)
    results: list[tuple[Part, Result]] = []
    try:
        for part in PARTS:
            if part.name in chosen:
                print(f"\n=== {part.name}: {part.what}", flush=True)
                began = time.monotonic()
                result = part.run()
                result.seconds = time.monotonic() - began
                results.append((part, result))
    except KeyboardInterrupt:
        print("\nstopped", flush=True)
        sys.exit(130)
    print(summary(results), flush=True)
    sys.exit(0 if all(result.ok for _, result in results) else 1)


def summary(results: list[tuple[Part, Result]]) -> str:
    lines = ["", f"{'part':<10} {'result':<7} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}"]
    for part, result in results:
        numbers = (result.passed, result.failed, result.skipped) if result.counts else ("", "", "")
        row = f"{part.name:<10} {'ok' if result.ok else 'FAILED':<7} {numbers[0]:>7} {numbers[1]:>7} {numbers[2]:>8}"
        lines.append(f"{row} {result.seconds:>8.1f}  {'; '.join(result.notes)}".rstrip())
    passed, failed, skipped = (
        sum(getattr(r, key) for _, r in results) for key in ("passed", "failed", "skipped")
    )
    lines.append(
        f"{'together':<10} {'':<7} {passed:>7} {failed:>7} {skipped:>8} {sum(r.seconds for _, r in results):>8.1f}"
    )
    broken = [part.name for part, result in results if not result.ok]
    lines += ["", f"FAILED: {', '.join(broken)}" if broken else "All parts are green.", ""]
    if any(result.counts for _, result in results):
        lines.append(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
