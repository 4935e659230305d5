"""Half-years and years of a project: what a report is about, and when it must be in. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from pool.core.text import format_date

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
    def about(self) -> str:
        """In a sentence: a report about …"""
        return f"de {self.label}"

    @property
    def ahead(self) -> str:
        """In a sentence: what happens in …"""
        return "het komende halfjaar"

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


@dataclass(frozen=True)
class Year:
    """Twelve months of a project, counted from its first day; number 1 is the first year."""

    number: int
    starts_on: dt.date
    ends_on: dt.date

    @property
    def period(self) -> Period:
        """The half-year in which these months are full: the report is filed under it, and must be in after it."""
        return period_of(self.ends_on)

    @property
    def label(self) -> str:
        return f"jaar {self.number}: {self._days}"

    @property
    def about(self) -> str:
        return f"jaar {self.number} van het project ({self._days})"

    @property
    def ahead(self) -> str:
        return "het komende jaar"

    @property
    def _days(self) -> str:
        return f"{format_date(self.starts_on)} tot en met {format_date(self.ends_on)}"


@lru_cache(maxsize=1024)
def years(first_day: dt.date, last_day: dt.date) -> tuple[Year, ...]:
    """Every full year since the first day, if the last day lies after the half-year in which it is full.

    So a report is never asked twice in twelve months, nor when the end is near: then the end itself is told.
    """
    found: list[Year] = []
    starts_on = first_day
    while True:
        number = len(found) + 1
        next_year = first_day.year + number
        leap = first_day.month == 2 and first_day.day == 29
        again = dt.date(next_year, 3, 1) if leap else first_day.replace(year=next_year)
        year = Year(number, starts_on, again - dt.timedelta(days=1))
        if last_day <= year.period.ends_on:
            return tuple(found)
        found.append(year)
        starts_on = again


def yearly(first_day: dt.date, last_day: dt.date) -> tuple[Period, ...]:
    """The half-years under which the reports over every full year are filed."""
    return tuple(year.period for year in years(first_day, last_day))
