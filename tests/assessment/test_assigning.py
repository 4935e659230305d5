"""Assigning: who reads what, and readable reasons when it cannot be."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select

from pool.applications.states import ApplicationState
from pool.assessment import queries, service
from pool.assessment.inputs import AssignOptions
from pool.assessment.states import InterestAnswer
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, Missing, Refused
from pool.core.outbox import Mail
from pool.people.models import Organisation
from pool.rounds.states import RoundState
from tests.assessment.conftest import Committee
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import ASSIGNED, adopt, assign_all, member, open_file, score
from tests.support.world import RULES, World


@pytest.mark.parametrize("key", ["assessor", "chair", "applicant", "decider", "auditor", "admin", "lead"])
def test_only_the_programme_team_assigns(committee: Committee, key: str) -> None:
    with pytest.raises(Refused):
        service.assign(committee.world.later(key, days=ASSIGNED), committee.round_)


def test_not_while_the_round_is_open(world: World) -> None:
    round_ = world.round()
    with pytest.raises(Refused) as found:
        service.assign(world.later("programme", days=3), round_)
    assert found.value.code == "early"


def test_not_without_applications(world: World) -> None:
    with pytest.raises(Refused) as found:
        service.assign(world.later("programme", days=ASSIGNED), world.round())
    assert found.value.code == "empty"


def test_an_impossible_assignment_says_why(world: World) -> None:
    round_ = world.round(rules=replace(RULES, assessors_per_application=4))
    application = make_complete(world, round_)
    with pytest.raises(Refused) as found:
        service.assign(world.later("programme", days=ASSIGNED), round_)
    assert application.reference in found.value.message
    assert "4 beoordelaars" in found.value.message
    assert round_.state != RoundState.IN_ASSESSMENT


def test_a_maximum_that_is_too_low_says_so(committee: Committee) -> None:
    proposal = service.propose(
        committee.world.later("programme", days=ASSIGNED), committee.round_, AssignOptions(maximum=1)
    )
    assert proposal.pairs == ()
    assert "hoogstens 3 doen" in proposal.reasons[0]


def test_a_proposal_that_no_longer_holds_is_refused(committee: Committee) -> None:
    programme = committee.world.later("programme", days=ASSIGNED)
    seen = service.propose(programme, committee.round_)
    committee.three.state = ApplicationState.WITHDRAWN
    db.session.flush()
    with pytest.raises(Conflict):
        service.assign(programme, committee.round_, sha256=seen.sha256)


def test_assigning_begins_the_assessment_and_spreads_the_work(committee: Committee) -> None:
    made = assign_all(committee.world, committee.round_)
    assert committee.round_.state == RoundState.IN_ASSESSMENT
    assert set(Counter(a.application_id for a in made).values()) == {2}
    assert sorted(Counter(a.user_id for a in made).values()) == [2, 2, 2]
    mails = db.session.scalars(select(Mail).where(Mail.key.startswith("assigned:"))).all()
    assert len(mails) == 3
    for mail in mails:
        # Nor how many there are: an interest in one of them may still have to be declared.
        assert not re.search(r"\d+ aanvra", mail.subject + mail.body)
        assert not any(x.title in mail.body for x in (committee.one, committee.two, committee.three))


def test_proposing_changes_nothing_and_is_repeatable(committee: Committee) -> None:
    programme = committee.world.later("programme", days=ASSIGNED)
    first, second = (service.propose(programme, committee.round_) for _ in range(2))
    assert first.sha256 == second.sha256
    assert queries.assignments_of_round(committee.round_.id) == []


def test_again_while_assessing_fills_and_moves_nobody(committee: Committee) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    lost = made[0]
    before = {(a.application_id, a.user_id) for a in made}
    service.declare_interest(
        member(world, lost, 21), lost.application_id, InterestAnswer.DECLARED, "Familie."
    )
    extra = service.assign(world.later("programme", days=22), committee.round_)
    assert [a.application_id for a in extra] == [lost.application_id]
    assert (lost.application_id, extra[0].user_id) not in before
    assert service.assign(world.later("programme", days=23), committee.round_) == []


def test_the_own_region_is_avoided_unless_allowed(committee: Committee) -> None:
    world = committee.world
    # Somebody from Bloemendaal, in the same region as Haarlem but not the applicant.
    from pool.people.states import OrganisationKind
    from pool.regions import queries as regions

    place = regions.municipality_by_name("Bloemendaal")
    assert place is not None
    neighbour = Organisation(
        kind=OrganisationKind.MUNICIPALITY, name="Gemeente Bloemendaal", municipality_id=place.id
    )
    db.session.add(neighbour)
    db.session.flush()
    world.user("assessor").organisation_id = neighbour.id
    db.session.flush()
    programme = world.later("programme", days=ASSIGNED)
    strict = service.propose(programme, committee.round_)
    mine = {a.id for a, u in strict.pairs if u.id == world.ids["assessor"]}
    assert mine <= {committee.two.id}
    world.user("assessor_b").is_active = False
    db.session.flush()
    assert committee.one.reference in service.propose(programme, committee.round_).reasons[0]
    allowed = service.propose(programme, committee.round_, AssignOptions(own_region=True))
    assert allowed.reasons == ()
    assert {a.id for a, u in allowed.pairs if u.id == world.ids["assessor"]} >= {committee.one.id}


def test_by_hand_needs_a_reason_and_a_free_assessor(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assign_all(world, round_)
    programme = world.later("programme", days=21)
    taken = {a.user_id for a in queries.readers_of_round(round_.id) if a.application_id == committee.one.id}
    free = next(world.ids[k] for k in ("assessor", "assessor_b", "assessor_c") if world.ids[k] not in taken)
    with pytest.raises(Invalid):
        service.add_assignment(programme, round_, committee.one.id, free, " ")
    with pytest.raises(Invalid):
        service.add_assignment(programme, round_, committee.one.id, world.ids["chair"], "Extra.")
    with pytest.raises(Conflict):
        service.add_assignment(programme, round_, committee.one.id, min(taken), "Extra.")
    with pytest.raises(Missing):
        service.add_assignment(programme, round_, 999_999, free, "Extra.")
    made = service.add_assignment(programme, round_, committee.one.id, free, "Groot verschil.")
    assert made in queries.readers_of_round(round_.id)
    entry = audit.trail(committee.one.audit_chain)[-1]
    assert (entry.action, entry.reason) == ("assignment.add", "Groot verschil.")


def test_nobody_with_an_interest_is_added_by_hand(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    lost = made[0]
    service.declare_interest(
        member(world, lost, 21), lost.application_id, InterestAnswer.DECLARED, "Familie."
    )
    service.end_assignment(world.later("programme", days=21), lost, "Belang.")
    with pytest.raises(Invalid) as found:
        service.add_assignment(
            world.later("programme", days=22), round_, lost.application_id, lost.user_id, "Toch."
        )
    assert found.value.code == "interest"


def test_ending_keeps_the_work_and_counts_nowhere(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    open_, done = made[0], made[1]
    open_file(world, open_)
    score(world, done, 6)
    programme = world.later("programme", days=26)
    with pytest.raises(Invalid):
        service.end_assignment(programme, open_, "")
    with pytest.raises(Refused):
        service.end_assignment(world.later("assessor", days=26), open_, "Geen tijd.")
    with pytest.raises(Refused):
        service.end_assignment(programme, done, "Te laag.")
    service.end_assignment(programme, open_, "Ziek.")
    assert open_.assessment is not None
    with pytest.raises(Missing):
        queries.own_assignment(member(world, open_, 27), open_.application_id)
    again = service.add_assignment(programme, round_, open_.application_id, open_.user_id, "Weer beter.")
    assert again is open_
    assert queries.own_assignment(member(world, open_, 27), open_.application_id) is open_


def test_nothing_changes_after_adoption(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    adopt(world, round_)
    programme = world.later("programme", days=41)
    with pytest.raises(Refused):
        service.assign(programme, round_)
    with pytest.raises(Refused):
        service.end_assignment(programme, queries.assignments_of_round(round_.id)[0], "Omdat.")
