"""Reads about projects. Everything is ordered; every list starts from `visible_to`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from pool.applications.models import Application, ApplicationRegion
from pool.assessment import queries as assessment
from pool.awards.models import Decision
from pool.core import clock
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.people.models import Organisation
from pool.regions.models import Region, Theme
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from .. import rules
from ..inputs import TEXTS, ProjectFilter
from ..models import HalfYearView, ProgressReport, Project, reporting_periods
from ..periods import Period, parse
from ..states import Due, ProjectState, ReportState, Standing


def _may_see(actor: Actor) -> ColumnElement[bool]:
    # Nobody outside the programme learns of an award before the round's decisions are made known.
    known = Round.state.in_(DECIDED_STATES)
    reasons: list[ColumnElement[bool]] = []
    if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
        reasons.append(and_(known, Application.organisation_id == actor.organisation_id))
    others: list[ColumnElement[bool]] = []
    if actor.has(Role.PROGRAMME):
        others.append(Project.id.is_not(None))
    if actor.has(Role.REGIONAL_LEAD):
        here = select(ApplicationRegion.application_id).where(
            ApplicationRegion.region_id.in_(actor.region_ids)
        )
        others.append(and_(known, Application.id.in_(here)))
    if others:
        hidden = assessment.hidden_from(actor)
        reasons.append(and_(or_(*others), Application.id.not_in(hidden)) if hidden else or_(*others))
    return or_(false(), *reasons)


def visible_to(actor: Actor) -> Select[Project]:
    """Projects this actor may see, by title: all, those in the own regions, or those of the own municipality."""
    return (
        select(Project)
        .join(Project.application)
        .join(Application.round)
        .where(_may_see(actor))
        .options(
            contains_eager(Project.application).defer(Application.content),
            contains_eager(Project.application)
            .contains_eager(Application.round)
            .joinedload(Round.scheme, innerjoin=True),
            contains_eager(Project.application).joinedload(Application.organisation, innerjoin=True),
            contains_eager(Project.application).joinedload(Application.theme),
            contains_eager(Project.application)
            .selectinload(Application.region_links)
            .joinedload(ApplicationRegion.region, innerjoin=True),
            joinedload(Project.decision, innerjoin=True),
            selectinload(Project.reports),
        )
        .order_by(func.lower(Application.title), Project.id)
    )


def get(actor: Actor, ident: int) -> Project:
    """The project with this id, with its reports and the views of regions; Missing when this actor has none."""
    views = selectinload(Project.views).joinedload(HalfYearView.region)
    query = visible_to(actor).where(Project.id == ident).options(views)
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found


def of_application(application_id: int) -> Project | None:
    """The project that an application became."""
    return db.session.scalar(select(Project).where(Project.application_id == application_id))


def report_of(project: Project, period: Period) -> ProgressReport | None:
    """The report of a project over a half-year, draft or not."""
    return next((r for r in project.reports if r.period == period.code), None)


def handed_in(project: Project, period: Period) -> ProgressReport | None:
    """The report that was handed in under a half-year."""
    return next((r for r in project.submitted_reports if r.period == period.code), None)


def half_year(project: Project, code: str, today: dt.date) -> Period:
    """A half-year of the project that has begun, by its code; Missing when there is none."""
    period = parse(code)
    known = period is not None and (period in project.half_years or handed_in(project, period) is not None)
    if period is None or not known or today < period.starts_on:
        raise Missing
    return period


# --- lists ------------------------------------------------------------------------------------------------


def found(actor: Actor, wanted: ProjectFilter) -> list[Project]:
    """The projects this actor may see that fit."""
    query = visible_to(actor)
    if wanted.round_slug:
        query = query.where(Round.slug == wanted.round_slug)
    if wanted.theme:
        query = query.where(Application.theme_id.in_(select(Theme.id).where(Theme.slug == wanted.theme)))
    if wanted.region:
        there = select(ApplicationRegion.application_id).join(Region).where(Region.slug == wanted.region)
        query = query.where(Application.id.in_(there))
    if wanted.state in {s.value for s in ProjectState}:
        query = query.where(Project.state == ProjectState(wanted.state))
    for word in wanted.text.split()[:8]:
        query = query.where(_mentions(word))
    # A list shows how things stand, not what was written.
    application = contains_eager(Project.application)
    query = query.options(
        selectinload(Project.reports).options(*(defer(text) for text in _TEXTS)),
        selectinload(Project.views).defer(HalfYearView.text),
        joinedload(Project.decision, innerjoin=True).load_only(Decision.amount),
        application.load_only(*_SHOWN),
        application.contains_eager(Application.round).load_only(
            Round.slug, Round.title, Round.state, Round.invented, Round.scheme_id
        ),
    )
    projects: Sequence[Project] = db.session.scalars(query).unique().all()
    if wanted.standing:
        projects = [p for p in projects if _standing_is(p, wanted.standing)]
    if wanted.reports == Due.OVERDUE:
        today = clock.local_date(actor.at)
        projects = [p for p in projects if any(d == Due.OVERDUE for _p, d in calendar(p, today))]
    return list(projects)


_SHOWN = (
    Application.reference,
    Application.title,
    Application.invented,
    Application.organisation_id,
    Application.theme_id,
    Application.round_id,
)
_TEXTS = tuple(getattr(ProgressReport, name) for name in TEXTS)

NOT_REPORTED = "none"
"""In a filter: projects without any report."""


def _standing_is(project: Project, value: str) -> bool:
    if value == NOT_REPORTED:
        return project.standing is None
    return project.standing is not None and project.standing.value == value


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(
        Application.title.icontains(word, autoescape=True),
        Application.reference.icontains(word, autoescape=True),
        Application.organisation.has(Organisation.name.icontains(word, autoescape=True)),
    )


def newest_view(project: Project, region_id: int) -> HalfYearView | None:
    """What a region said last, by half-year."""
    return next((v for v in reversed(project.views) if v.region_id == region_id), None)


def calendar(project: Project, today: dt.date) -> list[tuple[Period, Due]]:
    """Every half-year that a project reports on, with where it stands."""
    reported = {report.period for report in project.submitted_reports}
    running = project.state == ProjectState.RUNNING
    return [
        (period, rules.due(period, today, submitted=period.code in reported, running=running))
        for period in project.periods
    ]


@dataclass(frozen=True)
class DueReport:
    """A report that is asked for now, or should have been there."""

    project_id: int
    period: Period
    due: Due


def reports_due(actor: Actor) -> list[DueReport]:
    """Reports that are due or overdue, of running projects this actor may see; the longest overdue first."""
    today = clock.local_date(actor.at)
    running = (
        select(Project.id, Project.starts_on, Project.ends_on, Project.started_at, Project.progress)
        .join(Project.application)
        .join(Application.round)
        .where(_may_see(actor), Project.state == ProjectState.RUNNING, Round.state.in_(DECIDED_STATES))
        .order_by(Project.id)
    )
    projects = list(db.session.execute(running))
    if not projects:
        return []
    reported = reported_of([row[0] for row in projects])
    lines = [
        DueReport(ident, period, due)
        for ident, starts_on, ends_on, started_at, progress in projects
        for period in reporting_periods(starts_on, ends_on, started_at, progress)
        if (due := rules.due(period, today, submitted=(ident, period.code) in reported, running=True)).asked
    ]
    return sorted(lines, key=lambda line: (line.period, line.project_id))


def reported_of(project_ids: Sequence[int]) -> set[tuple[int, str]]:
    """Which of these projects handed in a report under which half-year."""
    query = select(ProgressReport.project_id, ProgressReport.period).where(
        ProgressReport.project_id.in_(project_ids), ProgressReport.state == ReportState.SUBMITTED
    )
    return {(ident, code) for ident, code in db.session.execute(query)}


# --- by region and theme ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """A project in one of its regions: a joint project is an entry in each."""

    region: Region
    theme: Theme | None
    project: Project


def entries(projects: Sequence[Project]) -> Iterator[Entry]:
    for project in projects:
        for link in project.application.region_links:
            yield Entry(link.region, project.application.theme, project)


def by_region_and_theme(actor: Actor, wanted: ProjectFilter | None = None) -> list[Entry]:
    """An entry per project and region, by region, then theme, then title.

    With a region in the filter only the entries of that region remain.
    """
    wanted = wanted or ProjectFilter()
    lines = [
        entry
        for entry in entries(found(actor, wanted))
        if not wanted.region or entry.region.slug == wanted.region
    ]
    return sorted(lines, key=_place)


def _place(entry: Entry) -> tuple[str, int, str, int]:
    theme = entry.theme.position if entry.theme else 10_000
    title = entry.project.application.title.casefold()
    return (entry.region.name.casefold(), theme, title, entry.project.id)


@dataclass(frozen=True)
class Summary:
    """Numbers about a set of projects. awarded in cents.

    standings: running projects by the newest report; seen: the entries of these by the newest view of the region.
    """

    projects: int
    entries: int
    regions: int
    awarded: int
    overdue: int
    standings: dict[Standing | None, int]
    seen: dict[Standing | None, int]
    states: dict[ProjectState, int]


def summarise(projects: Sequence[Project], today: dt.date) -> Summary:
    """What a set of projects adds up to, on a day."""
    lines = list(entries(projects))
    late = sum(1 for p in projects for _period, due in calendar(p, today) if due == Due.OVERDUE)
    running = [p for p in projects if p.state == ProjectState.RUNNING]
    order: list[Standing | None] = [*Standing, None]
    newest = [newest_view(p, link.region_id) for p in running for link in p.application.region_links]
    seen = [view.standing if view else None for view in newest]
    return Summary(
        projects=len(projects),
        entries=len(lines),
        regions=len({entry.region.id for entry in lines}),
        awarded=sum(p.decision.amount for p in projects),
        overdue=late,
        seen={s: seen.count(s) for s in order},
        standings={s: sum(1 for p in running if p.standing == s) for s in order},
        states={s: sum(1 for p in projects if p.state == s) for s in ProjectState},
    )
