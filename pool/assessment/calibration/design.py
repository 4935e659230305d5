"""Scores as arrays: the incidence matrix and the sums every formula of the models is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .scores import BadScoresError, ScoreTable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Design:
    """I proposals, J assessors, n scores; notation of the published formulas.

    `incidence` is N (I x J, 0/1); `n_i`, `n_j` its sums; `proposal`, `assessor` (n) index the scores `y` (n);
    `panel` (I) is the panel number of each proposal, all 0 without panels.
    """

    incidence: Floats
    n_i: Floats
    n_j: Floats
    proposal: Ints
    assessor: Ints
    y: Floats
    panel: Ints
    panels: int

    @classmethod
    def of(cls, table: ScoreTable) -> Design:
        """Arrays of a checked table. Raises BadScoresError when all scores are equal: nothing to learn."""
        place = {key: index for index, key in enumerate(table.proposals)}
        seat = {key: index for index, key in enumerate(table.assessors)}
        proposal = np.array([place[s.proposal] for s in table.scores], dtype=np.int64)
        assessor = np.array([seat[s.assessor] for s in table.scores], dtype=np.int64)
        y = np.array([s.value for s in table.scores], dtype=np.float64)
        if float(np.ptp(y)) == 0.0:
            raise BadScoresError(f"all {y.size} scores are equal ({y[0]:g}): there is nothing to compare")
        incidence = np.zeros((len(place), len(seat)))
        incidence[proposal, assessor] = 1.0
        number = {name: index for index, name in enumerate(table.panels)}
        panel_of = table.panel_of()
        panel = np.array([number.get(panel_of[key] or "", 0) for key in table.proposals], dtype=np.int64)
        return cls(
            incidence, incidence.sum(1), incidence.sum(0), proposal, assessor, y, panel, max(1, len(number))
        )

    def per_proposal(self, values: Floats) -> Floats:
        """Sums (I) of one value per score."""
        sums: Floats = np.bincount(self.proposal, values, self.n_i.size).astype(np.float64)
        return sums

    def per_assessor(self, values: Floats) -> Floats:
        """Sums (J) of one value per score."""
        sums: Floats = np.bincount(self.assessor, values, self.n_j.size).astype(np.float64)
        return sums

    def raw(self) -> Floats:
        """Mean score (I) of each proposal."""
        return self.per_proposal(self.y) / self.n_i

    def shared(self) -> tuple[Floats, Ints, Floats]:
        """(counts, group, grams): N'N split by the number of scores of a proposal.

        `counts` (D) are the distinct n_i, `group` (I) the index of each proposal in it, `grams` (D x J x J)
        the sum over that group of N_i' N_i. In every formula a proposal weighs by a function of n_i alone, so
        N' diag(w) N is a sum of D small matrices, whatever I is.
        """
        counts, group = np.unique(self.n_i, return_inverse=True)
        grams = np.stack(
            [self.incidence[group == d].T @ self.incidence[group == d] for d in range(counts.size)]
        )
        return counts, group.astype(np.int64), grams


def mean_ranks(values: Floats) -> Floats:
    """Ranks from 1 for the highest value; equals share the mean of their places."""
    order = np.sort(-values)
    first = np.searchsorted(order, -values, side="left")
    last = np.searchsorted(order, -values, side="right")
    shared: Floats = (first + last + 1) / 2.0
    return shared
