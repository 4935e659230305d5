"""A joint application of three regions in a real browser: two colleagues write, a partner confirms, keyboard only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, Site, Visitor, violations
from tests.support import uploads

# The first one loads the whole demonstration.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]


class Keys:
    """Somebody without a mouse: walks with Tab, types, and presses Space and Enter."""

    def __init__(self, visitor: Visitor, axe: Axe, *, script: bool) -> None:
        self.visitor, self.axe, self.script = visitor, axe, script

    @property
    def page(self) -> Page:
        return self.visitor.page

    def look(self) -> None:
        """What a page must be: free of findings and no wider than the screen. axe itself needs scripts."""
        if self.script:
            assert violations(self.axe, self.page) == []
            assert self.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], (
                self.page.url
            )

    def walk(self, target: Locator) -> None:
        """Tab until the target has the focus."""
        target = target.first
        for _step in range(250):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the keyboard on {self.page.url}")

    def press(self, name: str | re.Pattern[str], role: str = "button") -> None:
        self.walk(self.page.get_by_role(role, name=name))  # type: ignore[arg-type]
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def follow(self, name: str | re.Pattern[str]) -> None:
        self.press(name, "link")

    def fill(self, target: str | Locator, text: str) -> None:
        found = self.page.get_by_label(target) if isinstance(target, str) else target
        self.walk(found)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def date(self, label: str, day: str) -> None:
        """Walked to as the rest; put in at once, because the order of the parts depends on the browser's own language."""
        self.walk(self.page.get_by_label(label))
        self.page.get_by_label(label).fill(day)

    def tick(self, target: str | Locator) -> None:
        self.walk(self.page.get_by_label(target) if isinstance(target, str) else target)
        self.page.keyboard.press("Space")

    def choose(self, target: Locator, label: str) -> None:
        """In a list: type what the choice begins with."""
        self.walk(target)
        self.page.keyboard.type(label)
        expect(target.first.locator("option:checked")).to_have_text(
            re.compile(re.escape(label), re.IGNORECASE)
        )


@pytest.mark.parametrize("script", [True, False], ids=["script", "zonder-script"])
def test_three_regions_apply_together(
    visit: Callable[..., Visitor], site: Site, axe: Axe, script: bool
) -> None:
    def somebody(name: str) -> Keys:
        visitor = visit(java_script_enabled=script, viewport=NARROW)
        visitor.sign_in(name)
        return Keys(visitor, axe, script=script)

    title = f"Samen veilig {'met' if script else 'zonder'} script"
    ali = somebody("aanvrager haarlem")
    ali.visitor.go("/rondes/open-ronde")
    ali.press("Aanvraag beginnen")
    address = ali.page.url
    ali.look()

    ali.follow("Het project")
    ali.fill("Titel van het project", title)
    ali.fill(ali.page.get_by_label(re.compile("Samenvatting")), "Drie regio's werken samen.")
    ali.tick(ali.page.locator("input[name=purpose]"))
    ali.walk(ali.page.locator("select[name=theme]"))
    ali.page.keyboard.press("ArrowDown")
    ali.look()
    ali.press("Opslaan")

    ali.follow("Regio's en partners")
    ali.tick("Drenthe")
    ali.tick("Flevoland")
    ali.fill(ali.page.locator("[name='partners-0-name']"), "Gemeente Zwolle")
    ali.choose(ali.page.locator("[name='partners-0-kind']"), "gemeente")
    ali.fill(ali.page.locator("[name='partners-0-role']"), "Doet mee met een team")
    ali.fill(ali.page.locator("[name='partners-0-contribution']"), "Twee medewerkers")
    ali.look()
    ali.press("Opslaan")

    # Two colleagues have the plan open; the second to save sees both texts.
    bo = somebody("collega haarlem")
    bo.visitor.go(f"{address.removeprefix(site.address)}/onderdelen/plan")
    ali.follow("Plan")
    texts = ("occasion", "approach", "results", "sharing", "embedding")
    for name in texts:
        ali.fill(ali.page.locator(f"textarea[name={name}]"), f"Ali over {name}.")
    ali.press("Opslaan")
    bo.fill(bo.page.locator("textarea[name=occasion]"), "Bo over de aanleiding.")
    bo.press("Opslaan")
    expect(bo.page.get_by_role("heading", name=re.compile("heeft opgeslagen"))).to_be_visible()
    shown = bo.page.inner_text("main")
    assert "Ali over occasion." in shown
    assert bo.page.locator("textarea[name=occasion]").input_value() == "Bo over de aanleiding."
    bo.look()
    for name in texts[1:]:
        bo.fill(bo.page.locator(f"textarea[name={name}]"), f"Ali over {name}.")
    bo.date("Startdatum", "2027-03-01")
    bo.date("Einddatum", "2028-02-28")
    bo.fill(bo.page.locator("[name='indicators-0-what']"), "Dagen tot het eerste gesprek")
    bo.fill(bo.page.locator("[name='indicators-0-baseline']"), "21")
    bo.fill(bo.page.locator("[name='indicators-0-target']"), "7")
    bo.press("Mijn tekst opslaan")

    bo.follow("Begroting")
    bo.choose(bo.page.locator("[name='lines-0-kind']"), "kosten")
    bo.fill(bo.page.locator("[name='lines-0-description']"), "Projectleider")
    bo.fill(bo.page.locator("[name='lines-0-amount']"), "40.000,00")
    bo.fill("Gevraagd bedrag", "40.000,00")
    bo.fill("Minimaal benodigd bedrag", "25.000,00")
    bo.look()
    bo.press("Opslaan")
    bo.follow("Contactpersoon")
    bo.fill("Functie", "beleidsadviseur")
    bo.press("Opslaan")
    bo.follow("Vragen van deze ronde")
    bo.fill(bo.page.locator("main textarea"), "Gezinnen met jonge kinderen.")
    bo.press("Opslaan")

    bo.follow("Documenten")
    # Walked to; the window to choose a file belongs to the browser.
    chooser = bo.page.get_by_label("Kies een bestand").first
    bo.walk(chooser)
    chooser.set_input_files(
        files=[{"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": uploads.pdf()}]
    )
    bo.press(re.compile("toevoegen", re.IGNORECASE))
    expect(bo.page.locator("main")).to_contain_text("‘Plan.pdf’ is toegevoegd.")
    bo.look()

    # The partner is asked, reads what is said about it, and confirms.
    ali.visitor.go(address.removeprefix(site.address))
    ali.follow("Partners om bevestiging vragen")
    ali.look()
    card = ali.page.locator("article", has_text="Gemeente Zwolle")
    ali.walk(card.get_by_role("link", name="Vraag om bevestiging"))
    with ali.page.expect_navigation():
        ali.page.keyboard.press("Enter")
    expect(ali.page.get_by_role("heading", level=1)).to_contain_text("Gemeente Zwolle")
    ali.look()
    ali.press("Vraag om bevestiging")
    zwolle = somebody("aanvrager zwolle")
    zwolle.follow(re.compile("Partnerverzoeken"))
    zwolle.look()
    zwolle.follow(title)
    assert "Twee medewerkers" in zwolle.page.inner_text("main")
    assert "40.000" not in zwolle.page.inner_text("main")
    zwolle.look()
    zwolle.tick("Ja, zo doen wij mee")
    zwolle.press("Antwoord versturen")
    expect(zwolle.page.get_by_role("heading", level=1)).to_contain_text("U hebt geantwoord")

    ali.visitor.go(address.removeprefix(site.address))
    assert "1 van de 3 partners" in ali.page.inner_text("main")
    ali.follow("Controleren en indienen")
    ali.look()
    ali.tick(ali.page.get_by_role("checkbox"))
    ali.press("Aanvraag indienen")
    expect(ali.page.get_by_role("heading", level=1)).to_contain_text("Ontvangstbevestiging")
    told = ali.page.inner_text("main")
    assert "Bo over de aanleiding." in told
    assert re.search(r"[0-9a-f]{64}", told)
    ali.look()
    assert [who.visitor.problems for who in (ali, bo, zwolle)] == [[], [], []]
