"""Made-up committees for the tests of the calibration room."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from pool.assessment.calibration.model import fit_additive
from pool.assessment.calibration.results import Fit
from pool.assessment.calibration.scores import Score, ScoreTable


def of_rows(*rows: tuple[str, str, float]) -> ScoreTable:
    return ScoreTable.of(Score(*row) for row in rows)


def of_matrix(matrix: np.ndarray) -> ScoreTable:
    """A row for each proposal, a column for each assessor, NaN where there is no score."""
    return ScoreTable.of(
        Score(f"P{i}", f"A{j}", float(matrix[i, j]))
        for i, j in zip(*np.nonzero(~np.isnan(matrix)), strict=True)
    )


@dataclass(frozen=True)
class Committee:
    table: ScoreTable
    quality: dict[str, float]
    severity: dict[str, float]


def committee(
    seed: int,
    proposals: int = 40,
    assessors: int = 8,
    scores: int = 3,
    severity: float = 0.8,
    noise: float = 0.8,
) -> Committee:
    """Random assignment; quality sd .7, severity sd `severity`, noise sd `noise`, in levels; scores in points."""
    rng = np.random.default_rng(seed)
    theta, nu = rng.normal(0, 0.7, proposals), rng.normal(0, severity, assessors)
    rows = [
        Score(f"P{i}", f"A{j}", 50 + 12.5 * float(theta[i] + nu[j] + rng.normal(0, noise)))
        for i in range(proposals)
        for j in rng.choice(assessors, scores, replace=False)
    ]
    return Committee(
        ScoreTable.of(rows),
        {f"P{i}": float(theta[i]) for i in range(proposals)},
        {f"A{j}": 12.5 * float(nu[j]) for j in range(assessors)},
    )


@cache
def fitted() -> tuple[Committee, Fit]:
    """One committee of the usual shape and its fit with k = 10, made once for all tests that only look at it."""
    made = committee(1)
    return made, fit_additive(made.table, k=10)
