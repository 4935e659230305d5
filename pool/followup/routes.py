"""Pages about projects that several roles share: the list, the picture by region and theme, one project."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for

from pool.applications import queries as applications
from pool.core import audit, charts
from pool.core.access import Actor, Role, current_actor, door
from pool.core.clock import local_date
from pool.core.db import db
from pool.core.text import format_count
from pool.regions import queries as regions
from pool.regions.models import Region
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from . import accounting, queries, routes_end, routes_reports, routes_views, rules
from .blueprint import READERS, bp, crumbs, load
from .inputs import ProjectFilter
from .lifecycle import LIFE
from .models import ProgressReport, Project
from .periods import Period, Year
from .states import Due, ProjectState, Standing
from .trail import steps

blueprints = [bp]
__all__ = ["blueprints", "routes_end", "routes_reports", "routes_views"]

_FIELDS = {
    "ronde": "round_slug",
    "regio": "region",
    "thema": "theme",
    "status": "state",
    "stand": "standing",
    "rapportages": "reports",
    "zoek": "text",
}


def _wanted() -> ProjectFilter:
    """The filter in the address."""
    return ProjectFilter(**{name: request.args.get(key, "")[:200] for key, name in _FIELDS.items()})


def _with(**changes: str) -> str:
    """The address of the picture by region with the filter of this page, but for these changes."""
    wanted = replace(_wanted(), **changes)
    args: dict[str, Any] = {key: getattr(wanted, name) or None for key, name in _FIELDS.items()}
    return url_for("followup.by_region", **args)


def _choices() -> dict[str, Any]:
    """What the filters offer."""
    known = rounds.visible_to(current_actor()).where(Round.state.in_(DECIDED_STATES))
    return {
        "rounds": list(db.session.execute(known.with_only_columns(Round.slug, Round.title))),
        "regions": [*regions.region_names().items()],
        "themes": [*regions.theme_names().items()],
        "states": ProjectState.choices(),
        "standings": [*Standing.choices(), (queries.NOT_REPORTED, "nog niet gerapporteerd")],
        "reports": [(Due.OVERDUE.value, "met een rapportage die te laat is")],
    }


@bp.get("/projecten")
@door(*READERS)
def index() -> Any:
    actor, wanted = current_actor(), _wanted()
    today = local_date(actor.at)
    projects = queries.found(actor, wanted)
    summary = queries.summarise(projects, today)
    return render_template(
        "followup/index.html",
        projects=projects,
        wanted=wanted,
        choices=_choices(),
        summary=summary,
        attention={p.id: _attention(queries.calendar(p, today)) for p in projects},
        is_applicant=actor.has(Role.APPLICANT) and not actor.has(Role.PROGRAMME, Role.REGIONAL_LEAD),
        standings=_standings(summary),
        views_late=_views_late(actor, projects, today),
        ProjectState=ProjectState,
    )


def _attention(lines: list[tuple[Period, Due]]) -> tuple[str, str]:
    """What about the reports of a project needs somebody, in a word, with the tone of a badge; empty when nothing."""
    found = [due for _period, due in lines]
    if late := found.count(Due.OVERDUE):
        return f"{format_count(late)} {Due.OVERDUE.label}", Due.OVERDUE.tone
    return (Due.NOW.label, Due.NOW.tone) if Due.NOW in found else ("", "")


def _views_late(actor: Actor, projects: list[Project], today: dt.date) -> int:
    """How many views of regions are overdue about these projects; for a regional lead those of the own regions."""
    own = None if actor.has(Role.PROGRAMME) else actor.region_ids
    return sum(line.due == Due.OVERDUE for p in projects for line in queries.view_calendar(p, today, own))


def _standings(summary: queries.Summary) -> charts.Stacked:
    names = [standing.label if standing else "nog niet bekend" for standing in summary.standings]
    return charts.stacked(
        "standings",
        "Hoe de lopende projecten ervoor staan",
        [
            ("Volgens de gemeente", list(summary.standings.values())),
            ("Volgens de regio", list(summary.seen.values())),
        ],
        parts=names,
        column="Projecten",
        to_hundred=True,
        note="Volgens de nieuwste voortgangsrapportage van de gemeente, en het nieuwste beeld van de regio. "
        "Bij de regio telt een gezamenlijk project mee in elke regio die meedoet.",
    )


@bp.get("/projecten/regios")
@door(Role.PROGRAMME, Role.REGIONAL_LEAD)
def by_region() -> Any:
    """Every project in each of its regions, by theme, with a map."""
    actor, wanted = current_actor(), _wanted()
    entries = queries.by_region_and_theme(actor, wanted)
    counts = Counter(entry.region.slug for entry in entries)
    chart = charts.tile_map(
        "projects-map",
        "Projecten per regio",
        counts,
        unit="Projecten",
        urls={slug: _with(region=slug) for slug in counts},
        note="Een gezamenlijk project telt mee in elke regio die meedoet.",
    )
    projects = {entry.project.id: entry.project for entry in entries}
    return render_template(
        "followup/by_region.html",
        newest_view=queries.newest_view,
        grouped=[(region, list(lines)) for region, lines in groupby(entries, key=lambda e: e.region)],
        chart=chart,
        wanted=wanted,
        choices=_choices(),
        summary=queries.summarise(list(projects.values()), local_date(actor.at)),
        entries=len(entries),
    )


@bp.get("/projecten/<int:ident>")
@door(*READERS)
def show(ident: int) -> Any:
    actor, project = current_actor(), load(ident)
    today = local_date(actor.at)
    application = project.application
    content = applications.content(application)
    parts = applications.parts(content, rounds.rules_of(application.round))
    return render_template(
        "followup/show.html",
        project=project,
        application=application,
        parts=parts,
        own=rules.is_own(actor, project),
        half_years=_half_years(actor, project, today),
        moves=LIFE.open_moves(actor, project),
        steps=steps(audit.trail(project.audit_chain)),
        owed=accounting.owed(project),
        over=project.state == ProjectState.RUNNING and today > project.ends_on,
        Due=Due,
        crumbs=crumbs(project),
    )


@dataclass(frozen=True)
class HalfYear:
    """A line of the page about a project. due: where the report stands, None when none is asked; give: regions."""

    period: Period
    covered: Period | Year
    due: Due | None
    report: ProgressReport | None
    may_write: bool
    views: list[queries.ViewLine]
    give: list[Region]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was told over it and nothing can be yet, or any more."""
        rest = (None, Due.LATER, Due.LAPSED)
        return self.due in rest and all(line.due in rest for line in self.views)


def _half_years(actor: Actor, project: Project, today: dt.date) -> list[HalfYear]:
    asked = dict(queries.calendar(project, today))
    lines = queries.view_calendar(project, today)
    found = []
    for period, of_period in groupby(lines, key=lambda line: line.period):
        views = list(of_period)
        give = [
            line.region
            for line in views
            if line.view is None and rules.can_give_view(actor, project, period, line.region.id)
        ]
        found.append(
            HalfYear(
                period,
                project.covered_by(period),
                asked.get(period),
                queries.report_of(project, period),
                bool(rules.can_report(actor, project, period)),
                views,
                give,
            )
        )
    return found
