"""Reads about advice and decisions. What a member of the committee may not know is left out, or refused whole."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from pool.allocation import queries as allocation
from pool.allocation.models import Scenario
from pool.allocation.states import ScenarioState
from pool.applications.models import Application, ApplicationRegion
from pool.applications.states import ApplicationState
from pool.assessment import queries as assessment
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.rounds import queries as rounds
from pool.rounds.models import Round
from pool.rounds.states import DECIDED_STATES

from .models import Advice, AdviceLine, Decision, Letter, Proposal
from .rules import ADVISED_STATES
from .states import AdviceState, Outcome, ProposalState

READERS = (Role.PROGRAMME, Role.DECIDER, Role.AUDITOR, Role.CHAIR)
"""Roles that see every decision, unless they are in the committee and have an interest in it."""


def is_barred(actor: Actor, round_id: int) -> bool:
    """Whether a member of the committee has an interest in an application of this round."""
    return allocation.is_barred(actor, round_id)


# --- the advice -------------------------------------------------------------------------------------------


def advices(round_id: int) -> list[Advice]:
    """Every advice of a round, oldest first, also those withdrawn."""
    query = select(Advice).where(Advice.round_id == round_id).order_by(Advice.number)
    return list(db.session.scalars(query))


def current_advice(round_id: int) -> Advice | None:
    """The advice that counts, with its lines; None while there is none."""
    line = selectinload(Advice.lines).joinedload(AdviceLine.application, innerjoin=True)
    query = (
        select(Advice)
        .where(Advice.round_id == round_id, Advice.state != AdviceState.WITHDRAWN)
        .options(
            joinedload(Advice.round, innerjoin=True),
            joinedload(Advice.scenario, innerjoin=True),
            line.joinedload(Application.organisation, innerjoin=True),
            line.selectinload(Application.theme),
            line.selectinload(Application.region_links).joinedload(ApplicationRegion.region, innerjoin=True),
        )
        .order_by(Advice.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def given_advice(round_id: int) -> Advice | None:
    """The advice as it was given; None before that."""
    found = current_advice(round_id)
    return found if found is not None and found.state == AdviceState.GIVEN else None


def usable_scenarios(round_id: int) -> list[Scenario]:
    """Scenarios an advice can begin from: done, and with a solution. Oldest first."""
    return [
        s
        for s in allocation.scenarios(round_id)
        if s.state == ScenarioState.DONE and (allocation.outcome(s) or {}).get("status") != "infeasible"
    ]


def line_of(application_id: int) -> AdviceLine | None:
    """What was advised about an application, in the advice that was given; None before that."""
    query = (
        select(AdviceLine)
        .join(AdviceLine.advice)
        .where(AdviceLine.application_id == application_id, Advice.state == AdviceState.GIVEN)
        .order_by(Advice.number.desc())
        .limit(1)
    )
    return db.session.scalar(query)


# --- decisions in preparation -----------------------------------------------------------------------------


def _proposals() -> Select[Proposal]:
    application = joinedload(Proposal.application, innerjoin=True)
    return (
        select(Proposal)
        .join(Proposal.application)
        .options(
            application.joinedload(Application.organisation, innerjoin=True),
            application.joinedload(Application.round, innerjoin=True),
            application.selectinload(Application.theme),
            application.selectinload(Application.region_links).joinedload(
                ApplicationRegion.region, innerjoin=True
            ),
        )
        .order_by(Application.id)
    )


def proposals(round_id: int) -> list[Proposal]:
    """The decisions of a round in preparation and those that became one, by application."""
    return list(db.session.scalars(_proposals().where(Application.round_id == round_id)))


def proposal(actor: Actor, ident: int) -> Proposal:
    """A proposal by its key, for programme team and decider; Missing when its round is barred."""
    found = db.session.scalar(_proposals().where(Proposal.id == ident))
    if found is None or not actor.has(Role.PROGRAMME, Role.DECIDER):
        raise Missing
    if is_barred(actor, found.application.round_id):
        raise Missing
    return found


# --- decisions --------------------------------------------------------------------------------------------


@cache
def _newest() -> ColumnElement[bool]:
    later = aliased(Decision)
    return ~select(later.id).where(later.replaces_id == Decision.id).exists()


def _with_facts(query: Select[Decision]) -> Select[Decision]:
    """What lists show, in a fixed number of queries; the letter without its bytes."""
    application = joinedload(Decision.application, innerjoin=True)
    return query.options(
        application.joinedload(Application.organisation, innerjoin=True),
        application.joinedload(Application.round, innerjoin=True).joinedload(Round.scheme, innerjoin=True),
        application.selectinload(Application.theme),
        application.selectinload(Application.region_links).joinedload(
            ApplicationRegion.region, innerjoin=True
        ),
        selectinload(Decision.letter),
    )


def _may_see(actor: Actor) -> ColumnElement[bool]:
    reasons: list[ColumnElement[bool]] = []
    if actor.has(*READERS):
        hidden = assessment.hidden_from(actor)
        reasons.append(Decision.application_id.not_in(hidden))
    if actor.has(Role.APPLICANT) and actor.organisation_id is not None:
        own = select(Application.id).where(Application.organisation_id == actor.organisation_id)
        sent = select(Letter.id).where(Letter.decision_id == Decision.id).exists()
        reasons.append(and_(Decision.application_id.in_(own), sent))
    if actor.has(Role.REGIONAL_LEAD) and not actor.has(Role.ASSESSOR, Role.CHAIR):
        here = select(ApplicationRegion.application_id).where(
            ApplicationRegion.region_id.in_(actor.region_ids)
        )
        published = select(Round.id).where(Round.state.in_(DECIDED_STATES))
        reasons.append(and_(Decision.application_id.in_(here), Decision.round_id.in_(published)))
    return or_(false(), *reasons)


def visible_to(actor: Actor) -> Select[Decision]:
    """Decisions this actor may see, newest first.

    A municipality sees its own as soon as there is a letter; a regional lead those of the region when the round
    is published; programme team, deciders, auditors and the chair see all, without what an interest hides.
    """
    query = select(Decision).where(_may_see(actor)).order_by(Decision.decided_at.desc(), Decision.id.desc())
    return _with_facts(query)


def get(actor: Actor, ident: int) -> Decision:
    """The decision with this key; Missing when there is none for this actor."""
    found = db.session.scalar(visible_to(actor).where(Decision.id == ident))
    if found is None:
        raise Missing
    return found


def decision_of(application_id: int) -> Decision | None:
    """The decision that counts about an application; None while there is none."""
    query = _with_facts(select(Decision)).where(Decision.application_id == application_id, _newest())
    return db.session.scalar(query.order_by(Decision.number.desc()).limit(1))


def known_outcomes(actor: Actor, application_ids: Collection[int]) -> dict[int, Decision]:
    """Application to the decision that counts, of those this actor may see; for lists of others."""
    query = visible_to(actor).where(Decision.application_id.in_(application_ids), _newest())
    return {decision.application_id: decision for decision in db.session.scalars(query)}


def outcome_label(decision: Decision | None) -> str:
    """The outcome in a word; what to say when there is no decision yet."""
    return decision.outcome.label if decision else "nog geen besluit"


def decisions(round_id: int, hidden: Collection[int] = ()) -> list[Decision]:
    """The decisions of a round that count, by application, without what is hidden."""
    query = (
        _with_facts(select(Decision))
        .where(Decision.round_id == round_id, _newest(), Decision.application_id.not_in(hidden))
        .order_by(Decision.application_id)
    )
    return list(db.session.scalars(query))


def public_award_ids() -> Select[int]:
    """Keys of the awards that everybody may know: of rounds whose decisions are published."""
    published = select(Round.id).where(Round.state.in_(DECIDED_STATES))
    return select(Decision.id).where(
        Decision.round_id.in_(published), _newest(), Decision.outcome != Outcome.REFUSED
    )


def public_awards(round_id: int) -> list[Decision]:
    """The awards of a round for everybody: nothing before the decisions are published. By application."""
    query = (
        _with_facts(select(Decision))
        .where(Decision.round_id == round_id, Decision.id.in_(public_award_ids()))
        .order_by(Decision.application_id)
    )
    return list(db.session.scalars(query))


def public_totals() -> dict[int, tuple[int, int]]:
    """Round to the number and the sum (cents) of its awards, of rounds whose decisions are published."""
    query = (
        select(Decision.round_id, func.count(), func.sum(Decision.amount))
        .where(Decision.id.in_(public_award_ids()))
        .group_by(Decision.round_id)
    )
    return {ident: (count, int(total)) for ident, count, total in db.session.execute(query)}


def is_decided(round_id: int) -> bool:
    """Whether any decision was taken in a round."""
    return db.session.scalar(select(Decision.id).where(Decision.round_id == round_id).limit(1)) is not None


def undecided(round_id: int) -> list[Application]:
    """Complete applications of a round without a decision, by key."""
    query = (
        select(Application)
        .where(
            Application.round_id == round_id,
            Application.state == ApplicationState.COMPLETE,
            Application.id.not_in(select(Decision.application_id).where(Decision.round_id == round_id)),
        )
        .order_by(Application.id)
    )
    return list(db.session.scalars(query))


# --- rounds at a glance -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """How far the decisions of a round are. complete: applications to decide on; awarded in cents."""

    round: Round
    advice: AdviceState | None
    complete: int
    prepared: int
    decided: int
    awards: int
    awarded: int
    letters: int
    barred: bool

    @property
    def is_published(self) -> bool:
        return self.round.state in DECIDED_STATES


def standings(actor: Actor) -> list[Standing]:
    """Rounds that are in decision or later, newest first, with how far they are."""
    found = [r for r in db.session.scalars(rounds.visible_to(actor)).unique() if r.state in ADVISED_STATES]
    ids = [r.id for r in found]
    advice_query = (
        select(Advice.round_id, Advice.state)
        .where(Advice.round_id.in_(ids), Advice.state != AdviceState.WITHDRAWN)
        .order_by(Advice.number)
    )
    advice = dict(iter(db.session.execute(advice_query)))
    complete = _counts(
        select(Application.round_id, func.count())
        .where(Application.round_id.in_(ids), Application.state == ApplicationState.COMPLETE)
        .group_by(Application.round_id)
    )
    prepared = _counts(
        select(Application.round_id, func.count())
        .join(Proposal, Proposal.application_id == Application.id)
        .where(Application.round_id.in_(ids), Proposal.state == ProposalState.PREPARED)
        .group_by(Application.round_id)
    )
    decided_query = (
        select(
            Decision.round_id,
            func.count(Decision.id),
            func.count(Decision.id).filter(Decision.outcome != Outcome.REFUSED),
            func.sum(Decision.amount),
            func.count(Letter.id),
        )
        .outerjoin(Letter, Letter.decision_id == Decision.id)
        .where(Decision.round_id.in_(ids), _newest())
        .group_by(Decision.round_id)
    )
    decided = {row[0]: row for row in db.session.execute(decided_query)}
    barred = allocation.barred_rounds(actor)
    result = []
    for round_ in found:
        _, count, awards, awarded, letters = decided.get(round_.id, (round_.id, 0, 0, 0, 0))
        result.append(
            Standing(
                round=round_,
                advice=advice.get(round_.id),
                complete=complete.get(round_.id, 0),
                prepared=prepared.get(round_.id, 0),
                decided=count,
                awards=awards,
                awarded=int(awarded),
                letters=letters,
                barred=round_.id in barred,
            )
        )
    return result


def _counts(query: Select[int, int]) -> dict[int, int]:
    return dict(iter(db.session.execute(query)))


def round_in_hand(actor: Actor, slug: str) -> Round:
    """The round with this slug, when there is something to advise on or decide; else Missing."""
    found = rounds.get(actor, slug)
    if found.state not in ADVISED_STATES:
        raise Missing
    return found
