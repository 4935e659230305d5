"""Plans of who reads what, for the programme team only, and what such a plan has to reckon with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, false, select

from pool.applications import queries as applications
from pool.applications.models import Application
from pool.core.access import Actor, Role
from pool.core.db import db
from pool.core.errors import Missing
from pool.people import queries as people
from pool.people.models import User
from pool.rounds import queries as rounds
from pool.rounds.models import Round

from ..models import AssignmentPlan
from ..plan import Pair, Pairing
from ..rules import can_know_plan
from ..states import Excluded, PlanState
from . import ties
from .committee import abstained_pairs, assignments_of_round, is_reader
from .interests import barred_pairs, own_regions


def visible_to(actor: Actor) -> Select[AssignmentPlan]:
    """Plans that this actor may know of, newest first: see `rules.can_know_plan`."""
    query = select(AssignmentPlan).order_by(AssignmentPlan.id.desc())
    return query if can_know_plan(actor) else query.where(false())


def draft_plan(actor: Actor, round_: Round) -> AssignmentPlan | None:
    """The plan of a round that is being worked on."""
    query = visible_to(actor).where(
        AssignmentPlan.round_id == round_.id, AssignmentPlan.state == PlanState.DRAFT
    )
    return db.session.scalar(query)


def draft_plan_or_missing(actor: Actor, round_: Round) -> AssignmentPlan:
    """As `draft_plan`; Missing when there is none, or none for this actor."""
    found = draft_plan(actor, round_)
    if found is None:
        raise Missing
    return found


def final_plan(round_: Round) -> AssignmentPlan | None:
    """The newest plan of a round that was made final."""
    query = select(AssignmentPlan).where(
        AssignmentPlan.round_id == round_.id, AssignmentPlan.state == PlanState.FINAL
    )
    return db.session.scalar(query.order_by(AssignmentPlan.id.desc()).limit(1))


@dataclass(frozen=True)
class Situation:
    """What a plan of a round has to reckon with.

    needed: assessors per application. excluded: pairs that can never be, with why. near: pairs in which the
    application lies in the own region. unweighed: pairs about which the chair would have to decide first. knows:
    pairs in which the assessor knows the theme. reads: who reads what already; kept: those of them whose assessor
    still is one, and so is part of the plan.
    """

    needed: int
    files: tuple[Application, ...]
    assessors: tuple[User, ...]
    names: Mapping[int, str]
    excluded: Mapping[Pair, Excluded]
    near: Pairing
    unweighed: Pairing
    knows: Pairing
    reads: Pairing
    kept: Pairing

    def file(self, application_id: int) -> Application | None:
        return next((one for one in self.files if one.id == application_id), None)

    def assessor(self, user_id: int) -> User | None:
        return next((one for one in self.assessors if one.id == user_id), None)


def situation(round_: Round) -> Situation:
    """What a plan of this round has to reckon with now."""
    files = tuple(applications.complete_of_round(round_.id))
    assessors = tuple(people.with_role(Role.ASSESSOR))
    ids = [user.id for user in assessors]
    barred = barred_pairs(round_.id)
    # Who gave an application back is not asked for it again.
    excluded = dict.fromkeys(abstained_pairs(round_.id), Excluded.GIVEN_BACK) | dict.fromkeys(
        barred, Excluded.INTEREST
    )
    reads = frozenset(
        (one.application_id, one.user_id) for one in assignments_of_round(round_.id) if is_reader(one, barred)
    )
    regions, known = own_regions(ids), people.expertise(ids)
    return Situation(
        needed=rounds.rules_of(round_).assessors_per_application,
        files=files,
        assessors=assessors,
        names=_unique_names(assessors),
        excluded={pair: why for pair, why in excluded.items() if pair not in reads},
        near=frozenset(
            (a.id, user)
            for a in files
            for user, region in regions.items()
            if region in {one.id for one in a.regions}
        ),
        unweighed=frozenset(ties.soft_pairs(round_.id, ids)),
        knows=frozenset((a.id, user) for a in files for user in ids if a.theme_id in known.get(user, ())),
        reads=reads,
        # Who lost the role keeps what was handed in, but reads nothing new and is no part of a plan.
        kept=frozenset(pair for pair in reads if pair[1] in set(ids)),
    )


def _unique_names(users: Sequence[User]) -> dict[int, str]:
    """A name to call each by in a reason; equal names get their e-mail address with it."""
    times = Counter(user.name for user in users)
    return {user.id: user.name if times[user.name] == 1 else f"{user.name} ({user.email})" for user in users}
