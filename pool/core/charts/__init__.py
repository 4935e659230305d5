"""Charts as view models: numbers in, positions and words out. No markup, no colour.

The macros in `templates/_macros/charts.html` draw these as SVG. Along the width everything is a
percentage, so that text keeps its size when the page is 320 pixels wide; along the height it is
pixels. Values are integers (cents, thousandths, counts); what people read is given as text by the
caller or made by the `show` function that the caller passes. Only drawing positions are floats.
"""

from .barchart import Bar, Bars, Stacked, bars, stacked
from .intervals import Interval, Intervals, intervals
from .points import Plot, Point, Series, plot, round_ticks
from .tilemap import REGION_TILES, Tile, TileMap, quantile_bounds, tile_map

__all__ = [
    "REGION_TILES",
    "Bar",
    "Bars",
    "Interval",
    "Intervals",
    "Plot",
    "Point",
    "Series",
    "Stacked",
    "Tile",
    "TileMap",
    "bars",
    "intervals",
    "plot",
    "quantile_bounds",
    "round_ticks",
    "stacked",
    "tile_map",
]
