"""Tables: the advice, decisions in preparation, decisions as taken, and letters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.applications.models import Application
from pool.core.db import Cents, Model, Moment, enum_type, immutable
from pool.core.errors import CONSTRAINTS

from .states import AdviceState, Outcome, ProposalState

CONSTRAINTS["ck_decision_decider_is_not_preparer"] = (
    "own_preparation",
    "U heeft dit besluit zelf voorbereid. Iemand anders moet het nemen.",
    None,
)
CONSTRAINTS["uq_decision_application_id"] = CONSTRAINTS["decision.application_id, decision.number"] = (
    "decided",
    "Over deze aanvraag is al besloten.",
    None,
)


class Advice(Model):
    """The committee's proposal to the decider for one round, based on one scenario."""

    __tablename__ = "advice"
    __table_args__ = (CheckConstraint("state = 'draft' OR given_at IS NOT NULL", "given_has_moment"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), unique=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    state: Mapped[AdviceState] = mapped_column(enum_type(AdviceState), default=AdviceState.DRAFT)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[Moment | None]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lines: Mapped[list[AdviceLine]] = relationship(
        order_by="AdviceLine.application_id", cascade="all, delete-orphan"
    )

    @property
    def audit_chain(self) -> str:
        return f"round:{self.round_id}"


class AdviceLine(Model):
    """What the committee advises for one application. computed: what the scenario gave; both in cents."""

    __tablename__ = "advice_line"
    __table_args__ = (
        UniqueConstraint("advice_id", "application_id"),
        CheckConstraint("amount = computed OR reason <> ''", "deviation_has_reason"),
        CheckConstraint("amount >= 0", "amount_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    computed: Mapped[Cents]
    amount: Mapped[Cents]
    reason: Mapped[str] = mapped_column(default="")
    application: Mapped[Application] = relationship()


class Proposal(Model):
    """A decision in preparation by the programme team; becomes a Decision when the decider takes it."""

    __tablename__ = "proposal"
    __table_args__ = (CheckConstraint("amount >= 0", "amount_not_negative"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    state: Mapped[ProposalState] = mapped_column(enum_type(ProposalState), default=ProposalState.PREPARED)
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    amount: Mapped[Cents]
    reason: Mapped[str]
    prepared_at: Mapped[Moment]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    application: Mapped[Application] = relationship()
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"


@immutable
class Decision(Model):
    """A decision as taken. A later one about the same application is a new row that names the old one."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("application_id", "number"),
        CheckConstraint("decided_by <> prepared_by", "decider_is_not_preparer"),
        CheckConstraint("(outcome = 'refused') = (amount = 0)", "refusal_has_no_amount"),
        CheckConstraint("amount >= 0", "amount_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    amount: Mapped[Cents]
    reason: Mapped[str]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[Moment]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[Moment]
    application: Mapped[Application] = relationship()
    letter: Mapped[Letter | None] = relationship(back_populates="decision")


@immutable
class Letter(Model):
    """The decision as sent. facts: everything the text was made from; pdf: the bytes; sha256: of the bytes."""

    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    facts: Mapped[dict[str, Any]]
    pdf: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str]
    made_at: Mapped[Moment]
    decision: Mapped[Decision] = relationship(back_populates="letter")
