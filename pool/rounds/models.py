"""Tables: schemes, rounds, their budget, and the rules as published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Cents, Model, Moment, enum_type, immutable
from pool.core.errors import CONSTRAINTS

from .states import Instrument, RoundState

CONSTRAINTS["ck_budget_within_ceiling"] = (
    "over_ceiling",
    "Dit past niet binnen het plafond van deze ronde.",
    "amount",
)


class Scheme(Model):
    __tablename__ = "scheme"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    purpose: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    """First part of the reference of an application, e.g. VDND."""
    rounds: Mapped[list[Round]] = relationship(back_populates="scheme", order_by="Round.id")


class Round(Model):
    """One application period of a scheme.

    rules: the draft of the rules while the round is a draft (see `inputs.RoundRules`); after publishing the
    published rule set counts and this copy no longer changes. invented: what is made up in this round, in
    Dutch, shown on every page and export; empty for a real round.
    """

    __tablename__ = "round"
    __table_args__ = (CheckConstraint("closes_at > opens_at", "closes_after_opening"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    year: Mapped[int]
    state: Mapped[RoundState] = mapped_column(enum_type(RoundState), default=RoundState.DRAFT)
    instrument: Mapped[Instrument] = mapped_column(enum_type(Instrument))
    legal_basis: Mapped[str]
    publication_reference: Mapped[str] = mapped_column(default="")
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    published_at: Mapped[Moment | None]
    rules: Mapped[dict[str, Any]]
    invented: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    scheme: Mapped[Scheme] = relationship(back_populates="rounds")
    budget: Mapped[Budget] = relationship(back_populates="round")
    rule_sets: Mapped[list[RuleSet]] = relationship(back_populates="round", order_by="RuleSet.number")
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"round:{self.id}"


class Budget(Model):
    """The money of a round, in cents. The CHECK and the guarded UPDATE in `service` keep the ceiling."""

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("ceiling >= 0 AND committed >= 0", "not_negative"),
        CheckConstraint("committed <= ceiling", "within_ceiling"),
    )
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True)
    ceiling: Mapped[Cents]
    committed: Mapped[Cents] = mapped_column(default=0)
    round: Mapped[Round] = relationship(back_populates="budget")


@immutable
class CeilingDecision(Model):
    """A dated, reasoned decision that sets or changes the ceiling."""

    __tablename__ = "ceiling_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    previous: Mapped[Cents]
    ceiling: Mapped[Cents]
    reason: Mapped[str]
    decided_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


@immutable
class RuleSet(Model):
    """The rules as published. sha256: of the canonical JSON of body."""

    __tablename__ = "rule_set"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    published_at: Mapped[Moment]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    round: Mapped[Round] = relationship(back_populates="rule_sets")
