"""Swaps: better coupling, nothing else touched."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pool.assessment.calibration.assignment_swaps import Board, meetings, raise_coupling, repeated
from pool.assessment.calibration.coupling import coupling


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_swaps_lower_the_sum_and_keep_rows_columns_and_everything_fixed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    chosen = np.zeros((10, 5), dtype=bool)
    for row in chosen:
        row[rng.choice(5, 2, replace=False)] = True
    allowed = chosen | (rng.random(chosen.shape) < 0.8)
    fixed = chosen & (rng.random(chosen.shape) < 0.2)
    knows = rng.random(chosen.shape) < 0.6
    experts = np.minimum(1, (knows & chosen).sum(1))
    affinity = rng.integers(0, 12, chosen.shape)
    before = chosen.copy()
    after = raise_coupling(Board(chosen, allowed, fixed, knows, experts, affinity), spare=0.2)
    assert np.array_equal(chosen, before)
    assert repeated(after) <= repeated(chosen)
    assert after.sum(1).tolist() == chosen.sum(1).tolist()
    assert after.sum(0).tolist() == chosen.sum(0).tolist()
    assert not (after & ~allowed).any()
    assert (after[fixed]).all()
    assert ((knows & after).sum(1) >= experts).all()
    assert (affinity * after).sum() >= 0.8 * (affinity * chosen).sum()
    assert (affinity * after).sum(1).min() >= 0.8 * (affinity * chosen).sum(1).min()
    # With nothing to spare only what costs nothing is done.
    free = raise_coupling(Board(chosen, allowed, fixed, knows, experts, affinity), spare=0.0)
    assert (affinity * free).sum() >= (affinity * chosen).sum()


def test_swaps_turn_cliques_into_a_committee() -> None:
    chosen = np.kron(np.eye(2), np.ones((10, 2))).astype(bool)
    free = np.ones_like(chosen)
    none = np.zeros_like(chosen)
    board = Board(chosen, free, none, none, np.zeros(20, dtype=int), np.zeros(chosen.shape, dtype=int))
    after = raise_coupling(board, 0)
    assert coupling(chosen.astype(float)).index == 0
    assert coupling(after.astype(float)).index >= 0.9
    # Nothing may be moved: nothing is.
    assert np.array_equal(raise_coupling(replace(board, fixed=chosen), 0), chosen)
    assert meetings(chosen)[0, 1] == 10
