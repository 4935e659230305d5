"""The highest amount which, asked instead, a refused application would have been awarded.

Asking amount a, an application would take no less than the smaller of a and its minimum.

* Not divisible, or value per amount: the value is linear in the amount, so the amount becomes a column
  of the programme, and halving its range finds the highest amount in an outcome of at least the best
  value without the application. (Value per amount: asking more never helps while at or above the minimum,
  so only amounts below it, not divisible then, come into question.)
* Divisible, value per application: asking less never makes the value lower, so halving the range
  does; every amount found to do is first raised as far as its own outcome allows.
"""

from __future__ import annotations

from dataclasses import replace

from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import Application
from pool.allocation.engine.resolve import NoProofError, Resolver
from pool.allocation.engine.search import Search


def largest_amount(resolver: Resolver, name: str) -> int | None:
    """Highest amount in cents at which a refused application is awarded, all else equal, or None."""
    app, problem = resolver.apps[name], resolver.problem
    if app.decision == "out" or app.merit < problem.min_merit:
        return None
    outside = resolver.value
    if app.minimum < app.requested and problem.basis == "application":
        return _by_halving(resolver, app, outside)
    step = problem.amount_step
    most = app.requested if app.minimum == app.requested else app.minimum
    amount = _by_programme(resolver, app, most - step, outside)
    if amount is None:
        return None
    if resolver.awarded_as(asking(app, amount), outside):
        return amount
    return _past_ties(resolver, app, amount, outside)


def asking(app: Application, amount: int) -> Application:
    """The application as it would be if it had asked this amount."""
    return replace(app, requested=amount, minimum=min(amount, app.minimum))


def _by_programme(resolver: Resolver, app: Application, most: int, value: int) -> int | None:
    """Highest amount up to `most` at which an outcome with the application is worth `value`.

    Asks again and again whether an outcome with an amount of at least t will do; whether there is one
    can only go from yes to no as t rises.
    """
    problem = resolver.problem
    step = problem.amount_step
    if most < step:
        return None
    # Awarded from one step up to `most`; what each step is worth is set below.
    stretched = replace(app, requested=max(most, 2 * step), minimum=step, decision="in")
    model = Model(resolver.replaced(stretched))
    i = model.position[app.id]
    column = int(model.extra_column[i])
    cost = model.program.cost.copy()
    if problem.basis == "application":
        cost[i], cost[column] = problem.value(app, app.requested), 0
    program = replace(model.program, cost=cost)

    def reached(least: int, highest: int) -> int | None:
        low, high = program.low.copy(), program.high.copy()
        low[column], high[column] = least, highest
        search = Search(
            program,
            model.earn_steps,
            limits=resolver.limits,
            amount_of=model.amount_of,
            floor=value,
            enough=value,
        )
        point = search.run(low, high).best.point
        if point is None:
            if search.open_bound is not None:
                raise NoProofError("the largest amount was not decided within the limit")
            return None
        span = slice(program.start[column], program.start[column + 1])
        rows, entries = program.index[span], program.entry[span]
        room = (program.limit - program.activity(point))[rows] // entries
        return min(highest, int(point[column] + room.min()))

    # In steps above the first one; `found` will do, `beyond` and more will not.
    beyond = most // step
    found = reached(0, beyond - 1)
    while found is not None and beyond - found > 1:
        middle = (found + beyond) // 2
        higher = reached(middle, beyond - 1)
        if higher is None:
            beyond = middle
        else:
            found = higher
    return None if found is None else (found + 1) * step


def _past_ties(resolver: Resolver, app: Application, amount: int, outside: int) -> int | None:
    """A tie was lost at `amount`: the highest lower amount that wins one, or is worth more.

    With value per application, asking less keeps the value and lowers the spend, so the first of the two
    comes at once below some amount; with value per amount every tie is looked at on its own.
    """
    step, problem = resolver.problem.amount_step, resolver.problem
    better = _by_programme(resolver, app, amount, outside + 1)
    if problem.basis == "application":
        low, high = better or 0, amount
        while high - low > step:
            middle = (low + high) // 2 // step * step
            if resolver.awarded_as(asking(app, middle), outside):
                low = middle
            else:
                high = middle
        return low or None
    for _ in range(50):
        if better is not None and amount <= better:
            return better
        next_amount = _by_programme(resolver, app, amount - step, outside)
        if next_amount is None:
            return better
        amount = next_amount
        if resolver.awarded_as(asking(app, amount), outside):
            return amount
    return better


def _by_halving(resolver: Resolver, app: Application, outside: int) -> int | None:
    step = resolver.problem.amount_step
    low, high = 0, app.requested  # awarded at low (0: nowhere yet), not at high
    while high - low > step:
        middle = (low + high) // 2 // step * step
        asked = asking(app, middle)
        inside = resolver.inside_application(asked, outside)
        if inside is not None and inside.value > outside:
            low = min(high - step, max(middle, _raised(resolver, app, middle, inside.awards, outside)))
        elif inside is not None and resolver.awarded_as(asked, outside):
            low = middle
        else:
            high = middle
    return low or None


def _raised(resolver: Resolver, app: Application, asked: int, awards: dict[str, int], outside: int) -> int:
    """Highest amount to ask at which these very awards are still worth more than `outside`."""
    problem, step = resolver.problem, resolver.problem.amount_step
    amount = awards[app.id]
    rest = 0
    model = Model(resolver.replaced(replace(asking(app, asked), decision="in")))
    rest = model.program.value(model.point(awards)) - problem.value(asking(app, asked), amount)
    low, high = asked, app.requested
    while high - low > step:
        middle = (low + high) // 2 // step * step
        if amount >= min(middle, app.minimum) and rest + problem.value(asking(app, middle), amount) > outside:
            low = middle
        else:
            high = middle
    return low
