"""Made-up rounds for the tests, and what is best in small ones by trying everything."""

from __future__ import annotations

import itertools
import random
from typing import Any

from pool.allocation.engine.verify import Round


def small_round(seed: int, most: int = 12) -> dict[str, Any]:
    """A random problem of up to `most` applications with every feature and many ties.

    Small numbers on purpose: merits and amounts repeat, so that values meet.
    """
    rnd = random.Random(seed)
    n = rnd.randint(1, most)
    step = rnd.choice([1, 100])
    regions = [f"r{i}" for i in range(rnd.randint(1, 4))]
    themes = [f"t{i}" for i in range(rnd.randint(1, 3))]
    coarse = rnd.random() < 0.6
    applications = []
    for i in range(n):
        requested = rnd.randint(1, 6)
        minimum = rnd.randint(max(1, requested - 3), requested) if rnd.random() < 0.4 else requested
        merit = rnd.choice([0, 40_000, 50_000, 60_000, 80_000]) if coarse else rnd.randint(0, 100_000)
        applications.append(
            {
                "id": f"A{i:02}",
                "merit": merit,
                "requested": requested * step,
                "minimum": minimum * step,
                "regions": rnd.sample(
                    regions, rnd.randint(0 if rnd.random() < 0.1 else 1, min(3, len(regions)))
                ),
                "theme": rnd.choice([*themes, None]),
                "decision": rnd.choices(["free", "in", "out"], [20, 1, 1])[0],
            }
        )
    ids = [a["id"] for a in applications]
    total = sum(a["requested"] for a in applications)
    groups = [rnd.sample(ids, rnd.randint(2, min(3, n))) for _ in range(rnd.randint(0, 2))] if n >= 2 else []
    pairs = [rnd.sample(ids, 2) for _ in range(rnd.randint(0, 2))] if n >= 2 else []

    def bound(name: str) -> dict[str, Any]:
        return {
            "id": name,
            "min_awards": int(rnd.random() < 0.07),
            "max_awards": rnd.choice([None, None, None, 1, 2, 3]),
            "max_amount": rnd.choice(
                [None, None, None, rnd.randint(2, 12) * step + rnd.randint(0, step - 1)]
            ),
        }

    basis = rnd.choice(["application", "amount"])
    value: dict[str, Any] = {"basis": basis}
    if basis == "amount":
        value["reference_amount"] = rnd.choice([4, 7]) * step
    steps = sorted((rnd.choice([0, 5000, 20_000, 40_000]) for _ in range(rnd.randint(0, 4))), reverse=True)
    return {
        "schema": "pool-allocation-problem/1",
        "name": f"small {seed}",
        "ceiling": rnd.randint(0, total),
        "amount_step": step,
        "value": value,
        "spread": {"steps": steps, "joint": rnd.choice(["every", "lead"])},
        "min_merit": rnd.choice([0, 0, 45_000]),
        "regions": [bound(name) for name in regions],
        "themes": [bound(name) for name in themes],
        "applications": applications,
        "exclusive": groups,
        "requires": pairs,
        "ties": {"seed": f"lots {seed}"},
    }


def enumerate_best(problem: dict[str, Any]) -> tuple[dict[str, int] | None, str | None]:
    """The best awards by the published rules, from all allowed ones, and what settled a tie.

    Independent of the engine: the recount is the public verifier's. Returns (None, None) when nothing
    is allowed.
    """
    rules = Round(problem)
    step = problem["amount_step"]
    order = sorted(rules.ids, key=rules.lot)
    able = [i for i in rules.ids if rules.refused_by(i) is None]
    found: list[tuple[tuple[int, int], dict[str, int]]] = []
    top: tuple[int, int] | None = None
    for size in range(len(able) + 1):
        for chosen in itertools.combinations(able, size):
            least = {i: rules.applications[i]["minimum"] for i in chosen}
            if rules.violations(least):
                continue  # more money never mends a breach
            ranges = [
                range(rules.applications[i]["minimum"], rules.applications[i]["requested"] + 1, step)
                for i in chosen
            ]
            for amounts in itertools.product(*ranges):
                if sum(amounts) > problem["ceiling"]:
                    continue
                awards = dict(zip(chosen, amounts, strict=True))
                score = rules.score(awards)
                if top is not None and score[0] < top[0]:
                    continue
                if awards != least and rules.violations(awards):
                    continue
                if top is None or score[0] > top[0]:
                    top, found = score, []
                found.append((score, awards))
    if not found:
        return None, None
    cheapest = max(score for score, _ in found)
    last = [awards for score, awards in found if score == cheapest]

    def drawn(awards: dict[str, int]) -> tuple[list[bool], list[int]]:
        return [i in awards for i in order], [awards.get(i, 0) for i in order]

    winner = max(last, key=drawn)
    by = None
    if any(set(other) != set(winner) for other in last):
        by = "lot"
    elif len(last) > 1:
        by = "amount"
    elif len(found) > 1:
        by = "spend"
    return winner, by


def middling_round(seed: int, n: int = 60) -> dict[str, Any]:
    """A round of realistic amounts, large enough to need a search."""
    rnd = random.Random(seed)
    regions = [f"r{i}" for i in range(12)]
    applications = []
    for i in range(n):
        requested = rnd.randint(10_000, 100_000) * 100
        minimum = requested if rnd.random() < 0.6 else requested * rnd.randint(50, 90) // 10_000 * 100
        applications.append(
            {
                "id": f"A{i:03}",
                "merit": rnd.randint(40_000, 95_000),
                "requested": requested,
                "minimum": minimum,
                "regions": rnd.sample(regions, 1 if rnd.random() < 0.85 else 2),
                "theme": rnd.choice(["t0", "t1", "t2"]),
                "decision": "free",
            }
        )
    ceiling = sum(a["requested"] for a in applications) * 2 // 5
    return {
        "schema": "pool-allocation-problem/1",
        "name": f"middling {seed}",
        "ceiling": ceiling,
        "amount_step": 100,
        "value": {"basis": "application"},
        "spread": {"steps": [35_000, 17_500, 8_750, 3_500], "joint": "every"},
        "min_merit": 50_000,
        "regions": [{"id": r, "min_awards": 0, "max_awards": 4, "max_amount": None} for r in regions],
        "themes": [
            {"id": t, "min_awards": 1, "max_awards": None, "max_amount": ceiling * 2 // 5}
            for t in ("t0", "t1", "t2")
        ],
        "applications": applications,
        "exclusive": [["A000", "A001", "A002"]],
        "requires": [["A003", "A004"]],
        "ties": {"seed": f"lots {seed}"},
    }
