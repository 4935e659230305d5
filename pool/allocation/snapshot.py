"""The only bridge between rows and the engine: what is asked, frozen in the published file format.

Applications get other names in the file (A001, A002 …), because the file is published after the decision and a
refused application must not be found back in it. The names follow from what was submitted by everybody
together (docs/decisions/0050), so nobody can choose a name, and with it a lot, and nobody outside can undo it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pool.applications.models import Application
from pool.core.text import canonical_json, sha256_hex
from pool.regions.models import Region
from pool.rounds.inputs import Bound, RoundRules

from .engine import parse_problem
from .inputs import Changes

SHELTER_THEME = "vrouwenopvang"
"""The one theme of a round that knows no themes."""


@dataclass(frozen=True)
class Frozen:
    """A problem in the published format with its hash, and what its ids stand for."""

    problem: dict[str, Any]
    sha256: str
    names: dict[str, int]


def file_names(submitted: Iterable[tuple[int, str, str]], rules_sha256: str) -> dict[int, str]:
    """Names in the file for the applications that were judged: (key, reference, hash of what was submitted).

    Numbered in an order that everything submitted decides together: no applicant knows it beforehand, and
    nobody can change it afterwards.
    """
    entries = sorted(submitted, key=lambda entry: entry[1])
    secret = sha256_hex(canonical_json([rules_sha256, [[reference, sha] for _, reference, sha in entries]]))
    drawn = sorted(entries, key=lambda entry: sha256_hex(f"{secret}|{entry[1]}".encode()))
    width = max(3, len(str(len(drawn))))
    return {key: f"A{number:0{width}}" for number, (key, _, _) in enumerate(drawn, start=1)}


def freeze(
    name: str,
    rules: RoundRules,
    ceiling: int,
    regions: Sequence[Region],
    applications: Sequence[Application],
    merits: Mapping[int, int],
    names: Mapping[int, str],
    changes: Changes,
) -> Frozen:
    """The problem of a round in schema `pool-allocation-problem/1`, checked by the engine's own reader.

    ceiling in cents; merits and names by application key. Raises engine.ProblemError when the published rules
    do not make a valid problem.
    """
    forced = {one.application_id: one.decision.value for one in changes.forced}
    value: dict[str, Any] = {"basis": rules.value_basis}
    if rules.value_basis == "amount":
        value["reference_amount"] = rules.reference_amount
    problem = {
        "schema": "pool-allocation-problem/1",
        "name": name,
        "ceiling": ceiling if changes.ceiling is None else changes.ceiling,
        "amount_step": rules.amount_step,
        "value": value,
        "spread": {
            "steps": [step * changes.spread_percent // 100 for step in rules.spread_steps],
            "joint": rules.joint,
        },
        "min_merit": rules.min_merit,
        "regions": _bounds([region.slug for region in regions], rules.region_bounds),
        "themes": _bounds(rules.themes or (SHELTER_THEME,), rules.theme_bounds),
        "applications": sorted(
            (
                _application(one, rules, merits[one.id], names[one.id], forced.get(one.id, "free"))
                for one in applications
            ),
            key=lambda item: str(item["id"]),
        ),
        "exclusive": [],
        "requires": [],
        "ties": {"seed": rules.tie_seed},
    }
    checked = parse_problem(problem)
    return Frozen(problem, checked.sha256, {names[one.id]: one.id for one in applications})


def _bounds(slugs: Iterable[str], bounds: Mapping[str, Bound]) -> list[dict[str, Any]]:
    found = ((slug, bounds.get(slug, Bound())) for slug in sorted(slugs))
    return [
        {
            "id": slug,
            "min_awards": bound.min_awards,
            "max_awards": bound.max_awards,
            "max_amount": bound.max_amount,
        }
        for slug, bound in found
    ]


def _application(
    application: Application, rules: RoundRules, merit: int, name: str, decision: str
) -> dict[str, Any]:
    return {
        "id": name,
        "merit": merit,
        "requested": application.requested,
        "minimum": application.minimum if rules.partial_awards else application.requested,
        "regions": [region.slug for region in application.regions],
        "theme": application.theme.slug if rules.themes and application.theme else SHELTER_THEME,
        "decision": decision,
    }
