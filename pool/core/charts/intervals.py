"""Intervals below each other on one axis: where something lies, and between which ends it may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .common import Line, Show, label_lines, share
from .points import TickView, round_ticks


@dataclass(frozen=True)
class Interval:
    """One row. `low` <= `inner_low` <= `value` <= `inner_high` <= `high`, all in the same unit.

    `text` is what stands beside it in words; `cells` are its further cells in the table.
    """

    label: str
    value: int
    low: int
    high: int
    inner_low: int
    inner_high: int
    text: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class IntervalView:
    lines: tuple[Line, ...]
    y: int
    x: float
    low: float
    width: float
    inner_low: float
    inner_width: float
    title: str


@dataclass(frozen=True)
class Intervals:
    id: str
    title: str
    note: str
    description: str
    axis: str
    height: int
    floor: int
    intervals: tuple[IntervalView, ...]
    ticks: tuple[TickView, ...]
    line: float | None
    line_text: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...]


ROW = 30
TOP = 8
LEFT, RIGHT = 2.0, 96.0


def intervals(
    id: str,
    title: str,
    rows: Sequence[Interval],
    *,
    axis: str,
    columns: Sequence[str],
    show: Show = str,
    unit: int = 1,
    line: int | None = None,
    line_text: str = "",
    note: str = "",
    description: str = "",
) -> Intervals:
    """Rows from top to bottom as given; `line` is drawn across all of them.

    columns: heads of the table: of the label, of `text`, and of each further cell. unit: marks on the axis stand at
    whole multiples of it.
    """
    if not rows:
        raise ValueError("a drawing of intervals needs at least one")
    ends = [x for row in rows for x in (row.low, row.high)] + ([line] if line is not None else [])
    ticks = [tick * unit for tick in round_ticks(min(ends) // unit, -(-max(ends) // unit), 6)]

    def at(value: int) -> float:
        return round(LEFT + share(value - ticks[0], ticks[-1] - ticks[0], RIGHT - LEFT), 2)

    views, y = [], TOP
    for row in rows:
        lines = label_lines(row.label, y)
        y += 20 * len(lines) + 4
        views.append(
            IntervalView(
                lines,
                y + 8,
                at(row.value),
                at(row.low),
                round(at(row.high) - at(row.low), 2),
                at(row.inner_low),
                round(at(row.inner_high) - at(row.inner_low), 2),
                f"{row.label}: {row.text}",
            )
        )
        y += ROW
    return Intervals(
        id, title, note,
        description or f"{len(rows)} balken van {show(ticks[0])} tot {show(ticks[-1])}. De getallen staan in de tabel.",
        axis, y + 30, y,
        tuple(views),
        tuple(TickView(at(tick), show(tick)) for tick in ticks),
        None if line is None else at(line), line_text,
        tuple(columns),
        tuple((row.label, row.text, *row.cells) for row in rows),
        tuple(range(1, len(columns))),
    )  # fmt: skip
