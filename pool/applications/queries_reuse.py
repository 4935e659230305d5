"""Which earlier applications answers can be taken over from: those of the own municipality, and no other."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing

from .models import Application, ApplicationVersion, SectionSave


def _sources(actor: Actor, application: Application) -> Select[Application]:
    # Not `visible_to`: somebody may see foreign applications in another role.
    own = actor.organisation_id if actor.has(Role.APPLICANT) else None
    written = or_(
        select(ApplicationVersion.id).where(ApplicationVersion.application_id == Application.id).exists(),
        select(SectionSave.section).where(SectionSave.application_id == Application.id).exists(),
    )
    return (
        select(Application)
        .where(
            Application.organisation_id == own,
            Application.organisation_id == application.organisation_id,
            Application.id != application.id,
            written,
        )
        .options(selectinload(Application.round), selectinload(Application.versions))
        .order_by(Application.id.desc())
    )


def sources(actor: Actor, application: Application) -> list[Application]:
    """Applications of the own municipality in which something was written, in any state or round, newest first."""
    return list(db.session.scalars(_sources(actor, application)))


def has_sources(actor: Actor, application: Application) -> bool:
    ids = _sources(actor, application).with_only_columns(Application.id).order_by(None).limit(1)
    return db.session.scalar(ids) is not None


def source(actor: Actor, application: Application, ident: int) -> Application:
    """The application with this id to take over from; Missing when there is none for this actor."""
    found = db.session.scalar(_sources(actor, application).where(Application.id == ident))
    if found is None:
        raise Missing
    return found
