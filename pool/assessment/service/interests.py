"""Interests: said before anything of a file is shown, and effective at once."""

from __future__ import annotations

from sqlalchemy import select

from pool.core import audit
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.errors import Invalid, Missing, Refused
from pool.core.signals import interest_declared

from .. import queries, rules
from ..models import Assessment, Assignment, InterestStatement
from ..states import AssessmentState, InterestAnswer


def declare_interest(
    actor: Actor,
    application_id: int,
    answer: InterestAnswer,
    reason: str = "",
    *,
    user_id: int | None = None,
) -> InterestStatement:
    """State whether somebody has an interest in an application.

    For oneself: an assessor about a file that is assigned or on the agenda of a meeting, the chair about any file. For another member (user_id): only
    the chair, with a reason. `none` by the assessor opens the file; `declared` closes it at once, takes the
    scores out of every count, and cannot be taken back by the one who declared. Raises Missing for a file that is
    not the actor's to speak about, Invalid without a reason.
    """
    who = actor.user_id if user_id is None else user_id
    if who is None:
        raise Missing
    if who != actor.user_id:
        application = queries.committee_file(actor, application_id)
        require(rules.can_record_interest(queries.acting(actor, application)))
        if who not in {user.id for user in queries.committee_members()}:
            raise Invalid("member", "Deze persoon zit niet in de commissie.", "user_id")
    elif queries.may_speak_about(actor, application_id):
        application = queries.committee_file(actor, application_id)
    else:
        application = queries.own_assignment(actor, application_id).application
    for_another = who != actor.user_id
    if (answer == InterestAnswer.DECLARED or for_another) and not reason.strip():
        raise Invalid("reason", "Schrijf op waarom.", "reason")
    earlier = queries.statement_of(who, application_id)
    if earlier is not None and earlier.answer == answer:
        return earlier
    if earlier is not None and earlier.answer == InterestAnswer.DECLARED and not for_another:
        raise Refused("interest", "U hebt een belang gemeld. Alleen de voorzitter kan dat herstellen.")
    statement = InterestStatement(
        application_id=application_id,
        user_id=who,
        answer=answer,
        reason=reason.strip(),
        stated_at=actor.at,
        stated_by=actor.user_id,
    )
    db.session.add(statement)
    audit.record(
        actor,
        f"interest.{answer.value}",
        application.audit_chain,
        f"application:{application_id}",
        {"answer": earlier.answer.value} if earlier else {},
        {"answer": answer.value, "user": who},
        reason.strip(),
    )
    _settle(actor, who, application_id, answer)
    db.session.flush()
    if answer == InterestAnswer.DECLARED:
        interest_declared.send("assessment", actor=actor, user_id=who, application_id=application_id)
    return statement


def _settle(actor: Actor, user_id: int, application_id: int, answer: InterestAnswer) -> None:
    """Open the file, or take its scores out of every count. What is locked was adopted and stays as it is."""
    assignment = db.session.scalar(
        select(Assignment).where(
            Assignment.user_id == user_id,
            Assignment.application_id == application_id,
            Assignment.ended_at.is_(None),
        )
    )
    if assignment is None:
        return
    assessment = assignment.assessment
    if answer == InterestAnswer.NONE and assessment is None:
        begin(actor, assignment)
        return
    quarantine = answer == InterestAnswer.DECLARED
    if (
        assessment is None
        or assessment.state == AssessmentState.LOCKED
        or assessment.quarantined == quarantine
    ):
        return
    assessment.quarantined = quarantine
    audit.record(
        actor,
        "assessment.quarantine" if quarantine else "assessment.release",
        assessment.audit_chain,
        f"assessment:{assessment.id}",
        {"quarantined": not quarantine},
        {"quarantined": quarantine},
    )


def begin(actor: Actor, assignment: Assignment) -> Assessment:
    """An empty assessment of the newest submitted version."""
    version = assignment.application.current_version
    if version is None:
        raise Missing
    assessment = Assessment(assignment=assignment, judged=version, started_at=actor.at)
    db.session.add(assessment)
    db.session.flush()
    return assessment
