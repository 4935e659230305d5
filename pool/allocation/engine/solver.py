"""Answer a problem: the best outcome with its proof, or what a rule of practice would give.

`optimal` is said only when the bound, computed in whole numbers, equals the value of the outcome that
was checked in whole numbers; else the status is `gap`. Without a time limit the search stops after a
fixed number of boxes, so that the same question gets the same answer on every machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from pool.allocation.engine import greedy, large
from pool.allocation.engine.clash import smallest_clash
from pool.allocation.engine.cuts import Row
from pool.allocation.engine.integer import Bounder, Ints
from pool.allocation.engine.linear import LinearRelaxation, quiet_solver
from pool.allocation.engine.model import Model
from pool.allocation.engine.outcome import ENGINE_VERSION, Clash, Engine, Outcome, RegionResult, Ties
from pool.allocation.engine.problem import Problem, sha256
from pool.allocation.engine.search import Found, Limits, Search
from pool.allocation.engine.settle import settle_amounts
from pool.allocation.engine.shared import SharedRows

RULES = ("optimal", *greedy.RULES)
SEARCHING = 0.9
"""The part of a time limit given to the search; one box may take a while, and the answer is recounted."""
NODES = 200_000
"""Boxes searched before the answer is given with a gap, when no time limit is set."""
Progress = Callable[[dict[str, int | float | str | None]], None]


class NoOutcomeError(RuntimeError):
    """Neither an allowed outcome nor a proof that there is none was found within the limit."""


@dataclass(frozen=True)
class Answer:
    """The best point of a model's programme with the account of its search."""

    point: Ints | None
    value: int
    bound: int | None
    ties: Ties
    nodes: int


def solve(
    problem: Problem,
    rule: str = "optimal",
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """The outcome of a problem under a rule (`optimal`, `rank_cut`, `rank_skip`, `ratio`).

    `time_limit` in seconds; with one the answer may depend on the machine. `progress` is called now
    and then with `phase`, `nodes`, `bound`, `value` and `seconds`. Raises `NoOutcomeError` when the
    limit comes before anything allowed is found, `ValueError` for an unknown rule.
    """
    if rule not in RULES:
        raise ValueError(f"unknown rule {rule!r}: choose one of {', '.join(RULES)}")
    began = time.perf_counter()
    limits = Limits(NODES, None if time_limit is None else began + time_limit * SEARCHING)

    def tell(nodes: int, bound: int, value: int | None) -> None:
        if progress is not None:
            seconds = time.perf_counter() - began
            progress({"phase": "search", "nodes": nodes, "bound": bound, "value": value, "seconds": seconds})

    model = Model(problem)
    if rule == "optimal":
        answer = best(model, limits, tell)
    else:
        point = greedy.follow(model, rule, limits)
        value = 0 if point is None else model.program.value(point)
        answer = Answer(point, value, None if point is None else relaxed_bound(model), Ties(), 0)
    if answer.point is None:
        if answer.bound is not None:
            raise NoOutcomeError("no allowed outcome was found within the limit")
        try:
            clash = smallest_clash(problem, Limits(NODES))
        except TimeoutError as error:
            raise NoOutcomeError(
                "nothing is allowed, and which rules clash was not found within the limit"
            ) from error
        if not clash:
            raise NoOutcomeError("no allowed outcome was found within the limit")
        return _infeasible(problem, rule, clash, time.perf_counter() - began)
    return outcome_of(model, answer, rule, time.perf_counter() - began)


def best(
    model: Model,
    limits: Limits,
    tell: Callable[[int, int, int | None], None] | None = None,
    hints: Sequence[Ints] = (),
    ties: bool = True,
    shared: SharedRows | None = None,
    rows: Sequence[Row] = (),
) -> Answer:
    """The best point of the model, ties settled by the published rule unless `ties` is false.

    `hints` are points to start from, allowed or not; they shorten the search and never change a proven
    answer. `shared` are rows of the round to start from and to add to; `rows` others that
    hold as well.
    """
    if model.program.columns > large.COLUMNS:
        found = large.approximate(model, limits, tell or (lambda nodes, bound, value: None))
        if found.best.point is None:
            # Without an outcome nothing is known about what is allowed, whatever the bound.
            return Answer(None, 0, found.bound, Ties(settled=False), found.nodes)
        return _settle(model, found, found.best.point, False)
    search = Search(
        model.program,
        model.earn_steps,
        lots=model.lots if ties else None,
        limits=limits,
        on_node=tell,
        amount_of=model.amount_of,
        shared=shared,
        rows=rows,
    )
    for hint in hints:
        search.start_from(hint)
    found = search.run()
    point = found.best.point
    if point is None:
        return Answer(None, 0, found.bound, Ties(), found.nodes)
    assert found.bound is not None
    if not ties:
        return Answer(point, found.best.value, found.bound, Ties(settled=False), found.nodes)
    return _settle(model, found, point, search.unsettled)


def _settle(model: Model, found: Found, point: Ints, unsettled: bool) -> Answer:
    assert found.bound is not None
    exact = found.complete and not unsettled
    rival, by = found.best.rival, found.best.by
    if found.bound == found.best.value:
        settled = settle_amounts(model.program, model.earn_steps, point, model.lots, model.extra_column)
        exact = exact and settled.exact
        point = settled.point
        model.earn_steps(point)
        if settled.other is not None and by != "lot":
            rival, by = settled.other, "amount"
    ties = Ties(settled=exact)
    if rival is not None:
        model.earn_steps(rival)
        ties = _account(model, point, rival, by, exact)
    return Answer(point, found.best.value, found.bound, ties, found.nodes)


def _account(model: Model, point: Ints, rival: Ints, by: str | None, exact: bool) -> Ties:
    mine, other = model.awards(point), model.awards(rival)
    order = [model.apps[i].id for i in model.lots]
    differ = tuple(name for name in order if mine.get(name) != other.get(name))
    return Ties(met=True, by=by, settled=exact, order=differ, rival=other)


def relaxed_bound(model: Model) -> int:
    """A safe upper bound on the value of any outcome, from one relaxation."""
    program = model.program
    relaxed = LinearRelaxation(program).solve()
    evaluation = Bounder(program).evaluate(relaxed.multipliers)
    return evaluation.bound(program.low, program.high) >> evaluation.shift


def outcome_of(model: Model, answer: Answer, rule: str, seconds: float) -> Outcome:
    """The outcome file's content for a point; everything is counted again from the awards."""
    assert answer.point is not None
    assert answer.bound is not None
    problem = model.problem
    awards = model.awards(answer.point)
    apps = {app.id: app for app in problem.applications}
    counts = {region.id: 0 for region in problem.regions}
    amounts = {region.id: Fraction(0) for region in problem.regions}
    for name, amount in awards.items():
        places = problem.counted_regions(apps[name])
        for place in places:
            counts[place] += 1
            amounts[place] += Fraction(amount, len(places))
    quality = sum(problem.value(apps[name], amount) for name, amount in awards.items())
    bonus = sum(problem.bonus(count) for count in counts.values())
    objective, spent = quality + bonus, sum(awards.values())
    if objective != answer.value or not model.program.feasible(answer.point):
        raise AssertionError("the exact recount differs from the search")
    return Outcome(
        problem_sha256=sha256(problem),
        rule=rule,
        status="optimal" if answer.bound == objective else "gap",
        objective=objective,
        quality=quality,
        bonus=bonus,
        bound=answer.bound,
        spent=spent,
        left=problem.ceiling - spent,
        awards=awards,
        regions=tuple(RegionResult(name, counts[name], amounts[name].__floor__()) for name in sorted(counts)),
        ties=answer.ties,
        engine=this_engine(),
        seconds=round(seconds, 3),
        nodes=answer.nodes,
    )


def _infeasible(problem: Problem, rule: str, clash: tuple[Clash, ...], seconds: float) -> Outcome:
    return Outcome(
        problem_sha256=sha256(problem),
        rule=rule,
        status="infeasible",
        objective=0,
        quality=0,
        bonus=0,
        bound=0,
        spent=0,
        left=problem.ceiling,
        awards={},
        regions=tuple(
            RegionResult(region.id, 0, 0) for region in sorted(problem.regions, key=lambda r: r.id)
        ),
        ties=Ties(),
        engine=this_engine(),
        seconds=round(seconds, 3),
        clash=clash,
    )


def this_engine() -> Engine:
    """This engine and its solver, by name and version."""
    return Engine("pool.allocation.engine", ENGINE_VERSION, "HiGHS", str(quiet_solver().version()))
