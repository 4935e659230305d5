"""A round with complete applications, ready for the committee."""

from __future__ import annotations

from dataclasses import dataclass

from pool.applications.models import Application
from pool.rounds.models import Round
from tests.support.applications_factory import make_complete
from tests.support.stages import staged
from tests.support.world import World


@dataclass
class Committee:
    """A closed round with two applications of Haarlem and one of Zwolle."""

    world: World
    round_: Round
    one: Application
    two: Application
    three: Application


@staged
def committee(world: World) -> Committee:
    round_ = world.round(ceiling=12_000_000)
    one = make_complete(world, round_, title="Eerste plan")
    two = make_complete(world, round_, "applicant_b", title="Tweede plan")
    three = make_complete(world, round_, title="Derde plan", requested=4_500_000)
    return Committee(world, round_, one, two, three)
