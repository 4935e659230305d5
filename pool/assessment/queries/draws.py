"""What the merits of a round might have been, had the scores come out a little different: draws, never a decision.

Everything follows from an adoption's frozen body and a seed, so that the same draws can be made again. The
statistics are loaded when they are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import MeritAdoption

HIGHEST = 100_000
"""The top of the scale of merits, in thousandths of a point."""


@dataclass(frozen=True)
class MeritDraws:
    """Draws of the merits of one adoption: `draws` holds one mapping per draw, application to thousandths.

    spread: per application the standard deviation of its draws before they meet the ends of the scale, in
    thousandths. agreed: how many applications have a merit that the committee agreed instead of the mean.
    converged: whether the sampler passed its own check.
    """

    seed: int
    draws: tuple[Mapping[int, int], ...]
    spread: Mapping[int, int]
    agreed: int
    converged: bool


def seed_of(adoption: MeritAdoption) -> int:
    """The seed of the draws of an adoption: it follows from its hash, so nobody can choose it."""
    return int(adoption.sha256[:12], 16)


def merit_draws(body: Mapping[str, Any], seed: int, count: int) -> MeritDraws | None:
    """`count` draws around the merits of an adoption's body; None when the scores leave nothing to compare.

    A draw is the adopted merit plus a deviation from the posterior of the additive model (calibration/model),
    fitted to the totals that the merit was made from. So the adopted merit is the centre, also where the
    committee agreed another one than the mean: how uncertain that is, only the scores of before can tell.
    Deviations of one draw belong together, as those of applications with the same assessors do. What leaves the
    scale is brought back to its end.
    """
    import numpy as np

    from ..calibration.model import fit_additive
    from ..calibration.scores import BadScoresError, Score, ScoreTable

    applications: Sequence[Mapping[str, Any]] = body["applications"]
    try:
        table = ScoreTable.of(
            Score(str(one["id"]), str(score["assessor"]), score["total"] / 1000)
            for one in applications
            for score in one["scores"]
        )
        fit = fit_additive(table, seed=seed)
    except BadScoresError:
        return None
    # Only differences can be known: that all are better and all assessors stricter says nothing about a merit.
    relative = fit.draws - fit.draws.mean(axis=1, keepdims=True)
    off = np.rint((relative - relative.mean(axis=0)) * fit.unit * 1000).astype(np.int64)
    # Few of many, by chance and in a chance order, so that the first of them are draws just as good.
    picked = np.random.default_rng(seed).permutation(len(off))[:count]
    ids = [int(key) for key in table.proposals]
    merits = {one["id"]: int(one["merit"]) for one in applications}
    return MeritDraws(
        seed=seed,
        draws=tuple(
            {
                key: min(HIGHEST, max(0, merits[key] + step))
                for key, step in zip(ids, off[place].tolist(), strict=True)
            }
            for place in picked.tolist()
        ),
        spread=dict(zip(ids, np.rint(off.std(axis=0)).astype(np.int64).tolist(), strict=True)),
        agreed=sum(one["agreed"] is not None for one in applications),
        converged=fit.converged,
    )
