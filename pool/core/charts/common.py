"""What all charts share: showing a number, a share of the width, the class of a series, the legend."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass

Show = Callable[[int], str]

# Labels above a bar wrap at this many characters: what fits on a phone.
LABEL_WIDTH = 34
SERIES = 5


@dataclass(frozen=True)
class LegendItem:
    label: str
    css: str
    key: str = ""
    shape: str = ""


@dataclass(frozen=True)
class Line:
    text: str
    y: int


def share(part: int, whole: int, full: float = 100) -> float:
    """`part` of `whole` as a percentage of the width; nothing when there is nothing."""
    return round(part * full / whole, 2) if whole > 0 else 0.0


def series_css(series: int) -> str:
    return f"pp-series-{(series - 1) % SERIES + 1}"


def label_lines(label: str, top: int) -> tuple[Line, ...]:
    return tuple(Line(text, top + 16 + 20 * at) for at, text in enumerate(textwrap.wrap(label, LABEL_WIDTH)))
