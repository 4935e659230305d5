"""Who does the chair's work on an application: the chair, or a deputy when every chair has an interest in it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from pool.applications.models import Application
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.people import queries as people

from ..models import Assignment
from ..models_meeting import DeputyChair, MeritConfirmation
from ..states import COUNTING
from .interests import barred_applications, hidden_from, statement_of, waits


def deputies(round_id: int) -> list[DeputyChair]:
    """The deputies of a round now, in order of appointment."""
    query = (
        select(DeputyChair)
        .where(DeputyChair.round_id == round_id, DeputyChair.ended_at.is_(None))
        .options(joinedload(DeputyChair.user, innerjoin=True))
        .order_by(DeputyChair.appointed_at, DeputyChair.id)
    )
    return list(db.session.scalars(query))


def chair_ids() -> set[int]:
    """The people who are chair now."""
    return {user.id for user in people.with_role(Role.CHAIR)}


def closed_to_chairs() -> set[int]:
    """Applications that no chair may know anything of."""
    barred = [barred_applications(user_id) for user_id in sorted(chair_ids())]
    return set.intersection(*barred) if barred else set()


def is_deputy(actor: Actor, round_id: int) -> bool:
    """Whether this member of the committee is a deputy of the chair in this round now."""
    if actor.user_id is None or not actor.has(Role.ASSESSOR):
        return False
    return any(one.user_id == actor.user_id for one in deputies(round_id))


def deputised(actor: Actor, round_id: int) -> set[int]:
    """The applications of a round on which the actor does the chair's work as a deputy."""
    if actor.has(Role.CHAIR) or not is_deputy(actor, round_id):
        return set()
    query = select(Application.id).where(Application.round_id == round_id)
    of_round = set(db.session.scalars(query.order_by(Application.id)))
    return (closed_to_chairs() & of_round) - hidden_from(actor)


def acting(actor: Actor, application: Application) -> Actor:
    """The actor as he or she stands towards one application: a deputy who does the chair's work on it has the
    chair's role, for this application only."""
    if application.id in deputised(actor, application.round_id):
        return replace(actor, roles=actor.roles | {Role.CHAIR})
    return actor


def leads(actor: Actor, application: Application) -> bool:
    """Whether the actor does the chair's work on this application."""
    if application.id in hidden_from(actor):
        return False
    return acting(actor, application).has(Role.CHAIR)


def led_among(actor: Actor, round_id: int, application_ids: Collection[int]) -> set[int]:
    """Those of these applications of one round on which the actor does the chair's work."""
    if actor.has(Role.CHAIR):
        return set(application_ids) - hidden_from(actor)
    return set(application_ids) & deputised(actor, round_id)


def open_files(user_id: int, round_id: int) -> set[int]:
    """Applications of which this person still has to hand in the own scores, and so sees no others'."""
    query = (
        select(Assignment)
        .join(Assignment.application)
        .where(Assignment.user_id == user_id, Application.round_id == round_id)
    )
    return {one.application_id for one in _not_handed_in(query)}


def open_readers(application_id: int) -> set[int]:
    """Assessors who still have to hand in their scores for this application."""
    query = select(Assignment).where(Assignment.application_id == application_id)
    return {one.user_id for one in _not_handed_in(query)}


def _not_handed_in(query: Select[Assignment]) -> list[Assignment]:
    query = query.where(Assignment.ended_at.is_(None)).options(joinedload(Assignment.assessment))
    return [
        one
        for one in db.session.scalars(query.order_by(Assignment.id))
        if one.assessment is None or one.assessment.state not in COUNTING
    ]


def must_still(actor: Actor, application: Application) -> str:
    """What a deputy has to do before the file opens: `interest`, `scores`, or nothing (empty)."""
    if actor.user_id is None or actor.has(Role.CHAIR):
        return ""
    # Who declared one that was not allowed meets nothing here; who did, and may go on, said so.
    said = statement_of(actor.user_id, application.id)
    if said is None or waits(application.round, application.id, actor.user_id):
        return "interest"
    return "scores" if application.id in open_files(actor.user_id, application.round_id) else ""


def confirmations(application_ids: set[int]) -> dict[int, MeritConfirmation]:
    """The newest confirmation of each application's merit by somebody who may (still) know of it."""
    query = (
        select(MeritConfirmation)
        .where(MeritConfirmation.application_id.in_(list(application_ids)))
        .order_by(MeritConfirmation.id)
    )
    newest: dict[int, MeritConfirmation] = {}
    barred: dict[int, set[int]] = {}
    for one in db.session.scalars(query):
        if one.confirmed_by not in barred:
            barred[one.confirmed_by] = barred_applications(one.confirmed_by)
        if one.application_id not in barred[one.confirmed_by]:
            newest[one.application_id] = one
    return newest
