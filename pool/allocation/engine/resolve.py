"""Solving again with one thing changed, starting from what is known; shared by all explanations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pool.allocation.engine.clash import smallest_clash
from pool.allocation.engine.integer import Ints
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import MERIT_MAX, Application, Problem
from pool.allocation.engine.search import Limits, Search
from pool.allocation.engine.shared import SharedRows
from pool.allocation.engine.solver import NODES, best

MEMORY, HINTS = 60, 2
"""Outcomes remembered, and how many of them a new question starts from."""


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
        self._found: list[dict[str, int]] = []
        self.shared = SharedRows(problem)
        base = self.best(problem, hint)
        if base is None:
            raise NoProofError("no outcome is allowed, so there is nothing to explain")
        self.base = base
        self.value, self.awards = base.value, base.awards
        self._turned: dict[str, Known | None] = {}

    def best(self, problem: Problem, hint: dict[str, int] | None = None) -> Known | None:
        """The best outcome by the published rules, proven; None when nothing is allowed."""
        model = Model(problem)
        shared, rows = self.shared.of(model)
        answer = best(model, self.limits, hints=self.hints(model, hint), shared=shared, rows=rows)
        if answer.point is None:
            if answer.bound is not None:
                raise NoProofError("nothing allowed was found within the limit")
            return None
        if answer.bound != answer.value:
            raise NoProofError("the best outcome was not proven within the limit")
        self.unsettled |= not answer.ties.settled
        return self._keep(Known(answer.value, model.awards(answer.point)))

    def _keep(self, known: Known) -> Known:
        if known.awards not in self._found:
            self._found = [known.awards, *self._found[: MEMORY - 1]]
        return known

    def hints(self, model: Model, hint: dict[str, int] | None = None) -> list[Ints]:
        """Points to start from: outcomes found before, those worth most in this model first."""
        points = [model.point(awards) for awards in self._found]
        if hint is not None:
            points.insert(0, model.point(hint))
        program = model.program
        inside = [p for p in points if ((p >= program.low) & (p <= program.high)).all()]
        allowed = [p for p in inside if program.feasible(p)]
        return sorted(allowed, key=program.value, reverse=True)[:HINTS]

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

    def inside_application(self, app: Application, at_least: int, enough: int | None = None) -> Known | None:
        """The best outcome with this application inside, as changed, if worth at least so much.

        With `enough` not the best one, but the first found that is worth as much as that.
        """
        shifted = self._shifted(app)
        if shifted is not None:
            return shifted if shifted.value >= at_least else None
        return self.inside_problem(self.replaced(replace(app, decision="in")), at_least, enough)

    def _shifted(self, app: Application) -> Known | None:
        """The best outcome with it inside when only the merit of an indivisible application changes.

        All outcomes with it inside then change by the same value, so the best of them stays the best.
        """
        own = self.apps[app.id]
        if own.minimum < own.requested or replace(own, merit=app.merit) != app:
            return None
        known = self.base if app.id in self.awards else self._turned.get(app.id)
        if known is None:
            return None
        change = self.problem.value(app, app.requested) - self.problem.value(own, own.requested)
        return Known(known.value + change, known.awards)

    def inside_problem(self, problem: Problem, at_least: int, enough: int | None = None) -> Known | None:
        """The best outcome of a problem, ties not settled, if worth at least so much."""
        model = Model(problem)
        shared, rows = self.shared.of(model)
        search = Search(
            model.program,
            model.earn_steps,
            limits=self.limits,
            amount_of=model.amount_of,
            shared=shared,
            rows=rows,
            floor=at_least,
            enough=enough,
        )
        for hint in self.hints(model):
            search.start_from(hint)
        found = search.run()
        reached = found.best.point is not None and enough is not None and found.best.value >= enough
        if not found.complete and not reached:
            raise NoProofError("a changed problem was not decided within the limit")
        if found.best.point is None:
            return None
        return self._keep(Known(found.best.value, model.awards(found.best.point)))

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
        inside = self.inside_application(app, outside, outside + 1)
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
        # What is freed can only be worth more: with it inside it must reach what is known.
        inside = self.inside_problem(
            self.replaced(replace(self.apps[name], decision="in"), problem), self.value, self.value
        )
        if inside is None:
            return False
        known = self.best(problem, self.awards)
        return known is not None and name in known.awards
