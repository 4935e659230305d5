"""A round with three applications: one good, one fair, one below the minimum of 55 points."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pool.applications.models import Application
from pool.awards import queries
from pool.awards.models import Advice, Decision, Proposal
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.rounds.models import Round
from tests.support.applications_factory import make_complete
from tests.support.assessment_factory import adopt
from tests.support.awards_factory import begin
from tests.support.stages import staged
from tests.support.world import RULES, World

ASKED = 5_000_000
CEILING = 9_000_000
"""Room for one in full and one in part (asked 50,000, minimum 40,000)."""


@dataclass
class Case:
    """A round with its applications, best first; `low` stays below the minimum score."""

    world: World
    round_id: int
    good_id: int
    fair_id: int
    low_id: int

    @property
    def round(self) -> Round:
        return db.session.get_one(Round, self.round_id)

    @property
    def good(self) -> Application:
        return db.session.get_one(Application, self.good_id)

    @property
    def fair(self) -> Application:
        return db.session.get_one(Application, self.fair_id)

    @property
    def low(self) -> Application:
        return db.session.get_one(Application, self.low_id)

    @property
    def advice(self) -> Advice:
        found = queries.current_advice(self.round_id)
        assert found is not None
        return found

    def proposal(self, application_id: int) -> Proposal:
        return next(p for p in queries.proposals(self.round_id) if p.application_id == application_id)

    def decision(self, application_id: int) -> Decision:
        found = queries.decision_of(application_id)
        assert found is not None
        return found

    def set_ceiling(self, cents: int) -> None:
        """As if the ceiling had been lower or higher all along; the rules about changing it are tested elsewhere."""
        self.round.budget.ceiling = cents
        db.session.commit()

    def who(self, key: str, days: float = 70) -> Actor:
        return self.world.later(key, days=days)

    def both(self, key: str, *roles: Role) -> Actor:
        """Somebody with further roles."""
        actor = self.who(key)
        return replace(actor, roles=actor.roles | set(roles))


def make_case(world: World, *, ceiling: int = CEILING, slug: str = "ronde-1", step: int = 100) -> Case:
    """The round up to and including the adopted merits: 87.5, 75 and 37.5 points."""
    round_ = world.round(ceiling=ceiling, slug=slug, rules=replace(RULES, amount_step=step))
    good = make_complete(world, round_)
    fair = make_complete(world, round_, "applicant_b", title="Eerder in beeld")
    low = make_complete(world, round_, title="Een eerste idee")
    adopt(world, round_, {good.id: 8, fair.id: 7, low.id: 4})
    return Case(world, round_.id, good.id, fair.id, low.id)


@staged
def case(world: World) -> Case:
    """Merits are adopted; there is no advice yet."""
    return make_case(world)


@staged
def drafted(case: Case) -> Case:
    """An advice in preparation."""
    begin(case.world, case.round)
    return case
