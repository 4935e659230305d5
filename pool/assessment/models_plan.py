"""Table: a plan of who reads what, before anybody but the programme team knows of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Model, Moment, enum_type, frozen_when
from pool.rounds.models import Round

from .states import PlanState


@frozen_when("OLD.state <> 'draft'")
class AssignmentPlan(Model):
    """One plan of a round; at most one is being worked on. Once final or thrown away it never changes.

    body: see `plan.Pairs`; what is in it comes on top of the assignments that run already. maximum: applications
    per assessor, None for an even load with some room. sha256: of the body, when it was made final.
    """

    __tablename__ = "assignment_plan"
    __table_args__ = (
        Index(
            "uq_assignment_plan_draft",
            "round_id",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        CheckConstraint("maximum > 0", "maximum_positive"),
        CheckConstraint("state <> 'final' OR (final_at IS NOT NULL AND sha256 <> '')", "final_is_fixed"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    state: Mapped[PlanState] = mapped_column(enum_type(PlanState), default=PlanState.DRAFT)
    maximum: Mapped[int | None]
    own_region: Mapped[bool] = mapped_column(default=False)
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(default="")
    made_at: Mapped[Moment]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[Moment]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    final_at: Mapped[Moment | None]
    final_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    round: Mapped[Round] = relationship()
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"round:{self.round_id}"
