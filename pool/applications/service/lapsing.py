"""What a change of the text does to a request to sign it. Apart, because writing comes before submitting."""

from __future__ import annotations

from pool.core.access import Actor
from pool.core.db import db
from pool.core.text import fingerprint
from pool.people import queries as people
from pool.people.models import User
from pool.rounds import queries as rounds

from .. import mail_together, queries, queries_signing
from ..lifecycle_together import SIGN_LIFE
from ..models import Application
from ..models_together import SignOff
from .telling import tell_signers


def text_of(application: Application) -> str:
    """SHA-256 of the text that would be submitted now."""
    content = queries.candidate(application, rounds.rules_of(application.round))
    return fingerprint(content.to_json())


def follow_change(actor: Actor, application: Application) -> None:
    """After a save: a request to sign another text lapses, and those whom it concerned hear that."""
    request = queries_signing.open_of(application.id)
    if request is not None and request.sha256 != text_of(application):
        lapse(actor, request, changed=True)


def nothing_to_sign(actor: Actor, application: Application) -> None:
    """When an application is withdrawn, or submitted because signing was turned off, a request that waits lapses."""
    request = queries_signing.open_of(application.id)
    if request is not None:
        lapse(actor, request, changed=False)


def lapse(actor: Actor, request: SignOff, *, changed: bool) -> None:
    SIGN_LIFE.move(actor, request, "lapse")
    tell_over(actor, request, changed=changed)


def tell_over(actor: Actor, request: SignOff, *, changed: bool) -> None:
    """Mail the one who asked and those who may sign, but not whoever did this."""
    application = request.application
    asker = db.session.get_one(User, request.asked_by)
    others = [user for user in people.signers(application.organisation_id) if user.id != asker.id]
    letter = mail_together.sign_over(application.reference, application.title, actor.name, changed=changed)
    to = [user for user in (asker, *others) if user.id != actor.user_id]
    tell_signers(actor, application, f"sign_off:{request.id}:over", letter, to)
