"""The pages about bottlenecks: scoring them, agreeing a mark, and the table of all proposals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from pool.assessment import queries, service
from pool.core.db import db
from tests.assessment.conftest import Committee
from tests.assessment.test_coding import shelter
from tests.conftest import Client
from tests.support.assessment_factory import QUOTATION, open_file, score
from tests.support.pages import read, words
from tests.support.world import START, World

__all__ = ["shelter"]


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    """A browser in which this person is signed in."""
    return lambda key: new_client().sign_in(world.email(key))


def typed(**more: str) -> dict[str, str]:
    """A scoring form with everything filled in."""
    data = {"do": "submit", "version": "1"}
    for code in ("kwaliteit", "impuls", "leren"):
        data |= {f"level_{code}": "6", f"reason_{code}": "Goed onderbouwd."}
    for code in ("nazorg", "schulden", "wonen"):
        data |= {f"mark_{code}": "2", f"quotation_{code}": QUOTATION}
    return data | more


def test_marks_that_are_refused_stay_as_typed(shelter: Committee, browser: Any) -> None:
    assignment = queries.readers_of_round(shelter.round_.id)[0]
    open_file(shelter.world, assignment)
    client = browser(shelter.world.key_of(assignment.user_id))
    url = f"/beoordelen/aanvraag/{assignment.application_id}"
    wrong = "Dit staat <b>nergens</b>."
    sent = typed(quotation_nazorg=wrong, mark_wonen="1", quotation_wonen="")
    page = read(client.post(url, data=sent), 422)
    assert "Nazorg: dit citaat staat niet in de aanvraag." in words(page)
    assert "Een eigen huis: neem over waar dit in de aanvraag staat." in words(page)
    assert page.select("#quotation_nazorg")[0].get_text().strip() == wrong
    assert page.select("#mark_wonen-1")[0].has_attr("checked")
    described = str(page.select("#quotation_nazorg")[0]["aria-describedby"]).split()
    assert "Fout: Nazorg" in " ".join(page.select(f"#{ident}")[0].get_text() for ident in described)
    for nonsense in ("vier", "²", "9"):
        read(client.post(url, data=typed(mark_wonen=nonsense)), 422)
    assert client.post(url, data=typed(quotation_wonen="Een vast\n team")).status_code == 302
    shown = words(read(client.get(url)))
    assert "Uw cijfers per knelpunt" in shown
    assert "Een vast team" in shown


def test_marks_of_others_stay_hidden_until_the_own_are_in(shelter: Committee, browser: Any) -> None:
    mine, other = [
        one for one in queries.readers_of_round(shelter.round_.id) if one.application_id == shelter.one.id
    ]
    score(shelter.world, other, 6, marks=3)
    open_file(shelter.world, mine)
    client = browser(shelter.world.key_of(mine.user_id))
    url = f"/beoordelen/aanvraag/{shelter.one.id}"
    assert "van deze beoordelaar" not in words(read(client.get(url)))
    assert client.post(url, data=typed()).status_code == 302
    assert "Cijfers per knelpunt van deze beoordelaar" in words(read(client.get(url)))
    assert mine.assessment is not None
    service.reopen(shelter.world.later("chair", days=30), mine.assessment, "Nog eens kijken.")
    db.session.commit()
    assert "van deze beoordelaar" not in words(read(client.get(url)))


def test_a_round_without_bottlenecks_does_not_speak_of_them(committee: Committee, browser: Any) -> None:
    service.assign(committee.world.later("programme", days=20), committee.round_)
    db.session.commit()
    assignment = queries.readers_of_round(committee.round_.id)[0]
    open_file(committee.world, assignment)
    client = browser(committee.world.key_of(assignment.user_id))
    page = read(client.get(f"/beoordelen/aanvraag/{assignment.application_id}"))
    assert "nelpunt" not in words(page)
