"""Scoring: blind, complete, and fixed at the end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from pool.assessment import queries, service
from pool.assessment.inputs import CriterionScore, ScoresInput
from pool.assessment.models import Assessment
from pool.assessment.states import AssessmentState, InterestAnswer
from pool.core import audit
from pool.core.db import db
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from tests.assessment.conftest import Committee
from tests.support.assessment_factory import adopt, assign_all, member, open_file, score, scores_input
from tests.support.stages import staged
from tests.support.world import RULES


@staged
def mine(committee: Committee) -> Assessment:
    return open_file(committee.world, assign_all(committee.world, committee.round_)[0])


def test_nobody_scores_for_another(committee: Committee, mine: Assessment) -> None:
    given = scores_input(committee.round_, 5)
    for key in ("assessor", "assessor_b", "assessor_c", "chair", "programme", "admin"):
        if committee.world.ids[key] == mine.assignment.user_id:
            continue
        with pytest.raises((Missing, Refused)):
            service.save_scores(committee.world.later(key, days=25), mine, given)


@pytest.mark.parametrize("level", [0, 10, -1, 99])
def test_a_level_off_the_scale_is_refused(committee: Committee, mine: Assessment, level: int) -> None:
    given = ScoresInput((CriterionScore("impuls", level, "Reden."),))
    with pytest.raises(InvalidMany) as found:
        service.save_scores(member(committee.world, mine.assignment), mine, given)
    assert found.value.field == "level_impuls"


def test_the_database_refuses_a_level_off_the_scale(committee: Committee, mine: Assessment) -> None:
    service.save_scores(member(committee.world, mine.assignment), mine, scores_input(committee.round_, 5))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE score SET level = 10"))


def test_an_unknown_criterion_is_refused(committee: Committee, mine: Assessment) -> None:
    given = ScoresInput((CriterionScore("verzonnen", 5, "Reden."),))
    with pytest.raises(InvalidMany):
        service.save_scores(member(committee.world, mine.assignment), mine, given)


def test_handing_in_names_everything_that_is_missing(committee: Committee, mine: Assessment) -> None:
    given = ScoresInput(
        (CriterionScore("kwaliteit", 5, ""), CriterionScore("impuls", None, "Wel een reden."))
    )
    with pytest.raises(InvalidMany) as found:
        service.submit_assessment(member(committee.world, mine.assignment), mine, given)
    fields = [problem.field for problem in found.value.problems]
    assert fields == ["reason_kwaliteit", "level_impuls", "level_leren", "reason_leren"]
    assert mine.state == AssessmentState.DRAFT


def test_a_reason_of_white_space_is_missing(committee: Committee, mine: Assessment) -> None:
    with pytest.raises(InvalidMany):
        service.submit_assessment(
            member(committee.world, mine.assignment), mine, scores_input(committee.round_, 5, " \n\t ")
        )


def test_another_window_does_not_overwrite(committee: Committee, mine: Assessment) -> None:
    actor = member(committee.world, mine.assignment)
    seen = mine.version
    service.save_scores(actor, mine, replace(scores_input(committee.round_, 5), version=seen))
    assert mine.version > seen
    with pytest.raises(Conflict):
        service.save_scores(actor, mine, replace(scores_input(committee.round_, 6), version=seen))
    assert queries.levels(mine)["impuls"] == 5


def test_a_draft_may_be_incomplete(committee: Committee, mine: Assessment) -> None:
    given = ScoresInput((CriterionScore("impuls", None, "Eerst eens nadenken."),))
    service.save_scores(member(committee.world, mine.assignment), mine, given)
    assert mine.state == AssessmentState.DRAFT
    assert [s.reason for s in mine.scores] == ["Eerst eens nadenken."]


def test_nothing_of_others_before_the_own_assessment_is_in(committee: Committee) -> None:
    world = committee.world
    made = assign_all(world, committee.round_)
    mine, other = [a for a in made if a.application_id == committee.one.id]
    score(world, other, 9, "CANARY-ANDER")
    own = open_file(world, mine)
    assert queries.others_scores(own) == []
    score(world, mine, 3)
    assert [s.reason for a in queries.others_scores(own) for s in a.scores] == ["CANARY-ANDER"] * 3
    service.reopen(world.later("chair", days=26), own, "Verkeerde aanvraag gelezen.")
    assert queries.others_scores(own) == []


def test_submitted_scores_do_not_change_until_reopened(committee: Committee, mine: Assessment) -> None:
    world = committee.world
    actor = member(world, mine.assignment)
    score(world, mine.assignment, 7)
    with pytest.raises(Refused):
        service.save_scores(actor, mine, scores_input(committee.round_, 9))
    with pytest.raises(Refused):
        service.submit_assessment(actor, mine, scores_input(committee.round_, 9))
    for key in ("programme", "assessor", "assessor_b", "admin"):
        with pytest.raises(Refused):
            service.reopen(world.later(key, days=26), mine, "Omdat.")
    with pytest.raises(Invalid):
        service.reopen(world.later("chair", days=26), mine, "")
    service.reopen(world.later("chair", days=26), mine, "Reden ontbrak.")
    entry = audit.trail(mine.audit_chain)[-1]
    assert (entry.action, entry.reason) == ("assessment.reopen", "Reden ontbrak.")
    assert [one["level"] for one in entry.after["scores"]] == [7, 7, 7]
    service.submit_assessment(actor, mine, scores_input(committee.round_, 8))
    assert queries.mean_of(committee.round_, mine.assignment.application_id) == 87_500


def test_an_interest_shuts_the_form(committee: Committee, mine: Assessment) -> None:
    actor = member(committee.world, mine.assignment)
    service.declare_interest(actor, mine.assignment.application_id, InterestAnswer.DECLARED, "Familie.")
    with pytest.raises(Missing):
        service.save_scores(actor, mine, scores_input(committee.round_, 5))


def test_locked_scores_never_change(committee: Committee) -> None:
    world = committee.world
    adopt(world, committee.round_)
    mine = queries.counting([committee.one.id])[0]
    assert mine.state == AssessmentState.LOCKED
    with pytest.raises(Refused):
        service.save_scores(member(world, mine.assignment, 41), mine, scores_input(committee.round_, 1))
    with pytest.raises(Refused):
        service.reopen(world.later("chair", days=41), mine, "Toch.")
    for statement in (
        "UPDATE score SET level = 1",
        "UPDATE score SET locked = (1 = 0)",
        "DELETE FROM score",
        "UPDATE assessment SET state = 'draft'",
        "UPDATE assessment SET quarantined = (1 = 1)",
        "DELETE FROM assessment",
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_an_interest_after_adoption_hides_the_file_and_leaves_the_merits(committee: Committee) -> None:
    world = committee.world
    adoption = adopt(world, committee.round_)
    mine = queries.counting([committee.one.id])[0]
    actor = member(world, mine.assignment, 41)
    service.declare_interest(actor, committee.one.id, InterestAnswer.DECLARED, "Nieuwe baan daar.")
    with pytest.raises(Missing):
        queries.own_assignment(actor, committee.one.id)
    assert (
        queries.merits(committee.round_.id)[committee.one.id]
        == adoption.body["merits"][str(committee.one.id)]
    )


def test_the_total_is_exact(committee: Committee, mine: Assessment) -> None:
    levels = {"kwaliteit": 9, "impuls": 4, "leren": 2}
    score(committee.world, mine.assignment, levels)
    # 40·8·125 + 35·3·125 + 25·1·125
    assert RULES.points(levels) == 40_000 + 13_125 + 3_125
    assert queries.mean_of(committee.round_, mine.assignment.application_id) == 56_250
    assert audit.trail(mine.audit_chain)[-1].after["total"] == 56_250
