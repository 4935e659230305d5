"""A project from its start to its end, and what the municipality reports in between."""

from __future__ import annotations

import dataclasses
import datetime as dt

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.awards.models import Decision
from pool.core import audit, clock, outbox
from pool.core.access import Actor, require
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.errors import Conflict, InvalidMany, Missing
from pool.core.text import clean, fingerprint
from pool.people import queries as people
from pool.people.models import User
from pool.people.rules import actor_for

from .. import accounting, mail, queries, rules
from ..inputs import TEXTS, EndInput, ReportInput
from ..lifecycle import LIFE, REPORT_LIFE
from ..models import ProgressReport, Project
from ..periods import Period, parse
from ..states import ProjectState, ReportState
from .views import as_lead, plan_reminders


class StaleReport(Conflict):
    """Somebody else saved this report after the page was loaded. theirs is what is kept now, mine what came in."""

    def __init__(self, report: ProgressReport, mine: ReportInput) -> None:
        super().__init__(
            "stale", f"{report.saved_by_name} heeft deze rapportage gewijzigd terwijl u bezig was."
        )
        self.theirs, self.mine = report.content, mine
        self.saved_by, self.saved_at, self.version = report.saved_by_name, report.saved_at, report.version


# --- start ------------------------------------------------------------------------------------------------


def start(actor: Actor, decision: Decision) -> Project:
    """Begin the project of an award, once. A later award about the same application takes the place of the first."""
    if decision.amount <= 0:
        raise ValueError("a refusal starts no project")
    application: Application = decision.application
    project = queries.of_application(application.id)
    if project is None:
        plan = applications.content(application).plan
        project = Project(
            application_id=application.id,
            decision_id=decision.id,
            started_at=decision.decided_at,
            starts_on=dt.date.fromisoformat(plan.starts_on),
            ends_on=dt.date.fromisoformat(plan.ends_on),
            progress=accounting.progress_of(application.round, decision.amount),
        )
        db.session.add(project)
        db.session.flush()
        plan_reminders(project)
        before: dict[str, int] = {}
    elif project.decision_id == decision.id:
        return project
    else:
        before = {"decision": project.decision_id}
        project.decision_id = decision.id
        project.progress = accounting.progress_of(application.round, decision.amount)
        db.session.flush()
        db.session.expire(project, ["decision"])
    audit.record(
        actor,
        "project.start",
        project.audit_chain,
        f"project:{project.id}",
        before,
        {"state": project.state.value, "decision": decision.id, "amount": decision.amount},
    )
    return project


# --- report -----------------------------------------------------------------------------------------------


def _hold(project: Project) -> None:
    """Lock the project and read it afresh: of two people who begin the same report, one goes first."""
    db.session.flush()
    db.session.refresh(project, with_for_update=True)
    db.session.expire(project, ["reports"])


def _period(code: str) -> Period:
    period = parse(code)
    if period is None:
        raise Missing
    return period


def save_report(
    actor: Actor, project: Project, code: str, given: ReportInput, version: int = 0
) -> ProgressReport:
    """Keep a draft of the report over a half-year such as `2027-1`.

    version: of the draft when the person began to write, 0 when there was none. Raises StaleReport, with both
    texts, when somebody else saved since; the same text again changes nothing.
    """
    period = _period(code)
    _hold(project)
    require(rules.can_report(actor, project, period))
    given = _tidy(given)
    problems = rules.too_long(given)
    if problems:
        raise InvalidMany(problems)
    report = queries.report_of(project, period)
    if report is None:
        report = ProgressReport(project=project, period=period.code, saved_at=actor.at, saved_by_name="")
        db.session.add(report)
    elif report.state == ReportState.SUBMITTED:
        raise Conflict("state", "Deze rapportage is al ingediend en verandert niet meer.")
    elif given == report.content:
        return report
    elif report.version != version:
        raise StaleReport(report, given)
    report.standing = given.standing
    for name in TEXTS:
        setattr(report, name, getattr(given, name))
    report.saved_at, report.saved_by, report.saved_by_name = actor.at, actor.user_id, actor.name
    db.session.flush()
    return report


def _tidy(given: ReportInput) -> ReportInput:
    texts = {name: clean(getattr(given, name)) for name in TEXTS}
    return ReportInput(given.standing, **texts)


def submit_report(actor: Actor, report: ProgressReport) -> None:
    """Hand a report in: from then on it is fixed. The regional leads of the project's regions get a mail."""
    _hold(report.project)
    db.session.refresh(report, with_for_update=True)
    require(REPORT_LIFE.may(actor, report, "submit"))
    problems = rules.missing(report.content, report.covered)
    if problems:
        raise InvalidMany(problems)
    report.submitted_at, report.submitted_by = actor.at, actor.user_id
    facts = {"period": report.period, "sha256": fingerprint(report.content.to_json())}
    REPORT_LIFE.move(actor, report, "submit", facts=facts)
    application = report.project.application
    assert report.standing is not None
    subject, body = mail.reported(
        application.reference,
        application.title,
        application.organisation.name,
        report.covered.about,
        report.standing.label,
        application.round.invented,
    )
    for lead in _leads(actor, report.project):
        key = f"report:{report.id}:submitted:{lead.id}"
        _post(actor, report.project, key, lead, (subject, body))


def _post(actor: Actor, project: Project, key: str, to: User, letter: tuple[str, str]) -> None:
    subject, body = letter
    outbox.post(
        actor,
        key,
        to.email,
        subject,
        body,
        to.id,
        kind=MailKind.PROJECT,
        chain=project.audit_chain,
        thing=f"project:{project.id}",
    )


def _leads(actor: Actor, project: Project) -> list[User]:
    """The regional leads of a project's regions, but for who may not see it: an interest reaches as far as mail."""
    found = people.leads_of({link.region_id for link in project.application.region_links})
    return [user for user in found if _sees(as_lead(user, actor.at), project)]


def _sees(actor: Actor, project: Project) -> bool:
    query = queries.visible_to(actor).where(Project.id == project.id).with_only_columns(Project.id)
    return db.session.scalar(query.order_by(None)) is not None


# --- the end ----------------------------------------------------------------------------------------------


def finish(actor: Actor, project: Project, given: EndInput) -> None:
    """The project is done: what came of it, what others can learn, and how it lives on."""
    _end(actor, project, "finish", given)


def stop(actor: Actor, project: Project, given: EndInput) -> None:
    """The project stops before its end: why, and what others can learn."""
    _end(actor, project, "stop", dataclasses.replace(given, embedded=None))


def _end(actor: Actor, project: Project, name: str, given: EndInput) -> None:
    _hold(project)
    require(LIFE.may(actor, project, name))
    given = dataclasses.replace(given, reason=clean(given.reason), learned=clean(given.learned))
    target = ProjectState(LIFE.moves[name].target)
    problems = rules.unfit_end(given, target)
    if problems:
        raise InvalidMany(problems)
    project.ended_at, project.ended_reason = actor.at, given.reason
    project.learned, project.embedded = given.learned, given.embedded
    facts = {"learned": given.learned, "embedded": given.embedded.value if given.embedded else None}
    LIFE.move(actor, project, name, given.reason, facts)
    application = project.application
    subject, body = mail.ended(
        application.reference,
        application.title,
        application.organisation.name,
        target == ProjectState.FINISHED,
        clock.local_date(actor.at),
        given.reason,
        application.round.invented,
    )
    own = people.of_organisation(application.organisation_id)
    colleagues = [user for user in own if _sees(actor_for(user, actor.at), project)]
    told = {user.id: user for user in (*colleagues, *_leads(actor, project))}
    for user in told.values():
        if user.id != actor.user_id:
            key = f"project:{project.id}:ended:{user.id}"
            _post(actor, project, key, user, (subject, body))
