"""What the programme team may ask for: the rules of a round, as frozen values with a stable JSON form.

All numbers are integers: weights in percent, points in thousandths, money in cents.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

from .states import Instrument

LEVELS = range(1, 10)
ANCHORED_LEVELS = (1, 3, 5, 7, 9)
POINTS_PER_LEVEL_PERCENT = 125
"""Thousandths of a point per level above 1 and per percent of weight: 100 000 / 8 levels / 100 percent."""


@dataclass(frozen=True)
class Criterion:
    """What is scored. weight: percent of the total. anchors: level (1, 3, 5, 7, 9 as text) -> what it means."""

    code: str
    name: str
    question: str
    weight: int
    anchors: dict[str, str]


@dataclass(frozen=True)
class Bound:
    """Bounds of a region or theme: number of awards, and amount in cents."""

    min_awards: int = 0
    max_awards: int | None = None
    max_amount: int | None = None


@dataclass(frozen=True)
class Ground:
    """A set of recommendations that a proposal must answer to (shelter scheme: one or more)."""

    slug: str
    name: str


@dataclass(frozen=True)
class Question:
    """An own question of a round, beside the fixed sections of the form."""

    code: str
    label: str
    hint: str = ""
    required: bool = True


@dataclass(frozen=True)
class RoundRules:
    """The rules that publishing freezes and hashes.

    reference_amount: with value basis `amount`, the award in cents that is worth exactly its merit.
    """

    criteria: tuple[Criterion, ...] = ()
    themes: tuple[str, ...] = ()
    grounds: tuple[Ground, ...] = ()
    shelter_partner: bool = False
    questions: tuple[Question, ...] = ()
    value_basis: str = "application"
    reference_amount: int | None = None
    spread_steps: tuple[int, ...] = ()
    joint: str = "every"
    min_merit: int = 0
    partial_awards: bool = True
    amount_step: int = 100
    max_request: int | None = None
    region_bounds: dict[str, Bound] = field(default_factory=dict)
    theme_bounds: dict[str, Bound] = field(default_factory=dict)
    tie_seed: str = ""
    assessors_per_application: int = 3
    regional_views: bool = True
    decision_weeks: int = 22
    supplement_days: int = 14
    objection_address: str = ""
    grounds_of_choice: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = _plain(asdict(self))
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> RoundRules:
        """The rules from their JSON form; unknown keys raise TypeError."""
        return cls(
            **{
                **body,
                "criteria": tuple(Criterion(**c) for c in body.get("criteria", ())),
                "themes": tuple(body.get("themes", ())),
                "grounds": tuple(Ground(**g) for g in body.get("grounds", ())),
                "questions": tuple(Question(**q) for q in body.get("questions", ())),
                "spread_steps": tuple(body.get("spread_steps", ())),
                "region_bounds": {k: Bound(**b) for k, b in body.get("region_bounds", {}).items()},
                "theme_bounds": {k: Bound(**b) for k, b in body.get("theme_bounds", {}).items()},
                "grounds_of_choice": tuple(body.get("grounds_of_choice", ())),
            }
        )

    def criterion(self, code: str) -> Criterion:
        return next(c for c in self.criteria if c.code == code)

    def points(self, levels: dict[str, int]) -> int:
        """Total in thousandths of a point (0 … 100 000) for one level per criterion, in exact integers."""
        return sum(c.weight * (levels[c.code] - 1) * POINTS_PER_LEVEL_PERCENT for c in self.criteria)


def _plain(value: Any) -> Any:
    """Tuples as lists, so that a value equals what comes back from JSON."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class RoundInput:
    """A round as the programme team sets it up. ceiling in cents; moments are aware UTC."""

    scheme_slug: str
    slug: str
    title: str
    year: int
    instrument: Instrument
    legal_basis: str
    publication_reference: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    ceiling: int
    rules: RoundRules
    invented: str = ""
