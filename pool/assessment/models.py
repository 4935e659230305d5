"""Tables: interests, assignments, assessments with their scores, and the merits the committee adopted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.applications.models import Application, ApplicationVersion
from pool.core.db import Model, Moment, Thousandths, enum_type, frozen_when, immutable
from pool.people.models import User

from .models_coding import AgreedMark, Coding
from .models_figures import OwnPlace, Study
from .models_plan import AssignmentPlan
from .models_reminders import ScoringDeadline
from .states import Abstention, AssessmentState, InterestAnswer, Measure

__all__ = [
    "AgreedMark",
    "Assessment",
    "Assignment",
    "AssignmentPlan",
    "Coding",
    "GivenBack",
    "InterestMeasure",
    "InterestStatement",
    "Merit",
    "MeritAdoption",
    "OwnPlace",
    "PanelOutcome",
    "Score",
    "ScoringDeadline",
    "Study",
]


@immutable
class InterestStatement(Model):
    """What an assessor said about an interest in an application. The newest statement counts."""

    __tablename__ = "interest_statement"
    __table_args__ = (Index("ix_interest_statement_who", "user_id", "application_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    answer: Mapped[InterestAnswer] = mapped_column(enum_type(InterestAnswer))
    reason: Mapped[str] = mapped_column(default="")
    stated_at: Mapped[Moment]
    stated_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


@immutable
class InterestMeasure(Model):
    """What the chair decided about an interest of a member in an application. The newest counts.

    statement_id: the newest statement at that moment; an interest declared later is not covered by it.
    """

    __tablename__ = "interest_measure"
    __table_args__ = (
        Index("ix_interest_measure_who", "user_id", "application_id"),
        CheckConstraint("reason <> ''", "has_reason"),
        CheckConstraint("decided_by <> user_id", "not_about_oneself"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("interest_statement.id"))
    measure: Mapped[Measure] = mapped_column(enum_type(Measure))
    reason: Mapped[str]
    decided_at: Mapped[Moment]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


class Assignment(Model):
    """Which assessor scores which application. One that ended, with its reason, counts nowhere any more."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("application_id", "user_id"),
        CheckConstraint("ended_at IS NULL OR ended_reason <> ''", "ended_has_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    assigned_at: Mapped[Moment]
    assigned_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[Moment | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    application: Mapped[Application] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    assessment: Mapped[Assessment | None] = relationship(back_populates="assignment")


@immutable
class GivenBack(Model):
    """An application that an assessor gave back; the automatic assignment does not ask again."""

    __tablename__ = "given_back"
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    why: Mapped[Abstention] = mapped_column(enum_type(Abstention))
    note: Mapped[str] = mapped_column(default="")
    given_back_at: Mapped[Moment]


@frozen_when("OLD.state = 'locked'")
class Assessment(Model):
    """One assessor's work on one application, judged on one submitted version.

    quarantined: an interest was declared after scoring; the scores stay in the trail and count nowhere.
    """

    __tablename__ = "assessment"
    __table_args__ = (CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", "submitted_has_moment"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("application_version.id"))
    state: Mapped[AssessmentState] = mapped_column(enum_type(AssessmentState), default=AssessmentState.DRAFT)
    quarantined: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[Moment]
    saved_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(default=1)
    assignment: Mapped[Assignment] = relationship(back_populates="assessment")
    judged: Mapped[ApplicationVersion] = relationship()
    scores: Mapped[list[Score]] = relationship(order_by="Score.id", cascade="all, delete-orphan")
    codings: Mapped[list[Coding]] = relationship(order_by=Coding.id, cascade="all, delete-orphan")
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"application:{self.assignment.application_id}"


@frozen_when("OLD.locked")
class Score(Model):
    """A level with a reason for one criterion of the published rules. Locked with its assessment, for good."""

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("assessment_id", "criterion"),
        CheckConstraint("level between 1 and 9", "level_in_scale"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    criterion: Mapped[str]
    level: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    locked: Mapped[bool] = mapped_column(default=False)


class PanelOutcome(Model):
    """What the committee agreed about one application, beside the mean of the scores before the meeting."""

    __tablename__ = "panel_outcome"
    __table_args__ = (CheckConstraint("agreed between 0 and 100000", "agreed_in_scale"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    before: Mapped[Thousandths]
    agreed: Mapped[Thousandths]
    reason: Mapped[str]
    recorded_at: Mapped[Moment]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


@immutable
class MeritAdoption(Model):
    """The merits of a round, adopted by the committee and frozen before any spread is applied.

    body: {application id: merit in thousandths} with what they were made from; sha256 of its canonical JSON.
    """

    __tablename__ = "merit_adoption"
    __table_args__ = (UniqueConstraint("round_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    body: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    adopted_at: Mapped[Moment]
    adopted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    merits: Mapped[list[Merit]] = relationship(order_by="Merit.id")


@immutable
class Merit(Model):
    """The committee's agreed quality of one application, thousandths of a point, 0 … 100 000."""

    __tablename__ = "merit"
    __table_args__ = (
        UniqueConstraint("adoption_id", "application_id"),
        CheckConstraint("merit between 0 and 100000", "merit_in_scale"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    adoption_id: Mapped[int] = mapped_column(ForeignKey("merit_adoption.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    merit: Mapped[Thousandths]
    application: Mapped[Application] = relationship()
