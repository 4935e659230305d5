"""Reads about applications. Everything is ordered; every list starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.people.models import Organisation
from pool.regions.models import Region, Theme
from pool.rounds.models import Round, RuleSet

from .inputs import Content
from .models import Application, ApplicationRegion, ApplicationVersion, RegionalView
from .states import ApplicationState

READERS = (Role.PROGRAMME, Role.DECIDER, Role.AUDITOR)
"""Roles that read every submitted application."""


def _with_facts(query: Select[Application]) -> Select[Application]:
    """What lists show, loaded in a fixed number of queries."""
    return query.options(
        joinedload(Application.organisation, innerjoin=True),
        joinedload(Application.round, innerjoin=True),
        selectinload(Application.theme),
        selectinload(Application.region_links).joinedload(ApplicationRegion.region, innerjoin=True),
    )


def _rounds_with_views() -> Select[int]:
    """Rounds whose newest rules let regional leads see applications."""
    later = aliased(RuleSet)
    newest = select(func.max(later.number)).where(later.round_id == RuleSet.round_id).scalar_subquery()
    return select(RuleSet.round_id).where(
        RuleSet.number == newest, RuleSet.body["regional_views"].as_boolean()
    )


def _may_see(actor: Actor) -> ColumnElement[bool]:
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
    query = select(Application).where(_may_see(actor)).order_by(Application.id.desc())
    return _with_facts(query)


def get(actor: Actor, ident: int) -> Application:
    """The application with this id; Missing when there is none for this actor."""
    found = db.session.scalar(visible_to(actor).where(Application.id == ident))
    if found is None:
        raise Missing
    return found


def draft(application: Application) -> Content:
    """The text that is being written."""
    return Content.from_json(application.content)


def content(application: Application) -> Content:
    """What counts: the newest submitted version, or the draft while nothing was submitted."""
    version = application.current_version
    return Content.from_json(version.content) if version else draft(application)


def version(application: Application, number: int) -> ApplicationVersion:
    """The submitted version with this number; Missing when there is none."""
    for found in application.versions:
        if found.number == number:
            return found
    raise Missing


def of_round(round_id: int, states: Iterable[ApplicationState]) -> list[Application]:
    """Applications of a round in these states, by reference, with regions, theme and organisation."""
    query = select(Application).where(Application.round_id == round_id, Application.state.in_(list(states)))
    return list(db.session.scalars(_with_facts(query.order_by(Application.id))).unique())


def complete_of_round(round_id: int) -> list[Application]:
    """Applications of a round that passed the completeness check."""
    return of_round(round_id, [ApplicationState.COMPLETE])


def views_of(application_id: int) -> list[RegionalView]:
    """Regional views on an application, by region."""
    query = (
        select(RegionalView)
        .join(Region)
        .where(RegionalView.application_id == application_id)
        .options(joinedload(RegionalView.region, innerjoin=True))
        .order_by(Region.name)
    )
    return list(db.session.scalars(query))


def last_reference(stem: str) -> str | None:
    """The highest reference that begins with `<prefix>-<year>-`, also past 999."""
    query = (
        select(Application.reference)
        .where(Application.reference.startswith(stem, autoescape=True))
        .order_by(func.length(Application.reference).desc(), Application.reference.desc())
        .limit(1)
    )
    return db.session.scalar(query)


# --- lists ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filter:
    """What somebody looks for in a list. sort: newest, oldest, deadline or title."""

    round_slug: str = ""
    state: str = ""
    theme: str = ""
    region: str = ""
    text: str = ""
    sort: str = "newest"


_SORTS = {
    "newest": (Application.id.desc(),),
    "oldest": (Application.submitted_at.is_(None), Application.submitted_at, Application.id),
    "deadline": (Application.supplement_until.is_(None), Application.supplement_until, Application.id),
    "title": (func.lower(Application.title), Application.id),
}
SORTS = tuple(_SORTS)


def found(actor: Actor, wanted: Filter) -> Select[Application]:
    """The applications this actor may see that fit, in the order asked for."""
    query = visible_to(actor)
    if wanted.round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == wanted.round_slug)))
    if wanted.state in {s.value for s in ApplicationState}:
        query = query.where(Application.state == ApplicationState(wanted.state))
    if wanted.theme:
        query = query.where(Application.theme_id.in_(select(Theme.id).where(Theme.slug == wanted.theme)))
    if wanted.region:
        there = select(ApplicationRegion.application_id).join(Region).where(Region.slug == wanted.region)
        query = query.where(Application.id.in_(there))
    for word in wanted.text.split()[:8]:
        query = query.where(_mentions(word))
    return query.order_by(None).order_by(*_SORTS.get(wanted.sort, _SORTS["newest"]))


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(
        Application.title.icontains(word, autoescape=True),
        Application.reference.icontains(word, autoescape=True),
        Application.organisation.has(Organisation.name.icontains(word, autoescape=True)),
    )
