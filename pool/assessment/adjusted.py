"""Calibrated means for the committee's eye: never a rank, never a decision.

The statistics are loaded when there is something to calibrate. Floats stay inside; what comes out is whole
thousandths of a point.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

Total = tuple[str, str, int]
"""(application, assessor, total in thousandths)"""


@dataclass(frozen=True)
class Adjusted:
    """Adjusted mean per application in thousandths; empty when the committee is coupled too weakly.

    remark: in words whether assessors may be compared at all.
    """

    means: Mapping[str, int]
    remark: str


@lru_cache(maxsize=16)
def adjust(totals: tuple[Total, ...]) -> Adjusted | None:
    """Means corrected for strict and lenient assessors by the additive mixed model; None when there is nothing
    to compare (one assessor, one application, or all scores equal)."""
    from .calibration.coupling import Gate, coupling
    from .calibration.design import Design
    from .calibration.model import estimate
    from .calibration.scores import BadScoresError, Score, ScoreTable
    from .calibration.words import say

    try:
        table = ScoreTable.of(Score(one, other, total / 1000) for one, other, total in totals)
        design = Design.of(table)
    except BadScoresError:
        return None
    tied = coupling(design.incidence)
    remark = say(f"coupling_{tied.gate.value}", index=tied.index)
    if tied.gate is Gate.OFF:
        return Adjusted({}, remark)
    _, found = estimate(design)
    adjusted = design.raw() - (design.incidence @ found.nu) / design.n_i
    means = {key: round(float(adjusted[x]) * 1000) for x, key in enumerate(table.proposals)}
    return Adjusted({key: min(100_000, max(0, value)) for key, value in means.items()}, remark)
