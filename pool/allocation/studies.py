"""What is worked out beside an outcome. Each study is plain data from the engine; its words are made later.

A question that cannot be answered with proof gives `{"unproven": …}` instead of numbers.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pool.assessment.queries import draws as merit_draws
from pool.core.text import canonical_json, sha256_hex

from .engine import Problem
from .states import PRACTICE, StudyKind

DRAWS = 400
"""Draws of the merits: at n = 100 some 30 seconds of a worker (docs/decisions/0051)."""
ENOUGH = 300.0
"""After so many seconds no new draw is begun, once there are FEWEST. Real rounds stay far below it."""
FEWEST = 50
MOST_TRADES = 200
"""Pairs that trade places which are kept: those that do so most often."""

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Material:
    """What a study is made from, all of it frozen. awards: id in the file -> cents; names: id -> application key;
    merits: the body of the adoption, its hash and the seed that follows from it."""

    problem: Problem
    awards: Mapping[str, int]
    names: Mapping[str, int]
    merits: Mapping[str, Any]
    merits_sha256: str
    seed: int


Work = Callable[[Material, Report], dict[str, Any]]


def rankings(material: Material, report: Report) -> dict[str, Any]:
    """Outcomes of the rules of practice on the same problem, by rule; None where the rule finds nothing allowed."""
    from .engine import NoOutcomeError, solve

    found: dict[str, Any] = {}
    for number, rule in enumerate(PRACTICE):
        report(10 + 30 * number, rule.label)
        try:
            found[rule.value] = solve(material.problem, rule.value).to_dict()
        except NoOutcomeError:
            found[rule.value] = None
    return found


def explanations(material: Material, report: Report) -> dict[str, Any]:
    """Why each application is in or out, in schema `pool-allocation-explanations/1`."""
    from .engine import NoProofError, explain

    def progress(facts: dict[str, Any]) -> None:
        done, whole = facts["done"], facts["of"]
        report(5 + 95 * done // max(1, whole), f"{done} van {whole} aanvragen uitgelegd")

    try:
        return explain(material.problem, progress=progress).to_dict()
    except NoProofError as error:
        return {"unproven": str(error)}


def frontier(material: Material, report: Report) -> dict[str, Any]:
    """Every outcome that is best for some weight of the spread, in schema `pool-allocation-frontier/1`."""
    from .engine import frontier as trade_off

    def progress(facts: dict[str, Any]) -> None:
        report(50, f"{facts['corners']} verdelingen gevonden")

    return trade_off(material.problem, progress=progress).to_dict()


def draws_of(material: Material) -> tuple[merit_draws.MeritDraws, list[dict[str, int]]] | None:
    """Draws of the merits, by id in the file; None when the scores leave nothing to compare."""
    made = merit_draws.merit_draws(material.merits, material.seed, DRAWS)
    if made is None:
        return None
    return made, [{ident: draw[key] for ident, key in material.names.items()} for draw in made.draws]


def steadiness(material: Material, report: Report) -> dict[str, Any]:
    """In how many draws of the merits each application is awarded, and which trade places; plain counts.

    Schema `pool-allocation-steadiness/1`. draws_sha256: of the canonical JSON of all draws, so that whoever makes
    them again from the merits and the seed sees that they are the same. spread: how far a merit varies, in
    thousandths. trades: `out` is awarded in the outcome and `into` is not; in so many draws it was the reverse.
    `{"silent": …}` when the scores leave nothing to compare.
    """
    from .engine import stability

    problem = material.problem
    made = draws_of(material)
    if made is None:
        return {"silent": "the scores leave nothing to compare"}
    about, draws = made
    began = time.monotonic()
    awarded, whole, trades = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    unproven = infeasible = 0
    for number, draw in enumerate(draws, start=1):
        if number > FEWEST and time.monotonic() - began > ENOUGH:
            draws = draws[: number - 1]
            break
        # One at a time: which applications are awarded together is what tells who trades places.
        found = stability(problem, [draw])
        inside = {share.id for share in found.applications if share.awarded}
        awarded.update(inside)
        whole.update(share.id for share in found.applications if share.whole)
        unproven += found.unproven
        infeasible += found.infeasible
        if not found.infeasible:
            gone, come = sorted(set(material.awards) - inside), sorted(inside - set(material.awards))
            trades.update((out, into) for out in gone for into in come)
        report(5 + 94 * number // len(draws), f"{number} van {len(draws)} doorrekeningen")
    return {
        "schema": "pool-allocation-steadiness/1",
        "problem_sha256": problem.sha256,
        "merits_sha256": material.merits_sha256,
        "seed": about.seed,
        "draws": len(draws),
        "draws_sha256": sha256_hex(canonical_json(draws)),
        "converged": about.converged,
        "agreed": about.agreed,
        "unproven": unproven,
        "infeasible": infeasible,
        "applications": [
            {
                "id": app.id,
                "awarded": awarded[app.id],
                "whole": whole[app.id],
                "spread": about.spread[material.names[app.id]],
            }
            for app in sorted(problem.applications, key=lambda app: app.id)
        ],
        "trades": [
            {"out": out, "into": into, "draws": count}
            for (out, into), count in sorted(trades.items(), key=lambda item: (-item[1], item[0]))[
                :MOST_TRADES
            ]
        ],
    }


WORK: dict[StudyKind, Work] = {
    StudyKind.RANKINGS: rankings,
    StudyKind.EXPLANATIONS: explanations,
    StudyKind.FRONTIER: frontier,
    StudyKind.STABILITY: steadiness,
}
