"""The verbs about mail: choose what is mailed, and send an overview of what waited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pool.core import audit, delivery, jobs, mailbox, outbox
from pool.core.access import Actor, require
from pool.core.db import db, lock
from pool.core.delivery import Delivery, MailKind, MailPreference
from pool.core.errors import Conflict, Invalid, Missing
from pool.core.outbox import Mail
from pool.core.text import clean, format_date, plural
from pool.core.undelivered import Fallback, MailFallback

from . import rules
from .models import User
from .rules import actor_for


def kinds_for(actor: Actor) -> list[MailKind]:
    """The kinds of messages that somebody gets in the roles that he or she has, in the order of the enum."""
    return [kind for kind in MailKind if actor.has(*delivery.RECEIVERS.get(kind, ()))]


def address_of(actor: Actor) -> str:
    """Where mail to this actor goes."""
    return db.session.get_one(User, actor.user_id).email


def choose(actor: Actor, wanted: Mapping[MailKind, Delivery]) -> None:
    """Keep how somebody wants to get each kind of message; holds for what is written from now on.

    Raises Invalid for a kind about which nobody chooses.
    """
    assert actor.user_id is not None
    for kind in wanted:
        if kind in delivery.NOT_CHOSEN:
            raise Invalid("fixed", "Dit bericht mailen wij altijd meteen.", kind.value)
    before = delivery.choices_of(actor.user_id)
    changed = {k: d for k, d in wanted.items() if before.get(k, delivery.default_of(k)) != d}
    for kind, chosen in changed.items():
        row = db.session.get(MailPreference, (actor.user_id, kind))
        if row is None:
            row = MailPreference(user_id=actor.user_id, kind=kind)
            db.session.add(row)
        row.delivery, row.chosen_at = chosen, actor.at
    db.session.flush()
    if changed:
        user = db.session.get_one(User, actor.user_id)
        audit.record(
            actor,
            "user.choose_mail",
            user.audit_chain,
            f"user:{user.id}",
            {kind.value: before.get(kind, delivery.default_of(kind)).value for kind in changed},
            {kind.value: chosen.value for kind, chosen in changed.items()},
        )


def settle(actor: Actor, mail: Mail, how: Fallback, note: str) -> MailFallback:
    """Write down how somebody was reached whom a mail did not reach. Conflict when a colleague did so already."""
    require(rules.can_follow_mail(actor))
    job = _held_job(mail)
    if db.session.get(MailFallback, mail.id) is not None or job.dead_at is None:
        raise Conflict("state", "Een collega heeft dit bericht net afgehandeld of opnieuw verstuurd.")
    note = clean(note)
    if not note:
        raise Invalid("note", "Schrijf op wat u deed.", "note")
    row = MailFallback(
        mail_id=mail.id,
        how=how,
        note=note,
        done_at=actor.at,
        done_by=actor.user_id,
        done_by_name=actor.name,
    )
    db.session.add(row)
    _record(actor, mail, "mail.fallback", {"how": how.value}, note)
    return row


def retry(actor: Actor, mail: Mail) -> None:
    """Try to deliver a mail again that was given up."""
    require(rules.can_follow_mail(actor))
    job = _held_job(mail)
    if db.session.get(MailFallback, mail.id) is not None or job.dead_at is None:
        raise Conflict("state", "Een collega heeft dit bericht net afgehandeld of opnieuw verstuurd.")
    _record(actor, mail, "mail.retry", {"attempts": job.attempts}, job.error)
    jobs.try_again(job, actor.at)


def _held_job(mail: Mail) -> jobs.Job:
    job = jobs.by_key(mail.job_key)
    if job is None:
        raise Missing
    return lock(jobs.Job, job.id)


def _record(actor: Actor, mail: Mail, action: str, after: dict[str, Any], reason: str) -> None:
    chain = mail.chain or f"mail:{mail.id}"
    audit.record(actor, action, chain, f"mail:{mail.id}", {}, after, reason)
    db.session.flush()


def send_digest(user_id: int, chosen: Delivery, digest_at: dt.datetime, at: dt.datetime) -> int:
    """Write the overview of this moment for somebody; returns how many messages it names.

    What was read in the portal already is left out, and so is what the person may not know any more. With nothing
    left there is no overview. Twice gives one, by its key.
    """
    user = db.session.get_one(User, user_id)
    if not user.is_active:
        return 0
    actor = actor_for(user, at)
    query = mailbox.unread(actor).where(Mail.digest_at == digest_at, Mail.delivery == chosen)
    waiting = list(db.session.scalars(query.order_by(None).order_by(Mail.id)))
    if not waiting:
        return 0
    count = plural(len(waiting), "nieuw bericht", "nieuwe berichten")
    lines = "\n".join(f"- {mail.subject} ({format_date(mail.written_at)})" for mail in waiting)
    often = "dag" if chosen == Delivery.DAILY else "week"
    outbox.post(
        actor,
        f"digest:{chosen.value}:{user_id}:{digest_at.isoformat()}",
        user.email,
        f"{count[0].upper()}{count[1:]} in de Projectenpool",
        outbox.text(
            f"Dit is uw overzicht van deze {often}. U hebt {count} die u nog niet hebt gelezen:",
            lines,
            "De berichten zelf leest u in de Projectenpool.",
            greeting=f"Beste {user.name},",
        ),
        user_id,
        kind=MailKind.DIGEST,
        chain="",
        thing="inbox",
    )
    return len(waiting)
