"""What is before the committee, and who reads it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.applications.states import IN_HEARING, ApplicationState
from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing
from pool.people import queries as people
from pool.people.models import User
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from ..models import Assessment, Assignment, GivenBack
from ..rules import ASSESSED_STATES, COMMITTEE, is_closed
from ..states import COUNTING, AssessmentState
from .interests import barred_pairs, hidden_from

PENDING = frozenset(
    {
        ApplicationState.SUBMITTED,
        ApplicationState.SUPPLEMENT_REQUESTED,
        ApplicationState.SUPPLEMENTED,
        *IN_HEARING,
    }
)
"""States of an application that still has to pass the completeness check."""


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
    query = select(func.count()).select_from(Application)
    query = query.where(Application.round_id == round_id, Application.state.in_(PENDING))
    return db.session.scalar(query) or 0


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


def readers_of_round(round_id: int, hidden: Collection[int] = ()) -> list[Assignment]:
    """Assignments of a round that lead or led to a score that counts."""
    barred = barred_pairs(round_id)
    return [a for a in assignments_of_round(round_id, hidden) if is_reader(a, barred)]


def unfinished_readers(round_id: int) -> set[tuple[int, int]]:
    """(application, assessor) of whoever still has to hand in a score that will count."""
    query = (
        select(Assignment.application_id, Assignment.user_id)
        .join(Assignment.application)
        .outerjoin(Assignment.assessment)
        .where(
            Application.round_id == round_id,
            Application.state == ApplicationState.COMPLETE,
            Assignment.ended_at.is_(None),
            or_(
                Assessment.id.is_(None),
                and_(Assessment.state == AssessmentState.DRAFT, Assessment.quarantined.is_(False)),
            ),
        )
        .order_by(Assignment.id)
    )
    pairs = {(application_id, user_id) for application_id, user_id in db.session.execute(query)}
    return pairs - barred_pairs(round_id) if pairs else pairs


def abstained_pairs(round_id: int) -> set[tuple[int, int]]:
    """(application, assessor) where the assessor gave the application back."""
    query = (
        select(Assignment.application_id, Assignment.user_id)
        .join(Assignment.application)
        .join(GivenBack, GivenBack.assignment_id == Assignment.id)
        .where(Application.round_id == round_id, Assignment.ended_at.is_not(None))
        .order_by(Assignment.id)
    )
    return {(application_id, user_id) for application_id, user_id in db.session.execute(query)}


def short_of_readers(round_: Round) -> int:
    """How many applications of a round have fewer readers than its rules ask for."""
    needed = rounds.rules_of(round_).assessors_per_application
    readers = Counter(one.application_id for one in readers_of_round(round_.id))
    return sum(readers[application.id] < needed for application in in_assessment(round_.id))


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
