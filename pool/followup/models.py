"""Tables: funded projects, their progress reports, and how each region sees them over a half-year."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.applications.models import Application
from pool.awards.models import Decision
from pool.core import clock
from pool.core.db import Model, Moment, enum_type, frozen_when
from pool.regions.models import Region
from pool.rounds.states import Progress

from .inputs import ReportInput
from .periods import Period, Year, between, parse, yearly, years
from .states import Embedding, ProjectState, ReportState, Standing


def first_day_of(starts_on: dt.date, started_at: dt.datetime) -> dt.date:
    """The first day on which a project runs: of the decision, or the start when that is later."""
    return max(starts_on, clock.local_date(started_at))


def reporting_periods(
    starts_on: dt.date, ends_on: dt.date, started_at: dt.datetime, progress: Progress
) -> tuple[Period, ...]:
    """The half-years to report on, from the first day to the planned end."""
    if progress == Progress.NONE:
        return ()
    first_day = first_day_of(starts_on, started_at)
    return yearly(first_day, ends_on) if progress == Progress.YEARLY else between(first_day, ends_on)


class Project(Model):
    """An awarded application under way.

    starts_on/ends_on: as planned when it was awarded. ended_reason: the result when it finished, or why it was
    stopped; learned: what others can learn from it; embedded: how the result lives on. progress: how often is
    asked how it goes, as the letter says.
    """

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", "ends_after_start"),
        CheckConstraint(
            "state = 'running' OR (ended_at IS NOT NULL AND ended_reason <> '' AND learned <> '')",
            "ended_has_reason_and_lesson",
        ),
        CheckConstraint("state <> 'finished' OR embedded IS NOT NULL", "finished_has_embedding"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    state: Mapped[ProjectState] = mapped_column(enum_type(ProjectState), default=ProjectState.RUNNING)
    started_at: Mapped[Moment]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    progress: Mapped[Progress] = mapped_column(enum_type(Progress))
    ended_at: Mapped[Moment | None]
    ended_reason: Mapped[str] = mapped_column(default="")
    learned: Mapped[str] = mapped_column(default="")
    embedded: Mapped[Embedding | None] = mapped_column(enum_type(Embedding))
    application: Mapped[Application] = relationship()
    decision: Mapped[Decision] = relationship()
    reports: Mapped[list[ProgressReport]] = relationship(
        back_populates="project", order_by="ProgressReport.period"
    )
    views: Mapped[list[HalfYearView]] = relationship(
        back_populates="project", order_by="HalfYearView.period, HalfYearView.id"
    )

    @property
    def audit_chain(self) -> str:
        return f"application:{self.application_id}"

    @property
    def periods(self) -> tuple[Period, ...]:
        """The half-years to report on; none when no report is asked."""
        return reporting_periods(self.starts_on, self.ends_on, self.started_at, self.progress)

    @property
    def first_day(self) -> dt.date:
        return first_day_of(self.starts_on, self.started_at)

    @property
    def half_years(self) -> tuple[Period, ...]:
        """The half-years in which it runs by its plan; over each of them every region gives its view."""
        return between(self.first_day, self.ends_on)

    def covered_by(self, period: Period) -> Period | Year:
        """What a report filed under a half-year is about: a year of the project, when it is asked by the year."""
        if self.progress != Progress.YEARLY:
            return period
        return next((year for year in years(self.first_day, self.ends_on) if year.period == period), period)

    @property
    def submitted_reports(self) -> list[ProgressReport]:
        return [report for report in self.reports if report.state == ReportState.SUBMITTED]

    @property
    def latest(self) -> ProgressReport | None:
        """The newest report that was handed in."""
        handed_in = self.submitted_reports
        return handed_in[-1] if handed_in else None

    @property
    def standing(self) -> Standing | None:
        """How it stands according to the newest report; None while nothing was reported."""
        return self.latest.standing if self.latest else None


# What was handed in stays as it is; a draft may still change.
@frozen_when("OLD.state = 'submitted'")
class ProgressReport(Model):
    """A progress report in the applicant's words. period: e.g. 2027-1 for the first half of 2027.

    version counts saves, so that two people in one draft notice each other; saved_by_name says who was last.
    """

    __tablename__ = "progress_report"
    __table_args__ = (
        UniqueConstraint("project_id", "period"),
        CheckConstraint(
            "state = 'draft' OR (submitted_at IS NOT NULL AND standing IS NOT NULL AND achieved <> '' "
            "AND under_way <> '' AND next_steps <> '' AND lessons <> '' AND embedding <> '')",
            "submitted_is_complete",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    period: Mapped[str]
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState), default=ReportState.DRAFT)
    standing: Mapped[Standing | None] = mapped_column(enum_type(Standing))
    achieved: Mapped[str] = mapped_column(default="")
    under_way: Mapped[str] = mapped_column(default="")
    next_steps: Mapped[str] = mapped_column(default="")
    lessons: Mapped[str] = mapped_column(default="")
    embedding: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[Moment]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    saved_by_name: Mapped[str]
    submitted_at: Mapped[Moment | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    project: Mapped[Project] = relationship(back_populates="reports")
    __mapper_args__ = {"version_id_col": version}

    @property
    def audit_chain(self) -> str:
        return f"application:{self.project.application_id}"

    @property
    def half_year(self) -> Period:
        found = parse(self.period)
        assert found is not None
        return found

    @property
    def covered(self) -> Period | Year:
        """What it is about."""
        return self.project.covered_by(self.half_year)

    @property
    def content(self) -> ReportInput:
        return ReportInput(
            self.standing, self.achieved, self.under_way, self.next_steps, self.lessons, self.embedding
        )


class HalfYearView(Model):
    """How a region sees a project over a half-year, in the words of its lead; also when nobody reports.

    period: e.g. 2027-1. version counts changes, so that two leads of one region notice each other.
    """

    __tablename__ = "half_year_view"
    __table_args__ = (
        UniqueConstraint("project_id", "period", "region_id"),
        CheckConstraint("text <> ''", "has_text"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    period: Mapped[str]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    standing: Mapped[Standing] = mapped_column(enum_type(Standing))
    text: Mapped[str]
    written_at: Mapped[Moment]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    project: Mapped[Project] = relationship(back_populates="views")
    region: Mapped[Region] = relationship()
    __mapper_args__ = {"version_id_col": version}
