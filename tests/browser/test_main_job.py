"""The main job in a real browser: from an application to a project, by everybody whose work it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from pool.demo.accounts import READERS
from tests.browser import meeting
from tests.browser.conftest import Visitor

# The first one loads the whole demonstration.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SLUG = "ronde-in-beoordeling"


def _scores(page: Page) -> None:
    """Level 7 with a reason for every criterion of the form."""
    for group in page.get_by_role("group").filter(has=page.get_by_label("Waarom dit niveau?")).all():
        group.locator("input[type=radio][value='7']").check()
        group.get_by_label("Waarom dit niveau?").fill("Goed doordacht, en de partners staan klaar.")


def _read_and_score(visitor: Visitor) -> int:
    """Declare no interest and score every application that waits; returns how many."""
    done = 0
    while True:
        page = visitor.go("/beoordelen")
        waiting = page.get_by_role("row").filter(has_text="hebt u een belang?").get_by_role("link")
        if not waiting.count():
            return done
        waiting.first.click()
        page.locator("input[name=answer][value=none]").check()
        page.get_by_role("button", name="Vastleggen").click()
        expect(page.get_by_role("heading", name="Uw beoordeling")).to_be_visible()
        if not done:
            # A form that is not complete is refused; nothing is lost, and the list of errors leads to the fields.
            page.get_by_role("button", name="Indienen").click()
            expect(page.get_by_role("alert")).to_be_visible()
            assert page.title().startswith("Fout: ")
        _scores(page)
        page.get_by_role("button", name="Indienen").click()
        expect(page.get_by_text("Alleen de voorzitter kan een beoordeling heropenen")).to_be_visible()
        done += 1


def test_a_round_from_the_last_scores_to_the_first_project(visit: Callable[..., Visitor]) -> None:
    scored = 0
    for number in range(1, READERS + 1):
        reader = visit()
        reader.sign_in(f"beoordelaar {number}")
        scored += _read_and_score(reader)
        reader.context.close()
    assert scored > 0

    chair = visit()
    page = chair.sign_in("voorzitter")
    meeting.hold(chair, SLUG)
    chair.go(f"/beoordelen/{SLUG}/vaststellen")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Vaststellen").click()
    expect(page.get_by_text("vastgesteld", exact=True).first).to_be_visible()

    programme = visit()
    page = programme.sign_in("programma")
    programme.go(f"/verdelen/{SLUG}/nieuw")
    page.get_by_label("Naam").fill("Volgens de regels")
    page.get_by_role("button", name="Scenario berekenen").click()
    programme.site.work()
    programme.go(f"/verdelen/{SLUG}")
    page.get_by_role("link", name="Volgens de regels").first.click()
    expect(page.locator("main")).to_contain_text("bewezen")

    page = chair.go(f"/besluiten/{SLUG}/advies")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Advies beginnen").click()
    page.get_by_role("link", name=re.compile("^Aanpassen")).first.click()
    page.get_by_label(re.compile("bedrag", re.IGNORECASE)).first.fill("0")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_role("alert")).to_contain_text("Schrijf waarom de commissie daarvan afwijkt")
    page.get_by_label(re.compile("Waarom wijkt")).fill("De commissie mist een plan voor het vervolg.")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("minder dan berekend").first).to_be_visible()
    page.get_by_role("link", name="Advies geven").click()
    page.get_by_role("button", name="Advies geven").click()
    expect(page.locator("main")).to_contain_text("Het verandert niet meer")

    page = programme.go(f"/besluiten/{SLUG}/voorbereiding")
    page.get_by_role("button", name="Besluiten voorbereiden").click()
    expect(page.get_by_text("voorbereid", exact=True).first).to_be_visible()

    decider = visit()
    page = decider.sign_in("beslisser")
    decider.go(f"/besluiten/{SLUG}/nemen")
    boxes = page.locator("input[name=chosen]")
    count = boxes.count()
    for place in range(count):
        boxes.nth(place).check()
    page.get_by_role("button", name="Gekozen besluiten nemen").click()
    expect(page.get_by_text("Er is niets om over te besluiten")).to_be_visible()
    decider.site.work()

    visitor = visit()
    page = visitor.go(f"/register/{SLUG}")
    # Nothing is public before it is published.
    expect(page.locator("main")).to_contain_text("nog geen besluiten bekend")
    assert page.get_by_role("row").count() == 0

    page = programme.go(f"/besluiten/{SLUG}/bekendmaken")
    page.get_by_role("button", name="Besluiten bekendmaken").click()
    page = visitor.go(f"/register/{SLUG}")
    expect(page.locator("main")).to_contain_text("verzonnen")
    assert page.get_by_role("row").count() > 3

    page = programme.go("/projecten")
    expect(page.locator("main")).to_contain_text("Projectenpool")
    for person in (chair, programme, decider, visitor):
        assert person.problems == []


def test_the_applicant_reads_the_decision_and_reports(visit: Callable[..., Visitor]) -> None:
    applicant = visit()
    page = applicant.sign_in("aanvrager zwolle")
    applicant.go("/besluiten")
    page.get_by_role("row").filter(has_text="toegekend").get_by_role("link").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Brief ophalen (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
    applicant.go("/projecten")
    assert page.get_by_role("link").count() > 0
    assert applicant.problems == []
