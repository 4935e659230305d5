"""How a demonstration round comes about: through the services, by the people whose work it is, at its own moments."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from pool.allocation import queries as allocations
from pool.allocation import service as allocation
from pool.allocation.inputs import Changes
from pool.allocation.models import Scenario
from pool.applications import message_queries
from pool.applications import queries as application_queries
from pool.applications import rules as application_rules
from pool.applications import service as applications
from pool.applications.inputs import (
    SECTIONS,
    Budget,
    BudgetLine,
    CheckedPoint,
    CheckInput,
    Contact,
    Content,
    HearingInput,
    Indicator,
    Milestone,
    Partner,
    Project,
    Reach,
)
from pool.applications.inputs import Plan as PlanSection
from pool.applications.models import Application
from pool.applications.states import BudgetKind, Completeness, Purpose
from pool.assessment import queries as assessments
from pool.assessment import service as assessment
from pool.assessment.inputs import Conclusion, CriterionScore, MeetingInput, ScoresInput
from pool.assessment.models_meeting import Meeting, MeetingItem
from pool.assessment.states import InterestAnswer, ItemKind, ItemState
from pool.awards import queries as award_queries
from pool.awards import service as awards
from pool.core import clock, jobs
from pool.core.access import Actor, system
from pool.core.db import db
from pool.followup import queries as followup_queries
from pool.followup import service as followup
from pool.followup.inputs import ProjectFilter, ReportInput, ViewInput
from pool.followup.states import Standing
from pool.people.rules import actor_for
from pool.people.states import OrganisationKind
from pool.regions import queries as regions
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round

from . import bottlenecks, invent, paper, words
from .accounts import Cast
from .invent import Plan

DEPUTY = "beoordelaar 9"
"""Who does the chair's work where the chair may not."""
TALKS = 3
"""How many applications a chair wants to talk about when nothing stands out."""
AWAY = "beoordelaar 4"
"""Who could not come to the meeting."""
OWN_SHARE = 5
"""A municipality adds one fifth of what it asks, in hours of its own people."""


def content_of(plan: Plan, rules: RoundRules, starts_on: dt.date, place: int) -> Content:
    """The content of an application: what is real is in `plan`, the sentences are invented."""
    own = plan.requested // OWN_SHARE
    staff, training = plan.requested * 3 // 5, plan.requested * 2 // 5
    partners = [Partner("Veilig Thuis", OrganisationKind.OTHER.value, "Denkt mee en verwijst door")]
    if rules.shelter_partner:
        name = plan.partner or "Opvangorganisatie in de regio"
        partners.append(Partner(name, OrganisationKind.SHELTER.value, "Voert het experiment uit"))
    summary = plan.note or words.RESULTS[place % len(words.RESULTS)]
    return Content(
        project=Project(
            title=plan.title,
            summary=summary[0].upper() + summary[1:] + ("" if summary.endswith(".") else "."),
            purpose=list(Purpose)[place % len(Purpose)].value,
            theme=plan.theme,
            grounds=plan.grounds,
        ),
        reach=Reach(plan.regions, tuple(partners)),
        plan=PlanSection(
            occasion=words.OCCASIONS[plan.theme],
            approach=words.APPROACHES[place % 3],
            results=words.RESULTS[(place + 1) % 3],
            sharing=words.SHARING[place % 3],
            embedding=words.EMBEDDING[(place + 2) % 3],
            starts_on=starts_on.isoformat(),
            ends_on=starts_on.replace(year=starts_on.year + 1).isoformat(),
            indicators=(Indicator("Dagen tussen melding en eerste gesprek", "21 dagen", "7 dagen"),),
            milestones=(
                Milestone(
                    starts_on.replace(month=12).isoformat(), "Werkwijze klaar en medewerkers geschoold"
                ),
                Milestone(starts_on.replace(year=starts_on.year + 1, month=6).isoformat(), "Evaluatie klaar"),
            ),
        ),
        budget=Budget(
            lines=(
                BudgetLine(BudgetKind.COST.value, "Projectleiding en uitvoering", staff),
                BudgetLine(BudgetKind.COST.value, "Scholing, materiaal en onderzoek", training + own),
                BudgetLine(BudgetKind.OWN.value, "Inzet van eigen medewerkers", own),
            ),
            requested=staff + training,
            minimum=plan.minimum,
            explanation="De bedragen in deze demonstratie zijn verzonnen.",
        ),
        contact=Contact(
            "Team Zorg en Veiligheid", "beleidsadviseur", "contact@demo.example", "000 000 00 00"
        ),
        answers={question.code: "Zie het plan." for question in rules.questions},
    )


def apply(
    cast: Cast, round_: Round, plan: Plan, moment: dt.datetime, place: int, submit: bool = True
) -> Application:
    """One application of the leading region's centre municipality, drafted and submitted at this moment."""
    lead = regions.regions_by_slug(plan.regions[:1])[plan.regions[0]]
    actor = cast.applicant_of(lead, moment)
    application = applications.start(actor, round_)
    application.invented = plan.invented
    starts_on = dt.date(moment.year, 9, 1)
    content = content_of(plan, rounds.rules_of(round_), starts_on, place)
    for name in SECTIONS:
        applications.save_section(actor, application, name, content.section(name), application.revision)
    if submit:
        paper.send(actor, application, content)
        applications.submit(actor, application)
    return application


def apply_all(
    cast: Cast, round_: Round, plans: Sequence[Plan], first: dt.datetime, last: dt.datetime
) -> list[Application]:
    """All applications, spread over the time between two moments."""
    gap = (last - first) / max(1, len(plans))
    made = []
    for place, plan in enumerate(plans):
        made.append(apply(cast, round_, plan, first + gap * place, place))
        db.session.commit()
    return made


def talk(cast: Cast, application: Application, first: dt.datetime, *, answered: bool) -> None:
    """A short exchange: the municipality asks something, the programme team answers and asks something back."""
    hour = dt.timedelta(hours=1)
    region = application.regions[0]
    applications.send_message(cast.applicant_of(region, first), application, words.QUESTION)
    asking = cast.at("programma", first + 3 * hour)
    earlier = message_queries.messages_of(application.id)[-1].id
    day = clock.local_date(first) + dt.timedelta(days=7)
    asked = applications.send_message(asking, application, words.REPLY, answer_by=day, seen=earlier)
    if answered:
        applicant = cast.applicant_of(region, first + 26 * hour)
        applications.send_message(applicant, application, words.ANSWER, answers_id=asked.id, seen=asked.id)
        applications.mark_thread_read(cast.at("programma", first + 28 * hour), application, asked.id + 1)
    db.session.commit()


def intend(cast: Cast, application: Application, moment: dt.datetime, view: str = "") -> None:
    """The programme team intends to refuse an application; with a view, the municipality gave it a day later, with a letter."""
    rules = rounds.rules_of(application.round)
    points = [
        CheckedPoint(p.code, p.code != "project", words.UNFIT if p.code == "project" else "")
        for p in application_rules.all_ok(rules)
    ]
    given = CheckInput(Completeness.INTENDED, tuple(points), words.INTENTION)
    applications.check(cast.at("programma", moment), application, given)
    if view:
        applicant = cast.applicant_of(application.regions[0], moment + dt.timedelta(days=1))
        paper.support(applicant, application)
        applications.be_heard(applicant, application, HearingInput(True, view))
    db.session.commit()


def find_complete(cast: Cast, round_: Round, found: Sequence[Application], moment: dt.datetime) -> None:
    """The programme team finds every application complete."""
    points = application_rules.all_ok(rounds.rules_of(round_))
    actor = cast.at("programma", moment)
    for application in found:
        applications.check(actor, application, CheckInput(Completeness.COMPLETE, points))
    db.session.commit()


def score_all(
    cast: Cast,
    round_: Round,
    quality: dict[int, int],
    moment: dt.datetime,
    chance: random.Random,
    leave_open: dict[int, int] | None = None,
) -> None:
    """Assessors confirm that they have no interest, and score; `quality` gives points per application id.

    leave_open: user id -> how many assignments that person leaves for the visitor of the demonstration.
    """
    rules = rounds.rules_of(round_)
    waiting = dict(leave_open or {})
    by_application: dict[int, list[int]] = {}
    assignments = {a.id: a for a in assessments.readers_of_round(round_.id)}
    for assignment in assignments.values():
        by_application.setdefault(assignment.application_id, []).append(assignment.id)
    for application_id, idents in sorted(by_application.items()):
        given = invent.levels(rules, quality[application_id], len(idents), chance)
        for reader, (ident, levels) in enumerate(zip(sorted(idents), given, strict=True)):
            assignment = assignments[ident]
            if waiting.get(assignment.user_id):
                waiting[assignment.user_id] -= 1
                continue
            actor = actor_for(assignment.user, moment)
            assessment.declare_interest(actor, application_id, InterestAnswer.NONE)
            db.session.refresh(assignment)
            scores = tuple(
                CriterionScore(c.code, levels[c.code], words.reason_for(levels[c.code], place))
                for place, c in enumerate(rules.criteria)
            )
            assert assignment.assessment is not None
            marks = bottlenecks.codings(rules, assignment.application, reader)
            given_in = ScoresInput(scores, codings=marks)
            assessment.submit_assessment(actor, assignment.assessment, given_in)
        db.session.commit()


def plan_meeting(cast: Cast, round_: Round, planned: dt.datetime, starts_at: dt.datetime) -> Meeting:
    """The chair plans a meeting, and the programme team appoints a deputy for what the chair may not see."""
    reason = "Voor het geval dat de voorzitter een belang heeft bij een aanvraag."
    deputy = cast.user(DEPUTY).id
    assessment.appoint_deputy(cast.at("programma", planned), round_, deputy, reason)
    given = MeetingInput(starts_at, "Den Haag, zaal Binnenhof")
    chair = cast.at("voorzitter", planned)
    meeting = assessment.plan_meeting(chair, round_, given)
    items = assessments.agenda(chair, meeting)
    if not any(item.kind == ItemKind.DISCUSS for item in items):
        # Nothing stands out by itself; the chair wants to talk about what is apart most.
        apart = {row.application.id: row.spread or 0 for row in assessments.results(round_).rows}
        for item in sorted(items, key=lambda item: (-apart[item.application_id], item.position))[:TALKS]:
            assessment.set_kind(chair, item, ItemKind.DISCUSS)
    db.session.commit()
    return meeting


def meet(cast: Cast, round_: Round, planned: dt.datetime, starts_at: dt.datetime) -> None:
    """The committee meets, and stays with every score: what was agreed in 2019 beside the scores is not public."""
    meeting = plan_meeting(cast, round_, planned, starts_at)
    chair = cast.at("voorzitter", starts_at)
    away = cast.user(AWAY).id
    members = [user.id for user in assessments.committee_members() if user.id != away]
    assessment.open_meeting(chair, meeting, members)
    assessment.pass_formalities(cast.at("voorzitter", starts_at + dt.timedelta(minutes=10)), meeting)
    _remember_interest(chair, assessments.agenda(chair, meeting)[0], members)
    moment = starts_at + dt.timedelta(minutes=20)
    for place, item in enumerate(assessments.agenda(chair, meeting)):
        if item.state == ItemState.OPEN:
            now = cast.at("voorzitter", moment)
            assessment.take_up(now, item)
            assessment.confirm_left(now, item)
            assessment.conclude(now, item, Conclusion(notes=words.DISCUSSED[place % len(words.DISCUSSED)]))
            moment += dt.timedelta(minutes=6)
    assessment.close_meeting(cast.at("voorzitter", moment), meeting)
    assessment.approve_minutes(cast.at("voorzitter", moment + dt.timedelta(days=1)), meeting)
    db.session.commit()


def _remember_interest(chair: Actor, item: MeetingItem, members: Sequence[int]) -> None:
    """A member who did not read this application has an interest in it, and leaves the room."""
    readers = {one.user_id for one in assessments.assignments_of(item.application_id)} | {chair.user_id}
    who = next(user_id for user_id in members if user_id not in readers)
    reason = "Werkte tot vorig jaar bij deze gemeente (verzonnen)."
    assessment.declare_interest(chair, item.application_id, InterestAnswer.DECLARED, reason, user_id=who)


def allocate(
    cast: Cast, round_: Round, name: str, moment: dt.datetime, ceiling: int | None = None
) -> Scenario:
    """The scenario by the published rules, or with another ceiling (cents), calculated here and now."""
    changes = Changes(ceiling=ceiling)
    scenario = allocation.create_scenario(cast.at("programma", moment), round_, name, changes=changes)
    db.session.commit()
    jobs.work(until_idle=True)
    db.session.refresh(scenario)
    return scenario


def advise(
    cast: Cast, round_: Round, scenario: Scenario, record: dict[int, int] | None, moment: dt.datetime
) -> None:
    """The committee's advice. record: what was decided in 2019, cents per application id; it differs with a reason."""
    chair = cast.at("voorzitter", moment)
    advice = awards.begin_advice(chair, scenario)
    computed = allocations.awards_of(scenario)
    for application_id, amount in sorted((record or {}).items()):
        if computed.get(application_id, 0) != amount:
            reason = (
                "Zo is in 2019 besloten. De onderbouwing van toen is niet openbaar; deze reden is verzonnen."
            )
            awards.set_line(chair, advice, application_id, amount, reason)
    awards.give_advice(chair, advice)
    db.session.commit()


def decide(cast: Cast, round_: Round, prepared: dt.datetime, decided: dt.datetime) -> None:
    """The programme team prepares, the decider decides, the letters are made, and the round is published."""
    awards.prepare(cast.at("programma", prepared), round_)
    db.session.commit()
    decider = cast.at("beslisser", decided)
    for proposal in award_queries.proposals(round_.id):
        # The letter of a real round is made by the worker a moment later; here it belongs to that same day.
        awards.make_letter(system(decided), awards.decide(decider, proposal))
        db.session.commit()
    awards.publish_decisions(cast.at("programma", decided + dt.timedelta(hours=1)), round_)
    db.session.commit()


def record_of_2019(round_: Round, scenario: Scenario, awarded: int) -> dict[int, int]:
    """What was decided in 2019, cents per application id: every real project, together exactly `awarded`.

    The amounts are invented, so they follow the computed allocation; where that leaves a real project out, or does
    not add up, the project gets its request and the largest partial awards give way or take the rest.
    """
    computed = allocations.awards_of(scenario)
    real = [a for a in application_queries.complete_of_round(round_.id) if not a.invented]
    record = {a.id: computed.get(a.id, a.requested) for a in real}
    gap = awarded - sum(record.values())
    for application in sorted(real, key=lambda a: (-(a.requested - a.minimum), a.id)):
        amount = min(application.requested, max(application.minimum, record[application.id] + gap))
        gap -= amount - record[application.id]
        record[application.id] = amount
    if gap:
        raise ValueError(f"the record of {round_.slug} does not add up: {gap} cents left")
    return {a.id: record.get(a.id, 0) for a in application_queries.complete_of_round(round_.id)}


def report_2019(cast: Cast, round_: Round, moment: dt.datetime) -> None:
    """Every third project has reported on the second half of the year."""
    period = "2019-2"
    for project in followup_queries.found(cast.at("programma", moment), ProjectFilter(round_.slug))[::3]:
        region = project.application.regions[0]
        applicant = cast.applicant_of(region, moment)
        standing = list(Standing)[project.id % 5 == 0]
        given = ReportInput(
            standing, words.ACHIEVED, words.UNDER_WAY, words.NEXT_STEPS, words.LESSONS, words.EMBEDDED
        )
        report = followup.save_report(applicant, project, period, given)
        followup.submit_report(applicant, report)
        db.session.commit()


def see(cast: Cast, round_: Round, until: dt.datetime, left: str = "") -> None:
    """Every regional lead has said how the projects went over each half-year that is over, reported or not.

    left: a region whose lead still has to do so over the last of these half-years.
    """
    last_day = clock.local_date(until)
    for project in followup_queries.found(cast.at("programma", until), ProjectFilter(round_.slug)):
        over = [period for period in project.half_years if period.ends_on < last_day]
        for place, period in enumerate(over):
            day = min(period.due_on - dt.timedelta(days=9), last_day - dt.timedelta(days=1))
            moment = clock.at_local(max(day, period.ends_on), dt.time(10))
            for region in project.application.regions:
                if region.slug == left and period == over[-1]:
                    continue
                lead = cast.at(f"projectleider {region.slug}", moment)
                standing = (
                    Standing.ATTENTION if (project.id + place + region.id) % 6 == 0 else Standing.ON_TRACK
                )
                said = words.VIEWS[standing == Standing.ATTENTION][place % 3]
                followup.give_view(lead, project, period, region.id, ViewInput(standing, said))
    db.session.commit()
