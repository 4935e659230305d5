"""Half-years: the periods that a project reports on, and when each report must be in. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

_CODE = re.compile(r"(20[0-9]{2})-([12])")


@dataclass(frozen=True, order=True)
class Period:
    """A half-year, written as 2027-1 or 2027-2."""

    year: int
    half: int

    @property
    def code(self) -> str:
        return f"{self.year}-{self.half}"

    @property
    def label(self) -> str:
        return f"{'eerste' if self.half == 1 else 'tweede'} helft van {self.year}"

    @property
    def starts_on(self) -> dt.date:
        return dt.date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def ends_on(self) -> dt.date:
        return dt.date(self.year, 6, 30) if self.half == 1 else dt.date(self.year, 12, 31)

    @property
    def due_on(self) -> dt.date:
        """The last day to hand the report in: the end of the month after the half-year."""
        return dt.date(self.year, 7, 31) if self.half == 1 else dt.date(self.year + 1, 1, 31)

    @property
    def next(self) -> Period:
        return Period(self.year, 2) if self.half == 1 else Period(self.year + 1, 1)


def period_of(day: dt.date) -> Period:
    """The half-year in which a day falls."""
    return Period(day.year, 1 if day.month <= 6 else 2)


def parse(code: str) -> Period | None:
    """The period that a code stands for; None when it is no code."""
    match = _CODE.fullmatch(code)
    return Period(int(match[1]), int(match[2])) if match else None


@lru_cache(maxsize=1024)
def between(first_day: dt.date, last_day: dt.date) -> tuple[Period, ...]:
    """Every half-year from the first day to the last; at least the one of the first day."""
    last = period_of(max(first_day, last_day))
    found = [period_of(first_day)]
    while found[-1] < last:
        found.append(found[-1].next)
    return tuple(found)


@lru_cache(maxsize=1024)
def yearly(first_day: dt.date, last_day: dt.date) -> tuple[Period, ...]:
    """Every half-year in which another twelve months since the first day are full, if the last day lies after it.

    So a report is never asked twice in twelve months, nor when the end is near: then the end itself is told.
    """
    found: list[Period] = []
    while True:
        year = first_day.year + len(found) + 1
        leap = first_day.month == 2 and first_day.day == 29
        again = dt.date(year, 3, 1) if leap else first_day.replace(year=year)
        period = period_of(again - dt.timedelta(days=1))
        if last_day <= period.ends_on:
            return tuple(found)
        found.append(period)
