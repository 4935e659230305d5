"""Reads about people, used by more than one slice."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from pool.core.access import Actor, Role
from pool.core.db import db

from .models import Organisation, RoleGrant, User


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


def municipality_organisation(municipality_id: int) -> Organisation | None:
    return db.session.scalar(select(Organisation).where(Organisation.municipality_id == municipality_id))


def demo_accounts() -> int:
    """How many accounts were made for a demonstration."""
    return db.session.scalar(select(func.count()).select_from(User).where(User.is_demo)) or 0
