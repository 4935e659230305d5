"""Reads about signing: what waits, for whom, and what came of it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.people import queries as people

from .models import Application
from .models_together import SignOff
from .states import ApplicationState, SignOffState


def open_of(application_id: int) -> SignOff | None:
    """The request that waits for a signature, if there is one."""
    return db.session.scalar(
        select(SignOff).where(SignOff.application_id == application_id, SignOff.state == SignOffState.ASKED)
    )


def latest_of(application_id: int) -> SignOff | None:
    """The newest request, whatever became of it."""
    query = select(SignOff).where(SignOff.application_id == application_id).order_by(SignOff.id.desc())
    return db.session.scalar(query.limit(1))


def to_sign(actor: Actor) -> list[SignOff]:
    """What waits for the signature of this actor, the oldest first."""
    if not actor.has(Role.APPLICANT) or actor.organisation_id is None:
        return []
    if actor.has(Role.ASSESSOR, Role.CHAIR):
        return []
    query = (
        select(SignOff)
        .join(Application)
        .where(
            people.is_signatory(actor.user_id, actor.organisation_id),
            Application.organisation_id == actor.organisation_id,
            SignOff.state == SignOffState.ASKED,
            SignOff.asked_by != actor.user_id,
        )
        .options(
            joinedload(SignOff.application, innerjoin=True).joinedload(Application.round, innerjoin=True)
        )
        .order_by(SignOff.id)
    )
    return list(db.session.scalars(query))


def given_back(actor: Actor) -> list[SignOff]:
    """What this actor asked to sign and got back, as long as nothing was asked since and it can be mended."""
    later = aliased(SignOff)
    newest = (
        select(func.max(later.id)).where(later.application_id == SignOff.application_id).scalar_subquery()
    )
    query = (
        select(SignOff)
        .join(Application)
        .where(
            SignOff.id == newest,
            SignOff.state == SignOffState.RETURNED,
            SignOff.asked_by == actor.user_id,
            Application.organisation_id == actor.organisation_id,
            Application.state.not_in((ApplicationState.WITHDRAWN, ApplicationState.INADMISSIBLE)),
        )
        .options(
            joinedload(SignOff.application, innerjoin=True).joinedload(Application.round, innerjoin=True)
        )
        .order_by(SignOff.id)
    )
    return list(db.session.scalars(query))
