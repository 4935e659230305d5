"""What a dossier is made from, and which dossiers somebody may have."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from pool.applications.models import Application, ApplicationVersion
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.people.models import Organisation, User
from pool.rounds.models import Round

from ..models import Assessment, Assignment, InterestStatement
from ..rules import ASSESSED_STATES
from ..rules_meeting import dossier_rounds
from .leading import deputised, must_still
from .meeting import unseen


def dossier_files(actor: Actor, round_: Round) -> list[Application]:
    """Applications of a round whose dossier the actor may have: all that were submitted, also what was withdrawn or
    refused; a deputy those he or she leads; nothing that is hidden from the actor."""
    if round_.state not in dossier_rounds(actor):
        return []
    query = (
        select(Application)
        .join(Application.organisation)
        .where(
            Application.round_id == round_.id,
            Application.id.in_(select(ApplicationVersion.application_id)),
            Application.id.not_in(list(unseen(actor, round_.id))),
        )
        .options(contains_eager(Application.organisation))
        .order_by(Organisation.name, Application.id)
    )
    if not actor.has(Role.CHAIR, Role.PROGRAMME, Role.AUDITOR):
        query = query.where(Application.id.in_(list(deputised(actor, round_.id))))
    return list(db.session.scalars(query).unique())


def dossier_file(actor: Actor, application_id: int) -> Application:
    """One of those, by its key; Missing otherwise."""
    found = db.session.get(Application, application_id)
    if found is None or found.round.state not in ASSESSED_STATES:
        raise Missing
    if found.id not in {one.id for one in dossier_files(actor, found.round)}:
        raise Missing
    staff = actor.has(Role.CHAIR, Role.PROGRAMME, Role.AUDITOR)
    if not staff and must_still(actor, found):
        raise Missing
    return found


def assignments_of(application_id: int) -> list[Assignment]:
    """Every assignment of an application, also those that ended, in order."""
    query = (
        select(Assignment)
        .where(Assignment.application_id == application_id)
        .options(
            joinedload(Assignment.user),
            selectinload(Assignment.assessment).options(
                selectinload(Assessment.scores),
                selectinload(Assessment.codings),
                joinedload(Assessment.judged),
            ),
        )
        .order_by(Assignment.id)
    )
    return list(db.session.scalars(query))


def statements_about(application_id: int) -> list[InterestStatement]:
    """Everything that was said about an interest in an application, in order."""
    query = (
        select(InterestStatement)
        .where(InterestStatement.application_id == application_id)
        .order_by(InterestStatement.id)
    )
    return list(db.session.scalars(query))


def users(ids: Iterable[int]) -> list[User]:
    """People by key, by name."""
    query = select(User).where(User.id.in_(list(ids))).order_by(User.name, User.id)
    return list(db.session.scalars(query))
