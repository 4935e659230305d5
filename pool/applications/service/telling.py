"""Mail about an application to those who wrote it."""

from __future__ import annotations

from pool.core import outbox
from pool.core.access import Actor
from pool.core.db import db
from pool.people.models import User

from .. import queries, rules
from ..models import Application, ApplicationVersion


def tell(
    actor: Actor,
    application: Application,
    about: str,
    subject: str,
    body: str,
    version: ApplicationVersion | None = None,
) -> None:
    """Mail the person who submitted and the contact person; once when they are the same."""
    version = version or application.current_version
    user_id = version.submitted_by if version else application.created_by
    user = db.session.get(User, user_id) if user_id is not None else None
    to: dict[str, int | None] = {}
    if user is not None:
        to[user.email] = user.id
    contact = queries.content(application).contact.email
    if rules.is_email(contact):
        to.setdefault(contact.lower(), None)
    for address, ident in to.items():
        key = f"application:{application.id}:{about}:{address}"
        outbox.post(actor, key, address, subject, body, user_id=ident)
