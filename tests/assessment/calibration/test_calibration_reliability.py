"""Reliability against the published worked examples, by definition, and where nothing can be said."""

import itertools
from math import nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pool.assessment.calibration.reliability import (
    Estimate,
    Level,
    agreement_code,
    alpha,
    alpha_estimate,
    icc_one_way,
    icc_one_way_estimate,
    misplaced_share,
    shrout_fleiss,
    shrout_fleiss_estimates,
    spearman_brown,
    t_quantile,
)

# Krippendorff, Computing Krippendorff's alpha-reliability, section C: 3 coders, 15 units; also on Wikipedia.
CODERS = (
    "* * * * * 3 4 1 2 1 1 3 3 * 3",
    "1 * 2 1 3 3 4 3 * * * * * * *",
    "* * 2 1 3 4 4 * 2 1 1 3 3 * 4",
)
UNITS = [[float(v) for v in unit if v != "*"] for unit in zip(*(row.split() for row in CODERS), strict=True)]
# Shrout and Fleiss (1979), table 2: 6 targets, 4 judges.
TARGETS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7.0]])


@pytest.mark.parametrize("units", [[], [[1.0]], [[1.0], [2.0]], [[1.0, 1.0], [1.0, 1.0]], [[], []]])
def test_alpha_of_nothing_is_none(units: list[list[float]]) -> None:
    for level in Level:
        assert alpha(units, level) is None
        assert alpha_estimate(units, level) == Estimate(None)


def test_iccs_refuse_what_has_no_answer() -> None:
    for matrix, why in (
        (np.ones((1, 3)), "two targets"),
        (np.ones((3, 1)), "two targets"),
        (np.array([[1.0, nan], [2.0, 3.0]]), "gap"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "same mean"),
    ):
        with pytest.raises(ValueError, match=why):
            shrout_fleiss(matrix)
    assert icc_one_way([[1.0, 2.0]]) is None
    assert icc_one_way([[1.0], [2.0], [3.0]]) is None
    assert icc_one_way([[1.0, 1.0], [1.0, 1.0]]) is None
    assert icc_one_way([]) is None


@pytest.mark.parametrize(
    ("level", "wanted"), [(Level.NOMINAL, 0.6914), (Level.ORDINAL, 0.8067), (Level.INTERVAL, 0.8108)]
)
def test_krippendorffs_example_to_the_digits_given(level: Level, wanted: float) -> None:
    found = alpha(UNITS, level)
    assert found is not None
    assert round(found, 4) == wanted


def test_the_shrout_fleiss_example_to_the_digits_given() -> None:
    found = shrout_fleiss(TARGETS)
    figures = (found.icc1, found.icc2, found.icc3, found.icc1k, found.icc2k, found.icc3k)
    assert [round(figure, 2) for figure in figures] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_one_way_with_equal_numbers_is_the_first_of_shrout_and_fleiss() -> None:
    units = TARGETS.tolist()
    assert icc_one_way(units) == pytest.approx(shrout_fleiss(TARGETS).icc1)
    mean = icc_one_way_estimate(units, 4)
    assert mean.value == pytest.approx(shrout_fleiss(TARGETS).icc1k)


def by_definition(units: list[list[float]], level: Level) -> float | None:
    """Alpha as the text defines it, pair by pair, without coincidences."""
    usable = [unit for unit in units if len(unit) > 1]
    pooled = [value for unit in usable for value in unit]
    n = len(pooled)

    def delta(a: float, b: float) -> float:
        if level is Level.NOMINAL:
            return float(a != b)
        if level is Level.INTERVAL:
            return (a - b) ** 2
        low, high = min(a, b), max(a, b)
        between = sum(low <= value <= high for value in pooled)
        return (between - (pooled.count(low) + pooled.count(high)) / 2) ** 2 if a != b else 0.0

    expected = sum(delta(a, b) for a, b in itertools.permutations(pooled, 2))
    if not expected:
        return None
    observed = sum(
        sum(delta(a, b) for a, b in itertools.permutations(unit, 2)) / (len(unit) - 1) for unit in usable
    )
    return 1 - (n - 1) * observed / expected


tables = st.lists(st.lists(st.integers(1, 9).map(float), max_size=4), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(tables, st.sampled_from(Level))
def test_alpha_equals_its_definition(units: list[list[float]], level: Level) -> None:
    wanted, found = by_definition(units, level), alpha(units, level)
    assert (found is None) == (wanted is None)
    if wanted is not None:
        assert found == pytest.approx(wanted)


@settings(max_examples=40, deadline=None)
@given(tables, st.sampled_from(Level))
def test_order_of_units_and_of_values_does_not_matter_and_a_new_zero_neither(
    units: list[list[float]], level: Level
) -> None:
    other = [[value + 3 for value in reversed(unit)] for unit in reversed(units)]
    found = alpha(units, level)
    assert alpha(other, level) == (None if found is None else pytest.approx(found))


def test_the_jackknife_is_the_plain_one() -> None:
    found = alpha_estimate(UNITS, Level.ORDINAL)
    usable = [unit for unit in UNITS if len(unit) > 1]
    parts = np.array(
        [alpha(usable[:x] + usable[x + 1 :], Level.ORDINAL) for x in range(len(usable))], dtype=float
    )
    n = len(usable)
    error = np.sqrt((n - 1) / n * ((parts - parts.mean()) ** 2).sum())
    assert found.low is not None
    assert found.value is not None
    assert found.low == pytest.approx(found.value - t_quantile(0.975, n - 1) * error)
    assert found.high == 1.0


def test_the_jackknife_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        scores = rng.normal(0, 0.7, (60, 1)) + rng.normal(0, 0.8, (60, 3))
        found = icc_one_way_estimate(scores.tolist())
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.49 / (0.49 + 0.64) <= found.high
    assert held / 200 > 0.9


def test_intervals_of_the_six_stand_around_their_values() -> None:
    for name, found in shrout_fleiss_estimates(TARGETS).items():
        assert found.value == pytest.approx(getattr(shrout_fleiss(TARGETS), name))
        assert found.low is not None
        assert found.high is not None
        assert found.low < found.value < found.high <= 1
    assert shrout_fleiss_estimates(TARGETS[:2])["icc1"].low is None


# Student's t at .975, from any printed table.
@pytest.mark.parametrize(
    ("df", "wanted", "within"),
    [
        (1, 12.706, 1e-3),
        (2, 4.303, 1e-3),
        (3, 3.182, 1e-2),
        (6, 2.447, 1e-3),
        (14, 2.145, 1e-3),
        (99, 1.984, 1e-3),
    ],
)
def test_quantiles_of_t(df: int, wanted: float, within: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(wanted, abs=within)


# scoring.md 4.4, q = .4, r = 2, 3, 4.
@pytest.mark.parametrize(("icc", "wanted"), [(0.26, (34, 30, 27)), (0.37, (29, 25, 22)), (0.5, (24, 20, 18))])
def test_the_share_of_wrong_choices(icc: float, wanted: tuple[int, int, int]) -> None:
    found = [round(100 * misplaced_share(spearman_brown(icc, r), 0.4)) for r in (2, 3, 4)]
    assert found == pytest.approx(wanted, abs=1)


def test_the_share_of_wrong_choices_at_its_ends_and_by_simulation() -> None:
    assert misplaced_share(0.0, 0.3) == pytest.approx(0.7)
    assert misplaced_share(1.0, 0.3) == pytest.approx(0.0, abs=1e-6)
    rng = np.random.default_rng(0)
    truth = rng.normal(size=200_000)
    seen = np.sqrt(0.6) * truth + np.sqrt(0.4) * rng.normal(size=truth.size)
    top = [values > np.quantile(values, 0.7) for values in (truth, seen)]
    assert misplaced_share(0.6, 0.3) == pytest.approx(1 - (top[0] & top[1]).mean() / 0.3, abs=0.01)


@pytest.mark.parametrize(
    ("estimate", "code"),
    [
        (Estimate(None), "agreement_unknown"),
        (Estimate(-0.1, -0.3, 0.1), "agreement_not_shown"),
        (Estimate(0.3, -0.01, 0.6), "agreement_not_shown"),
        (Estimate(0.3, 0.1, 0.5), "agreement_low"),
        (Estimate(0.5, 0.4, 0.6), "agreement_fair"),
        (Estimate(0.7, 0.6, 0.8), "agreement_good"),
        (Estimate(0.8), "agreement_high"),
    ],
)
def test_which_words_a_figure_gets(estimate: Estimate, code: str) -> None:
    assert agreement_code(estimate) == code
