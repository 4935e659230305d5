"""Reads about people, used by more than one slice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from pool.core.access import Actor, Role
from pool.core.db import db

from .models import Expertise, FormerEmployer, Organisation, RoleGrant, Signatory, User
from .states import OrganisationKind


def visible_to(actor: Actor) -> Select[User]:
    """Accounts this actor may see: all for an admin, the own one for everybody else."""
    query = (
        select(User)
        .options(joinedload(User.organisation), selectinload(User.grants).joinedload(RoleGrant.region))
        .order_by(User.name, User.id)
    )
    return query if actor.has(Role.ADMIN) else query.where(User.id == (actor.user_id or 0))


def by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def with_role(role: Role) -> list[User]:
    """Active people who have this role now, by name."""
    query = (
        select(User)
        .join(RoleGrant)
        .where(RoleGrant.role == role, RoleGrant.ended_at.is_(None), User.is_active)
        .options(joinedload(User.organisation))
        .order_by(User.name, User.id)
        .distinct()
    )
    return list(db.session.scalars(query))


def of_organisation(organisation_id: int) -> list[User]:
    """Active people who work for an organisation, by name."""
    query = (
        select(User)
        .where(User.organisation_id == organisation_id, User.is_active)
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(query))


def applicants_of(organisation_id: int) -> list[User]:
    """Active people who write for an organisation and sit in no committee, by name."""
    holds = select(RoleGrant.user_id).where(RoleGrant.ended_at.is_(None))
    query = (
        select(User)
        .where(
            User.organisation_id == organisation_id,
            User.is_active,
            User.id.in_(holds.where(RoleGrant.role == Role.APPLICANT)),
            User.id.not_in(holds.where(RoleGrant.role.in_((Role.ASSESSOR, Role.CHAIR)))),
        )
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(query))


def signatories(organisation_id: int) -> list[Signatory]:
    """Who may sign for an organisation, by name, also who cannot sign in any more."""
    query = (
        select(Signatory)
        .join(User, User.id == Signatory.user_id)
        .where(Signatory.organisation_id == organisation_id, Signatory.ended_at.is_(None))
        .options(joinedload(Signatory.user, innerjoin=True))
        .order_by(User.name, User.id)
    )
    return list(db.session.scalars(query))


def signs_off(organisation_id: int) -> bool:
    """Whether somebody with authority must sign before this organisation submits.

    Also when nobody who was named can sign in now: losing an account must not let one person submit alone.
    """
    query = select(Signatory.id).where(
        Signatory.organisation_id == organisation_id, Signatory.ended_at.is_(None)
    )
    return db.session.scalar(query.limit(1)) is not None


def is_signatory(user_id: int | None, organisation_id: int) -> ColumnElement[bool]:
    """The condition that somebody was named to sign for an organisation."""
    return exists().where(
        Signatory.organisation_id == organisation_id,
        Signatory.user_id == user_id,
        Signatory.ended_at.is_(None),
    )


def signers(organisation_id: int) -> list[User]:
    """Those who may sign for an organisation and can do so now: active, and still writing for it."""
    named = {row.user_id for row in signatories(organisation_id)}
    return [user for user in applicants_of(organisation_id) if user.id in named]


def municipalities() -> list[tuple[Organisation, int]]:
    """Every municipality that is in the system, with how many people may sign for it, by name."""
    number = (
        select(func.count())
        .where(Signatory.organisation_id == Organisation.id, Signatory.ended_at.is_(None))
        .scalar_subquery()
    )
    query = (
        select(Organisation, number)
        .where(Organisation.kind == OrganisationKind.MUNICIPALITY)
        .order_by(Organisation.name)
    )
    return [(organisation, count) for organisation, count in db.session.execute(query)]


def leads_of(region_ids: set[int]) -> list[User]:
    """Regional leads of these regions, by name."""
    query = (
        select(User)
        .join(RoleGrant)
        .where(
            RoleGrant.role == Role.REGIONAL_LEAD,
            RoleGrant.ended_at.is_(None),
            RoleGrant.region_id.in_(region_ids),
            User.is_active,
        )
        .order_by(User.name, User.id)
        .distinct()
    )
    return list(db.session.scalars(query))


def former_employers(user_ids: Iterable[int]) -> dict[int, list[FormerEmployer]]:
    """Person to former employers, the last one first; without what was struck out."""
    query = (
        select(FormerEmployer)
        .where(FormerEmployer.user_id.in_(list(user_ids)), FormerEmployer.dropped_at.is_(None))
        .order_by(FormerEmployer.until.desc(), FormerEmployer.id)
    )
    found: dict[int, list[FormerEmployer]] = defaultdict(list)
    for one in db.session.scalars(query):
        found[one.user_id].append(one)
    return found


def expertise(user_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Person to the themes that he or she knows well."""
    query = (
        select(Expertise.user_id, Expertise.theme_id)
        .where(Expertise.user_id.in_(list(user_ids)))
        .order_by(Expertise.user_id, Expertise.theme_id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, theme_id in db.session.execute(query):
        found[user_id].add(theme_id)
    return {user_id: frozenset(themes) for user_id, themes in found.items()}


def municipality_organisation(municipality_id: int) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.municipality_id == municipality_id))


def demo_accounts() -> int:
    """How many accounts were made for a demonstration."""
    return db.session.scalar(select(func.count()).select_from(User).where(User.is_demo)) or 0
