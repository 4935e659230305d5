"""Rows added to a relaxation keep every allowed point, and are broken by the point they were made for."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np

from pool.allocation.engine import Problem, parse_problem
from pool.allocation.engine.amounts import asking
from pool.allocation.engine.cuts import Row, Separator
from pool.allocation.engine.integer import IntegerProgram, Ints
from pool.allocation.engine.model import Model
from pool.allocation.engine.shared import SharedRows
from tests.allocation.engine.rounds import small_round


def random_programme(rnd: random.Random) -> tuple[IntegerProgram, Ints]:
    """Up to five awards, some with an open amount, under rows of money; and the amount of each award."""
    awards = rnd.randint(2, 5)
    paired = [j for j in range(awards) if rnd.random() < 0.5]
    columns = awards + len(paired)
    extra = [rnd.randint(1, 4) for _ in paired]
    amount_of = np.full(columns, -1)
    amount_of[paired] = awards + np.arange(len(paired))
    rows: list[tuple[dict[int, int], int]] = []
    for k, j in enumerate(paired):
        rows.append(({awards + k: 1, j: -extra[k]}, 0))
    for _ in range(rnd.randint(1, 3)):
        share = rnd.choice([1, 2, 3])
        row = {j: share * rnd.randint(1, 9) for j in range(awards)}
        row |= {awards + k: share for k in range(len(paired))}
        rows.append((row, rnd.randint(0, share * (5 * awards))))
    entries = [(j, i, row[j]) for j in range(columns) for i, (row, _) in enumerate(rows) if j in row]
    counts = np.bincount([j for j, _, _ in entries], minlength=columns)
    low = np.zeros(columns, dtype=np.int64)
    high = np.concatenate((np.ones(awards, dtype=np.int64), np.array(extra, dtype=np.int64)))
    # As in the core of a search, where an end of an amount may have moved.
    for k in range(len(paired)):
        high[awards + k] = rnd.randint(1, extra[k])
        if rnd.random() < 0.2:
            low[awards + k] = 1
    program = IntegerProgram(
        cost=np.ones(columns, dtype=np.int64),
        weight=np.ones(columns, dtype=np.int64),
        start=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        index=np.array([i for _, i, _ in entries], dtype=np.int64),
        entry=np.array([entry for _, _, entry in entries], dtype=np.int64),
        limit=np.array([limit for _, limit in rows], dtype=np.int64),
        low=low,
        high=high,
        decide=np.arange(columns) < awards,
    )
    return program, amount_of


def allowed(program: IntegerProgram) -> list[Ints]:
    ranges = [range(a, b + 1) for a, b in zip(program.low, program.high, strict=True)]
    points = (np.array(point) for point in itertools.product(*ranges))
    return [point for point in points if program.feasible(point)]


def keeps(row: Row, point: Ints) -> bool:
    columns, entries, limit = row
    return bool((entries * point[columns]).sum() <= limit + 1e-9)


def test_every_allowed_point_keeps_the_rows() -> None:
    found, binding = 0, 0
    for seed in range(400):
        rnd = random.Random(seed)
        program, amount_of = random_programme(rnd)
        separator = Separator(program, amount_of)
        points = allowed(program)
        for _ in range(15):
            part = np.array([rnd.choice([0.0, 0.3, 0.5, 0.9, 1.0]) for _ in range(program.columns)])
            point = program.low + part * (program.high - program.low)
            for row in separator.broken(point):
                found += 1
                assert not keeps(row, point), seed
                assert all(keeps(row, other) for other in points), seed
                columns, entries, limit = row
                binding += any(int((entries * other[columns]).sum()) == limit for other in points)
    assert found > 1_000
    # Most of them touch an allowed point: they could not be drawn any tighter.
    assert binding > found / 3


def awards_of(problem: Problem, rnd: random.Random) -> dict[str, int]:
    """Any amounts that the rules of money allow, decisions and threshold aside."""
    awards: dict[str, int] = {}
    model = Model(problem)
    for app in rnd.sample(model.apps, len(model.apps)):
        amount = rnd.randrange(app.minimum, app.requested + 1, problem.amount_step)
        point = model.point({**awards, app.id: amount})
        if (model.program.activity(point) <= model.program.limit).all():
            awards[app.id] = amount
    return awards


def test_rows_of_a_round_hold_for_its_questions() -> None:
    held = 0
    for seed in range(250):
        rnd = random.Random(seed)
        problem = replace(parse_problem(small_round(seed)), exclusive=(), requires=())
        problem = replace(
            problem,
            regions=tuple(replace(region, min_awards=0, max_awards=None) for region in problem.regions),
            themes=tuple(replace(theme, min_awards=0, max_awards=None) for theme in problem.themes),
        )
        shared = SharedRows(problem)
        for _ in range(10):
            shared.broken(
                np.array([rnd.random() for _ in range(shared.model.program.columns)])
                * shared.model.program.high
            )
        apps = [app for app in problem.applications if app.requested > problem.amount_step]
        if not apps:
            continue
        app = rnd.choice(apps)
        other = asking(app, rnd.randrange(problem.amount_step, app.requested, problem.amount_step))
        stretched = replace(app, minimum=problem.amount_step)
        for changed in (replace(app, decision="in"), other, stretched):
            question = replace(
                problem, applications=tuple(changed if a.id == app.id else a for a in problem.applications)
            )
            model = Model(question)
            everything, rows = shared.of(model)
            rows = rows if everything is None else everything.rows
            for _ in range(20):
                point = model.point(awards_of(question, rnd))
                assert all(keeps(row, point) for row in rows), seed
                held += len(rows)
    assert held > 10_000


def test_other_rules_of_money_share_nothing() -> None:
    problem = parse_problem(small_round(3))
    shared = SharedRows(problem)
    assert shared.of(Model(problem))[0] is shared
    assert shared.of(Model(replace(problem, ceiling=problem.ceiling + 1))) == (None, [])
    regions = (replace(problem.regions[0], max_amount=1), *problem.regions[1:])
    assert shared.of(Model(replace(problem, regions=regions))) == (None, [])
