"""What the meeting should talk about: proposals with a reason to look again. Flags for talk, never corrections.

Bounds from scoring.md 4 and 4.3: a spread of 35 points (nearly three of nine levels), four levels on one
criterion, a residual beyond 2.5 standard deviations, and a chance of the top k between .2 and .8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from .coupling import ADVICE_FROM
from .results import Fit, ScoreFit
from .words import Remark

Levels = Mapping[tuple[str, str], Mapping[str, int]]
"""(proposal, assessor) to criterion to level 1-9."""


class Placed(Protocol):
    """What the list needs to know of a proposal; a `ProposalFit` is one. `top_k`: None when it is not known."""

    @property
    def proposal(self) -> str: ...
    @property
    def scores(self) -> int: ...
    @property
    def raw_rank(self) -> float: ...
    @property
    def adjusted_rank(self) -> float: ...
    @property
    def top_k(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """When to flag; `spread` in the unit of the scores (points)."""

    spread: float = 35.0
    levels: int = 4
    residual: float = 2.5
    coupling: float = ADVICE_FROM
    grey_low: float = 0.2
    grey_high: float = 0.8


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal on the list with its reasons, weightiest kind first."""

    proposal: str
    remarks: tuple[Remark, ...]


def attention(fit: Fit, levels: Levels | None = None, limits: Limits = Limits()) -> tuple[Item, ...]:
    """The list of a fit: proposals in the grey zone first, then by number of reasons, then in order of name.

    Remarks name assessors by the keys of the fit; pages that must not show them give coded keys.
    """
    coupled = {one.assessor: one.coupling for one in fit.assessors}
    return flags(fit.proposals, fit.scores, coupled, fit.k, levels, limits)


def flags(
    proposals: Iterable[Placed],
    all_scores: Iterable[ScoreFit],
    coupled: Mapping[str, float],
    k: int | None,
    levels: Levels | None = None,
    limits: Limits = Limits(),
) -> tuple[Item, ...]:
    """The same list from its parts. `coupled`: how well each assessor is tied to the rest, by key."""
    scores: dict[str, list[ScoreFit]] = {}
    for score in all_scores:
        scores.setdefault(score.proposal, []).append(score)
    items: list[tuple[bool, int, int, Item]] = []
    for place, one in enumerate(proposals):
        remarks: list[Remark] = []
        grey = one.top_k is not None and limits.grey_low <= one.top_k <= limits.grey_high
        if grey and k is not None and one.top_k is not None:
            remarks.append(Remark.of("grey_zone", k=k, percent=round(100 * one.top_k)))
        if k is not None:
            above_raw, above_adjusted = one.raw_rank <= k, one.adjusted_rank <= k
            if above_raw != above_adjusted:
                remarks.append(Remark.of("crosses_up" if above_adjusted else "crosses_down"))
        own = scores[one.proposal]
        values = [score.value for score in own]
        if max(values) - min(values) >= limits.spread:
            remarks.append(Remark.of("wide_spread", points=round(max(values) - min(values), 2)))
        remarks += _level_gaps(one.proposal, own, levels or {}, limits)
        remarks += [_unusual(score) for score in own if abs(score.standardised) > limits.residual]
        if one.scores == 1:
            remarks.append(Remark.of("one_score"))
        if sum(coupled[score.assessor] for score in own) / len(own) < limits.coupling:
            remarks.append(Remark.of("low_coupling"))
        if remarks:
            items.append((not grey, -len(remarks), place, Item(one.proposal, tuple(remarks))))
    return tuple(item for *_, item in sorted(items, key=lambda row: row[:3]))


def _level_gaps(proposal: str, own: list[ScoreFit], levels: Levels, limits: Limits) -> list[Remark]:
    by_criterion: dict[str, list[int]] = {}
    for score in own:
        for criterion, level in levels.get((proposal, score.assessor), {}).items():
            by_criterion.setdefault(criterion, []).append(level)
    return [
        Remark.of("level_gap", criterion=criterion, levels=max(found) - min(found))
        for criterion, found in sorted(by_criterion.items())
        if max(found) - min(found) >= limits.levels
    ]


def _unusual(score: ScoreFit) -> Remark:
    distance = score.value - score.expected
    direction = "hoger" if distance > 0 else "lager"
    return Remark.of(
        "unusual_score", assessor=score.assessor, points=float(round(abs(distance))), direction=direction
    )
