"""Mail that could not be delivered: refused for good by the receiving server, or never accepted in all attempts.

What a receiving server accepts and sends back later (a bounce) does not come in here; it goes to the address that
sends. What is known here waits in a list of the programme team until somebody reached the person otherwise.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import CheckConstraint, ForeignKey, Select, exists, func, not_, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, Moment, db, enum_type, immutable
from .errors import Missing
from .jobs import Job
from .outbox import Mail
from .text import LabeledEnum


class Fallback(LabeledEnum):
    """How somebody was reached after all."""

    POST = "post", "per post gestuurd"
    OTHER_ADDRESS = "other_address", "naar een ander e-mailadres gestuurd"
    PHONE = "phone", "gebeld"
    NOT_NEEDED = "not_needed", "niet meer nodig"


@immutable
class MailFallback(Model):
    """What was done about a mail that was not delivered, by whom, and when."""

    __tablename__ = "mail_fallback"
    __table_args__ = (CheckConstraint("note <> ''", "says_what_was_done"),)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"), primary_key=True)
    how: Mapped[Fallback] = mapped_column(enum_type(Fallback))
    note: Mapped[str]
    done_at: Mapped[Moment]
    done_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_by_name: Mapped[str]


def _failed() -> Select[Mail]:
    """Mails that were given up, the longest waiting first."""
    return (
        select(Mail)
        .join(Job, Mail.id == Job.payload["mail_id"].as_integer())
        .where(Job.kind == "mail", Job.done_at.is_(None), Job.dead_at.is_not(None))
        .order_by(Mail.written_at, Mail.id)
    )


def waiting() -> Select[Mail]:
    """Mails that were given up and about which nothing was done yet, the longest waiting first."""
    return _failed().where(not_(exists().where(MailFallback.mail_id == Mail.id)))


def count() -> int:
    """How many mails wait for somebody to do something."""
    some = waiting().with_only_columns(Mail.id).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def settled() -> Select[Mail]:
    """Mails about which something was done, the newest first."""
    query = select(Mail).join(MailFallback, MailFallback.mail_id == Mail.id)
    return query.order_by(MailFallback.done_at.desc(), Mail.id.desc())


def get(ident: int) -> Mail:
    """A mail that was given up, whether or not something was done about it; Missing when it is none."""
    settled_too = exists().where(MailFallback.mail_id == Mail.id)
    failed = _failed().with_only_columns(Mail.id).order_by(None)
    query = select(Mail).where(Mail.id == ident, or_(Mail.id.in_(failed), settled_too))
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found


def attempts_at(mails: Collection[Mail]) -> dict[int, Job]:
    """The jobs that tried to hand these mails over, by mail."""
    keys = {mail.job_key: mail.id for mail in mails}
    query = select(Job).where(Job.key.in_(list(keys))).order_by(Job.id)
    return {keys[job.key]: job for job in db.session.scalars(query)}


def fallbacks_of(mails: Collection[Mail]) -> dict[int, MailFallback]:
    """What was done about these mails, by mail."""
    wanted = MailFallback.mail_id.in_([mail.id for mail in mails])
    query = select(MailFallback).where(wanted).order_by(MailFallback.mail_id)
    return {row.mail_id: row for row in db.session.scalars(query)}
