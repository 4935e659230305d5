"""Tables: people, the organisations they work for, what they may do, and their sessions."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.access import Role
from pool.core.db import Model, Moment, enum_type
from pool.core.errors import CONSTRAINTS
from pool.regions.models import Municipality, Region

from .states import OrganisationKind

CONSTRAINTS["uq_user_account_email"] = CONSTRAINTS["user_account.email"] = (
    "email_taken",
    "Er is al iemand met dit e-mailadres.",
    "email",
)


class Organisation(Model):
    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "kind <> 'municipality' OR municipality_id IS NOT NULL", "municipality_has_its_municipality"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    name: Mapped[str] = mapped_column(unique=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), unique=True)
    municipality: Mapped[Municipality | None] = relationship()

    @property
    def audit_chain(self) -> str:
        return f"organisation:{self.id}"


class User(Model):
    """Somebody who can sign in. is_demo: made for a demonstration; production refuses to start with these."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    created_at: Mapped[Moment]
    organisation: Mapped[Organisation | None] = relationship()
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="user", order_by="RoleGrant.id")

    @property
    def audit_chain(self) -> str:
        return f"user:{self.id}"


class RoleGrant(Model):
    """A role that somebody has, since a moment and perhaps until one. A regional lead's grant names the region."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role <> 'regional_lead' OR region_id IS NOT NULL", "regional_lead_has_region"),
        Index("ix_role_grant_user", "user_id", "ended_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(back_populates="grants")
    region: Mapped[Region | None] = relationship()


class Signatory(Model):
    """Somebody with authority to sign the applications of a municipality, until ended_at.

    As long as a municipality has one, submitting takes two people: one asks, another signs.
    """

    __tablename__ = "signatory"
    __table_args__ = (
        Index(
            "ix_signatory_open",
            "organisation_id",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    named_at: Mapped[Moment]
    named_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[Moment | None]
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class FormerEmployer(Model):
    """Where somebody worked before, told by the person or by an administrator; interests are derived from it.

    employer: as it calls itself, for it need not have an account here. until: the last day. dropped_at: struck
    out, because it was a mistake; the row stays for the trail.
    """

    __tablename__ = "former_employer"
    __table_args__ = (CheckConstraint("employer <> ''", "has_employer"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    employer: Mapped[str]
    until: Mapped[dt.date]
    noted_at: Mapped[Moment]
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    dropped_at: Mapped[Moment | None]


class Expertise(Model):
    """A theme that somebody knows well, told by the person or by an administrator."""

    __tablename__ = "expertise"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True)


class UserSession(Model):
    """A signed-in browser. token_hash: SHA-256 of the secret in the cookie, so a copy of the table opens nothing."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    user: Mapped[User] = relationship()


class SignInAttempt(Model):
    """Failed attempts per account and address: they slow the next one down, and never lock anybody out."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (UniqueConstraint("account", "address"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    address: Mapped[str]
    failures: Mapped[int]
    last_at: Mapped[Moment]
