"""Until when assessors score, who is not ready, and who was reminded of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import func, select

from pool.core.db import db
from pool.core.outbox import Mail
from pool.people.models import User

from ..models import ScoringDeadline
from .committee import unfinished_readers


def deadline_of(round_id: int) -> ScoringDeadline | None:
    """The last day for scores of a round, as it holds now."""
    return deadlines_of([round_id]).get(round_id)


def deadlines_of(round_ids: Iterable[int]) -> dict[int, ScoringDeadline]:
    """Round to the last day for its scores, as it holds now."""
    query = select(ScoringDeadline).where(ScoringDeadline.round_id.in_(list(round_ids)))
    return {one.round_id: one for one in db.session.scalars(query.order_by(ScoringDeadline.id))}


def unfinished(round_id: int, hidden: Collection[int] = ()) -> list[User]:
    """Who still has to hand in scores that would count, by name."""
    people = {
        user_id for application_id, user_id in unfinished_readers(round_id) if application_id not in hidden
    }
    query = select(User).where(User.id.in_(people)).order_by(User.name, User.id)
    return list(db.session.scalars(query))


def reminder_prefix(round_id: int) -> str:
    """How the keys of all reminders of a round begin."""
    return f"reminder:{round_id}:"


def last_reminders(round_id: int) -> dict[int, dt.datetime]:
    """Assessor to the moment of the newest reminder, by hand or by itself."""
    query = (
        select(Mail.user_id, func.max(Mail.written_at))
        .where(Mail.key.startswith(reminder_prefix(round_id), autoescape=True), Mail.user_id.is_not(None))
        .group_by(Mail.user_id)
        .order_by(Mail.user_id)
    )
    return {user_id: moment for user_id, moment in db.session.execute(query) if user_id is not None}
