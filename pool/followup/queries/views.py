"""Reads about how regions see the projects: one view per project, half-year and region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select

from pool.applications.models import ApplicationRegion
from pool.core import clock
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.regions.models import Region
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from .. import rules
from ..inputs import ProjectFilter, ViewFilter
from ..models import HalfYearView, ProgressReport, Project, first_day_of
from ..periods import Period, between
from ..states import Due, ProjectState, ReportState
from . import projects


@dataclass(frozen=True)
class ViewLine:
    """What one region says of one project over one half-year, or where that stands.

    report: what the municipality handed in under the same half-year, if anything.
    """

    project: Project
    region: Region
    period: Period
    due: Due
    view: HalfYearView | None
    report: ProgressReport | None


def view_of(project: Project, period: Period, region_id: int) -> HalfYearView | None:
    """What a region said over a half-year."""
    return next((v for v in project.views if (v.period, v.region_id) == (period.code, region_id)), None)


def view_calendar(project: Project, today: dt.date, regions: Iterable[int] | None = None) -> list[ViewLine]:
    """The views of a project by half-year, then by region; of all its regions, or of these."""
    running = project.state == ProjectState.RUNNING
    places = [
        link.region
        for link in project.application.region_links
        if regions is None or link.region_id in regions
    ]
    lines = []
    for period in project.half_years:
        report = projects.handed_in(project, period)
        for region in places:
            view = view_of(project, period, region.id)
            due = rules.view_due(
                period, today, given=view is not None, running=running, reported=report is not None
            )
            lines.append(ViewLine(project, region, period, due, view, report))
    return lines


def view_lines(actor: Actor) -> list[ViewLine]:
    """Views that were given or are asked, and those that can already be given; by region, the newest half-year, title.

    The programme team has those of every region, a regional lead only those of the own.
    """
    today = clock.local_date(actor.at)
    own = None if actor.has(Role.PROGRAMME) else actor.region_ids
    lines = [
        line
        for project in projects.found(actor, ProjectFilter())
        if project.application.round.state in DECIDED_STATES
        for line in view_calendar(project, today, own)
        if line.due not in (Due.LATER, Due.LAPSED)
    ]
    return sorted(
        lines,
        key=lambda line: (
            line.region.name.casefold(),
            -line.period.starts_on.toordinal(),
            line.project.application.title.casefold(),
            line.project.id,
        ),
    )


def fits(line: ViewLine, wanted: ViewFilter) -> bool:
    """Whether somebody looks for this view."""
    if wanted.region and line.region.slug != wanted.region:
        return False
    if wanted.period and line.period.code != wanted.period:
        return False
    if wanted.standing == "open":
        return line.due.asked
    if wanted.standing == "given":
        return line.due == Due.SUBMITTED
    return line.due == Due.OVERDUE if wanted.standing == "overdue" else True


@dataclass(frozen=True)
class DueView:
    """A view that is asked of a region now, or should have been there."""

    project_id: int
    region_id: int
    period: Period
    due: Due


def views_due(actor: Actor, regions: frozenset[int] | None = None) -> list[DueView]:
    """Views that are asked about projects this actor may see, the longest overdue first.

    regions: only of these; None for all.
    """
    today = clock.local_date(actor.at)
    reported = select(ProgressReport.project_id).where(ProgressReport.state == ReportState.SUBMITTED)
    query = (
        projects.visible_to(actor)
        .join(ApplicationRegion, ApplicationRegion.application_id == Project.application_id)
        .where(
            Round.state.in_(DECIDED_STATES),
            or_(Project.state == ProjectState.RUNNING, Project.id.in_(reported)),
        )
        .with_only_columns(
            Project.id,
            Project.state,
            Project.starts_on,
            Project.ends_on,
            Project.started_at,
            ApplicationRegion.region_id,
        )
        .order_by(None)
        .order_by(Project.id, ApplicationRegion.region_id)
    )
    if regions is not None:
        query = query.where(ApplicationRegion.region_id.in_(regions))
    rows = list(db.session.execute(query))
    idents = sorted({row[0] for row in rows})
    handed_in = projects.reported_of(idents)
    views = select(HalfYearView.project_id, HalfYearView.period, HalfYearView.region_id).where(
        HalfYearView.project_id.in_(idents)
    )
    said = {tuple(row) for row in db.session.execute(views)}
    lines = []
    for ident, state, starts_on, ends_on, started_at, region_id in rows:
        for period in between(first_day_of(starts_on, started_at), ends_on):
            due = rules.view_due(
                period,
                today,
                given=(ident, period.code, region_id) in said,
                running=state == ProjectState.RUNNING,
                reported=(ident, period.code) in handed_in,
            )
            if due.asked:
                lines.append(DueView(ident, region_id, period, due))
    return sorted(lines, key=lambda line: (line.period, line.project_id, line.region_id))
