"""Assessing in a real browser: five applications with the keyboard alone, interrupted once; a meeting; the merits."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from pool.assessment import queries
from pool.assessment import service as assessment
from pool.assessment.states import InterestAnswer
from pool.core import clock
from pool.core.db import db
from pool.demo import rounds as demo_rounds
from pool.demo import story
from pool.demo.accounts import Cast
from tests.browser import meeting
from tests.browser.conftest import Site, Visitor, violations

# The first one loads the whole demonstration.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SLUG = "leesronde-2027"
READER, OTHER = "beoordelaar 8", "beoordelaar 7"
FILES = 5


@pytest.fixture
def titles(site: Site) -> list[str]:
    """A round of five applications in which everybody but one has scored; their titles."""
    with site.app.app_context():
        now, cast, chance = clock.now(), Cast(), random.Random(7)
        opens, closes = now - dt.timedelta(days=60), now - dt.timedelta(days=30)
        rules = demo_rounds._pool_rules(SLUG, ("Gekozen is op kwaliteit.",))
        round_ = demo_rounds._round_of_today(
            cast, SLUG, "Leesronde van de reis", opens, closes, 90_000_000, rules
        )
        plans = demo_rounds._plans_of_today(chance, FILES)
        made = story.apply_all(
            cast, round_, plans, opens + dt.timedelta(days=1), closes - dt.timedelta(days=1)
        )
        story.find_complete(cast, round_, made, closes + dt.timedelta(days=1))
        programme, reader = cast.at("programma", closes + dt.timedelta(days=2)), cast.user(READER)
        assessment.finalise_plan(programme, assessment.make_plan(programme, round_))
        taken = {a.application_id for a in queries.readers_of_round(round_.id) if a.user_id == reader.id}
        for application in made:
            if application.id not in taken:
                assessment.add_assignment(programme, round_, application.id, reader.id, "Leest alles mee.")
        db.session.commit()
        quality = {a.id: 80 for a in made}
        story.score_all(cast, round_, quality, closes + dt.timedelta(days=9), chance, {reader.id: FILES})
        known = cast.at("voorzitter", now - dt.timedelta(hours=2))
        assessment.declare_interest(
            known, made[0].id, InterestAnswer.DECLARED, "Familie.", user_id=cast.user(OTHER).id
        )
        db.session.commit()
        found = [application.title for application in made]
        db.session.remove()
    return found


def _tab_to(page: Page, selector: str) -> None:
    """Walk with Tab to the first thing of this kind, as somebody without a mouse does."""
    for _step in range(250):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the keyboard")


def _enter(page: Page) -> None:
    """Follow the link or press the button that has the focus, and wait for the page that comes."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _open_next(page: Page) -> None:
    """From the list to the next application that waits, and through the question about an interest."""
    waiting = page.get_by_role("row").filter(has_text="hebt u een belang?")
    row = waiting.filter(has=page.locator("a")).first
    target = row.get_by_role("link").first.get_attribute("href")
    _tab_to(page, f'a[href="{target}"]')
    _enter(page)
    _tab_to(page, "input[name=answer]")
    page.keyboard.press("Space")
    if page.locator("input[name=answer]:checked").get_attribute("value") != "none":
        page.keyboard.press("ArrowDown")
    _tab_to(page, "main button[type=submit]")
    _enter(page)
    expect(page.get_by_role("heading", name="Uw beoordeling")).to_be_visible()


def _criteria(page: Page) -> list[str]:
    return [
        str(box.get_attribute("name")).removeprefix("reason_")
        for box in page.locator("textarea[name^=reason_]").all()
    ]


def _score(page: Page, codes: list[str], level: int) -> None:
    """A level with the arrow keys and a reason, for these criteria."""
    for code in codes:
        _tab_to(page, f"input[name=level_{code}]")
        page.keyboard.press("Space")
        for _step in range(level - 1):
            page.keyboard.press("ArrowDown")
        expect(page.locator(f"input[name=level_{code}]:checked")).to_have_value(str(level))
        _tab_to(page, f"textarea[name=reason_{code}]")
        page.keyboard.insert_text("De partners staan klaar en het plan is af.")


def test_from_the_first_interest_to_the_adopted_merits(
    visit: Callable[..., Visitor], axe: Axe, titles: list[str]
) -> None:
    reader, found = visit(), []
    page = reader.sign_in(READER)
    reader.go("/beoordelen")
    for place in range(FILES):
        _open_next(page)
        codes = _criteria(page)
        if place == 2:
            # Interrupted: what was done is saved, the browser is closed, and somebody comes back later.
            _score(page, codes[:2], 6)
            _tab_to(page, "button[name=do][value=save]")
            _enter(page)
            expect(page.get_by_text("Uw beoordeling is opgeslagen")).to_be_visible()
            address = page.url
            found += violations(axe, page)
            assert reader.problems == []
            reader.context.close()
            reader = visit()
            page = reader.sign_in(READER)
            page.goto(address)
            for code in codes[:2]:
                expect(page.locator(f"input[name=level_{code}]:checked")).to_have_value("6")
                expect(page.locator(f"textarea[name=reason_{code}]")).to_have_value(re.compile("partners"))
            codes = codes[2:]
        _score(page, codes, 1 if place == 0 else 6)
        _tab_to(page, "button[name=do][value=submit]")
        _enter(page)
        expect(page.get_by_text("Uw beoordeling is ingediend")).to_be_visible()
        reader.go("/beoordelen")
    found += violations(axe, page)
    assert reader.problems == []

    chair = visit()
    page = chair.sign_in("voorzitter")
    chair.go(f"/beoordelen/{SLUG}/vergaderingen")
    page.get_by_role("link", name="Vergadering plannen").click()
    page.get_by_label("Datum").fill((clock.today() + dt.timedelta(days=1)).isoformat())
    page.get_by_label("Begintijd").fill("09:30")
    page.get_by_label("Plaats").fill("Utrecht")
    found += violations(axe, page)
    page.get_by_role("button", name="Plannen").click()
    expect(page.get_by_text("De vergadering is gepland")).to_be_visible()
    row = page.get_by_role("row").filter(has_text=titles[0]).first
    if row.get_by_role("button", name=re.compile("^Bespreken")).count():
        row.get_by_role("button", name=re.compile("^Bespreken")).click()
    found += violations(axe, page)
    seen: set[str] = set()

    def look(at: Page, what: str) -> None:
        seen.add(what)
        for scheme in ("light", "dark"):
            at.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found.extend(violations(axe, at))
        at.emulate_media(color_scheme="light")

    meeting.hold(chair, SLUG, look=look)
    assert seen == {"leave", "item", "outcome", "minutes"}

    chair.go(f"/beoordelen/{SLUG}/vaststellen")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Vaststellen").click()
    expect(page.get_by_text("vastgesteld", exact=True).first).to_be_visible()
    chair.go(f"/beoordelen/{SLUG}/vaststellen")
    expect(page.get_by_role("link", name="vergadering 1")).to_be_visible()
    found += violations(axe, page)
    assert chair.problems == []
    assert found == [], "\n".join(found)
