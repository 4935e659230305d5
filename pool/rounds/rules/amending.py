"""What may still change after publishing, and only for the better of those who apply.

Somebody who reads a call and starts to write must be able to rely on it. So an amendment can correct an address,
explain a question, take a burden away or promise something sooner. What decides who gets money (criteria,
weights, spread, bounds, thresholds, amounts, the lot) never changes after publishing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pool.core.errors import Invalid

from ..inputs import RoundRules

AMENDABLE: dict[str, str] = {
    "objection_address": "het adres voor bezwaar",
    "decision_weeks": "de beslistermijn: alleen korter",
    "supplement_days": "de tijd om aan te vullen: alleen langer",
    "assessors_per_application": "het aantal beoordelaars per aanvraag: alleen meer",
    "questions": "de toelichting bij een eigen vraag, of een vraag niet meer verplichten",
    "documents": "de toelichting bij een document, of een document niet meer verplichten",
}
"""The fields of the rules that an amendment may touch, and how, in Dutch for the page."""


@dataclass(frozen=True)
class Change:
    """One field that differs between two published sets of rules. before, after: as in their JSON form."""

    field: str
    before: Any
    after: Any


def amended_fields(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What differs between two sets of rules in their JSON form, by name of field."""
    names = sorted({*before, *after})
    return [Change(n, before.get(n), after.get(n)) for n in names if before.get(n) != after.get(n)]


def unfit_amendment(before: RoundRules, after: RoundRules) -> list[Invalid]:
    """Why the published rules may not change like this; empty when they may."""
    changes = amended_fields(before.to_json(), after.to_json())
    if not changes:
        return [Invalid("unchanged", "Er verandert niets. Pas iets aan, of ga terug.")]
    problems = []
    for change in changes:
        if change.field not in AMENDABLE:
            problems.append(
                Invalid("frozen", "Dit onderdeel ligt vast sinds de publicatie en kan niet meer veranderen.")
            )
        elif change.field == "decision_weeks" and change.after > change.before:
            problems.append(Invalid("worse", "De beslistermijn kan alleen korter worden.", "decision_weeks"))
        elif change.field == "supplement_days" and change.after < change.before:
            problems.append(
                Invalid("worse", "De tijd om aan te vullen kan alleen langer worden.", "supplement_days")
            )
        elif change.field == "assessors_per_application" and change.after < change.before:
            problems.append(
                Invalid(
                    "worse", "Het aantal beoordelaars kan alleen hoger worden.", "assessors_per_application"
                )
            )
        elif change.field == "objection_address" and not change.after:
            problems.append(Invalid("missing", "Vul het adres voor bezwaar in.", "objection_address"))
        elif change.field in ("questions", "documents") and not _only_lighter(change.before, change.after):
            problems.append(
                Invalid(
                    "worse",
                    "Van een vraag of document kan alleen de toelichting veranderen, of de verplichting vervallen.",
                    change.field,
                )
            )
    return problems


def _only_lighter(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> bool:
    """Whether the same rows are there, with at most another hint or a duty less."""
    if len(before) != len(after):
        return False
    for old, new in zip(before, after, strict=True):
        if {**old, "hint": "", "required": True} != {**new, "hint": "", "required": True}:
            return False
        if new["required"] and not old["required"]:
            return False
    return True
