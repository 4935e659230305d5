"""Who sees which applications. Every list starts from `visible_to`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.core.prepared import prepared
from pool.rounds.models import RuleSet

from .models import Application, ApplicationRegion

READERS = (Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
"""Roles that read every submitted application."""


def with_facts(query: Select[Application]) -> Select[Application]:
    """What lists show, loaded in a fixed number of queries."""
    return query.options(
        joinedload(Application.organisation, innerjoin=True),
        joinedload(Application.theme),
        joinedload(Application.round, innerjoin=True),
        selectinload(Application.region_links).joinedload(ApplicationRegion.region, innerjoin=True),
    )


def _rounds_with_views() -> Select[int]:
    """Rounds whose newest rules let regional leads see applications."""
    later = aliased(RuleSet)
    newest = select(func.max(later.number)).where(later.round_id == RuleSet.round_id).scalar_subquery()
    return select(RuleSet.round_id).where(
        RuleSet.number == newest, RuleSet.body["regional_views"].as_boolean()
    )


def may_see(actor: Actor) -> ColumnElement[bool]:
    submitted = Application.submitted_at.is_not(None)
    # Members of the committee come through the door of the assessment, which knows their interests.
    in_committee = actor.has(Role.ASSESSOR, Role.CHAIR)
    reasons: list[ColumnElement[bool]] = []
    if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
        reasons.append(Application.organisation_id == actor.organisation_id)
    if actor.has(*READERS) and not in_committee:
        reasons.append(submitted)
    if actor.has(Role.REGIONAL_LEAD) and not in_committee:
        here = select(ApplicationRegion.application_id).where(
            ApplicationRegion.region_id.in_(actor.region_ids)
        )
        in_round = Application.round_id.in_(_rounds_with_views())
        reasons.append(and_(submitted, Application.id.in_(here), in_round))
    return or_(false(), *reasons)


def visible_to(actor: Actor) -> Select[Application]:
    """Applications this actor may see, newest first: the own municipality's, the own regions', or all submitted."""
    query = select(Application).where(may_see(actor)).order_by(Application.id.desc())
    return with_facts(query)


@prepared
def _one(actor: Actor) -> Select[Application]:
    # Of one application the regions and the theme come when they are asked for; a save needs neither.
    return (
        select(Application)
        .where(may_see(actor), Application.id == bindparam("ident"))
        .options(
            joinedload(Application.round, innerjoin=True),
            joinedload(Application.organisation, innerjoin=True),
        )
    )


def get(actor: Actor, ident: int) -> Application:
    """The application with this id; Missing when there is none for this actor."""
    query, mine = _one(actor)
    found = db.session.scalar(query, {**mine, "ident": ident})
    if found is None:
        raise Missing
    return found
