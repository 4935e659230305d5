"""Interests: said before anything of a file is shown, and effective at once."""

from __future__ import annotations

from sqlalchemy import select

from pool.applications.models import Application
from pool.core import audit, outbox
from pool.core.access import Actor, Role, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Invalid, Missing, Refused
from pool.core.signals import interest_declared
from pool.people import queries as people

from .. import mail, queries, rules
from ..models import Assessment, Assignment, InterestMeasure, InterestStatement
from ..states import AssessmentState, InterestAnswer, Measure


def declare_interest(
    actor: Actor,
    application_id: int,
    answer: InterestAnswer,
    reason: str = "",
    *,
    user_id: int | None = None,
) -> InterestStatement:
    """State whether somebody has an interest in an application.

    For oneself: an assessor about a file that is assigned or on the agenda of a meeting, the chair about any
    file. For another member (user_id): only the chair, or the deputy, with a reason. `none` by the assessor opens
    the file; `declared` closes it at once, takes the scores out of every count, and cannot be taken back by the one
    who declared. Raises Missing for a file that is not the actor's to speak about, Invalid without a reason.
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
    _settle(actor, application, who)
    db.session.flush()
    if answer == InterestAnswer.NONE and queries.waits(application.round, application_id, who):
        _ask_chairs(actor, application, statement)
    if answer == InterestAnswer.DECLARED:
        interest_declared.send("assessment", actor=actor, user_id=who, application_id=application_id)
    return statement


def decide_measure(
    actor: Actor, application_id: int, user_id: int, measure: Measure, reason: str
) -> InterestMeasure:
    """Decide, as the chair, what an interest of a member means: the file stays shut, or may be read after all.

    For what was declared, and for what the facts say as far as it does not bar by itself. Effective at once: what
    is allowed opens the file and brings back scores; what is not hides it. Deciding again is a new row. Raises
    Missing for a file the chair may not know, Invalid beside the field, Refused when there is nothing to decide.
    """
    application = queries.committee_file(actor, application_id)
    require(rules.can_decide_measure(queries.acting(actor, application), user_id))
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    statement = queries.statement_of(user_id, application_id)
    found = queries.ties.ties(application.round, application_id, user_id)
    if any(tie.hard for tie in found):
        raise Refused(
            "hard", "Dit belang volgt vast uit de feiten. Daar kan de voorzitter niet van afwijken."
        )
    earlier = queries.ties.measures(user_id=user_id).get((application_id, user_id))
    declared = statement is not None and statement.answer == InterestAnswer.DECLARED
    if not declared and not found and earlier is None:
        raise Refused("nothing", "Dit lid heeft hier geen belang waarover u kunt beslissen.")
    decided = InterestMeasure(
        application_id=application_id,
        user_id=user_id,
        statement_id=statement.id if statement else None,
        measure=measure,
        reason=reason.strip(),
        decided_at=actor.at,
        decided_by=actor.user_id,
    )
    db.session.add(decided)
    db.session.flush()
    audit.record(
        actor,
        f"interest.{measure.value}",
        application.audit_chain,
        f"application:{application_id}",
        {"measure": earlier.measure.value} if earlier else {},
        {"measure": measure.value, "user": user_id},
        reason.strip(),
    )
    _settle(actor, application, user_id)
    if measure == Measure.BARRED and not declared:
        interest_declared.send("assessment", actor=actor, user_id=user_id, application_id=application_id)
    return decided


def follow_facts(actor: Actor, user_id: int) -> None:
    """Let what became known about where somebody worked take effect on the files that he or she has."""
    running = select(Assignment).where(Assignment.user_id == user_id, Assignment.ended_at.is_(None))
    for assignment in db.session.scalars(running.order_by(Assignment.id)):
        _settle(actor, assignment.application, user_id)


def _ask_chairs(actor: Actor, application: Application, statement: InterestStatement) -> None:
    """Tell the chairs that somebody waits for their decision; a chair with an own interest hears nothing.

    When that is every chair, the deputies hear it who lead the application.
    """
    leaders = people.with_role(Role.CHAIR)
    if application.id in queries.closed_to_chairs():
        leaders = [one.user for one in queries.deputies(application.round_id)]
    for chair in leaders:
        if application.id not in queries.barred_applications(chair.id):
            subject, body = mail.interest_to_weigh(chair.name, application.round.title)
            outbox.post(
                actor,
                f"interest:{statement.id}:{chair.id}",
                chair.email,
                subject,
                body,
                chair.id,
                kind=MailKind.ASSESSMENT,
                chain=application.audit_chain,
                thing="assessing",
            )


def _settle(actor: Actor, application: Application, user_id: int) -> None:
    """Open the file, or take its scores out of every count, as things stand now.

    What is locked was adopted and stays as it is.
    """
    assignment = db.session.scalar(
        select(Assignment).where(
            Assignment.user_id == user_id,
            Assignment.application_id == application.id,
            Assignment.ended_at.is_(None),
        )
    )
    if assignment is None:
        return
    assessment = assignment.assessment
    shut = application.id in queries.barred_applications(user_id)
    if assessment is None:
        if not shut and queries.may_open(assignment):
            begin(actor, assignment)
        return
    quarantine = shut or queries.waits(application.round, application.id, user_id)
    if assessment.state == AssessmentState.LOCKED or assessment.quarantined == quarantine:
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
