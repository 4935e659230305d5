"""The expected-rank model of the Swiss National Science Foundation.

    y_ij ~ N(ybar + theta_i + lambda_ij + delta_panel, sigma^2),  lambda_ij ~ N(nu_j, tau_lambda^2)
    theta_i ~ N(0, tau_theta^2), nu_j ~ N(0, s^2) with s fixed, delta ~ N(0, tau_delta^2), deviations ~ U(0, b)

As in ERforResearch (Heyard, Ott, Salanti, Egger: Rethinking the funding line at the Swiss National Science
Foundation, 2022), restated in scoring.md 4.1; written from the formulas. With one score for each pair only
omega^2 = sigma^2 + tau_lambda^2 can be known, so lambda is summed out and omega gets the prior that two
uniforms imply. ybar is the mean of the proposals' means, a fixed number. Without panels delta is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from .design import Design
from .model import SEED, Deviations, assemble, check_k, effects
from .ranks import Ranks
from .results import Fit
from .sampler import Priors, sample
from .scores import BadScoresError, ScoreTable


class Scale(Enum):
    """The unit of the scores, which the priors need: 1-6, 1-9 or 0-100 points."""

    SIX = "6"
    NINE = "9"
    POINTS = "100"


@dataclass(frozen=True, slots=True)
class _Prior:
    lowest: float
    highest: float
    divisor: float
    severity_sd: float
    upper: float


_PRIORS = {
    Scale.SIX: _Prior(1.0, 6.0, 1.0, 0.5, 2.0),
    Scale.NINE: _Prior(1.0, 9.0, 1.0, 1.0, 3.0),
    # 100 points are eight steps of the nine-level scale (scoring.md 4.1, trap c).
    Scale.POINTS: _Prior(0.0, 100.0, 12.5, 1.0, 3.0),
}


def guess_scale(table: ScoreTable) -> Scale:
    """The smallest scale that holds every score: 1-6, else 1-9, else points."""
    values = [score.value for score in table.scores]
    for scale in (Scale.SIX, Scale.NINE):
        if min(values) >= _PRIORS[scale].lowest and max(values) <= _PRIORS[scale].highest:
            return scale
    return Scale.POINTS


def _check_scale(table: ScoreTable, prior: _Prior, scale: Scale) -> None:
    for score in table.scores:
        if not prior.lowest <= score.value <= prior.highest:
            why = (
                f"{score.value:g}, of {score.assessor} for {score.proposal}, lies outside scale {scale.value}"
            )
            raise BadScoresError(f"{why} ({prior.lowest:g}-{prior.highest:g})")


def fit_snsf(table: ScoreTable, k: int | None = None, scale: Scale | None = None, seed: int = SEED) -> Fit:
    """Fit the SNSF model; `scale` defaults to `guess_scale`.

    Severity and `adjusted` are posterior means here (the model has no maximum-likelihood step), so they carry
    the noise of the draws. Raises BadScoresError when all scores are equal, k is out of range, or a
    score lies outside the scale that was named.
    """
    check_k(table, k)
    design = Design.of(table)
    prior = _PRIORS[scale or guess_scale(table)]
    if scale is not None:
        _check_scale(table, prior, scale)
    unit = prior.divisor
    centre = float(design.raw().mean())
    scaled = Design(
        design.incidence, design.n_i, design.n_j, design.proposal, design.assessor,
        (design.y - centre) / unit, design.panel, design.panels,
    )  # fmt: skip
    draws = sample(scaled, 0.0, Priors(prior.upper, prior.severity_sd, split_residual=True), seed)
    deviations = Deviations(
        float(draws.tau.mean()) * unit, prior.severity_sd * unit, float(draws.omega.mean()) * unit
    )
    found = replace(
        effects(design, deviations, centre),
        theta=draws.theta.mean(axis=0) * unit,
        nu=draws.nu.mean(axis=0) * unit,
    )
    return assemble("snsf", table, design, found, deviations, draws, k, seed, unit, None)


class Group(Enum):
    """Where a proposal stands against the funding line."""

    ACCEPTED = "accepted"
    LOTTERY = "lottery"
    REJECTED = "rejected"


def funding_groups(ranks: Ranks, k: int) -> tuple[Group, ...]:
    """The SNSF rule: the line is the k-th best expected rank; who has it inside the 50 % interval draws lots.

    Accepted when the interval lies wholly above the line, rejected when wholly below. When accepted and lottery
    together are just k, nobody needs lots. Shown beside the ranks, never a decision here: with two to four
    scores a proposal this group becomes very large (scoring.md 4.3).
    """
    line = float(np.sort(ranks.expected)[k - 1])
    low, high = ranks.interval(0.5).T
    groups = [
        Group.ACCEPTED if high[x] < line and ranks.expected[x] != line
        else Group.REJECTED if low[x] > line and ranks.expected[x] != line
        else Group.LOTTERY
        for x in range(ranks.expected.size)
    ]  # fmt: skip
    if sum(group is not Group.REJECTED for group in groups) == k:
        groups = [Group.REJECTED if group is Group.REJECTED else Group.ACCEPTED for group in groups]
    return tuple(groups)
