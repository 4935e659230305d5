"""Solving again with one thing changed, starting from what is known; shared by all explanations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pool.allocation.engine.clash import smallest_clash
from pool.allocation.engine.integer import Ints
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import MERIT_MAX, Application, Problem
from pool.allocation.engine.search import Limits, Search
from pool.allocation.engine.solver import NODES, best


class NoProofError(RuntimeError):
    """A question could not be answered with proof within the limit."""


@dataclass(frozen=True)
class Known:
    """An allowed outcome: value in nano-points, awards in cents per id."""

    value: int
    awards: dict[str, int]


@dataclass(frozen=True)
class Binding:
    """A rule that keeps an application out: kind (threshold, decision, exclusive, requires, region,
    theme, ceiling), and the region, theme or applications it is about."""

    kind: str
    ids: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "ids": list(self.ids)}


class Resolver:
    """The best outcome of a problem, and best outcomes of problems close to it."""

    def __init__(
        self, problem: Problem, hint: dict[str, int] | None = None, limits: Limits | None = None
    ) -> None:
        self.problem = problem
        self.limits = limits or Limits(NODES)
        self.apps = {app.id: app for app in problem.applications}
        self.unsettled = False
        """Whether a tie was met that was too large to settle exactly."""
        base = self.best(problem, hint)
        if base is None:
            raise NoProofError("no outcome is allowed, so there is nothing to explain")
        self.base = base
        self.value, self.awards = base.value, base.awards
        self._turned: dict[str, Known | None] = {}

    def best(self, problem: Problem, hint: dict[str, int] | None = None) -> Known | None:
        """The best outcome by the published rules, proven; None when nothing is allowed."""
        model = Model(problem)
        answer = best(model, self.limits, hint=_point(model, hint))
        if answer.point is None:
            if answer.bound is not None:
                raise NoProofError("nothing allowed was found within the limit")
            return None
        if answer.bound != answer.value:
            raise NoProofError("the best outcome was not proven within the limit")
        self.unsettled |= not answer.ties.settled
        return Known(answer.value, model.awards(answer.point))

    def replaced(self, app: Application, problem: Problem | None = None) -> Problem:
        problem = problem or self.problem
        apps = tuple(app if other.id == app.id else other for other in problem.applications)
        return replace(problem, applications=apps)

    def turned(self, name: str) -> Known | None:
        """The best outcome with a refused application inside, or an awarded one outside.

        The threshold, and a decision, do not count for the application itself. None: not allowed.
        """
        if name not in self._turned:
            decision = "out" if name in self.awards else "in"
            self._turned[name] = self.best(self.replaced(replace(self.apps[name], decision=decision)))
        return self._turned[name]

    def clash(self, name: str) -> tuple[Binding, ...]:
        """The smallest set of rules that keeps an application from ever being awarded."""
        inside = self.replaced(replace(self.apps[name], decision="in"))
        rules = smallest_clash(inside, self.limits)
        return tuple(
            Binding(rule.where or {"in": "decision", "out": "decision"}.get(rule.kind, rule.kind), rule.ids)
            for rule in rules
            if rule.ids != (name,)
        )

    def inside_application(self, app: Application, at_least: int) -> Known | None:
        """An outcome with this application inside, as changed, worth at least so much; None: proven none.

        It is the best one.
        """
        model = Model(self.replaced(replace(app, decision="in")))
        search = Search(
            model.program, model.earn_steps, limits=self.limits, amount_of=model.amount_of, floor=at_least
        )
        found = search.run()
        if not found.complete:
            raise NoProofError("a changed problem was not decided within the limit")
        if found.best.point is None:
            return None
        return Known(found.best.value, model.awards(found.best.point))

    def inside(self, name: str, merit: int, at_least: int) -> Known | None:
        """The best outcome with the application inside at that merit, if worth at least so much."""
        return self.inside_application(replace(self.apps[name], merit=merit), at_least)

    def merit_reaching(self, name: str, known: Known, merit: int, value: int) -> int | None:
        """Least merit at which these awards, found at `merit`, are worth `value`; None above 100 points."""
        app, amount = self.apps[name], known.awards[name]
        rest = known.value - self.problem.value(replace(app, merit=merit), amount)

        def worth(at: int) -> int:
            return rest + self.problem.value(replace(app, merit=at), amount)

        if worth(MERIT_MAX) < value:
            return None
        low, high = -1, MERIT_MAX
        while high - low > 1:
            middle = (low + high) // 2
            if worth(middle) >= value:
                high = middle
            else:
                low = middle
        return high

    def awarded_at(self, name: str, merit: int, outside: int) -> bool:
        """Whether the application is awarded at that merit; `outside` is the best value without it."""
        return self.awarded_as(replace(self.apps[name], merit=merit), outside)

    def awarded_as(self, app: Application, outside: int) -> bool:
        """Whether the application, changed so, is awarded; `outside` is the best value without it."""
        if app.decision == "free" and app.merit < self.problem.min_merit:
            return False
        inside = self.inside_application(app, outside)
        if inside is None:
            return False
        return inside.value > outside or app.id in self.awards_with(app)

    def awards_with(self, app: Application) -> dict[str, int]:
        """The awards of the best outcome when this application is changed so."""
        changed = self.replaced(app)
        known = self.best(changed)
        return {} if known is None else known.awards

    def lets_in(self, name: str, problem: Problem) -> bool:
        """Whether the application is awarded under the changed rules."""
        known = self.best(problem, self.awards)
        return known is not None and name in known.awards


def _point(model: Model, awards: dict[str, int] | None) -> Ints | None:
    return None if awards is None else model.point(awards)
