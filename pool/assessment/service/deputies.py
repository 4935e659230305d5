"""Deputies of the chair: appointing them, and their word for a merit that the chair may not see."""

from __future__ import annotations

from pool.applications.models import Application
from pool.core import audit
from pool.core.access import Actor, Role, require
from pool.core.db import db, lock
from pool.core.errors import Conflict, Invalid, InvalidMany, Missing, Refused
from pool.core.text import fingerprint
from pool.people import queries as people
from pool.rounds.models import Round

from .. import queries, rules, rules_meeting
from ..models_meeting import DeputyChair, MeritConfirmation
from .panel import adoption_body, what_stands_in_the_way


def appoint_deputy(actor: Actor, round_: Round, user_id: int, reason: str) -> DeputyChair:
    """Let an assessor do the chair's work on applications in which every chair has an interest.

    Which applications those are is never asked here, so appointing tells nothing about them. Raises Invalid for
    somebody who is no assessor or without a reason, Conflict when appointed already.
    """
    lock(Round, round_.id)
    require(rules_meeting.can_appoint_deputy(actor, round_))
    problems = []
    if user_id not in {user.id for user in people.with_role(Role.ASSESSOR)}:
        problems.append(Invalid("member", "Kies een beoordelaar uit de commissie.", "user_id"))
    if not reason.strip():
        problems.append(Invalid("reason", "Geef de reden.", "reason"))
    if problems:
        raise InvalidMany(problems)
    if user_id in {one.user_id for one in queries.deputies(round_.id)}:
        raise Conflict("deputy", "Dit lid is al plaatsvervangend voorzitter.", "user_id")
    found = DeputyChair(
        round_id=round_.id,
        user_id=user_id,
        reason=reason.strip(),
        appointed_at=actor.at,
        appointed_by=actor.user_id,
    )
    db.session.add(found)
    db.session.flush()
    audit.record(
        actor, "deputy.appoint", round_.audit_chain, f"deputy_chair:{found.id}", {}, {"user": user_id}, reason
    )
    return found


def end_deputy(actor: Actor, round_: Round, deputy_id: int) -> None:
    """Release a deputy. What he or she recorded stays; the confirmations of merits stay as well."""
    require(rules_meeting.can_appoint_deputy(actor, round_))
    found = lock(DeputyChair, deputy_id)
    if found.round_id != round_.id:
        raise Missing
    if found.ended_at is not None:
        raise Refused("state", "Dit lid is al geen plaatsvervanger meer.")
    found.ended_at = actor.at
    thing, said = f"deputy_chair:{found.id}", {"user": found.user_id}
    audit.record(actor, "deputy.end", round_.audit_chain, thing, said, {})
    db.session.flush()


def confirm_merit(actor: Actor, round_: Round, application_id: int) -> MeritConfirmation:
    """Stand for the merit of one application, so that a chair who may not see it can adopt all merits together.

    Raises Missing for an application the actor does not lead, InvalidMany while something is still open.
    """
    application = db.session.get(Application, application_id)
    if application is None or not queries.leads(actor, application):
        raise Missing
    acting = queries.acting(actor, application)
    require(rules.can_adopt(acting, round_))
    require(rules_meeting.can_open_file(queries.must_still(actor, application)))
    problems = what_stands_in_the_way(round_).get(application_id, [])
    entry = next((one for one in adoption_body(round_)["applications"] if one["id"] == application_id), None)
    if problems or entry is None or actor.user_id is None:
        raise InvalidMany([Invalid("open", text) for text in problems or ["Deze aanvraag is niet volledig."]])
    sha256 = fingerprint(entry)
    earlier = queries.confirmations({application_id}).get(application_id)
    if earlier is not None and earlier.sha256 == sha256 and earlier.confirmed_by == actor.user_id:
        return earlier
    found = MeritConfirmation(
        application_id=application_id,
        merit=entry["merit"],
        sha256=sha256,
        confirmed_at=actor.at,
        confirmed_by=actor.user_id,
    )
    db.session.add(found)
    after = {"merit": found.merit, "sha256": sha256}
    audit.record(actor, "merit.confirm", application.audit_chain, f"application:{application_id}", {}, after)
    db.session.flush()
    return found
