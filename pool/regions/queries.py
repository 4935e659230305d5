"""Reads about regions and themes; all of it is public."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from pool.core.db import db

from .models import ActionLine, Municipality, Region, Theme


def all_regions() -> list[Region]:
    return list(db.session.scalars(select(Region).order_by(Region.name)))


# Asked on many pages, so built once. Filters and sentences need no more than the names.
_REGION_NAMES = select(Region.slug, Region.name).order_by(Region.name)
_THEME_NAMES = select(Theme.slug, Theme.name).order_by(Theme.position)
_REGIONS = select(Region).where(Region.slug.in_(bindparam("slugs", expanding=True))).order_by(Region.slug)
_THEMES = select(Theme).options(joinedload(Theme.action_line)).order_by(Theme.position)
_THEME = select(Theme).where(Theme.slug == bindparam("slug"))


def region_names() -> dict[str, str]:
    """What regions are called by slug, in order of name."""
    return dict(iter(db.session.execute(_REGION_NAMES)))


def theme_names() -> dict[str, str]:
    """What themes are called by slug, in their own order."""
    return dict(iter(db.session.execute(_THEME_NAMES)))


def regions_by_slug(slugs: Iterable[str]) -> dict[str, Region]:
    found = db.session.scalars(_REGIONS, {"slugs": list(slugs)})
    return {region.slug: region for region in found}


def all_themes() -> list[Theme]:
    return list(db.session.scalars(_THEMES))


def theme_by_slug(slug: str) -> Theme | None:
    return db.session.scalar(_THEME, {"slug": slug})


def action_lines() -> list[ActionLine]:
    query = select(ActionLine).options(selectinload(ActionLine.building_blocks)).order_by(ActionLine.number)
    return list(db.session.scalars(query))


def municipality_by_name(name: str) -> Municipality | None:
    return db.session.scalar(select(Municipality).where(Municipality.name == name))


def all_municipalities() -> list[Municipality]:
    return list(db.session.scalars(select(Municipality).order_by(Municipality.name)))
