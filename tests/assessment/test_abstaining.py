"""Giving an application back: with a reason, told to the programme team, and not asked again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import time_machine
from sqlalchemy import select

from pool.assessment import queries, service
from pool.assessment.models import Assignment, GivenBack
from pool.assessment.states import Abstention
from pool.core import audit
from pool.core.access import Role
from pool.core.db import db
from pool.core.errors import Invalid, Missing, Refused
from pool.core.outbox import Mail
from pool.people import service as people
from pool.people.inputs import EmployerInput
from pool.people.models import RoleGrant
from tests.assessment.conftest import Committee
from tests.conftest import Client
from tests.support.assessment_factory import adopt, assign_all, member, open_file, score
from tests.support.pages import read, words
from tests.support.world import LONG_AGO, START

TOO_MANY = Abstention.TOO_MANY


@pytest.fixture(autouse=True)
def _thirty_days_later() -> Iterator[None]:
    with time_machine.travel(START + dt.timedelta(days=30), tick=False):
        yield


@pytest.fixture
def assignment(committee: Committee) -> Assignment:
    return assign_all(committee.world, committee.round_)[0]


def test_only_the_own_application_and_only_before_it_is_handed_in(
    committee: Committee, assignment: Assignment
) -> None:
    world = committee.world
    for key in ("programme", "chair", "applicant"):
        with pytest.raises(Refused):
            service.abstain(world.later(key, days=21), assignment, TOO_MANY)
    with pytest.raises(Invalid):
        service.abstain(member(world, assignment), assignment, TOO_MANY, "a" * 2001)
    score(world, assignment, 7)
    with pytest.raises(Refused, match="al ingediend"):
        service.abstain(member(world, assignment), assignment, TOO_MANY)


def test_not_when_the_merits_are_adopted_and_not_twice(committee: Committee, assignment: Assignment) -> None:
    world = committee.world
    actor = member(world, assignment)
    service.abstain(actor, assignment, TOO_MANY)
    with pytest.raises(Refused, match="al beëindigd"):
        service.abstain(actor, assignment, TOO_MANY)
    with pytest.raises(Missing):
        queries.own_assignment(actor, assignment.application_id)


def test_what_is_given_back_goes_to_somebody_else(committee: Committee, assignment: Assignment) -> None:
    world, round_ = committee.world, committee.round_
    open_file(world, assignment)
    before = {(a.application_id, a.user_id) for a in queries.assignments_of_round(round_.id)}
    assert queries.short_of_readers(round_) == 0
    service.abstain(member(world, assignment), assignment, Abstention.EXPERTISE, "Ik ken dit veld niet.")
    db.session.commit()
    assert queries.short_of_readers(round_) == 1
    mails = list(db.session.scalars(select(Mail).where(Mail.key.startswith("abstained:")).order_by(Mail.id)))
    assert {mail.user_id for mail in mails} == {world.ids["programme"], world.ids["programme_b"]}
    assert all(assignment.application.title not in mail.body for mail in mails)
    assert audit.trail(assignment.application.audit_chain)[-1].action == "assignment.abstain"
    assign_all(world, round_, days=26)
    after = {(a.application_id, a.user_id) for a in queries.assignments_of_round(round_.id)}
    gone = (assignment.application_id, assignment.user_id)
    assert gone not in after
    assert before - after == {gone}
    assert len(after) == len(before)


@pytest.mark.parametrize("hidden", [True, False], ids=["an-interest", "none"])
def test_who_sits_in_the_committee_too_hears_nothing_of_what_is_hidden(
    committee: Committee, assignment: Assignment, hidden: bool
) -> None:
    world = committee.world
    db.session.add(RoleGrant(user_id=world.ids["programme_b"], role=Role.ASSESSOR, started_at=LONG_AGO))
    if hidden:
        employer = EmployerInput(assignment.application.organisation.name, START.date())
        people.add_employer(world.later("programme_b", days=16), world.user("programme_b"), employer)
    db.session.commit()
    db.session.expire_all()
    service.abstain(member(world, assignment), assignment, TOO_MANY)
    query = select(Mail.user_id).where(Mail.key.startswith("abstained:"))
    told = {world.ids["programme"]} if hidden else {world.ids["programme"], world.ids["programme_b"]}
    assert set(db.session.scalars(query)) == told


def test_what_was_given_back_never_changes(committee: Committee, assignment: Assignment) -> None:
    service.abstain(member(committee.world, assignment), assignment, TOO_MANY)
    db.session.commit()
    row = db.session.scalars(select(GivenBack)).one()
    row.note = "Anders."
    with pytest.raises(Refused):
        db.session.flush()


def test_on_the_pages(committee: Committee, assignment: Assignment, new_client: Callable[[], Client]) -> None:
    reader = new_client().sign_in(assignment.user.email)
    page = f"/beoordelen/aanvraag/{assignment.application_id}/teruggeven"
    asked = read(reader.get(f"/beoordelen/aanvraag/{assignment.application_id}/belang"))
    assert page in {link["href"] for link in asked.select("main a")}
    read(reader.get(page))
    wrong = read(reader.post(page, data={"note": "Vol."}), 422)
    assert "Kies waarom." in words(wrong)
    assert "Vol." in words(wrong)
    assert reader.post(page, data={"why": "too_many", "note": "Vol."}).status_code == 302
    assert reader.get(page).status_code == 404
    programme = new_client().sign_in(committee.world.email("programme"))
    assert "Aanvragen met te weinig beoordelaars" in words(read(programme.get("/")))


def test_nobody_gives_back_what_is_adopted(committee: Committee) -> None:
    adopt(committee.world, committee.round_)
    one = queries.readers_of_round(committee.round_.id)[0]
    with pytest.raises(Refused):
        service.abstain(member(committee.world, one, 41), one, TOO_MANY)
