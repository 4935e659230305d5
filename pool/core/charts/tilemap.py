"""The tile map: a value for each of the 28 regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .common import LegendItem, Show


@dataclass(frozen=True)
class Tile:
    """Where a region stands on the tile map."""

    slug: str
    name: str
    abbr: str
    col: int
    row: int


# Hand-laid: neighbours stay neighbours as far as a grid allows. Every region weighs the same, which
# is what the map is for: spread over regions, not over square kilometres.
REGION_TILES: tuple[Tile, ...] = (
    Tile("alkmaar-west-friesland", "Alkmaar – West-Friesland", "AWF", 1, 2),
    Tile("amsterdam-amstelland", "Amsterdam-Amstelland", "AA", 1, 4),
    Tile("arnhem-achterhoek", "Arnhem-Achterhoek", "ARA", 4, 3),
    Tile("drenthe", "Drenthe", "DR", 4, 1),
    Tile("flevoland", "Flevoland", "FL", 3, 2),
    Tile("friesland", "Friesland", "FR", 3, 0),
    Tile("gelderland-zuid", "Gelderland-Zuid", "GZ", 3, 5),
    Tile("gooi-en-vechtstreek", "Gooi en Vechtstreek", "GV", 2, 3),
    Tile("groningen", "Groningen", "GR", 4, 0),
    Tile("haaglanden", "Haaglanden", "HA", 0, 5),
    Tile("hart-van-brabant", "Hart van Brabant", "HVB", 2, 6),
    Tile("hollands-midden", "Hollands-Midden", "HM", 0, 4),
    Tile("ijsselland", "IJsselland", "IJ", 4, 2),
    Tile("kennemerland", "Kennemerland", "KE", 0, 3),
    Tile("kop-van-noord-holland", "Kop van Noord-Holland", "KNH", 1, 1),
    Tile("noord-en-midden-limburg", "Noord- en Midden-Limburg", "NML", 4, 7),
    Tile("noord-en-oost-gelderland", "Noord- en Oost-Gelderland", "NOG", 3, 3),
    Tile("noordoost-brabant", "Noordoost-Brabant", "NOB", 3, 6),
    Tile("rotterdam-rijnmond", "Rotterdam-Rijnmond", "RR", 1, 5),
    Tile("twente", "Twente", "TW", 5, 2),
    Tile("utrecht", "Utrecht", "UT", 2, 4),
    Tile("west-brabant", "West-Brabant", "WB", 1, 6),
    Tile("west-veluwe-vallei", "West-Veluwe Vallei", "WVV", 3, 4),
    Tile("zaanstreek-waterland", "Zaanstreek-Waterland", "ZW", 1, 3),
    Tile("zeeland", "Zeeland", "ZE", 0, 6),
    Tile("zuid-holland-zuid", "Zuid-Holland Zuid", "ZHZ", 2, 5),
    Tile("zuid-limburg", "Zuid-Limburg", "ZL", 4, 8),
    Tile("zuidoost-brabant", "Zuidoost-Brabant", "ZOB", 3, 7),
)


@dataclass(frozen=True)
class TileView:
    name: str
    abbr: str
    x: int
    y: int
    size: int
    level: int
    text: str
    short_text: str
    url: str | None = None

    @property
    def cx(self) -> float:
        return self.x + self.size / 2


@dataclass(frozen=True)
class TileMap:
    id: str
    title: str
    note: str
    description: str
    unit: str
    width: int
    height: int
    tiles: tuple[TileView, ...]
    legend: tuple[LegendItem, ...]
    linked: bool
    columns: tuple[str, ...] = ("Regio", "Op de kaart", "Aantal")
    numeric: tuple[int, ...] = (2,)

    @property
    def by_name(self) -> list[TileView]:
        return sorted(self.tiles, key=lambda tile: tile.name.casefold())

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [(tile.name, tile.abbr, tile.text) for tile in self.by_name]


def quantile_bounds(values: Sequence[int], classes: int = 4) -> list[int]:
    """Upper bounds of at most `classes` groups of about equal size; equal values stay together."""
    ordered = sorted(values)
    if not ordered:
        return []
    picks = [ordered[max(0, -(-len(ordered) * part // classes) - 1)] for part in range(1, classes + 1)]
    return sorted(set(picks))


def tile_map(
    id: str,
    title: str,
    values: Mapping[str, int],
    *,
    unit: str = "Aantal",
    show: Show = str,
    show_short: Show | None = None,
    urls: Mapping[str, str] | None = None,
    note: str = "",
    description: str = "",
    tiles: Sequence[Tile] = REGION_TILES,
) -> TileMap:
    """A value per region slug. Zero gets its own class; the rest falls into four groups of about
    equal size. `show_short` is what is printed in the tile when the full text does not fit."""
    unknown = set(values) - {tile.slug for tile in tiles}
    if unknown:
        raise ValueError(f"not on the tile map: {', '.join(sorted(unknown))}")
    urls = urls or {}
    short = show_short or show
    bounds = quantile_bounds([value for value in values.values() if value > 0])
    size, gap = 84, 6

    def level(value: int) -> int:
        return 0 if value <= 0 else 1 + next(at for at, bound in enumerate(bounds) if value <= bound)

    views = tuple(
        TileView(
            tile.name, tile.abbr, tile.col * (size + gap), tile.row * (size + gap), size,
            level(values.get(tile.slug, 0)), show(values.get(tile.slug, 0)),
            short(values.get(tile.slug, 0)), urls.get(tile.slug),
        )
        for tile in tiles
    )  # fmt: skip
    legend = [LegendItem(show(0), "pp-level-0")] if any(view.level == 0 for view in views) else []
    lowest = min((value for value in values.values() if value > 0), default=0)
    for at, bound in enumerate(bounds):
        label = show(bound) if lowest == bound else f"{show(lowest)} t/m {show(bound)}"
        legend.append(LegendItem(label, f"pp-level-{at + 1}"))
        lowest = min((value for value in values.values() if value > bound), default=bound)
    reached = sum(1 for view in views if view.level)
    return TileMap(
        id, title, note,
        description or f"{unit} per regio. In {reached} van de {len(views)} regio’s is dit meer dan nul.",
        unit,
        max(tile.col for tile in tiles) * (size + gap) + size,
        max(tile.row for tile in tiles) * (size + gap) + size,
        views, tuple(legend), bool(urls), ("Regio", "Op de kaart", unit),
    )  # fmt: skip
