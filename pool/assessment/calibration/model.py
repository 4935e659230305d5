"""The additive mixed model: how good is each proposal, how strict each assessor, how sure are we.

    y_ij = mu + theta_i + nu_j + e_ij,  theta ~ N(0, tau^2), nu ~ N(0, s_nu^2), e ~ N(0, omega^2)

Formulas of scoring.md 4.2 (the mixed-model equations with the proposals eliminated). The committee's figure is
adjusted_i = raw_i - (1/n_i) sum_j nu_hat_j, with nu_hat at the maximum-likelihood deviations: it depends on the
scores alone, never on a seed. Intervals and ranks come from posterior draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .coupling import coupling, information
from .design import Design, Floats, mean_ranks
from .ranks import Ranks
from .results import AssessorFit, Fit, ProposalFit, ScoreFit
from .sampler import Draws, Priors, sample
from .scores import BadScoresError, ScoreTable

SEED = 20180401
PERMUTATIONS = 1999
EM_STEPS = 2000
EM_TOLERANCE = 1e-8


@dataclass(frozen=True, slots=True)
class Deviations:
    """Standard deviations between proposals, assessors and of what is left; in the unit of the scores."""

    tau: float
    s_nu: float
    omega: float


@dataclass(frozen=True, slots=True)
class Effects:
    """Shrunk effects at given deviations: mu, theta_hat (I), nu_hat (J), and for each score (n) Var(theta + nu)."""

    mu: float
    theta: Floats
    nu: Floats
    theta_variance: Floats
    nu_variance: Floats
    sum_variance: Floats


def effects(design: Design, deviations: Deviations, mu: float) -> Effects:
    """theta_hat, nu_hat and their variances at known deviations and mean (scoring.md 4.2, term by term)."""
    w2, n, n_i = deviations.omega**2, design.incidence, design.n_i
    residual = design.y - mu
    r, c = design.per_proposal(residual), design.per_assessor(residual)
    d = 1.0 / (n_i / w2 + 1.0 / deviations.tau**2)
    s = np.diag(design.n_j / w2 + 1.0 / deviations.s_nu**2) - (n.T * d) @ n / w2**2
    inverse = np.linalg.inv(s)
    nu = inverse @ (c / w2 - n.T @ (d * r) / w2**2)
    theta = d * (r - n @ nu) / w2
    n_inverse = n @ inverse
    theta_variance = d + d**2 / w2**2 * np.einsum("ij,ij->i", n_inverse, n)
    nu_variance = np.diag(inverse).copy()
    i, j = design.proposal, design.assessor
    covariance = -(d / w2)[i] * n_inverse[i, j]
    return Effects(
        mu, theta, nu, theta_variance, nu_variance, theta_variance[i] + nu_variance[j] + 2 * covariance
    )


def estimate(design: Design, steps: int = EM_STEPS) -> tuple[Deviations, Effects]:
    """Maximum-likelihood deviations by EM, and the effects at them.

    E step: `effects`. M step of parameter-expanded EM (Liu, Rubin and Wu, Biometrika 85 (1998), 755): y is
    regressed on the expected theta and nu as if both carried a factor, and the factors go into the deviations.
    Same fixed points as plain EM, which would need thousands of steps where there is no severity at all. Stops
    when no deviation moves by more than EM_TOLERANCE of the spread of the scores. A deviation is kept above a
    millionth of that spread, where it does nothing, so that no formula divides by zero.
    """
    spread = float(design.y.std())
    floor = 1e-6 * spread
    start = float(design.raw().mean())
    y = design.y - start
    i, j = design.proposal, design.assessor
    now = Deviations(spread * 0.6, spread * 0.4, spread * 0.6)
    found = effects(design, now, start)
    for _ in range(steps):
        theta, nu = found.theta[i], found.nu[j]
        theta_variance, nu_variance = found.theta_variance[i], found.nu_variance[j]
        covariance = (found.sum_variance - theta_variance - nu_variance) / 2
        terms = np.stack([theta, nu, np.ones_like(y)])
        moments = terms @ terms.T
        moments[0, 0] += theta_variance.sum()
        moments[1, 1] += nu_variance.sum()
        moments[[0, 1], [1, 0]] += covariance.sum()
        right = terms @ y
        factors = np.linalg.solve(moments, right)
        squares = (
            factors[0] ** 2 * float((found.theta**2 + found.theta_variance).mean()),
            factors[1] ** 2 * float((found.nu**2 + found.nu_variance).mean()),
            max(0.0, float(y @ y - factors @ right)) / y.size,
        )
        tau, s_nu, omega = (max(floor, float(np.sqrt(square))) for square in squares)
        moved = max(abs(tau - now.tau), abs(s_nu - now.s_nu), abs(omega - now.omega))
        now = Deviations(tau, s_nu, omega)
        found = effects(design, now, start + float(factors[2]))
        if moved < EM_TOLERANCE * spread:
            break
    return now, found


def severity_p(design: Design, seed: int = SEED, permutations: int = PERMUTATIONS) -> float:
    """Chance of severity differences at least this large when there are none, by permutation.

    Without severity the scores of one proposal may change hands among its assessors, so the test permutes
    within proposals. Statistic: q' L+ q, the sum of squares of assessors given proposals in the two-way layout,
    with q_j the sum over j's scores of the distance to the proposal's mean. Exact up to (1 + b)/(1 + B).
    """
    n_i = design.n_i.astype(np.int64)
    deviation = design.y - design.raw()[design.proposal]
    inverse = np.linalg.pinv(information(design.incidence), rcond=1e-9, hermitian=True)
    # One row for each proposal, padded: `slot` is the place of a score in the row of its proposal.
    first = np.concatenate([[0], np.cumsum(n_i)[:-1]])
    slot = np.arange(design.y.size) - first[design.proposal]
    rows = np.zeros((n_i.size, int(n_i.max())))
    rows[design.proposal, slot] = deviation
    absent = np.arange(rows.shape[1]) >= n_i[:, None]
    rng = np.random.default_rng(seed)

    def statistic(values: Floats) -> float:
        q = design.per_assessor(values)
        return float(q @ inverse @ q)

    observed = statistic(deviation)
    # A permutation that reproduces the data must count although its sums round differently.
    threshold = observed - 1e-9 * float(deviation @ deviation)
    at_least = 0
    for _ in range(permutations):
        key = rng.random(rows.shape)
        key[absent] = 2.0
        shuffled = np.take_along_axis(rows, np.argsort(key, axis=1), axis=1)
        at_least += statistic(shuffled[design.proposal, slot]) >= threshold
    return (1 + at_least) / (1 + permutations)


def fit_additive(table: ScoreTable, k: int | None = None, seed: int = SEED) -> Fit:
    """Fit the additive model to a checked table.

    The posterior takes flat priors on the three deviations, up to three times the standard deviation of the
    scores, and mu at its maximum-likelihood value; so another unit or zero of the scale changes no rank.
    Raises BadScoresError when all scores are equal or k is out of range.
    """
    check_k(table, k)
    design = Design.of(table)
    deviations, found = estimate(design)
    spread = float(design.y.std())
    # In standard units, so that the draws are the same numbers for every unit of the scale.
    unit = Design(
        design.incidence, design.n_i, design.n_j, design.proposal, design.assessor,
        (design.y - found.mu) / spread, np.zeros_like(design.panel), 1,
    )  # fmt: skip
    draws = sample(unit, 0.0, Priors(upper=3.0), seed)
    sd = np.quantile(draws.s_nu, [0.025, 0.975]) * spread
    return assemble(
        "additive", table, design, found, deviations, draws, k, seed, spread, (float(sd[0]), float(sd[1]))
    )


def check_k(table: ScoreTable, k: int | None) -> None:
    """Raise BadScoresError unless k is None or 1 <= k <= number of proposals."""
    if k is not None and not 1 <= k <= len(table.proposals):
        raise BadScoresError(
            f"k = {k}, but there are {len(table.proposals)} proposals; k must lie in 1..{len(table.proposals)}"
        )


def adjusted_means(design: Design, found: Effects) -> Floats:
    """Mean score (I) less the mean severity of those who gave it: the committee's figure, in the unit of the scores."""
    adjusted: Floats = design.raw() - (design.incidence @ found.nu) / design.n_i
    return adjusted


def places(values: Floats) -> Floats:
    """Ranks from 1 for the highest; rounded first, so that equals stay equals whatever the order of a sum was."""
    return mean_ranks(np.round(values, 9))


def residuals(
    table: ScoreTable, design: Design, found: Effects, deviations: Deviations
) -> tuple[ScoreFit, ...]:
    """What the model expected of each score, and the distance in standard deviations."""
    i, j = design.proposal, design.assessor
    expected = found.mu + found.theta[i] + found.nu[j]
    # Var(e_hat) = omega^4 V^-1 on the diagonal = omega^2 - Var(theta_i + nu_j | y): the residual of a shrunk fit.
    spread = np.sqrt(np.maximum(deviations.omega**2 - found.sum_variance, 1e-12 * float(design.y.var())))
    standardised = (design.y - expected) / spread
    return tuple(
        ScoreFit(s.proposal, s.assessor, s.value, float(expected[x]), float(standardised[x]))
        for x, s in enumerate(table.scores)
    )


def assemble(
    name: str,
    table: ScoreTable,
    design: Design,
    found: Effects,
    deviations: Deviations,
    draws: Draws,
    k: int | None,
    seed: int,
    unit: float,
    assessor_sd_95: tuple[float, float] | None,
) -> Fit:
    """Put point estimates (unit of the scores) and draws (`unit` times smaller) together as a Fit."""
    raw, adjusted = design.raw(), adjusted_means(design, found)
    raw_rank, adjusted_rank = places(raw), places(adjusted)
    ranks = Ranks.of(draws.theta)
    half, ninety = ranks.interval(0.5), ranks.interval(0.9)
    top = ranks.top(k) if k is not None else None
    panel_of = table.panel_of()
    proposals = tuple(
        ProposalFit(
            key, panel_of[key], int(design.n_i[x]), float(raw[x]), float(raw_rank[x]), float(adjusted[x]),
            float(adjusted_rank[x]), float(ranks.expected[x]), (int(half[x, 0]), int(half[x, 1])),
            (int(ninety[x, 0]), int(ninety[x, 1])), None if top is None else float(top[x]),
        )
        for x, key in enumerate(table.proposals)
    )  # fmt: skip
    relative = (draws.nu - draws.nu.mean(axis=1, keepdims=True)) * unit
    low, high = np.quantile(relative, [0.05, 0.95], axis=0)
    tied = coupling(design.incidence).per_assessor
    assessors = tuple(
        AssessorFit(key, int(design.n_j[x]), float(found.nu[x]), (float(low[x]), float(high[x])), tied[x])
        for x, key in enumerate(table.assessors)
    )
    return Fit(
        name, k, seed, proposals, assessors, residuals(table, design, found, deviations), deviations.tau, deviations.s_nu, deviations.omega,
        assessor_sd_95, severity_p(design, seed), draws.rhat, draws.converged, draws.theta, unit,
    )  # fmt: skip
