"""What a search is given and what it ends with."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pool.allocation.engine.integer import Ints

Complete = Callable[[Ints], None]
"""Sets the columns that follow from the others (region steps) in a point, in place."""


@dataclass
class Limits:
    """When to stop without proof: nodes (repeatable) and, if given, a moment in `perf_counter` time."""

    nodes: int = 200_000
    deadline: float | None = None

    def late(self) -> bool:
        return self.deadline is not None and time.perf_counter() >= self.deadline

    def reached(self, nodes: int) -> bool:
        return nodes >= self.nodes or self.late()


@dataclass
class Best:
    """The best point so far, and another of equal value if one was met.

    `by` says what set the two apart: spend or lot.
    """

    point: Ints | None = None
    value: int = 0
    spend: int = 0
    rival: Ints | None = None
    by: str | None = None


@dataclass
class Found:
    """What a search ends with; `bound` is safe, None when it is proven that no point is allowed."""

    best: Best
    bound: int | None
    nodes: int
    complete: bool
