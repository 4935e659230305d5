"""Reads about assessing. Whoever has an interest in an application meets it nowhere in here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from pool.applications import queries as applications
from pool.applications.inputs import Content
from pool.applications.models import Application, ApplicationRegion, ApplicationVersion
from pool.applications.states import ApplicationState
from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing
from pool.people import queries as people
from pool.people.models import Organisation, User
from pool.regions.models import Municipality
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from .adjusted import adjust
from .models import Assessment, Assignment, InterestStatement, MeritAdoption, PanelOutcome
from .ranking import Row, mean, rank
from .rules import ASSESSED_STATES, COMMITTEE, is_closed
from .states import AssessmentState, InterestAnswer

COUNTING = (AssessmentState.SUBMITTED, AssessmentState.LOCKED)
"""States in which scores count."""
PENDING = frozenset(
    {
        ApplicationState.SUBMITTED,
        ApplicationState.SUPPLEMENT_REQUESTED,
        ApplicationState.SUPPLEMENTED,
    }
)
"""States of an application that still has to pass the completeness check."""

# --- interests ----------------------------------------------------------------------------------------------


def barred_applications(user_id: int) -> set[int]:
    """Applications this person may not know anything of: an interest was declared and not taken back, or the
    person works for the applicant."""
    said = (
        select(InterestStatement.application_id, InterestStatement.answer)
        .where(InterestStatement.user_id == user_id)
        .order_by(InterestStatement.id)
    )
    newest = dict(iter(db.session.execute(said)))
    own = (
        select(Application.id)
        .join(User, User.organisation_id == Application.organisation_id)
        .where(User.id == user_id)
        .order_by(Application.id)
    )
    return {key for key, answer in newest.items() if answer == InterestAnswer.DECLARED} | set(
        db.session.scalars(own)
    )


def hidden_from(actor: Actor) -> set[int]:
    """What members of the committee may not see of the committee's work; nothing is hidden from others."""
    if actor.user_id is None or not actor.has(*COMMITTEE):
        return set()
    return barred_applications(actor.user_id)


def statement_of(user_id: int, application_id: int) -> InterestStatement | None:
    """The newest statement of somebody about an application."""
    query = (
        select(InterestStatement)
        .where(InterestStatement.user_id == user_id, InterestStatement.application_id == application_id)
        .order_by(InterestStatement.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


@dataclass(frozen=True)
class Interest:
    """The newest statement of a member about an application, with who and what it is about."""

    statement: InterestStatement
    user: User
    application: Application


def statements_of_round(round_id: int, hidden: Collection[int] = ()) -> list[Interest]:
    """The newest statement of everyone about every application of a round, oldest first."""
    query = (
        select(InterestStatement, User, Application)
        .join(User, User.id == InterestStatement.user_id)
        .join(Application, Application.id == InterestStatement.application_id)
        .where(Application.round_id == round_id, Application.id.not_in(list(hidden)))
        .options(contains_eager(Application.organisation))
        .join(Application.organisation)
        .order_by(InterestStatement.id)
    )
    newest = {
        (s.user_id, s.application_id): Interest(s, u, a) for s, u, a in db.session.execute(query).unique()
    }
    return sorted(newest.values(), key=lambda one: one.statement.id)


def own_regions(user_ids: Iterable[int]) -> dict[int, int]:
    """Person to the region of the municipality that he or she works for."""
    query = (
        select(User.id, Municipality.region_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .where(User.id.in_(list(user_ids)))
        .order_by(User.id)
    )
    return dict(iter(db.session.execute(query)))


def partner_names(application_ids: Iterable[int]) -> dict[int, set[str]]:
    """Application to the names of the partners in its newest version, case-folded."""
    query = (
        select(ApplicationVersion)
        .where(ApplicationVersion.application_id.in_(list(application_ids)))
        .order_by(ApplicationVersion.application_id, ApplicationVersion.number)
    )
    newest = {version.application_id: version for version in db.session.scalars(query)}
    return {
        ident: {partner.name.casefold() for partner in Content.from_json(version.content).reach.partners}
        for ident, version in newest.items()
    }


# --- an assessor's own work ---------------------------------------------------------------------------------


def visible_to(actor: Actor) -> Select[Assignment]:
    """The actor's own running assignments in rounds that the committee has, without what is hidden; newest round
    first, then by reference."""
    return (
        select(Assignment)
        .join(Assignment.application)
        .join(Application.round)
        .join(Application.organisation)
        .where(
            Assignment.user_id == (actor.user_id or 0),
            Assignment.ended_at.is_(None),
            Round.state.in_(ASSESSED_STATES),
            Application.state == ApplicationState.COMPLETE,
            Application.id.not_in(list(hidden_from(actor))),
        )
        .options(
            contains_eager(Assignment.application).contains_eager(Application.organisation),
            contains_eager(Assignment.application).contains_eager(Application.round),
            selectinload(Assignment.assessment).selectinload(Assessment.scores),
        )
        .order_by(Round.opens_at.desc(), Round.id.desc(), Application.id)
    )


def own_assignment(actor: Actor, application_id: int) -> Assignment:
    """The actor's assignment to an application; Missing when there is none, or an interest."""
    found = db.session.scalar(visible_to(actor).where(Assignment.application_id == application_id))
    if found is None:
        raise Missing
    return found


def open_own(actor: Actor, round_id: int) -> int:
    """How many assessments of a round the actor still has to hand in."""
    own = db.session.scalars(visible_to(actor).where(Application.round_id == round_id)).unique()
    return sum(a.assessment is None or a.assessment.state == AssessmentState.DRAFT for a in own)


def others_scores(assessment: Assessment) -> list[Assessment]:
    """What others handed in for the same application; nothing before the own assessment is handed in."""
    if assessment.state not in COUNTING or assessment.quarantined:
        return []
    assignment = assessment.assignment
    return [a for a in counting([assignment.application_id]) if a.id != assessment.id]


def regions_of(application_id: int) -> list[ApplicationRegion]:
    query = (
        select(ApplicationRegion)
        .where(ApplicationRegion.application_id == application_id)
        .options(joinedload(ApplicationRegion.region, innerjoin=True))
        .order_by(ApplicationRegion.position)
    )
    return list(db.session.scalars(query))


# --- the committee ------------------------------------------------------------------------------------------


def rounds_in_hand(actor: Actor) -> list[Round]:
    """Rounds that are closed or being assessed or later, newest first."""
    found = db.session.scalars(rounds.visible_to(actor)).unique()
    return [r for r in found if r.state in ASSESSED_STATES or is_closed(actor, r)]


def round_in_hand(actor: Actor, slug: str) -> Round:
    """The round with this slug, when it is closed or being assessed or later; else Missing."""
    found = rounds.get(actor, slug)
    if found.state not in ASSESSED_STATES and not is_closed(actor, found):
        raise Missing
    return found


def committee_members() -> list[User]:
    """The people in the committee now, by name."""
    found = {user.id: user for role in COMMITTEE for user in people.with_role(role)}
    return sorted(found.values(), key=lambda user: (user.name, user.id))


def committee_file(actor: Actor, application_id: int) -> Application:
    """Any complete application of a closed round, for chair and programme team; Missing when hidden."""
    found = db.session.get(Application, application_id)
    if found is None or found.state != ApplicationState.COMPLETE or application_id in hidden_from(actor):
        raise Missing
    if found.round.state not in ASSESSED_STATES and not is_closed(actor, found.round):
        raise Missing
    return found


def in_assessment(round_id: int, hidden: Collection[int] = ()) -> list[Application]:
    """The complete applications of a round, without what is hidden."""
    return [a for a in applications.complete_of_round(round_id) if a.id not in hidden]


def pending(round_id: int) -> int:
    """How many applications of a round still have to pass the completeness check."""
    return len(applications.of_round(round_id, PENDING))


def assignments_of_round(round_id: int, hidden: Collection[int] = ()) -> list[Assignment]:
    """Running assignments of a round, by application and name."""
    query = (
        select(Assignment)
        .join(Assignment.application)
        .join(Assignment.user)
        .where(
            Application.round_id == round_id,
            Assignment.ended_at.is_(None),
            Application.id.not_in(list(hidden)),
            Application.state == ApplicationState.COMPLETE,
        )
        .options(
            contains_eager(Assignment.application).joinedload(Application.organisation, innerjoin=True),
            contains_eager(Assignment.user),
            selectinload(Assignment.assessment),
        )
        .order_by(Application.id, User.name, User.id)
    )
    return list(db.session.scalars(query).unique())


def is_reader(assignment: Assignment, barred: Collection[tuple[int, int]]) -> bool:
    """Whether this assignment still leads to a score: no interest, not in quarantine."""
    quarantined = assignment.assessment is not None and assignment.assessment.quarantined
    return not quarantined and (assignment.application_id, assignment.user_id) not in barred


def barred_pairs(round_id: int) -> set[tuple[int, int]]:
    """(application, member) where the newest statement is an interest."""
    return {
        (one.application.id, one.user.id)
        for one in statements_of_round(round_id)
        if one.statement.answer == InterestAnswer.DECLARED
    }


def readers_of_round(round_id: int, hidden: Collection[int] = ()) -> list[Assignment]:
    """Assignments of a round that lead or led to a score that counts."""
    barred = barred_pairs(round_id)
    return [a for a in assignments_of_round(round_id, hidden) if is_reader(a, barred)]


def assignment(actor: Actor, ident: int) -> Assignment:
    """An assignment by its key, for chair and programme team; Missing when its application is hidden."""
    found = db.session.get(Assignment, ident)
    if found is None or found.application_id in hidden_from(actor):
        raise Missing
    return found


def assessment(actor: Actor, ident: int) -> Assessment:
    """An assessment by its key, for the chair; Missing when its application is hidden."""
    found = db.session.get(Assessment, ident)
    if found is None or found.assignment.application_id in hidden_from(actor):
        raise Missing
    return found


def counting(application_ids: Iterable[int]) -> list[Assessment]:
    """Handed-in assessments that count, with their scores, by application and assessor's name."""
    query = (
        select(Assessment)
        .join(Assessment.assignment)
        .join(Assignment.user)
        .where(
            Assignment.application_id.in_(list(application_ids)),
            Assignment.ended_at.is_(None),
            Assessment.state.in_(COUNTING),
            Assessment.quarantined.is_(False),
        )
        .options(
            contains_eager(Assessment.assignment).contains_eager(Assignment.user),
            joinedload(Assessment.judged, innerjoin=True),
            selectinload(Assessment.scores),
        )
        .order_by(Assignment.application_id, User.name, User.id)
    )
    return list(db.session.scalars(query).unique())


def levels(assessment: Assessment) -> dict[str, int]:
    """Criterion to level, of the criteria that have one."""
    return {score.criterion: score.level for score in assessment.scores if score.level is not None}


def outcomes(application_ids: Iterable[int]) -> dict[int, PanelOutcome]:
    """What the committee agreed, by application."""
    query = (
        select(PanelOutcome)
        .where(PanelOutcome.application_id.in_(list(application_ids)))
        .order_by(PanelOutcome.id)
    )
    return {outcome.application_id: outcome for outcome in db.session.scalars(query)}


@dataclass(frozen=True)
class Results:
    """The ranking of a round as one person may see it. calibration: what to say about the adjusted means."""

    rows: list[Row]
    calibration: str

    @property
    def scored(self) -> int:
        return sum(row.value is not None for row in self.rows)


def results(round_: Round, hidden: Collection[int] = ()) -> Results:
    """Totals, means, spread, agreed outcomes, ranking and adjusted means; everything as if what is hidden were
    not there."""
    rules = rounds.rules_of(round_)
    found = in_assessment(round_.id, hidden)
    given: dict[int, list[Assessment]] = defaultdict(list)
    ids = [application.id for application in found]
    for one in counting(ids):
        given[one.assignment.application_id].append(one)
    agreed = outcomes(ids)
    totals: list[tuple[str, str, int]] = []
    rows = []
    for application in found:
        marks = [levels(one) for one in given[application.id]]
        points = tuple(rules.points(mark) for mark in marks)
        outcome = agreed.get(application.id)
        rows.append(
            Row(
                application,
                points,
                {c.code: sum(m[c.code] for m in marks) * 1000 // len(marks) for c in rules.criteria if marks},
                outcome.agreed if outcome else None,
                outcome.reason if outcome else "",
            )
        )
        totals += [
            (str(application.id), str(one.assignment.user_id), total)
            for one, total in zip(given[application.id], points, strict=True)
        ]
    adjusted = adjust(tuple(totals))
    if adjusted is not None:
        rows = [replace(row, adjusted=adjusted.means.get(str(row.application.id))) for row in rows]
    ranked = rank(rows, round_.budget.ceiling, rules.min_merit)
    return Results(ranked, adjusted.remark if adjusted else "")


def mean_of(round_: Round, application_id: int) -> int | None:
    """The mean total of one application in thousandths; None while nobody has scored it."""
    rules = rounds.rules_of(round_)
    return mean([rules.points(levels(one)) for one in counting([application_id])])


def progress(readers: Iterable[Assignment]) -> list[tuple[User, Mapping[str, int]]]:
    """Per assessor, by name: how many files (`all`), opened (`draft`) and handed in (`done`)."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    users: dict[int, User] = {}
    for one in readers:
        users[one.user_id] = one.user
        counts[one.user_id]["all"] += 1
        if one.assessment is not None:
            done = one.assessment.state in COUNTING
            counts[one.user_id]["done" if done else "draft"] += 1
    people = sorted(users.values(), key=lambda user: (user.name, user.id))
    return [(user, counts[user.id]) for user in people]


# --- merits -------------------------------------------------------------------------------------------------


def latest_adoption(round_id: int) -> MeritAdoption | None:
    """The merits of a round as adopted, with each application; None while nothing is adopted."""
    query = (
        select(MeritAdoption)
        .where(MeritAdoption.round_id == round_id)
        .options(selectinload(MeritAdoption.merits))
        .order_by(MeritAdoption.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def merits(round_id: int) -> dict[int, int]:
    """Application to adopted merit in thousandths; empty while nothing is adopted."""
    adoption = latest_adoption(round_id)
    return {merit.application_id: merit.merit for merit in adoption.merits} if adoption else {}
