"""Who reads what: the question, the rules, the answer, and a check of any answer against the rules.

`assign` finds a plan; `violations` checks one, also a plan that a person changed by hand. Neither reads a clock
or a random number: the same problem gives the same plan, in whatever order its parts are named. The solver is
loaded when it is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .scores import natural_key
from .words import Remark

Pair = tuple[str, str]
"""(application, assessor)"""


@dataclass(frozen=True, slots=True)
class Application:
    """What is to be read: by `scores` assessors, or by everyone who may (a calibration application)."""

    key: str
    region: str
    themes: frozenset[str] = frozenset()
    scores: int = 3
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class Assessor:
    """Who reads: own regions, themes he or she knows, and how many applications at least and at most."""

    key: str
    regions: frozenset[str] = frozenset()
    expertise: frozenset[str] = frozenset()
    minimum: int = 0
    maximum: int = 40


@dataclass(frozen=True, slots=True)
class Rules:
    """Hard rules and weights.

    `experts`: so many of the assessors of an application must know one of its themes (0: wish only).
    `closest`: smallest distance from the own region that is allowed (0: wish only; 1: never the own region).
    `expert_weight` for each assessor who knows a theme, `distance_weight` for each step of distance up to `far`.
    `spare`: share of affinity, in total and of the worst-off application, that swaps may give up to couple the
    committee better; 0 keeps the best match, .25 lets about one of three experts go where that helps.
    """

    experts: int = 1
    closest: int = 1
    far: int = 3
    expert_weight: int = 10
    distance_weight: int = 2
    spare: float = 0.25
    seconds: float = 20.0


@dataclass(frozen=True)
class Problem:
    """One assignment. `barred` pairs may not be (an interest, an abstention), `pins` must be, `former` were.

    `distances` between two regions in whole steps, either way round; what is not named is 0 within a region and
    `rules.far` otherwise. Raises ValueError when a key stands twice or a pair names somebody unknown.
    """

    applications: tuple[Application, ...]
    assessors: tuple[Assessor, ...]
    barred: frozenset[Pair] = frozenset()
    pins: frozenset[Pair] = frozenset()
    former: frozenset[Pair] = frozenset()
    distances: Mapping[Pair, int] = field(default_factory=dict)
    rules: Rules = Rules()

    def __post_init__(self) -> None:
        for name in ("applications", "assessors"):
            parts = sorted(getattr(self, name), key=lambda part: natural_key(part.key))
            if len({part.key for part in parts}) < len(parts):
                raise ValueError(f"a key stands twice among the {name}")
            object.__setattr__(self, name, tuple(parts))
        for application, assessor in self.barred | self.pins:
            if application not in self.application or assessor not in self.assessor:
                raise ValueError(f"({application}, {assessor}) names somebody unknown")

    @cached_property
    def application(self) -> dict[str, Application]:
        return {one.key: one for one in self.applications}

    @cached_property
    def assessor(self) -> dict[str, Assessor]:
        return {one.key: one for one in self.assessors}

    def distance(self, application: Application, assessor: Assessor) -> int:
        """Steps between an application and the nearest of the assessor's own regions, at most `far`."""
        far = self.rules.far
        steps = (self._steps(application.region, region) for region in assessor.regions)
        return min([far, *steps])

    def _steps(self, a: str, b: str) -> int:
        default = 0 if a == b else self.rules.far
        return self.distances.get((a, b), self.distances.get((b, a), default))

    def near(self, application: Application, assessor: Assessor) -> bool:
        """Whether the own region forbids it."""
        return self.distance(application, assessor) < self.rules.closest

    def expert(self, application: Application, assessor: Assessor) -> bool:
        return bool(application.themes & assessor.expertise)

    @cached_property
    def eligible(self) -> dict[str, tuple[str, ...]]:
        """Application to the assessors who may read it."""
        return {
            one.key: tuple(
                other.key for other in self.assessors
                if (one.key, other.key) not in self.barred and not self.near(one, other)
            )
            for one in self.applications
        }  # fmt: skip

    def demand(self, application: Application) -> int:
        """Scores needed: its own number, or everyone who may."""
        return len(self.eligible[application.key]) if application.everyone else application.scores

    def experts_needed(self, application: Application) -> int:
        """An application without themes needs no expert; one that few read no more experts than readers."""
        return min(self.rules.experts, self.demand(application)) if application.themes else 0

    def affinity(self, application: Application, assessor: Assessor) -> int:
        """How well the two suit each other; whole numbers, so that equal plans are equal."""
        rules = self.rules
        return rules.expert_weight * self.expert(
            application, assessor
        ) + rules.distance_weight * self.distance(application, assessor)


@dataclass(frozen=True, slots=True)
class Plan:
    """An assignment that keeps every hard rule.

    `pairs` in natural order; `added` and `dropped` against the former one. `coupling` is E after the swaps,
    `coupling_solved` before; `affinity` and `affinity_solved` likewise; `lowest` the affinity of the worst-off
    application. `optimal` is False when the time ran out and this is merely the best plan found.
    """

    pairs: tuple[Pair, ...]
    added: tuple[Pair, ...]
    dropped: tuple[Pair, ...]
    coupling: float
    coupling_solved: float
    affinity: int
    affinity_solved: int
    lowest: int
    optimal: bool

    def loads(self) -> dict[str, int]:
        """Assessor to number of applications, for those who have one."""
        loads: dict[str, int] = {}
        for _, assessor in self.pairs:
            loads[assessor] = loads.get(assessor, 0) + 1
        return loads


class InfeasibleError(Exception):
    """No plan keeps every hard rule; `reasons` say in Dutch what stands in the way."""

    def __init__(self, reasons: Iterable[Remark]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(reason.text for reason in self.reasons))


def assign(problem: Problem) -> Plan:
    """The best plan: first as little change as possible, then the worst-off application, then the total.

    After that, swaps that keep all hard rules, all loads, and every kept or pinned pair raise the coupling of the
    committee, at the price of at most `rules.spare` of the affinity. Raises InfeasibleError with reasons.
    """
    obvious = obstacles(problem)
    if obvious:
        raise InfeasibleError(obvious)
    from .assignment_solver import solve

    return solve(problem)


def obstacles(problem: Problem) -> list[Remark]:
    """What makes a plan impossible at first sight, each with the one thing to change."""
    found: list[Remark] = []
    pinned_of: dict[str, int] = {}
    pins_at: dict[str, int] = {}
    for application, assessor in sorted(problem.pins):
        pins_at[application] = pins_at.get(application, 0) + 1
        pinned_of[assessor] = pinned_of.get(assessor, 0) + 1
        if assessor not in problem.eligible[application]:
            found.append(Remark.of("pin_barred", proposal=application, assessor=assessor))
    total = 0
    for one in problem.applications:
        eligible, needed = problem.eligible[one.key], problem.demand(one)
        total += needed
        if len(eligible) < needed:
            barred = sum((one.key, other.key) in problem.barred for other in problem.assessors)
            near = len(problem.assessors) - len(eligible) - barred
            found.append(
                Remark.of(
                    "too_few_eligible",
                    proposal=one.key,
                    needed=needed,
                    eligible=len(eligible),
                    barred=barred,
                    near=near,
                )
            )
        experts = sum(problem.expert(one, problem.assessor[key]) for key in eligible)
        if experts < problem.experts_needed(one):
            found.append(
                Remark.of(
                    "no_expert", proposal=one.key, theme=", ".join(sorted(one.themes)),
                    needed=problem.experts_needed(one), eligible=experts,
                )
            )  # fmt: skip
        if pins_at.get(one.key, 0) > needed:
            found.append(
                Remark.of("pins_over_demand", proposal=one.key, pinned=pins_at[one.key], needed=needed)
            )
    for other in problem.assessors:
        reach = sum(other.key in eligible for eligible in problem.eligible.values())
        if reach < other.minimum:
            found.append(
                Remark.of("minimum_out_of_reach", assessor=other.key, minimum=other.minimum, eligible=reach)
            )
        if pinned_of.get(other.key, 0) > other.maximum:
            found.append(
                Remark.of(
                    "pins_over_maximum",
                    assessor=other.key,
                    pinned=pinned_of[other.key],
                    maximum=other.maximum,
                )
            )
    supply = sum(other.maximum for other in problem.assessors)
    minimum = sum(other.minimum for other in problem.assessors)
    if total > supply:
        found.append(Remark.of("demand_over_supply", demand=total, supply=supply))
    if total < minimum:
        found.append(Remark.of("demand_under_minimum", demand=total, minimum=minimum))
    return found


def violations(problem: Problem, pairs: Iterable[Pair]) -> list[Remark]:
    """Every hard rule that `pairs` breaks; empty when the plan is sound. Written apart from the solver."""
    given = set(pairs)
    found: list[Remark] = []
    known = sorted(pair for pair in given if pair[0] in problem.application and pair[1] in problem.assessor)
    for application, assessor in sorted(given.difference(known)):
        found.append(Remark.of("unknown_pair", proposal=application, assessor=assessor))
    for application, assessor in known:
        if (application, assessor) in problem.barred:
            found.append(Remark.of("broken_interest", proposal=application, assessor=assessor))
        if problem.near(problem.application[application], problem.assessor[assessor]):
            found.append(Remark.of("broken_region", proposal=application, assessor=assessor))
    for application, assessor in sorted(problem.pins - given):
        found.append(Remark.of("broken_pin", proposal=application, assessor=assessor))
    for one in problem.applications:
        readers = [problem.assessor[assessor] for application, assessor in known if application == one.key]
        if len(readers) != problem.demand(one):
            found.append(
                Remark.of("broken_coverage", proposal=one.key, given=len(readers), needed=problem.demand(one))
            )
        experts = sum(problem.expert(one, reader) for reader in readers)
        if experts < problem.experts_needed(one):
            found.append(
                Remark.of(
                    "broken_expertise", proposal=one.key, given=experts, needed=problem.experts_needed(one)
                )
            )
    for other in problem.assessors:
        load = sum(assessor == other.key for _, assessor in known)
        if load > other.maximum:
            found.append(Remark.of("broken_maximum", assessor=other.key, given=load, maximum=other.maximum))
        if load < other.minimum:
            found.append(Remark.of("broken_minimum", assessor=other.key, given=load, minimum=other.minimum))
    return found


def reading_order(assessor: str, applications: Iterable[str], seed: str) -> tuple[str, ...]:
    """An order of reading that differs for each assessor and can be checked afterwards.

    Sorted by SHA-256 of seed, assessor and application, so that an added file moves no other.
    """

    def place(application: str) -> str:
        return hashlib.sha256("\x1f".join((seed, assessor, application)).encode()).hexdigest()

    return tuple(sorted(applications, key=place))
