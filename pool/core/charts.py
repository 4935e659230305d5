"""Charts as view models: numbers in, positions and words out. No markup, no colour.

The macros in `templates/_macros/charts.html` draw these as SVG. Along the width everything is a
percentage, so that text keeps its size when the page is 320 pixels wide; along the height it is
pixels. Values are integers (cents, thousandths, counts); what people read is given as text by the
caller or made by the `show` function that the caller passes. Only drawing positions are floats.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Show = Callable[[int], str]

# Labels above a bar wrap at this many characters: what fits on a phone.
LABEL_WIDTH = 34
# A bar of full length leaves this much for the amount behind it.
BAR_FULL = 64
KEYS = "ABCDEFGH"
SHAPES = ("circle", "square", "diamond", "triangle")
SERIES = 5


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
class LegendItem:
    label: str
    css: str
    key: str = ""
    shape: str = ""


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


@dataclass(frozen=True)
class Line:
    text: str
    y: int


@dataclass(frozen=True)
class BarView:
    lines: tuple[Line, ...]
    y: int
    width: float
    text: str
    css: str
    mark: float | None


@dataclass(frozen=True)
class Bars:
    id: str
    title: str
    note: str
    description: str
    height: int
    bars: tuple[BarView, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    full: int = BAR_FULL
    legend: tuple[LegendItem, ...] = ()
    numeric: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, how long, and what it says. `mark` draws a line across it, e.g. a target."""

    label: str
    value: int
    text: str
    series: int = 1
    mark: int | None = None


@dataclass(frozen=True)
class PartView:
    x: float
    width: float
    css: str
    key: str

    @property
    def cx(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class StackView:
    lines: tuple[Line, ...]
    y: int
    parts: tuple[PartView, ...]


@dataclass(frozen=True)
class Stacked:
    id: str
    title: str
    note: str
    description: str
    height: int
    bars: tuple[StackView, ...]
    legend: tuple[LegendItem, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...]


@dataclass(frozen=True)
class Point:
    """One point of a plot. `label` is written beside it; `marked` puts a ring around it."""

    x: int
    y: int
    name: str
    label: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Series:
    name: str
    points: tuple[Point, ...]
    line: bool = False


@dataclass(frozen=True)
class TickView:
    at: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class SegmentView:
    x1: float
    y1: float
    x2: float
    y2: float
    css: str


@dataclass(frozen=True)
class PointView:
    x: float
    y: float
    css: str
    shape: str
    title: str
    label: str
    marked: bool
    anchor: str = "start"
    label_x: int = 14
    label_y: int = 5


@dataclass(frozen=True)
class Plot:
    id: str
    title: str
    note: str
    description: str
    x_label: str
    y_label: str
    height: int
    floor: int
    x_ticks: tuple[TickView, ...]
    y_ticks: tuple[TickView, ...]
    lines: tuple[SegmentView, ...]
    points: tuple[PointView, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[LegendItem, ...] = ()
    numeric: tuple[int, ...] = field(default=(1, 2))


def share(part: int, whole: int, full: float = 100) -> float:
    """`part` of `whole` as a percentage of the width; nothing when there is nothing."""
    return round(part * full / whole, 2) if whole > 0 else 0.0


def _css(series: int) -> str:
    return f"pp-series-{(series - 1) % SERIES + 1}"


def _label_lines(label: str, top: int) -> tuple[Line, ...]:
    return tuple(Line(text, top + 16 + 20 * at) for at, text in enumerate(textwrap.wrap(label, LABEL_WIDTH)))


# --- tile map ------------------------------------------------------------------------------


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


# --- bars ----------------------------------------------------------------------------------


def bars(
    id: str,
    title: str,
    items: Sequence[Bar],
    *,
    columns: tuple[str, str],
    series_names: Sequence[str] = (),
    mark_name: str = "",
    maximum: int | None = None,
    note: str = "",
    description: str = "",
) -> Bars:
    """Horizontal bars from zero. `columns` heads the table: what the bars are, what they measure."""
    if any(item.value < 0 for item in items):
        raise ValueError("a bar cannot be shorter than nothing")
    longest = maximum or max((max(item.value, item.mark or 0) for item in items), default=0)
    views, top = [], 0
    for item in items:
        lines = _label_lines(item.label, top)
        y = top + 20 * len(lines) + 6
        mark = None if item.mark is None else share(item.mark, longest, BAR_FULL)
        width = min(share(item.value, longest, BAR_FULL), BAR_FULL)
        views.append(BarView(lines, y, width, item.text, _css(item.series), mark))
        top = y + 18 + 14
    legend = [LegendItem(name, _css(at)) for at, name in enumerate(series_names, start=1)]
    if mark_name:
        legend.append(LegendItem(mark_name, "pp-bars__mark-swatch"))
    if not description:
        highest = max(items, key=lambda item: item.value, default=None)
        description = f"{len(items)} staven." + (
            f" De langste is {highest.label}: {highest.text}." if highest else ""
        )
    rows = tuple((item.label, item.text) for item in items)
    return Bars(
        id, title, note, description, max(top - 8, 1), tuple(views), columns, rows, legend=tuple(legend)
    )


def stacked(
    id: str,
    title: str,
    items: Sequence[tuple[str, Sequence[int]]],
    *,
    parts: Sequence[str],
    column: str,
    show: Show = str,
    to_hundred: bool = False,
    note: str = "",
    description: str = "",
) -> Stacked:
    """Bars of parts. Each part has a letter besides its colour; `to_hundred` makes all bars equally long."""
    if len(parts) > SERIES:
        raise ValueError(f"at most {SERIES} parts can be told apart")
    for label, values in items:
        if len(values) != len(parts) or min(values, default=0) < 0:
            raise ValueError(f"{label}: one value, not below zero, for each part")
    longest = max((sum(values) for _, values in items), default=0)
    views, top = [], 0
    for label, values in items:
        lines = _label_lines(label, top)
        y = top + 20 * len(lines) + 6
        whole = sum(values) if to_hundred else longest
        x, found = 0.0, []
        for at, value in enumerate(values):
            width = share(value, whole)
            if width:
                # A letter needs some room; narrow parts are named by the legend and the table.
                found.append(PartView(round(x, 2), width, _css(at + 1), KEYS[at] if width >= 6 else ""))
            x += width
        views.append(StackView(lines, y, tuple(found)))
        top = y + 30 + 14
    totals = [sum(values[at] for _, values in items) for at in range(len(parts))]
    return Stacked(
        id, title, note,
        description or ", ".join(f"{part}: {show(total)}" for part, total in zip(parts, totals, strict=True)) + ".",
        max(top - 10, 1), tuple(views),
        tuple(LegendItem(part, _css(at + 1), KEYS[at]) for at, part in enumerate(parts)),
        (column, *parts, "Totaal"),
        tuple((label, *(show(value) for value in values), show(sum(values))) for label, values in items),
        tuple(range(1, len(parts) + 2)),
    )  # fmt: skip


# --- plot ----------------------------------------------------------------------------------


def round_ticks(low: int, high: int, most: int = 5) -> list[int]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) from at or below `low` to at or above `high`."""
    if high <= low:
        high = low + 1
    step, scale = 1, 1
    while True:
        for times in (2, 4, 5, 10, 20):
            # Quarters, halves and wholes in integers: 10, 20, 25, 50, 100 ... and 1, 2, 5 below ten.
            if scale * times % 2:
                continue
            step = scale * times // 2
            first, last = low // step * step, -(-high // step) * step
            if (last - first) // step < most:
                return list(range(first, last + 1, step))
        scale *= 10


def plot(
    id: str,
    title: str,
    series: Sequence[Series],
    *,
    x_label: str,
    y_label: str,
    show_x: Show = str,
    show_y: Show = str,
    note: str = "",
    description: str = "",
    height: int = 340,
) -> Plot:
    """Points of one or more series, each with its own shape; `line` joins the points in their order."""
    if len(series) > len(SHAPES):
        raise ValueError(f"at most {len(SHAPES)} series can be told apart")
    points = [point for one in series for point in one.points]
    if not points:
        raise ValueError("a plot needs at least one point")
    xs = round_ticks(min(p.x for p in points), max(p.x for p in points), 4)
    ys = round_ticks(min(p.y for p in points), max(p.y for p in points), 6)
    ceiling, floor = 24, height - 30
    left, right = 12.0, 95.0

    def at_x(value: int) -> float:
        return round(left + share(value - xs[0], xs[-1] - xs[0], right - left), 2)

    def at_y(value: int) -> float:
        return round(floor - share(value - ys[0], ys[-1] - ys[0], floor - ceiling), 2)

    views, lines = [], []
    for at, one in enumerate(series, start=1):
        for point in one.points:
            title_text = f"{point.name}: {show_x(point.x)}, {show_y(point.y)}"
            x = at_x(point.x)
            # Beyond the middle a label stands left of its point, so it stays inside the drawing.
            side = ("end", -14) if x > 55 else ("start", 14)
            views.append(
                PointView(
                    x, at_y(point.y), _css(at), SHAPES[at - 1], title_text, point.label, point.marked, *side
                )
            )
        if one.line:
            lines += [
                SegmentView(at_x(a.x), at_y(a.y), at_x(b.x), at_y(b.y), _css(at))
                for a, b in pairwise(one.points)
            ]
    several = len(series) > 1
    return Plot(
        id, title, note,
        description or f"{len(points)} punten; {y_label.lower()} tegen {x_label.lower()}.",
        x_label, y_label, height, floor,
        tuple(TickView(at_x(x), show_x(x), "end" if x == xs[-1] else "middle") for x in xs),
        tuple(TickView(at_y(y), show_y(y)) for y in ys),
        tuple(lines), tuple(views),
        (*(("Reeks",) if several else ()), "Punt", x_label, y_label),
        tuple(
            (*((one.name,) if several else ()), point.name, show_x(point.x), show_y(point.y))
            for one in series for point in one.points
        ),
        tuple(LegendItem(one.name, _css(at), shape=SHAPES[at - 1]) for at, one in enumerate(series, 1)) if several else (),
        (2, 3) if several else (1, 2),
    )  # fmt: skip
