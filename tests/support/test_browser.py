"""The browser of the journeys: refused with a remedy when absent, and one that really shows a page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.support.browser import Browser as Found
from tests.support.browser import NoBrowser, find_browser, launch_options


def program(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_a_wrong_app_browser_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, playwright: Playwright, tmp_path: Path
) -> None:
    monkeypatch.setenv("APP_BROWSER", str(tmp_path / "absent"))
    with pytest.raises(NoBrowser, match="does not start"):
        find_browser(playwright)


def test_a_stub_that_does_not_start_is_no_browser(
    monkeypatch: pytest.MonkeyPatch, playwright: Playwright, tmp_path: Path
) -> None:
    stub = program(tmp_path / "chromium-browser", "echo 'install the snap' >&2; exit 1")
    monkeypatch.delenv("APP_BROWSER", raising=False)
    monkeypatch.setattr(type(playwright.chromium), "executable_path", str(tmp_path / "absent"))
    monkeypatch.setattr(shutil, "which", lambda name: str(stub))
    with pytest.raises(NoBrowser, match="playwright install"):
        find_browser(playwright)


def test_a_named_browser_goes_first(
    monkeypatch: pytest.MonkeyPatch, playwright: Playwright, tmp_path: Path
) -> None:
    own = program(tmp_path / "own", "echo Chromium 1.0")
    monkeypatch.setenv("APP_BROWSER", str(own))
    found = find_browser(playwright)
    assert found == Found(str(own), "Chromium 1.0", "APP_BROWSER")
    assert launch_options(playwright)["executable_path"] == str(own)


@pytest.mark.browser
def test_a_page_is_shown(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<html lang=nl><title>Projectenpool</title><h1>Regio's</h1></html>")
    assert page.title() == "Projectenpool"
    assert page.get_by_role("heading", name="Regio's").is_visible()
    page.close()
