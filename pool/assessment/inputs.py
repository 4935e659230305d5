"""What members of the committee, the chair and the programme team may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CriterionScore:
    """A level (1 … 9) with its reason for one criterion; None while no level was chosen."""

    criterion: str
    level: int | None
    reason: str = ""


@dataclass(frozen=True)
class ScoresInput:
    """One assessor's scores for one application. version: of the assessment that was looked at; None: do not check."""

    scores: tuple[CriterionScore, ...]
    version: int | None = None


@dataclass(frozen=True)
class AssignOptions:
    """How to assign. maximum: applications per assessor, None for an even load with some room.

    own_region: an assessor may read an application that lies in the own region, when nothing else fits as well.
    """

    maximum: int | None = None
    own_region: bool = False
