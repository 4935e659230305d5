"""The view models of the charts: what is drawn is what the table says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.core import charts


def test_the_map_has_28_tiles_that_do_not_overlap() -> None:
    places = {(tile.col, tile.row) for tile in charts.REGION_TILES}
    assert len(charts.REGION_TILES) == len(places) == 28
    assert len({tile.slug for tile in charts.REGION_TILES}) == 28
    assert len({tile.abbr for tile in charts.REGION_TILES}) == 28


def test_a_region_that_is_not_on_the_map_is_refused() -> None:
    with pytest.raises(ValueError, match="nergens"):
        charts.tile_map("k", "Kaart", {"nergens": 1})


def test_the_table_of_the_map_holds_every_region_with_its_number() -> None:
    chart = charts.tile_map("k", "Kaart", {"twente": 3, "zeeland": 1}, unit="Aanvragen")
    rows = {name: text for name, _, text in chart.rows}
    assert len(rows) == 28
    assert (rows["Twente"], rows["Zeeland"], rows["Utrecht"]) == ("3", "1", "0")
    assert "2 van de 28" in chart.description
    assert {tile.level for tile in chart.tiles} == {0, 1, 2}
    assert [item.label for item in chart.legend] == ["0", "1", "3"]


def test_a_map_without_values_is_all_zero() -> None:
    chart = charts.tile_map("k", "Kaart", {})
    assert {tile.level for tile in chart.tiles} == {0}
    assert len(chart.legend) == 1


@given(st.dictionaries(st.sampled_from([t.slug for t in charts.REGION_TILES]), st.integers(0, 10**12)))
def test_levels_follow_values(values: dict[str, int]) -> None:
    chart = charts.tile_map("k", "Kaart", values)
    by_name = {tile.name: tile.level for tile in chart.tiles}
    pairs = sorted((values.get(t.slug, 0), by_name[t.name]) for t in charts.REGION_TILES)
    levels = [level for _, level in pairs]
    assert levels == sorted(levels)
    assert all((value > 0) == (level > 0) for value, level in pairs)
    assert max(levels) <= 4
    assert len(chart.legend) == len(set(levels))


def test_bars_refuse_what_they_cannot_show() -> None:
    with pytest.raises(ValueError, match="shorter"):
        charts.bars("b", "Staven", [charts.Bar("x", -1, "-1")], columns=("a", "b"))


def test_bars_are_proportional_and_stay_within_their_track() -> None:
    items = [charts.Bar("half", 50, "50"), charts.Bar("heel", 100, "100"), charts.Bar("niets", 0, "0")]
    chart = charts.bars("b", "Staven", items, columns=("Wat", "Hoeveel"))
    assert [bar.width for bar in chart.bars] == [chart.full / 2, chart.full, 0]
    assert chart.rows == (("half", "50"), ("heel", "100"), ("niets", "0"))
    assert "heel: 100" in chart.description


def test_bars_without_anything_draw_nothing() -> None:
    chart = charts.bars("b", "Staven", [], columns=("Wat", "Hoeveel"))
    assert chart.bars == ()
    assert chart.height == 1


def test_long_labels_wrap() -> None:
    label = "Multidisciplinaire aanpak van structureel onveilige gezinnen in de regio"
    chart = charts.bars("b", "Staven", [charts.Bar(label, 1, "1")], columns=("a", "b"))
    lines = chart.bars[0].lines
    assert " ".join(line.text for line in lines) == label
    assert all(len(line.text) <= 34 for line in lines)
    assert lines[-1].y < chart.bars[0].y


def test_stacks_refuse_a_wrong_number_of_parts() -> None:
    with pytest.raises(ValueError, match="one value"):
        charts.stacked("s", "Stapel", [("x", [1])], parts=("a", "b"), column="Wat")
    with pytest.raises(ValueError, match="told apart"):
        charts.stacked("s", "Stapel", [], parts=tuple("abcdef"), column="Wat")


def test_stacks_share_the_width_and_count_up() -> None:
    chart = charts.stacked("s", "Stapel", [("x", [1, 3]), ("y", [2, 0])], parts=("a", "b"), column="Wat")
    first, second = chart.bars
    assert [(part.x, part.width, part.key) for part in first.parts] == [(0, 25, "A"), (25, 75, "B")]
    assert [(part.x, part.width) for part in second.parts] == [(0, 50)]
    assert chart.rows == (("x", "1", "3", "4"), ("y", "2", "0", "2"))


def test_a_plot_needs_points() -> None:
    with pytest.raises(ValueError, match="point"):
        charts.plot("p", "Punten", [charts.Series("leeg", ())], x_label="x", y_label="y")


@given(st.lists(st.tuples(st.integers(-(10**9), 10**12), st.integers(0, 10**9)), min_size=1, max_size=30))
def test_every_point_lies_inside_the_drawing(pairs: list[tuple[int, int]]) -> None:
    points = tuple(charts.Point(x, y, f"punt {at}") for at, (x, y) in enumerate(pairs))
    chart = charts.plot("p", "P", [charts.Series("a", points, line=True)], x_label="x", y_label="y")
    assert all(0 <= point.x <= 100 and 0 <= point.y <= chart.floor for point in chart.points)
    assert len(chart.lines) == len(points) - 1
    assert len(chart.rows) == len(points)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.integers(3, 8))
def test_ticks_are_few_round_and_cover_the_values(low: int, span: int, most: int) -> None:
    ticks = charts.round_ticks(low, low + span, most)
    assert ticks[0] <= low
    assert ticks[-1] >= low + span
    assert 2 <= len(ticks) <= most
    steps = {b - a for a, b in pairwise(ticks)}
    assert len(steps) == 1
    assert str(steps.pop()).rstrip("0") in {"1", "2", "25", "5"}


def test_intervals_need_a_row() -> None:
    with pytest.raises(ValueError, match="at least one"):
        charts.intervals("i", "Plaatsen", [], axis="plaats", columns=["Project", "Plaats"])


@given(st.lists(st.lists(st.integers(1, 40), min_size=5, max_size=5), min_size=1, max_size=6))
def test_every_interval_lies_inside_the_drawing_and_inside_each_other(rows: list[list[int]]) -> None:
    ordered = [sorted(row) for row in rows]
    chart = charts.intervals(
        "i",
        "Plaatsen",
        [
            charts.Interval(f"Plan {at}", mid * 1000, low * 1000, high * 1000, a * 1000, b * 1000, str(mid))
            for at, (low, a, mid, b, high) in enumerate(ordered)
        ],
        axis="plaats",
        columns=["Project", "Verwachte plaats"],
        show=lambda value: str(value // 1000),
        unit=1000,
        line=2500,
        line_text="de streep",
    )
    for one in chart.intervals:
        assert 0 <= one.low <= one.inner_low + 0.01
        assert one.inner_low + one.inner_width <= one.low + one.width + 0.03
        assert one.low + one.width <= 100
        assert one.low - 0.01 <= one.x <= one.low + one.width + 0.01
    assert chart.line is not None
    assert 0 <= chart.line <= 100
    assert chart.floor < chart.height
    assert all(tick.text.isdigit() for tick in chart.ticks)
    assert [row[1] for row in chart.rows] == [str(row[2]) for row in ordered]
