"""A deputy weighs interests as the chair does: of the applications that he or she leads, and of no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from pool.assessment import queries, service
from pool.assessment.states import InterestAnswer, Measure
from pool.core import audit
from pool.core.db import db
from pool.core.outbox import Mail
from pool.people.states import OrganisationKind
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.assessment_factory import assess_all, assign_all
from tests.support.meeting_factory import bar
from tests.support.world import START, World

ROUND = "/beoordelen/ronde-1"
OWN = f"{ROUND}/vergaderingen/plaatsvervangen"


@dataclass
class Led:
    """The second plan is closed to the chair and led by a deputy; a member waits for a decision about it."""

    committee: Committee
    deputy: str
    member: int

    @property
    def url(self) -> str:
        return f"{ROUND}/belangen/{self.committee.two.id}/{self.member}"


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def browser(world: World, new_client: Callable[[], Client]) -> Callable[[str], Client]:
    return lambda key: new_client().sign_in(world.email(key))


@pytest.fixture
def led(committee: Committee) -> Led:
    world = committee.world
    assess_all(world, committee.round_)
    readers = {a.assignment.user_id for a in queries.counting([committee.two.id])}
    deputy = next(k for k in ("assessor", "assessor_b", "assessor_c") if world.ids[k] not in readers)
    service.appoint_deputy(
        world.later("programme", days=26),
        committee.round_,
        world.ids[deputy],
        "De voorzitter heeft een belang.",
    )
    bar(world, "chair", committee.two.id)
    member = min(readers)
    bar(world, world.key_of(member), committee.two.id)
    bar(world, world.key_of(member), committee.one.id)
    db.session.commit()
    return Led(committee, deputy, member)


def ready(led: Led) -> None:
    """The deputy says to have no interest."""
    actor = led.committee.world.later(led.deputy, days=29)
    service.declare_interest(actor, led.committee.two.id, InterestAnswer.NONE)
    db.session.commit()


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, url
    return str(response.get_data(as_text=True))


def test_nobody_else_weighs_it(led: Led, browser: Any) -> None:
    ready(led)
    others = [k for k in ("assessor", "assessor_b", "assessor_c") if k != led.deputy]
    for key in ("chair", *others):
        page(browser(key), led.url, 404)
        assert browser(key).post(led.url, data={"measure": "allowed", "reason": "x"}).status_code == 404
    for key in ("programme", "decider", "applicant"):
        page(browser(key), led.url, 403)
    assert queries.ties.measures(user_id=led.member) == {}
    assert led.committee.two.title not in page(browser("chair"), f"{ROUND}/belangen")


def test_not_on_what_the_deputy_does_not_lead(led: Led, browser: Any) -> None:
    ready(led)
    deputy = browser(led.deputy)
    other = f"{ROUND}/belangen/{led.committee.one.id}/{led.member}"
    page(deputy, other, 404)
    assert led.committee.one.title not in page(deputy, OWN)
    page(deputy, f"{ROUND}/belangen", 403)


def test_not_before_the_own_word(led: Led, browser: Any) -> None:
    deputy = browser(led.deputy)
    assert led.committee.world.user(led.committee.world.key_of(led.member)).name not in page(deputy, OWN)
    page(deputy, led.url, 404)


def test_the_deputy_weighs_it(led: Led, browser: Any) -> None:
    ready(led)
    deputy = browser(led.deputy)
    name = led.committee.world.user(led.committee.world.key_of(led.member)).name
    body = page(deputy, OWN)
    assert name in body
    assert f'href="{led.url}"' in body
    assert f'href="{OWN}"' in page(deputy, led.url)
    refused = deputy.post(led.url, data={"measure": "allowed", "reason": " "})
    assert refused.status_code == 422
    answer = deputy.post(led.url, data={"measure": "allowed", "reason": "Een verre band."})
    assert (answer.status_code, answer.location) == (302, OWN)
    decided = queries.ties.measures(user_id=led.member)[led.committee.two.id, led.member]
    assert (decided.measure, decided.decided_by) == (
        Measure.ALLOWED,
        led.committee.world.ids[led.deputy],
    )
    assert audit.trail(led.committee.two.audit_chain)[-2].reason == "Een verre band."
    assert "Een verre band." in page(deputy, OWN)
    assert "Een verre band." not in page(browser("chair"), f"{ROUND}/belangen")


def test_no_longer_when_released(led: Led, browser: Any) -> None:
    ready(led)
    round_ = led.committee.round_
    service.end_deputy(
        led.committee.world.later("programme", days=29), round_, queries.deputies(round_.id)[0].id
    )
    db.session.commit()
    page(browser(led.deputy), led.url, 404)


def test_who_waits_for_a_decision_is_told_to_the_deputy_when_no_chair_may_know(committee: Committee) -> None:
    from pool.people.models import Organisation
    from pool.regions import queries as regions

    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    reader = next(a for a in made if a.application_id == committee.two.id)
    deputy = next(
        k
        for k in ("assessor", "assessor_b", "assessor_c")
        if world.ids[k] not in {a.user_id for a in made if a.application_id == committee.two.id}
    )
    service.appoint_deputy(world.later("programme", days=21), round_, world.ids[deputy], "Belang.")
    bar(world, "chair", committee.two.id)
    # The reader works in the region of the application, so that somebody has to decide.
    place = regions.municipality_by_name("Kampen")
    assert place is not None
    neighbour = Organisation(
        kind=OrganisationKind.MUNICIPALITY, name="Gemeente Kampen", municipality_id=place.id
    )
    db.session.add(neighbour)
    db.session.flush()
    reader.user.organisation_id = neighbour.id
    db.session.flush()
    actor = world.later(world.key_of(reader.user_id), days=22)
    service.declare_interest(actor, committee.two.id, InterestAnswer.NONE)
    told = select(Mail).where(Mail.key.startswith("interest:")).order_by(Mail.id)
    assert [mail.user_id for mail in db.session.scalars(told)] == [world.ids[deputy]]
