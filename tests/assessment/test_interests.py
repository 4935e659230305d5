"""Interests: effective at once and everywhere, and recorded."""

from __future__ import annotations

from typing import Any

import pytest

from pool.assessment import queries, service
from pool.assessment.models import Assignment
from pool.assessment.states import InterestAnswer
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Invalid, Missing, Refused
from pool.core.signals import interest_declared
from pool.people.states import OrganisationKind
from tests.assessment.conftest import Committee
from tests.support.assessment_factory import assess_all, assign_all, member, open_file, score
from tests.support.world import World

NONE, DECLARED = InterestAnswer.NONE, InterestAnswer.DECLARED


def first(committee: Committee) -> Assignment:
    return assign_all(committee.world, committee.round_)[0]


def test_who_is_not_assigned_cannot_speak_about_a_file(committee: Committee) -> None:
    made = assign_all(committee.world, committee.round_)
    taken = {a.user_id for a in made if a.application_id == committee.one.id}
    outsider = next(
        k for k in ("assessor", "assessor_b", "assessor_c") if committee.world.ids[k] not in taken
    )
    for key in (outsider, "programme", "applicant"):
        with pytest.raises(Missing):
            service.declare_interest(committee.world.later(key, days=21), committee.one.id, NONE)


def test_an_interest_needs_a_reason(committee: Committee) -> None:
    assignment = first(committee)
    with pytest.raises(Invalid) as found:
        service.declare_interest(
            member(committee.world, assignment), assignment.application_id, DECLARED, "  "
        )
    assert found.value.field == "reason"
    assert queries.barred_applications(assignment.user_id) == set()


def test_a_declared_interest_cannot_be_taken_back_by_who_declared_it(committee: Committee) -> None:
    assignment = first(committee)
    actor = member(committee.world, assignment)
    service.declare_interest(actor, assignment.application_id, DECLARED, "Mijn zus werkt er.")
    with pytest.raises(Missing):
        service.declare_interest(actor, assignment.application_id, NONE)


def test_only_the_chair_records_for_another(committee: Committee) -> None:
    assignment = first(committee)
    for key in ("assessor", "assessor_b", "programme", "admin"):
        if committee.world.ids[key] == assignment.user_id:
            continue
        with pytest.raises((Refused, Missing)):
            service.declare_interest(
                committee.world.later(key, days=21),
                assignment.application_id,
                DECLARED,
                "Omdat.",
                user_id=assignment.user_id,
            )


def test_the_chair_cannot_record_for_somebody_outside_the_committee(committee: Committee) -> None:
    assign_all(committee.world, committee.round_)
    with pytest.raises(Invalid):
        service.declare_interest(
            committee.world.later("chair", days=21),
            committee.one.id,
            DECLARED,
            "Omdat.",
            user_id=committee.world.ids["applicant"],
        )


def test_an_interest_removes_the_file_and_its_scores_at_once(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    done = assess_all(world, round_)
    assessment = next(a for a in done if a.assignment.application_id == committee.one.id)
    assignment = assessment.assignment
    heard: list[Any] = []

    def listen(_sender: object, **facts: Any) -> None:
        heard.append((facts["user_id"], facts["application_id"]))

    with interest_declared.connected_to(listen):
        service.declare_interest(member(world, assignment, 26), committee.one.id, DECLARED, "Buurman.")
    assert heard == [(assignment.user_id, committee.one.id)]
    assert assessment.quarantined
    assert queries.barred_applications(assignment.user_id) == {committee.one.id}
    with pytest.raises(Missing):
        queries.own_assignment(member(world, assignment, 26), committee.one.id)
    row = next(r for r in queries.results(round_).rows if r.application.id == committee.one.id)
    assert len(row.totals) == 1
    assert assignment not in queries.readers_of_round(round_.id)
    actions = [entry.action for entry in audit.trail(committee.one.audit_chain)]
    assert actions[-2:] == ["interest.declared", "assessment.quarantine"]


def test_the_chair_repairs_a_mistake(committee: Committee) -> None:
    world = committee.world
    assignment = assign_all(world, committee.round_)[0]
    score(world, assignment, 7)
    service.declare_interest(
        member(world, assignment), assignment.application_id, DECLARED, "Verkeerd geklikt."
    )
    service.declare_interest(
        world.later("chair", days=26),
        assignment.application_id,
        NONE,
        "Het ging om een andere aanvraag.",
        user_id=assignment.user_id,
    )
    assert queries.barred_applications(assignment.user_id) == set()
    assert assignment.assessment is not None
    assert not assignment.assessment.quarantined


def test_who_works_for_the_applicant_is_barred_without_saying_so(committee: Committee) -> None:
    world = committee.world
    world.user("assessor").organisation_id = committee.one.organisation_id
    db.session.flush()
    assert queries.barred_applications(world.ids["assessor"]) == {committee.one.id, committee.three.id}
    made = assign_all(world, committee.round_)
    # A tie to a competitor is for the chair to weigh, so the assignment leaves the other one alone as well.
    assert {a.application_id for a in made if a.user_id == world.ids["assessor"]} == set()
    row_ids = {
        r.application.id
        for r in queries.results(committee.round_, queries.hidden_from(world.actor("assessor"))).rows
    }
    assert row_ids == {committee.two.id}


def test_nothing_is_hidden_from_the_programme_team(committee: Committee) -> None:
    world = committee.world
    world.user("programme").organisation_id = committee.one.organisation_id
    db.session.flush()
    assert queries.hidden_from(world.actor("programme")) == set()


def test_no_interest_opens_the_file_once(committee: Committee) -> None:
    assignment = first(committee)
    assessment = open_file(committee.world, assignment)
    again = service.declare_interest(member(committee.world, assignment), assignment.application_id, NONE)
    assert again.answer == NONE
    assert assignment.assessment is assessment
    assert assessment.judged.id == assignment.application.current_version.id  # type: ignore[union-attr]


def test_the_chair_is_barred_by_an_own_interest(committee: Committee) -> None:
    world = committee.world
    assess_all(world, committee.round_)
    chair = world.later("chair", days=30)
    service.declare_interest(chair, committee.two.id, DECLARED, "Oud-collega.")
    assert queries.hidden_from(chair) == {committee.two.id}
    with pytest.raises(Missing):
        service.record_outcome(chair, committee.round_, committee.two.id, 50_000, "Omdat.")
    rows = queries.results(committee.round_, queries.hidden_from(chair)).rows
    assert [(r.application.id, r.rank) for r in rows] == [(committee.one.id, 1), (committee.three.id, 2)]


def test_a_shelter_organisation_that_is_a_partner_bars_from_assignment(
    world: World, committee: Committee
) -> None:
    from pool.people.models import Organisation

    partner = Organisation(kind=OrganisationKind.SHELTER, name="Blijf Groep")
    db.session.add(partner)
    db.session.flush()
    world.user("assessor").organisation_id = partner.id
    db.session.flush()
    made = assign_all(world, committee.round_)
    assert world.ids["assessor"] not in {one.user_id for one in made}
