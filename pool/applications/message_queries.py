"""Reads about messages: who sees them, what is new for somebody, and which questions wait for an answer.

The municipality, the programme team and the auditor see them. The deciders, the regions and the committee do not,
nor do they learn from a list or a count that there are any.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.prepared import prepared
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from .messages import Message, ThreadRead
from .models import Application
from .states import ApplicationState, Side

READERS = (Role.APPLICANT, Role.PROGRAMME, Role.AUDITOR)
WRITERS = (Role.APPLICANT, Role.PROGRAMME)


def may_read(actor: Actor) -> ColumnElement[bool]:
    """The condition on Application under which this actor reads its messages."""
    reasons: list[ColumnElement[bool]] = []
    if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
        reasons.append(Application.organisation_id == actor.organisation_id)
    if actor.has(Role.PROGRAMME, Role.AUDITOR) and not actor.has(Role.ASSESSOR, Role.CHAIR):
        reasons.append(Application.submitted_at.is_not(None))
    return or_(false(), *reasons)


def reads(actor: Actor, application: Application) -> bool:
    """Whether this actor reads the messages about this application."""
    query = select(Application.id).where(Application.id == application.id, may_read(actor))
    return db.session.scalar(query) is not None


def messages_of(application_id: int) -> list[Message]:
    """All messages about an application, oldest first."""
    query = select(Message).where(Message.application_id == application_id).order_by(Message.id)
    return list(db.session.scalars(query))


def last_read(actor: Actor, application_id: int) -> int:
    """The newest message that this actor has read; 0 when none."""
    found = db.session.get(ThreadRead, (application_id, actor.user_id or 0))
    return found.last_id if found else 0


# --- what is new ------------------------------------------------------------------------------------------


def _is_new(actor: Actor) -> ColumnElement[bool]:
    """The condition on Message under which it is new for this actor; what one wrote oneself is not."""
    read = exists().where(
        ThreadRead.application_id == Message.application_id,
        ThreadRead.user_id == actor.user_id,
        ThreadRead.last_id >= Message.id,
    )
    return and_(Message.written_by != actor.user_id, not_(read))


def unread_applications(actor: Actor) -> Select[int]:
    """Ids of applications with a message that is new for somebody who takes part in them."""
    query = select(Message.application_id).join(Application).where(may_read(actor), _is_new(actor))
    return query if actor.has(*WRITERS) else query.where(false())


# --- questions that wait ----------------------------------------------------------------------------------


_answer = aliased(Message)
_WAITS = and_(
    Message.answer_by.is_not(None),
    not_(exists().where(_answer.answers_id == Message.id)),
    Application.state != ApplicationState.WITHDRAWN,
    Round.state.not_in(DECIDED_STATES),
)
"""The condition on Message, joined with its application and round, under which its answer is awaited."""


def _waiting(actor: Actor) -> Select[Message]:
    return (
        select(Message)
        .join(Application, Application.id == Message.application_id)
        .join(Round, Round.id == Application.round_id)
        .where(may_read(actor), _WAITS)
        .order_by(Message.answer_by, Message.id)
    )


def waiting_applications(actor: Actor) -> Select[int]:
    """Ids of applications with a question that waits for an answer, as far as this actor reads them."""
    return _waiting(actor).with_only_columns(Message.application_id).order_by(None)


def open_questions(actor: Actor, application_id: int) -> list[Message]:
    """Questions about an application that wait for an answer, the most urgent first."""
    return list(db.session.scalars(_waiting(actor).where(Message.application_id == application_id)))


@dataclass(frozen=True)
class Standing:
    """How the messages about one application stand for somebody. answer_by: the first day an answer is due."""

    count: int = 0
    unread: int = 0
    last_at: dt.datetime | None = None
    answer_by: dt.date | None = None


_WANTED = Application.id.in_(bindparam("wanted", expanding=True))


@prepared
def _counted(actor: Actor) -> Select[int, int, int, dt.datetime | None]:
    fresh = func.count(Message.id).filter(_is_new(actor))
    return (
        select(Application.id, func.count(Message.id), fresh, func.max(Message.written_at))
        .outerjoin(Message, Message.application_id == Application.id)
        .where(_WANTED, may_read(actor))
        .group_by(Application.id)
        .order_by(Application.id)
    )


@prepared
def _answer_by(actor: Actor) -> Select[int, dt.date | None]:
    return (
        _waiting(actor)
        .where(_WANTED)
        .with_only_columns(Message.application_id, func.min(Message.answer_by))
        .order_by(None)
        .group_by(Message.application_id)
    )


def standings(actor: Actor, application_ids: Collection[int]) -> dict[int, Standing]:
    """How the messages stand for somebody, per application of which this actor reads them; in at most two queries."""
    if not actor.has(*READERS):
        return {}
    query, mine = _counted(actor)
    values = {**mine, "wanted": list(application_ids)}
    found = db.session.execute(query, values).all()
    due: dict[int, dt.date | None] = {}
    if any(count for _ident, count, _new, _last in found):
        due = dict(iter(db.session.execute(_answer_by(actor)[0], values)))
    return {
        ident: Standing(count, unread if actor.has(*WRITERS) else 0, last, due.get(ident))
        for ident, count, unread, last in found
    }


@dataclass(frozen=True)
class Work:
    """What waits in the messages for somebody. overdue: questions whose day has passed."""

    unread: int
    waiting: int
    overdue: int
    first: dt.date | None


@prepared
def _unread(actor: Actor) -> Select[int]:
    return select(func.count()).select_from(unread_applications(actor).distinct().subquery())


@prepared
def _open_questions(actor: Actor) -> Select[int, int, dt.date | None]:
    late = func.count(Message.id).filter(Message.answer_by < bindparam("today"))
    columns = func.count(Message.id), late, func.min(Message.answer_by)
    return _waiting(actor).with_only_columns(*columns).order_by(None)


def work(actor: Actor, today: dt.date) -> Work:
    """How many applications have new messages, and how many questions wait; in two queries."""
    unread = db.session.scalar(*_unread(actor))
    query, mine = _open_questions(actor)
    waiting, overdue, first = db.session.execute(query, {**mine, "today": today}).one()
    return Work(unread or 0, waiting, overdue, first)


def writers_of(application_id: int, side: Side) -> list[int]:
    """Accounts that wrote on one side about an application."""
    query = (
        select(Message.written_by)
        .where(Message.application_id == application_id, Message.side == side)
        .distinct()
        .order_by(Message.written_by)
    )
    return list(db.session.scalars(query))
