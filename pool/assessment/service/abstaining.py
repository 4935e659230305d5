"""Giving an application back: an assessor who cannot judge it, for another reason than an interest."""

from __future__ import annotations

from pool.core import audit, outbox
from pool.core.access import Actor, Role, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Invalid
from pool.people import queries as people
from pool.people.rules import actor_for

from .. import mail, queries, rules
from ..models import Assignment, GivenBack
from ..states import Abstention

MAX_NOTE = 2000
"""Characters of a note."""


def abstain(actor: Actor, assignment: Assignment, why: Abstention, note: str = "") -> None:
    """End the own assignment with a reason, and tell the programme team, which finds somebody else.

    A colleague in the team who also sits in the committee, and has an interest, hears nothing. What was written
    stays, and counts nowhere. An interest is no abstention: that is declared. Raises Refused when the scores are
    handed in or the round is not being assessed.
    """
    require(rules.can_abstain(actor, assignment))
    if len(note) > MAX_NOTE:
        raise Invalid("long", f"Gebruik niet meer dan {MAX_NOTE} tekens.", "note")
    reason = f"Teruggegeven: {why.label}." + (f" {note.strip()}" if note.strip() else "")
    assignment.ended_at, assignment.ended_reason = actor.at, reason
    db.session.add(GivenBack(assignment_id=assignment.id, why=why, note=note.strip(), given_back_at=actor.at))
    application = assignment.application
    audit.record(
        actor,
        "assignment.abstain",
        application.audit_chain,
        f"assignment:{assignment.id}",
        {"user": assignment.user_id},
        {"why": why.value},
        reason,
    )
    for colleague in people.with_role(Role.PROGRAMME):
        if application.id in queries.hidden_from(actor_for(colleague, actor.at)):
            continue
        subject, body = mail.abstained(colleague.name, actor.name, application.round.title, why.label)
        key = f"abstained:{assignment.id}:{actor.at.isoformat()}:{colleague.id}"
        outbox.post(
            actor,
            key,
            colleague.email,
            subject,
            body,
            colleague.id,
            kind=MailKind.ASSESSMENT,
            chain=application.audit_chain,
            thing="assessing",
        )
    db.session.flush()
