"""Why an application is in or out, from solving again and never from prices alone.

Notation: for application i, `inside(m)` is the best value when i must be awarded at merit m, `outside`
the best value when it must not be; the latter does not depend on m. Ties aside, i is awarded exactly
when inside(m) > outside. Every number named was solved for at that number and at the one beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from pool.allocation.engine.amounts import largest_amount
from pool.allocation.engine.outcome import Outcome
from pool.allocation.engine.problem import MERIT_MAX, Problem
from pool.allocation.engine.resolve import Binding, Known, NoProofError, Resolver

MARGINS = (1, 5, 10)
"""Thousandths of the best value within which outcomes are compared: 0.1, 0.5 and 1 %."""


@dataclass(frozen=True)
class Change:
    """What happens to another application: amounts in cents before and after, 0 is not awarded."""

    id: str
    before: int
    after: int

    def to_dict(self) -> dict[str, Any]:
        return {"id": self.id, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Explanation:
    """One application explained.

    `amount` awarded, cents, 0 for none. `lowest_merit`: least merit (thousandths) at which it is awarded,
    all else equal: what a refused one lacks, and how far an awarded one may fall; None when no merit
    would do. `full_merit`: least merit for the whole amount, for one awarded in part; None when no merit
    would do. `largest_amount`: highest amount (cents) which, asked instead, a refused one would have been
    awarded; None when none would do. `cost`: nano-points by which the best outcome with the application
    turned round (a refused one inside, an awarded one outside) lies below the best; None when no such
    outcome is allowed. `changes`: who enters, leaves, shrinks or grows then. `binding`: the rules that
    keep it out, each found by lifting it alone; `ceiling` when only money does; when it cannot be inside
    at all, the smallest set of rules that clash then. `proven`: false when a question was too large to
    decide; what was not decided is then None, and what was may hang on a tie.
    """

    id: str
    amount: int
    merit: int
    requested: int
    lowest_merit: int | None
    full_merit: int | None
    largest_amount: int | None
    cost: int | None
    changes: tuple[Change, ...]
    binding: tuple[Binding, ...]
    proven: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "amount": self.amount,
            "merit": self.merit,
            "requested": self.requested,
            "lowest_merit": self.lowest_merit,
            "full_merit": self.full_merit,
            "largest_amount": self.largest_amount,
            "cost": self.cost,
            "changes": [change.to_dict() for change in self.changes],
            "binding": [rule.to_dict() for rule in self.binding],
            "proven": self.proven,
        }


@dataclass(frozen=True)
class Explanations:
    """All of them. `always` and `never` name, per margin (thousandths of the best value), the
    applications in every and in no allowed outcome of at least the best value less the margin."""

    problem_sha256: str
    objective: int
    applications: tuple[Explanation, ...]
    always: dict[int, tuple[str, ...]]
    never: dict[int, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": "pool-allocation-explanations/1",
            "problem_sha256": self.problem_sha256,
            "objective": self.objective,
            "applications": [item.to_dict() for item in self.applications],
            "always": {str(margin): list(ids) for margin, ids in self.always.items()},
            "never": {str(margin): list(ids) for margin, ids in self.never.items()},
        }


def explain(
    problem: Problem,
    outcome: Outcome | None = None,
    ids: Iterable[str] | None = None,
    progress: Callable[[dict[str, Any]], None] | None = None,
) -> Explanations:
    """Explain the given applications (default: all) of the best outcome.

    `outcome` only shortens the work. Raises `resolve.NoProofError` when the best outcome cannot be
    proven, or does not exist: there is then nothing that can be explained with certainty.
    """
    resolver = Resolver(problem, None if outcome is None else outcome.awards)
    wanted = sorted(app.id for app in problem.applications) if ids is None else sorted(set(ids))
    unknown = set(wanted) - set(resolver.apps)
    if unknown:
        raise KeyError(f"not in this problem: {', '.join(sorted(unknown))}")
    found = []
    for count, name in enumerate(wanted, 1):
        found.append(explain_one(resolver, name))
        if progress is not None:
            progress({"phase": "explain", "done": count, "of": len(wanted), "id": name})
    best = resolver.value
    always: dict[int, tuple[str, ...]] = {}
    never: dict[int, tuple[str, ...]] = {}
    for margin in MARGINS:
        far = [
            item
            for item in found
            if (item.cost is None and item.proven)
            or (item.cost is not None and item.cost * 1000 > margin * best)
        ]
        always[margin] = tuple(item.id for item in far if item.amount)
        never[margin] = tuple(item.id for item in far if not item.amount)
    return Explanations(problem.sha256, best, tuple(found), always, never)


def explain_one(resolver: Resolver, name: str) -> Explanation:
    """Explain one application."""
    app = resolver.apps[name]
    amount = resolver.awards.get(name, 0)
    resolver.unsettled = False
    open_questions: list[str] = []

    def ask(question: Callable[[Resolver, str], Any], missing: Any = None) -> Any:
        try:
            return question(resolver, name)
        except NoProofError as error:
            open_questions.append(str(error))
            return missing

    turned: Known | None = ask(lambda r, n: r.turned(n))
    changes: tuple[Change, ...] = ()
    if turned is not None:
        others = sorted({*turned.awards, *resolver.awards} - {name})
        changes = tuple(
            Change(other, resolver.awards.get(other, 0), turned.awards.get(other, 0))
            for other in others
            if resolver.awards.get(other, 0) != turned.awards.get(other, 0)
        )
    return Explanation(
        id=name,
        amount=amount,
        merit=app.merit,
        requested=app.requested,
        lowest_merit=ask(lowest_merit),
        full_merit=ask(full_merit) if 0 < amount < app.requested else None,
        largest_amount=None if amount else ask(largest_amount),
        cost=None if turned is None else resolver.value - turned.value,
        changes=changes,
        binding=() if amount else ask(binding, ()),
        proven=not open_questions and not resolver.unsettled,
    )


def lowest_merit(resolver: Resolver, name: str) -> int | None:
    """Least merit (thousandths) at which the application is awarded, all else equal.

    Steps down from a merit at which it is awarded, each time to the least merit at which the best
    outcome just found would still do (Newton's method on a convex piecewise function); then looks at
    the merit found and the one below.
    """
    app, problem = resolver.apps[name], resolver.problem
    if app.decision == "out":
        return None
    if app.decision == "in":
        return 0
    least = problem.min_merit
    if least > MERIT_MAX:
        return None
    awarded = name in resolver.awards
    turned = resolver.turned(name)
    if awarded:
        if turned is None:
            return least  # nothing is allowed without it
        outside, inside = turned.value, resolver.base
    else:
        if turned is None:
            return None
        outside, inside = resolver.value, turned
    merit = resolver.merit_reaching(name, inside, app.merit, outside)
    if merit is None or (merit > MERIT_MAX):
        top = resolver.inside(name, MERIT_MAX, outside)
        if top is None:
            return None
        merit = resolver.merit_reaching(name, top, MERIT_MAX, outside)
        assert merit is not None
    divisible = app.minimum < app.requested
    while divisible and merit > least:
        lower = resolver.inside(name, merit - 1, outside)
        if lower is None:
            break
        reached = resolver.merit_reaching(name, lower, merit - 1, outside)
        assert reached is not None
        merit = min(reached, merit - 1)
    merit = max(merit, least)
    # A tie at the named merit, or below it, is settled by the published rule, so by a full solve.
    if not resolver.awarded_at(name, merit, outside):
        while merit < MERIT_MAX and not resolver.awarded_at(name, merit, outside):
            merit += 1
        return merit if resolver.awarded_at(name, merit, outside) else None
    while merit > least and resolver.awarded_at(name, merit - 1, outside):
        merit -= 1
    return merit


def full_merit(resolver: Resolver, name: str) -> int | None:
    """Least merit at which one that is awarded in part gets its whole amount; None when none does.

    More merit never lowers the amount, so halving the range does; every step is a full solve.
    """
    app = resolver.apps[name]

    def full(merit: int) -> bool:
        return resolver.awards_with(replace(app, merit=merit)).get(name, 0) == app.requested

    if not full(MERIT_MAX):
        return None
    low, high = app.merit, MERIT_MAX
    while high - low > 1:
        middle = (low + high) // 2
        if full(middle):
            high = middle
        else:
            low = middle
    return high


def binding(resolver: Resolver, name: str) -> tuple[Binding, ...]:
    """The rules that keep a refused application out: those that, lifted alone, let it in."""
    app, problem = resolver.apps[name], resolver.problem
    if app.decision == "out":
        return (Binding("decision"),)
    if app.merit < problem.min_merit:
        return (Binding("threshold"),)
    if resolver.turned(name) is None:
        return resolver.clash(name)
    found = []
    for group in problem.exclusive:
        rivals = tuple(other for other in group if other in resolver.awards)
        if name in group and rivals:
            without = tuple(g for g in problem.exclusive if g is not group)
            if resolver.lets_in(name, replace(problem, exclusive=without)):
                found.append(Binding("exclusive", rivals))
    for pair in problem.requires:
        if pair[0] == name and pair[1] not in resolver.awards:
            without_pair = tuple(p for p in problem.requires if p is not pair)
            if resolver.lets_in(name, replace(problem, requires=without_pair)):
                found.append(Binding("requires", (pair[1],)))
    for region in problem.regions:
        if region.id in problem.counted_regions(app) and (region.max_awards, region.max_amount) != (
            None,
            None,
        ):
            freed = replace(region, max_awards=None, max_amount=None)
            regions = tuple(freed if r is region else r for r in problem.regions)
            if resolver.lets_in(name, replace(problem, regions=regions)):
                found.append(Binding("region", (region.id,)))
    for theme in problem.themes:
        if theme.id == app.theme and (theme.max_awards, theme.max_amount) != (None, None):
            freed = replace(theme, max_awards=None, max_amount=None)
            themes = tuple(freed if t is theme else t for t in problem.themes)
            if resolver.lets_in(name, replace(problem, themes=themes)):
                found.append(Binding("theme", (theme.id,)))
    return tuple(found) or (Binding("ceiling"),)
