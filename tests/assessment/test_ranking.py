"""The ranking and the plain cut-off line: exact, and the same for everybody who sees the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pool.assessment.adjusted import adjust
from pool.assessment.ranking import Row, Standing, mean, rank


def row(ident: int, totals: tuple[int, ...], requested: int = 100, agreed: int | None = None) -> Row:
    application: Any = SimpleNamespace(id=ident, requested=requested)
    return Row(application, totals, {}, agreed)


def test_a_mean_is_rounded_down_and_exact() -> None:
    assert mean([1, 2]) == 1
    assert mean([100_000, 100_000, 99_999]) == 99_999
    assert mean([]) is None


def test_equals_share_a_place_and_the_next_is_skipped() -> None:
    ranked = rank([row(1, (50,)), row(2, (70,)), row(3, (50,)), row(4, (40,))], 1000, 0)
    assert [(r.application.id, r.rank, r.shared) for r in ranked] == [
        (2, 1, False),
        (1, 2, True),
        (3, 2, True),
        (4, 4, False),
    ]


def test_the_line_stops_at_the_first_that_does_not_fit() -> None:
    ranked = rank([row(1, (90,), 60), row(2, (80,), 50), row(3, (70,), 10)], 100, 0)
    assert [(r.standing, r.cumulative) for r in ranked] == [
        (Standing.WITHIN, 60),
        (Standing.OUTSIDE, None),
        (Standing.OUTSIDE, None),
    ]


def test_equals_at_the_line_are_told_apart_by_nobody() -> None:
    ranked = rank([row(1, (90,), 60), row(2, (80,), 30), row(3, (80,), 30)], 100, 0)
    assert [r.standing for r in ranked] == [Standing.WITHIN, Standing.TIED, Standing.TIED]
    too_big = rank([row(1, (90,), 60), row(2, (80,), 50), row(3, (80,), 50)], 100, 0)
    assert [r.standing for r in too_big] == [Standing.WITHIN, Standing.OUTSIDE, Standing.OUTSIDE]


def test_below_the_minimum_nothing_fits_and_without_a_score_nothing_ranks() -> None:
    ranked = rank([row(1, ()), row(2, (54_999,)), row(3, (55_000,))], 1000, 55_000)
    assert [(r.application.id, r.standing, r.rank) for r in ranked] == [
        (3, Standing.WITHIN, 1),
        (2, Standing.TOO_LOW, 2),
        (1, Standing.UNSCORED, None),
    ]


def test_what_was_agreed_counts_and_the_mean_stays_beside_it() -> None:
    ranked = rank([row(1, (90,)), row(2, (80,), agreed=95)], 1000, 0)
    assert [(r.application.id, r.mean, r.value) for r in ranked] == [(2, 80, 95), (1, 90, 90)]


@given(
    st.lists(st.tuples(st.lists(st.integers(0, 100_000), max_size=4), st.integers(1, 50)), max_size=12),
    st.integers(0, 300),
    st.integers(0, 100_000),
)
def test_the_line_keeps_its_promises(
    drawn: list[tuple[list[int], int]], ceiling: int, min_merit: int
) -> None:
    rows = [row(i, tuple(totals), asked) for i, (totals, asked) in enumerate(drawn)]
    ranked = rank(rows, ceiling, min_merit)
    assert sorted(r.application.id for r in ranked) == list(range(len(rows)))
    assert ranked == rank(rows[::-1], ceiling, min_merit)
    within = [r for r in ranked if r.standing == Standing.WITHIN]
    assert sum(r.application.requested for r in within) <= ceiling
    assert all((r.value or 0) >= min_merit for r in within)
    for r in ranked:
        if r.rank is not None:
            assert r.rank == 1 + sum((x.value or 0) > (r.value or 0) for x in rows if x.value is not None)
    lowest = min((r.value or 0 for r in within), default=0)
    outside = [r for r in ranked if r.standing in (Standing.OUTSIDE, Standing.TIED)]
    assert all((r.value or 0) < lowest for r in outside if within)


@given(st.lists(st.integers(0, 100_000), min_size=3, max_size=6), st.integers(0, 2))
def test_leaving_one_out_equals_never_having_had_it(values: list[int], gone: int) -> None:
    rows = [row(i, (value,)) for i, value in enumerate(values)]
    without = [r for i, r in enumerate(rows) if i != gone]
    assert [r.rank for r in rank(without, 250, 0)] == [
        1 + sum((x.value or 0) > (r.value or 0) for x in without) for r in rank(without, 250, 0)
    ]


def test_nothing_to_compare_gives_no_adjusted_means() -> None:
    assert adjust((("1", "a", 50_000),)) is None
    assert adjust(()) is None
    assert adjust(tuple((p, a, 50_000) for p in "12" for a in "ab")) is None


def test_a_strict_assessor_is_corrected_for() -> None:
    """Everybody reads two of three; c gives twenty points less. What c read goes up, what c did not read down."""
    good = {"1": 70_000, "2": 60_000, "3": 50_000, "4": 65_000, "5": 55_000, "6": 45_000}
    readers = {"1": "ab", "2": "bc", "3": "ac", "4": "ab", "5": "bc", "6": "ac"}
    totals = tuple((p, a, good[p] - (20_000 if a == "c" else 0)) for p, who in readers.items() for a in who)
    found = adjust(totals)
    assert found is not None
    raw = {p: sum(t for q, _, t in totals if q == p) // 2 for p in good}
    assert all((found.means[p] > raw[p]) == ("c" in readers[p]) for p in good)


def test_two_groups_that_share_nothing_are_not_corrected() -> None:
    totals = tuple(
        (p, a, 50_000 + 1000 * i)
        for i, (p, a) in enumerate(
            [(p, a) for p, w in {"1": "ab", "2": "ab", "3": "cd", "4": "cd"}.items() for a in w]
        )
    )
    found = adjust(totals)
    assert found is not None
    assert found.means == {}
    assert "Gebruik de gecorrigeerde scores niet" in found.remark
