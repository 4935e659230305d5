"""What a fit hands back. Plain values, so that pages and reports need no numpy to read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .words import Remark

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class ProposalFit:
    """One proposal. `raw` and `adjusted` in the unit of the scores; ranks from 1 (best).

    `raw_rank` and `adjusted_rank` share the middle place among equals (1, 2.5, 2.5, 4). `rank_50` and
    `rank_90` hold the middle 50 and 90 per cent of the posterior ranks. `top_k` is P(rank <= k), None
    without k.
    """

    proposal: str
    panel: str | None
    scores: int
    raw: float
    raw_rank: float
    adjusted: float
    adjusted_rank: float
    expected_rank: float
    rank_50: tuple[int, int]
    rank_90: tuple[int, int]
    top_k: float | None


@dataclass(frozen=True, slots=True)
class AssessorFit:
    """One assessor. `severity` is nu_j of the model: points given above (+) or below (-) the committee.

    The interval holds 90 per cent of the posterior, relative to the committee's own average, because only
    differences between assessors can be known.
    """

    assessor: str
    scores: int
    severity: float
    severity_90: tuple[float, float]
    coupling: float

    def remark(self) -> Remark:
        """What this assessor alone gets to read about the own severity; nothing shown when 0 lies inside."""
        low, high = self.severity_90
        if low <= 0.0 <= high:
            return Remark.of("severity_own_none")
        code = "severity_own_more" if low > 0.0 else "severity_own_less"
        near, far = sorted((round(abs(low), 1), round(abs(high), 1)))
        return Remark.of(code, points=round(abs(self.severity), 1), low=near, high=far)


@dataclass(frozen=True, slots=True)
class ScoreFit:
    """One score: what the model expected, and the distance to it in standard deviations."""

    proposal: str
    assessor: str
    value: float
    expected: float
    standardised: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model. `draws` is (draws, proposals): posterior quality, higher is better, zero anywhere.

    One of `draws` is worth `unit` in the unit of the scores. Columns follow `proposals`. Their deviations feed
    the allocation to see how stable its outcome is.
    """

    model: str
    k: int | None
    seed: int
    proposals: tuple[ProposalFit, ...]
    assessors: tuple[AssessorFit, ...]
    scores: tuple[ScoreFit, ...]
    proposal_sd: float
    assessor_sd: float
    residual_sd: float
    assessor_sd_95: tuple[float, float] | None
    severity_p: float
    rhat: float
    converged: bool
    draws: npt.NDArray[np.float64]
    unit: float

    @property
    def severity_shown(self) -> bool:
        """Whether the scores show at all that assessors differ in severity (permutation test, 5 per cent)."""
        return self.severity_p <= 0.05
