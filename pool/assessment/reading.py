"""An application as the committee reads it: the submitted version in words, without who to contact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from pool.applications.inputs import BudgetLine, Content
from pool.applications.models import ApplicationVersion
from pool.applications.states import BudgetKind, Purpose
from pool.core.text import format_date
from pool.people.states import OrganisationKind
from pool.rounds.inputs import RoundRules


@dataclass(frozen=True)
class Reading:
    """texts: heading and text in reading order; partners: name, kind, role; budget: per kind, label and lines."""

    title: str
    facts: tuple[tuple[str, str], ...]
    texts: tuple[tuple[str, str], ...]
    partners: tuple[tuple[str, str, str], ...]
    budget: tuple[tuple[str, tuple[BudgetLine, ...]], ...]
    requested: int
    minimum: int
    budget_explanation: str


def read(
    version: ApplicationVersion,
    rules: RoundRules,
    applicant: str,
    regions: Mapping[str, str],
    themes: Mapping[str, str],
) -> Reading:
    """The content of a submitted version. regions and themes: slug to name."""
    content = Content.from_json(version.content)
    project, plan = content.project, content.plan
    grounds = {ground.slug: ground.name for ground in rules.grounds}
    facts = [
        ("Aanvrager", applicant),
        ("Regio's", ", ".join(regions.get(slug, slug) for slug in content.reach.regions)),
        ("Thema", themes.get(project.theme, project.theme)),
        ("Soort impuls", _label(Purpose, project.purpose)),
        ("Aanbevelingen", ", ".join(grounds.get(slug, slug) for slug in project.grounds)),
        ("Looptijd", " tot en met ".join(_day(day) for day in (plan.starts_on, plan.ends_on) if day)),
    ]
    texts = [
        ("Samenvatting", project.summary),
        ("Aanleiding", plan.occasion),
        ("Aanpak", plan.approach),
        ("Resultaten", plan.results),
        ("Delen met andere regio's", plan.sharing),
        ("Borging", plan.embedding),
        *((question.label, content.answers.get(question.code, "")) for question in rules.questions),
    ]
    return Reading(
        title=project.title,
        facts=tuple((label, text) for label, text in facts if text),
        texts=tuple((label, text) for label, text in texts if text),
        partners=tuple(
            (p.name, _label(OrganisationKind, p.kind), p.role) for p in content.reach.partners if p.name
        ),
        budget=tuple(
            (kind.label, tuple(line for line in content.budget.lines if line.kind == kind.value))
            for kind in BudgetKind
            if any(line.kind == kind.value for line in content.budget.lines)
        ),
        requested=content.budget.requested,
        minimum=content.budget.minimum,
        budget_explanation=content.budget.explanation,
    )


def _label(kind: type[Purpose] | type[OrganisationKind], value: str) -> str:
    return dict(kind.choices()).get(value, value)


def _day(text: str) -> str:
    return format_date(dt.date.fromisoformat(text))
