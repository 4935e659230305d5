"""What waits for somebody now: a line per kind of work, with a number and where to go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from pool.applications import queries as applications
from pool.applications import rules as application_rules
from pool.applications.models import Application, Hearing, RegionalView
from pool.applications.states import TO_CHECK, ApplicationState
from pool.assessment import queries as assessment
from pool.assessment.states import AssessmentState
from pool.awards import queries as awards
from pool.awards.states import AdviceState
from pool.core import clock, undelivered
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.prepared import prepared
from pool.core.text import Tone, format_date, plural
from pool.followup import queries as followup
from pool.followup.states import Due
from pool.people import rules as people_rules
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import RoundState


@dataclass(frozen=True)
class Task:
    """A line on the home page. endpoint and args say where to go; tone colours the number."""

    label: str
    count: int
    endpoint: str
    args: dict[str, Any] = field(default_factory=dict)
    hint: str = ""
    tone: Tone = "warning"


def waiting_for(actor: Actor) -> list[Task]:
    """Everything that waits for this actor, in the order of the flow; only lines with something in them."""
    found = [task for role, of in _BY_ROLE.items() if actor.has(role) for task in of(actor)]
    return [task for task in found if task.count]


_APPLICANT_ACTS = (
    ApplicationState.DRAFT,
    ApplicationState.SUPPLEMENT_REQUESTED,
    ApplicationState.HEARING,
)


@prepared
def _own(actor: Actor) -> Select[ApplicationState, dt.date | None, dt.datetime]:
    return (
        applications.visible_to(actor)
        .join(Application.round)
        .where(Application.organisation_id == actor.organisation_id, Application.state.in_(_APPLICANT_ACTS))
        .with_only_columns(Application.state, Application.supplement_until, Round.closes_at)
        .order_by(None)
        .order_by(Application.id)
    )


def _heard(actor: Actor) -> Iterator[Hearing]:
    """Intended refusals on which the municipality of this actor can still give its view."""
    query = applications.visible_to(actor).where(
        Application.organisation_id == actor.organisation_id, Application.state == ApplicationState.HEARING
    )
    for application in db.session.scalars(query.options(selectinload(Application.hearings))):
        if application_rules.can_be_heard(actor, application) and application.open_hearing is not None:
            yield application.open_hearing


def _applicant(actor: Actor) -> Iterator[Task]:
    own = db.session.execute(*_own(actor)).all()
    asked = [until for state, until, _ in own if state == ApplicationState.SUPPLEMENT_REQUESTED and until]
    first = min(asked, default=None)
    yield Task(
        "Aanvragen die u moet aanvullen",
        len(asked),
        "applications.index",
        {"status": ApplicationState.SUPPLEMENT_REQUESTED.value},
        f"De eerste uiterlijk op {format_date(first)}." if first else "",
        "error",
    )
    if any(state == ApplicationState.HEARING for state, _, _ in own):
        yield _hearings([*_heard(actor)])
    signing = applications.signing(actor)
    last = min(
        (s.application.supplement_until or s.application.round.closes_at for s in signing.to_sign),
        default=None,
    )
    yield Task(
        "Aanvragen die op uw handtekening wachten",
        len(signing.to_sign),
        "applications.index",
        hint=f"De eerste uiterlijk op {format_date(last)}." if last else "",
        tone="error",
    )
    yield Task(
        "Aanvragen die een collega aan u teruggaf",
        len(signing.given_back),
        "applications.index",
    )
    drafts = [until for state, _, until in own if state == ApplicationState.DRAFT and actor.at <= until]
    closes = min(drafts, default=None)
    yield Task(
        "Concepten die nog niet zijn ingediend",
        len(drafts),
        "applications.index",
        {"status": ApplicationState.DRAFT.value},
        f"Indienen kan tot en met {format_date(closes)}." if closes else "",
    )
    if not actor.has(Role.REGIONAL_LEAD):
        yield _partner_requests(actor)
    messages = applications.message_work(actor, clock.local_date(actor.at))
    yield _questions("Vragen van het programmateam die u moet beantwoorden", messages)
    yield Task(
        "Aanvragen met nieuwe berichten",
        messages.unread,
        "applications.index",
        {"status": applications.MESSAGE_NEW},
        tone="info",
    )
    yield from _reports(actor, "Voortgangsrapportages die u moet indienen", {})


def _hearings(open_: list[Hearing]) -> Task:
    first = min((hearing.until for hearing in open_), default=None)
    return Task(
        "Aanvragen die wij van plan zijn niet in behandeling te nemen",
        len(open_),
        "applications.index",
        {"status": ApplicationState.HEARING.value},
        f"Reageren kan bij de eerste tot en met {format_date(first)}." if first else "",
        "error",
    )


def _partner_requests(actor: Actor) -> Task:
    return Task(
        "Partnerverzoeken die op uw antwoord wachten",
        applications.partner_requests_open(actor),
        "applications.partner_requests",
        hint="Een gemeente noemt u in een aanvraag en vraagt of dat klopt.",
    )


def _questions(label: str, messages: applications.MessageWork) -> Task:
    """Questions in messages that wait for an answer."""
    first = f"De eerste uiterlijk op {format_date(messages.first)}." if messages.first else ""
    late = messages.overdue
    return Task(
        label,
        messages.waiting,
        "applications.index",
        {"status": applications.QUESTION_OPEN},
        f"{plural(late, 'antwoord is', 'antwoorden zijn')} te laat." if late else first,
        "error" if late else "warning",
    )


def _reports(actor: Actor, label: str, args: dict[str, Any]) -> Iterator[Task]:
    lines = followup.reports_due(actor)
    late = sum(1 for line in lines if line.due == Due.OVERDUE)
    hint = f"{plural(late, 'rapportage is', 'rapportages zijn')} te laat." if late else ""
    yield Task(label, len(lines), "followup.index", args, hint, "error" if late else "warning")


def _regional_lead(actor: Actor) -> Iterator[Task]:
    if actor.has(Role.ASSESSOR, Role.CHAIR):
        lines = []
    else:
        lines = list(db.session.scalars(applications.visible_to(actor)))
    views = select(RegionalView.application_id, RegionalView.region_id).where(
        RegionalView.region_id.in_(actor.region_ids)
    )
    said = {(ident, region_id) for ident, region_id in db.session.execute(views)}
    published = {round_: rounds.rules_of(round_) for round_ in {a.round for a in lines}}
    wanted = [
        a
        for a in lines
        for region_id in sorted(actor.region_ids)
        if (a.id, region_id) not in said
        and application_rules.can_give_view(actor, a, region_id, published[a.round])
    ]
    yield _partner_requests(actor)
    yield Task("Aanvragen waarop uw regio nog geen zienswijze gaf", len(wanted), "applications.index")
    yield _views("Beelden van uw regio die u moet geven", followup.views_due(actor, actor.region_ids))


def _views(label: str, lines: list[followup.DueView]) -> Task:
    """How regions see the projects, where that is asked now."""
    late = sum(line.due == Due.OVERDUE for line in lines)
    first = f"De eerste uiterlijk op {format_date(lines[0].period.due_on)}." if lines else ""
    hint = f"{plural(late, 'beeld is', 'beelden zijn')} te laat." if late else first
    tone: Tone = "error" if late else "warning"
    return Task(label, len(lines), "followup.views", {"beeld": "open"}, hint, tone)


def _assessor(actor: Actor) -> Iterator[Task]:
    own = db.session.scalars(assessment.visible_to(actor)).unique()
    open_ = [
        a
        for a in own
        if a.application.round.state == RoundState.IN_ASSESSMENT
        and (a.assessment is None or a.assessment.state == AssessmentState.DRAFT)
    ]
    yield Task("Aanvragen die u nog moet beoordelen", len(open_), "assessment.index")


def _chair(actor: Actor) -> Iterator[Task]:
    found = db.session.scalars(rounds.visible_to(actor)).unique()
    running = [r for r in found if r.state == RoundState.IN_ASSESSMENT]
    yield Task("Rondes waarin de commissie nog beoordeelt", len(running), "assessment.index", tone="info")
    standings = [s for s in awards.standings(actor) if not s.is_published and not s.barred]
    to_advise = [s for s in standings if s.advice in (None, AdviceState.DRAFT)]
    yield Task("Rondes die op het advies van de commissie wachten", len(to_advise), "awards.index")


def _programme(actor: Actor) -> Iterator[Task]:
    counts = applications.counts(actor)
    yield Task(
        "Aanvragen waarvan u de volledigheid moet toetsen",
        sum(counts.get(state, 0) for state in TO_CHECK),
        "applications.index",
        {"status": applications.CHECK_DUE},
    )
    yield Task(
        "Aanvragen die wachten op aanvulling",
        counts.get(ApplicationState.SUPPLEMENT_REQUESTED, 0),
        "applications.index",
        {"status": ApplicationState.SUPPLEMENT_REQUESTED.value},
        tone="info",
    )
    yield Task(
        "Voornemens om een aanvraag niet in behandeling te nemen, waarover u kunt beslissen",
        applications.work_counts(actor)[applications.TO_CONCLUDE],
        "applications.index",
        {"status": applications.TO_CONCLUDE},
    )
    messages = applications.message_work(actor, clock.local_date(actor.at))
    yield Task(
        "Aanvragen met nieuwe berichten van gemeenten",
        messages.unread,
        "applications.index",
        {"status": applications.MESSAGE_NEW},
    )
    yield _questions("Vragen aan gemeenten die op antwoord wachten", messages)
    yield _undelivered(actor)
    found = list(db.session.scalars(rounds.visible_to(actor)).unique())
    closed = [r for r in found if r.state == RoundState.CLOSED]
    yield Task("Gesloten rondes die u moet toewijzen aan beoordelaars", len(closed), "assessment.index")
    short = sum(assessment.short_of_readers(r) for r in found if r.state == RoundState.IN_ASSESSMENT)
    yield Task("Aanvragen met te weinig beoordelaars", short, "assessment.index")
    standings = [s for s in awards.standings(actor) if not s.is_published and not s.barred]
    to_prepare = [
        s for s in standings if s.advice == AdviceState.GIVEN and s.prepared + s.decided < s.complete
    ]
    yield Task("Rondes waarin u besluiten moet voorbereiden", len(to_prepare), "awards.index")
    to_publish = [s for s in standings if s.complete and s.decided == s.complete]
    yield Task("Rondes waarvan u de besluiten bekend kunt maken", len(to_publish), "awards.index")
    yield from _reports(
        actor, "Voortgangsrapportages die nog niet binnen zijn", {"rapportages": Due.OVERDUE.value}
    )
    yield _views("Beelden van regio’s die nog niet binnen zijn", followup.views_due(actor))


def _undelivered(actor: Actor) -> Task:
    number = undelivered.count() if people_rules.can_follow_mail(actor) else 0
    return Task("Mail die niet is bezorgd", number, "people.undelivered_mail", tone="error")


def _decider(actor: Actor) -> Iterator[Task]:
    prepared = [s for s in awards.standings(actor) if s.prepared and not s.barred]
    yield Task("Besluiten die klaarliggen", sum(s.prepared for s in prepared), "awards.index")


_BY_ROLE: dict[Role, Callable[[Actor], Iterator[Task]]] = {
    Role.APPLICANT: _applicant,
    Role.REGIONAL_LEAD: _regional_lead,
    Role.ASSESSOR: _assessor,
    Role.CHAIR: _chair,
    Role.PROGRAMME: _programme,
    Role.DECIDER: _decider,
}
