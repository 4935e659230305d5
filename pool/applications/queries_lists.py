"""Lists of applications: the work lists, what somebody looks for, and in which order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import defer, selectinload

from pool.core.access import Actor
from pool.core.db import db
from pool.core.prepared import prepared
from pool.people.models import Organisation
from pool.regions.models import Region, Theme
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from . import message_queries, rules
from .models import Application, ApplicationRegion, ApplicationVersion, CompletenessCheck, Hearing
from .queries_scope import may_see, visible_to
from .states import IN_HEARING, RECEIVED, TO_CHECK, ApplicationState

CHECK_DUE = "to_check"
TO_CONCLUDE = "to_conclude"
QUESTION_OPEN = "question_open"
MESSAGE_NEW = "message_new"


@dataclass(frozen=True)
class Filter:
    """What somebody looks for in a list. state: of an application, or a work list such as `to_check`. sort: one of
    `_SORTS`, or BY_DECISION."""

    round_slug: str = ""
    state: str = ""
    theme: str = ""
    region: str = ""
    text: str = ""
    sort: str = "newest"


_DEADLINE = func.coalesce(
    Application.supplement_until,
    select(Hearing.until)
    .where(Hearing.application_id == Application.id, Hearing.outcome.is_(None))
    .scalar_subquery(),
)
"""Until when the municipality can supplement, or give its view."""
_SORTS = {
    "newest": (Application.id.desc(),),
    "oldest": (Application.submitted_at.is_(None), Application.submitted_at, Application.id),
    "deadline": (_DEADLINE.is_(None), _DEADLINE, Application.id),
    "title": (func.lower(Application.title), Application.id),
}
UNDECIDED = RECEIVED - {ApplicationState.INADMISSIBLE}
"""States in which a decision is still to come, unless the round is decided."""
BY_DECISION = "decision"
"""In order of the day on which the decision term ends; applications without such a term come last."""


def counts(actor: Actor, round_slug: str = "") -> dict[ApplicationState, int]:
    """How many applications this actor may see per state, in one round or in all."""
    query = select(Application.state, func.count()).where(may_see(actor)).group_by(Application.state)
    if round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == round_slug)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _concludable(actor: Actor) -> ColumnElement[bool]:
    """Whether an intended refusal can become one: the municipality was heard, or let the time pass."""
    over = select(Hearing.application_id).where(
        Hearing.outcome.is_(None), or_(Hearing.answered_at.is_not(None), Hearing.until < actor.at)
    )
    return and_(Application.state.in_(IN_HEARING), Application.id.in_(over))


_BY_MESSAGES = {
    QUESTION_OPEN: message_queries.waiting_applications,
    MESSAGE_NEW: message_queries.unread_applications,
}


def work_counts(actor: Actor, round_slug: str = "") -> dict[str, int]:
    """How many applications are in each work list that is no state, in one round or in all; one query.

    The intended refusals that the programme team can decide about, the questions that wait, the new messages.
    """
    conditions = {TO_CONCLUDE: and_(may_see(actor), _concludable(actor))}
    conditions |= {name: Application.id.in_(idents(actor)) for name, idents in _BY_MESSAGES.items()}
    query = select(*(func.count().filter(condition).label(name) for name, condition in conditions.items()))
    query = query.select_from(Application)
    if round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == round_slug)))
    return dict(db.session.execute(query).one()._mapping)


MessageWork = message_queries.Work


def message_work(actor: Actor, today: dt.date) -> MessageWork:
    """What waits for somebody in the messages about applications."""
    return message_queries.work(actor, today)


def found(actor: Actor, wanted: Filter) -> Select[Application]:
    """The applications this actor may see that fit, in the order asked for."""
    # A list shows no texts, and they are by far the largest part of a row.
    query = visible_to(actor).options(
        defer(Application.content),
        selectinload(Application.hearings),
    )
    if wanted.round_slug:
        query = query.where(Application.round_id.in_(select(Round.id).where(Round.slug == wanted.round_slug)))
    if wanted.state == CHECK_DUE:
        query = query.where(Application.state.in_(TO_CHECK))
    elif wanted.state == TO_CONCLUDE:
        query = query.where(_concludable(actor))
    elif wanted.state in _BY_MESSAGES:
        query = query.where(Application.id.in_(_BY_MESSAGES[wanted.state](actor)))
    elif wanted.state in {s.value for s in ApplicationState}:
        query = query.where(Application.state == ApplicationState(wanted.state))
    if wanted.theme:
        query = query.where(Application.theme_id.in_(select(Theme.id).where(Theme.slug == wanted.theme)))
    if wanted.region:
        there = select(ApplicationRegion.application_id).join(Region).where(Region.slug == wanted.region)
        query = query.where(Application.id.in_(there))
    for word in wanted.text.split()[:8]:
        query = query.where(_mentions(word))
    return query.order_by(None).order_by(*_SORTS.get(wanted.sort, _SORTS["newest"]))


_UNFILTERED = {name: prepared(partial(found, wanted=Filter(sort=name))) for name in _SORTS}
"""How nearly every list is opened: with nothing to look for."""


def _mentions(word: str) -> ColumnElement[bool]:
    return or_(
        Application.title.icontains(word, autoescape=True),
        Application.reference.icontains(word, autoescape=True),
        Application.organisation.has(Organisation.name.icontains(word, autoescape=True)),
    )


# --- a page of a list, with the decision term -------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line of a list. decide_by: until when to decide; None when that is done, or no decision will come."""

    item: Application
    decide_by: dt.date | None


def listed(actor: Actor, wanted: Filter, page: int, per_page: int) -> tuple[list[Row], int]:
    """A page of the applications that fit, and how many there are. page: from 1; past the end is empty.

    When a decision term ends follows from the rules of the round and from how long was waited for a supplement. No
    column holds it, so to sort by it the facts of every application that fits are looked at, without its texts.
    """
    first = (page - 1) * per_page
    if wanted.sort != BY_DECISION:
        mine: dict[str, Any] = {}
        if wanted == Filter(sort=wanted.sort) and wanted.sort in _UNFILTERED:
            query, mine = _UNFILTERED[wanted.sort](actor)
        else:
            query = found(actor, wanted)
        items = db.session.scalars(query.limit(per_page).offset(first), mine).all()
        total = len(items)
        if page > 1 or total == per_page:
            number = query.with_only_columns(func.count(Application.id)).order_by(None)
            total = db.session.scalar(number, mine) or 0
        ends = _decide_by([(item.id, item.state, item.round) for item in items])
        return [Row(item, ends[item.id]) for item in items], total
    query = found(actor, wanted)
    facts = query.with_only_columns(Application.id, Application.state, Application.round_id).order_by(None)
    found_facts = db.session.execute(facts).all()
    among = select(Round).where(Round.id.in_({round_id for _ident, _state, round_id in found_facts}))
    here = {r.id: r for r in db.session.scalars(among)}
    ends = _decide_by([(ident, state, here[round_id]) for ident, state, round_id in found_facts])
    order = sorted(ends, key=lambda ident: (ends[ident] or dt.date.max, ident))[first : first + per_page]
    by_id = {item.id: item for item in db.session.scalars(query.where(Application.id.in_(order)))}
    return [Row(by_id[ident], ends[ident]) for ident in order], len(ends)


def _decide_by(facts: Sequence[tuple[int, ApplicationState, Round]]) -> dict[int, dt.date | None]:
    """By application: the last day to decide. facts: id, state and round of each."""
    ends: dict[int, dt.date | None] = {ident: None for ident, _state, _round in facts}
    running = {
        ident: round_
        for ident, state, round_ in facts
        if state in UNDECIDED and round_.state not in DECIDED_STATES
    }
    if not running:
        return ends
    weeks = {round_: rounds.rules_of(round_).decision_weeks for round_ in set(running.values())}
    waits: dict[int, list[tuple[dt.datetime, dt.date]]] = defaultdict(list)
    asked = select(
        CompletenessCheck.application_id, CompletenessCheck.checked_at, CompletenessCheck.supplement_by
    ).where(CompletenessCheck.supplement_by.is_not(None), CompletenessCheck.application_id.in_(running))
    for ident, moment, last_day in db.session.execute(asked.order_by(CompletenessCheck.id)):
        waits[ident].append((moment, dt.date.fromisoformat(str(last_day))))
    came: dict[int, list[dt.datetime]] = defaultdict(list)
    versions = select(ApplicationVersion.application_id, ApplicationVersion.submitted_at).where(
        ApplicationVersion.application_id.in_(waits)
    )
    if waits:
        for ident, moment in db.session.execute(versions.order_by(ApplicationVersion.number)):
            came[ident].append(moment)
    for ident, round_ in running.items():
        term = rules.decide_by(round_.closes_at, weeks[round_], waits[ident], came[ident])
        ends[ident] = term.last_day
    return ends
