"""`make bench`: every benchmark in turn, each in a process of its own. `python -m bench pages` runs one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent


def main() -> int:
    """Run the benchmarks named on the command line, or all; the worst exit code is ours."""
    present = sorted(p.stem for p in FOLDER.glob("*.py") if not p.stem.startswith("_"))
    wanted = sys.argv[1:] or present
    worst = 0
    for name in wanted:
        if name not in present:
            print(f"no benchmark {name}; there are: {', '.join(present)}")
            return 2
        print(f"\n== {name} ==", flush=True)
        command = [sys.executable, str(FOLDER / f"{name}.py")]
        worst = max(worst, subprocess.run(command, cwd=FOLDER.parent, check=False).returncode)
    return worst


if __name__ == "__main__":
    raise SystemExit(main())
