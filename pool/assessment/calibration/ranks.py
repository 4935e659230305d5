"""From posterior draws to ranks a committee can read: expected rank, intervals, chance of the top k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .design import Floats, Ints
from .sampler import rank_counts


@dataclass(frozen=True, slots=True)
class Ranks:
    """Posterior ranks, 1 is best. `expected` (I), `share` (I, I): P(proposal i has rank column + 1)."""

    expected: Floats
    share: Floats

    @classmethod
    def of(cls, theta: Floats) -> Ranks:
        """Ranks of draws (D, I), higher is better; ER_i is the mean rank over draws (scoring.md 4.1)."""
        share: Floats = rank_counts(theta) / theta.shape[0]
        return cls(share @ np.arange(1, theta.shape[1] + 1), share)

    def interval(self, level: float) -> Ints:
        """(I, 2): the ranks at the two ends of the middle `level` of the posterior."""
        cumulative = np.cumsum(self.share, axis=1)
        ends = []
        for tail in ((1 - level) / 2, (1 + level) / 2):
            # The tiny slack keeps a cumulative .95 that was summed as .9499999 on its own rank.
            ends.append((cumulative < tail - 1e-12).sum(axis=1) + 1)
        return np.stack(ends, axis=1).astype(np.int64)

    def top(self, k: int) -> Floats:
        """(I): P(rank <= k)."""
        chance: Floats = self.share[:, :k].sum(axis=1)
        return np.minimum(1.0, chance)
