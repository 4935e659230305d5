"""Points against two axes, with or without a line: a frontier, a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .common import LegendItem, Show, series_css, share

SHAPES = ("circle", "square", "diamond", "triangle")


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
    xs = round_ticks(min(p.x for p in points), max(p.x for p in points), 5)
    long = max(len(show_x(x)) for x in xs) > 6
    if long:  # they need room on a phone
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
            beside = 18 if point.marked else 12
            # A line that falls leaves room above to the right and below to the left.
            over, under = (-10, 24) if one.line else (5, 5)
            side = ("end", -beside, under) if x > 55 else ("start", beside, over)
            views.append(
                PointView(
                    x,
                    at_y(point.y),
                    series_css(at),
                    SHAPES[at - 1],
                    title_text,
                    point.label,
                    point.marked,
                    *side,
                )
            )
        if one.line:
            lines += [
                SegmentView(at_x(a.x), at_y(a.y), at_x(b.x), at_y(b.y), series_css(at))
                for a, b in pairwise(one.points)
            ]
    several = len(series) > 1
    return Plot(
        id, title, note,
        description or f"{len(points)} punten; {y_label.lower()} tegen {x_label.lower()}.",
        x_label, y_label, height, floor,
        tuple(TickView(at_x(x), show_x(x), "end" if x == xs[-1] and long else "middle") for x in xs),
        tuple(TickView(at_y(y), show_y(y)) for y in ys),
        tuple(lines), tuple(views),
        (*(("Reeks",) if several else ()), "Punt", x_label, y_label),
        tuple(
            (*((one.name,) if several else ()), point.name, show_x(point.x), show_y(point.y))
            for one in series for point in one.points
        ),
        tuple(LegendItem(one.name, series_css(at), shape=SHAPES[at - 1]) for at, one in enumerate(series, 1)) if several else (),
        (2, 3) if several else (1, 2),
    )  # fmt: skip
