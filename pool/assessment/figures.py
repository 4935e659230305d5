"""The bridge from stored scores to the statistics that take too long for a page.

Inputs are plain values with a canonical JSON, so that the same inputs have the same hash and are worked out once.
What comes out is plain as well: points and shares as whole thousandths, everything else as integers or None. It is
shown and talked about, and never decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pool.core.text import fingerprint

from .adjusted import Total
from .states import StudyKind

if TYPE_CHECKING:
    from .calibration.reliability import Estimate
    from .calibration.results import Fit
    from .calibration.scores import ScoreTable

VERSION = 1
"""Of what comes out. Another version has other hashes, so an old study is never taken for a new one."""


@dataclass(frozen=True)
class PlacesInput:
    """The totals of a round, and nothing else."""

    totals: tuple[Total, ...]

    @property
    def sha256(self) -> str:
        return fingerprint({"version": VERSION, "totals": [list(total) for total in sorted(self.totals)]})


def work_out_places(given: PlacesInput) -> dict[str, Any]:
    """How sure every place is, how strict every assessor, and how far assessors agree.

    `places`: application to [expected place, thousandths; ends of the middle 50 % and of the middle 90 %] and
    to its chance of each place or better (per 10 000, from place `first` until it is certain). `assessors`:
    person to [points above the others, and both ends of 90 %], thousandths. `severity_p`: per 10 000. Raises
    BadScoresError when there is nothing to compare.
    """
    from .calibration.model import fit_additive
    from .calibration.ranks import Ranks
    from .calibration.scores import Score, ScoreTable

    table = ScoreTable.of(Score(one, other, total / 1000) for one, other, total in given.totals)
    fit = fit_additive(table)
    share = Ranks.of(fit.draws).share
    return {
        "version": VERSION,
        "applications": len(table.proposals),
        "scores": len(table.scores),
        "converged": bool(fit.converged),
        "severity_p": round(fit.severity_p * 10_000),
        "severity_shown": bool(fit.severity_shown),
        "places": {
            one.proposal: {
                "expected": round(one.expected_rank * 1000),
                "middle_50": list(one.rank_50),
                "middle_90": list(one.rank_90),
                **_cumulative([float(x) for x in share[place]]),
            }
            for place, one in enumerate(fit.proposals)
        },
        "assessors": {
            one.assessor: [round(x * 1000) for x in (one.severity, *one.severity_90)] for one in fit.assessors
        },
        "agreement": _agreement(table, fit),
    }


def _cumulative(share: Sequence[float]) -> dict[str, Any]:
    """The chance of place `first` or better, and so on until it is certain, per 10 000."""
    sums, total = [], 0.0
    for part in share:
        total += part
        sums.append(min(10_000, round(total * 10_000)))
    first = next((place for place, value in enumerate(sums) if value), 0)
    last = next((place for place, value in enumerate(sums) if value == 10_000), len(sums) - 1)
    return {"first": first + 1, "chances": sums[first : last + 1]}


def _agreement(table: ScoreTable, fit: Fit) -> dict[str, Any]:
    """Krippendorff's alpha of the totals, the intraclass correlation of one score and of the mean of all, what the
    first means in words (a code), and for every k how many of the k highest are probably not the true best k."""
    from .calibration.reliability import (
        Level,
        agreement_code,
        alpha_estimate,
        icc_one_way_estimate,
        misplaced_share,
        spearman_brown,
    )

    units = list(table.by_proposal().values())
    # Harmonic mean: the variance of a mean goes with one over the number of scores.
    scores = len(units) / sum(1 / len(unit) for unit in units)
    single = icc_one_way_estimate(units)
    misplaced = []
    if single.value is not None:
        reliability = spearman_brown(single.value, scores)
        misplaced = [round(k * misplaced_share(reliability, k / len(units))) for k in range(1, len(units))]
    return {
        "code": agreement_code(single),
        "misplaced": misplaced,
        "scores": round(scores * 1000),
        "alpha": _estimate(alpha_estimate(units, Level.INTERVAL)),
        "icc": _estimate(single),
        "icc_mean": _estimate(icc_one_way_estimate(units, scores)),
        "icc_corrected": round(1000 * fit.proposal_sd**2 / (fit.proposal_sd**2 + fit.residual_sd**2)),
    }


def _estimate(found: Estimate) -> list[int | None]:
    """[value, low, high] in thousandths; None where the scores cannot give one."""
    return [None if value is None else round(value * 1000) for value in (found.value, found.low, found.high)]


@dataclass(frozen=True)
class InfluenceInput:
    """Scores with what might weigh in besides quality. Applications and people are known by their key.

    levels: per application, person and criterion. order: in which a person handed in, from 1. regions, parts: of
    the country, of an application (the leading one first) and of a person; nobody's is asked, so only where known.
    groups: name of a property to application to its group. corrected: whether groups are compared on adjusted
    means; else on the given ones.
    """

    totals: tuple[Total, ...]
    levels: tuple[tuple[str, str, str, int], ...]
    order: tuple[tuple[str, str, int], ...]
    application_regions: Mapping[str, tuple[str, ...]]
    person_regions: Mapping[str, tuple[str, ...]]
    application_parts: Mapping[str, tuple[str, ...]]
    person_parts: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, Mapping[str, str]]
    corrected: bool

    @property
    def sha256(self) -> str:
        return fingerprint(
            {
                "version": VERSION,
                "totals": [list(x) for x in sorted(self.totals)],
                "levels": [list(x) for x in sorted(self.levels)],
                "order": [list(x) for x in sorted(self.order)],
                "places": [
                    {key: list(names) for key, names in sorted(part.items())}
                    for part in (
                        self.application_regions,
                        self.person_regions,
                        self.application_parts,
                        self.person_parts,
                    )
                ],
                "groups": {name: dict(group) for name, group in self.groups.items()},
                "corrected": self.corrected,
            }
        )


OWN_REGION = "eigen regio"
OWN_PART = "eigen landsdeel"
ORDER = "volgorde van indienen"
PER_PLACES = 10
"""The effect of the order is told for so many applications later."""


def work_out_influence(given: InfluenceInput) -> dict[str, Any]:
    """Effects in points (thousandths) with a permutation p (per 10 000), for people to talk about.

    `effects`: about a score; `groups`: about an application; `cells`: assessors of one part of the country on
    applicants of another; `criteria`: ordinal alpha per criterion. Each effect carries its sentence as a code with
    values. Raises BadScoresError when there is nothing to compare.
    """
    from .calibration.bias import between_groups, cross, within_effect
    from .calibration.reliability import Level, agreement_code, alpha_estimate
    from .calibration.scores import Score, ScoreTable

    table = ScoreTable.of(Score(one, other, total / 1000) for one, other, total in given.totals)
    scored = {(one, other) for one, other, _ in given.totals}
    effects = []
    for name, mark, per in (
        (OWN_REGION, _shared(given.person_regions, given.application_regions), 1.0),
        (OWN_PART, _shared(given.person_parts, given.application_parts), 1.0),
        (ORDER, {(a, u): float(n) for a, u, n in given.order if (a, u) in scored}, float(PER_PLACES)),
    ):
        found = within_effect(table, name, mark, per)
        effects.append(
            {
                "name": name,
                "count": found.count,
                "points": _thousandths(found.points),
                "low": _thousandths(found.low),
                "high": _thousandths(found.high),
                "p": None if found.p is None else round(found.p * 10_000),
                "detectable": _thousandths(found.detectable),
                "remark": _code(found.remark()),
            }
        )
    values = _values(table, corrected=given.corrected)
    groups = []
    for name, group in sorted(given.groups.items()):
        apart = between_groups(values, name, group)
        groups.append(
            {
                "name": name,
                "p": None if apart.p is None else round(apart.p * 10_000),
                "remark": _code(apart.remark()),
                "groups": [
                    [one.group, one.proposals, _thousandths(one.points), round(one.p * 10_000)]
                    for one in apart.groups
                ],
            }
        )
    by_criterion: dict[str, dict[str, list[int]]] = {}
    for application, _, criterion, level in given.levels:
        by_criterion.setdefault(criterion, {}).setdefault(application, []).append(level)
    criteria = {}
    for criterion, units in by_criterion.items():
        alpha = alpha_estimate(list(units.values()), Level.ORDINAL)
        criteria[criterion] = {"alpha": _estimate(alpha), "code": agreement_code(alpha)}
    return {
        "version": VERSION,
        "effects": effects,
        "groups": groups,
        "cells": [
            [cell.assessor_group, cell.proposal_group, cell.scores, _thousandths(cell.points)]
            for cell in cross(table, _first(given.person_parts), _first(given.application_parts))
        ],
        "criteria": criteria,
    }


def _shared(
    people: Mapping[str, tuple[str, ...]], applications: Mapping[str, tuple[str, ...]]
) -> dict[tuple[str, str], float]:
    from .calibration.bias import same_group

    return same_group(
        {key: frozenset(names) for key, names in people.items()},
        {key: frozenset(names) for key, names in applications.items()},
    )


def _first(names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {key: found[0] for key, found in names.items() if found}


def _values(table: ScoreTable, *, corrected: bool) -> dict[str, float]:
    """Application to its mean, adjusted for strict and lenient assessors or as given."""
    from .calibration.design import Design
    from .calibration.model import adjusted_means, estimate

    design = Design.of(table)
    means = adjusted_means(design, estimate(design)[1]) if corrected else design.raw()
    return {key: float(means[x]) for x, key in enumerate(table.proposals)}


def _thousandths(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)


def _code(remark: Any) -> dict[str, Any]:
    return {"code": remark.code, "values": dict(remark.values)}


Given = PlacesInput | InfluenceInput


def kind_of(given: Given) -> StudyKind:
    return StudyKind.PLACES if isinstance(given, PlacesInput) else StudyKind.INFLUENCE


def work_out(given: Given) -> dict[str, Any]:
    """What the statistics say about these inputs; see the two functions above."""
    return work_out_places(given) if isinstance(given, PlacesInput) else work_out_influence(given)
