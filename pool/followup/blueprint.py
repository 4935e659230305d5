"""The blueprint of the slice, and what its pages share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for

from pool.core import outbox
from pool.core.access import Role, current_actor
from pool.core.errors import Missing

from . import queries
from .models import Project
from .periods import Period, parse

bp = Blueprint("followup", __name__)
outbox.place("project", "followup.show", "ident")
outbox.place("views", "followup.views")

READERS = (Role.APPLICANT, Role.REGIONAL_LEAD, Role.PROGRAMME)


def load(ident: int) -> Project:
    """The project with this id for the current actor; Missing otherwise."""
    return queries.get(current_actor(), ident)


def period_of(code: str) -> Period:
    """The half-year in an address; Missing when it is none."""
    period = parse(code)
    if period is None:
        raise Missing
    return period


def crumbs(project: Project, *more: tuple[str, str | None]) -> list[tuple[str, str | None]]:
    """The path to a page about a project; the last one is the page itself."""
    here = url_for("followup.show", ident=project.id) if more else None
    return [("Projecten", url_for("followup.index")), (project.application.reference, here), *more]


def half_year_title(project: Project, period: Period) -> str:
    """What the page about a half-year is called: after the report when there is one."""
    report = queries.handed_in(project, period)
    return f"Rapportage {report.covered.label}" if report else period.label.capitalize()


def invented(project: Project) -> tuple[str, ...]:
    """Dutch sentences that say what is made up."""
    own = ("Dit project is verzonnen voor de demonstratie.",) if project.application.invented else ()
    round_ = project.application.round
    return (*own, *((round_.invented,) if round_.invented else ()))


@bp.context_processor
def _for_templates() -> dict[str, Any]:
    return {"invented_texts": invented}
