"""Preparing and taking decisions: every refusal first, then what a decision leaves behind."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from pool.applications import service as applications
from pool.assessment import service as assessment
from pool.assessment.states import InterestAnswer
from pool.awards import queries, service
from pool.awards.inputs import ProposalInput
from pool.awards.models import Decision
from pool.awards.states import Ground, Outcome, ProposalState
from pool.core import audit, jobs, signals
from pool.core.access import Role
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Refused, from_integrity
from pool.rounds.states import RoundState
from tests.awards.conftest import ASKED, CEILING, Case
from tests.support.awards_factory import advise, decide_all, prepare, publish
from tests.support.stages import staged

NOT_PROGRAMME = ("applicant", "assessor", "chair", "decider", "auditor", "admin", "lead")
NOT_DECIDER = ("applicant", "assessor", "chair", "programme", "auditor", "admin", "lead")


@staged
def prepared(case: Case) -> Case:
    prepare(case.world, case.round)
    return case


# --- preparing --------------------------------------------------------------------------------------------


def test_nothing_is_prepared_before_the_advice_is_given(drafted: Case) -> None:
    with pytest.raises(Refused) as refusal:
        service.prepare(drafted.who("programme"), drafted.round)
    assert refusal.value.code == "early"


@pytest.mark.parametrize("key", NOT_PROGRAMME)
def test_only_the_programme_team_prepares_and_writes(prepared: Case, key: str) -> None:
    with pytest.raises(Refused):
        service.prepare(prepared.who(key), prepared.round)
    with pytest.raises(Refused):
        service.revise(
            prepared.who(key), prepared.proposal(prepared.low_id), ProposalInput("Tekst", Ground.QUALITY)
        )


def test_a_member_of_the_committee_with_an_interest_prepares_nothing(case: Case) -> None:
    advise(case.world, case.round)
    chair = case.who("chair")
    assessment.declare_interest(chair, case.low_id, InterestAnswer.DECLARED, "Mijn broer werkt daar.")
    with pytest.raises(Refused) as refusal:
        service.prepare(case.both("chair", Role.PROGRAMME), case.round)
    assert refusal.value.code == "barred"


def test_a_refusal_needs_its_own_reason_and_its_ground(prepared: Case) -> None:
    proposal = prepared.proposal(prepared.low_id)
    with pytest.raises(InvalidMany) as refusal:
        service.revise(prepared.who("programme"), proposal, ProposalInput(" ", None))
    assert [p.field for p in refusal.value.problems] == ["reason", "ground"]
    partly = prepared.proposal(prepared.fair_id)
    assert partly.outcome == Outcome.PARTLY_AWARDED
    with pytest.raises(InvalidMany):
        service.revise(prepared.who("programme"), partly, ProposalInput("Een deel.", None))


def test_two_who_write_at_once_notice_each_other(prepared: Case) -> None:
    proposal = prepared.proposal(prepared.low_id)
    seen = proposal.version
    service.revise(prepared.who("programme_b"), proposal, ProposalInput("Eerste.", Ground.QUALITY, seen))
    with pytest.raises(Conflict) as refusal:
        service.revise(prepared.who("programme"), proposal, ProposalInput("Tweede.", Ground.QUALITY, seen))
    assert refusal.value.code == "stale"
    assert "Paul Programma" in refusal.value.message


def test_a_proposal_per_application_with_reason_and_ground_from_the_facts(case: Case) -> None:
    advise(case.world, case.round)
    made = service.prepare(case.who("programme"), case.round)
    good, fair, low = (case.proposal(i) for i in (case.good_id, case.fair_id, case.low_id))
    assert len(made) == 3
    assert (good.outcome, good.amount, good.ground) == (Outcome.AWARDED, ASKED, None)
    assert (fair.outcome, fair.amount, fair.ground) == (
        Outcome.PARTLY_AWARDED,
        CEILING - ASKED,
        Ground.CEILING,
    )
    assert (low.outcome, low.amount, low.ground) == (Outcome.REFUSED, 0, Ground.QUALITY)
    assert "37,5 punten" in low.reason
    assert "wijzen uw aanvraag daarom af" in low.reason


def test_the_reason_of_a_deviation_goes_along(case: Case) -> None:
    advise(case.world, case.round, {case.good_id: (4_500_000, "De post scholing is dubbel.")})
    prepare(case.world, case.round)
    proposal = case.proposal(case.good_id)
    assert "De post scholing is dubbel." in proposal.reason
    assert proposal.ground == Ground.PURPOSE


def test_preparing_again_leaves_what_was_written(prepared: Case) -> None:
    proposal = prepared.proposal(prepared.low_id)
    service.revise(prepared.who("programme"), proposal, ProposalInput("Zelf geschreven.", Ground.PURPOSE))
    assert service.prepare(prepared.who("programme"), prepared.round) == []
    found = prepared.proposal(prepared.low_id)
    assert (found.reason, found.ground) == ("Zelf geschreven.", Ground.PURPOSE)


def test_a_withdrawn_application_gets_no_proposal_and_loses_the_one_it_had(prepared: Case) -> None:
    applications.withdraw(prepared.who("applicant"), prepared.low, "Geen capaciteit.")
    assert [p.application_id for p in queries.proposals(prepared.round_id)] == [
        prepared.good_id,
        prepared.fair_id,
    ]
    assert service.prepare(prepared.who("programme"), prepared.round) == []
    assert [e.action for e in audit.trail(f"application:{prepared.low_id}")][-2:] == [
        "application.withdraw",
        "proposal.lapse",
    ]


# --- deciding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NOT_DECIDER)
def test_only_a_decider_decides(prepared: Case, key: str) -> None:
    with pytest.raises(Refused):
        service.decide(prepared.who(key), prepared.proposal(prepared.good_id))
    assert prepared.round.budget.committed == 0


@pytest.mark.parametrize("key", ["programme", "programme_b"])
def test_nobody_decides_on_the_own_preparation(prepared: Case, key: str) -> None:
    """Neither who prepared, nor who wrote in it earlier or later."""
    proposal = prepared.proposal(prepared.low_id)
    service.revise(prepared.who("programme_b"), proposal, ProposalInput("Beter.", Ground.QUALITY))
    with pytest.raises(Refused) as refusal:
        service.decide(prepared.both(key, Role.DECIDER), proposal)
    assert refusal.value.code == "own_preparation"


def test_the_database_itself_keeps_preparing_and_deciding_apart(prepared: Case) -> None:
    decision = service.decide(prepared.who("decider"), prepared.proposal(prepared.low_id))
    copy = {c.name: getattr(decision, c.name) for c in Decision.__table__.columns if c.name != "id"}
    copy |= {"number": 2, "decided_by": decision.prepared_by}
    with pytest.raises(IntegrityError) as error, db.session.begin_nested():
        db.session.execute(Decision.__table__.insert().values(**copy))
    assert from_integrity(error.value).code == "own_preparation"


def test_no_decision_for_the_own_municipality(prepared: Case) -> None:
    with pytest.raises(Refused) as refusal:
        service.decide(prepared.both("applicant", Role.DECIDER), prepared.proposal(prepared.good_id))
    assert refusal.value.code == "barred"


def test_no_decision_with_an_interest(prepared: Case) -> None:
    chair = prepared.who("chair")
    assessment.declare_interest(chair, prepared.good_id, InterestAnswer.DECLARED, "Mijn broer werkt daar.")
    with pytest.raises(Refused) as refusal:
        service.decide(prepared.both("chair", Role.DECIDER), prepared.proposal(prepared.good_id))
    assert refusal.value.code == "barred"


def test_a_second_decision_is_refused(prepared: Case) -> None:
    proposal = prepared.proposal(prepared.good_id)
    service.decide(prepared.who("decider"), proposal)
    with pytest.raises(Refused) as refusal:
        service.decide(prepared.who("decider"), proposal)
    assert refusal.value.code == "state"
    assert prepared.round.budget.committed == ASKED


def test_a_rewritten_proposal_is_read_again_first(prepared: Case) -> None:
    proposal = prepared.proposal(prepared.low_id)
    seen = proposal.version
    service.revise(prepared.who("programme"), proposal, ProposalInput("Anders.", Ground.QUALITY))
    with pytest.raises(Conflict) as refusal:
        service.decide(prepared.who("decider"), proposal, seen)
    assert refusal.value.code == "stale"


def test_above_the_ceiling_nothing_is_decided(prepared: Case) -> None:
    decider = prepared.who("decider")
    prepared.set_ceiling(CEILING - 1)
    service.decide(decider, prepared.proposal(prepared.good_id))
    db.session.commit()
    with pytest.raises(Conflict) as refusal:
        service.decide(decider, prepared.proposal(prepared.fair_id))
    db.session.rollback()
    assert refusal.value.code == "over_ceiling"
    assert queries.decision_of(prepared.fair_id) is None
    assert prepared.proposal(prepared.fair_id).state == ProposalState.PREPARED
    assert prepared.round.budget.committed == ASKED


def test_several_are_all_taken_or_none(prepared: Case) -> None:
    decider = prepared.who("decider")
    chosen = {p.id: p.version for p in queries.proposals(prepared.round_id)}
    prepared.set_ceiling(CEILING - 1)
    with pytest.raises(Conflict) as refusal:
        service.decide_several(decider, prepared.round_id, chosen)
    db.session.rollback()
    assert (refusal.value.code, refusal.value.field) == ("over_ceiling", "chosen")
    assert prepared.fair.reference in refusal.value.message
    assert queries.decisions(prepared.round_id) == []
    with pytest.raises(Invalid):
        service.decide_several(decider, prepared.round_id, {})
    with pytest.raises(Conflict):
        service.decide_several(decider, prepared.round_id, {999: 1})
    prepared.set_ceiling(CEILING)
    assert len(service.decide_several(decider, prepared.round_id, chosen)) == 3


def test_a_decision_that_a_receiver_refuses_did_not_happen(prepared: Case) -> None:
    def refuse(_sender: Any, **_facts: Any) -> None:
        raise Refused("receiver", "Nee.")

    with signals.decision_taken.connected_to(refuse), pytest.raises(Refused):
        service.decide(prepared.who("decider"), prepared.proposal(prepared.good_id))
    db.session.rollback()
    assert queries.decision_of(prepared.good_id) is None
    assert prepared.round.budget.committed == 0


def test_what_was_decided_on_cannot_be_withdrawn(prepared: Case) -> None:
    service.decide(prepared.who("decider"), prepared.proposal(prepared.good_id))
    with pytest.raises(Refused) as refusal:
        applications.withdraw(prepared.who("applicant"), prepared.good, "Toch niet.")
    assert refusal.value.code == "decided"


def test_a_decision_never_changes(prepared: Case) -> None:
    decision = service.decide(prepared.who("decider"), prepared.proposal(prepared.good_id))
    db.session.commit()
    decision.reason = "Anders"
    with pytest.raises(Refused):
        db.session.flush()
    db.session.rollback()
    for sql in (
        "UPDATE decision SET amount = 1",
        "DELETE FROM decision",
        "UPDATE proposal SET reason = 'x' WHERE state = 'decided'",
    ):
        with pytest.raises(DBAPIError, match="immutable"), db.session.begin_nested():
            db.session.execute(text(sql))


def test_a_decision_takes_its_money_tells_downstream_and_leaves_a_trail(prepared: Case) -> None:
    heard: list[Decision] = []

    def hear(_sender: Any, **facts: Any) -> None:
        heard.append(facts["decision"])

    decider = prepared.who("decider")
    with signals.decision_taken.connected_to(hear):
        decision = service.decide(decider, prepared.proposal(prepared.good_id))
    assert heard == [decision]
    assert (decision.outcome, decision.amount, decision.decided_at) == (Outcome.AWARDED, ASKED, decider.at)
    assert (decision.prepared_by, decision.decided_by) == (prepared.world.ids["programme"], decider.user_id)
    assert prepared.round.budget.committed == ASKED
    assert jobs.by_key(f"letter:{decision.id}") is not None
    actions = [e.action for e in audit.trail(f"application:{prepared.good_id}")]
    assert "proposal.decide" in actions
    entry = audit.trail(f"round:{prepared.round_id}")[-1]
    assert (entry.action, entry.after["amount"]) == ("decision.take", ASKED)
    assert audit.verify_all() == []


# --- publishing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", NOT_PROGRAMME)
def test_only_the_programme_team_publishes(case: Case, key: str) -> None:
    decide_all(case.world, case.round, letters=False)
    with pytest.raises(Refused):
        service.publish_decisions(case.who(key), case.round)


def test_nothing_is_published_before_everything_is_decided(prepared: Case) -> None:
    service.decide(prepared.who("decider"), prepared.proposal(prepared.good_id))
    with pytest.raises(Refused) as refusal:
        service.publish_decisions(prepared.who("programme"), prepared.round)
    assert refusal.value.code == "undecided"
    assert "2 aanvragen" in refusal.value.message


def test_awards_are_public_after_publishing_and_not_before(case: Case) -> None:
    decide_all(case.world, case.round, letters=False)
    assert queries.public_awards(case.round_id) == []
    publish(case.world, case.round)
    assert case.round.state == RoundState.IN_PROGRESS
    assert [d.application_id for d in queries.public_awards(case.round_id)] == [case.good_id, case.fair_id]
    with pytest.raises(Refused):
        service.publish_decisions(case.who("programme"), case.round)


def test_a_withdrawn_application_does_not_hold_up_the_round(prepared: Case) -> None:
    applications.withdraw(prepared.who("applicant"), prepared.low, "Geen capaciteit.")
    publish(prepared.world, prepared.round)
    assert len(queries.decisions(prepared.round_id)) == 2
