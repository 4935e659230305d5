"""Gibbs sampler for the two-way random-effects model behind both `model` and `snsf`.

    y_ij ~ N(m + theta_i + nu_j + delta_g(i), omega^2)
    theta_i ~ N(0, tau^2)   nu_j ~ N(0, s_nu^2)   delta_g ~ N(0, tau_delta^2)

m is a fixed number. Written from the formulas in scoring.md 4.1 and 4.2. Proposals and assessors are drawn
together (nu from its marginal N(nu_hat, S^-1), then theta given nu), because one at a time they trade a
constant back and forth and mix slowly. Standard deviations come from their exact conditional on a fine grid,
which takes any prior and never fails near zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .design import Design, Floats, Ints

CHAINS = 8
BURN_IN = 300
BATCH = 1250
FEWEST_BATCHES = 2
MOST_BATCHES = 8
RHAT_BOUND = 1.01
GRID = 300


@dataclass(frozen=True, slots=True)
class Priors:
    """Bounds of the uniform priors on standard deviations, in the unit of y.

    `severity_sd` fixes s_nu; None gives it the prior U(0, upper). `split_residual` says that omega is the
    root of a sum of two squared U(0, upper), as in the SNSF model where residual and assessor-by-proposal
    deviation cannot be told apart; else omega ~ U(0, upper).
    """

    upper: float
    severity_sd: float | None = None
    split_residual: bool = False


@dataclass(frozen=True, slots=True)
class Draws:
    """Posterior draws, chains stacked: theta (D, I), nu (D, J), and tau, s_nu, omega (D) each."""

    theta: Floats
    nu: Floats
    tau: Floats
    s_nu: Floats
    omega: Floats
    rhat: float
    converged: bool


def log_prior_split_residual(omega: Floats, upper: float) -> Floats:
    """Log density, up to a constant, of sqrt(a^2 + b^2) with a, b ~ U(0, upper), on 0 < omega < upper sqrt 2.

    Area of the quarter ring that lies inside the square (scoring.md 4.1, trap a).
    """
    angle = np.where(omega <= upper, np.pi / 2, np.pi / 2 - 2 * np.arccos(np.minimum(1.0, upper / omega)))
    density: Floats = np.log(omega * np.maximum(angle, 1e-300))
    return density


def sample(design: Design, centre: float, priors: Priors, seed: int) -> Draws:
    """Draw from the posterior of `design` around the fixed mean `centre`.

    Runs CHAINS chains side by side, in at least FEWEST_BATCHES batches, until split-Rhat of the standard deviations is below
    RHAT_BOUND or MOST_BATCHES is reached (`converged` tells). Deterministic from `seed`.
    """
    chain = _Chains(design, centre, priors, np.random.default_rng(seed))
    for _ in range(BURN_IN):
        chain.step()
    batches: list[_Batch] = []
    rhat, converged = np.inf, False
    while len(batches) < MOST_BATCHES and not converged:
        batches.append(chain.run(BATCH))
        deviations = np.concatenate([batch.deviations for batch in batches])
        free = [0, 2] if priors.severity_sd is not None else [0, 1, 2]
        rhat = max(split_rhat(deviations[:, :, column]) for column in free)
        converged = len(batches) >= FEWEST_BATCHES and rhat < RHAT_BOUND
    theta = np.concatenate([batch.theta for batch in batches]).reshape(-1, design.n_i.size)
    nu = np.concatenate([batch.nu for batch in batches]).reshape(-1, design.n_j.size)
    flat = deviations.reshape(-1, 3)
    return Draws(theta, nu, flat[:, 0], flat[:, 1], flat[:, 2], float(rhat), converged)


def split_rhat(values: Floats) -> float:
    """Split-Rhat of `values` (iterations, chains): Gelman et al., Bayesian Data Analysis, 3rd ed., 11.4."""
    half = values.shape[0] // 2
    parts = np.concatenate([values[:half], values[half : 2 * half]], axis=1)
    within = float(parts.var(axis=0, ddof=1).mean())
    between = half * float(parts.mean(axis=0).var(ddof=1))
    if within <= 0.0:
        return 1.0
    return float(np.sqrt(((half - 1) / half * within + between / half) / within))


@dataclass(frozen=True, slots=True)
class _Batch:
    theta: Floats
    nu: Floats
    deviations: Floats


class _Chains:
    """The state of all chains: arrays whose first axis is the chain."""

    def __init__(self, design: Design, centre: float, priors: Priors, rng: np.random.Generator) -> None:
        self.design, self.priors, self.rng = design, priors, rng
        self.residual = design.y - centre
        self.r_i, self.c_j = design.per_proposal(self.residual), design.per_assessor(self.residual)
        self.total = float(self.residual @ self.residual)
        self.counts, self.group, self.grams = design.shared()
        self.member = np.zeros((design.panels, design.n_i.size))
        self.member[design.panel, np.arange(design.n_i.size)] = 1.0
        upper = priors.upper
        self.grid = np.linspace(upper / GRID / 4, upper, GRID)
        top = upper * np.sqrt(2.0) if priors.split_residual else upper
        self.omega_grid = np.linspace(top / GRID / 4, top * (1 - 1e-6), GRID)
        prior = log_prior_split_residual(self.omega_grid, upper) if priors.split_residual else np.zeros(GRID)
        scores = design.y.size
        self.draw_tau = self._conditional(self.grid, design.n_i.size, None)
        self.draw_s_nu = self._conditional(self.grid, design.n_j.size, None)
        self.draw_omega = self._conditional(self.omega_grid, scores, prior)
        self.draw_tau_delta = self._conditional(self.grid, design.panels, None)
        # Spread starting points, so that Rhat has something to tell.
        self.tau = rng.uniform(0.1, 0.9, CHAINS) * upper
        self.s_nu = rng.uniform(0.1, 0.9, CHAINS) * upper
        if priors.severity_sd is not None:
            self.s_nu = np.full(CHAINS, priors.severity_sd)
        self.omega = rng.uniform(0.1, 0.9, CHAINS) * upper
        self.tau_delta = rng.uniform(0.1, 0.9, CHAINS) * upper
        self.theta = np.zeros((CHAINS, design.n_i.size))
        self.nu = np.zeros((CHAINS, design.n_j.size))
        self.delta = np.zeros((CHAINS, design.panels))

    def run(self, steps: int) -> _Batch:
        theta = np.empty((steps, *self.theta.shape))
        nu = np.empty((steps, *self.nu.shape))
        deviations = np.empty((steps, CHAINS, 3))
        for step in range(steps):
            self.step()
            theta[step], nu[step] = self.theta, self.nu
            deviations[step] = np.stack([self.tau, self.s_nu, self.omega], axis=1)
        return _Batch(theta, nu, deviations)

    def step(self) -> None:
        """One round: effects given deviations, then deviations given effects."""
        design = self.design
        shift = self.delta @ self.member if design.panels > 1 else 0.0
        r_i = self.r_i - design.n_i * shift
        c_j = self.c_j - (shift @ design.incidence if design.panels > 1 else 0.0)
        self._draw_effects(r_i, c_j)
        if design.panels > 1:
            self._draw_panels()
            shift = self.delta @ self.member
        self.tau = self.draw_tau((self.theta**2).sum(1))
        if self.priors.severity_sd is None:
            self.s_nu = self.draw_s_nu((self.nu**2).sum(1))
        fitted = self.theta + shift
        expected = fitted[:, design.proposal] + self.nu[:, design.assessor]
        self.omega = self.draw_omega(((self.residual - expected) ** 2).sum(1))

    def _draw_effects(self, r_i: Floats, c_j: Floats) -> None:
        """nu ~ N(nu_hat, S^-1), then theta given nu; d, S and nu_hat as in scoring.md 4.2."""
        design, rng = self.design, self.rng
        noise = 1.0 / self.omega**2
        d_by_count = 1.0 / (self.counts * noise[:, None] + 1.0 / self.tau[:, None] ** 2)
        d = d_by_count[:, self.group]
        s = -np.tensordot(d_by_count * noise[:, None] ** 2, self.grams, axes=1)
        diagonal = np.arange(design.n_j.size)
        s[:, diagonal, diagonal] += design.n_j * noise[:, None] + 1.0 / self.s_nu[:, None] ** 2
        right = c_j * noise[:, None] - ((d * r_i) @ design.incidence) * noise[:, None] ** 2
        lower = np.linalg.cholesky(s)
        half = np.linalg.solve(lower, right[:, :, None])
        # With S = L L', solving L' x = L^-1 b + z gives nu_hat plus noise of covariance S^-1 in one go.
        half += rng.standard_normal(half.shape)
        self.nu = np.linalg.solve(lower.transpose(0, 2, 1), half)[:, :, 0]
        mean = d * (r_i - self.nu @ design.incidence.T) * noise[:, None]
        self.theta = mean + np.sqrt(d) * rng.standard_normal(mean.shape)

    def _draw_panels(self) -> None:
        design = self.design
        noise = 1.0 / self.omega[:, None] ** 2
        left = self.r_i - design.n_i * self.theta - self.nu @ design.incidence.T
        precision = (self.member @ design.n_i) * noise + 1.0 / self.tau_delta[:, None] ** 2
        mean = (left @ self.member.T) * noise / precision
        self.delta = mean + self.rng.standard_normal(mean.shape) / np.sqrt(precision)
        self.tau_delta = self.draw_tau_delta((self.delta**2).sum(1))

    def _conditional(self, grid: Floats, count: int, log_prior: Floats | None) -> Callable[[Floats], Floats]:
        """How to draw a standard deviation given the sum of squares of `count` effects, one for each chain.

        p(s | sum) is proportional to prior(s) s^-count exp(-sum / 2 s^2) on the grid.
        """
        base = -count * np.log(grid) + (0.0 if log_prior is None else log_prior)
        inverse = 0.5 / grid**2

        def draw(squares: Floats) -> Floats:
            log_density = base - squares[:, None] * inverse
            density = np.exp(log_density - log_density.max(axis=1, keepdims=True))
            cumulative = np.cumsum(density, axis=1)
            target = self.rng.random((squares.size, 1)) * cumulative[:, -1:]
            drawn: Floats = grid[(cumulative < target).sum(axis=1)]
            return drawn

        return draw


def rank_counts(theta: Floats) -> Ints:
    """How often each proposal takes each rank: (I, I), column 0 is rank 1; rows sum to the number of draws."""
    draws, size = theta.shape
    counts = np.zeros((size, size), dtype=np.int64)
    # In slices, so that a large pool does not need its draws in memory twice.
    for start in range(0, draws, 2000):
        order = np.argsort(-theta[start : start + 2000], axis=1, kind="stable")
        for place in range(size):
            counts[:, place] += np.bincount(order[:, place], minlength=size)
    return counts
