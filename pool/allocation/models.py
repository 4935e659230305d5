"""Tables: scenarios with their frozen problem, and what came out of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Model, Moment, enum_type, immutable

from .states import AllocationRule, ScenarioState


class Scenario(Model):
    """A named run of the allocation on a round. Its problem is frozen when it is made; only the state moves."""

    __tablename__ = "scenario"
    __table_args__ = (UniqueConstraint("round_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    name: Mapped[str]
    state: Mapped[ScenarioState] = mapped_column(enum_type(ScenarioState), default=ScenarioState.QUEUED)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("allocation_snapshot.id"))
    rule: Mapped[AllocationRule] = mapped_column(enum_type(AllocationRule))
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    snapshot: Mapped[AllocationSnapshot] = relationship()
    allocation: Mapped[Allocation | None] = relationship(back_populates="scenario")

    @property
    def audit_chain(self) -> str:
        return f"round:{self.round_id}"


@immutable
class AllocationSnapshot(Model):
    """The frozen problem of a scenario, in the published file format, and the merits it was made from."""

    __tablename__ = "allocation_snapshot"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    adoption_id: Mapped[int] = mapped_column(ForeignKey("merit_adoption.id"))
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"))
    problem: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(index=True)
    taken_at: Mapped[Moment]


@immutable
class Allocation(Model):
    """The outcome of a scenario in the published file format. document: canonical JSON text, byte for byte."""

    __tablename__ = "allocation"
    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"), unique=True)
    document: Mapped[str]
    sha256: Mapped[str]
    completed_at: Mapped[Moment]
    scenario: Mapped[Scenario] = relationship(back_populates="allocation")


@immutable
class AllocationStudy(Model):
    """Something computed beside an allocation: explanations, the frontier, the plain ranking. JSON text."""

    __tablename__ = "allocation_study"
    __table_args__ = (UniqueConstraint("scenario_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    kind: Mapped[str]
    document: Mapped[str]
    completed_at: Mapped[Moment]
