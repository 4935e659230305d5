"""Half-years and what is due when."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pool.followup.periods import Period, between, parse, period_of, yearly

DAYS = st.dates(dt.date(2001, 1, 1), dt.date(2098, 12, 31))


@pytest.mark.parametrize(
    "text", ["", "2027", "2027-0", "2027-3", "27-1", "2027-1 ", "2027-1\n", "1927-1", "٢٠٢٧-1"]
)
def test_what_is_no_half_year(text: str) -> None:
    assert parse(text) is None


def test_a_half_year_has_a_name_days_and_a_last_day_to_report() -> None:
    first, second = Period(2027, 1), Period(2027, 2)
    assert (first.code, first.label) == ("2027-1", "eerste helft van 2027")
    assert (first.starts_on, first.ends_on) == (dt.date(2027, 1, 1), dt.date(2027, 6, 30))
    assert (second.starts_on, second.ends_on) == (dt.date(2027, 7, 1), dt.date(2027, 12, 31))
    assert (first.due_on, second.due_on) == (dt.date(2027, 7, 31), dt.date(2028, 1, 31))


@given(DAYS)
def test_every_day_is_in_exactly_one_half_year(day: dt.date) -> None:
    period = period_of(day)
    assert period.starts_on <= day <= period.ends_on
    assert parse(period.code) == period
    assert period.next.starts_on == period.ends_on + dt.timedelta(days=1)


@given(DAYS, DAYS)
def test_half_years_follow_on_each_other_and_cover_the_time(one: dt.date, other: dt.date) -> None:
    first, last = sorted((one, other))
    found = between(first, last)
    assert found[0] == period_of(first)
    assert found[-1] == period_of(last)
    assert all(a.next == b for a, b in pairwise(found))


def test_an_end_before_the_beginning_still_gives_one_half_year() -> None:
    assert between(dt.date(2027, 9, 1), dt.date(2027, 3, 1)) == (Period(2027, 2),)


@pytest.mark.parametrize(
    ("first", "last", "codes"),
    [
        ("2027-09-01", "2028-08-31", []),
        ("2027-09-01", "2028-12-31", []),
        ("2027-09-01", "2029-01-01", ["2028-2"]),
        ("2027-09-01", "2030-06-30", ["2028-2", "2029-2"]),
        ("2027-01-01", "2027-12-31", []),
        ("2027-01-01", "2028-03-31", ["2027-2"]),
        ("2027-07-01", "2028-07-01", ["2028-1"]),
        ("2028-02-29", "2029-12-31", ["2029-1"]),
    ],
)
def test_once_in_twelve_months_while_it_goes_on(first: str, last: str, codes: list[str]) -> None:
    found = yearly(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert [period.code for period in found] == codes


@given(DAYS, DAYS)
def test_never_twice_in_twelve_months_nor_within_the_first(one: dt.date, other: dt.date) -> None:
    first, last = sorted((one, other))
    found = yearly(first, last)
    assert set(found) <= set(between(first, last))
    assert all(b == a.next.next for a, b in pairwise(found))
    assert all((period.ends_on - first).days >= 364 for period in found)
    assert all(period.ends_on < last for period in found)
