"""Submit, supplement and withdraw an application, and mail about it."""

from __future__ import annotations

from pool.core import signals
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, Invalid, InvalidMany, Refused
from pool.core.text import clean, fingerprint
from pool.people import queries as people
from pool.rounds import queries as rounds

from .. import mail, queries, rules
from ..inputs import Content
from ..lifecycle import LIFE
from ..models import Application, ApplicationVersion
from ..states import ApplicationState
from . import hearing, lapsing, partners
from .documents import bind, infected_lacks
from .telling import tell
from .writing import hold, mirror


def lacks(application: Application) -> list[rules.Lack]:
    """What the text that would be submitted now still needs."""
    municipality = application.organisation.municipality
    own = municipality.region.slug if municipality else None
    round_rules = rounds.rules_of(application.round)
    content = queries.candidate(application, round_rules)
    return [*rules.missing(content, round_rules, own), *infected_lacks(application, content)]


def submit(actor: Actor, application: Application, revision: int | None = None) -> ApplicationVersion:
    """Submit the draft as a version that never changes; until closing it replaces the version before it.

    revision: of the text that the person looked at; Conflict when it changed since. The same text again gives
    the version that is there. InvalidMany says what is missing; Refused (`late`) after the closing moment.
    """
    hold(application)
    require(LIFE.may(actor, application, "submit"))
    _require_no_sign_off(application)
    content = ready_content(application, revision)
    current = application.current_version
    if (
        current is not None
        and application.state == ApplicationState.SUBMITTED
        and current.sha256 == fingerprint(content.to_json())
    ):
        return current
    lapsing.nothing_to_sign(actor, application)
    return submit_version(actor, application, content, "submit")


def supplement(actor: Actor, application: Application, revision: int | None = None) -> ApplicationVersion:
    """Submit the supplemented text as a new version; only while a supplement is asked and its term runs."""
    hold(application)
    require(LIFE.may(actor, application, "supplement"))
    _require_no_sign_off(application)
    content = ready_content(application, revision)
    lapsing.nothing_to_sign(actor, application)
    return submit_version(actor, application, content, "supplement")


def _require_no_sign_off(application: Application) -> None:
    if people.signs_off(application.organisation_id):
        raise Refused(
            "sign_off", "In uw gemeente ondertekent een collega voordat u indient. Vraag om ondertekening."
        )


def ready_content(application: Application, revision: int | None) -> Content:
    """The text that would be submitted now. Conflict when it is not what was read; InvalidMany when it lacks something."""
    if revision is not None and revision != application.revision:
        raise Conflict(
            "stale", "De aanvraag is intussen gewijzigd. Bekijk de tekst hieronder en dien dan opnieuw in."
        )
    problems = lacks(application)
    if problems:
        raise InvalidMany(list(problems))
    return queries.candidate(application, rounds.rules_of(application.round))


def submit_version(actor: Actor, application: Application, content: Content, move: str) -> ApplicationVersion:
    """Make the version and carry out the move, for whoever may: the one who writes, or the one who signs."""
    body = content.to_json()
    version = ApplicationVersion(
        application_id=application.id,
        number=len(application.versions) + 1,
        content=body,
        sha256=fingerprint(body),
        submitted_at=actor.at,
        submitted_by=actor.user_id,
        submitted_by_name=actor.name,
    )
    db.session.add(version)
    if move == "submit":
        application.submitted_at = actor.at
    mirror(application, content)
    LIFE.move(actor, application, move, facts={"version": version.number, "sha256": version.sha256})
    application.supplement_until = None
    db.session.flush()
    hearing.lapse(actor, application)
    bind(application, version, content)
    db.session.expire(application, ["versions"])
    partners.follow_text(actor, application, content)
    letter = mail.receipt(
        application.reference,
        content.project.title,
        application.organisation.name,
        version.number,
        version.submitted_at,
        version.sha256,
        application.round.invented,
        [(entry.name, entry.sha256) for entry in content.documents],
    )
    key = f"application:{application.id}:receipt:{version.number}"
    tell(actor, application, key, letter, kind=MailKind.RECEIPT)
    return version


def withdraw(actor: Actor, application: Application, reason: str) -> None:
    """Withdraw, with a reason; what was submitted stays on record."""
    reason = clean(reason)
    if not reason:
        raise Invalid("reason", "Geef de reden waarom u intrekt.", "reason")
    if len(reason) > rules.LIMITS["reason"]:
        raise Invalid("reason", "De reden is te lang.", "reason")
    was_submitted = application.submitted_at is not None
    LIFE.move(actor, application, "withdraw", reason)
    application.supplement_until = None
    db.session.flush()
    hearing.lapse(actor, application)
    partners.follow_withdrawal(actor, application)
    lapsing.nothing_to_sign(actor, application)
    signals.application_withdrawn.send("applications", actor=actor, application=application)
    if was_submitted:
        letter = mail.withdrawn(application.reference, application.title, actor.at, reason)
        key = f"application:{application.id}:withdrawn"
        tell(actor, application, key, letter, kind=MailKind.PROGRESS)
