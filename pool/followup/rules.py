"""Who may do what with a project, when a report is due, and what a report needs."""

from __future__ import annotations

import datetime as dt

from pool.core import clock
from pool.core.access import YES, Actor, Role, Verdict, no
from pool.core.errors import Invalid
from pool.rounds.states import DECIDED_STATES

from .inputs import TEXTS, EndInput, ReportInput
from .models import ProgressReport, Project
from .periods import Period
from .states import Due, ProjectState, ReportState

LIMITS = {"report": 6000, "view": 3000, "end": 6000}
"""Most characters in a text of a report, of a regional view, and about the end of a project."""

LABELS = {
    "standing": "Hoe staat het project ervoor?",
    "achieved": "Wat is bereikt?",
    "under_way": "Wat loopt er nu?",
    "next_steps": "Wat gaat u het komende halfjaar doen?",
    "lessons": "Wat kunnen andere regio's hiervan leren?",
    "embedding": "Hoe gaat het verder na het project?",
}
"""The questions of a report, as they are asked and shown."""
_MISSING = {
    "standing": "Kies hoe het project ervoor staat.",
    "achieved": "Vul in wat er is bereikt.",
    "under_way": "Vul in wat er nu loopt.",
    "next_steps": "Vul in wat u het komende halfjaar gaat doen.",
    "lessons": "Vul in wat andere regio's kunnen leren.",
    "embedding": "Vul in hoe het verder gaat na het project.",
}


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
        return no("Over dit halfjaar hoeft u niet te rapporteren.", "period")
    if clock.local_date(actor.at) < period.starts_on:
        return no("Dit halfjaar is nog niet begonnen.", "early")
    return YES


def can_submit(actor: Actor, report: ProgressReport) -> Verdict:
    """The rule behind the move `submit` of a report."""
    return can_report(actor, report.project, report.half_year)


def can_give_view(actor: Actor, report: ProgressReport, region_id: int) -> Verdict:
    """A regional lead looks at a submitted report, for a region of the own that takes part in the project."""
    if not actor.has(Role.REGIONAL_LEAD) or region_id not in actor.region_ids:
        return no("Alleen de projectleider van deze regio kan dit.")
    if region_id not in {link.region_id for link in report.project.application.region_links}:
        return no("Deze regio doet niet mee aan het project.")
    if report.state != ReportState.SUBMITTED:
        return no("Deze rapportage is nog niet ingediend.", "state")
    return YES


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


# --- what is asked ----------------------------------------------------------------------------------------


def missing(given: ReportInput) -> list[Invalid]:
    """What a report still needs before it can be handed in, in the order of the form."""
    empty = ["standing"] if given.standing is None else []
    empty += [name for name in TEXTS if not getattr(given, name)]
    return [Invalid("missing", _MISSING[name], name) for name in empty]


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
