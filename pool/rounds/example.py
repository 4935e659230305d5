"""A worked example for the public page: five invented applications, with and without spread.

All sets of five are tried, so no solver is needed and anyone can follow it. The arithmetic is that of the engine
(pool/allocation/engine), which a test holds against it; bounds per region and theme are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from .inputs import RoundRules
from .states import Joint, ValueBasis

MILLION = 10**6
"""Nano-points per thousandth of a point."""
UNIT = 1_000_000
"""Cents: the amounts are whole numbers of about € 10,000."""


@dataclass(frozen=True)
class Invented:
    """An invented application. merit in thousandths; requested and minimum in cents; regions: the first leads."""

    name: str
    merit: int
    requested: int
    minimum: int
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """What an application gets. award in cents, 0 for nothing."""

    application: Invented
    award: int


@dataclass(frozen=True)
class Outcome:
    """The best way to divide. value and bonus in nano-points, spent in cents, reached: regions with an award."""

    lines: tuple[Line, ...]
    value: int
    bonus: int
    spent: int

    @property
    def quality_points(self) -> int:
        """Thousandths of a point, rounded down."""
        return self.value // MILLION

    @property
    def bonus_points(self) -> int:
        return self.bonus // MILLION

    @property
    def reached(self) -> tuple[str, ...]:
        found = {region for line in self.lines if line.award for region in line.application.regions}
        return tuple(sorted(found))


@dataclass(frozen=True)
class Example:
    """The invented applications, their ceiling in cents, and both outcomes."""

    ceiling: int
    applications: tuple[Invented, ...]
    with_spread: Outcome
    without_spread: Outcome
    """What is best when only quality counts; its bonus is what that choice would earn by the rules."""

    @property
    def differs(self) -> bool:
        return [line.award for line in self.with_spread.lines] != [
            line.award for line in self.without_spread.lines
        ]


def worked(rules: RoundRules) -> Example:
    """The example under the rules of a round."""
    unit = _unit(rules)
    applications = _invented(rules, unit)
    ceiling = 15 * unit
    plain = best(applications, ceiling, rules, ())
    awards = {line.application.name: line.award for line in plain.lines if line.award}
    return Example(
        ceiling,
        applications,
        best(applications, ceiling, rules, rules.spread_steps),
        _outcome(applications, awards, rules, rules.spread_steps),
    )


def _unit(rules: RoundRules) -> int:
    """A round amount in which the example is written: a multiple of the step, and within what may be asked."""
    step = rules.amount_step
    most = UNIT if rules.max_request is None else min(UNIT, rules.max_request // 8)
    return max(step, most // step * step)


def _invented(rules: RoundRules, unit: int) -> tuple[Invented, ...]:
    floor = rules.min_merit

    def merit(percent: int) -> int:
        """So many percent of the way from the threshold to a hundred points, in whole points."""
        return (floor + (100_000 - floor) * percent // 100) // 1000 * 1000

    low = max(0, floor - 3_000) if floor else 5_000
    plans = (
        ("A", merit(70), 6, 4, ("Noord",)),
        ("B", merit(62), 6, 4, ("Noord",)),
        ("C", merit(50), 5, 5, ("Oost",)),
        ("D", merit(42), 8, 5, ("Zuid", "West")),
        ("E", low, 2, 2, ("West",)),
    )
    return tuple(
        Invented(
            name,
            points,
            asked * unit,
            (least if rules.partial_awards else asked) * unit,
            regions,
        )
        for name, points, asked, least, regions in plans
    )


def best(applications: Sequence[Invented], ceiling: int, rules: RoundRules, steps: Sequence[int]) -> Outcome:
    """The best of all ways to divide: highest total, then least spent, then by lot, then highest amounts by lot."""
    lots = sorted(applications, key=lambda a: _lot(rules.tie_seed, a.name))

    def order(outcome: Outcome) -> tuple[int, int, list[bool], list[int]]:
        awards = {line.application.name: line.award for line in outcome.lines}
        drawn = [awards[a.name] for a in lots]
        return (outcome.value + outcome.bonus, -outcome.spent, [award > 0 for award in drawn], drawn)

    return max(_possible(applications, ceiling, rules, steps, lots), key=order)


def _lot(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}|{name}".encode()).hexdigest()


def _possible(
    applications: Sequence[Invented],
    ceiling: int,
    rules: RoundRules,
    steps: Sequence[int],
    lots: Sequence[Invented],
) -> Iterator[Outcome]:
    good = [a for a in applications if a.merit >= rules.min_merit]
    for size in range(len(good) + 1):
        for chosen in combinations(good, size):
            if sum(a.minimum for a in chosen) <= ceiling:
                awards = _filled(chosen, ceiling, rules, lots)
                yield _outcome(applications, awards, rules, steps)


def _filled(
    chosen: Sequence[Invented], ceiling: int, rules: RoundRules, lots: Sequence[Invented]
) -> dict[str, int]:
    """The minimum for each, and what is left to whoever gains most per step; equals in the order of the lot."""
    awards = {a.name: a.minimum for a in chosen}
    left = ceiling - sum(awards.values())
    for application in sorted(chosen, key=lambda a: (-_per_step(a, rules), lots.index(a))):
        if _per_step(application, rules) == 0:
            continue
        more = min(left, application.requested - application.minimum)
        more -= more % rules.amount_step
        awards[application.name] += more
        left -= more
    return awards


def _per_step(application: Invented, rules: RoundRules) -> int:
    """Nano-points that one more step of money adds."""
    if rules.value_basis == ValueBasis.AMOUNT:
        whole = rules.reference_amount or application.requested
    else:
        whole = application.requested
    return application.merit * MILLION * rules.amount_step // whole


def _value(application: Invented, award: int, rules: RoundRules) -> int:
    per_step = _per_step(application, rules)
    if rules.value_basis == ValueBasis.AMOUNT:
        return per_step * award // rules.amount_step
    return application.merit * MILLION - per_step * (application.requested - award) // rules.amount_step


def _outcome(
    applications: Sequence[Invented], awards: dict[str, int], rules: RoundRules, steps: Sequence[int]
) -> Outcome:
    counts: dict[str, int] = {}
    for application in applications:
        if application.name in awards:
            counted = application.regions if rules.joint == Joint.EVERY else application.regions[:1]
            for region in counted:
                counts[region] = counts.get(region, 0) + 1
    return Outcome(
        lines=tuple(Line(a, awards.get(a.name, 0)) for a in applications),
        value=sum(_value(a, awards[a.name], rules) for a in applications if a.name in awards),
        bonus=sum(sum(steps[:count]) for count in counts.values()) * MILLION,
        spent=sum(awards.values()),
    )
