"""Interests: who may not know what."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from pool.applications.inputs import Content
from pool.applications.models import Application, ApplicationVersion
from pool.core.access import Actor
from pool.core.db import db
from pool.people.models import Organisation, User
from pool.regions.models import Municipality

from ..models import InterestStatement
from ..rules import COMMITTEE
from ..states import InterestAnswer


def barred_applications(user_id: int) -> set[int]:
    """Applications this person may not know anything of: an interest was declared and not taken back, or the
    person works for the applicant."""
    said = (
        select(InterestStatement.application_id, InterestStatement.answer)
        .where(InterestStatement.user_id == user_id)
        .order_by(InterestStatement.id)
    )
    newest = dict(iter(db.session.execute(said)))
    own = (
        select(Application.id)
        .join(User, User.organisation_id == Application.organisation_id)
        .where(User.id == user_id)
        .order_by(Application.id)
    )
    return {key for key, answer in newest.items() if answer == InterestAnswer.DECLARED} | set(
        db.session.scalars(own)
    )


def hidden_from(actor: Actor) -> set[int]:
    """What members of the committee may not see of the committee's work; nothing is hidden from others."""
    if actor.user_id is None or not actor.has(*COMMITTEE):
        return set()
    return barred_applications(actor.user_id)


def hides_some(actor: Actor, round_id: int) -> bool:
    """Whether an application of this round is hidden from the actor."""
    hidden = hidden_from(actor)
    if not hidden:
        return False
    query = select(Application.id).where(Application.round_id == round_id, Application.id.in_(hidden))
    return db.session.scalar(query.order_by(Application.id).limit(1)) is not None


def statement_of(user_id: int, application_id: int) -> InterestStatement | None:
    """The newest statement of somebody about an application."""
    query = (
        select(InterestStatement)
        .where(InterestStatement.user_id == user_id, InterestStatement.application_id == application_id)
        .order_by(InterestStatement.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


@dataclass(frozen=True)
class Interest:
    """The newest statement of a member about an application, with who and what it is about."""

    statement: InterestStatement
    user: User
    application: Application


def statements_of_round(round_id: int, hidden: Collection[int] = ()) -> list[Interest]:
    """The newest statement of everyone about every application of a round, oldest first."""
    query = (
        select(InterestStatement, User, Application)
        .join(User, User.id == InterestStatement.user_id)
        .join(Application, Application.id == InterestStatement.application_id)
        .where(Application.round_id == round_id, Application.id.not_in(list(hidden)))
        .options(contains_eager(Application.organisation))
        .join(Application.organisation)
        .order_by(InterestStatement.id)
    )
    newest = {
        (s.user_id, s.application_id): Interest(s, u, a) for s, u, a in db.session.execute(query).unique()
    }
    return sorted(newest.values(), key=lambda one: one.statement.id)


def barred_pairs(round_id: int) -> set[tuple[int, int]]:
    """(application, member) where the newest statement is an interest."""
    said = (
        select(InterestStatement.application_id, InterestStatement.user_id, InterestStatement.answer)
        .join(Application, Application.id == InterestStatement.application_id)
        .where(Application.round_id == round_id)
        .order_by(InterestStatement.id)
    )
    newest = {(application, user): answer for application, user, answer in db.session.execute(said)}
    return {pair for pair, answer in newest.items() if answer == InterestAnswer.DECLARED}


def own_regions(user_ids: Iterable[int]) -> dict[int, int]:
    """Person to the region of the municipality that he or she works for."""
    query = (
        select(User.id, Municipality.region_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .where(User.id.in_(list(user_ids)))
        .order_by(User.id)
    )
    return dict(iter(db.session.execute(query)))


def partner_names(application_ids: Iterable[int]) -> dict[int, set[str]]:
    """Application to the names of the partners in its newest version, case-folded."""
    query = (
        select(ApplicationVersion)
        .where(ApplicationVersion.application_id.in_(list(application_ids)))
        .order_by(ApplicationVersion.application_id, ApplicationVersion.number)
    )
    newest = {version.application_id: version for version in db.session.scalars(query)}
    return {
        ident: {partner.name.casefold() for partner in Content.from_json(version.content).reach.partners}
        for ident, version in newest.items()
    }
