"""Who reads what, as a plan: the question for the solver, its answer, and a check of any plan against the rules.

Works on `queries.plans.Situation` and `plan.Pairs` only: nothing is read or written here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pool.applications.models import Application
from pool.people.models import User

from . import plan_words
from .calibration import assignment as plans
from .calibration.words import number
from .inputs import PlanOptions
from .plan import Pair, Pairing, Pairs
from .queries.plans import Situation
from .states import Excluded

if TYPE_CHECKING:
    from .calibration.coupling import Coupling


class ImpossibleError(Exception):
    """No plan keeps every hard rule; `reasons` say in Dutch which rules clash."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(self.reasons))


def excluded(found: Situation, options: PlanOptions, held: Pairs) -> dict[Pair, Excluded]:
    """Pairs that cannot be, with why. An application that everyone reads is only for who is free of any interest."""
    why: dict[Pair, Excluded] = {}
    settled = found.kept | held.pinned
    why |= {pair: Excluded.UNWEIGHED for pair in found.unweighed - settled if pair[0] in options.calibration}
    why |= dict.fromkeys(held.forbidden, Excluded.FORBIDDEN)
    if not options.own_region:
        why |= dict.fromkeys(found.near, Excluded.REGION)
    why |= found.excluded
    return {pair: reason for pair, reason in why.items() if pair not in found.kept}


def default_maximum(needed: int, assessors: int) -> int:
    """An even load with room for two more, so that interests have somewhere to go."""
    return -(-needed // max(1, assessors)) + 2


def demands(found: Situation, options: PlanOptions, held: Pairs) -> dict[int, int]:
    """Application to how many of the assessors read it, those at work already included."""
    barred = excluded(found, options, held)
    elsewhere = Counter(application for application, _ in found.reads - found.kept)
    kept = Counter(application for application, _ in found.kept)
    return {
        a.id: sum((a.id, u.id) not in barred for u in found.assessors)
        if a.id in options.calibration
        else max(found.needed - elsewhere[a.id], kept[a.id])
        for a in found.files
    }


def maximum_of(found: Situation, options: PlanOptions, held: Pairs) -> int:
    """How many applications an assessor may read: as was chosen, or what an even load asks for with some room."""
    return options.maximum or default_maximum(
        sum(demands(found, options, held).values()), len(found.assessors)
    )


def problem_of(found: Situation, options: PlanOptions, held: Pairs) -> plans.Problem:
    """The question for the solver. Keys are references of applications and names of assessors."""
    barred, wanted = excluded(found, options, held), demands(found, options, held)
    most = maximum_of(found, options, held)
    keys = _keys(found)
    load = Counter(user for _, user in found.kept)
    # A pin does not stand against an interest that became known later, nor against what was given back.
    pins = found.kept | (held.pinned - found.excluded.keys())
    return plans.Problem(
        applications=tuple(
            plans.Application(
                key=a.reference,
                region=a.reference,
                themes=frozenset({a.theme.slug} if a.theme else ()),
                scores=wanted[a.id],
                everyone=a.id in options.calibration,
            )
            for a in found.files
        ),
        assessors=tuple(
            plans.Assessor(
                key=found.names[user.id],
                regions=frozenset({f"region of {user.id}"}),
                expertise=frozenset(
                    a.theme.slug for a in found.files if a.theme and (a.id, user.id) in found.knows
                ),
                maximum=max(most, load[user.id]),
            )
            for user in found.assessors
        ),
        barred=frozenset(keys[pair] for pair in barred if pair in keys),
        pins=frozenset(keys[pair] for pair in pins if pair in keys),
        former=frozenset(keys[pair] for pair in held.pairs if pair in keys),
        # An application lies in several regions, so each is a place of its own: 0 steps from an assessor whose own
        # region is among them, else 1. What is not barred above is then avoided while there is a choice.
        distances={(keys[pair][0], f"region of {pair[1]}"): 0 for pair in found.near if pair in keys},
        # Not everybody tells what he or she knows, so expertise is a wish and no rule.
        rules=plans.Rules(experts=0, closest=0, far=1),
    )


def solve(found: Situation, options: PlanOptions, held: Pairs) -> Pairs:
    """A plan with pins kept and as little else changed as can be; ImpossibleError when there is none."""
    problem, keys = problem_of(found, options, held), _keys(found)
    settled = found.kept | held.pinned | held.pairs
    avoid = frozenset(keys[pair] for pair in found.unweighed - settled if pair in keys)
    try:
        plan = _best(problem, avoid)
    except plans.InfeasibleError as error:
        raise ImpossibleError(
            plan_words.reasons(error.reasons, found, excluded(found, options, held), options)
        ) from error
    back = {key: pair for pair, key in keys.items()}
    return held.now({back[pair] for pair in plan.pairs} - found.kept)


def _best(problem: plans.Problem, avoid: frozenset[plans.Pair]) -> plans.Plan:
    """Among the plans that change least: without pairs to avoid and with an even share for all, as far as that goes.

    Raises InfeasibleError when there is none at all.
    """
    plain = plans.assign(problem) if problem.former else None
    fewest = len(plain.dropped) if plain else 0
    careful = replace(problem, barred=problem.barred | avoid)
    for wish in [*([_even(careful), careful] if avoid else []), _even(problem)]:
        try:
            plan = plans.assign(wish)
        except plans.InfeasibleError:
            continue
        if len(plan.dropped) <= fewest:
            return plan
    return plain or plans.assign(problem)


def _even(problem: plans.Problem) -> plans.Problem:
    """The same, with an even share as the least that everybody reads."""
    share = sum(problem.demand(one) for one in problem.applications) // max(1, len(problem.assessors))
    reach = Counter(key for eligible in problem.eligible.values() for key in eligible)
    even = tuple(replace(one, minimum=min(share, reach[one.key], one.maximum)) for one in problem.assessors)
    return replace(problem, assessors=even)


def problems(found: Situation, options: PlanOptions, held: Pairs) -> tuple[str, ...]:
    """What is wrong with a plan as the facts are now, in Dutch; empty when it can be made final."""
    problem, keys = problem_of(found, options, held), _keys(found)
    known = held.pairs & keys.keys()
    broken = plans.violations(
        replace(problem, pins=frozenset()), (keys[pair] for pair in known | found.kept if pair in keys)
    )
    return (
        *plan_words.reasons(broken, found, excluded(found, options, held), options),
        *plan_words.strays(len(held.pairs - known)),
        *plan_words.taken(found, held.pairs & found.reads),
    )


def _keys(found: Situation) -> dict[Pair, plans.Pair]:
    """Every pair that can be thought of, to its name for the solver."""
    return {(a.id, u.id): (a.reference, found.names[u.id]) for a in found.files for u in found.assessors}


# --- what a page shows of a plan ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Somebody who reads an application: at work already, or by the plan. knows: the theme."""

    user: User
    running: bool
    pinned: bool = False
    unweighed: bool = False
    knows: bool = False


@dataclass(frozen=True)
class Coverage:
    """An application with its readers and how many it needs."""

    file: Application
    readers: tuple[Reader, ...]
    needed: int
    everyone: bool


@dataclass(frozen=True)
class Load:
    """How much an assessor reads: at work already, and by the plan."""

    user: User
    running: int
    planned: int

    @property
    def total(self) -> int:
        return self.running + self.planned


@dataclass(frozen=True)
class Overview:
    """A plan with what it leads to. maximum: applications per assessor. problems: why it cannot be final now."""

    coverage: tuple[Coverage, ...]
    loads: tuple[Load, ...]
    maximum: int
    coupling: Coupling
    problems: tuple[str, ...]

    @property
    def index(self) -> str:
        """The coupling index E, 0 to 1, as a reader writes it."""
        return number(self.coupling.index)

    @property
    def words(self) -> str:
        """What the coupling means."""
        return plan_words.COUPLING[self.coupling.gate.value]


def overview(found: Situation, options: PlanOptions, held: Pairs) -> Overview:
    """A plan with loads, coverage and the coupling of the committee after it."""
    wanted = demands(found, options, held)
    order = {user.id: place for place, user in enumerate(found.assessors)}
    everybody: Mapping[int, User] = {user.id: user for user in found.assessors}
    coverage = tuple(
        Coverage(
            a,
            tuple(
                Reader(
                    everybody[user],
                    (a.id, user) in found.kept,
                    (a.id, user) in held.pinned,
                    (a.id, user) in found.unweighed,
                    (a.id, user) in found.knows,
                )
                for user in order
                if (a.id, user) in found.kept | held.pairs
            ),
            wanted[a.id],
            a.id in options.calibration,
        )
        for a in found.files
    )
    running, planned = (Counter(user for _, user in part) for part in (found.kept, held.pairs))
    return Overview(
        coverage,
        tuple(Load(user, running[user.id], planned[user.id]) for user in found.assessors),
        maximum_of(found, options, held),
        _coupling(found, found.reads | held.pairs),
        problems(found, options, held),
    )


def _coupling(found: Situation, pairs: Pairing) -> Coupling:
    """Loads the statistics, which nothing else on a page of a plan needs."""
    import numpy as np

    from .calibration.coupling import coupling

    users = sorted({user for _, user in pairs} | {user.id for user in found.assessors})
    met = [[float((a.id, user) in pairs) for user in users] for a in found.files]
    return coupling(np.array(met).reshape(len(found.files), len(users)))
