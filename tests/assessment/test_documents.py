"""Files before the committee: after the question about an interest, of the version that is judged, and no longer
than somebody may read it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import time_machine

from pool.applications import queries as applications
from pool.applications.models import Application, ApplicationFile
from pool.assessment import service
from pool.assessment.models import Assignment
from pool.assessment.states import InterestAnswer
from pool.core.db import db
from pool.core.text import sha256_hex
from pool.rounds.inputs import DocumentRule
from tests.assessment.conftest import Committee
from tests.assessment.test_deputy import appoint, no_interest, outsider
from tests.conftest import Client
from tests.support import pages, uploads
from tests.support.applications_factory import attach, make_complete
from tests.support.assessment_factory import assess_all, assign_all, member, open_file
from tests.support.meeting_factory import bar
from tests.support.world import RULES, START, World

ASKING = replace(RULES, documents=(DocumentRule("plan", "Projectplan"),))


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def one(world: World) -> Application:
    round_ = world.round(rules=ASKING)
    make_complete(world, round_, "applicant_b", title="Tweede plan")
    return make_complete(world, round_, title="Eerste plan")


def file_of(application: Application) -> ApplicationFile:
    return applications.files_of(application, applications.content(application).documents)[0]


def url(row: ApplicationFile) -> str:
    return f"/beoordelen/aanvraag/{row.application_id}/documenten/{row.id}"


def key_of(world: World, user_id: int) -> str:
    return next(key for key, ident in world.ids.items() if ident == user_id)


def assigned(world: World, application: Application) -> Assignment:
    return next(a for a in assign_all(world, application.round) if a.application_id == application.id)


def test_only_after_saying_to_have_no_interest_and_not_a_moment_longer(
    world: World, one: Application, new_client: Callable[[], Client]
) -> None:
    assignment, row = assigned(world, one), file_of(one)
    client = new_client().sign_in(world.email(key_of(world, assignment.user_id)))
    assert client.get(url(row)).status_code == 404
    open_file(world, assignment)
    page = pages.read(client.get(f"/beoordelen/aanvraag/{one.id}"))
    link = page.select_one(".pp-files a")
    assert (link["href"], link.get_text()) == (url(row), "plan.pdf")
    response = client.get(url(row))
    assert (response.status_code, sha256_hex(response.data)) == (200, row.sha256)
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    response.close()
    service.declare_interest(
        member(world, assignment), one.id, InterestAnswer.DECLARED, "Ik werkte eraan mee."
    )
    db.session.commit()
    assert client.get(url(row)).status_code == 404


def test_who_reads_something_else_finds_nothing(
    world: World, one: Application, new_client: Callable[[], Client]
) -> None:
    made, row = assign_all(world, one.round), file_of(one)
    readers = {a.user_id for a in made if a.application_id == one.id}
    for key in ("assessor", "assessor_b", "assessor_c"):
        if world.ids[key] not in readers:
            assert new_client().sign_in(world.email(key)).get(url(row)).status_code == 404
    for key, status in (("applicant", 403), ("lead", 403), ("decider", 403), ("admin", 403)):
        assert new_client().sign_in(world.email(key)).get(url(row)).status_code == status


def test_a_file_of_a_later_text_is_not_before_the_committee(
    world: World, one: Application, new_client: Callable[[], Client]
) -> None:
    early = world.later("applicant", days=3)
    extra = attach(early, one, "plan", "nooit ingediend.pdf", uploads.packed_pdf())
    assignment = assigned(world, one)
    open_file(world, assignment)
    client = new_client().sign_in(world.email(key_of(world, assignment.user_id)))
    assert client.get(url(extra)).status_code == 404
    assert client.get(f"/beoordelen/aanvraag/{one.id}/documenten/999999").status_code == 404
    assert "nooit ingediend" not in client.get(f"/beoordelen/aanvraag/{one.id}").get_data(as_text=True)


def test_the_chair_reads_along_with_the_result_and_not_with_an_interest(
    world: World, one: Application, new_client: Callable[[], Client]
) -> None:
    row, client = file_of(one), new_client().sign_in(world.email("chair"))
    assert client.get(url(row)).status_code in (403, 404)
    assess_all(world, one.round)
    page = pages.read(client.get(f"/beoordelen/{one.round.slug}/uitslag/{one.id}"))
    assert page.select_one(".pp-files a")["href"] == url(row)
    response = client.get(url(row))
    assert (response.status_code, sha256_hex(response.data)) == (200, row.sha256)
    response.close()
    service.declare_interest(
        world.later("chair", days=30), one.id, InterestAnswer.DECLARED, "Mijn zus werkt daar."
    )
    db.session.commit()
    assert client.get(url(row)).status_code == 404


def test_a_deputy_reads_what_the_chair_may_not_know_after_saying_to_have_no_interest(
    world: World, new_client: Callable[[], Client]
) -> None:
    round_ = world.round(rules=ASKING, ceiling=12_000_000)
    made = [make_complete(world, round_, key, title=key) for key in ("applicant", "applicant_b")]
    committee = Committee(world, round_, made[0], made[1], made[0])
    assess_all(world, round_)
    key, row = outsider(world, made[1].id), file_of(made[1])
    client = new_client().sign_in(world.email(key))
    appoint(committee, key)
    assert client.get(url(row)).status_code == 404, "the chair has no interest, so nothing is deputised"
    bar(world, "chair", made[1].id)
    assert new_client().sign_in(world.email("chair")).get(url(row)).status_code == 404
    assert client.get(url(row)).status_code == 404
    no_interest(world, key, made[1].id)
    page = pages.read(client.get(f"/beoordelen/{round_.slug}/vergaderingen/plaatsvervangen/{made[1].id}"))
    assert [a["href"] for a in page.select(".pp-files a")] == [url(row)]
    response = client.get(url(row))
    assert (response.status_code, sha256_hex(response.data)) == (200, row.sha256)
    response.close()
