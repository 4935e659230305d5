"""How far assessors agree: Krippendorff's alpha, intraclass correlations, and what they mean for a choice.

A unit is what several people judged: the scores of one proposal (or of one criterion or bottleneck of it),
without the missing ones. Report over all proposals, also the weak ones: among the best alone everybody seems
to disagree (Erosheva, Martinkova, Lee 2021; scoring.md 3 and 4.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import asin, sqrt
from statistics import NormalDist

import numpy as np

from .design import Floats

Units = Sequence[Sequence[float]]


class Level(Enum):
    """What a value means: a name, a place in an order, or a number."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; None where the scores cannot give one."""

    value: float | None
    low: float | None = None
    high: float | None = None


def alpha(units: Units, level: Level) -> float | None:
    """Krippendorff's alpha = 1 - Do/De; None without two values to compare or without any difference.

    Coincidences o_ck = sum over units of the pairs (c, k) / (m_u - 1); Do = sum o_ck delta2_ck / n, De = sum
    n_c n_k delta2_ck / (n (n - 1)); delta2 by level. Source: Krippendorff, Computing Krippendorff's
    alpha-reliability (2011). Units with fewer than two values do not count.
    """
    values, pairs = _coincidences(units)
    return _alpha(values, pairs.sum(axis=0), level)


def alpha_estimate(units: Units, level: Level) -> Estimate:
    """Alpha with its jackknife interval, one unit left out at a time (Hughes, arXiv 2210.13265)."""
    values, pairs = _coincidences(units)
    whole = pairs.sum(axis=0)
    return _jackknife(
        len(pairs),
        lambda left_out: _alpha(values, whole if left_out is None else whole - pairs[left_out], level),
    )


def _coincidences(units: Units) -> tuple[Floats, Floats]:
    """(values (V), pairs (U x V x V)) of the units with at least two values."""
    usable = [np.asarray(unit, dtype=np.float64) for unit in units if len(unit) > 1]
    if not usable:
        return np.zeros(0), np.zeros((0, 0, 0))
    values = np.unique(np.concatenate(usable))
    pairs = np.zeros((len(usable), values.size, values.size))
    for number, unit in enumerate(usable):
        counts = np.bincount(np.searchsorted(values, unit), minlength=values.size).astype(np.float64)
        pairs[number] = (np.outer(counts, counts) - np.diag(counts)) / (unit.size - 1)
    return values, pairs


def _alpha(values: Floats, pairs: Floats, level: Level) -> float | None:
    marginal = pairs.sum(axis=0) if pairs.ndim == 2 else np.zeros(0)
    n = float(marginal.sum())
    if n <= 1:
        return None
    if level is Level.NOMINAL:
        delta = 1.0 - np.eye(values.size)
    elif level is Level.INTERVAL:
        delta = np.subtract.outer(values, values) ** 2
    else:
        # (sum of n_g from c to k, minus half of both ends)^2: a distance in ranks.
        middle = np.cumsum(marginal) - marginal / 2
        delta = np.subtract.outer(middle, middle) ** 2
    expected = float(marginal @ delta @ marginal) / (n * (n - 1))
    if expected <= 0.0:
        return None
    return 1.0 - float((pairs * delta).sum()) / n / expected


@dataclass(frozen=True, slots=True)
class Iccs:
    """The six coefficients of Shrout and Fleiss (1979): one score (`icc1`..) and the mean of k (`icc1k`..)."""

    icc1: float
    icc2: float
    icc3: float
    icc1k: float
    icc2k: float
    icc3k: float


def shrout_fleiss(matrix: Floats) -> Iccs:
    """ICCs of a complete table (n targets x k judges), both at least 2, from the two-way mean squares.

    Source: Shrout and Fleiss, Intraclass correlations, Psychological Bulletin 86 (1979), 420-428. Raises
    ValueError when a score is missing, the table too small, or the targets do not differ at all.
    """
    n, k = matrix.shape
    if n < 2 or k < 2:
        raise ValueError("at least two targets and two judges are needed")
    if not np.isfinite(matrix).all():
        raise ValueError("the table has a gap; use icc_one_way for incomplete scores")
    grand = float(matrix.mean())
    target, judge = matrix.mean(axis=1), matrix.mean(axis=0)
    between = k * float(((target - grand) ** 2).sum()) / (n - 1)
    judges = n * float(((judge - grand) ** 2).sum()) / (k - 1)
    within = float(((matrix - target[:, None]) ** 2).sum()) / (n * (k - 1))
    error = float(((matrix - target[:, None] - judge + grand) ** 2).sum()) / ((n - 1) * (k - 1))
    if between <= 0.0:
        raise ValueError("all targets have the same mean")
    return Iccs(
        icc1=(between - within) / (between + (k - 1) * within),
        icc2=(between - error) / (between + (k - 1) * error + k * (judges - error) / n),
        icc3=(between - error) / (between + (k - 1) * error),
        icc1k=(between - within) / between,
        icc2k=(between - error) / (between + (judges - error) / n),
        icc3k=(between - error) / between,
    )


def shrout_fleiss_estimates(matrix: Floats) -> dict[str, Estimate]:
    """The six ICCs with jackknife intervals over targets, by field name of `Iccs`."""

    def one(name: str, left_out: int | None) -> float | None:
        part = matrix if left_out is None else np.delete(matrix, left_out, axis=0)
        try:
            return float(getattr(shrout_fleiss(part), name))
        except ValueError:
            return None

    names = ("icc1", "icc2", "icc3", "icc1k", "icc2k", "icc3k")
    return {name: _jackknife(len(matrix), lambda out, name=name: one(name, out)) for name in names}  # type: ignore[misc]


def icc_one_way(units: Units) -> float | None:
    """ICC(1) from scores with unequal numbers: (MSB - MSW) / (MSB + (n0 - 1) MSW).

    n0 = (n - sum m_u^2 / n) / (U - 1) replaces k (Donner 1986, one-way analysis of variance); equals icc1 of
    Shrout and Fleiss when every unit has k scores. None with fewer than two units, or nothing to compare.
    """
    return _one_way(_sums(units))


def icc_one_way_estimate(units: Units, scores: float = 1.0) -> Estimate:
    """ICC of the mean of `scores` scores (1: a single score), with its jackknife interval over units.

    The mean of r scores follows by Spearman-Brown, r icc / (1 + (r - 1) icc).
    """
    sums = _sums(units)

    def statistic(left_out: int | None) -> float | None:
        single = _one_way(sums if left_out is None else np.delete(sums, left_out, axis=0))
        return None if single is None else spearman_brown(single, scores)

    return _jackknife(len(sums), statistic)


def spearman_brown(single: float, scores: float) -> float:
    """Reliability of the mean of `scores` scores, given that of one; a negative single is kept as 0."""
    single = max(0.0, single) if scores > 1 else single
    return scores * single / (1.0 + (scores - 1.0) * single)


def _sums(units: Units) -> Floats:
    """(U x 3): number, sum and sum of squares of each unit with a value."""
    rows = [np.asarray(unit, dtype=np.float64) for unit in units if len(unit)]
    # Around the common mean, so that squares of large scores do not swallow the differences.
    centre = float(np.concatenate(rows).mean()) if rows else 0.0
    return np.array([[row.size, (row - centre).sum(), ((row - centre) ** 2).sum()] for row in rows]).reshape(
        -1, 3
    )


def _one_way(sums: Floats) -> float | None:
    count, total, squares = sums.T
    n, units = float(count.sum()), count.size
    if units < 2 or n <= units:
        return None
    between = (float((total**2 / count).sum()) - float(total.sum()) ** 2 / n) / (units - 1)
    within = (float(squares.sum()) - float((total**2 / count).sum())) / (n - units)
    n0 = (n - float((count**2).sum()) / n) / (units - 1)
    bottom = between + (n0 - 1.0) * within
    return (between - within) / bottom if bottom > 1e-12 else None


def _jackknife(count: int, statistic: Callable[[int | None], float | None]) -> Estimate:
    """95 % interval: estimate +- t se, se^2 = (n - 1)/n sum (leave-one-out - their mean)^2; cut off above 1."""
    value = statistic(None)
    if value is None or count < 3:
        return Estimate(value)
    parts = [part for part in (statistic(index) for index in range(count)) if part is not None]
    if len(parts) < count:
        return Estimate(value)
    spread = np.asarray(parts)
    error = sqrt((count - 1) / count * float(((spread - spread.mean()) ** 2).sum()))
    reach = t_quantile(0.975, count - 1) * error
    return Estimate(value, value - reach, min(1.0, value + reach))


def t_quantile(p: float, df: int) -> float:
    """Quantile of Student's t by the expansion 26.7.5 of Abramowitz and Stegun; exact for 1 and 2 degrees.

    Wrong by less than .01 from three degrees of freedom on at p = .975, and by less than .001 from six.
    """
    if df == 1:
        return float(np.tan(np.pi * (p - 0.5)))
    if df == 2:
        return (2 * p - 1) / sqrt(2 * p * (1 - p))
    x = float(NormalDist().inv_cdf(p))
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160,
    )
    return float(x + sum(term / df ** (power + 1) for power, term in enumerate(terms)))


def misplaced_share(reliability: float, selected: float) -> float:
    """Expected share of the selected that is not truly among the best `selected` (0 < selected < 1).

    1 - Phi2(-z, -z; rho)/q with z = Phi^-1(1 - q), rho = sqrt(reliability of the mean score); Phi2 by
    Plackett's integral over the correlation (scoring.md 4.4).
    """
    normal = NormalDist()
    z = normal.inv_cdf(1.0 - selected)
    rho = sqrt(min(1.0, max(0.0, reliability)))
    node, weight = np.polynomial.legendre.leggauss(64)
    top = asin(rho)
    angle = (node + 1.0) * top / 2.0
    # exp(-(h^2 + k^2 - 2 h k sin a) / 2 cos^2 a) with h = k = z.
    integral = float((weight * np.exp(-(z**2) / (1.0 + np.sin(angle)))).sum()) * top / 2.0
    both = normal.cdf(-z) ** 2 + integral / (2.0 * np.pi)
    return float(min(1.0, max(0.0, 1.0 - both / selected)))


def agreement_code(estimate: Estimate) -> str:
    """Which sentence of `words` fits an alpha or ICC; bounds .667 and .8 are Krippendorff's."""
    if estimate.value is None:
        return "agreement_unknown"
    if estimate.value <= 0 or (estimate.low is not None and estimate.low <= 0):
        return "agreement_not_shown"
    for bound, code in ((0.4, "agreement_low"), (0.667, "agreement_fair"), (0.8, "agreement_good")):
        if estimate.value < bound:
            return code
    return "agreement_high"
