"""Interests that follow from the facts, and what the chair decided about interests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from pool.applications.inputs import Content
from pool.applications.models import Application, ApplicationRegion, ApplicationVersion
from pool.applications.states import ApplicationState
from pool.core.clock import local_date
from pool.core.db import db
from pool.people import queries as people
from pool.people.models import Organisation, User
from pool.people.states import OrganisationKind
from pool.regions.models import Municipality
from pool.rounds import queries as rounds
from pool.rounds.models import Round, RuleSet
from pool.rounds.states import OwnRegion

from ..models import InterestMeasure
from ..states import TieKind
from ..ties import Asked, Person, Tie, direct, every, fold

HELPERS = (OrganisationKind.COMMITTEE, OrganisationKind.PROGRAMME)
"""Organisations that are no employer in the sense of an interest: they never apply and are nobody's partner."""

_partners: dict[str, frozenset[str]] = {}
"""Partners by the hash of a version: its content never changes, and reading it takes long."""


def persons(user_ids: Iterable[int]) -> list[Person]:
    """What is known of where these people work and worked."""
    ids = list(user_ids)
    query = (
        select(User.id, Organisation, Municipality.region_id)
        .outerjoin(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(Municipality, Municipality.id == Organisation.municipality_id)
        .where(User.id.in_(ids))
        .order_by(User.id)
    )
    former = people.former_employers(ids)
    found = []
    for user_id, organisation, region_id in db.session.execute(query):
        works = organisation is not None and organisation.kind not in HELPERS
        found.append(
            Person(
                user_id,
                organisation.name if works else "",
                organisation.id if works else None,
                region_id,
                tuple((one.employer, one.until) for one in former.get(user_id, ())),
            )
        )
    return found


def _newest_partners(application_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Application to the folded names of the partners in its newest version."""
    newest = (
        select(ApplicationVersion.application_id, func.max(ApplicationVersion.number).label("number"))
        .where(ApplicationVersion.application_id.in_(application_ids))
        .group_by(ApplicationVersion.application_id)
        .subquery()
    )
    version = ApplicationVersion
    same = (version.application_id == newest.c.application_id) & (version.number == newest.c.number)
    hashes = dict(
        iter(
            db.session.execute(
                select(version.application_id, version.sha256).join(newest, same).order_by(version.id)
            )
        )
    )
    unread = {sha for sha in hashes.values() if sha not in _partners}
    if unread:
        read = select(version.sha256, version.content).where(version.sha256.in_(unread)).order_by(version.id)
        for sha, content in db.session.execute(read):
            partners = Content.from_json(content).reach.partners
            _partners[sha] = frozenset(fold(partner.name) for partner in partners)
    return {ident: _partners[sha] for ident, sha in hashes.items()}


def asked(round_ids: Iterable[int]) -> dict[int, Asked]:
    """The applications of rounds that were submitted and not withdrawn, as far as interests are concerned."""
    query = (
        select(Application)
        .where(
            Application.round_id.in_(list(round_ids)),
            Application.submitted_at.is_not(None),
            Application.state != ApplicationState.WITHDRAWN,
        )
        .options(
            joinedload(Application.organisation, innerjoin=True),
            joinedload(Application.round, innerjoin=True),
            selectinload(Application.region_links).load_only(ApplicationRegion.region_id),
        )
        .order_by(Application.id)
    )
    found = list(db.session.scalars(query).unique())
    partners = _newest_partners([application.id for application in found])
    regions = {round_: OwnRegion(rounds.rules_of(round_).own_region) for round_ in {a.round for a in found}}
    return {
        application.id: Asked(
            application.id,
            application.organisation_id,
            application.organisation.name,
            partners.get(application.id, frozenset()),
            frozenset(link.region_id for link in application.region_links),
            local_date(application.round.closes_at),
            regions[application.round],
        )
        for application in found
    }


def ties_of(round_id: int, user_ids: Iterable[int]) -> dict[tuple[int, int], list[Tie]]:
    """(application, person) to what the facts say of an interest, for a round; pairs without any are left out."""
    tied = [person for person in persons(user_ids) if person.is_tied]
    return every(tied, asked([round_id])) if tied else {}


def hard_applications(user_id: int) -> set[int]:
    """Applications that this person may not know anything of, whatever anybody says."""
    tied = [person for person in persons([user_id]) if person.is_tied]
    if not tied:
        return set()
    every_round = db.session.scalars(select(RuleSet.round_id).distinct().order_by(RuleSet.round_id))
    found = asked(every_round)
    return {ident for ident, one in found.items() if any(tie.hard for tie in direct(tied[0], one))}


def hard_pairs(round_id: int, user_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(application, person) that may not be, whatever anybody says."""
    return {pair for pair, ties in ties_of(round_id, user_ids).items() if any(tie.hard for tie in ties)}


def soft_pairs(round_id: int, user_ids: Iterable[int]) -> set[tuple[int, int]]:
    """(application, person) that the chair must weigh, for more than the own region, and did not allow."""
    decided = measures(round_id=round_id)
    return {
        pair
        for pair, ties in ties_of(round_id, user_ids).items()
        if pair not in decided
        and not any(tie.hard for tie in ties)
        and any(tie.kind != TieKind.REGION for tie in ties)
    }


def measures(
    *, user_id: int | None = None, round_id: int | None = None
) -> dict[tuple[int, int], InterestMeasure]:
    """(application, person) to the newest decision of the chair."""
    query = select(InterestMeasure).order_by(InterestMeasure.id)
    if user_id is not None:
        query = query.where(InterestMeasure.user_id == user_id)
    if round_id is not None:
        query = query.join(Application, Application.id == InterestMeasure.application_id)
        query = query.where(Application.round_id == round_id)
    return {(one.application_id, one.user_id): one for one in db.session.scalars(query)}


def ties(round_: Round, application_id: int, user_id: int) -> list[Tie]:
    """What the facts say of one person and one application."""
    return ties_of(round_.id, [user_id]).get((application_id, user_id), [])
