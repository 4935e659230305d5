"""Messages as their receiver reads them in the portal: what is there, what is new, and what may no longer be seen.

A message is for one person. Whoever may know nothing more of what it is about (a member of the committee with an
interest), does not see it here either, nor in an overview: the slices that know such reasons say so with `conceal`.
Overviews themselves are not listed: they hold nothing but what is listed here already.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import cast

from sqlalchemy import ColumnElement, ForeignKey, Select, Table, bindparam, exists, not_, select
from sqlalchemy.orm import Mapped, mapped_column

from .access import Actor
from .db import Model, Moment, db
from .delivery import MailKind
from .errors import Missing
from .outbox import Mail


class MailRead(Model):
    """That a message was read by the person it is for."""

    __tablename__ = "mail_read"
    mail_id: Mapped[int] = mapped_column(ForeignKey("mail.id"), primary_key=True)
    read_at: Mapped[Moment]


_MAIL, _READ = cast(Table, Mail.__table__), cast(Table, MailRead.__table__)

Concealer = Callable[[Actor], ColumnElement[bool] | None]
concealers: list[Concealer] = []
"""Each gives the condition on Mail under which this actor may not see a message; None when there is none."""


def conceal(function: Concealer) -> Concealer:
    """Register a reason to hide messages. Runs for everyone and in one query with the rest, so give SQL, not rows."""
    concealers.append(function)
    return function


def not_concealed(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on Mail that leave out what this actor may not see, whoever it was for."""
    found = (concealer(actor) for concealer in concealers)
    return [not_(condition) for condition in found if condition is not None]


def visible_to(actor: Actor) -> Select[Mail]:
    """Messages for this actor, newest first."""
    own = Mail.user_id == (actor.user_id or 0)
    query = select(Mail).where(own, Mail.kind != MailKind.DIGEST, *not_concealed(actor))
    return query.order_by(Mail.written_at.desc(), Mail.id.desc())


def _is_read() -> ColumnElement[bool]:
    return exists().where(MailRead.mail_id == Mail.id)


def get(actor: Actor, ident: int) -> tuple[Mail, bool]:
    """The message with this id and whether it was read; Missing when there is none for this actor."""
    mail = db.session.scalar(visible_to(actor).where(Mail.id == ident))
    if mail is None:
        raise Missing
    return mail, db.session.get(MailRead, mail.id) is not None


def read_among(idents: Collection[int]) -> set[int]:
    """Those of these messages that were read."""
    query = select(MailRead.mail_id).where(MailRead.mail_id.in_(list(idents))).order_by(MailRead.mail_id)
    return set(db.session.scalars(query))


def unread(actor: Actor) -> Select[Mail]:
    """Messages that this actor did not read yet."""
    return visible_to(actor).where(not_(_is_read()))


MOST = 99
"""The count of new messages goes no further."""


# Every page counts these: the same as `unread`, built once.
_NEW = (
    select(_MAIL.c.id)
    .where(
        _MAIL.c.user_id == bindparam("me"),
        _MAIL.c.kind != MailKind.DIGEST,
        not_(exists().where(_READ.c.mail_id == _MAIL.c.id)),
    )
    .limit(MOST + 1)
)


def unread_count(actor: Actor) -> int:
    """How many messages are new, at most one more than MOST; one query."""
    hidden = not_concealed(actor)
    return len(db.session.execute(_NEW.where(*hidden) if hidden else _NEW, {"me": actor.user_id or 0}).all())


def mark_read(
    actor: Actor, *, ident: int | None = None, chain: str = "", kind: MailKind | None = None, until: int = 0
) -> int:
    """Mark the actor's new messages as read; returns how many.

    ident: only this one. chain, kind: only those about this, of this kind. until: only those up to this id, so
    that what came in while somebody looked at a list stays new.
    """
    query = unread(actor)
    if ident is not None:
        query = query.where(Mail.id == ident)
    if chain:
        query = query.where(Mail.chain == chain)
    if kind is not None:
        query = query.where(Mail.kind == kind)
    if until:
        query = query.where(Mail.id <= until)
    # The rows are held, so that of two requests that mark the same one the second finds it done.
    idents = list(db.session.scalars(query.with_only_columns(Mail.id).with_for_update(of=Mail)))
    known = set(db.session.scalars(select(MailRead.mail_id).where(MailRead.mail_id.in_(idents))))
    fresh = [x for x in idents if x not in known]
    db.session.add_all(MailRead(mail_id=x, read_at=actor.at) for x in fresh)
    db.session.flush()
    return len(fresh)
