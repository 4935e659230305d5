"""May assessors be compared? The coupling index of who scored what.

Source: the information matrix of assessor effects in the additive two-way layout,
L = diag(n_j) - N' diag(1/n_i) N (scoring.md 4.2; the same matrix as in block designs, where proposals are the
blocks). Its trace is n - I and its smallest eigenvalue 0, so the second smallest, lambda_2, is at most
(n - I)/(J - 1); with r scores for each proposal that is I(r - 1)/(J - 1). E is the share of that which is
reached: 1 when every contrast between assessors is known equally well, 0 when the committee falls apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from .design import Floats


class Gate(Enum):
    """What the coupling allows."""

    USE = "use"
    ADVICE = "advice"
    OFF = "off"


USE_FROM = 0.5
ADVICE_FROM = 0.25


@dataclass(frozen=True, slots=True)
class Coupling:
    """`index` is E, `per_assessor` (J, 0..1) how well each is tied to the rest, `groups` the number of islands."""

    index: float
    gate: Gate
    groups: int
    per_assessor: tuple[float, ...]


def gate(index: float) -> Gate:
    """Use from .5, advice from .25, off below (own choice from simulations, scoring.md 4.2)."""
    if index >= USE_FROM:
        return Gate.USE
    return Gate.ADVICE if index >= ADVICE_FROM else Gate.OFF


def information(incidence: Floats) -> Floats:
    """L (J x J) of an incidence matrix N (I x J) of zeros and ones; rows without scores count for nothing."""
    n_i = incidence.sum(1)
    weighted = incidence / np.maximum(n_i, 1.0)[:, None]
    matrix: Floats = np.diag(incidence.sum(0)) - incidence.T @ weighted
    return matrix


def coupling(incidence: Floats) -> Coupling:
    """Coupling of N (I x J). J = 1 or one score for each proposal gives 0: nothing can be compared.

    An assessor's own figure is the variance its effect would have in an ideally coupled committee with as many
    scores over the variance it has (both from the diagonal of the pseudo-inverse of L), at most 1; 0 outside
    the largest island.
    """
    matrix = information(incidence)
    size = matrix.shape[0]
    island = _islands(incidence)
    groups = int(island.max()) + 1 if size else 0
    best = float(np.trace(matrix)) / (size - 1) if size > 1 else 0.0
    if best <= 1e-9:
        return Coupling(0.0, Gate.OFF, groups, (0.0,) * size)
    second = float(np.linalg.eigvalsh(matrix)[1]) if groups == 1 else 0.0
    index = min(1.0, max(0.0, second / best))
    # Rounding keeps an ideal design at .5 exactly from falling on the wrong side of the gate.
    index = round(index, 9)
    variance = np.diag(np.linalg.pinv(matrix, rcond=1e-9, hermitian=True))
    ideal = (1.0 - 1.0 / size) / best
    largest = int(np.argmax(np.bincount(island)))
    own = np.where(island == largest, np.minimum(1.0, ideal / np.maximum(variance, 1e-12)), 0.0)
    if np.count_nonzero(island == largest) == 1:
        own = np.zeros(size)
    return Coupling(index, gate(index), groups, tuple(round(float(value), 9) for value in own))


def _islands(incidence: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number of the island (J) of each assessor: assessors that share a proposal stand on one."""
    shares = (incidence.T @ incidence) > 0
    island = np.full(incidence.shape[1], -1, dtype=np.int64)
    for start in range(island.size):
        if island[start] >= 0:
            continue
        number, waiting = int(island.max()) + 1, [start]
        island[start] = number
        while waiting:
            for other in np.flatnonzero(shares[waiting.pop()] & (island < 0)):
                island[other] = number
                waiting.append(int(other))
    return island
