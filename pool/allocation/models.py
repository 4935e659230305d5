"""Tables: scenarios with their frozen problem, and what came out of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Model, Moment, enum_type, immutable
from pool.core.errors import CONSTRAINTS

from .states import AllocationRule, ScenarioState, StudyKind

CONSTRAINTS["uq_scenario_round_id_name"] = CONSTRAINTS["scenario.round_id, scenario.name"] = (
    "name_taken",
    "Er is in deze ronde al een scenario met deze naam.",
    "name",
)


class Scenario(Model):
    """A named run of the allocation on a round. Its problem is frozen when it is made; only the state moves.

    attempt: how often the calculation was started. failure: why it failed, in Dutch. chosen_at: when the
    committee took it as the base of its advice.
    """

    __tablename__ = "scenario"
    __table_args__ = (
        UniqueConstraint("round_id", "name"),
        CheckConstraint("state <> 'failed' OR failure <> ''", "failed_has_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    name: Mapped[str]
    state: Mapped[ScenarioState] = mapped_column(enum_type(ScenarioState), default=ScenarioState.QUEUED)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("allocation_snapshot.id"))
    rule: Mapped[AllocationRule] = mapped_column(enum_type(AllocationRule))
    attempt: Mapped[int] = mapped_column(default=1)
    failure: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Moment]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_by_name: Mapped[str] = mapped_column(default="")
    chosen_at: Mapped[Moment | None]
    snapshot: Mapped[AllocationSnapshot] = relationship()
    allocation: Mapped[Allocation | None] = relationship(back_populates="scenario")

    @property
    def audit_chain(self) -> str:
        return f"round:{self.round_id}"

    @property
    def job_key(self) -> str:
        """The job that calculates it."""
        return f"allocation:{self.id}:{self.attempt}"

    @property
    def is_published_rule(self) -> bool:
        """Whether it follows the published rules, with nothing changed."""
        return self.rule == AllocationRule.OPTIMAL and not self.snapshot.changed


@immutable
class AllocationSnapshot(Model):
    """The frozen problem of a scenario, in the published file format, and where it was made from.

    names: the id of an application in the file -> its key here. changes: see `inputs.Changes`. sha256: of the
    problem's canonical JSON.
    """

    __tablename__ = "allocation_snapshot"
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    adoption_id: Mapped[int] = mapped_column(ForeignKey("merit_adoption.id"))
    rule_set_id: Mapped[int] = mapped_column(ForeignKey("rule_set.id"))
    problem: Mapped[dict[str, Any]]
    names: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any]]
    changed: Mapped[bool] = mapped_column(default=False)
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
    """Something worked out beside an allocation: explanations, the frontier, the plain rankings. JSON text."""

    __tablename__ = "allocation_study"
    __table_args__ = (UniqueConstraint("scenario_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    kind: Mapped[StudyKind] = mapped_column(enum_type(StudyKind))
    document: Mapped[str]
    completed_at: Mapped[Moment]
