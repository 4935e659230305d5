"""The verbs about regions: load the reference data that everything else refers to."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from sqlalchemy import func, select

from pool.core.db import db

from .models import ActionLine, BuildingBlock, Municipality, Region, Theme

DATA = Path(__file__).parent / "data"


def load_reference() -> bool:
    """Load regions, municipalities, action lines, building blocks and themes; False when they were there."""
    if db.session.scalar(select(func.count()).select_from(Region)):
        return False
    facts = json.loads((DATA / "reference.json").read_text(encoding="utf-8"))
    centres = {name for region in facts["regions"] for name in region["centre_municipalities"]}
    regions = {}
    for body in facts["regions"]:
        fields = {k: v for k, v in body.items() if k != "centre_municipalities"}
        regions[body["slug"]] = Region(**fields)
    db.session.add_all(regions.values())
    with (DATA / "municipalities.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            region = regions[row["region"]]
            region.municipalities.append(
                Municipality(
                    code=row["code"],
                    name=row["name"],
                    province=row["province"],
                    is_centre=row["name"] in centres,
                )
            )
    lines = {body["number"]: ActionLine(**body) for body in facts["action_lines"]}
    db.session.add_all(lines.values())
    for group in facts["building_blocks"]:
        for position, (slug, name) in enumerate(group["blocks"]):
            line = lines.get(group["action_line"])
            db.session.add(BuildingBlock(slug=slug, name=name, position=position, action_line=line))
    for position, body in enumerate(facts["themes"]):
        line = lines.get(body["action_line"])
        db.session.add(Theme(slug=body["slug"], name=body["name"], position=position, action_line=line))
    db.session.flush()
    return True
