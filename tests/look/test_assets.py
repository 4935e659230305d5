"""What the lock file may hold, and what the tool makes of it."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static" / "vendor"


@pytest.fixture(scope="module")
def assets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets", ROOT / "tools" / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    assert (VENDOR / "nlds.css").exists(), "run `make assets` first"


@pytest.mark.parametrize("name", ["package.json", "package-lock.json", ".npmrc"])
def test_no_file_names_where_packages_come_from(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert '"resolved"' not in text
    assert "registry=" not in text


def test_the_lock_holds_a_checksum_and_an_exact_version_for_everything() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    for place, facts in lock.items():
        if place:
            assert facts["integrity"].startswith("sha512-"), place
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert {f"node_modules/{name}" for name in wanted} == set(lock) - {""}


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    for sheet in [VENDOR / "nlds.css", *sorted((ROOT / "static/css").glob("*.css"))]:
        text = sheet.read_text()
        assert "http" not in text, sheet.name
        assert "@import" not in text, sheet.name
        for target in re.findall(r"url\(\"?([^\")]+)", text):
            assert (sheet.parent / target).is_file(), f"{sheet.name}: {target}"


def test_every_token_in_use_is_defined_or_has_a_fallback_of_the_design_system() -> None:
    sheets = "".join(sheet.read_text() for sheet in sorted((ROOT / "static/css").glob("*.css")))
    defined = set(re.findall(r"(--[\w-]+):", sheets + (VENDOR / "nlds.css").read_text()))
    assert set(re.findall(r"var\((--[\w-]+)\)", sheets)) <= defined


def test_only_tokens_in_reach_are_kept(assets: ModuleType) -> None:
    tokens = {"--a": "var(--b)", "--b": "calc(1 * var( --c, 2px))", "--c": "1", "--unused": "var(--a)"}
    assert set(assets.reachable(tokens, "p{color:var(--a)}")) == {"--a", "--b", "--c"}
    assert assets.reachable({"--a": "var(--b)", "--b": "var(--a)"}, "p{color:var(--a)}").keys() == {
        "--a",
        "--b",
    }


def test_fonts_for_the_web_and_for_documents_are_there(assets: ModuleType) -> None:
    for name in assets.WEB_FONT_FILES:
        assert (VENDOR / "fonts" / name).read_bytes()[:4] == b"wOF2"
    for name in assets.PDF_FONT_FILES:
        assert (VENDOR / "fonts" / name).read_bytes()[:4] == b"\0\1\0\0"


def test_every_package_is_named_with_its_licence() -> None:
    text = (VENDOR / "THIRD_PARTY.md").read_text()
    for place in json.loads((ROOT / "package-lock.json").read_text())["packages"]:
        if place:
            name = place.removeprefix("node_modules/")
            assert re.search(
                rf"^\| {re.escape(name)} \| [\d.]+ \| (EUPL-1\.2|OFL-1\.1) \|$", text, re.MULTILINE
            ), name
    assert "EUROPEAN UNION PUBLIC LICENCE" in text
    assert "SIL OPEN FONT LICENSE" in text.upper()


def test_a_second_run_does_nothing(assets: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    before = (VENDOR / "nlds.css").stat().st_mtime_ns
    if assets.main() == 0 and "up to date" not in capsys.readouterr().out:
        pytest.fail("static/vendor was older than the lock file or our style sheets: run `make assets`")
    assert (VENDOR / "nlds.css").stat().st_mtime_ns == before


def test_vendored_files_are_not_committed() -> None:
    assert "static/vendor/" in (ROOT / ".gitignore").read_text().split()
