"""Write the lock files requirements*.txt from requirements*.in, with hashes and for every platform.

What is locked stays as it is; `python -m tools.lock --upgrade` takes the newest versions that the .in files allow.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tools.setup import ROOT, find_uv

# In this order: requirements-dev.in is bound to the versions of requirements.txt.
NAMES = ("requirements", "requirements-dev", "requirements-node", "requirements-uv")


def main() -> None:
    uv = find_uv()
    if not uv:
        sys.exit("The locks are made with uv, which this machine does not have and pip could not install.")
    for name in NAMES:
        command = [
            *(
                uv,
                "pip",
                "compile",
                "--quiet",
                "--universal",
                "--python-version",
                "3.11",
                "--generate-hashes",
            ),
            # Where a machine gets its packages from is its own affair and goes into no file.
            *("--no-emit-index-url", "--no-emit-find-links", "--no-emit-index-annotation"),
            *sys.argv[1:],
            *(f"{name}.in", "-o", f"{name}.txt"),
        ]
        # The name of the command stands in the head of the file, instead of its options.
        subprocess.run(
            command, cwd=ROOT, env={**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}, check=True
        )
        print(f"wrote {name}.txt")


if __name__ == "__main__":
    main()
