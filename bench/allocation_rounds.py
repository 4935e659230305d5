"""Made-up rounds with every feature on, for bench/allocation.py. Repeatable by seed."""

from __future__ import annotations

import random
from typing import Any


def synthetic_round(
    n: int,
    regions: int = 28,
    seed: int = 0,
    divisible: float = 0.5,
    joint: float = 0.15,
    basis: str = "application",
) -> dict[str, Any]:
    """A problem of n applications; about 40 % of the money asked is there."""
    rnd = random.Random(seed)
    places, themes = [f"r{i:03}" for i in range(regions)], [f"t{i}" for i in range(6)]
    apps: list[dict[str, Any]] = []
    for i in range(n):
        round_sum = rnd.random() < 0.5
        requested = rnd.randint(10, 100) * 100_000 if round_sum else rnd.randint(10_000, 100_000) * 100
        whole = rnd.random() > divisible
        minimum = requested if whole else int(requested * rnd.uniform(0.5, 0.9)) // 100 * 100
        shares = 1 if rnd.random() > joint else rnd.randint(2, 3)
        apps.append(
            {
                "id": f"A{i:06}",
                "merit": max(0, min(100_000, int(rnd.gauss(66_000, 12_000)))),
                "requested": requested,
                "minimum": minimum,
                "regions": rnd.sample(places, shares),
                "theme": rnd.choice(themes),
                "decision": "free",
            }
        )
    ceiling = int(sum(app["requested"] for app in apps) * 0.4)
    forced = rnd.sample(apps, max(2, n // 25))
    for place, app in enumerate(forced):
        app["decision"] = "in" if place % 2 == 0 else "out"
    free = [app["id"] for app in apps if app["decision"] == "free"]
    per_region = n / regions
    return {
        "schema": "pool-allocation-problem/1",
        "name": f"synthetic {n} {regions} {seed}",
        "ceiling": ceiling,
        "amount_step": 100,
        "value": {"basis": basis}
        if basis == "application"
        else {"basis": basis, "reference_amount": 5_000_000},
        "spread": {"steps": [35_000, 17_500, 8_750, 3_500], "joint": "every"},
        "min_merit": 50_000,
        "regions": [
            {
                "id": place,
                "min_awards": int(rnd.random() < 0.3),
                "max_awards": max(3, int(per_region * 0.6)) if rnd.random() < 0.3 else None,
                "max_amount": int(ceiling / regions * 1.3) if rnd.random() < 0.3 else None,
            }
            for place in places
        ],
        "themes": [
            {
                "id": theme,
                "min_awards": 1,
                "max_awards": None,
                "max_amount": int(ceiling * 0.18) if rnd.random() < 0.5 else None,
            }
            for theme in themes
        ],
        "applications": apps,
        "exclusive": [rnd.sample(free, rnd.randint(2, 3)) for _ in range(max(1, n // 25))],
        "requires": [rnd.sample(free, 2) for _ in range(max(1, n // 25))],
        "ties": {"seed": f"seed {seed}"},
    }


def plain_knapsack(n: int, seed: int = 0) -> dict[str, Any]:
    """Only a ceiling and whole amounts: what exact participatory-budgeting rules can be asked as well."""
    problem = synthetic_round(n, 1, seed, divisible=0.0, joint=0.0)
    problem["spread"]["steps"], problem["min_merit"] = [], 0
    problem["exclusive"], problem["requires"] = [], []
    for bounds in (*problem["regions"], *problem["themes"]):
        bounds.update(min_awards=0, max_awards=None, max_amount=None)
    for app in problem["applications"]:
        app["decision"] = "free"
    return problem
