"""Applying in a real browser: with the keyboard alone, without JavaScript, and on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Visitor
from tests.support import uploads

# The first one loads the whole demonstration.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


def _press_to(page: Page, name: str, role: str = "link") -> None:
    """Walk with Tab to a link or button, as somebody without a mouse does, and press Enter."""
    target = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    for _step in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            page.wait_for_load_state()
            return
    raise AssertionError(f"{name} cannot be reached with the keyboard")


@pytest.mark.parametrize("script", [True, False], ids=["script", "zonder-script"])
def test_a_draft_is_submitted_with_the_keyboard(visit: Callable[..., Visitor], script: bool) -> None:
    who = "aanvrager haarlem" if script else "aanvrager venlo"
    applicant = visit(java_script_enabled=script, viewport=NARROW)
    page = applicant.sign_in(who)
    applicant.go("/rondes/open-ronde")
    _press_to(page, "Aanvraag beginnen", "button")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    address = page.url

    assert not script or page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    _press_to(page, "Het project")
    page.get_by_label("Titel").fill("Veilig & snel <b>samen</b>")
    page.get_by_label(re.compile("Samenvatting")).fill("Wij brengen partners bij elkaar.")
    page.locator("input[name=purpose]").first.check()
    page.locator("[name=theme]").first.select_option("mda")
    page.get_by_role("button", name="Opslaan").click()

    page.goto(f"{address}/onderdelen/plan")
    for area in page.locator("main textarea").all():
        area.fill("Dit hebben wij met alle partners besproken.")
    dates = page.locator("input[type=date]")
    dates.nth(0).fill("2027-03-01")
    dates.nth(1).fill("2028-02-28")
    page.get_by_role("button", name="Opslaan").click()

    page.goto(f"{address}/onderdelen/begroting")
    page.locator("main select").first.select_option("cost")
    page.get_by_label("Omschrijving").first.fill("Projectleider")
    page.locator("input[name$=amount]").first.fill("40.000,00")
    page.get_by_label("Gevraagd bedrag").fill("30.000,00")
    page.get_by_label("Minimaal benodigd bedrag").fill("25.000,00")
    page.get_by_role("button", name="Opslaan").click()

    page.goto(f"{address}/indienen")
    expect(page.locator("main")).to_contain_text(re.compile("begroting", re.IGNORECASE))
    assert page.get_by_role("button", name="Aanvraag indienen").count() == 0, (
        "what is missing blocks submitting"
    )

    page.goto(f"{address}/onderdelen/begroting")
    page.get_by_label("Gevraagd bedrag").fill("40.000,00")
    page.get_by_role("button", name="Opslaan").click()
    page.goto(f"{address}/onderdelen/contact")
    page.get_by_label("Naam").fill("Team Zorg")
    page.get_by_label("Functie").fill("beleidsadviseur")
    page.get_by_label("E-mailadres").fill("zorg@example.org")
    page.get_by_label("Telefoonnummer").fill("023 000 00 00")
    page.get_by_role("button", name="Opslaan").click()
    page.goto(f"{address}/onderdelen/vragen")
    page.locator("main textarea").first.fill("Gezinnen met jonge kinderen.")
    page.get_by_role("button", name="Opslaan").click()

    page.goto(f"{address}/onderdelen/documenten")
    page.get_by_label("Kies een bestand").first.set_input_files(
        files=[{"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": uploads.pdf()}]
    )
    page.get_by_role("button", name="Bestand toevoegen").first.click()
    expect(page.locator("main")).to_contain_text("‘Plan.pdf’ is toegevoegd.")

    page.goto(f"{address}/indienen")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Aanvraag indienen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ontvangstbevestiging")
    assert re.search(r"[0-9a-f]{64}", page.inner_text("main")), "the receipt carries the checksum"
    assert page.get_by_text("Veilig & snel <b>samen</b>").count() > 0
    assert applicant.problems == []
