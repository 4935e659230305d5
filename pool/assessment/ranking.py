"""From totals to a ranking: pure integers, no database.

A mean is the sum of the totals divided by their number, rounded down to a whole thousandth of a point: exact,
the same everywhere, and never higher than what the assessors gave. Equal values share a place (1, 2, 2, 4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pool.applications.models import Application
from pool.core.text import LabeledEnum


class Standing(LabeledEnum):
    """Where a row stands against the plain cut-off line: by quality alone, before any regional spread."""

    WITHIN = "within", "binnen het plafond", "success"
    TIED = "tied", "gelijk bij de streep", "warning"
    OUTSIDE = "outside", "past niet meer", "neutral"
    TOO_LOW = "too_low", "onder de ondergrens", "neutral"
    UNSCORED = "unscored", "nog geen score", "warning"


@dataclass(frozen=True)
class Row:
    """One application in the ranking; all points in thousandths, money in cents.

    totals: each assessor's total; criteria: mean level per criterion in thousandths of a level. mean: of the
    totals before the meeting; adjusted: the same, corrected for strict and lenient assessors; corrected: whether
    that is what counts by the published rules. agreed: what the committee agreed instead; adopted: what it froze;
    value: which of all these counts. cumulative: money asked up to and including this row, while it fits.
    """

    application: Application
    totals: tuple[int, ...]
    criteria: Mapping[str, int]
    agreed: int | None = None
    agreed_reason: str = ""
    adjusted: int | None = None
    corrected: bool = False
    adopted: int | None = None
    rank: int | None = None
    shared: bool = False
    cumulative: int | None = None
    standing: Standing = Standing.UNSCORED

    @property
    def mean(self) -> int | None:
        return mean(self.totals)

    @property
    def spread(self) -> int | None:
        """Highest minus lowest total; None while there are not two to compare."""
        return max(self.totals) - min(self.totals) if len(self.totals) > 1 else None

    @property
    def before(self) -> int | None:
        """What counts when the committee agrees nothing else: the mean, or the adjusted one where that rules."""
        return self.adjusted if self.corrected and self.adjusted is not None else self.mean

    @property
    def shift(self) -> int | None:
        """What the correction does to the mean; None without one."""
        return None if self.adjusted is None or self.mean is None else self.adjusted - self.mean

    @property
    def value(self) -> int | None:
        if self.adopted is not None:
            return self.adopted
        return self.before if self.agreed is None else self.agreed


def mean(values: Sequence[int]) -> int | None:
    """The mean rounded down to a whole number; None of nothing."""
    return sum(values) // len(values) if values else None


def rank(rows: Sequence[Row], ceiling: int, min_merit: int) -> list[Row]:
    """The rows from best to worst with their place and standing; those without a score come last.

    The cut-off line takes the ranking from the top while what is asked fits under the ceiling, and stops at the
    first that does not fit. Equals at the line cannot be told apart by quality, so all of them are `TIED` when
    some fit and others do not.
    """
    scored = sorted(
        (row for row in rows if row.value is not None),
        key=lambda row: (-(row.value or 0), row.application.id),
    )
    ranked: list[Row] = []
    spent, open_ = 0, True
    for value, equals in groupby(scored, key=lambda row: row.value or 0):
        group = list(equals)
        place = len(ranked) + 1
        standing = Standing.OUTSIDE
        if value < min_merit:
            standing = Standing.TOO_LOW
        elif open_ and spent + sum(row.application.requested for row in group) <= ceiling:
            standing = Standing.WITHIN
        elif open_:
            open_ = False
            if any(spent + row.application.requested <= ceiling for row in group) and len(group) > 1:
                standing = Standing.TIED
        for row in group:
            if standing == Standing.WITHIN:
                spent += row.application.requested
            ranked.append(
                replace(
                    row,
                    rank=place,
                    shared=len(group) > 1,
                    standing=standing,
                    cumulative=spent if standing == Standing.WITHIN else None,
                )
            )
    unscored = sorted((row for row in rows if row.value is None), key=lambda row: row.application.id)
    return ranked + unscored


def line(rows: Sequence[Row], ceiling: int, min_merit: int) -> int | None:
    """After how many places the plain line falls, by the given means of before the meeting; None without a line.

    That many applications fit under the ceiling from the top, for what was asked (see `rank`). There is no line
    when nothing fits, or when every application with a score does.
    """
    plain = [replace(row, agreed=None, adopted=None, corrected=False) for row in rows]
    before = rank(plain, ceiling, min_merit)
    scored = sum(row.value is not None for row in before)
    within = sum(row.standing == Standing.WITHIN for row in before)
    return within if 0 < within < scored else None
