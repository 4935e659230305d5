"""Reads about applications. Everything is ordered; who sees what is in `queries_scope`.

This is the room that other slices read; what is about one subject stands in a file of its own and is named here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import defer, joinedload

from pool.core.access import Actor
from pool.core.db import db
from pool.core.errors import Missing
from pool.regions.models import Region
from pool.rounds import queries as rounds
from pool.rounds.inputs import RoundRules
from pool.rounds.models import Round
from pool.rounds.rules import accepts_applications

from . import rules
from .inputs import Content
from .models import Application, ApplicationRegion, ApplicationVersion, RegionalView, SectionSave
from .queries_documents import Shelf as Shelf
from .queries_documents import file_among as file_among
from .queries_documents import file_facts as file_facts
from .queries_documents import file_of as file_of
from .queries_documents import files_of as files_of
from .queries_documents import notes as notes
from .queries_documents import shelf as shelf
from .queries_documents import waiting_for_view as waiting_for_view
from .queries_lists import CHECK_DUE as CHECK_DUE
from .queries_lists import MESSAGE_NEW as MESSAGE_NEW
from .queries_lists import QUESTION_OPEN as QUESTION_OPEN
from .queries_lists import TO_CONCLUDE as TO_CONCLUDE
from .queries_lists import Filter as Filter
from .queries_lists import MessageWork as MessageWork
from .queries_lists import Row as Row
from .queries_lists import counts as counts
from .queries_lists import found as found
from .queries_lists import listed as listed
from .queries_lists import message_work as message_work
from .queries_lists import work_counts as work_counts
from .queries_partners import partner_requests_open as partner_requests_open
from .queries_partners import partners as partners
from .queries_scope import READERS as READERS
from .queries_scope import get as get
from .queries_scope import visible_to as visible_to
from .queries_scope import with_facts
from .queries_signing import signing as signing
from .queries_text import Part as Part
from .queries_text import Rows as Rows
from .queries_text import part as part
from .queries_text import parts as parts
from .queries_text import sections as sections
from .states import RECEIVED, ApplicationState, Section

OVERLAPS = 20


def draft(application: Application) -> Content:
    """The text that is being written."""
    return Content.from_json(application.content)


def content(application: Application) -> Content:
    """What counts: the newest submitted version, or the draft while nothing was submitted."""
    version = application.current_version
    return content_of(version) if version else draft(application)


# Asked with every save.
_SAVE = select(SectionSave).where(
    SectionSave.application_id == bindparam("application_id"), SectionSave.section == bindparam("section")
)


def save_of(application: Application, section: str) -> SectionSave | None:
    """Who changed a section last, and when; None when nobody did."""
    return db.session.scalar(_SAVE, {"application_id": application.id, "section": section})


def candidate(application: Application, rules_: RoundRules) -> Content:
    """What would be submitted now: the draft; under supplement the newest version with the parts that are asked.

    A change that somebody saved before closing but never submitted stays in the draft, and out of the version.
    """
    given, version = draft(application), application.current_version
    if application.state != ApplicationState.SUPPLEMENT_REQUESTED or version is None:
        return given
    kept = content_of(version)
    for section in rules.supplement_sections(application, rules_):
        value = given.section(section)
        if section == Section.DOCUMENTS:
            value = rules.merged(kept, given, rules.supplement_documents(application))
        kept = kept.with_section(section, value)
    return kept


def text_for_partners(application: Application, at: dt.datetime) -> Content:
    """What partners confirm: what would be submitted while that can change, and after that what was submitted."""
    may_change = application.state == ApplicationState.SUPPLEMENT_REQUESTED or (
        accepts_applications(application.round, at)
    )
    return candidate(application, rounds.rules_of(application.round)) if may_change else content(application)


def content_of(version: ApplicationVersion) -> Content:
    """What this version says."""
    return Content.from_json(version.content)


def version(application: Application, number: int) -> ApplicationVersion:
    """The submitted version with this number; Missing when there is none."""
    for one in application.versions:
        if one.number == number:
            return one
    raise Missing


def of_round(round_id: int, states: Iterable[ApplicationState]) -> list[Application]:
    """Applications of a round in these states, by reference, with regions, theme and organisation."""
    query = select(Application).where(Application.round_id == round_id, Application.state.in_(list(states)))
    return list(db.session.scalars(with_facts(query.order_by(Application.id))).unique())


def complete_of_round(round_id: int) -> list[Application]:
    """Applications of a round that passed the completeness check."""
    return of_round(round_id, [ApplicationState.COMPLETE])


def alike(application: Application) -> list[Application]:
    """Other applications in the round that may overlap: of the same municipality, or with the same title."""
    query = select(Application).where(
        Application.round_id == application.round_id,
        Application.id != application.id,
        Application.state.in_(RECEIVED),
        or_(
            Application.organisation_id == application.organisation_id,
            func.lower(Application.title) == application.title.lower(),
        ),
    )
    return list(db.session.scalars(with_facts(query.order_by(Application.id))))


def overlapping(actor: Actor, application: Application) -> list[Application]:
    """Applications that this actor may see on the same theme in one of its regions, of any round, newest first.

    Only hints, so no more than OVERLAPS of them. Without a theme, as in the shelter scheme, the same scheme counts.
    """
    regions = [link.region_id for link in application.region_links]
    same = (
        Application.theme_id == application.theme_id
        if application.theme_id is not None
        else Application.round_id.in_(select(Round.id).where(Round.scheme_id == application.round.scheme_id))
    )
    here = select(ApplicationRegion.application_id).where(ApplicationRegion.region_id.in_(regions))
    query = visible_to(actor).where(
        Application.id != application.id, Application.state.in_(RECEIVED), Application.id.in_(here), same
    )
    return list(db.session.scalars(query.options(defer(Application.content)).limit(OVERLAPS)))


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
