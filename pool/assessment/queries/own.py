"""An assessor's own work."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from pool.applications import queries as applications
from pool.applications.inputs import Content
from pool.applications.models import Application, ApplicationRegion
from pool.applications.states import ApplicationState, Section
from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round

from ..models import Assessment, Assignment
from ..rules import ASSESSED_STATES
from ..states import COUNTING, AssessmentState, InterestAnswer
from .interests import hidden_from, statement_of
from .results import counting


def visible_to(actor: Actor) -> Select[Assignment]:
    """The actor's own running assignments in rounds that the committee has, without what is hidden; newest round
    first, then by reference."""
    return (
        select(Assignment)
        .join(Assignment.application)
        .join(Application.round)
        .join(Application.organisation)
        .where(
            Assignment.user_id == (actor.user_id or 0),
            Assignment.ended_at.is_(None),
            Round.state.in_(ASSESSED_STATES),
            Application.state == ApplicationState.COMPLETE,
            Application.id.not_in(list(hidden_from(actor))),
        )
        .options(
            contains_eager(Assignment.application).contains_eager(Application.organisation),
            contains_eager(Assignment.application).contains_eager(Application.round),
            selectinload(Assignment.assessment).selectinload(Assessment.scores),
        )
        .order_by(Round.opens_at.desc(), Round.id.desc(), Application.id)
    )


def own_assignment(actor: Actor, application_id: int) -> Assignment:
    """The actor's assignment to an application; Missing when there is none, or an interest."""
    found = db.session.scalar(visible_to(actor).where(Assignment.application_id == application_id))
    if found is None:
        raise Missing
    return found


def open_text(actor: Actor, application_id: int) -> tuple[Application, Content]:
    """The application and the version of it that the actor judges; Missing until the actor said to have no interest."""
    assignment = own_assignment(actor, application_id)
    said = statement_of(assignment.user_id, application_id)
    if said is None or said.answer != InterestAnswer.NONE or assignment.assessment is None:
        raise Missing
    return assignment.application, applications.content_of(assignment.assessment.judged)


def open_own(actor: Actor, round_id: int) -> int:
    """How many assessments of a round the actor still has to hand in."""
    own = db.session.scalars(visible_to(actor).where(Application.round_id == round_id)).unique()
    return sum(a.assessment is None or a.assessment.state == AssessmentState.DRAFT for a in own)


def others_scores(assessment: Assessment) -> list[Assessment]:
    """What others handed in for the same application; nothing before the own assessment is handed in."""
    if assessment.state not in COUNTING or assessment.quarantined:
        return []
    assignment = assessment.assignment
    return [a for a in counting([assignment.application_id]) if a.id != assessment.id]


def regions_of(application_id: int) -> list[ApplicationRegion]:
    query = (
        select(ApplicationRegion)
        .where(ApplicationRegion.application_id == application_id)
        .options(joinedload(ApplicationRegion.region, innerjoin=True))
        .order_by(ApplicationRegion.position)
    )
    return list(db.session.scalars(query))


def parts(content: Content, rules: RoundRules) -> list[applications.Part]:
    """What the committee reads of an application: all but who to contact, which is no matter for a judgement."""
    return [part for part in applications.parts(content, rules) if part.section != Section.CONTACT]
