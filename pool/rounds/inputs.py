"""What the programme team may ask for: the rules of a round, as frozen values with a stable JSON form.

All numbers are integers: weights in percent, points in thousandths, money in cents.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

from pool.core.text import as_json

from .states import Calibration, Instrument, Joint, OwnRegion, ValueBasis

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


MARKS = range(4)
STANDARD_MARKS = {
    "0": "Komt niet voor in de aanvraag.",
    "1": "Wordt genoemd, maar er is geen plan.",
    "2": "Er is een plan voor.",
    "3": "Er is een plan, met geld of mensen en iemand die ervoor zorgt.",
}
"""What the marks of a bottleneck mean unless a round says it in other words (scoring notes, 1)."""


@dataclass(frozen=True)
class Bottleneck:
    """What stands in people's way, and what a proposal may take away; assessors mark how far it does.

    anchors: mark (0 to 3 as text) -> what it means. A mark is no part of the merit: it would reward length.
    """

    code: str
    title: str
    explanation: str
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
class Condition:
    """Something that must be so before an application fits: a yes-or-no question, and the answer that fits.

    explanation: what to say to somebody for whom it is not so.
    """

    code: str
    question: str
    fits: bool = True
    explanation: str = ""


@dataclass(frozen=True)
class DocumentRule:
    """A document that is asked for. kinds: values of DocumentKind."""

    code: str
    name: str
    hint: str = ""
    required: bool = True
    kinds: tuple[str, ...] = ("pdf", "odt")


@dataclass(frozen=True)
class Accountability:
    """How is accounted for an award below € 25,000, below € 125,000, and from there; values of Account.

    risk_analysis: why less is asked of larger awards than is usual. sisa_code: of a specific grant.
    """

    small: str
    middle: str
    large: str
    risk_analysis: str = ""
    sisa_code: str = ""


SMALL_UNTIL = 2_500_000
MIDDLE_UNTIL = 12_500_000
"""Cents; from these amounts on the next arrangement holds (Aanwijzingen voor subsidieverstrekking 7 to 16)."""


@dataclass(frozen=True)
class RoundRules:
    """The rules that publishing freezes and hashes.

    reference_amount: with value basis `amount`, the award in cents that is worth exactly its merit.
    conditions: what must be so beside themes, grounds and partner. calibration: a value of Calibration.
    extra_assessor_gap: a further assessor reads along when two totals lie more than this apart, in thousandths.
    own_region: a value of OwnRegion, for assessors.
    bottlenecks: what assessors mark besides the criteria; a round without them has none in its JSON either, so that
    rules published before there were any keep their hash.
    reporting: None stands for what is usual for the instrument, see `rules.standard_reporting`.
    """

    criteria: tuple[Criterion, ...] = ()
    themes: tuple[str, ...] = ()
    grounds: tuple[Ground, ...] = ()
    shelter_partner: bool = False
    questions: tuple[Question, ...] = ()
    value_basis: str = ValueBasis.APPLICATION.value
    reference_amount: int | None = None
    spread_steps: tuple[int, ...] = ()
    joint: str = Joint.EVERY.value
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
    conditions: tuple[Condition, ...] = ()
    documents: tuple[DocumentRule, ...] = ()
    calibration: str = Calibration.ADVICE.value
    extra_assessor_gap: int | None = None
    own_region: str = OwnRegion.SOFT.value
    reporting: Accountability | None = None
    bottlenecks: tuple[Bottleneck, ...] = ()

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = as_json(asdict(self))
        if not self.bottlenecks:
            del body["bottlenecks"]
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
                "conditions": tuple(Condition(**c) for c in body.get("conditions", ())),
                "documents": tuple(
                    DocumentRule(**{**d, "kinds": tuple(d["kinds"])}) for d in body.get("documents", ())
                ),
                "reporting": Accountability(**body["reporting"]) if body.get("reporting") else None,
                "bottlenecks": tuple(Bottleneck(**b) for b in body.get("bottlenecks", ())),
            }
        )

    def criterion(self, code: str) -> Criterion:
        return next(c for c in self.criteria if c.code == code)

    def points(self, levels: dict[str, int]) -> int:
        """Total in thousandths of a point (0 … 100 000) for one level per criterion, in exact integers."""
        return sum(c.weight * (levels[c.code] - 1) * POINTS_PER_LEVEL_PERCENT for c in self.criteria)


@dataclass(frozen=True)
class RoundInput:
    """A round as the programme team sets it up. ceiling in cents; moments are aware UTC.

    articles: what of the law applies, one article or title each. budget_caveat: at publication it was said
    that the ceiling may be lowered when the budget is adopted (article 4:28 Awb).
    """

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
    publication_url: str = ""
    publication_date: dt.date | None = None
    articles: tuple[str, ...] = ()
    budget_caveat: bool = False


@dataclass(frozen=True)
class StartInput:
    """A new round, still to be filled in, or a copy of an earlier one (`copy_of`: its slug).

    scheme_slug: empty for the scheme of the copied round.
    """

    scheme_slug: str
    title: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    copy_of: str = ""


@dataclass(frozen=True)
class Basics:
    """Part: what the round is called and rests on."""

    title: str
    slug: str
    year: int
    instrument: Instrument
    legal_basis: str
    articles: tuple[str, ...] = ()
    publication_reference: str = ""
    publication_url: str = ""
    publication_date: dt.date | None = None
    invented: str = ""


@dataclass(frozen=True)
class Dates:
    """Part: when the round opens and closes; aware UTC."""

    opens_at: dt.datetime
    closes_at: dt.datetime


@dataclass(frozen=True)
class Money:
    """Part: the ceiling in cents, and whether its publication warns that it may be lowered (4:28 Awb)."""

    ceiling: int
    budget_caveat: bool = False


@dataclass(frozen=True)
class CeilingInput:
    """A change of the ceiling after publishing. reference: where it was published; from_budget: it follows from
    the adoption of the budget (article 4:28, under b, Awb)."""

    ceiling: int
    reason: str
    reference: str = ""
    from_budget: bool = False


@dataclass(frozen=True)
class AmendmentInput:
    """A change of published rules. rules: as they will be; reference: where the change was published."""

    rules: RoundRules
    reason: str
    reference: str = ""


@dataclass(frozen=True)
class OutageInput:
    """A disturbance of the system. ended_at: None while it lasts."""

    started_at: dt.datetime
    ended_at: dt.datetime | None
    what: str


@dataclass(frozen=True)
class ExtensionInput:
    """A later closing moment. outage_id: the outage in which the closing moment fell, if it did."""

    closes_at: dt.datetime
    reason: str
    outage_id: int | None = None
    reference: str = ""
