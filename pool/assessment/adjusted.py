"""What follows from the scores at once: means corrected for strict and lenient assessors, and what stands out.

Made for every page that needs it, in some hundredths of a second, and remembered by the scores themselves. What
needs draws, such as how sure a place is, comes from a study (see `figures`). The statistics are loaded when there
is something to compare. An adjusted mean is a whole number of thousandths of a point; it ranks only where
`queries.results` finds that the published rules and the coupling allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pool.core.text import fingerprint

from .calibration.results import ScoreFit
from .calibration.words import Remark

Total = tuple[str, str, int]
"""(application, assessor, total in thousandths)"""

USE, ADVICE, OFF = "use", "advice", "off"
"""What the coupling of the committee allows: values of `calibration.coupling.Gate`."""


@dataclass(frozen=True)
class Place:
    """Where an application stands by the given scores and by the adjusted ones; equals share the middle place."""

    raw: float
    adjusted: float


@dataclass(frozen=True)
class Adjusted:
    """The fit of a set of totals without its draws.

    means: per application in thousandths; empty when the committee is coupled too weakly (`gate` off).
    index: of coupling, in thousandths. coupled: per assessor, 0 to 1. remarks: whether assessors may be compared.
    sha256: of the canonical JSON of the totals.
    """

    means: Mapping[str, int]
    gate: str
    index: int
    remarks: tuple[Remark, ...]
    places: Mapping[str, Place]
    scores: tuple[ScoreFit, ...]
    coupled: Mapping[str, float]
    sha256: str

    @property
    def remark(self) -> str:
        return " ".join(remark.text for remark in self.remarks)


@lru_cache(maxsize=64)
def adjust(totals: tuple[Total, ...]) -> Adjusted | None:
    """Means corrected by the additive mixed model; None when there is nothing to compare (one assessor, one
    application, or all scores equal)."""
    from .calibration.coupling import Gate, coupling
    from .calibration.design import Design
    from .calibration.model import adjusted_means, estimate, places, residuals
    from .calibration.scores import BadScoresError, Score, ScoreTable

    try:
        table = ScoreTable.of(Score(one, other, total / 1000) for one, other, total in totals)
        design = Design.of(table)
    except BadScoresError:
        return None
    tied = coupling(design.incidence)
    remarks = [Remark.of(f"coupling_{tied.gate.value}", index=tied.index)]
    if tied.groups > 1:
        remarks.append(Remark.of("coupling_groups", groups=tied.groups))
    deviations, found = estimate(design)
    adjusted = adjusted_means(design, found)
    raw_place, adjusted_place = places(design.raw()), places(adjusted)
    means = {key: round(float(adjusted[x]) * 1000) for x, key in enumerate(table.proposals)}
    return Adjusted(
        means={}
        if tied.gate is Gate.OFF
        else {key: min(100_000, max(0, value)) for key, value in means.items()},
        gate=tied.gate.value,
        index=round(tied.index * 1000),
        remarks=tuple(remarks),
        places={
            key: Place(float(raw_place[x]), float(adjusted_place[x])) for x, key in enumerate(table.proposals)
        },
        scores=residuals(table, design, found, deviations),
        coupled=dict(zip(table.assessors, tied.per_assessor, strict=True)),
        sha256=fingerprint({"totals": [list(total) for total in sorted(totals)]}),
    )
