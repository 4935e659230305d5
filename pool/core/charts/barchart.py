"""Horizontal bars, plain and made of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .common import SERIES, LegendItem, Line, Show, label_lines, series_css, share

# A bar of full length leaves the rest of the width for the amount behind it.
BAR_FULL = 64
KEYS = "ABCDE"


@dataclass(frozen=True)
class Bar:
    """One bar: what it is, how long, and what it says. `mark` draws a line across it, e.g. a target."""

    label: str
    value: int
    text: str
    series: int = 1
    mark: int | None = None


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
        lines = label_lines(item.label, top)
        y = top + 20 * len(lines) + 6
        mark = None if item.mark is None else share(item.mark, longest, BAR_FULL)
        width = min(share(item.value, longest, BAR_FULL), BAR_FULL)
        views.append(BarView(lines, y, width, item.text, series_css(item.series), mark))
        top = y + 18 + 14
    legend = [LegendItem(name, series_css(at)) for at, name in enumerate(series_names, start=1)]
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
        lines = label_lines(label, top)
        y = top + 20 * len(lines) + 6
        whole = sum(values) if to_hundred else longest
        x, found = 0.0, []
        for at, value in enumerate(values):
            width = share(value, whole)
            if width:
                # A letter needs some room; narrow parts are named by the legend and the table.
                found.append(PartView(round(x, 2), width, series_css(at + 1), KEYS[at] if width >= 6 else ""))
            x += width
        views.append(StackView(lines, y, tuple(found)))
        top = y + 30 + 14
    totals = [sum(values[at] for _, values in items) for at in range(len(parts))]
    return Stacked(
        id, title, note,
        description or ", ".join(f"{part}: {show(total)}" for part, total in zip(parts, totals, strict=True)) + ".",
        max(top - 10, 1), tuple(views),
        tuple(LegendItem(part, series_css(at + 1), KEYS[at]) for at, part in enumerate(parts)),
        (column, *parts, "Totaal"),
        tuple((label, *(show(value) for value in values), show(sum(values))) for label, values in items),
        tuple(range(1, len(parts) + 2)),
    )  # fmt: skip
