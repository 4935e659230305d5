"""Make .venv and put the locked packages in it: `setup.py runtime`, or `setup.py runtime dev`.

`node` is a third set, for machines without Node.js: npm is needed to fetch the front-end assets.

Runs on any Python from 3.11 without packages of its own. What is in place already costs nothing: per set a
stamp in .venv holds the fingerprint of the lock file it was filled from.

Packages come by uv, which takes seconds where pip takes a minute: the machine's own uv, else one that pip puts
into .venv from its own lock file. Where uv can't be had or can't reach the packages, pip does it all.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt", "node": "requirements-node.txt"}
UV_LOCK = "requirements-uv.txt"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sets", nargs="+", choices=LOCKS)
    sets: list[str] = parser.parse_args().sets
    if sys.version_info < (3, 11):  # noqa: UP036 - this file tells them
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    cache = ROOT / ".cache"
    cache.mkdir(exist_ok=True)
    with (cache / "setup.lock").open("w") as lock:
        # Two `make` at the same time must not both fill the same folder.
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        for name in sets:
            fill(name)


def make_venv() -> None:
    if works():
        return
    began = time.monotonic()
    shutil.rmtree(VENV, ignore_errors=True)
    if uv := shutil.which("uv"):
        made = run(uv, "venv", "--quiet", "--python", sys.executable, str(VENV)) == 0
    else:
        made = run(sys.executable, "-m", "venv", str(VENV)) == 0
    if not made or not works():
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit(
            f"{sys.executable} could not make a virtual environment (see above).\n"
            "On Debian and Ubuntu: apt-get install python3-venv"
        )
    say(f"made .venv with Python {sys.version.split()[0]}", began)


def works() -> bool:
    """Whether .venv has a Python that starts: a moved folder or an upgraded system leaves a dead link."""
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return PYTHON.exists() and subprocess.run([PYTHON, "-c", probe], check=False).returncode == 0
    except OSError:
        return False


def fill(name: str) -> None:
    lock = ROOT / LOCKS[name]
    stamp = VENV / f".filled-{name}"
    fingerprint = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
        return
    began = time.monotonic()
    print(f"installing the {name} packages of {lock.name} …", flush=True)
    tool = install(lock)
    stamp.write_text(fingerprint, encoding="ascii")
    say(f"installed the {name} packages with {tool}", began)


def install(lock: Path) -> str:
    uv = find_uv()
    if uv and run(uv, "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock) == 0:
        return "uv"
    if uv:
        print("uv did not manage (see above); trying pip.", flush=True)
    if not has_pip() and run(PYTHON, "-m", "ensurepip", "--default-pip") != 0:
        sys.exit(
            "No pip in .venv and no way to get it. Remove .venv, install uv or python3-venv, and try again."
        )
    if pip("--require-hashes", "-r", lock) != 0:
        sys.exit(f"The packages of {lock.name} could not be installed; see above.")
    return "pip"


def find_uv() -> str | None:
    if uv := shutil.which("uv"):
        return uv
    own = VENV / "bin" / "uv"
    # Not every platform has a wheel of uv, and building it takes a compiler: then pip it is.
    if not own.exists() and has_pip():
        pip("--only-binary", ":all:", "--require-hashes", "-r", ROOT / UV_LOCK)
    return str(own) if own.exists() else None


def has_pip() -> bool:
    return (VENV / "bin" / "pip").exists()


def pip(*arguments: str | Path) -> int:
    return run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)


def run(*command: str | Path) -> int:
    # VIRTUAL_ENV of another project would draw uv there.
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=environment, check=False).returncode


def say(what: str, began: float) -> None:
    print(f"{what} in {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
