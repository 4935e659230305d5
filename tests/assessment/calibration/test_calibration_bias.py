"""Bias: nothing said where nothing can be known, planted effects found, ordinary differences left alone."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from pool.assessment.calibration.bias import between_groups, cross, same_group, within_effect
from pool.assessment.calibration.results import Fit
from pool.assessment.calibration.scores import ScoreTable
from tests.assessment.calibration.tables import committee, fitted, of_matrix, of_rows

REGION_OF_ASSESSOR = {f"A{j}": frozenset([f"R{j % 4}"]) for j in range(8)}
REGION_OF_PROPOSAL = {f"P{i}": f"R{i % 4}" for i in range(60)}
SAME = same_group(
    REGION_OF_ASSESSOR, {proposal: frozenset([region]) for proposal, region in REGION_OF_PROPOSAL.items()}
)


def adjusted(fit: Fit) -> dict[str, float]:
    return {one.proposal: one.adjusted for one in fit.proposals}


def test_sharing_one_of_several_groups_is_sharing_and_unknown_is_no_answer() -> None:
    people = {"A": frozenset({"R1"}), "B": frozenset({"R2", "R3"}), "C": frozenset[str]()}
    plans = {"P1": frozenset({"R1", "R3"}), "P2": frozenset({"R4"}), "P3": frozenset[str]()}
    assert same_group(people, plans) == {
        ("P1", "A"): 1.0,
        ("P1", "B"): 1.0,
        ("P2", "A"): 0.0,
        ("P2", "B"): 0.0,
    }


def planted(seed: int, points: float) -> ScoreTable:
    table = committee(seed, proposals=60, assessors=8, noise=0.6).table
    return ScoreTable.of(
        replace(s, value=s.value + points * SAME[s.proposal, s.assessor]) for s in table.scores
    )


def test_a_mark_that_proposal_or_assessor_explains_has_no_answer() -> None:
    table = planted(0, 0.0)
    for mark in (
        dict.fromkeys(SAME, 1.0),
        {(proposal, assessor): float(int(proposal[1:]) % 2) for proposal, assessor in SAME},
        {(proposal, assessor): float(int(assessor[1:]) % 2) for proposal, assessor in SAME},
        {},
    ):
        found = within_effect(table, "x", mark)
        assert found.points is found.p is None
        assert found.remark().code == "bias_unknown"
    few = of_rows(("P1", "A", 1.0), ("P1", "B", 2.0), ("P2", "A", 3.0), ("P2", "B", 5.0))
    assert within_effect(few, "x", {("P1", "A"): 1.0, ("P1", "B"): 0.0}).points is None


def test_favouring_the_own_region_is_found_at_its_size() -> None:
    found = within_effect(planted(1, 15.0), "eigen regio", SAME)
    assert found.points == pytest.approx(15, abs=5)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= 15 <= found.high
    assert found.p is not None
    assert found.p <= 0.01
    assert found.count == 180
    assert "eigen regio" in found.remark().text
    assert found.remark().code == "bias_shown"


def test_without_an_effect_one_is_shown_about_once_in_twenty() -> None:
    found = [within_effect(planted(seed, 0.0), "eigen regio", SAME) for seed in range(20)]
    assert sum(one.p is not None and one.p <= 0.05 for one in found) <= 3
    assert (
        sum(one.low is not None and one.high is not None and one.low <= 0 <= one.high for one in found) >= 17
    )
    assert any(one.remark().code == "bias_none" for one in found)


def test_severe_assessors_and_good_proposals_are_not_mistaken_for_bias() -> None:
    """The naive twin, a plain difference of means, finds an effect here that is not there."""
    made = committee(3, proposals=60, assessors=8, severity=0.0, noise=0.3).table
    rng = np.random.default_rng(0)
    # Lenient assessors read mostly late: position is tied to severity, yet does nothing by itself.
    late = {
        (s.proposal, s.assessor): 12.0 * (int(s.assessor[1:]) >= 4) + float(rng.integers(12))
        for s in made.scores
    }
    table = ScoreTable.of(replace(s, value=s.value + 20.0 * (int(s.assessor[1:]) >= 4)) for s in made.scores)
    naive = np.polyfit(
        [late[s.proposal, s.assessor] for s in table.scores], [s.value for s in table.scores], 1
    )[0]
    found = within_effect(table, "leesvolgorde", late, per=10.0)
    assert 10 * naive > 8
    assert found.points == pytest.approx(0, abs=3)


def test_reading_order_is_counted_in_points_for_ten_places() -> None:
    made = committee(4, proposals=60, assessors=8, noise=0.3).table
    rng = np.random.default_rng(1)
    place = {(s.proposal, s.assessor): float(rng.integers(1, 24)) for s in made.scores}
    table = ScoreTable.of(
        replace(s, value=s.value - 0.6 * place[s.proposal, s.assessor]) for s in made.scores
    )
    found = within_effect(table, "leesvolgorde", place, per=10.0)
    assert found.points == pytest.approx(-6, abs=1.5)


def test_p_equals_the_enumeration_of_all_orders_within_assessor() -> None:
    """Over all cells the share would be .30: who has many marks must keep them."""
    rng = np.random.default_rng(39)
    scores = rng.normal(50, 10, (3, 4))
    marks = np.where(rng.random((3, 4)) < 0.5, 0.0, 1.0) * np.array([1, 3, 1, 8.0])

    def centred(values: np.ndarray) -> np.ndarray:
        return values - values.mean(0) - values.mean(1, keepdims=True) + values.mean()

    def statistic(values: np.ndarray) -> float:
        left = centred(values)
        size = float((left**2).sum())
        return float((left * centred(scores)).sum()) ** 2 / size if size > 1e-9 else 0.0

    orders = itertools.product(*(itertools.permutations(marks[:, j]) for j in range(4)))
    wanted = np.mean([statistic(np.array(order).T) >= statistic(marks) - 1e-9 for order in orders])
    mark = {(f"P{i}", f"A{j}"): float(marks[i, j]) for i in range(3) for j in range(4)}
    found = within_effect(of_matrix(scores), "x", mark)
    assert wanted < 0.05
    assert found.p == pytest.approx(wanted, abs=0.015)


def test_what_could_be_seen_shrinks_with_more_scores() -> None:
    small = within_effect(committee(5, proposals=20, assessors=8).table, "x", SAME)
    large = within_effect(committee(5, proposals=60, assessors=8).table, "x", SAME)
    assert small.detectable is not None
    assert large.detectable is not None
    assert large.detectable < small.detectable


def test_the_same_seed_gives_the_same_p() -> None:
    table = planted(6, 4.0)
    assert within_effect(table, "x", SAME, seed=1) == within_effect(table, "x", SAME, seed=1)
    assert within_effect(table, "x", SAME, seed=1).points == within_effect(table, "x", SAME, seed=2).points


def test_the_cross_table_shows_where_and_sums_to_nothing() -> None:
    table = planted(7, 20.0)
    assessor_group = {f"A{j}": f"R{j % 4}" for j in range(8)}
    cells = cross(table, assessor_group, REGION_OF_PROPOSAL)
    assert sum(cell.scores for cell in cells) == 180
    assert sum(cell.scores * cell.points for cell in cells) == pytest.approx(0, abs=1e-6)
    own = [cell.points for cell in cells if cell.assessor_group == cell.proposal_group]
    other = [cell.points for cell in cells if cell.assessor_group != cell.proposal_group]
    assert min(own) > sum(other) / len(other)
    assert cross(table, {}, {}) == ()


def test_groups_of_proposals_planted_and_not() -> None:
    _, fit = fitted()
    size = {one.proposal: ("groot", "midden", "klein")[int(one.proposal[1:]) % 3] for one in fit.proposals}
    plain = between_groups(adjusted(fit), "omvang", size)
    assert plain.p is not None
    assert plain.p > 0.05
    moved = replace(
        fit,
        proposals=tuple(
            replace(one, adjusted=one.adjusted + (15.0 if size[one.proposal] == "groot" else 0.0))
            for one in fit.proposals
        ),
    )
    found = between_groups(adjusted(moved), "omvang", size)
    assert found.p is not None
    assert found.p <= 0.01
    assert found.remark().code == "bias_groups_shown"
    assert plain.remark().code == "bias_groups_none"
    by_name = {group.group: group for group in found.groups}
    assert by_name["groot"].points > 8
    assert by_name["groot"].p <= 0.01
    means = {
        inside: np.mean(
            [one.adjusted for one in moved.proposals if (size[one.proposal] == "groot") is inside]
        )
        for inside in (True, False)
    }
    assert by_name["groot"].points == pytest.approx(means[True] - means[False])
    assert [group.proposals for group in found.groups] == [14, 13, 13]


def test_one_group_has_nothing_beside_it() -> None:
    _, fit = fitted()
    assert between_groups(adjusted(fit), "thema", {}).p is None
    assert between_groups(adjusted(fit), "thema", {}).remark().code == "bias_unknown"
    assert (
        between_groups(adjusted(fit), "thema", {one.proposal: "zelfde" for one in fit.proposals}).groups == ()
    )
