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

from pool.allocation.engine.integer import IntegerProgram, Ints
from pool.allocation.engine.model import Model
from pool.allocation.engine.problem import Application
from pool.allocation.engine.resolve import NoProofError, Resolver
from pool.allocation.engine.search import Search
from pool.allocation.engine.whole import best_amounts

BOLD, PATIENCE = 3, 30
"""Questions asked near the upper end; and asked at all before the range of amounts is halved instead."""


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
    return _Stretch(resolver, model, program, column, value).highest(most // step - 1)


class _Stretch:
    """One column of a programme stretched as far as outcomes of some value allow."""

    def __init__(
        self, resolver: Resolver, model: Model, program: IntegerProgram, column: int, value: int
    ) -> None:
        self.resolver = resolver
        self.model = model
        self.program = program
        self.column = column
        self.value = value

    def highest(self, most: int) -> int | None:
        """The amount in cents for the highest entry of the column, in steps above the first one.

        Whatever cannot reach the value with more than was found is left out for good.
        """
        column = self.column
        low, high = self.program.low.copy(), self.program.high.copy()
        high[column] = most
        found: int | None = None
        rounds = 0
        while True:
            low[column] = 0 if found is None else found + 1
            box = self._search().box(low, high) if low[column] <= high[column] else None
            if box is None:
                break
            low, high = box
            rounds += 1
            # The relaxation's end is near the answer, so begin near it. Then usually a few sets of awards
            # matter; where it takes more, halve what is left.
            tried = low.copy()
            if rounds <= BOLD:
                tried[column] += (high[column] - low[column]) * 7 // 8
            elif rounds > PATIENCE:
                tried[column] += (high[column] - low[column] + 1) // 2
            point = self._reached(tried, high)
            if point is not None:
                found = self._raised(point, int(high[column]))
            elif tried[column] == low[column]:
                break
            else:
                high[column] = tried[column] - 1
        return None if found is None else (found + 1) * self.resolver.problem.amount_step

    def _search(self) -> Search:
        _, rows = self.resolver.shared.of(self.model)
        return Search(
            self.program,
            self.model.earn_steps,
            limits=self.resolver.limits,
            amount_of=self.model.amount_of,
            floor=self.value,
            enough=self.value,
            rows=rows,
        )

    def _reached(self, low: Ints, high: Ints) -> Ints | None:
        search = self._search()
        point = search.run(low, high).best.point
        if point is None and search.open_bound is not None:
            raise NoProofError("the largest amount was not decided within the limit")
        return point

    def _raised(self, point: Ints, most: int) -> int:
        """How far the column goes with the awards of this point and the best amounts for the others."""
        program, column = self.program, self.column
        span = slice(program.start[column], program.start[column + 1])
        rows, entries = program.index[span], program.entry[span]
        room = (program.limit - program.activity(point))[rows] // entries
        found, beyond, pace = min(most, int(point[column] + room.min())), most + 1, 1
        low, high = program.low.copy(), program.high.copy()
        settled = program.decide | (program.weight == 0)
        low[settled] = high[settled] = point[settled]
        while found + pace < beyond:
            low[column] = high[column] = found + pace
            answer = best_amounts(program, low, high, self.value)
            if answer.point is not None:
                found += pace
                pace *= 4
            else:
                beyond = found + pace
                pace = max(1, (beyond - found) // 2)
                if beyond - found == 1:
                    break
        return found


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
    probed = 0
    refused = False
    while high - low > step:
        middle = (low + high) // 2 // step * step
        if refused and low and probed != low:
            # Often what was found cannot be raised at all: one step more then ends the search.
            middle, probed = low + step, low
        refused = False
        asked = asking(app, middle)
        inside = resolver.inside_application(asked, outside, outside + 1)
        if inside is not None and inside.value > outside:
            low = min(high - step, max(middle, _raised(resolver, app, middle, inside.awards, outside)))
        elif inside is not None and resolver.awarded_as(asked, outside):
            low = middle
        else:
            high = middle
            refused = True
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
