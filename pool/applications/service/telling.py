"""Tell the municipality something about its application: who gets it, and how it is posted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from pool.core import outbox
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.people import queries as people
from pool.people.models import User
from pool.people.rules import actor_for

from .. import queries, rules
from ..models import Application


def told(application: Application, at: dt.datetime, more: Iterable[int] = ()) -> dict[str, int | None]:
    """Whom to write to at a moment: address to account, or to None for an address without one.

    The person who submitted (or began) it and the contact person; once when they are the same. more: accounts of
    further people. Whoever no longer writes for the municipality gets nothing; when nobody with an account is left,
    everyone who does is told, because a term that runs must reach somebody. A contact person who sits in the
    committee, and does not write for the municipality, gets nothing either: an interest reaches as far as mail.
    """
    version = application.current_version
    first = version.submitted_by if version else application.created_by
    found: dict[str, int | None] = {}
    for ident in dict.fromkeys(x for x in (first, *more) if x is not None):
        user = db.session.get(User, ident)
        if user is not None and _writes_for(user, application, at):
            found[user.email] = user.id
    if not found:
        found = {user.email: user.id for user in people.applicants_of(application.organisation_id)}
    contact = queries.content(application).contact.email.lower()
    if rules.is_email(contact) and contact not in found:
        user = people.by_email(contact)
        if user is not None and _writes_for(user, application, at):
            found[contact] = user.id
        elif user is None or not actor_for(user, at).has(Role.ASSESSOR, Role.CHAIR):
            found[contact] = None
    return found


def _writes_for(user: User, application: Application, at: dt.datetime) -> bool:
    return user.is_active and rules.is_own(actor_for(user, at), application)


def tell(
    actor: Actor,
    application: Application,
    key: str,
    letter: tuple[str, str],
    *,
    kind: MailKind,
    thing: str = "",
    more: Iterable[int] = (),
) -> None:
    """Post a letter (subject and text) about an application; it leads to the application when `thing` is empty.

    key: what it is about; one mail per address. more: see `told`.
    """
    subject, body = letter
    for address, ident in told(application, actor.at, more).items():
        if ident is not None and ident == actor.user_id and kind == MailKind.MESSAGE:
            continue
        outbox.post(
            actor,
            f"{key}:{address}",
            address,
            subject,
            body,
            user_id=ident,
            kind=kind,
            chain=application.audit_chain,
            thing=thing or f"application:{application.id}",
        )


def tell_signers(
    actor: Actor, application: Application, key: str, letter: tuple[str, str], users: Iterable[User]
) -> None:
    """Post a letter about signing an application to these colleagues, but for who no longer writes for it."""
    for user in users:
        if not _writes_for(user, application, actor.at):
            continue
        outbox.post(
            actor,
            f"{key}:{user.email}",
            user.email,
            *letter,
            user.id,
            kind=MailKind.SIGNING,
            chain=application.audit_chain,
            thing=f"application:{application.id}",
        )
