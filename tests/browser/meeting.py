"""Holding a panel meeting in a real browser, for the journeys."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

Look = Callable[[Page, str], None]
"""Called with the page at each kind of screen: leave, item, outcome, minutes."""


def hold(chair: Visitor, slug: str, number: int = 1, look: Look = lambda _page, _what: None) -> None:
    """The chair opens a planned meeting, deals with every item, closes it and approves the minutes."""
    address = f"/beoordelen/{slug}/vergaderingen/{number}"
    page = chair.go(address)
    page.get_by_role("button", name="Vergadering openen").click()
    expect(page.get_by_text("De vergadering is geopend")).to_be_visible()
    formalities = page.get_by_role("button", name="Hamerstukken afdoen")
    if formalities.count():
        formalities.click()
        expect(page.get_by_text("Afgedaan:")).to_be_visible()
    while True:
        chair.go(address)
        waiting = page.get_by_role("row").filter(has_text="nog te behandelen").get_by_role("link")
        if not waiting.count():
            break
        waiting.first.click()
        page.get_by_role("button", name="Neem dit agendapunt").click()
        leave = page.get_by_role("button", name=re.compile("kamer uit"))
        expect(leave.or_(page.get_by_role("heading", name="Uitkomst"))).to_be_visible()
        if leave.count():
            look(page, "leave")
            leave.click()
        expect(page.get_by_role("heading", name="Uitkomst")).to_be_visible()
        look(page, "item")
        page.get_by_label("Notities van de bespreking").fill("De commissie is het eens.")
        page.get_by_role("button", name=re.compile("^De score blijft")).click()
        expect(page.get_by_role("heading", name=re.compile("^De score blijft"))).to_be_visible()
        look(page, "outcome")
    page.get_by_role("button", name="Vergadering sluiten").click()
    page.get_by_role("button", name="Verslag goedkeuren").click()
    expect(page.get_by_text("Het verslag is goedgekeurd")).to_be_visible()
    look(page, "minutes")
