"""Tables: where money can land, and what it can be for."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pool.core.db import Model


class Region(Model):
    """One of the 28 regions. tile_column/tile_row: its place in the tile map, from the top left."""

    __tablename__ = "region"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    short: Mapped[str]
    abbreviation: Mapped[str]
    tile_column: Mapped[int]
    tile_row: Mapped[int]
    municipalities: Mapped[list[Municipality]] = relationship(
        back_populates="region", order_by="Municipality.name"
    )


class Municipality(Model):
    """A municipality belongs to one region. code: the CBS code, e.g. GM0392. is_centre: centre municipality."""

    __tablename__ = "municipality"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    province: Mapped[str]
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"), index=True)
    is_centre: Mapped[bool] = mapped_column(default=False)
    region: Mapped[Region] = relationship(back_populates="municipalities", lazy="joined", innerjoin=True)


class ActionLine(Model):
    __tablename__ = "action_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    building_blocks: Mapped[list[BuildingBlock]] = relationship(
        back_populates="action_line", order_by="BuildingBlock.position"
    )


class BuildingBlock(Model):
    __tablename__ = "building_block"
    id: Mapped[int] = mapped_column(primary_key=True)
    action_line_id: Mapped[int | None] = mapped_column(ForeignKey("action_line.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]
    action_line: Mapped[ActionLine | None] = relationship(back_populates="building_blocks")


class Theme(Model):
    """What an application is about. A round says in its rules which themes it knows."""

    __tablename__ = "theme"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]
    action_line_id: Mapped[int | None] = mapped_column(ForeignKey("action_line.id"))
    action_line: Mapped[ActionLine | None] = relationship()
