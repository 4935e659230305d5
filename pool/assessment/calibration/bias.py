"""Does something weigh in that should not? Effects in points with a permutation p. Diagnosis, never correction.

Two kinds of question (scoring.md 9):

- about a *score* (is the assessor of the applicant's own region? how late did he or she read it?): proposals
  and assessors are taken out first, so only the difference within both is left; the mark is permuted within
  assessor;
- about a *proposal* (size of the municipality, theme, region): groups of calibrated scores are compared; the
  groups are permuted over the proposals. Such a difference may be one of quality: it is a question, no answer.

Many questions give a chance hit now and then: one in twenty at p = .05.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from .design import Design, Floats
from .model import PERMUTATIONS, SEED
from .reliability import t_quantile
from .scores import ScoreTable
from .words import Remark

Pair = tuple[str, str]
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Effect:
    """`points` with a 95 % interval, in the unit of the scores; all None where the data cannot tell.

    `detectable` is the effect that would be found four times out of five at the 5 % level: a smaller one may be
    there unseen. `count` scores or proposals were used.
    """

    name: str
    points: float | None
    low: float | None
    high: float | None
    p: float | None
    detectable: float | None
    count: int

    def remark(self) -> Remark:
        """The sentence for chair and programme team."""
        if self.points is None or self.p is None or self.detectable is None:
            return Remark.of("bias_unknown", name=self.name)
        if self.p > 0.05:
            return Remark.of("bias_none", name=self.name, detectable=round(self.detectable, 1))
        return Remark.of("bias_shown", name=self.name, points=round(self.points, 1))


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """One group against all others together: difference of mean calibrated score, in points."""

    group: str
    proposals: int
    points: float
    p: float


@dataclass(frozen=True, slots=True)
class Groups:
    """All groups of one property. `p` asks whether the groups differ at all; read it before any single one."""

    name: str
    groups: tuple[GroupEffect, ...]
    p: float | None

    def remark(self) -> Remark:
        """The sentence for chair and programme team."""
        if self.p is None:
            return Remark.of("bias_unknown", name=self.name)
        return Remark.of("bias_groups_none" if self.p > 0.05 else "bias_groups_shown", name=self.name)


@dataclass(frozen=True, slots=True)
class Cell:
    """Assessors of one group on proposals of another: mean distance to what proposal and assessor explain."""

    assessor_group: str
    proposal_group: str
    scores: int
    points: float


def within_effect(
    table: ScoreTable, name: str, mark: Mapping[Pair, float], per: float = 1.0, seed: int = SEED
) -> Effect:
    """Effect of a mark on a score, for each `per` of the mark.

    `mark` gives a number for each (proposal, assessor): 1 and 0 for yes and no, or a reading position; scores
    without a mark are left out. beta = x'My / x'Mx with M the projection away from proposal and assessor
    effects (Frisch-Waugh-Lovell). p: the mark permuted within assessor, two-sided on |beta| / se(beta), so that
    a permutation that leaves little of x after M does not count for more than it shows.
    """
    kept = [score for score in table.scores if (score.proposal, score.assessor) in mark]
    unknown = Effect(name, None, None, None, None, None, len(kept))
    if len(kept) < 3:
        return unknown
    y = np.array([score.value for score in kept])
    x = np.array([mark[score.proposal, score.assessor] for score in kept], dtype=np.float64) / per
    assessor = np.unique([score.assessor for score in kept], return_inverse=True)[1]
    basis = _basis([score.proposal for score in kept], [score.assessor for score in kept])
    freedom = len(kept) - basis.shape[1] - 1
    my = y - basis @ (basis.T @ y)
    mx = x - basis @ (basis.T @ x)
    left = float(mx @ mx)
    if freedom < 1 or left <= 1e-9 * max(1.0, float(((x - x.mean()) ** 2).sum())):
        return unknown
    total = float(my @ my)
    beta = float(mx @ my) / left
    error = float(np.sqrt(max(0.0, total - beta**2 * left) / freedom / left))

    # Given M, |t| grows with the squared correlation of Mx and My, which needs no division by the residual.
    observed = beta**2 * left
    rng = np.random.default_rng(seed)
    by_assessor = np.argsort(assessor, kind="stable")
    # Sorting by assessor plus a fraction shuffles within assessor; one row for each permutation.
    orders = np.argsort(assessor + rng.random((PERMUTATIONS, x.size)), axis=1)
    shuffled = np.empty((PERMUTATIONS, x.size))
    shuffled[:, by_assessor] = x[orders]
    size = (shuffled**2).sum(axis=1) - ((shuffled @ basis) ** 2).sum(axis=1)
    usable = size > 1e-9 * left
    found = np.where(usable, (shuffled @ my) ** 2 / np.where(usable, size, 1.0), 0.0)
    at_least = int((found >= observed * (1 - 1e-9)).sum())
    reach = t_quantile(0.975, freedom) * error
    return Effect(
        name,
        beta,
        beta - reach,
        beta + reach,
        (1 + at_least) / (1 + PERMUTATIONS),
        _detectable(error),
        len(kept),
    )


def same_group(
    assessor_groups: Mapping[str, frozenset[str]], proposal_groups: Mapping[str, frozenset[str]]
) -> dict[Pair, float]:
    """The mark for "assessor and applicant share a group" (region, part of the country): 1 or 0.

    Either may have several. Only pairs of which both groups are known.
    """
    return {
        (proposal, assessor): float(bool(theirs & own))
        for proposal, theirs in proposal_groups.items()
        for assessor, own in assessor_groups.items()
        if theirs and own
    }


def cross(
    table: ScoreTable, assessor_group: Mapping[str, str], proposal_group: Mapping[str, str]
) -> tuple[Cell, ...]:
    """Assessor group x proposal group: mean residual after proposal and assessor effects, and its count."""
    design = Design.of(table)
    basis = _basis([score.proposal for score in table.scores], [score.assessor for score in table.scores])
    residual = design.y - basis @ (basis.T @ design.y)
    cells: dict[Pair, list[float]] = {}
    for score, left in zip(table.scores, residual, strict=True):
        if score.assessor in assessor_group and score.proposal in proposal_group:
            key = (assessor_group[score.assessor], proposal_group[score.proposal])
            cells.setdefault(key, []).append(float(left))
    return tuple(Cell(*key, len(values), sum(values) / len(values)) for key, values in sorted(cells.items()))


def between_groups(
    values: Mapping[str, float], name: str, group: Mapping[str, str], seed: int = SEED
) -> Groups:
    """Do groups of proposals (size class, theme) differ in score? Proposals without a group stay out.

    `values`: the score of each proposal, adjusted where assessors may be compared.

    p of the whole: sum of squares between groups; of one group: |difference with the rest|; both by permuting
    groups over proposals.
    """
    kept = [proposal for proposal in values if proposal in group]
    labels = sorted({group[proposal] for proposal in kept})
    if len(labels) < 2:
        return Groups(name, (), None)
    y = np.array([values[proposal] for proposal in kept])
    y -= y.mean()
    member = np.array([[group[proposal] == label for proposal in kept] for label in labels], dtype=np.float64)
    size = member.sum(axis=1)

    def differences(values: Floats) -> Floats:
        # Mean of the group minus mean of the rest, for values that sum to 0: s/n + s/(N - n).
        total = member @ values
        gap: Floats = total / size + total / (y.size - size)
        return gap

    observed = differences(y)
    between = float(((member @ y) ** 2 / size).sum())
    rng = np.random.default_rng(seed)
    whole, single = 0, np.zeros(len(labels))
    for _ in range(PERMUTATIONS):
        shuffled = rng.permutation(y)
        whole += float(((member @ shuffled) ** 2 / size).sum()) >= between * (1 - 1e-9)
        single += np.abs(differences(shuffled)) >= np.abs(observed) * (1 - 1e-9)
    effects = tuple(
        GroupEffect(label, int(size[x]), float(observed[x]), float((1 + single[x]) / (1 + PERMUTATIONS)))
        for x, label in enumerate(labels)
    )
    return Groups(name, effects, (1 + whole) / (1 + PERMUTATIONS))


def _basis(proposals: list[str], assessors: list[str]) -> Floats:
    """Orthonormal basis (n x rank) of the proposal and assessor indicators."""
    blocks = []
    for keys in (proposals, assessors):
        place = np.unique(keys, return_inverse=True)[1]
        blocks.append((place[:, None] == np.arange(place.max() + 1)).astype(np.float64))
    left, values, _ = np.linalg.svd(np.hstack(blocks), full_matrices=False)
    basis: Floats = left[:, values > 1e-9 * values[0]]
    return basis


def _detectable(error: float) -> float:
    normal = NormalDist()
    return (normal.inv_cdf(0.975) + normal.inv_cdf(POWER)) * error
