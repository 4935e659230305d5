"""The facts of 2019, as published: which projects were awarded, in which regions, for how much in total."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pool.rounds.inputs import Ground

DATA = Path(__file__).parent / "data" / "awarded-2019.json"

POOL = "projectenpool"
SHELTER = "experimenten-vrouwenopvang"


@dataclass(frozen=True)
class Awarded:
    """One awarded project. title: as published, or empty; note: what was published of its content; regions: slugs."""

    title: str
    theme: str
    regions: tuple[str, ...]
    note: str = ""
    partner: str = ""
    part_of_region: bool = False


@dataclass(frozen=True)
class SchemeFacts:
    """What was published of a scheme. Amounts in cents."""

    name: str
    available: int
    awarded: int
    asked_over: int
    selection_grounds: tuple[str, ...]
    grounds: tuple[Ground, ...]
    projects: tuple[Awarded, ...]


def of(scheme: str) -> SchemeFacts:
    """The facts of one scheme."""
    body = json.loads(DATA.read_text(encoding="utf-8"))[scheme]
    return SchemeFacts(
        name=body["name"],
        available=body["available_eur"] * 100,
        awarded=body["awarded_eur"] * 100,
        asked_over=body["requested_eur_over"] * 100,
        selection_grounds=tuple(body["selection_grounds"]),
        grounds=tuple(Ground(g["slug"], g["name"]) for g in body["grounds"]),
        projects=tuple(
            Awarded(
                title=p.get("title", ""),
                theme=p.get("theme", ""),
                regions=tuple(p["regions"]),
                note=p.get("note", ""),
                partner=p.get("partner", ""),
                part_of_region=p.get("part_of_region", False),
            )
            for p in body["projects"]
        ),
    )
