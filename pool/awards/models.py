"""Tables: the advice, decisions in preparation, decisions as taken, and letters."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.allocation.models import Scenario
from pool.applications.models import Application
from pool.core.db import Cents, Model, Moment, enum_type, frozen_when, immutable
from pool.core.errors import CONSTRAINTS
from pool.rounds.models import Round

from .states import AdviceState, Ground, Outcome, ProposalState

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
CONSTRAINTS["uq_advice_round_id"] = CONSTRAINTS["advice.round_id, advice.number"] = (
    "advice",
    "Iemand anders is net met het advies van deze ronde begonnen.",
    None,
)

GROUND_WHEN_NEEDED = "(outcome = 'awarded') = (ground IS NULL)"
"""What is refused, wholly or in part, names its ground."""


class Advice(Model):
    """The committee's proposal to the decider for one round, based on one scenario.

    A round has one advice that counts: the newest that was not withdrawn. What was given stays as it was; to
    revise it, it is withdrawn with a reason and a new one begins. sha256: of what was given (see `service`).
    """

    __tablename__ = "advice"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("state <> 'given' OR (given_at IS NOT NULL AND sha256 <> '')", "given_has_moment"),
        CheckConstraint("state <> 'withdrawn' OR withdrawn_reason <> ''", "withdrawn_has_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int] = mapped_column(default=1)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    state: Mapped[AdviceState] = mapped_column(enum_type(AdviceState), default=AdviceState.DRAFT)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[Moment | None]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    given_by_name: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    withdrawn_at: Mapped[Moment | None]
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    round: Mapped[Round] = relationship()
    scenario: Mapped[Scenario] = relationship()
    lines: Mapped[list[AdviceLine]] = relationship(
        back_populates="advice", order_by="AdviceLine.application_id", cascade="all, delete-orphan"
    )

    @property
    def audit_chain(self) -> str:
        return f"round:{self.round_id}"

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


@frozen_when("OLD.fixed")
class AdviceLine(Model):
    """What the committee advises for one application. computed: what the scenario gave; both in cents.

    fixed: the advice was given; the line never changes again.
    """

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
    fixed: Mapped[bool] = mapped_column(default=False)
    advice: Mapped[Advice] = relationship(back_populates="lines")
    application: Mapped[Application] = relationship()

    @property
    def deviates(self) -> bool:
        return self.amount != self.computed


@frozen_when("OLD.state = 'decided'")
class Proposal(Model):
    """A decision in preparation by the programme team; becomes a Decision when the decider takes it.

    prepared_by: who wrote it last. preparers: keys of everybody who wrote in it; none of them may decide.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("amount >= 0", "amount_not_negative"),
        CheckConstraint(GROUND_WHEN_NEEDED, "ground_when_needed"),
        CheckConstraint("reason <> ''", "has_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    advice_id: Mapped[int] = mapped_column(ForeignKey("advice.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(enum_type(ProposalState), default=ProposalState.PREPARED)
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    amount: Mapped[Cents]
    ground: Mapped[Ground | None] = mapped_column(enum_type(Ground))
    reason: Mapped[str]
    prepared_at: Mapped[Moment]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    prepared_by_name: Mapped[str]
    preparers: Mapped[list[Any]]
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
        CheckConstraint(GROUND_WHEN_NEEDED, "ground_when_needed"),
        CheckConstraint("reason <> ''", "has_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    amount: Mapped[Cents]
    ground: Mapped[Ground | None] = mapped_column(enum_type(Ground))
    reason: Mapped[str]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[Moment]
    decided_by: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_by_name: Mapped[str]
    decided_at: Mapped[Moment]
    application: Mapped[Application] = relationship()
    letter: Mapped[Letter | None] = relationship(back_populates="decision")

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"


@immutable
class Letter(Model):
    """The decision as sent. facts: everything the text was made from; pdf: the bytes; sha256: of the bytes."""

    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), unique=True)
    facts: Mapped[dict[str, Any]]
    # Lists of decisions look whether there is a letter; only a download needs its bytes.
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    made_at: Mapped[Moment]
    decision: Mapped[Decision] = relationship(back_populates="letter")
