"""Everything about one set of scores as one JSON object: the calibration run that gets stored and shown.

Numbers are rounded to four decimals, so that two machines that differ in the last bit write the same file.
"""

from __future__ import annotations

from typing import Any

from .attention import Limits, attention
from .coupling import Coupling, coupling
from .design import Design
from .model import fit_additive
from .ranks import Ranks
from .reliability import (
    Estimate,
    Level,
    agreement_code,
    alpha_estimate,
    icc_one_way_estimate,
    misplaced_share,
    spearman_brown,
)
from .results import Fit
from .scores import ScoreTable
from .snsf import Scale, fit_snsf, funding_groups, guess_scale
from .words import Remark

VERSION = 1


def report(table: ScoreTable, model: str, k: int | None, scale: Scale | None, seed: int) -> dict[str, Any]:
    """Fit `model` ("additive" or "snsf") and describe the outcome. Raises BadScoresError."""
    used_scale: Scale | None = None
    if model == "snsf":
        used_scale = scale or guess_scale(table)
        fit = fit_snsf(table, k, used_scale, seed)
    else:
        fit = fit_additive(table, k, seed)
    tied = coupling(Design.of(table).incidence)
    alpha, single, mean, remarks = _reliability(table, fit)
    return {
        "version": VERSION,
        "model": model,
        "scale": used_scale.value if used_scale else None,
        "k": k,
        "seed": seed,
        "input": {
            "sha256": table.sha256(),
            "scores": len(table.scores),
            "proposals": len(table.proposals),
            "assessors": len(table.assessors),
            "panels": list(table.panels),
        },
        "coupling": _coupling(tied),
        "severity": {
            "sign": "positive: gives more points than the committee",
            "sd": _round(fit.assessor_sd),
            "sd_95": None if fit.assessor_sd_95 is None else [_round(end) for end in fit.assessor_sd_95],
            "p": _round(fit.severity_p),
            "shown": fit.severity_shown,
            **_remark(Remark.of("severity_shown" if fit.severity_shown else "severity_not_shown")),
        },
        "spread": {"proposal_sd": _round(fit.proposal_sd), "residual_sd": _round(fit.residual_sd)},
        "reliability": {
            "alpha": {"level": "interval", **_estimate(alpha)},
            "icc": _estimate(single),
            "icc_mean": _estimate(mean),
            "icc_calibrated": _round(fit.proposal_sd**2 / (fit.proposal_sd**2 + fit.residual_sd**2)),
            "remarks": [_remark(remark) for remark in remarks],
        },
        "draws": {"kept": int(fit.draws.shape[0]), "rhat": _round(fit.rhat), "converged": fit.converged},
        "proposals": _proposals(fit),
        "assessors": [
            {
                "assessor": one.assessor,
                "scores": one.scores,
                "severity": _round(one.severity),
                "severity_90": [_round(end) for end in one.severity_90],
                "coupling": _round(one.coupling),
            }
            for one in fit.assessors
        ],
        "attention": [
            {"proposal": item.proposal, "remarks": [_remark(remark) for remark in item.remarks]}
            for item in attention(fit, limits=_limits(table))
        ],
    }


def _limits(table: ScoreTable) -> Limits:
    """The usual limits, with the spread as the same share of a 1-6 or 1-9 scale as 35 is of 100 points."""
    width = {Scale.SIX: 5.0, Scale.NINE: 8.0, Scale.POINTS: 100.0}[guess_scale(table)]
    return Limits(spread=Limits().spread * width / 100.0)


def _proposals(fit: Fit) -> list[dict[str, Any]]:
    groups = funding_groups(Ranks.of(fit.draws), fit.k) if fit.model == "snsf" and fit.k is not None else None
    rows = []
    for place, one in enumerate(fit.proposals):
        row: dict[str, Any] = {
            "proposal": one.proposal,
            "panel": one.panel,
            "scores": one.scores,
            "raw": _round(one.raw),
            "raw_rank": one.raw_rank,
            "adjusted": _round(one.adjusted),
            "adjusted_rank": one.adjusted_rank,
            "expected_rank": _round(one.expected_rank),
            "rank_50": list(one.rank_50),
            "rank_90": list(one.rank_90),
            "p_top_k": None if one.top_k is None else _round(one.top_k),
        }
        if groups is not None:
            row["snsf_group"] = groups[place].value
        rows.append(row)
    return rows


def _reliability(table: ScoreTable, fit: Fit) -> tuple[Estimate, Estimate, Estimate, list[Remark]]:
    units = list(table.by_proposal().values())
    # Harmonic mean: the variance of a mean goes with 1/n_i.
    scores = len(units) / sum(1 / len(unit) for unit in units)
    single, mean = icc_one_way_estimate(units), icc_one_way_estimate(units, scores)
    remarks = [Remark.of(agreement_code(single))]
    size = len(units)
    if fit.k is not None and fit.k < size and single.value is not None:
        share = misplaced_share(spearman_brown(single.value, scores), fit.k / size)
        remarks.append(Remark.of("misplaced", k=fit.k, wrong=round(share * fit.k)))
    return alpha_estimate(units, Level.INTERVAL), single, mean, remarks


def _coupling(tied: Coupling) -> dict[str, Any]:
    remarks = [Remark.of(f"coupling_{tied.gate.value}", index=tied.index)]
    if tied.groups > 1:
        remarks.append(Remark.of("coupling_groups", groups=tied.groups))
    return {
        "index": _round(tied.index),
        "gate": tied.gate.value,
        "groups": tied.groups,
        "remarks": [_remark(remark) for remark in remarks],
    }


def _remark(remark: Remark) -> dict[str, Any]:
    return {"code": remark.code, "values": dict(remark.values), "text": remark.text}


def _estimate(estimate: Estimate) -> dict[str, float | None]:
    return {
        name: None if value is None else _round(value)
        for name, value in (("value", estimate.value), ("low", estimate.low), ("high", estimate.high))
    }


def _round(value: float) -> float:
    return round(value, 4) + 0.0
