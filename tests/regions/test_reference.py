"""The reference data: 28 regions, 35 centre municipalities, every municipality in one region."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from pool.core.db import db
from pool.regions import queries, service
from pool.regions.models import ActionLine, BuildingBlock, Municipality, Region, Theme


def test_the_reference_data_counts_up(app: Flask) -> None:
    assert service.load_reference()
    counted = {m: db.session.scalar(select(func.count()).select_from(m)) for m in (Region, ActionLine, Theme)}
    assert counted == {Region: 28, ActionLine: 3, Theme: 11}
    assert db.session.scalar(select(func.count()).where(Municipality.is_centre)) == 35
    assert len(queries.all_municipalities()) == 342


def test_every_region_has_a_centre_municipality_and_a_tile_of_its_own(app: Flask) -> None:
    service.load_reference()
    places = {(region.tile_column, region.tile_row) for region in queries.all_regions()}
    assert len(places) == 28
    assert all(any(m.is_centre for m in region.municipalities) for region in queries.all_regions())


def test_building_blocks_belong_to_an_action_line_or_to_the_regional_approach(app: Flask) -> None:
    service.load_reference()
    assert [len(line.building_blocks) for line in queries.action_lines()] == [4, 7, 5]
    rest = db.session.scalars(select(BuildingBlock).where(BuildingBlock.action_line_id.is_(None))).all()
    assert {block.name for block in rest} == {"Integrale sturing", "Regiovisie"}


def test_loading_twice_changes_nothing(app: Flask) -> None:
    assert service.load_reference()
    assert not service.load_reference()
    assert len(queries.all_regions()) == 28
