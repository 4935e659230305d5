"""Tables of what is done together: what partners are asked to confirm, and who signs before submitting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Model, Moment, enum_type, frozen_when
from pool.core.errors import CONSTRAINTS
from pool.people.models import Organisation
from pool.regions.models import Region

from .models import Application
from .states import PartnerAnswer, SignOffState

CONSTRAINTS["ix_partner_request_open"] = CONSTRAINTS["partner_request.partner"] = (
    "asked",
    "Deze partner is al gevraagd.",
    None,
)


@frozen_when("OLD.state <> 'asked'")
class PartnerRequest(Model):
    """A request to one partner to confirm what an application says about it; an answer never changes.

    partner: the key by which the text names it (see `queries_partners.Named`). Asked is one of: an organisation
    or a region that can sign in, or an e-mail address. token_hash: SHA-256 of the secret in the link of an
    invitation; a new link makes the one before it worthless. text and sha256: exactly what was answered about.
    """

    __tablename__ = "partner_request"
    __table_args__ = (
        CheckConstraint(
            "(organisation_id IS NOT NULL AND region_id IS NULL AND email = '') OR "
            "(organisation_id IS NULL AND region_id IS NOT NULL AND email = '') OR "
            "(organisation_id IS NULL AND region_id IS NULL AND email <> '')",
            "asks_one",
        ),
        CheckConstraint(
            "email = '' OR (token_hash IS NOT NULL AND expires_at IS NOT NULL)", "invitation_has_link"
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'declined') OR "
            "(answered_at IS NOT NULL AND answered_by_name <> '' AND sha256 IS NOT NULL)",
            "answer_is_whole",
        ),
        CheckConstraint("state <> 'declined' OR note <> ''", "declined_has_note"),
        Index(
            "ix_partner_request_open",
            "application_id",
            "partner",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    partner: Mapped[str]
    name: Mapped[str]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"), index=True)
    email: Mapped[str] = mapped_column(default="")
    state: Mapped[PartnerAnswer] = mapped_column(enum_type(PartnerAnswer), default=PartnerAnswer.ASKED)
    asked_at: Mapped[Moment]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[Moment]
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    expires_at: Mapped[Moment | None]
    text: Mapped[dict[str, Any] | None]
    sha256: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_by_name: Mapped[str] = mapped_column(default="")
    application: Mapped[Application] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    region: Mapped[Region | None] = relationship()

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"


@frozen_when("OLD.state <> 'asked'")
class SignOff(Model):
    """A request to a colleague with authority to sign a text, and with that to submit it.

    sha256: of the text for which it was asked; another text cannot be signed with it. Nobody signs what they
    asked for themselves. answer: why it was given back. version_id: what signing submitted.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint("answered_by IS NULL OR answered_by <> asked_by", "signed_by_another"),
        CheckConstraint(
            "state NOT IN ('signed', 'returned') OR (answered_at IS NOT NULL AND answered_by IS NOT NULL)",
            "answer_is_whole",
        ),
        CheckConstraint("state <> 'signed' OR version_id IS NOT NULL", "signed_has_version"),
        CheckConstraint("state <> 'returned' OR answer <> ''", "returned_has_reason"),
        Index(
            "ix_sign_off_open",
            "application_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    state: Mapped[SignOffState] = mapped_column(enum_type(SignOffState), default=SignOffState.ASKED)
    sha256: Mapped[str]
    note: Mapped[str]
    asked_at: Mapped[Moment]
    asked_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_by_name: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[Moment | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_by_name: Mapped[str] = mapped_column(default="")
    version_id: Mapped[int | None] = mapped_column(ForeignKey("application_version.id"))
    application: Mapped[Application] = relationship()

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"
