"""How fast and how well is a round assigned? 100 applications x 10 assessors x 3 scores, with interests.

    python bench/assignment.py

Prints time (and in brackets that of the processor, which says more on a busy machine), coupling before and after
the swaps, loads and affinity for a round of the usual size and a few others, and what a rerun after a late interest
changes. Exit code 1 when the first case misses its marks (under 2 s, E >= .8).
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pool.assessment.calibration.assignment import Application, Assessor, Problem, assign, violations

REGIONS = [f"regio {number:02d}" for number in range(28)]
THEMES = [f"thema {number}" for number in range(11)]
SECONDS, COUPLING = 2.0, 0.8


def problem(applications: int, assessors: int, scores: int, seed: int = 1) -> Problem:
    """A made-up round: each assessor from one region, with five of eleven themes and some five interests."""
    rng = random.Random(seed)
    load = applications * scores // assessors
    asked = tuple(
        Application(
            f"A{number:03d}",
            rng.choice(REGIONS),
            frozenset(rng.sample(THEMES, rng.choice([1, 1, 2]))),
            scores,
        )
        for number in range(applications)
    )
    readers = tuple(
        Assessor(
            f"B{number:02d}",
            frozenset([rng.choice(REGIONS)]),
            frozenset(rng.sample(THEMES, 5)),
            load - 3,
            load + 3,
        )
        for number in range(assessors)
    )
    barred = frozenset((one.key, other.key) for one in asked for other in readers if rng.random() < 0.05)
    distances = {(a, b): min(3, abs(x - y)) for x, a in enumerate(REGIONS) for y, b in enumerate(REGIONS)}
    return Problem(asked, readers, barred, distances=distances)


def main() -> int:
    good = True
    print(
        "applications assessors scores |  time (processor)   E solved -> E   loads   affinity solved -> after, worst"
    )
    for applications, assessors, scores in ((100, 10, 3), (100, 6, 2), (120, 15, 3), (300, 30, 3)):
        case = problem(applications, assessors, scores)
        start, busy = time.perf_counter(), time.process_time()
        plan = assign(case)
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
        assert violations(case, plan.pairs) == []
        loads = sorted(plan.loads().values())
        print(
            f"{applications:12d} {assessors:9d} {scores:6d} | {seconds:5.2f} s ({cpu:5.2f})     {plan.coupling_solved:.2f} -> "
            f"{plan.coupling:.2f}   {loads[0]}-{loads[-1]}   {plan.affinity_solved} -> {plan.affinity}, {plan.lowest}"
        )
        if (applications, assessors, scores) == (100, 10, 3):
            good = seconds < SECONDS and plan.coupling >= COUPLING
            late = frozenset([plan.pairs[0], plan.pairs[7]])
            start = time.perf_counter()
            again = assign(replace(case, barred=case.barred | late, former=frozenset(plan.pairs)))
            seconds = time.perf_counter() - start
            print(
                f"   two late interests: {seconds:.2f} s, {len(again.dropped)} pairs dropped, {len(again.added)} added, "
                f"E {again.coupling:.2f}"
            )
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
