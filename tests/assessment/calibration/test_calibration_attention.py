"""The attention list: every reason, at its bound, and quiet otherwise."""

from dataclasses import replace

import pytest

from pool.assessment.calibration.attention import Limits, attention
from pool.assessment.calibration.results import AssessorFit, Fit, ProposalFit, ScoreFit
from tests.assessment.calibration.tables import fitted


def calm() -> Fit:
    """Three proposals by two assessors without any reason to talk."""
    _, fit = fitted()
    places = {"P1": (1.0, 1.0), "P2": (2.0, 0.9), "P3": (3.0, 0.0)}
    return replace(
        fit,
        k=2,
        proposals=tuple(
            ProposalFit(key, None, 2, 60, rank, 60, rank, rank, (1, 3), (1, 3), top)
            for key, (rank, top) in places.items()
        ),
        assessors=tuple(AssessorFit(key, 3, 0.0, (-1, 1), 0.9) for key in "AB"),
        scores=tuple(ScoreFit(key, who, 60.0, 60.0, 0.0) for key in places for who in "AB"),
    )


def codes(fit: Fit, proposal: str = "P2", **options: object) -> list[str]:
    for item in attention(fit, **options):  # type: ignore[arg-type]
        if item.proposal == proposal:
            return [remark.code for remark in item.remarks]
    return []


def change(fit: Fit, **values: object) -> Fit:
    changed = [replace(one, **values) if one.proposal == "P2" else one for one in fit.proposals]
    return replace(fit, proposals=tuple(changed))


def score(fit: Fit, **values: object) -> Fit:
    rows = [
        replace(one, **values) if (one.proposal, one.assessor) == ("P2", "B") else one for one in fit.scores
    ]
    return replace(fit, scores=tuple(rows))


def test_a_calm_round_has_an_empty_list() -> None:
    assert attention(calm()) == ()


@pytest.mark.parametrize(
    ("top", "wanted"), [(0.19, []), (0.2, ["grey_zone"]), (0.8, ["grey_zone"]), (0.81, [])]
)
def test_the_grey_zone_has_bounds(top: float, wanted: list[str]) -> None:
    assert codes(change(calm(), top_k=top)) == wanted


@pytest.mark.parametrize(("value", "wanted"), [(94.9, []), (95.0, ["wide_spread"]), (25.0, ["wide_spread"])])
def test_a_wide_spread_is_thirty_five_points(value: float, wanted: list[str]) -> None:
    assert codes(score(calm(), value=value)) == wanted
    assert codes(score(calm(), value=value), limits=Limits(spread=100)) == []


@pytest.mark.parametrize(("z", "wanted"), [(2.5, []), (2.51, ["unusual_score"]), (-2.51, ["unusual_score"])])
def test_an_unusual_score_lies_beyond_two_and_a_half(z: float, wanted: list[str]) -> None:
    assert codes(score(calm(), standardised=z)) == wanted


@pytest.mark.parametrize(("level", "wanted"), [(6, []), (7, ["level_gap"])])
def test_four_levels_on_one_criterion(level: int, wanted: list[str]) -> None:
    levels = {("P2", "A"): {"impuls": 3, "plan": 5}, ("P2", "B"): {"impuls": level, "plan": 5}}
    assert codes(calm(), levels=levels) == wanted


def test_a_proposal_that_crosses_the_line_one_score_and_weak_coupling() -> None:
    assert codes(change(calm(), adjusted_rank=2.5)) == ["crosses_down"]
    assert codes(change(calm(), raw_rank=3.0, adjusted_rank=1.0)) == ["crosses_up"]
    assert codes(change(calm(), scores=1)) == ["one_score"]
    weak = replace(calm(), assessors=tuple(replace(one, coupling=0.1) for one in calm().assessors))
    assert codes(weak) == ["low_coupling"]


def test_without_a_line_nothing_is_said_about_it() -> None:
    assert attention(replace(change(calm(), top_k=None, adjusted_rank=3.0), k=None)) == ()


def test_grey_ones_come_first_then_those_with_most_reasons() -> None:
    fit = change(calm(), top_k=0.5)
    rows = [
        replace(one, value=0.0, standardised=-3.0, expected=40.0)
        if (one.proposal, one.assessor) == ("P3", "A")
        else one
        for one in fit.scores
    ]
    rows = [
        replace(one, standardised=3.0) if (one.proposal, one.assessor) == ("P1", "A") else one for one in rows
    ]
    items = attention(replace(fit, scores=tuple(rows)))
    assert [item.proposal for item in items] == ["P2", "P3", "P1"]
    texts = [remark.text for item in items for remark in item.remarks]
    assert "De scores liggen 60 punten uit elkaar." in texts
    assert "De score van A is 40 punten lager dan verwacht." in texts
    assert texts[0].endswith("is 50 procent.")
