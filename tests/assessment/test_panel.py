"""Agreed outcomes and adopted merits."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from pool.applications.states import ApplicationState
from pool.assessment import queries, service
from pool.assessment.models import Merit, MeritAdoption
from pool.assessment.states import AssessmentState, InterestAnswer
from pool.core.db import db
from pool.core.errors import Conflict, InvalidMany, PoolError, Refused
from pool.core.text import canonical_json, sha256_hex
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.assessment.conftest import Committee
from tests.support.applications_factory import make_application, make_complete
from tests.support.assessment_factory import (
    adopt,
    assess_all,
    assign_all,
    member,
    open_file,
    score,
    scores_input,
)
from tests.support.world import World


@pytest.mark.parametrize("key", ["assessor", "programme", "decider", "auditor", "admin", "applicant"])
def test_only_the_chair_records_and_adopts(committee: Committee, key: str) -> None:
    assess_all(committee.world, committee.round_)
    actor = committee.world.later(key, days=40)
    with pytest.raises(Refused):
        service.record_outcome(actor, committee.round_, committee.one.id, 50_000, "Omdat.")
    with pytest.raises(Refused):
        service.adopt_merits(actor, committee.round_)


def test_not_before_every_assessment_is_in(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    for assignment in made[1:]:
        score(world, assignment, 6)
    chair = world.later("chair", days=40)
    with pytest.raises(InvalidMany) as found:
        service.adopt_merits(chair, round_)
    assert [problem.message for problem in found.value.problems] == [
        f"Aanvraag {made[0].application.reference}: nog niet alle beoordelingen zijn ingediend."
    ]
    service.end_assignment(chair, made[0], "Langdurig ziek; één score is genoeg.")
    assert service.adopt_merits(chair, round_).number == 1


def test_not_while_an_application_has_no_score(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    for assessment in queries.counting([committee.one.id]):
        service.declare_interest(
            member(world, assessment.assignment), committee.one.id, InterestAnswer.DECLARED, "Familie."
        )
    with pytest.raises(InvalidMany) as found:
        service.adopt_merits(world.later("chair", days=40), round_)
    assert "er is nog geen score" in found.value.message


def test_not_while_an_application_waits_for_its_check(world: World) -> None:
    round_ = world.round()
    make_complete(world, round_)
    make_application(world, round_, "applicant_b")
    assess_all(world, round_)
    with pytest.raises(InvalidMany) as found:
        service.adopt_merits(world.later("chair", days=40), round_)
    assert found.value.problems[0].code == "pending"


def test_problems_name_nothing_that_is_hidden(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assign_all(world, round_)
    chair = world.later("chair", days=30)
    service.declare_interest(chair, committee.two.id, InterestAnswer.DECLARED, "Familie.")
    messages = " ".join(problem.message for problem in service.adoption_problems(chair, round_))
    assert committee.one.reference in messages
    assert committee.two.reference not in messages
    assert "Een aanvraag die u niet mag zien" in messages


def test_an_outcome_is_checked(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assign_all(world, round_)
    chair = world.later("chair", days=30)
    with pytest.raises(Refused):
        service.record_outcome(chair, round_, committee.one.id, 50_000, "Nog geen score.")
    assess_all(world, round_)
    for agreed, reason, fields in (
        (100_001, "x", ["agreed"]),
        (-1, "x", ["agreed"]),
        (5, " ", ["reason"]),
        (-5, "", ["agreed", "reason"]),
    ):
        with pytest.raises(InvalidMany) as found:
            service.record_outcome(chair, round_, committee.one.id, agreed, reason)
        assert [problem.field for problem in found.value.problems] == fields


def test_an_outcome_of_before_a_changed_score_does_not_count(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_)
    chair = world.later("chair", days=30)
    service.record_outcome(chair, round_, committee.one.id, 80_000, "Iets te hoog.")
    mine = queries.counting([committee.one.id])[0]
    service.reopen(chair, mine, "Fout niveau.")
    service.submit_assessment(member(world, mine.assignment, 31), mine, scores_input(round_, 2))
    with pytest.raises(InvalidMany) as found:
        service.adopt_merits(world.later("chair", days=40), round_)
    assert "opnieuw vast" in found.value.message
    service.record_outcome(
        world.later("chair", days=39), round_, committee.one.id, 60_000, "Opnieuw besproken."
    )
    assert service.adopt_merits(world.later("chair", days=40), round_).number == 1


def test_adoption_freezes_what_it_was_made_from(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    assess_all(world, round_, {committee.one.id: 8, committee.two.id: 7, committee.three.id: 7})
    service.record_outcome(
        world.later("chair", days=30), round_, committee.two.id, 80_125, "Sterker dan gedacht."
    )
    adoption = adopt(world, round_)
    assert queries.merits(round_.id) == {
        committee.one.id: 87_500,
        committee.two.id: 80_125,
        committee.three.id: 75_000,
    }
    assert adoption.sha256 == sha256_hex(canonical_json(adoption.body))
    assert adoption.body["rules_sha256"] == round_.rule_sets[-1].sha256
    two = adoption.body["applications"][1]
    assert (two["mean"], two["agreed"], two["merit"]) == (75_000, 80_125, 80_125)
    assert {one["total"] for one in two["scores"]} == {75_000}
    assert two["scores"][0]["version_sha256"] == committee.two.current_version.sha256  # type: ignore[union-attr]
    assert round_.state == RoundState.IN_DECISION
    states = {one.state for one in queries.counting([committee.one.id, committee.two.id, committee.three.id])}
    assert states == {AssessmentState.LOCKED}
    reasons = [s.reason for one in queries.counting([committee.one.id]) for s in one.scores]
    assert not any(reason in str(adoption.body) for reason in reasons)


def test_adopting_twice_is_refused(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    adopt(world, round_)
    chair = world.later("chair", days=41)
    with pytest.raises(Conflict):
        service.adopt_merits(chair, round_)
    with pytest.raises(Refused):
        service.record_outcome(chair, round_, committee.one.id, 1, "Te laat.")
    assert db.session.scalar(select(func.count()).select_from(MeritAdoption)) == 1


def test_adopted_merits_never_change(committee: Committee) -> None:
    adoption = adopt(committee.world, committee.round_)
    for thing, name in ((adoption, "sha256"), (adoption.merits[0], "merit")):
        setattr(thing, name, "x" if name == "sha256" else 1)
        with pytest.raises(Refused):
            db.session.flush()
        db.session.rollback()
        adoption = queries.latest_adoption(committee.round_.id)  # type: ignore[assignment]
        assert adoption is not None


def test_a_withdrawn_application_is_left_out(committee: Committee) -> None:
    world, round_ = committee.world, committee.round_
    made = assign_all(world, round_)
    committee.three.state = ApplicationState.WITHDRAWN
    db.session.flush()
    for assignment in made:
        if assignment.application_id != committee.three.id:
            open_file(world, assignment)
            score(world, assignment, 6)
    adopt(world, round_)
    assert set(queries.merits(round_.id)) == {committee.one.id, committee.two.id}


def test_two_adoptions_at_the_same_moment_are_one(real_app: Flask, real_world: World) -> None:
    """Two chairs press the button together: one adoption, one refusal, and no half work."""
    with real_app.app_context():
        round_ = real_world.round()
        make_complete(real_world, round_)
        make_complete(real_world, round_, "applicant_b")
        assess_all(real_world, round_)
        ident, chair = round_.id, real_world.later("chair", days=40)
        db.session.remove()
    barrier = threading.Barrier(2)
    answers: list[Any] = []

    def press() -> None:
        with real_app.app_context():
            barrier.wait()
            try:
                service.adopt_merits(chair, db.session.get_one(Round, ident))
                db.session.commit()
                answers.append("done")
            except PoolError as error:
                db.session.rollback()
                answers.append(error.code)
            except StaleDataError:  # the edge makes this a refusal: somebody else was first
                db.session.rollback()
                answers.append("adopted")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["adopted", "done"]
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(MeritAdoption)) == 1
        assert db.session.scalar(select(func.count()).select_from(Merit)) == 2
