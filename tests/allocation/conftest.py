"""Rounds to allocate on: three projects of € 60.000, all or nothing, under a ceiling of € 125.000."""

from __future__ import annotations

from pool.allocation.models import Scenario
from pool.core.db import db
from pool.rounds.models import Round
from pool.rounds.states import RoundState
from tests.support.allocation_factory import make_allocation
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import adopt
from tests.support.stages import staged
from tests.support.world import World


@staged
def round_(world: World) -> Round:
    """Not assessed yet. The second is of Zwolle and reaches further; the third will score worst."""
    found = world.round(ceiling=12_500_000)
    money = {"requested": 6_000_000, "minimum": 6_000_000}
    make_complete(world, found, title="Eerste plan", **money)
    make_complete(world, found, "applicant_b", title="Tweede plan", regions=("ijsselland", "twente"), **money)
    make_complete(world, found, title="Derde plan", **money)
    return found


@staged
def adopted(world: World, round_: Round) -> Round:
    adopt(world, round_)
    return round_


@staged
def allocated(world: World, adopted: Round) -> Scenario:
    """By the published rules: the first two are awarded."""
    return make_allocation(world, adopted)


@staged
def decided(adopted: Round, allocated: Scenario) -> Round:
    """The same, with decisions that are public."""
    adopted.state = RoundState.DECIDED
    db.session.commit()
    return adopted
