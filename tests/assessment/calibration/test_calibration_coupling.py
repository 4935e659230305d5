"""The coupling index: ideal, broken and everything between."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pool.assessment.calibration.coupling import Gate, coupling, gate, information


def test_two_islands_cannot_be_compared() -> None:
    incidence = np.kron(np.eye(2), np.ones((4, 3)))
    found = coupling(incidence)
    assert (found.index, found.gate, found.groups) == (0.0, Gate.OFF, 2)
    # One bridge between them is something, but not enough.
    bridged = np.vstack([incidence, [[0, 0, 1, 1, 0, 0]]])
    assert coupling(bridged).groups == 1
    assert 0 < coupling(bridged).index < 0.25


@pytest.mark.parametrize("incidence", [np.eye(3), np.ones((5, 1)), np.kron(np.ones((4, 1)), np.eye(3))])
def test_without_a_shared_proposal_or_a_second_assessor_it_is_off(incidence: np.ndarray) -> None:
    found = coupling(incidence)
    assert (found.index, found.gate) == (0.0, Gate.OFF)
    assert set(found.per_assessor) == {0.0}


@pytest.mark.parametrize(("assessors", "scores"), [(4, 4), (5, 2), (6, 3)])
def test_everybody_meeting_everybody_equally_is_one(assessors: int, scores: int) -> None:
    rows = [
        [j in team for j in range(assessors)] for team in itertools.combinations(range(assessors), scores)
    ]
    found = coupling(np.array(rows, dtype=float))
    assert found.index == pytest.approx(1)
    assert found.per_assessor == pytest.approx([1.0] * assessors)


def test_the_formula_by_hand_with_unequal_numbers() -> None:
    incidence = np.array([[1, 1, 1], [1, 1, 0], [0, 1, 0]], dtype=float)
    wanted = np.diag([2, 3, 1]) - np.array(
        [
            [1 / 3 + 1 / 2, 1 / 3 + 1 / 2, 1 / 3],
            [1 / 3 + 1 / 2, 1 / 3 + 1 / 2 + 1, 1 / 3],
            [1 / 3, 1 / 3, 1 / 3],
        ]
    )
    assert information(incidence) == pytest.approx(wanted)
    second = sorted(np.linalg.eigvalsh(wanted))[1]
    assert coupling(incidence).index == pytest.approx(second / ((6 - 3) / 2))


@pytest.mark.parametrize(
    ("index", "wanted"),
    [
        (0.0, Gate.OFF),
        (0.2499, Gate.OFF),
        (0.25, Gate.ADVICE),
        (0.4999, Gate.ADVICE),
        (0.5, Gate.USE),
        (1.0, Gate.USE),
    ],
)
def test_the_gates_stand_where_they_were_put(index: float, wanted: Gate) -> None:
    assert gate(index) is wanted


@settings(max_examples=100, deadline=None)
@given(arrays(np.int8, st.tuples(st.integers(1, 8), st.integers(1, 6)), elements=st.integers(0, 1)))
def test_the_index_lies_between_none_and_all_and_names_do_not_matter(incidence: np.ndarray) -> None:
    found = coupling(incidence.astype(float))
    assert 0 <= found.index <= 1
    assert all(0 <= own <= 1 for own in found.per_assessor)
    assert (found.index == 0) or found.groups == 1
    turned = coupling(incidence[::-1, ::-1].astype(float))
    assert turned.index == pytest.approx(found.index, abs=1e-6)


def test_the_assessor_who_hangs_by_a_thread_is_pointed_out() -> None:
    rows = [[j in team for j in range(5)] for team in itertools.combinations(range(4), 2)] * 3
    rows += [[True, False, False, False, True]]
    rows += [[False] * 4 + [True]] * 6
    own = coupling(np.array(rows, dtype=float)).per_assessor
    assert own[4] < 0.25 < min(own[:4])
