"""From cookie to actor: Flask-Login on server-side session rows.

The cookie holds the secret of a session row. What somebody may do is read from the database on every request,
so a role that ended is gone at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast

from flask import Flask, g
from flask_login import LoginManager, current_user
from sqlalchemy import Table, bindparam, select, update

from pool.core.access import Actor, visitor
from pool.core.db import db, reading
from pool.core.text import sha256_hex

from .models import Organisation, RoleGrant, User, UserSession
from .rules import actor_from
from .service import SESSION_IDLE

SEEN_EVERY = dt.timedelta(minutes=5)

manager = LoginManager()
manager.session_protection = None  # the session row decides, not the address or the browser's name


@dataclass
class SignedIn:
    """What Flask-Login carries: the secret of the session, and who holds it at the moment of the request."""

    secret: str
    actor: Actor
    session_id: int
    seen_at: dt.datetime
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.secret


_SESSION, _USER, _ORGANISATION, _GRANT = (
    cast(Table, model.__table__) for model in (UserSession, User, Organisation, RoleGrant)
)
# Every request asks this: one statement, built once, that reads columns and makes no objects.
_HOLDER = (
    select(
        _SESSION.c.id.label("session_id"),
        _SESSION.c.seen_at,
        _SESSION.c.expires_at,
        _USER.c.id.label("user_id"),
        _USER.c.name,
        _USER.c.organisation_id,
        _ORGANISATION.c.name.label("organisation_name"),
        _GRANT.c.role,
        _GRANT.c.region_id,
        _GRANT.c.started_at,
        _GRANT.c.ended_at,
    )
    .select_from(_SESSION)
    .join(_USER, _USER.c.id == _SESSION.c.user_id)
    .outerjoin(_ORGANISATION, _ORGANISATION.c.id == _USER.c.organisation_id)
    .outerjoin(_GRANT, _GRANT.c.user_id == _USER.c.id)
    .where(_SESSION.c.token_hash == bindparam("token_hash"), _SESSION.c.ended_at.is_(None), _USER.c.is_active)
    .order_by(_GRANT.c.id)
)


def session_holder(secret: str, at: dt.datetime) -> SignedIn | None:
    """Who holds this session at this moment; None when it ended, expired, stood idle, or the account closed."""
    rows = db.session.execute(_HOLDER, {"token_hash": sha256_hex(secret.encode())}).all()
    if not rows or at >= rows[0].expires_at or at - rows[0].seen_at > SESSION_IDLE:
        return None
    first = rows[0]
    grants = [row for row in rows if row.role is not None]
    actor = actor_from(
        first.user_id, first.name, first.organisation_id, first.organisation_name or "", grants, at
    )
    return SignedIn(secret, actor, first.session_id, first.seen_at)


@manager.user_loader
def _load(secret: str) -> SignedIn | None:
    return session_holder(secret, g.received_at)


def load_actor() -> Actor:
    """The actor of the running request."""
    at: dt.datetime = g.received_at
    holder = current_user
    if not holder.is_authenticated:
        return visitor(at)
    if at - holder.seen_at > SEEN_EVERY:
        _mark_seen(holder.session_id, at)
    actor: Actor = holder.actor
    return actor


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
