"""A committee's work for tests, done through the services as people would do it."""

from __future__ import annotations

from collections.abc import Mapping

from pool.assessment import queries, service
from pool.assessment.inputs import BottleneckMark, CriterionScore, PlanOptions, ScoresInput
from pool.assessment.models import Assessment, Assignment, MeritAdoption
from pool.assessment.states import AssessmentState, InterestAnswer
from pool.core.access import Actor
from pool.core.db import db
from pool.people.rules import actor_for
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from tests.support.world import World

ASSIGNED, SCORED, ADOPTED = 20, 25, 40
"""Days after the start of the world on which the committee's work happens."""

Levels = Mapping[int, int | Mapping[str, int]]
"""Application id to one level for every criterion, or to a level per criterion."""


QUOTATION = "Een vast team"
"""What `applications_factory.full_content` says about the approach; short, so that the canary takes it for a label."""

Marks = int | Mapping[str, int]
"""One mark for every bottleneck, or a mark per bottleneck."""


def scores_input(
    round_: Round,
    level: int | Mapping[str, int],
    reason: str = "Goed onderbouwd.",
    marks: Marks = 2,
    quotation: str = QUOTATION,
) -> ScoresInput:
    """Scores for every criterion of a round, with a reason, and a mark for every bottleneck with a quotation."""
    rules = rounds.rules_of(round_)
    codings = []
    for one in rules.bottlenecks:
        mark = marks if isinstance(marks, int) else marks[one.code]
        codings.append(BottleneckMark(one.code, mark, quotation if mark else ""))
    return ScoresInput(
        tuple(
            CriterionScore(c.code, level if isinstance(level, int) else level[c.code], reason)
            for c in rules.criteria
        ),
        codings=tuple(codings),
    )


def assign_all(
    world: World, round_: Round, options: PlanOptions | None = None, *, days: float = ASSIGNED
) -> list[Assignment]:
    """A plan, made final by the programme team as it is; the round is then being assessed."""
    programme = world.later("programme", days=days)
    made = service.finalise_plan(programme, service.make_plan(programme, round_, options))
    db.session.commit()
    return made


def member(world: World, assignment: Assignment, days: float = SCORED) -> Actor:
    """The assessor of an assignment."""
    return actor_for(assignment.user, world.later("programme", days=days).at)


def open_file(world: World, assignment: Assignment) -> Assessment:
    """The assessor says to have no interest, which opens the file."""
    actor = member(world, assignment)
    service.declare_interest(actor, assignment.application_id, InterestAnswer.NONE)
    db.session.commit()
    db.session.refresh(assignment)
    assert assignment.assessment is not None
    return assignment.assessment


def score(
    world: World,
    assignment: Assignment,
    level: int | Mapping[str, int],
    reason: str = "Goed.",
    marks: Marks = 2,
) -> Assessment:
    """Open a file when needed, score it and hand it in."""
    assessment = assignment.assessment or open_file(world, assignment)
    given = scores_input(assignment.application.round, level, reason, marks)
    service.submit_assessment(member(world, assignment), assessment, given)
    db.session.commit()
    return assessment


def assess_all(world: World, round_: Round, levels: Levels | None = None) -> list[Assessment]:
    """Assign when that was not done, and hand in every assessment that is still open; returns all that count.

    levels: per application; without it the first application gets 8 on everything, the next 7, and so on to 4.
    """
    running = queries.readers_of_round(round_.id) or assign_all(world, round_)
    ids = sorted({assignment.application_id for assignment in running})
    wanted: Levels = levels or {ident: max(4, 8 - place) for place, ident in enumerate(ids)}
    for assignment in queries.readers_of_round(round_.id):
        if assignment.assessment is None or assignment.assessment.state == AssessmentState.DRAFT:
            score(world, assignment, wanted.get(assignment.application_id, 5))
    return queries.counting(ids)


def adopt(world: World, round_: Round, levels: Levels | None = None) -> MeritAdoption:
    """Everything from the assignment to the adopted merits; what was done already stays as it is."""
    assess_all(world, round_, levels)
    adoption = service.adopt_merits(world.later("chair", days=ADOPTED), round_)
    db.session.commit()
    return adoption
