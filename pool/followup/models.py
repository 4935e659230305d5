"""Tables: funded projects, their progress reports, and the regional lead's view on each report."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.applications.models import Application
from pool.awards.models import Decision
from pool.core.db import Model, Moment, enum_type
from pool.regions.models import Region

from .states import ProjectState, ReportState, Standing


class Project(Model):
    """An awarded application under way."""

    __tablename__ = "project"
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"))
    state: Mapped[ProjectState] = mapped_column(enum_type(ProjectState), default=ProjectState.RUNNING)
    started_at: Mapped[Moment]
    application: Mapped[Application] = relationship()
    decision: Mapped[Decision] = relationship()
    reports: Mapped[list[ProgressReport]] = relationship(
        back_populates="project", order_by="ProgressReport.period"
    )

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"


class ProgressReport(Model):
    """A half-yearly report in the applicant's words. period: e.g. 2027-1 for the first half of 2027."""

    __tablename__ = "progress_report"
    __table_args__ = (
        UniqueConstraint("project_id", "period"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", "submitted_has_moment"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    period: Mapped[str]
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState), default=ReportState.DRAFT)
    standing: Mapped[Standing] = mapped_column(enum_type(Standing))
    achieved: Mapped[str] = mapped_column(default="")
    under_way: Mapped[str] = mapped_column(default="")
    next_steps: Mapped[str] = mapped_column(default="")
    lessons: Mapped[str] = mapped_column(default="")
    embedding: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[Moment]
    submitted_at: Mapped[Moment | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    project: Mapped[Project] = relationship(back_populates="reports")
    views: Mapped[list[ReportView]] = relationship(order_by="ReportView.id")
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"application:{self.project.application_id}"


class ReportView(Model):
    """What the regional lead adds to a report, for one region."""

    __tablename__ = "report_view"
    __table_args__ = (UniqueConstraint("report_id", "region_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("progress_report.id"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    standing: Mapped[Standing] = mapped_column(enum_type(Standing))
    text: Mapped[str]
    written_at: Mapped[Moment]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    region: Mapped[Region] = relationship()
