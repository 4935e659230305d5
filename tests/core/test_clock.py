"""The clock: moments in UTC, days and clock times in Amsterdam, both nights of the changing hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from pool.core import clock


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.to_local(datetime(2026, 11, 21, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        clock.at_local(date(2026, 11, 21), time(12, tzinfo=UTC))


def test_a_time_that_the_clock_skips_is_refused_in_dutch() -> None:
    with pytest.raises(ValueError, match="02:30 bestaat niet op 28-03-2027"):
        clock.at_local(date(2027, 3, 28), time(2, 30))
    assert clock.at_local(date(2027, 3, 28), time(3)) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_the_hour_that_occurs_twice_means_the_first_unless_folded() -> None:
    day = date(2027, 10, 31)
    assert clock.at_local(day, time(2, 30)) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert clock.at_local(day, time(2, 30, fold=1)) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert clock.is_repeated_hour(datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    assert not clock.is_repeated_hour(datetime(2027, 10, 31, 2, 0, tzinfo=UTC))


def test_now_is_utc_and_follows_frozen_time() -> None:
    frozen = datetime(2026, 12, 31, 23, 30, 0, 123456, tzinfo=UTC)
    with time_machine.travel(frozen, tick=False):
        assert clock.now() == frozen
        assert clock.now().tzinfo is UTC
        assert clock.today() == date(2027, 1, 1)


def test_the_end_of_a_day_is_its_last_microsecond() -> None:
    end = clock.end_of_day(date(2026, 11, 21))
    assert clock.local_date(end) == date(2026, 11, 21)
    assert clock.local_date(end + timedelta(microseconds=1)) == date(2026, 11, 22)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_moment_survives_the_way_to_the_dutch_clock_and_back(moment: datetime) -> None:
    local = clock.to_local(moment)
    assert clock.at_local(local.date(), local.timetz().replace(tzinfo=None)) == moment
