"""The expected-rank model of the SNSF against its published outcome."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pool.assessment.calibration.design import Design
from pool.assessment.calibration.ranks import Ranks
from pool.assessment.calibration.sampler import Priors, log_prior_split_residual, sample
from pool.assessment.calibration.scores import BadScoresError, ScoreTable, read_csv
from pool.assessment.calibration.snsf import Group, Scale, fit_snsf, funding_groups, guess_scale
from tests.assessment.calibration.tables import committee, of_rows

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_shared = pytest.mark.skipif(
    not (SHARED / "fixtures.json").is_file(),
    reason="../shared/data is not here: the SNSF fixtures (15 expected ranks) were NOT checked",
)


def test_equal_scores_and_impossible_k_are_refused() -> None:
    with pytest.raises(BadScoresError, match="equal"):
        fit_snsf(of_rows(("P1", "A", 5.0), ("P2", "B", 5.0)))
    with pytest.raises(BadScoresError, match="k must lie"):
        fit_snsf(of_rows(("P1", "A", 5.0), ("P2", "B", 4.0)), k=3)


@needs_shared
def test_the_published_expected_ranks_come_out_within_the_tolerance() -> None:
    wanted = json.loads((SHARED / "fixtures.json").read_text())["mock_p1"]
    table = read_csv((SHARED / "snsf_mock_data.csv").read_text(), "num_grade", "p1")
    fit = fit_snsf(table, k=wanted["k"])
    assert [one.proposal for one in fit.proposals] == [f"#{number}" for number in range(1, 16)]
    assert [one.raw for one in fit.proposals] == pytest.approx(wanted["avg"])
    expected = np.array([one.expected_rank for one in fit.proposals])
    assert np.abs(expected - np.array(wanted["ER"])).max() <= 0.15
    assert (15 - expected) / 14 == pytest.approx(wanted["SUCRA"], abs=0.012)
    assert 100 * (expected - 0.5) / 15 == pytest.approx(wanted["PCER"], abs=1.0)
    assert [fit.proposal_sd, fit.residual_sd] == pytest.approx(wanted["own_tau_omega"], abs=0.02)
    groups = funding_groups(Ranks.of(fit.draws), wanted["k"])
    for group in Group:
        assert [place + 1 for place, one in enumerate(groups) if one is group] == wanted[group.value]


@needs_shared
def test_three_panels_together_keep_each_panel_in_order() -> None:
    table = read_csv((SHARED / "snsf_mock_data.csv").read_text(), "num_grade")
    fit = fit_snsf(table, k=15)
    for panel in ("p1", "p2", "p3"):
        own = sorted((one for one in fit.proposals if one.panel == panel), key=lambda one: one.expected_rank)
        assert all(better.raw >= worse.raw - 1e-9 for better, worse in pairwise(own))


def test_a_generous_panel_is_not_taken_for_better_proposals() -> None:
    rng = np.random.default_rng(0)
    made = committee(0, proposals=40, assessors=10, scores=4, severity=0.2).table
    quality = rng.permutation(40)
    scores = [
        replace(
            score,
            value=2.0
            + 0.04 * quality[int(score.proposal[1:])]
            + (1.5 if int(score.proposal[1:]) >= 20 else 0.0),
            panel="soft" if int(score.proposal[1:]) >= 20 else "hard",
        )
        for score in made.scores
    ]
    noisy = [replace(score, value=score.value + 0.4 * float(rng.normal())) for score in scores]

    def gap(table: ScoreTable) -> float:
        rank = {one.proposal: one.expected_rank for one in fit_snsf(table, scale=Scale.SIX).proposals}
        return float(
            np.mean([rank[f"P{i}"] for i in range(20)]) - np.mean([rank[f"P{i}"] for i in range(20, 40)])
        )

    with_panels = gap(ScoreTable.of(noisy))
    without = gap(ScoreTable.of(replace(score, panel=None) for score in noisy))
    assert without > 12
    assert with_panels < without / 2


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ((1.0, 6.0), Scale.SIX),
        ((1.0, 6.5), Scale.NINE),
        ((0.0, 6.0), Scale.POINTS),
        ((10.0, 90.0), Scale.POINTS),
    ],
)
def test_the_scale_is_the_smallest_that_holds_every_score(values: tuple[float, float], scale: Scale) -> None:
    assert guess_scale(of_rows(("P1", "A", values[0]), ("P2", "B", values[1]))) is scale


def test_points_are_nine_levels_in_another_unit() -> None:
    table = committee(1, proposals=12, assessors=4).table
    nine = ScoreTable.of(replace(score, value=1 + score.value / 12.5) for score in table.scores)
    a, b = fit_snsf(table, scale=Scale.POINTS), fit_snsf(nine, scale=Scale.NINE)
    for one, two in zip(a.proposals, b.proposals, strict=True):
        assert one.expected_rank == pytest.approx(two.expected_rank, abs=0.15)


def test_the_prior_of_the_residual_is_that_of_two_uniforms() -> None:
    rng = np.random.default_rng(0)
    drawn = np.sqrt((rng.uniform(0, 2, (2, 400_000)) ** 2).sum(0))
    grid = np.linspace(0.005, 2.825, 565)
    density = np.exp(log_prior_split_residual(grid, 2.0))
    cumulative = np.cumsum(density) / density.sum()
    for point in (0.5, 1.0, 1.9, 2.1, 2.5):
        share = float(np.interp(point, grid, cumulative))
        assert share == pytest.approx(float((drawn <= point).mean()), abs=0.005)


def test_draws_agree_with_brute_force_integration_under_the_priors() -> None:
    """Fixed severity spread, tau and omega integrated on a grid with their priors; no published file needed."""
    made = committee(3, proposals=5, assessors=3, scores=2).table
    design = Design.of(made)
    design = replace(design, y=(design.y - design.y.mean()) / 12.5)
    n = design.y.size
    theta, nu = np.eye(5)[design.proposal], np.eye(3)[design.assessor]
    tau = (np.arange(80) + 0.5) * 2 / 80
    omega = (np.arange(110) + 0.5) * 2 * np.sqrt(2) / 110
    log_prior = log_prior_split_residual(omega, 2.0)
    weight, mean = [], []
    for t in tau:
        for place, o in enumerate(omega):
            v = t**2 * theta @ theta.T + 0.25 * nu @ nu.T + o**2 * np.eye(n)
            solved = np.linalg.solve(v, design.y)
            weight.append(log_prior[place] - 0.5 * np.linalg.slogdet(v)[1] - 0.5 * design.y @ solved)
            mean.append([*(t**2 * theta.T @ solved), *(0.25 * nu.T @ solved), t, o])
    share = np.exp(np.array(weight) - max(weight))
    wanted = share / share.sum() @ np.array(mean)
    draws = sample(design, 0.0, Priors(2.0, 0.5, split_residual=True), seed=1)
    found = [*draws.theta.mean(0), *draws.nu.mean(0), draws.tau.mean(), draws.omega.mean()]
    assert found == pytest.approx(wanted, abs=0.02)


def test_when_everyone_fits_nobody_draws_lots() -> None:
    order = np.tile(np.arange(6, 0, -1.0), (10, 1))
    assert funding_groups(Ranks.of(order), 2) == (Group.ACCEPTED,) * 2 + (Group.REJECTED,) * 4
    # First and second change places, third to sixth stand: the line runs through the first two only.
    order[:5, [0, 1]] = order[:5, [1, 0]]
    assert funding_groups(Ranks.of(order), 1)[:3] == (Group.LOTTERY, Group.LOTTERY, Group.REJECTED)
    assert funding_groups(Ranks.of(order), 2)[:3] == (Group.ACCEPTED, Group.ACCEPTED, Group.REJECTED)
