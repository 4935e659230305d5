"""An outcome laid out for a page: lines in order of quality, regions, themes, and two outcomes side by side.

Every figure comes from the stored problem and outcome; `verify.Round`, the published arithmetic, does the sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pool.applications.models import Application

from .engine.verify import Round as Arithmetic
from .states import AllocationRule


@dataclass(frozen=True)
class Line:
    """One application in an outcome. Money in cents; amount and plain: what it gets here and by the plain
    ranking with a line, 0 for nothing; plain is None while that ranking is not worked out."""

    place: int
    shared: bool
    id: str
    application: Application
    merit: int
    requested: int
    minimum: int
    amount: int
    plain: int | None
    decision: str
    too_low: bool

    @property
    def partial(self) -> bool:
        return 0 < self.amount < self.requested

    @property
    def difference(self) -> str:
        """What differs from the plain ranking, in Dutch; empty when nothing does."""
        if self.plain is None or self.plain == self.amount:
            return ""
        if not self.plain:
            return "alleen in deze verdeling"
        return "alleen in de rangorde" if not self.amount else "ander bedrag"


@dataclass(frozen=True)
class ThemeLine:
    name: str
    applications: int
    requested: int
    awards: int
    amount: int


@dataclass(frozen=True)
class Result:
    """A problem with an outcome. applications: id in the file -> the application."""

    problem: Mapping[str, Any]
    outcome: Mapping[str, Any]
    applications: Mapping[str, Application]
    rankings: Mapping[str, Any] | None = None

    @cached_property
    def awards(self) -> dict[str, int]:
        return {award["id"]: award["amount"] for award in self.outcome["awards"]}

    @cached_property
    def _plain(self) -> dict[str, int] | None:
        body = (self.rankings or {}).get(AllocationRule.RANK_CUT.value)
        return None if body is None else {award["id"]: award["amount"] for award in body["awards"]}

    @cached_property
    def lines(self) -> list[Line]:
        """All applications from best to worst; equal scores in the order of the lots, sharing a place."""
        rules = Arithmetic(dict(self.problem))
        ordered = sorted(self.problem["applications"], key=lambda a: (-a["merit"], rules.lot(a["id"])))
        merits = Counter(a["merit"] for a in ordered)
        first: dict[int, int] = {}
        for place, a in enumerate(ordered, start=1):
            first.setdefault(a["merit"], place)
        return [
            Line(
                place=first[a["merit"]],
                shared=merits[a["merit"]] > 1,
                id=a["id"],
                application=self.applications[a["id"]],
                merit=a["merit"],
                requested=a["requested"],
                minimum=a["minimum"],
                amount=self.awards.get(a["id"], 0),
                plain=None if self._plain is None else self._plain.get(a["id"], 0),
                decision=a["decision"],
                too_low=a["merit"] < self.problem["min_merit"],
            )
            for a in ordered
        ]

    @property
    def awarded(self) -> list[Line]:
        return [line for line in self.lines if line.amount]

    @property
    def refused(self) -> list[Line]:
        """Not awarded though good enough."""
        return [line for line in self.lines if not line.amount and not line.too_low]

    @property
    def too_low(self) -> list[Line]:
        return [line for line in self.lines if not line.amount and line.too_low]

    @property
    def different(self) -> list[Line]:
        return [line for line in self.lines if line.difference]

    @property
    def plain_line(self) -> int:
        """How many lines stand above the line of the plain ranking: up to its last award."""
        return max((at for at, line in enumerate(self.lines, start=1) if line.plain), default=0)

    @property
    def requested(self) -> int:
        return sum(a["requested"] for a in self.problem["applications"])

    @property
    def reached(self) -> int:
        return sum(1 for region in self.outcome["regions"] if region["awards"])

    def themes(self, names: Mapping[str, str]) -> list[ThemeLine]:
        """Per theme of the round, in the order of `names`, and after that by id."""
        known = [theme["id"] for theme in self.problem["themes"]]
        order = [slug for slug in names if slug in known] + sorted(set(known) - set(names))
        found = []
        for slug in order:
            lines = [a for a in self.problem["applications"] if a["theme"] == slug]
            amounts = [self.awards[a["id"]] for a in lines if a["id"] in self.awards]
            asked = sum(a["requested"] for a in lines)
            found.append(ThemeLine(names.get(slug, slug), len(lines), asked, len(amounts), sum(amounts)))
        return found


@dataclass(frozen=True)
class RuleLine:
    """One rule beside the others. share: value in thousandths of the best value."""

    rule: AllocationRule
    outcome: Mapping[str, Any] | None
    share: int | None

    @property
    def reached(self) -> int:
        return sum(1 for region in self.outcome["regions"] if region["awards"]) if self.outcome else 0


def side_by_side(outcome: Mapping[str, Any], rankings: Mapping[str, Any]) -> list[RuleLine]:
    """The outcome itself and the rules of practice; an outcome of None where a rule finds nothing allowed."""
    best = outcome["objective"]
    bodies: dict[str, Any] = {
        outcome["rule"]: outcome,
        **{k: v for k, v in rankings.items() if k != outcome["rule"]},
    }
    found = []
    for rule in AllocationRule:
        if rule.value in bodies:
            body = bodies[rule.value]
            usable = body if body and body["status"] != "infeasible" else None
            share = usable["objective"] * 1000 // best if usable and best else None
            found.append(RuleLine(rule, usable, share))
    return found


@dataclass(frozen=True)
class Corner:
    """An outcome that is best while the spread weighs from `low` to `high` times what it weighs in the problem
    (numerator, denominator; high None is without end). Quality and bonus in nano-points. enters and leaves:
    how many awards differ from the outcome of the problem itself."""

    number: int
    quality: int
    bonus: int
    spent: int
    awards: int
    reached: int
    low: tuple[int, int]
    high: tuple[int, int] | None
    own: bool
    enters: int
    leaves: int


def corners(result: Result, frontier: Mapping[str, Any]) -> list[Corner]:
    """The outcomes of the frontier, from the most quality to the most spread."""
    rules = Arithmetic(dict(result.problem))

    def scale(given: Mapping[str, int] | None) -> tuple[int, int] | None:
        return None if given is None else (given["numerator"], given["denominator"])

    found = []
    for number, body in enumerate(frontier["corners"], start=1):
        awards = {award["id"]: award["amount"] for award in body["awards"]}
        found.append(
            Corner(
                number=number,
                quality=body["quality"],
                bonus=body["bonus"],
                spent=body["spent"],
                awards=len(awards),
                reached=sum(1 for count in rules.counts(awards).values() if count),
                low=scale(body["scale_low"]) or (0, 1),
                high=scale(body["scale_high"]),
                own=awards == result.awards,
                enters=len(set(awards) - set(result.awards)),
                leaves=len(set(result.awards) - set(awards)),
            )
        )
    return found


@dataclass(frozen=True)
class Comparison:
    """Two outcomes side by side. cost: by how much the second is worth less than the first when both are
    measured with the rules of the first, in nano-points; below zero when it is worth more. None when they are
    not about the same applications."""

    enters: list[Line]
    leaves: list[Line]
    changed: list[tuple[Line, int]]
    cost: int | None
    quality: int | None
    bonus: int | None

    @property
    def same(self) -> bool:
        return not (self.enters or self.leaves or self.changed)


def compare(first: Result, second: Result) -> Comparison:
    """What the second does differently. changed: lines of the first with the amount in the second."""
    lines = {line.id: line for line in first.lines}
    other = {line.id: line for line in second.lines}
    both = [line for line in first.lines if line.amount and other.get(line.id) and other[line.id].amount]
    cost = quality = bonus = None
    if set(second.awards) <= set(lines) and first.outcome["status"] != "infeasible":
        rules = Arithmetic(dict(first.problem))
        quality = first.outcome["quality"] - rules.quality(second.awards)
        bonus = first.outcome["bonus"] - rules.bonus(second.awards)
        cost = quality + bonus
    return Comparison(
        enters=[line for line in second.awarded if line.id not in first.awards],
        leaves=[line for line in first.awarded if line.id not in second.awards],
        changed=[(line, other[line.id].amount) for line in both if other[line.id].amount != line.amount],
        cost=cost,
        quality=quality,
        bonus=bonus,
    )
