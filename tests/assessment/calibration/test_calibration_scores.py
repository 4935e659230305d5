"""Scores that cannot be used are refused with the place; usable ones come out in one order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.assessment.calibration.scores import BadScoresError, Score, ScoreTable, natural_key, read_csv

GOOD = "proposal,assessor,score\nP1,A,50\nP1,B,60\nP2,A,55.5\nP2,B,40\n"


@pytest.mark.parametrize(
    ("text", "row", "column", "why"),
    [
        ("", 1, "proposal", "nothing"),
        ("proposal;assessor;score\nP1;A;5\n", 1, "proposal", "separated by commas"),
        ("proposal,assessor\nP1,A\n", 1, "score", "missing"),
        ("proposal,assessor,score,score\n", 1, None, "twice"),
        (GOOD + "P3,A,abc\n", 6, "score", "'abc' is not a number"),
        (GOOD + 'P3,A,"7,5"\n', 6, "score", "decimal point"),
        (GOOD + "P3,A,nan\n", 6, "score", "not a finite number"),
        (GOOD + "P3,A,inf\n", 6, "score", "not a finite number"),
        (GOOD + "P3,A,\n", 6, "score", "empty"),
        (GOOD + ",A,7\n", 6, "proposal", "empty"),
        (GOOD + "P3, ,7\n", 6, "assessor", "empty"),
        (GOOD + "P3,A\n", 6, None, "2 fields where the header has 3"),
        (GOOD + "P3,A,7,8\n", 6, None, "4 fields"),
        (GOOD + "\n\nP1,B,61\n", 8, "assessor", "already scored P1 in row 3"),
        (GOOD + '"P\n3",A,1\nP3,A,x\n', 8, "score", "not a number"),
        (GOOD + 'P3,A,"7\n', 6, None, "well-formed"),
        ("proposal,assessor,score\n", None, None, "no scores"),
        ("proposal,assessor,score\nP1,A,1\nP1,B,2\n", None, None, "at least 2 proposals"),
        ("proposal,assessor,score\nP1,A,1\nP2,A,2\n", None, None, "at least 2 assessors"),
        ("proposal,assessor,score,panel\nP1,A,1,x\nP1,B,2,y\n", 3, "panel", "stands in panel x in row 2"),
        ("proposal,assessor,score,panel\nP1,A,1,\n", 2, "panel", "empty"),
    ],
)
def test_bad_input_is_refused_with_its_place(
    text: str, row: int | None, column: str | None, why: str
) -> None:
    with pytest.raises(BadScoresError) as refusal:
        read_csv(text)
    assert (refusal.value.row, refusal.value.column) == (row, column)
    assert why in str(refusal.value)
    for part in ([f"row {row}"] if row else []) + ([f"column {column}"] if column else []):
        assert part in str(refusal.value)


def test_scores_given_directly_are_checked_too() -> None:
    two = [Score("P1", "A", 1.0), Score("P2", "B", 2.0)]
    for extra, why in (
        (Score("P1", "A", 3.0), "twice"),
        (Score("P3", "A", float("nan")), "not a finite"),
        (Score("P3", "A", 1.0, "x"), "some scores name a panel"),
    ):
        with pytest.raises(BadScoresError, match=why):
            ScoreTable.of([*two, extra])


def test_a_panel_that_is_not_there_is_refused() -> None:
    with pytest.raises(BadScoresError, match="column panel"):
        read_csv(GOOD, panel="p1")
    with pytest.raises(BadScoresError, match="no scores of panel p9"):
        read_csv("panel,proposal,assessor,score\np1,P1,A,1\n", panel="p9")


def test_one_panel_and_another_column_can_be_chosen() -> None:
    text = "\ufeffpanel,proposal,assessor,grade\np1,P1,A,1\np1,P2,B,2\np2,P3,A,broken\n"
    table = read_csv(text, "grade", "p1")
    assert [score.value for score in table.scores] == [1.0, 2.0]
    assert table.panels == ("p1",)


def test_numbers_in_names_sort_as_numbers() -> None:
    assert sorted(["#10", "#2", "#1", "a", "#01"], key=natural_key) == ["#01", "#1", "#2", "#10", "a"]


@given(st.permutations([Score(f"P{i}", f"A{j}", float(i * j + j)) for i in range(4) for j in range(3)]))
def test_the_order_of_the_rows_leaves_no_trace(rows: list[Score]) -> None:
    table = ScoreTable.of(rows)
    assert table == ScoreTable.of(sorted(rows, key=lambda score: score.value))
    assert table.sha256() == ScoreTable.of(reversed(rows)).sha256()


def test_one_changed_score_changes_the_hash() -> None:
    assert read_csv(GOOD).sha256() != read_csv(GOOD.replace("55.5", "55.6")).sha256()
