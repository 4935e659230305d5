"""Allocations for tests, made through the services and carried out by the worker as in real life."""

from __future__ import annotations

from pool.allocation import queries, service
from pool.allocation.inputs import Changes
from pool.allocation.models import Scenario
from pool.allocation.states import AllocationRule, ScenarioState
from pool.assessment import queries as assessment
from pool.core import jobs
from pool.core.db import db
from pool.rounds.models import Round
from tests.support.assessment_factory import adopt
from tests.support.world import World

ALLOCATED = 45
"""Days after the start of the world on which the allocation is made."""


def run_jobs() -> None:
    """Let a worker carry out all that is due, in this session, so that what a test holds stays usable."""
    db.session.commit()
    me = jobs.worker_name()
    while job := jobs.claim(me):
        jobs.carry_out(job)


def make_allocation(
    world: World,
    round_: Round,
    *,
    name: str = "Volgens de gepubliceerde regels",
    rule: AllocationRule = AllocationRule.OPTIMAL,
    changes: Changes | None = None,
    key: str = "programme",
) -> Scenario:
    """A scenario that is done, on adopted merits (adopted first when that was not done)."""
    ident = round_.id
    if assessment.latest_adoption(ident) is None:
        adopt(world, round_)
    scenario = service.create_scenario(world.later(key, days=ALLOCATED), round_, name, rule, changes)
    scenario_id = scenario.id
    run_jobs()
    done = next(s for s in queries.scenarios(ident) if s.id == scenario_id)
    assert done.state == ScenarioState.DONE, done.failure
    return done
