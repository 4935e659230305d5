"""From cookie to actor: Flask-Login on server-side session rows.

The cookie holds the secret of a session row. What somebody may do is read from the database on every request,
so a role that ended is gone at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Flask, g
from flask_login import LoginManager, current_user
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from pool.core.access import Actor, Role, visitor
from pool.core.db import db, reading
from pool.core.text import sha256_hex

from .models import User, UserSession
from .service import SESSION_IDLE

SEEN_EVERY = dt.timedelta(minutes=5)

manager = LoginManager()
manager.session_protection = None  # the session row decides, not the address or the browser's name


@dataclass
class SignedIn:
    """What Flask-Login carries: the secret of the session, and whose it is."""

    secret: str
    user: User
    session_id: int
    seen_at: dt.datetime
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.secret


def session_holder(secret: str, at: dt.datetime) -> SignedIn | None:
    """Who holds this session at this moment; None when it ended, expired, stood idle, or the account closed."""
    query = (
        select(UserSession)
        .where(UserSession.token_hash == sha256_hex(secret.encode()), UserSession.ended_at.is_(None))
        .options(
            joinedload(UserSession.user).joinedload(User.organisation),
            joinedload(UserSession.user).selectinload(User.grants),
        )
    )
    row = db.session.scalar(query)
    if row is None or not row.user.is_active or at >= row.expires_at or at - row.seen_at > SESSION_IDLE:
        return None
    return SignedIn(secret, row.user, row.id, row.seen_at)


@manager.user_loader
def _load(secret: str) -> SignedIn | None:
    return session_holder(secret, g.received_at)


def actor_for(user: User, at: dt.datetime) -> Actor:
    """The actor that an account is at a moment: with the grants that hold then."""
    grants = [x for x in user.grants if x.started_at <= at and (x.ended_at is None or at < x.ended_at)]
    return Actor(
        user_id=user.id,
        name=user.name,
        roles=frozenset(x.role for x in grants),
        organisation_id=user.organisation_id,
        organisation_name=user.organisation.name if user.organisation else "",
        region_ids=frozenset(
            x.region_id for x in grants if x.role == Role.REGIONAL_LEAD and x.region_id is not None
        ),
        at=at,
    )


def load_actor() -> Actor:
    """The actor of the running request."""
    at: dt.datetime = g.received_at
    holder = current_user
    if not holder.is_authenticated:
        return visitor(at)
    if at - holder.seen_at > SEEN_EVERY:
        _mark_seen(holder.session_id, at)
    return actor_for(holder.user, at)


def _mark_seen(session_id: int, at: dt.datetime) -> None:
    """Note that the session is in use: with a command's own transaction, or in a short one beside a read."""
    statement = update(UserSession).where(UserSession.id == session_id).values(seen_at=at)
    if not reading.get():
        db.session.execute(statement)
        return
    token = reading.set(False)
    try:
        with db.engine.begin() as connection:
            connection.execute(statement)
    finally:
        reading.reset(token)


def init_sessions(app: Flask) -> None:
    manager.init_app(app)
