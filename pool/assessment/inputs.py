"""What members of the committee, the chair and the programme team may ask for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class CriterionScore:
    """A level (1 … 9) with its reason for one criterion; None while no level was chosen."""

    criterion: str
    level: int | None
    reason: str = ""


@dataclass(frozen=True)
class BottleneckMark:
    """A mark (0 … 3) for one bottleneck with a quotation from the application; None while no mark was chosen."""

    bottleneck: str
    mark: int | None
    quotation: str = ""


@dataclass(frozen=True)
class ScoresInput:
    """One assessor's scores for one application, with marks where the round has bottlenecks.

    version: of the assessment that was looked at; None: do not check.
    """

    scores: tuple[CriterionScore, ...]
    version: int | None = None
    codings: tuple[BottleneckMark, ...] = ()


@dataclass(frozen=True)
class PlanOptions:
    """How to plan who reads what.

    maximum: applications per assessor, None for an even load with some room. own_region: an assessor may read an
    application that lies in the own region, when nothing else fits as well. calibration: the applications that
    everyone reads who has no interest, by key.
    """

    maximum: int | None = None
    own_region: bool = False
    calibration: frozenset[int] = frozenset()


@dataclass(frozen=True)
class DeadlineInput:
    """The last day for scores. remind_days: who is not ready is reminded so many days before; 0 for not."""

    last_day: dt.date
    remind_days: int = 0


@dataclass(frozen=True)
class MeetingInput:
    """When and where the committee meets. show_names: whether the screen names assessors."""

    starts_at: dt.datetime
    place: str
    show_names: bool = False


@dataclass(frozen=True)
class Conclusion:
    """What the committee decided about one item.

    agreed: thousandths of a point, or None when the score stays as it is. revision: of the item that was looked
    at; None: do not check.
    """

    agreed: int | None = None
    reason: str = ""
    notes: str = ""
    revision: int | None = None
