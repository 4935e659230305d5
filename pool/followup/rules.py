"""Who may do what with a project, when a report is due, and what a report needs."""

from __future__ import annotations

import datetime as dt

from pool.core import clock
from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.errors import Invalid
from pool.core.text import format_date
from pool.rounds.states import DECIDED_STATES

from .inputs import TEXTS, EndInput, ReportInput
from .models import ProgressReport, Project
from .periods import Period, Year
from .states import Due, ProjectState

LIMITS = {"report": 6000, "view": 3000, "end": 6000}
"""Most characters in a text of a report, of a regional view, and about the end of a project."""

_LABELS = {
    "standing": "Hoe staat het project ervoor?",
    "achieved": "Wat is bereikt?",
    "under_way": "Wat loopt er nu?",
    "next_steps": "Wat gaat u {ahead} doen?",
    "lessons": "Wat kunnen andere regio's hiervan leren?",
    "embedding": "Hoe gaat het verder na het project?",
}
_MISSING = {
    "standing": "Kies hoe het project ervoor staat.",
    "achieved": "Vul in wat er is bereikt.",
    "under_way": "Vul in wat er nu loopt.",
    "next_steps": "Vul in wat u {ahead} gaat doen.",
    "lessons": "Vul in wat andere regio's kunnen leren.",
    "embedding": "Vul in hoe het verder gaat na het project.",
}


def labels(covered: Period | Year) -> dict[str, str]:
    """The questions of a report about a half-year or a year, as they are asked and shown."""
    return {name: label.format(ahead=covered.ahead) for name, label in _LABELS.items()}


def is_own(actor: Actor, project: Project) -> bool:
    """Whether the actor works for the municipality whose project it is."""
    return (
        actor.has(Role.APPLICANT)
        and actor.organisation_id is not None
        and actor.organisation_id == project.application.organisation_id
    )


def _while_running(project: Project) -> Verdict:
    if project.application.round.state not in DECIDED_STATES:
        return no("De besluiten van deze ronde zijn nog niet bekendgemaakt.", "early")
    if project.state == ProjectState.RUNNING:
        return YES
    return no(f"Dit kan niet meer: het project is {project.state.label}.", "state")


def can_report(actor: Actor, project: Project, period: Period) -> Verdict:
    """Write or hand in a report: the own municipality, while the project runs, once the half-year has begun."""
    if not is_own(actor, project):
        return no("Alleen de gemeente die het project uitvoert kan dit.")
    running = _while_running(project)
    if not running:
        return running
    if period not in project.periods:
        return no(f"Over de {period.label} hoeft u niet te rapporteren.", "period")
    if clock.local_date(actor.at) < period.starts_on:
        return no(f"Deze rapportage kan vanaf {format_date(period.starts_on)}.", "early")
    return YES


def can_submit(actor: Actor, report: ProgressReport) -> Verdict:
    """The rule behind the move `submit` of a report."""
    return can_report(actor, report.project, report.half_year)


def can_give_view(actor: Actor, project: Project, period: Period, region_id: int) -> Verdict:
    """Say how a project goes over a half-year that has begun: the lead of a region that takes part.

    While the project runs; what the municipality reported can also be looked at when the project is over.
    """
    if not actor.has(Role.REGIONAL_LEAD) or region_id not in actor.region_ids:
        return no("Alleen de projectleider van deze regio kan dit.")
    if region_id not in {link.region_id for link in project.application.region_links}:
        return no("Deze regio doet niet mee aan het project.")
    if period not in project.half_years:
        return no(f"In de {period.label} loopt dit project niet.", "period")
    if clock.local_date(actor.at) < period.starts_on:
        return no("Dit halfjaar is nog niet begonnen.", "early")
    if project.state != ProjectState.RUNNING and period.code in {r.period for r in project.submitted_reports}:
        return YES
    return _while_running(project)


def can_end(actor: Actor, project: Project) -> Verdict:
    """Finish or stop: the own municipality or the programme team."""
    if actor.has(Role.PROGRAMME) or is_own(actor, project):
        return _while_running(project)
    return no("Alleen de gemeente die het project uitvoert en het programmateam kunnen dit.")


# --- what is due ------------------------------------------------------------------------------------------


def due(period: Period, today: dt.date, *, submitted: bool, running: bool) -> Due:
    """Where a half-year stands on a day, for a project that runs or not, and whose report is in or not."""
    if submitted:
        return Due.SUBMITTED
    if not running:
        return Due.LAPSED
    if today < period.starts_on:
        return Due.LATER
    if today <= period.ends_on:
        return Due.OPEN
    return Due.NOW if today <= period.due_on else Due.OVERDUE


def view_due(period: Period, today: dt.date, *, given: bool, running: bool, reported: bool) -> Due:
    """Where the view of a region stands: as a report, but asked at once when the municipality has reported."""
    found = due(period, today, submitted=given, running=running or reported)
    return Due.NOW if found == Due.OPEN and reported else found


# --- what is asked ----------------------------------------------------------------------------------------


def missing(given: ReportInput, covered: Period | Year) -> list[Invalid]:
    """What a report still needs before it can be handed in, in the order of the form."""
    empty = ["standing"] if given.standing is None else []
    empty += [name for name in TEXTS if not getattr(given, name)]
    return [Invalid("missing", _MISSING[name].format(ahead=covered.ahead), name) for name in empty]


def too_long(given: ReportInput) -> list[Invalid]:
    """Texts that no report may hold, not even a draft."""
    return [
        Invalid("long", f"Gebruik niet meer dan {LIMITS['report']} tekens.", name)
        for name in TEXTS
        if len(getattr(given, name)) > LIMITS["report"]
    ]


def unfit_end(given: EndInput, target: ProjectState) -> list[Invalid]:
    """What is wrong with how the end of a project is told."""
    finished = target == ProjectState.FINISHED
    problems = []
    if not given.reason:
        said = "Vul in wat het project heeft opgeleverd." if finished else "Vul in waarom het project stopt."
        problems.append(Invalid("missing", said, "reason"))
    if not given.learned:
        problems.append(Invalid("missing", "Vul in wat anderen hiervan kunnen leren.", "learned"))
    if finished and given.embedded is None:
        problems.append(Invalid("missing", "Kies hoe het resultaat verdergaat.", "embedded"))
    problems += [
        Invalid("long", f"Gebruik niet meer dan {LIMITS['end']} tekens.", name)
        for name in ("reason", "learned")
        if len(getattr(given, name)) > LIMITS["end"]
    ]
    return problems
