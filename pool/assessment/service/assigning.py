"""Changes to who reads what, one at a time and with a reason, while the committee is at work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from pool.applications.models import Application
from pool.core import audit, outbox
from pool.core.access import Actor, Role, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid
from pool.people import queries as people
from pool.people.models import User
from pool.rounds.models import Round

from .. import mail, queries, rules
from ..models import Assignment


def add_assignment(actor: Actor, round_: Round, application_id: int, user_id: int, reason: str) -> Assignment:
    """Let one assessor read one application, with a reason. Raises Invalid beside the field that is wrong."""
    require(rules.can_add(actor, round_))
    application = queries.committee_file(actor, application_id)
    user = next((u for u in people.with_role(Role.ASSESSOR) if u.id == user_id), None)
    if user is None:
        raise Invalid("assessor", "Kies een beoordelaar.", "user_id")
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    if (application_id, user_id) in queries.barred_pairs(round_.id):
        raise Invalid("interest", f"{user.name} heeft een belang bij deze aanvraag.", "user_id")
    made = put(actor, application, user, reason.strip())
    tell(actor, round_, [made])
    return made


def put(actor: Actor, application: Application, user: User, reason: str) -> Assignment:
    """A running assignment: new, or one that had ended taken up again with the work that was done."""
    found = db.session.scalar(
        select(Assignment).where(Assignment.application_id == application.id, Assignment.user_id == user.id)
    )
    if found is not None and found.ended_at is None:
        raise Conflict("assigned", f"{user.name} beoordeelt deze aanvraag al.", "user_id")
    if found is None:
        found = Assignment(application=application, user=user)
        db.session.add(found)
    found.assigned_at, found.assigned_by = actor.at, actor.user_id
    found.ended_at, found.ended_reason = None, ""
    db.session.flush()
    audit.record(
        actor,
        "assignment.add",
        application.audit_chain,
        f"assignment:{found.id}",
        {},
        {"user": user.id},
        reason,
    )
    return found


def tell(actor: Actor, round_: Round, made: Sequence[Assignment]) -> None:
    """One mail per assessor, that names no application: an interest in one may still have to be declared."""
    users = {assignment.user_id: assignment.user for assignment in made}
    newest = max((assignment.id for assignment in made), default=0)
    for user_id in sorted(users):
        user = users[user_id]
        subject, body = mail.assigned(user.name, round_.title)
        key = f"assigned:{round_.id}:{user_id}:{newest}:{actor.at.isoformat()}"
        outbox.post(
            actor,
            key,
            user.email,
            subject,
            body,
            user_id,
            kind=MailKind.ASSESSMENT,
            chain=f"round:{round_.id}",
            thing="assessing",
        )


def end_assignment(actor: Actor, assignment: Assignment, reason: str) -> None:
    """Take an application from an assessor, with a reason; what was written stays, and counts nowhere."""
    require(rules.can_unassign(queries.acting(actor, assignment.application), assignment))
    if not reason.strip():
        raise Invalid("reason", "Geef de reden.", "reason")
    assignment.ended_at, assignment.ended_reason = actor.at, reason.strip()
    audit.record(
        actor,
        "assignment.end",
        assignment.application.audit_chain,
        f"assignment:{assignment.id}",
        {"user": assignment.user_id},
        {},
        reason.strip(),
    )
    db.session.flush()
