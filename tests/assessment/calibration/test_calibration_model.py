"""The additive model against dense algebra, brute force and what must always hold."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pool.assessment.calibration.coupling import coupling
from pool.assessment.calibration.design import Design, mean_ranks
from pool.assessment.calibration.model import (
    Deviations,
    effects,
    estimate,
    fit_additive,
    severity_p,
)
from pool.assessment.calibration.ranks import Ranks
from pool.assessment.calibration.results import AssessorFit
from pool.assessment.calibration.sampler import Priors, sample, split_rhat
from pool.assessment.calibration.scores import BadScoresError, ScoreTable
from tests.assessment.calibration.tables import committee, fitted, of_matrix, of_rows

seeds = st.integers(0, 10_000)


def dense(design: Design, deviations: Deviations) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(Z_theta, Z_nu, V) of the same model written out in full."""
    n = design.y.size
    z_theta, z_nu = np.zeros((n, design.n_i.size)), np.zeros((n, design.n_j.size))
    z_theta[np.arange(n), design.proposal] = 1
    z_nu[np.arange(n), design.assessor] = 1
    v = (
        deviations.tau**2 * z_theta @ z_theta.T
        + deviations.s_nu**2 * z_nu @ z_nu.T
        + deviations.omega**2 * np.eye(n)
    )
    return z_theta, z_nu, v


def log_likelihood(design: Design, deviations: Deviations, mu: float) -> float:
    _, _, v = dense(design, deviations)
    residual = design.y - mu
    return float(-0.5 * np.linalg.slogdet(v)[1] - 0.5 * residual @ np.linalg.solve(v, residual))


def test_equal_scores_and_impossible_k_are_refused() -> None:
    flat = of_rows(("P1", "A", 5.0), ("P1", "B", 5.0), ("P2", "A", 5.0), ("P2", "B", 5.0))
    with pytest.raises(BadScoresError, match="all 4 scores are equal"):
        fit_additive(flat)
    for k in (0, 3):
        with pytest.raises(BadScoresError, match=r"k must lie in 1\.\.2"):
            fit_additive(replace(flat), k)


@settings(max_examples=15, deadline=None)
@given(seeds, st.integers(1, 4))
def test_effects_and_variances_equal_the_dense_formulas(seed: int, scores: int) -> None:
    design = Design.of(committee(seed, proposals=12, assessors=5, scores=scores).table)
    deviations = Deviations(7.0, 4.0, 9.0)
    found = effects(design, deviations, 50.0)
    z_theta, z_nu, v = dense(design, deviations)
    residual = np.linalg.solve(v, design.y - 50.0)
    assert found.theta == pytest.approx(deviations.tau**2 * z_theta.T @ residual)
    assert found.nu == pytest.approx(deviations.s_nu**2 * z_nu.T @ residual)
    inverse = np.linalg.inv(v)
    both = np.hstack([deviations.tau**2 * z_theta, deviations.s_nu**2 * z_nu])
    prior = np.diag([deviations.tau**2] * 12 + [deviations.s_nu**2] * design.n_j.size)
    posterior = prior - both.T @ inverse @ both
    assert found.theta_variance == pytest.approx(np.diag(posterior)[:12])
    assert found.nu_variance == pytest.approx(np.diag(posterior)[12:])
    row = np.hstack([z_theta, z_nu])
    assert found.sum_variance == pytest.approx(np.einsum("ni,ij,nj->n", row, posterior, row))


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_em_ends_on_top_of_the_likelihood(seed: int) -> None:
    design = Design.of(committee(seed, proposals=20, assessors=6).table)
    deviations, found = estimate(design)
    top = log_likelihood(design, deviations, found.mu)
    for name in ("tau", "s_nu", "omega"):
        for factor in (0.97, 1.03):
            moved = replace(deviations, **{name: getattr(deviations, name) * factor})
            assert log_likelihood(design, moved, found.mu) <= top + 1e-4
    for step in (-0.5, 0.5):
        assert log_likelihood(design, deviations, found.mu + step) <= top + 1e-9


def test_draws_agree_with_brute_force_integration() -> None:
    """Posterior means from a grid over the three deviations, each cell weighted by the dense likelihood."""
    design = Design.of(committee(5, proposals=6, assessors=3, scores=2).table)
    y = (design.y - design.y.mean()) / design.y.std()
    design = replace(design, y=y)
    grid = (np.arange(24) + 0.5) * 3.0 / 24
    weight, theta, nu, deviations = [], [], [], []
    for tau, s_nu, omega in itertools.product(grid, grid, grid):
        cell = Deviations(tau, s_nu, omega)
        weight.append(log_likelihood(design, cell, 0.0))
        found = effects(design, cell, 0.0)
        theta.append(found.theta)
        nu.append(found.nu)
        deviations.append((tau, s_nu, omega))
    share = np.exp(np.array(weight) - max(weight))
    share /= share.sum()
    draws = sample(design, 0.0, Priors(upper=3.0), seed=3)
    assert draws.converged
    assert draws.theta.mean(0) == pytest.approx(share @ np.array(theta), abs=0.03)
    assert draws.nu.mean(0) == pytest.approx(share @ np.array(nu), abs=0.03)
    means = [draws.tau.mean(), draws.s_nu.mean(), draws.omega.mean()]
    assert means == pytest.approx(share @ np.array(deviations), abs=0.05)


def test_adjusted_is_raw_minus_the_mean_severity_and_orders_as_theta() -> None:
    made, fit = fitted()
    assert [(s.proposal, s.assessor, s.value) for s in fit.scores] == [
        (s.proposal, s.assessor, s.value) for s in made.table.scores
    ]
    severity = {one.assessor: one.severity for one in fit.assessors}
    readers: dict[str, list[str]] = {}
    for score in made.table.scores:
        readers.setdefault(score.proposal, []).append(score.assessor)
    for one in fit.proposals:
        own = [severity[assessor] for assessor in readers[one.proposal]]
        assert one.adjusted == pytest.approx(one.raw - sum(own) / len(own))
    design = Design.of(made.table)
    _, found = estimate(design)
    assert [one.adjusted_rank for one in fit.proposals] == mean_ranks(found.theta).tolist()
    assert sum(severity.values()) == pytest.approx(0, abs=1e-2)


def test_the_fit_recovers_severity_and_its_intervals_hold_the_truth() -> None:
    held, total = 0, 0
    for seed in range(2):
        made = committee(seed, proposals=60, assessors=8)
        fit = fit_additive(made.table)
        average = sum(made.severity.values()) / len(made.severity)
        for one in fit.assessors:
            truth = made.severity[one.assessor] - average
            assert one.severity == pytest.approx(truth, abs=9.0)
            held += one.severity_90[0] <= truth <= one.severity_90[1]
            total += 1
        assert fit.severity_shown
    assert held / total >= 0.75


def overlap(score: dict[str, float], truth: dict[str, float], k: int) -> int:
    return len(
        set(sorted(score, key=score.__getitem__)[-k:]) & set(sorted(truth, key=truth.__getitem__)[-k:])
    )


def test_adjusted_finds_more_of_the_true_top_and_the_uncorrected_twin_does_not() -> None:
    gain = {"adjusted": 0, "wrong way": 0}
    for seed in range(30):
        made = committee(seed, proposals=60, assessors=8, severity=0.8)
        design = Design.of(made.table)
        _, found = estimate(design)
        correction = design.incidence @ found.nu / design.n_i
        names = made.table.proposals
        raw = overlap(dict(zip(names, design.raw(), strict=True)), made.quality, 24)
        for name, sign in (("adjusted", -1), ("wrong way", 1)):
            figure = dict(zip(names, design.raw() + sign * correction, strict=True))
            gain[name] += overlap(figure, made.quality, 24) - raw
    assert gain["adjusted"] > 10
    assert gain["wrong way"] < 0


@settings(max_examples=15, deadline=None)
@given(seeds, st.floats(-40, 40))
def test_in_a_complete_design_a_strict_assessor_moves_severity_and_nothing_else(
    seed: int, shift: float
) -> None:
    matrix = np.random.default_rng(seed).normal(50, 15, (8, 4))
    adjusted = []
    for added in (0.0, shift):
        matrix[:, 2] += added
        design = Design.of(of_matrix(matrix))
        _, found = estimate(design)
        adjusted.append(design.raw() - design.incidence @ found.nu / design.n_i)
    gaps = adjusted[1] - adjusted[0]
    assert gaps == pytest.approx([gaps[0]] * 8, abs=1e-6)
    assert mean_ranks(adjusted[1]).tolist() == mean_ranks(adjusted[0]).tolist()


@settings(max_examples=25, deadline=None)
@given(seeds, st.floats(-40, 40), st.integers(0, 5))
def test_in_a_connected_design_a_shift_moves_severity_not_order(seed: int, shift: float, who: int) -> None:
    """Without shrinkage of severity exactly; the fitted model shrinks a little, see the next test."""
    table = committee(seed, proposals=20, assessors=6).table
    assume(coupling(Design.of(table).incidence).groups == 1)
    moved = ScoreTable.of(
        replace(s, value=s.value + shift) if s.assessor == f"A{who}" else s for s in table.scores
    )
    loose = Deviations(10.0, 1e5, 10.0)
    found = []
    for one in (table, moved):
        design = Design.of(one)
        nu = effects(design, loose, float(design.y.mean())).nu
        found.append((nu, design.raw() - design.incidence @ nu / design.n_i))
    nu_change = found[1][0] - found[0][0]
    others = [nu_change[j] for j in range(6) if j != who]
    assert nu_change[who] - others[0] == pytest.approx(shift, abs=1e-2)
    assert others == pytest.approx([others[0]] * 5, abs=1e-2)
    change = found[1][1] - found[0][1]
    assert change == pytest.approx([change[0]] * 20, abs=1e-2)


def test_the_fitted_model_takes_up_nearly_all_of_a_large_shift() -> None:
    table = committee(2, proposals=40, assessors=8, severity=0.3).table
    moved = ScoreTable.of(replace(s, value=s.value - 30) if s.assessor == "A3" else s for s in table.scores)
    _, before = estimate(Design.of(table))
    _, after = estimate(Design.of(moved))
    change = after.nu - before.nu
    assert change[3] - np.delete(change, 3).mean() == pytest.approx(-30, abs=3)


@pytest.mark.parametrize(("seed", "factor", "shift"), [(11, 0.08, -50.0)])
def test_unit_zero_and_row_order_change_no_rank(seed: int, factor: float, shift: float) -> None:
    table = committee(seed, proposals=10, assessors=4).table
    other = [replace(score, value=score.value * factor + shift) for score in reversed(table.scores)]
    a, b = fit_additive(table, k=4), fit_additive(ScoreTable.of(other), k=4)
    for one, two in zip(a.proposals, b.proposals, strict=True):
        assert two.adjusted == pytest.approx(one.adjusted * factor + shift, abs=1e-3 * factor)
        assert two.adjusted_rank == one.adjusted_rank
        # Rounding of the unit may move single draws over a grid line, so not to the last bit.
        assert two.expected_rank == pytest.approx(one.expected_rank, abs=0.15)


def test_row_order_and_seed_give_the_same_bits() -> None:
    table = committee(3, proposals=10, assessors=4).table
    again = ScoreTable.of(reversed(table.scores))
    a, b = fit_additive(table, 4, seed=1), fit_additive(again, 4, seed=1)
    assert a.proposals == b.proposals
    assert a.assessors == b.assessors
    assert np.array_equal(a.draws, b.draws)
    other = fit_additive(table, 4, seed=2)
    # What the committee reads as the corrected score depends on no seed.
    assert [one.adjusted for one in other.proposals] == [one.adjusted for one in a.proposals]
    assert not np.array_equal(other.draws, a.draws)


@pytest.mark.parametrize("seed", range(4))
def test_the_permutation_test_equals_full_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(50, 10, (5, 3))
    for row in range(3):
        matrix[row, rng.integers(3)] = np.nan
    design = Design.of(of_matrix(matrix))
    cells = [np.flatnonzero(design.proposal == i) for i in range(5)]
    z = np.hstack([np.eye(5)[design.proposal], np.eye(3)[design.assessor]])
    only = np.eye(5)[design.proposal]

    def explained(y: np.ndarray) -> float:
        fits = [y - x @ np.linalg.lstsq(x, y, rcond=None)[0] for x in (only, z)]
        return float(fits[0] @ fits[0] - fits[1] @ fits[1])

    observed, hits, total = explained(design.y), 0, 0
    for orders in itertools.product(*(itertools.permutations(cell) for cell in cells)):
        y = design.y.copy()
        for cell, order in zip(cells, orders, strict=True):
            y[cell] = design.y[list(order)]
        hits += explained(y) >= observed - 1e-9
        total += 1
    assert severity_p(design, permutations=4000) == pytest.approx(hits / total, abs=0.03)


def test_without_severity_none_is_shown_about_nineteen_times_in_twenty() -> None:
    shown = sum(
        severity_p(Design.of(committee(seed, 20, 6, severity=0.0).table), permutations=199) <= 0.05
        for seed in range(100)
    )
    assert shown <= 12


def test_one_score_each_is_no_crash_but_tells_nothing_about_severity() -> None:
    rows = [(f"P{i}", f"A{i % 3}", 40.0 + 7 * (i % 4) + i) for i in range(9)]
    fit = fit_additive(of_rows(*rows), k=3)
    assert fit.severity_p == 1.0
    assert not fit.severity_shown
    assert all(np.isfinite(one.standardised) for one in fit.scores)
    assert {one.coupling for one in fit.assessors} == {0.0}


def test_an_unusual_score_stands_out() -> None:
    table = committee(7, proposals=30, assessors=6, noise=0.3).table
    odd = table.scores[10]
    moved = [replace(s, value=s.value + 45) if s == odd else s for s in table.scores]
    fit = fit_additive(ScoreTable.of(moved))
    worst = max(fit.scores, key=lambda score: abs(score.standardised))
    assert (worst.proposal, worst.assessor) == (odd.proposal, odd.assessor)
    assert worst.standardised > 2.5


def test_ranks_from_draws_that_one_can_count() -> None:
    theta = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [1.0, 3.0, 2.0]])
    ranks = Ranks.of(theta)
    assert ranks.expected.tolist() == [1.5, 2.0, 2.5]
    assert ranks.top(1).tolist() == [0.75, 0.25, 0.0]
    assert ranks.top(3).tolist() == [1.0, 1.0, 1.0]
    assert ranks.interval(0.5).tolist() == [[1, 1], [1, 2], [2, 3]]
    assert ranks.interval(0.9).tolist() == [[1, 3], [1, 3], [2, 3]]


def test_what_an_assessor_reads_about_the_own_severity() -> None:
    one = AssessorFit("A", 10, -6.04, (-9.5, -2.0), 0.9)
    assert one.remark().text == (
        "U geeft gemiddeld ongeveer 6 punten minder dan de andere beoordelaars (waarschijnlijk tussen 2 en 9,5)."
    )
    assert replace(one, severity=3.0, severity_90=(0.5, 5.0)).remark().code == "severity_own_more"
    assert replace(one, severity=3.0, severity_90=(-0.5, 5.0)).remark().code == "severity_own_none"


def test_rhat_sees_chains_that_disagree() -> None:
    rng = np.random.default_rng(0)
    same = rng.normal(size=(500, 4))
    assert split_rhat(same) < 1.02
    assert split_rhat(same + np.array([0, 0, 0, 2.0])) > 1.2
    assert split_rhat(np.ones((10, 2))) == 1.0


def test_equal_values_share_their_ranks() -> None:
    assert mean_ranks(np.array([2.0, 5.0, 2.0, 1.0])).tolist() == [2.5, 1.0, 2.5, 4.0]
