"""The style guide in a real Chromium: axe, small screens, and what the scripts add."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.look.guide import guide_app

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, guide_app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def _open(browser: Browser, address: str, *, width: int = 1280, **options: Any) -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page, said


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["", "?errors=1&flash=1"])
def test_axe_finds_nothing_and_nothing_is_blocked_or_cut_off(
    browser: Browser, address: str, scheme: Any, width: int, query: str
) -> None:
    page, said = _open(browser, address + query, width=width, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    result = Axe().run(page)
    assert [
        (found["id"], [node["html"] for node in found["nodes"]]) for found in result.response["violations"]
    ] == []
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


@pytest.mark.parametrize(("theme", "dark"), [("light", False), ("dark", True)])
def test_a_chosen_theme_goes_before_that_of_the_device(
    browser: Browser, address: str, theme: str, dark: bool
) -> None:
    other: Any = "light" if dark else "dark"
    page, _ = _open(browser, f"{address}?theme={theme}", color_scheme=other)
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (colour == "rgb(255, 255, 255)") is not dark
    page.context.close()


def test_paper_is_light_also_in_the_dark(browser: Browser, address: str) -> None:
    page, _ = _open(browser, address, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".pp-nav").is_visible()
    page.context.close()


def test_without_scripts_the_menu_is_open_and_the_page_fits(browser: Browser, address: str) -> None:
    page, _ = _open(browser, address, width=320, java_script_enabled=False)
    assert page.locator(".pp-nav__link").last.is_visible()
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= 320
    page.context.close()


def test_with_scripts_the_menu_folds_on_a_small_screen_only(browser: Browser, address: str) -> None:
    page, _ = _open(browser, address, width=320)
    assert not page.locator(".pp-nav__link").first.is_visible()
    page.locator(".pp-menu__summary").click()
    assert page.locator(".pp-nav__link").first.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert page.locator(".pp-nav__link").first.is_visible()
    page.context.close()


def test_errors_get_the_focus_and_lead_to_their_field(browser: Browser, address: str) -> None:
    page, _ = _open(browser, f"{address}?errors=1")
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")
    page.locator(".pp-error-summary a", has_text="Kies of een andere gemeente meedoet").click()
    assert page.evaluate("document.activeElement.id") == "joint-0"
    page.context.close()


def test_lines_are_added_and_removed_in_place(browser: Browser, address: str) -> None:
    page, _ = _open(browser, f"{address}?errors=1")
    page.locator("#budget-1-what").fill("Projectleiding")
    page.locator("[data-repeat-add]").click()
    assert page.evaluate("document.activeElement.name") == "budget-2-kind"
    fresh = page.locator("[name=budget-2-what]")
    assert fresh.input_value() == ""
    assert fresh.get_attribute("aria-label") == "Omschrijving, regel 3"
    assert fresh.get_attribute("aria-invalid") is None
    page.locator("[data-repeat-remove]").first.click()
    names = page.eval_on_selector_all(
        "[data-repeat-rows] input:not([type=hidden])", "all => all.map((one) => one.name)"
    )
    assert names == ["budget-1-what", "budget-1-amount", "budget-2-what", "budget-2-amount"]
    assert page.locator("[name=budget-1-what]").get_attribute("aria-label") == "Omschrijving, regel 1"
    page.context.close()


def test_a_draft_is_kept_while_typing_and_a_conflict_is_told(browser: Browser, address: str) -> None:
    page, _ = _open(browser, address)
    page.locator("#title").fill("Veilig thuis")
    page.get_by_text("Opgeslagen om 14:03").wait_for()
    assert page.locator("[name=version]").first.input_value() == "2"
    assert page.locator("form[data-dirty]").count() == 0
    page.locator("#title").fill("botsing")
    page.get_by_text("Iemand anders heeft dit net gewijzigd.").wait_for()
    assert page.locator("form[data-dirty]").count() == 1
    page.context.close()


def test_words_are_counted(browser: Browser, address: str) -> None:
    page, _ = _open(browser, address)
    page.locator("#plan").fill("een twee  drie")
    page.get_by_text("U hebt nog 297 woorden.").wait_for()
    page.locator("#plan").fill("woord " * 301)
    page.get_by_text("U hebt 1 woord te veel.").wait_for()
    page.context.close()


def test_a_second_click_sends_nothing(browser: Browser, address: str) -> None:
    page, _ = _open(browser, address)
    sent: list[str] = []
    page.route("**/*", lambda route: (sent.append(route.request.method), route.abort())[1])
    page.evaluate("""() => {
        const button = document.querySelector(".pp-inline-form button");
        button.click();
        button.click();
    }""")
    page.wait_for_timeout(300)
    assert sent.count("POST") == 1
    page.context.close()
