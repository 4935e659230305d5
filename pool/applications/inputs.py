"""What an applicant may fill in: the content of an application as frozen values with a stable JSON form.

Amounts are integer cents, dates ISO text. A draft may be empty everywhere; `rules.missing` says what
submitting still needs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pool.core.text import as_json

from .states import BudgetKind, Completeness, Section


@dataclass(frozen=True)
class Project:
    """Section: what the project is. grounds: slugs of sets of recommendations (shelter scheme)."""

    title: str = ""
    summary: str = ""
    purpose: str = ""
    theme: str = ""
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Partner:
    """Somebody who takes part. kind: an OrganisationKind value; contribution: what they bring, such as hours."""

    name: str
    kind: str
    role: str = ""
    contribution: str = ""


@dataclass(frozen=True)
class Reach:
    """Section: where, and with whom. regions: slugs, the leading region first."""

    regions: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """A result that can be measured: what, how it is now, and how it should be. Values are text, such as `9 dagen`."""

    what: str
    baseline: str = ""
    target: str = ""


@dataclass(frozen=True)
class Milestone:
    """Something that is reached on a day. on: ISO text or empty."""

    on: str
    what: str = ""


@dataclass(frozen=True)
class Plan:
    """Section: why, how, what comes of it, how it is shared and how it lives on. Dates are ISO text or empty."""

    occasion: str = ""
    approach: str = ""
    results: str = ""
    sharing: str = ""
    embedding: str = ""
    starts_on: str = ""
    ends_on: str = ""
    indicators: tuple[Indicator, ...] = ()
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True)
class BudgetLine:
    """A cost or an income. kind: a BudgetKind value; amount in cents."""

    kind: str
    description: str
    amount: int


@dataclass(frozen=True)
class Budget:
    """Section: the money. requested and minimum in cents; costs = own + other + requested must hold at submission."""

    lines: tuple[BudgetLine, ...] = ()
    requested: int = 0
    minimum: int = 0
    explanation: str = ""

    def total(self, *kinds: BudgetKind) -> int:
        return sum(line.amount for line in self.lines if line.kind in {k.value for k in kinds})


@dataclass(frozen=True)
class Contact:
    """Section: who to reach, by function rather than in person."""

    name: str = ""
    function: str = ""
    email: str = ""
    phone: str = ""


def _plan(body: dict[str, Any]) -> Plan:
    return Plan(
        **{
            **body,
            "indicators": tuple(Indicator(**line) for line in body.get("indicators", ())),
            "milestones": tuple(Milestone(**line) for line in body.get("milestones", ())),
        }
    )


@dataclass(frozen=True)
class FileEntry:
    """A file that belongs to a document the round asks for. document: its code there; size in bytes.

    name is what people see, and never a path. The bytes are those with this SHA-256, and no others.
    """

    document: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Content:
    """All of an application. answers: own questions of the round, code -> text. documents: in the order they came."""

    project: Project = field(default_factory=Project)
    reach: Reach = field(default_factory=Reach)
    plan: Plan = field(default_factory=Plan)
    budget: Budget = field(default_factory=Budget)
    contact: Contact = field(default_factory=Contact)
    answers: dict[str, str] = field(default_factory=dict)
    documents: tuple[FileEntry, ...] = ()

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = as_json(asdict(self))
        # What was submitted before there were files keeps its bytes, and with them its hash.
        if not self.documents:
            del body["documents"]
        return body

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Content:
        """The content from its JSON form; unknown keys raise TypeError."""
        project, reach, budget = body.get("project", {}), body.get("reach", {}), body.get("budget", {})
        return cls(
            project=Project(**{**project, "grounds": tuple(project.get("grounds", ()))}),
            reach=Reach(
                regions=tuple(reach.get("regions", ())),
                partners=tuple(Partner(**p) for p in reach.get("partners", ())),
            ),
            plan=_plan(body.get("plan", {})),
            budget=Budget(**{**budget, "lines": tuple(BudgetLine(**b) for b in budget.get("lines", ()))}),
            contact=Contact(**body.get("contact", {})),
            answers=dict(body.get("answers", {})),
            documents=tuple(FileEntry(**d) for d in body.get("documents", ())),
        )

    def with_section(self, name: str, value: Any) -> Content:
        """The same content with one section replaced."""
        return replace(self, **{name: value})

    def section(self, name: str) -> Any:
        """The value of one section."""
        return getattr(self, name)


SECTIONS = tuple(section.value for section in Section if section != Section.DOCUMENTS)
"""The sections of text, which `service.save_section` keeps. Files have verbs of their own."""


@dataclass(frozen=True)
class CheckedPoint:
    """One point of the completeness check. code: see `rules.check_points`; note: what is missing, for the applicant."""

    code: str
    ok: bool
    note: str = ""


@dataclass(frozen=True)
class CheckInput:
    """An outcome of the completeness check.

    points: every point of the round, each once. supplement_by: the last day to supplement; None takes the
    round's own term. hearing_by: the last day for a view on an intended refusal; None takes two weeks. reason:
    needed when the application is not handled, or that is intended.
    """

    outcome: Completeness
    points: tuple[CheckedPoint, ...] = ()
    reason: str = ""
    supplement_by: dt.date | None = None
    hearing_by: dt.date | None = None


@dataclass(frozen=True)
class HearingInput:
    """What a municipality says about an intended refusal: its view, or that it has none."""

    has_view: bool
    text: str = ""
