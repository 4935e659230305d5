"""Tables: schemes, rounds, their budget, and the rules as published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from pool.core.db import Cents, Model, Moment, enum_type, frozen_columns, frozen_when, immutable
from pool.core.errors import CONSTRAINTS

from .states import Instrument, RoundState

CONSTRAINTS["ck_budget_within_ceiling"] = (
    "over_ceiling",
    "Dit past niet binnen het plafond van deze ronde.",
    "amount",
)
for _name in ("uq_round_slug", "round.slug"):
    CONSTRAINTS[_name] = ("slug", "Er is al een ronde met dit webadres.", "slug")
for _name in ("uq_scheme_slug", "scheme.slug"):
    CONSTRAINTS[_name] = ("scheme", "Er is al een regeling met deze naam.", "name")
for _name in ("uq_scheme_prefix", "scheme.prefix"):
    CONSTRAINTS[_name] = ("prefix", "Er is al een regeling met dit begin van het kenmerk.", "prefix")

PUBLISHED_COLUMNS = (
    *("scheme_id", "slug", "title", "year", "instrument", "articles", "legal_basis", "publication_reference"),
    *(
        "publication_url",
        "publication_date",
        "budget_caveat",
        "opens_at",
        "published_at",
        "rules",
        "invented",
    ),
)
"""What publishing fixes. The closing moment can still be extended, so it may grow."""


class Scheme(Model):
    __tablename__ = "scheme"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    purpose: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    """First part of the reference of an application, e.g. VDND."""
    rounds: Mapped[list[Round]] = relationship(back_populates="scheme", order_by="Round.id")


@immutable
class RuleSet(Model):
    """The rules as published. body: the rules, see `inputs.RoundRules`; facts: the round itself as published.

    sha256: of the canonical JSON of `document`. An amendment is a new row that names the one it replaces, with
    its reason, and in reference where it was published.
    """

    __tablename__ = "rule_set"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    sha256: Mapped[str]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("rule_set.id"), unique=True)
    reference: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    published_at: Mapped[Moment]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    round: Mapped[Round] = relationship(back_populates="rule_sets")
    replaces: Mapped[RuleSet | None] = relationship(remote_side="RuleSet.id")

    @property
    def document(self) -> dict[str, Any]:
        """What is hashed and published: the round, its rules, and the hash of the set that this one replaces."""
        earlier = self.replaces.sha256 if self.replaces else ""
        return {
            "number": self.number,
            "replaces": earlier,
            "reason": self.reason,
            "round": self.facts,
            "rules": self.body,
        }


@frozen_columns("OLD.state <> 'draft'", PUBLISHED_COLUMNS, growing=("closes_at",))
class Round(Model):
    """One application period of a scheme.

    rules: the draft of the rules while the round is a draft (see `inputs.RoundRules`); after publishing the
    published rule set counts and this copy no longer changes, nor is it read along with the round. closes_at: as it holds now; an extension (see
    `Extension`) moves it. articles: which articles of the law apply, as text. invented: what is made up in this round, in
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
    publication_url: Mapped[str] = mapped_column(default="")
    publication_date: Mapped[dt.date | None]
    articles: Mapped[list[Any]] = mapped_column(default=list)
    budget_caveat: Mapped[bool] = mapped_column(default=False)
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    published_at: Mapped[Moment | None]
    rules: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    invented: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    scheme: Mapped[Scheme] = relationship(back_populates="rounds")
    budget: Mapped[Budget] = relationship(back_populates="round")
    rule_sets: Mapped[list[RuleSet]] = relationship(back_populates="round", order_by="RuleSet.number")
    rules_sha256: Mapped[str | None] = column_property(
        select(RuleSet.sha256)
        .where(RuleSet.round_id == id)
        .order_by(RuleSet.number.desc())
        .limit(1)
        .correlate_except(RuleSet)
        .scalar_subquery()
    )
    """The hash of the rules that hold, the newest that were published; None while the round is a draft."""
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
    """A dated, reasoned decision that sets or changes the ceiling.

    reference: where it was published. from_budget: a lowering that follows from the adoption of the budget.
    """

    __tablename__ = "ceiling_decision"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    previous: Mapped[Cents]
    ceiling: Mapped[Cents]
    reason: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    from_budget: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


@frozen_when("OLD.ended_at IS NOT NULL")
class Outage(Model):
    """A disturbance of the system, in the register. Once its end is known the row no longer changes."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR ended_at > started_at", "ends_after_start"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    what: Mapped[str]
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    @property
    def audit_chain(self) -> str:
        return "outages"


@immutable
class Extension(Model):
    """A dated, reasoned decision that moves the closing moment of a round to a later one."""

    __tablename__ = "extension"
    __table_args__ = (CheckConstraint("closes_at > previous", "later"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    previous: Mapped[Moment]
    closes_at: Mapped[Moment]
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outage.id"))
    reason: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    outage: Mapped[Outage | None] = relationship()
