"""Interests: who may not know what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, literal, not_, select
from sqlalchemy.orm import contains_eager

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.core import mailbox
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.delivery import MailKind
from pool.core.outbox import Mail
from pool.people import queries as people
from pool.people.models import Organisation, User
from pool.regions.models import Municipality
from pool.rounds.models import Round

from ..models import Assignment, InterestMeasure, InterestStatement
from ..rules import COMMITTEE
from ..states import InterestAnswer, Measure
from ..ties import Tie
from . import ties

Pair = tuple[int, int]
"""(application, member)"""


def barred_applications(user_id: int) -> set[int]:
    """Applications this person may not know anything of: by what was declared and decided, or by the facts."""
    said = (
        select(InterestStatement).where(InterestStatement.user_id == user_id).order_by(InterestStatement.id)
    )
    newest = {(one.application_id, user_id): one for one in db.session.scalars(said)}
    closed = _closed(newest, ties.measures(user_id=user_id))
    return {application_id for application_id, _ in closed} | ties.hard_applications(user_id)


def _closed(
    statements: Mapping[Pair, InterestStatement], measures: Mapping[Pair, InterestMeasure]
) -> set[Pair]:
    """Pairs that are barred by what was said and decided: an interest was declared or found, and not allowed."""
    return {
        pair
        for pair in statements.keys() | measures.keys()
        if _bars(statements.get(pair), measures.get(pair))
    }


def _bars(statement: InterestStatement | None, measure: InterestMeasure | None) -> bool:
    if measure is not None and (statement is None or (measure.statement_id or 0) >= statement.id):
        return measure.measure == Measure.BARRED
    # A later "no interest", by the chair for a mistake, takes the place of what was decided before.
    return statement is not None and statement.answer == InterestAnswer.DECLARED


def hidden_from(actor: Actor) -> set[int]:
    """What members of the committee may not see of the committee's work; nothing is hidden from others."""
    if actor.user_id is None or not actor.has(*COMMITTEE):
        return set()
    return barred_applications(actor.user_id)


def hides_some(actor: Actor, round_id: int) -> bool:
    """Whether an application of this round is hidden from the actor."""
    hidden = hidden_from(actor)
    if not hidden:
        return False
    query = select(Application.id).where(Application.round_id == round_id, Application.id.in_(hidden))
    return db.session.scalar(query.order_by(Application.id).limit(1)) is not None


@mailbox.conceal
def _messages_of_barred(actor: Actor) -> ColumnElement[bool] | None:
    """Messages about what `hidden_from` hides: they are not to be read in the portal or in an overview.

    What was sent to somebody as an applicant about an application of the own municipality stays: the whole file
    can be read there, through another door.
    """
    hidden = hidden_from(actor)
    if not hidden:
        return None
    barred = Mail.chain.in_([f"application:{ident}" for ident in sorted(hidden)])
    if not actor.has(Role.APPLICANT):
        return barred
    own = Application.organisation_id == (actor.organisation_id or 0)
    chain = literal("application:") + cast(Application.id, String)
    as_applicant = and_(Mail.kind != MailKind.ASSESSMENT, Mail.chain.in_(select(chain).where(own)))
    return and_(barred, not_(as_applicant))


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


def barred_pairs(round_id: int) -> set[tuple[int, int]]:
    """(application, member) that may not be: by what was declared and decided, or by the facts."""
    said = (
        select(InterestStatement)
        .join(Application, Application.id == InterestStatement.application_id)
        .where(Application.round_id == round_id)
        .order_by(InterestStatement.id)
    )
    newest = {(one.application_id, one.user_id): one for one in db.session.scalars(said)}
    members = [user.id for role in COMMITTEE for user in people.with_role(role)]
    return _closed(newest, ties.measures(round_id=round_id)) | ties.hard_pairs(round_id, members)


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


def waits(round_: Round, application_id: int, user_id: int) -> bool:
    """Whether the file stays shut until the chair has weighed what the facts say."""
    if not ties.ties(round_, application_id, user_id):
        return False
    return ties.measures(user_id=user_id).get((application_id, user_id)) is None


def may_open(assignment: Assignment) -> bool:
    """Whether the file of an assignment is open to its assessor: nothing bars, and nothing waits.

    Either the assessor said to have no interest, or the chair allowed what was declared.
    """
    user_id, application = assignment.user_id, assignment.application
    said = statement_of(user_id, application.id)
    if said is None or application.id in barred_applications(user_id):
        return False
    return not waits(application.round, application.id, user_id)


@dataclass(frozen=True)
class Weighed:
    """A member and an application with what was said, what the facts say, and what the chair decided of it."""

    user: User
    application: Application
    ties: tuple[Tie, ...]
    statement: InterestStatement | None
    measure: InterestMeasure | None

    @property
    def declared(self) -> bool:
        return self.statement is not None and self.statement.answer == InterestAnswer.DECLARED

    @property
    def hard(self) -> bool:
        return any(tie.hard for tie in self.ties)

    @property
    def is_open(self) -> bool:
        """Whether the chair still has to decide."""
        if self.hard:
            return False
        if self.measure is None:
            return True
        return self.declared and (self.measure.statement_id or 0) < (
            self.statement.id if self.statement else 0
        )


def weighed_of_round(round_id: int, readers: Collection[Pair], hidden: Collection[int] = ()) -> list[Weighed]:
    """What the chair has to weigh or has weighed in a round, by application and name.

    readers: (application, member) that are assigned; of others the facts matter only once they read.
    """
    members = {user.id: user for role in COMMITTEE for user in people.with_role(role)}
    said = {(one.application.id, one.user.id): one for one in statements_of_round(round_id, hidden)}
    found, decided = ties.ties_of(round_id, members), ties.measures(round_id=round_id)
    declared = {pair for pair, one in said.items() if one.statement.answer == InterestAnswer.DECLARED}
    wanted = declared | (decided.keys()) | {pair for pair in found if pair in readers}
    wanted = {(a, u) for a, u in wanted if a not in hidden and u in members}
    files = {a.id: a for a in applications.complete_of_round(round_id)}
    return sorted(
        (
            Weighed(
                members[u],
                files[a],
                tuple(found.get((a, u), ())),
                said[a, u].statement if (a, u) in said else None,
                decided.get((a, u)),
            )
            for a, u in wanted
            if a in files
        ),
        key=lambda one: (not one.is_open, one.application.id, one.user.name, one.user.id),
    )
