"""A Chromium for the journeys. It is found, or the run fails with what to do; no journey is silently left out.

Looked for in this order: APP_BROWSER (the path of a program), the build that `playwright install chromium`
fetched, a Chromium, Chrome or Edge of the system.

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(playwright))

`python -m tests.support.browser` prints what is found, or fails with the remedy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# No calls home: a test must not depend on, or wait for, anything outside this machine.
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # containers give /dev/shm too little room
]
REMEDY = (
    "No Chromium found for the journeys. One of these helps:\n"
    "  .venv/bin/playwright install --with-deps chromium\n"
    "  apt-get install chromium libatomic1  |  brew install --cask chromium\n"
    "  APP_BROWSER=/path/to/chromium make test"
)


class NoBrowser(RuntimeError):
    """There is no browser that starts; the message says what to do."""


@dataclass(frozen=True)
class Browser:
    path: str
    version: str
    source: str


def find_browser(playwright: Playwright) -> Browser:
    if given := os.environ.get("APP_BROWSER"):
        version = _version(given)
        if version is None:
            raise NoBrowser(f"APP_BROWSER={given} does not start.\n{REMEDY}")
        return Browser(given, version, "APP_BROWSER")
    candidates = [(playwright.chromium.executable_path, "playwright")]
    candidates += [(path, "system") for name in NAMES if (path := shutil.which(name))]
    for path, source in candidates:
        # Asked for its version, because Ubuntu's chromium-browser may be a stub that only points to a snap.
        if Path(path).exists() and (version := _version(path)) is not None:
            return Browser(path, version, source)
    raise NoBrowser(REMEDY)


def launch_options(playwright: Playwright) -> dict[str, Any]:
    """What `chromium.launch` needs on this machine."""
    return {
        "executable_path": find_browser(playwright).path,
        "args": ARGUMENTS,
        # Chromium's sandbox refuses to work for root, which is who runs in most containers.
        "chromium_sandbox": os.geteuid() != 0,
    }


def _version(path: str) -> str | None:
    try:
        done = subprocess.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def main() -> None:
    try:
        with sync_playwright() as playwright:
            found = find_browser(playwright)
    except NoBrowser as error:
        sys.exit(str(error))
    except Exception as error:  # Playwright's own program lacks a library, and says so just above
        sys.exit(f"Playwright does not start: {error}\n{REMEDY}")
    print(f"{found.version} at {found.path} ({found.source})")


if __name__ == "__main__":
    main()
