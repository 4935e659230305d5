"""Advice, decisions and letters for tests, made through the services as people would make them."""

from __future__ import annotations

from collections.abc import Mapping

from pool.allocation import queries as allocation
from pool.awards import queries, service
from pool.awards.models import Advice, Decision, Proposal
from pool.awards.states import ProposalState
from pool.core.access import system
from pool.core.db import db
from pool.rounds.models import Round
from tests.support.allocation_factory import make_allocation
from tests.support.world import World

ADVISED, PREPARED, DECIDED, PUBLISHED = 50, 55, 60, 65
"""Days after the start of the world on which these steps happen."""

Deviations = Mapping[int, tuple[int, str]]
"""Application id to what the committee advises instead: cents and the reason."""


def begin(world: World, round_: Round) -> Advice:
    """An advice in preparation, from the allocation by the published rules (made when it is not there)."""
    scenario = allocation.base_of(round_.id) or make_allocation(world, round_)
    advice = service.begin_advice(world.later("chair", days=ADVISED), scenario)
    db.session.commit()
    return advice


def advise(world: World, round_: Round, deviations: Deviations | None = None, note: str = "") -> Advice:
    """The advice of a round, given; with everything before it that was not done yet."""
    advice = queries.current_advice(round_.id) or begin(world, round_)
    chair = world.later("chair", days=ADVISED)
    for ident, (amount, reason) in (deviations or {}).items():
        service.set_line(chair, advice, ident, amount, reason)
    given = service.give_advice(chair, advice, note)
    db.session.commit()
    return given


def prepare(world: World, round_: Round) -> list[Proposal]:
    """The decisions of a round, prepared by the programme team; with everything before it that was not done yet."""
    if queries.given_advice(round_.id) is None:
        advise(world, round_)
    service.prepare(world.later("programme", days=PREPARED), round_)
    db.session.commit()
    return queries.proposals(round_.id)


def decide_all(world: World, round_: Round, *, letters: bool = True) -> list[Decision]:
    """Every decision of a round, taken by the decider; with the letters, on the same day, unless told otherwise."""
    decider = world.later("decider", days=DECIDED)
    for proposal in queries.proposals(round_.id) or prepare(world, round_):
        if proposal.state == ProposalState.PREPARED:
            decision = service.decide(decider, proposal)
            if letters:
                service.make_letter(system(decider.at), decision)
    db.session.commit()
    return queries.decisions(round_.id)


def publish(world: World, round_: Round) -> list[Decision]:
    """A round whose decisions are taken and published."""
    found = decide_all(world, round_)
    service.publish_decisions(world.later("programme", days=PUBLISHED), round_)
    db.session.commit()
    return found
